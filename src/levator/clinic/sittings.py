"""Sittings out of the record: what a room is opened with, and what is kept of it afterwards.

What a room needs (weeks, clearance, pain of today, dose, limits) comes from her chart, never
from somebody's typing. A `Session` is begun with the recording and closed with its results.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from weakref import finalize

import structlog

from levator.clinic import telling, treatment
from levator.clinic.acting import Act, Acts
from levator.clinic.charts import prescription_of
from levator.clinic.courses import View, view_of
from levator.clinic.results import with_dose
from levator.clinic.seats import kept_address
from levator.clinic.standing import hold_room_to, standing
from levator.clinic.unkept import Held, NotKeptError, Unkept, left_in_pain, left_open
from levator.course.clearance import facts_of
from levator.course.gates import Gate
from levator.course.prescription import DoseRefused
from levator.course.protocol import Stage
from levator.course.today import (
    Lowered,
    allowed_today,
)
from levator.errors import CallerError, LevatorError, StorageError, mark
from levator.library import load_hard_limits, load_settings
from levator.live.asking import NEED_HER, AskedKind, Looked
from levator.live.room import Room
from levator.live.sitting import Sitting
from levator.quantities import Seconds, parse_quantity
from levator.records.access import Actor
from levator.records.treatment import Session
from levator.signals.reference import Reference

#: Freeing the sensor and one write take less; a recording waits as long as the disk fails.
SETTLED_WITHIN_S: Seconds = 5.0

_log = structlog.get_logger()


class StageShutError(CallerError):
    """This stage is not trained now. `gates`: those that are shut."""

    def __init__(self, gates: Sequence[Gate]) -> None:
        """Keep them; the page says each."""
        super().__init__(mark("This step is not trained now; the reasons stand below."))
        self.gates = gates


class DoseRefusedError(CallerError):
    """What is prescribed makes no dose today."""

    def __init__(self, refused: DoseRefused) -> None:
        """Keep it; the page says each number."""
        super().__init__(mark("What is prescribed makes no dose today; the reasons stand below."))
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Where she sits today.

    pain : 0 to 10, asked before; None where it was asked already. red_flags : those that are
    there, none in (); None where they were asked already. asked_id : under which both answers
    are kept. rest, reference : levels with their unit ("3.1N"), only for a recording.
    """

    device_url: str
    cushion: str
    posture: str
    stage: str = ""
    pain: int | None = None
    red_flags: tuple[str, ...] | None = None
    asked_id: str = ""
    rest: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A sitting of a patient of the record. lowered : what is less today than prescribed."""

    sitting: Sitting
    lowered: tuple[Lowered, ...]
    course_id: str | None
    prescription_id: str | None


@dataclass(slots=True)
class Led:
    """A room of the record: who leads it, and the sessions that were begun in it, as they began."""

    room: Room
    actor: Actor
    ready: Ready
    sessions: list[Session] = field(default_factory=list)
    is_kept: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def own(self) -> tuple[str, ...]:
        """Return the ids of its sessions."""
        return tuple(one.id for one in self.sessions)

    def hurt(self, at: str) -> list[Session]:
        """Return what is to be kept of it where she had pain; before anything began it counts too.

        at : when the room was over.
        """
        return [replace(one, had_pain=True) for one in self.sessions] or [_hurt(self, at)]


def answered(
    acts: Acts, actor: Actor, patient_id: str, seat: Seating, stop: treatment.Stop
) -> None:
    """Keep what was said about red flags, before any other mistake can lose it."""
    acts.check(actor, "session.open", patient_id)
    if seat.red_flags is not None:
        treatment.answer_red_flags(acts, actor, patient_id, seat.asked_id, seat.red_flags, stop)


def prepared(acts: Acts, actor: Actor, patient_id: str, seat: Seating) -> Ready:
    """Return the sitting that her chart allows today; the pain that was asked is kept.

    Raises StageShutError and DoseRefusedError with their reasons.
    """
    acts.check(actor, "session.open", patient_id)
    if seat.pain is not None:
        telling.report_pain(
            acts, actor, patient_id, seat.asked_id, score=seat.pain, moment="before"
        )
    with acts.on_patient(actor, "session.open", patient_id) as act:
        return _ready(act, view_of(act), seat)


def _ready(act: Act, now: View, seat: Seating) -> Ready:
    stage, hard = _stage(now, seat.stage), load_hard_limits()
    allowed = allowed_today(now.protocol, stage, now.chart, hard)
    made = allowed.dose
    if allowed.shut:
        raise StageShutError(allowed.shut)
    if isinstance(made, DoseRefused):
        raise DoseRefusedError(made)
    patient = now.history.patient
    running, holds = now.history.course, None
    if stage.id == now.chart.stage:
        holds = prescription_of(now.history)
    return Ready(
        Sitting(
            patient=f"{patient.given_name} {patient.family_name}".strip(),
            device_url=kept_address(seat.device_url),
            cushion=seat.cushion,
            posture=seat.posture,
            facts=facts_of(now.chart, stage.id),
            protocol=now.protocol,
            stage=stage,
            dose=made.dose,
            limits=allowed.limits,
            reference_kind=allowed.reference,
            settings=load_settings(),
            reference=declared(seat),
            patient_id=patient.id,
            tenant_id=patient.tenant_id,
            prescribed=made.dose,
        ),
        made.lowered,
        None if running is None else running.id,
        None if holds is None else holds.id,
    )


def declared(seating: Seating) -> Reference | None:
    """Return the reference that was given by hand; None where a calibration gives it.

    Raises CallerError for a live seat, and UnitError for a number without its unit.
    """
    if not (seating.rest or seating.reference):
        return None
    if not seating.device_url.startswith("replay:"):
        raise CallerError(
            "Levels given by hand are for recordings; leave them empty, the seat is calibrated."
        )
    rest, reference = parse_quantity(seating.rest), parse_quantity(seating.reference)
    if rest.unit != reference.unit:
        raise CallerError("Rest and reference have different units; write both in the same one.")
    return Reference("declared", rest.value, reference.value, rest.unit)


def _stage(now: View, asked: str) -> Stage:
    """Return the stage of her course, or one in open mode, which asks for nothing."""
    wanted = asked or now.chart.stage
    if not wanted:
        raise CallerError("No course runs yet; begin it with a step.")
    stage = now.protocol.stage(wanted)
    if stage.id != now.chart.stage and stage.dose is not None:
        raise CallerError("Her course stands at another step; decide on that first.")
    return stage


class Sittings:
    """What is kept of the rooms of the record. Rooms live on the event loop, storage does not."""

    def __init__(self, acts: Acts) -> None:
        """Begin without rooms."""
        self._acts = acts
        self._led: dict[str, Led] = {}
        #: Of rooms that are over, what is to be kept if she tells of pain yet.
        self._over: dict[str, list[Held]] = {}
        self._unkept = Unkept(acts)

    def lead(self, room: Room, actor: Actor, ready: Ready) -> None:
        """Keep what comes of a room; who leads it answers for it."""
        self._led[room.number] = Led(room, actor, ready)

    def led(self, room: Room) -> Led | None:
        """Return who leads a room of the record."""
        return self._led.get(room.number)

    def look(self, room: str, kind: AskedKind) -> Awaitable[Looked] | None:
        """Look into her chart again before effort is asked of her."""
        led = self._led.get(room)
        return None if led is None or kind not in NEED_HER else self._look(led)

    def concerned(self, patient_or_user_id: str) -> list[Led]:
        """Return every open sitting of hers, or led by that account."""
        return [
            led
            for led in self._led.values()
            if patient_or_user_id in (led.ready.sitting.patient_id, led.actor.user_id)
        ]

    async def look_again(self, concerned: list[Led]) -> None:
        """Hold these sittings to what stands now, unless they are over.

        Where that cannot be found out, nothing more is asked of her.
        """
        for led in concerned:
            if not led.room.is_over and await self._look(led) == "not_saving":
                led.room.stop("room", "not_allowed")

    async def _look(self, led: Led) -> Looked:
        sitting, own, course_id = led.ready.sitting, led.own, led.ready.course_id
        if self._unkept.has_pain_of(sitting.tenant_id, sitting.patient_id):
            return "not_saving"
        try:
            found = await asyncio.to_thread(
                standing, self._acts, led.actor, sitting, own, course_id
            )
        except LevatorError:
            _log.exception("it could not be looked up what is allowed", room=led.room.number)
            return "not_saving"
        return hold_room_to(led.room, found)

    async def begin(self, room: str, recording: str) -> None:
        """Keep that a session has begun, with the recording that holds it."""
        led = self._led.get(room)
        if led is None:
            return
        session = _begun(led, recording, self._acts.now())
        led.sessions.append(session)
        # The recording is there all the same; a sitting is not stopped for its index card.
        await self._kept(Held(session, led.actor, is_over=False))

    async def end(self, room: str, *, had_pain: bool) -> None:
        """Keep what came of every session of a room that is over; what cannot be kept is held."""
        led = self._led.get(room)
        if led is None:
            return
        try:
            hurt = [Held(one, led.actor) for one in led.hurt(self._acts.now())]
            self._over[room] = hurt
            # As long as somebody can reach the room, she can.
            finalize(led.room, self._over.pop, room, None)
            well = [Held(one, led.actor) for one in led.sessions]
            await self._kept(*(hurt if had_pain else well))
        finally:
            # Who waits for it, such as who opens a room for her, is told what is held.
            del self._led[room]
            led.is_kept.set()

    async def hurt(self, room: str) -> None:
        """Keep pain that she told of once the room was over; one that she is in by now ends.

        Where its end is not kept yet, that keeps it.
        """
        if over := self._over.get(room):
            await self._kept(*over)
            await self.look_again(self.concerned(over[0].session.patient_id))

    async def settled(self, tenant_id: str, patient_id: str) -> None:
        """Wait until all that she did is in her record; raises NotKeptError where it cannot be."""
        led = list(self._led.values())
        try:
            async with asyncio.timeout(SETTLED_WITHIN_S):
                for one in led:
                    if one.ready.sitting.is_of(tenant_id, patient_id):
                        await one.is_kept.wait()
        except TimeoutError:
            raise NotKeptError from None
        await asyncio.to_thread(self._unkept.keep_of, tenant_id, patient_id)

    async def _kept(self, *held: Held) -> None:
        for one in held:
            self._unkept.hold(one)
        await asyncio.to_thread(self._unkept.keep, held)

    def keep_unkept(self) -> bool:
        """Try again what could not be kept; the task of upkeep, and the last deed of a run."""
        self._unkept.keep()
        return False

    def must_be_kept(self, unsaved: StorageError | None) -> None:
        """Raise StorageError where something of a session is held that is not in her record."""
        self._unkept.must_be_kept(unsaved)

    def close_interrupted(self) -> None:
        """Close the sessions that an earlier run left open, with what was recorded of them.

        Of what it could not begin in her record, pain is kept as the recording tells it.
        """
        for left in (left_open, left_in_pain):
            for session in left(self._acts):
                held = Held(session)
                self._unkept.hold(held)
                self._unkept.keep([held])


def _hurt(led: Led, at: str) -> Session:
    """Return a sitting that pain ended before anything was recorded: it counts all the same."""
    return replace(_begun(led, None, at), state="ended", ended_by="pain", had_pain=True)


def _begun(led: Led, recording: str | None, at: str) -> Session:
    sitting = led.ready.sitting
    session = Session(
        id=uuid.uuid4().hex,
        tenant_id=led.actor.tenant_id,
        patient_id=sitting.patient_id,
        course_id=led.ready.course_id,
        prescription_id=led.ready.prescription_id,
        recording_id=recording,
        on_day=at[:10],
        started_at=at,
        stage=sitting.stage.id,
        device=sitting.device_url,
        led_by=led.actor.user_id,
    )
    return with_dose(session, sitting.dose)
