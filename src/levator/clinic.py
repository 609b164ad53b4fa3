"""The composition root: which storage, library, devices and clock one clinic runs with.

The shells (`web`, `cli`) get a `Clinic` and ask it; nothing below it knows which parts were
chosen here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from levator.course.entry import Locked, StartFacts, entry
from levator.course.prescription import DoseRefused, dose_for, limits_for, reference_kind_for
from levator.course.protocol import Protocol
from levator.devices.device import Device, open_device
from levator.errors import CallerError
from levator.library import load_hard_limits, load_protocol, load_settings
from levator.live.guidance import guide
from levator.live.recorder import Recorder
from levator.live.room import Room
from levator.live.rooms import Rooms
from levator.live.sitting import Sitting, context_of
from levator.quantities import Seconds, parse_quantity
from levator.records.fatigue import last_fatigue_round
from levator.records.model import RecordingHeader
from levator.records.repository import Repository
from levator.signals.reference import Reference, is_valid
from levator.storage import open_repository
from levator.training.limits import Limits, breaches
from levator.training.settings import Settings

PROTOCOL = "bekken-zwanger-fit"
POSTURES = ("upright", "leaning_back")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was filled in on the start page.

    rest, reference : levels with their unit ("3.1N"), only for a recording that is played.
    """

    patient: str
    device_url: str
    stage: str
    facts: StartFacts
    cushion: str = "none"
    posture: str = "upright"
    rest: str = ""
    reference: str = ""


@dataclass(slots=True)
class Clinic:
    """One clinic on one computer."""

    repository: Repository
    protocol: Protocol = field(default_factory=lambda: load_protocol(PROTOCOL))
    settings: Settings = field(default_factory=load_settings)
    hard_limits: Limits = field(default_factory=load_hard_limits)
    make_device: Callable[[str], Device] = open_device
    clock: Callable[[], Seconds] = time.monotonic
    recorder: Recorder = field(init=False)
    rooms: Rooms = field(init=False)

    def __post_init__(self) -> None:
        """Put the recorder before the repository and the rooms before the recorder."""
        self.recorder = Recorder(self.repository, clock=self.clock)
        self.rooms = Rooms(self.recorder, clock=self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[list[RecordingHeader]]:
        """Record from here on; yield the recordings that an earlier run had left open.

        Leaving ends every sitting, saves it, and lets go of the storage.
        """
        interrupted = await asyncio.to_thread(self.recorder.start)
        try:
            yield interrupted
        finally:
            try:
                await self.rooms.close()
                await asyncio.to_thread(self.recorder.stop)
            finally:
                self.repository.close()

    def sitting_for(self, wish: Wish) -> Sitting | Locked | DoseRefused:
        """Return what a room is opened for, or why this stage is not trained now."""
        stage = self.protocol.stage(wish.stage)
        answer = entry(stage, wish.facts)
        if isinstance(answer, Locked):
            return answer
        limits = limits_for(self.protocol, stage, wish.facts, self.hard_limits)
        dose = dose_for(stage, wish.facts, limits)
        if isinstance(dose, DoseRefused):
            return dose
        return Sitting(
            patient=wish.patient,
            device_url=wish.device_url,
            cushion=wish.cushion,
            posture=wish.posture,
            facts=wish.facts,
            protocol=self.protocol,
            stage=stage,
            dose=dose,
            limits=limits,
            reference_kind=reference_kind_for(self.protocol, wish.facts),
            settings=self.settings,
            reference=declared(wish),
        )

    def again(self, room: Room) -> Sitting | Locked | DoseRefused | None:
        """Return the sitting for one more session of the same patient on the same seat.

        What is known of her is looked at again, and pain that ended the sitting is pain now.
        Her reference goes along while it holds, and the newest dose with it; a dose in percent
        of another reference would be another force. None where the room is not over yet.
        """
        if not room.is_over:
            return None
        before = room.sitting
        facts = replace(before.facts, pain_now=True) if room.had_pain else before.facts
        wish = Wish(
            before.patient,
            before.device_url,
            before.stage.id,
            facts,
            before.cushion,
            before.posture,
        )
        sitting = self.sitting_for(wish)
        if not isinstance(sitting, Sitting):
            return sitting
        is_same_kind = sitting.reference_kind == before.reference_kind
        reference = self._held_reference(room) if is_same_kind else None
        known = room.facts.dose_to_come
        if reference is not None and known is not None and not breaches(known, sitting.limits):
            sitting = replace(sitting, dose=known)
        return replace(sitting, roles=before.roles, reference=reference)

    def _held_reference(self, room: Room) -> Reference | None:
        """Return the reference of a room that is over, while it holds."""
        reference = room.state.context.uses[0].reference
        now = datetime.now().astimezone()
        if reference is None or reference.context is None or not room.state.reference_valid:
            return None
        age_s = (now - datetime.fromisoformat(reference.context.taken_at)).total_seconds()
        seat = room.sitting.seat(now.isoformat())
        days = self.settings.calibration.valid_days
        return reference if is_valid(reference, seat, age_s, days) else None

    async def open_room(self, sitting: Sitting) -> Room:
        """Reach for the sitting's device and open a room; raises DeviceError or CallerError.

        A set that stops before fatigue learns from the storage when she tired last time.
        """
        sitting = await asyncio.to_thread(self._knowing_fatigue, sitting)
        return await self.rooms.open(sitting, self.make_device(sitting.device_url))

    def _knowing_fatigue(self, sitting: Sitting) -> Sitting:
        rounds = sitting.dose.rounds
        if rounds is None or rounds.kind != "before_fatigue":
            return sitting
        known = last_fatigue_round(
            self.repository, sitting.patient, sitting.protocol.id, sitting.stage.id
        )
        rule = replace(rounds, last_known_fatigue_round=known)
        return replace(sitting, dose=replace(sitting.dose, rounds=rule))


async def simulated_reference(sitting: Sitting) -> Reference:
    """Guide the simulated patient through a calibration, as fast as the computer can.

    For demonstrations: everything is measured as on a real seat, only nobody waits for it.
    Raises CallerError for any other device, or where she cannot be calibrated.
    """
    if not sitting.device_url.startswith("simulator://"):
        raise CallerError("Only a simulated patient can be calibrated ahead of time.")
    joint = "&" if "?" in sitting.device_url else "?"
    device = open_device(f"{sitting.device_url}{joint}speed=max")
    streams = await device.open()
    primary = context_of(sitting, streams, None).uses[0]
    stream = next(one for one in streams if one.name == primary.stream)
    channel = next(one for one in stream.channels if one.name == primary.channel)
    guidance = guide(sitting, stream, channel, primary.filter)
    async for samples in device.samples():
        guidance.take(samples, device)
        if guidance.reference is not None:
            return guidance.reference
    raise CallerError("The simulated patient went away before she was calibrated.")


def open_clinic(storage_url: str) -> Clinic:
    """Return a clinic on the storage that a URL names; raises StorageError."""
    return Clinic(open_repository(storage_url))


def declared(wish: Wish) -> Reference | None:
    """Return the reference that was given by hand; None where a calibration gives it.

    Raises CallerError for a live seat, and UnitError for a number without its unit.
    """
    if not (wish.rest or wish.reference):
        return None
    if not wish.device_url.startswith("replay:"):
        raise CallerError(
            "Levels given by hand are for recordings; leave them empty, the seat is calibrated."
        )
    rest, reference = parse_quantity(wish.rest), parse_quantity(wish.reference)
    if rest.unit != reference.unit:
        raise CallerError("Rest and reference have different units; write both in the same one.")
    return Reference("declared", rest.value, reference.value, rest.unit)
