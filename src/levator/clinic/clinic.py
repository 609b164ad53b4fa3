"""One installation that runs: the parts that were chosen, and rooms on them.

The shells get a `Clinic` and ask it; nothing below it knows which parts were chosen here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts
from levator.clinic.arrivals import Arrivals
from levator.clinic.backup import Backups
from levator.clinic.erasing import gone
from levator.clinic.home.pushing import Pushing
from levator.clinic.passkeys import Passkeys
from levator.clinic.push_key import PushKey, push_key_in
from levator.clinic.push_out import PushOut
from levator.clinic.replays import Replays
from levator.clinic.seal_key import SealKey, key_for
from levator.clinic.seats import device_within
from levator.clinic.setup import Setup
from levator.clinic.showing import Showing
from levator.clinic.sittings import Ready, Seating, Sittings, answered, prepared
from levator.clinic.turns import Turns
from levator.clinic.upkeep import Task, clear_left_over, sealing, upkeep
from levator.devices.device import Device, open_device
from levator.errors import CallerError, LevatorError, StorageError
from levator.library import load_settings
from levator.live.guidance import guide
from levator.live.recorder import Recorder
from levator.live.room import Room
from levator.live.rooms import Rooms
from levator.live.sitting import Sitting, context_of
from levator.live.tasks import Tasks
from levator.quantities import Seconds
from levator.records.access import Actor
from levator.records.model import RecordingHeader
from levator.records.repository import Repository
from levator.signals.reference import Reference, is_valid
from levator.storage import open_repository
from levator.training.limits import breaches
from levator.training.settings import Settings

_log = structlog.get_logger()

POSTURES = ("upright", "leaning_back")


@dataclass(slots=True)
class Clinic:
    """One clinic on one computer."""

    repository: Repository
    settings: Settings = field(default_factory=load_settings)
    #: Recordings are replayed out of no folder but the one that `levator serve` names.
    make_device: Callable[[str], Device] = field(default_factory=lambda: device_within(None))
    #: That folder, where there is one.
    recordings: Path | None = None
    clock: Callable[[], Seconds] = time.monotonic
    #: Seals what only this installation may read.
    key: SealKey = field(default_factory=SealKey)
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    recorder: Recorder = field(init=False)
    rooms: Rooms = field(init=False)
    sittings: Sittings = field(init=False)
    replays: Replays = field(init=False)
    #: Files with everything of a patient are made two at once.
    exports: Turns = field(default_factory=lambda: Turns("export", 2))
    #: One phone of a woman at a time keeps what it sends, few in all.
    syncs: Turns = field(default_factory=lambda: Turns("sync", 4))
    accounts: Accounts = field(init=False)
    passkeys: Passkeys = field(init=False)
    setup: Setup = field(init=False)
    #: What it does by itself while it runs, besides sealing.
    tasks: list[Task] = field(default_factory=list)
    #: Where its backups go, where that was said.
    backups: Backups | None = None
    #: Its own keys for messages to browsers, where it has any; without them it calls nobody.
    push: PushKey | None = None
    #: Which of its tenants take a record in over the line just now.
    arrivals: Arrivals = field(default_factory=Arrivals)
    #: Its certificate, where it has one of its own.
    showing: Showing | None = None
    #: Patients for whom a room is being opened, and whether that was withdrawn meanwhile.
    _opening: dict[tuple[str, str], bool] = field(default_factory=dict)
    _looking: Tasks = field(default_factory=Tasks)
    _loop: asyncio.AbstractEventLoop | None = None

    def __post_init__(self) -> None:
        """Put the recorder before the repository and the rooms before the recorder."""
        self.recorder = Recorder(self.repository, clock=self.clock)
        self.sittings = Sittings(self.acts)
        self.replays = Replays(self.repository)
        self.rooms = Rooms(self.recorder, clock=self.clock, keeper=self.sittings)
        self.accounts = Accounts(self.repository, self.now, self.key, told=self.look_again)
        self.passkeys = Passkeys(self.accounts)
        self.setup = Setup(self.accounts)

    @property
    def acts(self) -> Acts:
        """Acts on what is kept, by this clinic's clock."""
        return Acts(
            self.repository,
            lambda: self.now().isoformat(timespec="milliseconds"),
            self.look_again,
        )

    def look_again(self, patient_or_user_id: str) -> None:
        """Hold what she does, or what that account leads, to what stands now. From any thread.

        Every act that wrote something tells of it here; there is no other way to write.
        """
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._look_again, patient_or_user_id)

    def _look_again(self, patient_or_user_id: str) -> None:
        self._looking.start(self._looked_again(patient_or_user_id))

    async def _looked_again(self, patient_or_user_id: str) -> None:
        # Who sits down from here on is looked at then.
        concerned = self.sittings.concerned(patient_or_user_id)
        await self.end_erased()
        await self.sittings.look_again(concerned)

    async def end_erased(self) -> None:
        """End every room of a patient who is erased, and forget it: it names her."""
        rooms = [one for one in self.rooms.rooms.values() if one.sitting.patient_id]
        whose = {_whose(one) for one in rooms}
        try:
            left = await asyncio.to_thread(gone, self.repository, whose) if whose else whose
        except LevatorError:
            _log.exception("it could not be looked up who is erased")
            return
        for room in rooms:
            if _whose(room) in left:
                room.stop("room", "not_allowed")
                self.rooms.forget(room)

    def withdraw(self, tenant_id: str, patient_id: str) -> None:
        """Stop her sitting if one is under way: she is not cleared any more. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._withdraw, tenant_id, patient_id)

    def _withdraw(self, tenant_id: str, patient_id: str) -> None:
        if (tenant_id, patient_id) in self._opening:
            self._opening[tenant_id, patient_id] = True
        self.rooms.withdraw(tenant_id, patient_id)

    def stops(self, actor: Actor) -> Callable[[str], None]:
        """Return what stops the sitting of a patient of somebody's clinic; see `withdraw`."""
        return partial(self.withdraw, actor.tenant_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[list[RecordingHeader]]:
        """Record from here on; yield the recordings that an earlier run had left open.

        Leaving ends every sitting, saves it, and lets go of the storage.
        """
        self._loop = asyncio.get_running_loop()
        interrupted = await asyncio.to_thread(self.recorder.start)
        await asyncio.to_thread(self.sittings.close_interrupted)
        try:
            own = [self.sittings.keep_unkept, clear_left_over, sealing(self.repository)]
            async with upkeep([*own, *self.tasks]), upkeep(self._reminding()):
                yield interrupted
        finally:
            self.replays.close()
            self.exports.close()
            self.syncs.close()
            try:
                await self.rooms.close()
                await self._looking.finish()
                await asyncio.to_thread(self.sittings.keep_unkept)
                unsaved = await asyncio.to_thread(self._stopped)
                if self.backups is not None:
                    await self.backups.settled()
                self.sittings.must_be_kept(unsaved)
            finally:
                self.repository.close()

    def _stopped(self) -> StorageError | None:
        """Stop the recorder; return what it could not save: it is said with what else is held."""
        try:
            self.recorder.stop()
        except StorageError as error:
            return error
        return None

    def _reminding(self) -> list[Task]:
        """Return what reminds browsers, in a thread of its own: a service may be slow."""
        if self.push is None:
            return []
        out = PushOut(self.push, lambda: self.now().timestamp())
        return [Pushing(self.acts, out).remind_next]

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

    async def open_for(self, actor: Actor, patient_id: str, seat: Seating) -> Room:
        """Open a room for a patient of the record, with what her chart allows today.

        A red flag in the answers is kept and ends what she does, whatever else is wrong.
        Raises StageShutError, DoseRefusedError, DeviceError or CallerError.
        """
        await asyncio.to_thread(answered, self.acts, actor, patient_id, seat, self.stops(actor))
        with self._alone(actor.tenant_id, patient_id):
            return await self._seated(actor, await self._ready(actor, patient_id, seat))

    async def again_for(self, actor: Actor, room: Room) -> Room | None:
        """Open one more room for the patient of a room that is over; None where it is not.

        Her chart is looked at again, the answers of today in it; see `carried_on` for what goes
        along.
        """
        before = room.sitting
        if not (room.is_over and before.patient_id):
            return None
        seat = Seating(
            device_url=before.device_url,
            cushion=before.cushion,
            posture=before.posture,
            stage=before.stage.id,
        )
        with self._alone(actor.tenant_id, before.patient_id):
            ready = await self._ready(actor, before.patient_id, seat)
            sitting = self.carried_on(room, ready.sitting)
            return await self._seated(actor, replace(ready, sitting=sitting))

    def carried_on(self, room: Room, sitting: Sitting) -> Sitting:
        """Return a sitting with what still holds of a room that is over, on the same seat.

        Her reference goes along while it holds, and the newest dose with it; a dose in percent
        of another reference would be another force.
        """
        before, known = room.sitting, room.facts.dose_to_come
        is_same_kind = sitting.reference_kind == before.reference_kind
        reference = self._held_reference(room) if is_same_kind else None
        if reference is not None and known is not None and not breaches(known, sitting.limits):
            sitting = replace(sitting, dose=known)
        return replace(sitting, roles=before.roles, reference=reference)

    async def _ready(self, actor: Actor, patient_id: str, seat: Seating) -> Ready:
        """Return what her chart allows, once all that she did is in it; as `settled` raises."""
        await self.sittings.settled(actor.tenant_id, patient_id)
        return await asyncio.to_thread(prepared, self.acts, actor, patient_id, seat)

    async def _seated(self, actor: Actor, ready: Ready) -> Room:
        room = await self.open_room(ready.sitting)
        self.sittings.lead(room, actor, ready)
        if self._opening.get((actor.tenant_id, ready.sitting.patient_id)):
            self.rooms.withdraw(actor.tenant_id, ready.sitting.patient_id)
        await self._looked_again(ready.sitting.patient_id)
        return room

    @contextmanager
    def _alone(self, tenant_id: str, patient_id: str) -> Iterator[None]:
        """Open one room at a time for a patient, also where somebody presses twice."""
        hers = (tenant_id, patient_id)
        if hers in self._opening or self.rooms.of_patient(*hers):
            raise CallerError("She has a session under way; end that one first.")
        self._opening[hers] = False
        try:
            yield
        finally:
            del self._opening[hers]

    async def open_room(self, sitting: Sitting) -> Room:
        """Reach for the sitting's device and open a room; raises DeviceError or CallerError."""
        return await self.rooms.open(sitting, self.make_device(sitting.device_url))


def _whose(room: Room) -> tuple[str, str]:
    return room.sitting.tenant_id, room.sitting.patient_id


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


def open_clinic(storage_url: str, folder: Path | None = None) -> Clinic:
    """Return a clinic on the storage that a URL names; raises StorageError.

    folder : where its key files stand; without one the key lasts as long as this run.
    """
    repository = open_repository(storage_url)  # first: it says what is wrong with the folder
    try:
        key = SealKey() if folder is None else key_for(repository, folder)
        push = None if folder is None else push_key_in(folder)
    except BaseException:
        repository.close()
        raise
    return Clinic(repository, key=key, push=push)
