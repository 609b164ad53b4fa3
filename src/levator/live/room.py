"""One live session: device in, recorder and engine, viewers out.

House rules: everything that reaches `step` goes through `give`, which records it first;
whatever happens, a stop takes the target away. All of a room runs on one event loop, so
nothing here is locked.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import TypeAlias

import structlog

from levator.course.gates import Gate
from levator.devices.device import Device, Follower
from levator.errors import DeviceError, LevatorError, StorageError
from levator.live import asking, recording
from levator.live.asking import Asked, Asker, Looked
from levator.live.audience import Audience
from levator.live.dosing import Dosing
from levator.live.drawing import channels_of, draw, frames_of, streams_from_here
from levator.live.facts import Facts
from levator.live.guidance import Guidance, guide
from levator.live.keeping import Keeper, NoKeeper, once_looked
from levator.live.recorder import Recorder, wall_clock
from levator.live.sitting import Sitting, context_of, header_of, known_reference, with_role
from levator.live.source import Flow, blocks
from levator.live.tasks import Tasks
from levator.live.viewer import Person
from levator.quantities import Seconds
from levator.signals.reference import Reference
from levator.signals.samples import Channel, Samples, Stream
from levator.training import session
from levator.training.context import SessionContext
from levator.training.events import Event, TargetSet
from levator.training.inputs import By, Command, Input, Tick

TICK_EVERY_S: Seconds = 0.05
HEALTH_EVERY_S: Seconds = 0.5
Painter: TypeAlias = Callable[["Room", Asker, str], str]

_log = structlog.get_logger()


class Room:
    """One sitting, from the opened device to the finished recording."""

    def __init__(
        self,
        number: str,
        sitting: Sitting,
        device: Device,
        streams: tuple[Stream, ...],
        recorder: Recorder,
        painter: Painter,
        clock: Callable[[], Seconds] = time.monotonic,
    ) -> None:
        """Take a device and the streams that its `open` gave; `painter` makes a role's picture."""
        self.number, self.sitting, self.clock = number, sitting, clock
        self.stage: asking.RoomStage = "open"
        self.guidance: Guidance | None = None
        self.gave_up: Guidance | None = None
        self._recording: recording.RunningRecording | None = None
        self.recordings: list[recording.RunningRecording] = []
        self.is_saved = self.is_faulty = self.had_pain = self.has_session = False
        self.next_ticket: str | None = None
        self.refusal: asking.RoomRefusal | None = None
        self.shut_by: tuple[Gate, ...] = ()
        self.asked_by: Asker | None = None
        self.dosing = Dosing()
        self.trouble: LevatorError | None = None
        self.device, self._recorder = device, recorder
        self.keeper: Keeper = NoKeeper()
        self.audience = Audience(partial(painter, self), clock, sitting.settings.session)
        self.flow = Flow(clock, sitting.settings.quality.silence_s, self.audience)
        self._health, self._begun = "", asyncio.Event()
        if not sitting.is_played_once:
            self._begun.set()
        self._tasks = Tasks()
        # Until a session begins the engine only listens.
        self._set_context(context_of(sitting, streams, None), generation=0)

    # --- The session
    def _set_context(self, context: SessionContext, generation: int) -> None:
        self.state = session.begin(context)
        self.facts = Facts(context.limits, context.dose)
        self.frames = frames_of(self.state, generation)
        self.audience.begin_anew()
        self._began_s = self.clock()
        self.changed()

    @property
    def trained(self) -> tuple[Stream, Channel]:
        """Stream and channel that are trained."""
        stream, feed = channels_of(self.state)[0]
        return stream, feed.channel

    @property
    def next_index(self) -> int:
        """Index of the trained stream up to which every required stream has come."""
        return self.state.reached

    def _begin_recording(self, reference: Reference | None) -> bool:
        """Record all from here on (a calibration has no reference); False where it cannot."""
        context = context_of(self.sitting, streams_from_here(self.state), reference)
        left = [one.number for one in self.recordings if one.came_to is not None and reference]
        header = header_of(self.sitting, context, uuid.uuid4().hex, wall_clock(), *left[-1:])
        try:
            begun = recording.begin(self._recorder, header, context)
        except StorageError as error:
            self.trouble, self.stage, self.guidance = error, "open", None
            self.refusal = "not_saving"
            self.changed()
            return False
        self._close_recording("calibrated")
        self._set_context(context, self.frames.generation + 1)
        self._recording = begun
        self.recordings.append(begun)
        return True

    def _close_recording(self, ended_by: str) -> None:
        if self._recording is not None:
            self._tasks.start(self._recording.close(ended_by))
            self._recording = None

    @property
    def recording(self) -> str | None:
        """The number of the recording under way, or of the last one."""
        return self._recording.number if self._recording is not None else None

    def give(self, given: Input) -> bool:
        """Record one input, let the engine take it and tell; what is not kept never happened."""
        try:
            if self.is_over or not (self._recording is None or self._recording.put(given)):
                return False
            self.state, events = session.step(self.state, given)
        except Exception:  # noqa: BLE001, a fault of ours must not leave a target standing
            self._fail()
            return False
        for event in events:
            self._tell(event)
        # Only now: the events that follow the state `ended` belong to the recording too.
        if self.facts.state == "ended" and self.stage == "session":
            self._end(self.facts.cause)
        return True

    @property
    def is_over(self) -> bool:
        """Whether the sitting has ended."""
        return self.stage == "over"

    @property
    def is_void(self) -> bool:
        """Whether the session's reference holds for its seat no longer."""
        return asking.is_void(self.stage, self.sitting.dose, self.state.reference_valid)

    def _tell(self, event: Event) -> None:
        if self._recording is not None:
            self._recording.tell(event)
        self.facts.take(event)
        if isinstance(event, TargetSet):
            self.frames.revision = event.revision
            if isinstance(self.device, Follower):
                self.device.see(event.breakpoints, event.valid_until_s)
        self.changed()

    def _end(self, ended_by: str) -> None:
        """The sitting is over: take the target away, close the recording, free the device."""
        self.stage, self.guidance = "over", None
        self._begun.set()
        if self.facts.state != "ended":
            self.facts.targets.clear()
            self.facts.cause = ended_by
        self._tasks.start(self._finish(ended_by))
        self.changed()

    def _fail(self) -> None:
        _log.exception("the engine or a driver failed", room=self.number)
        self.is_faulty = True
        self._end("fault")

    async def _finish(self, ended_by: str) -> None:
        try:
            await self.device.close()
        finally:
            if self._recording is not None:
                self.is_saved = await self._recording.close(ended_by)
                self.trouble = self._recording.trouble or self.trouble
            self.changed()

    # --- Samples and time
    async def run(self) -> None:
        """Pull the device until the sitting is over; what is played waits for the first start."""
        ticking = asyncio.create_task(self._tick())
        try:
            await self._begun.wait()
            await self._pull()
        except asyncio.CancelledError:
            self.stop("room", "interrupted")
            raise
        except Exception:  # noqa: BLE001, a fault of a driver must not leave a target standing
            self._fail()
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await self._tasks.finish()

    async def _pull(self) -> None:
        async with aclosing(blocks(self.device, self)) as given:
            async for samples in given:
                if not self._take(samples):
                    return
        self.stop("room", "end_of_recording")

    def lose(self, error: DeviceError) -> None:
        """The sensor is gone: say so, and ask for nothing."""
        self.trouble = error
        self.give(Command("signal_lost", self.next_index, "room"))
        self.changed()

    def miss(self, error: DeviceError) -> None:
        """It does not answer yet, and why."""
        self.trouble = error

    def find(self) -> None:
        """It is back."""
        self.trouble = None
        self.changed()

    def _take(self, samples: Samples) -> bool:
        """One block: record it, step, calibrate, wake the viewers; return whether to go on."""
        self.flow.take()
        if self.give(samples):
            self._guide(samples)
        made_s = samples.arrived_s if samples.arrived_s is not None else self.clock()
        draw(self.frames, self.state, samples.stream, made_s)
        self.audience.wake()
        return not self.is_over

    async def _tick(self) -> None:
        due_s, health_s = self.clock(), self.clock()
        while not self.is_over:
            due_s = max(due_s + TICK_EVERY_S, self.clock())
            await asyncio.sleep(due_s - self.clock())
            if self._begun.is_set():
                self.give(Tick(self.clock() - self._began_s, self.next_index))
            self._watch_presence()
            if self.clock() - health_s >= HEALTH_EVERY_S:
                health_s = self.clock()
                self._watch_saving()

    def _watch_presence(self) -> None:
        """Without confirmed frames on the patient's screen nothing may be asked."""
        if self.facts.state == "running" and not self.audience.is_patient_here:
            self.give(Command("pause", self.next_index, "room", reason="presence"))
        elif self.stage == "calibrating" and (missing := self.flow.missing) is not None:
            self._break_off_calibration(*asking.BROKEN_OFF[missing])

    def _watch_saving(self) -> None:
        seen = f"{self.health} {self.disk} {self.flow.is_away} {self.audience.standing}"
        if seen != self._health:
            self._health = seen
            self.changed()

    @property
    def health(self) -> str:
        """How saving goes: `saving`, `behind` or `not_saving`."""
        return self._recorder.health(self.recording)

    @property
    def disk(self) -> str:
        """How much room recordings have: `plenty`, `low` or `full`."""
        return self._recorder.disk

    # --- Calibration
    def calibrate(self) -> None:
        """Begin with what is known already, or guide her through it."""
        if self.is_void:
            self._leave_session()
        reference = known_reference(self.sitting, self.trained[1])
        if reference is not None:
            self._begin_session(reference)
        elif self._begin_recording(None):
            self._begun.set()
            self.guidance = guide(self.sitting, *self.trained, self.state.primary.use.filter)
            self.stage = "calibrating"
            self.changed()

    def _leave_session(self) -> None:
        """Her seat is another one: this session ends; in this room she is measured again."""
        self.stage = "open"
        self.give(Command("stop", self.next_index, "room", reason="recalibrate"))
        if self._recording is not None:
            self._recording.leave(self.facts)
        self._close_recording("recalibrate")
        self.sitting = self.sitting.to_be_measured_again()

    def _guide(self, samples: Samples) -> None:
        if (guidance := self.guidance) is None:
            return
        if guidance.take(samples, self.device):
            self.changed()
        if guidance.reference is not None:
            self._begin_session(guidance.reference)
        elif guidance.failed is not None:
            self._break_off_calibration(*asking.BROKEN_OFF[guidance.failed])

    def _break_off_calibration(self, why: asking.RoomRefusal, ended_by: str) -> None:
        """She did not see what was asked, or it failed too often: it begins anew."""
        self.stage, self.refusal, self.gave_up, self.guidance = "open", why, self.guidance, None
        if isinstance(self.device, Follower):
            self.device.hear("let_go")
        self._close_recording(ended_by)
        self.changed()

    def _begin_session(self, reference: Reference) -> None:
        if self._begin_recording(reference):
            self.stage, self.guidance, self.has_session = "session", None, True
            self._tasks.start(self.keeper.begin(self.number, self.recording or ""))
            self.changed()

    # --- What people ask
    def ask(self, asked: Asked, asker: Asker, looked: Looked | None = None) -> None:
        """Do what a screen asks; what cannot be done is told in the picture.

        looked : what her chart says to it; None lets it be looked at first, where that is due.
        """
        self.refusal, self.asked_by, is_seen = None, asker, self.audience.is_patient_here
        by: By = "patient" if asker == "patient" else "therapist"
        if asked.kind not in asking.MAY_ASK[asker]:
            self.refusal = "not_yours"
        elif asked.kind in ("stop", "pain"):
            self.stop(by, asked.kind, asked.drawn_index)
        elif refusal := asking.no_of(looked) or asking.refusal_of(
            asked.kind, self.stage, is_seen, is_void=self.is_void, is_silent=self.flow.is_away
        ):
            self.refusal = refusal
        elif looked is None and (look := self.keeper.look(self.number, asked.kind)):
            self._tasks.start(once_looked(look, partial(self.ask, asked, asker)))
        elif asked.kind == "calibrate":
            self.calibrate()
        elif asked.kind == "role":
            self._give_role(asked)
        elif asked.kind == "dose":
            self._ask_dose(asked, by)
        elif asked.kind == "cushion":
            self.sitting = self.sitting.on_cushion(asked.cushion)
        elif command := asking.command_of(asked, self.next_index, by):
            self.give(command)
            if command.kind == "start":
                self._begun.set()
            elif command.mark == "cushion":
                self.sitting = self.sitting.on_another_cushion()
        self.changed()

    def _give_role(self, asked: Asked) -> None:
        """Another part for a channel, as long as nothing is measured yet."""
        if asked.channel is None or asked.role is None:
            return
        sitting = with_role(self.sitting, asked.channel, asked.role, self.state.context.uses)
        try:
            context = context_of(sitting, streams_from_here(self.state), None)
        except LevatorError as error:
            self.trouble = error
            return
        self.sitting = sitting
        self._set_context(context, self.frames.generation + 1)

    def _ask_dose(self, asked: Asked, by: By) -> None:
        self.dosing = Dosing.of(asked.dose, self.facts.dose, self.sitting.stage)
        if self.dosing.dose is None:
            self.refusal = "dose_unclear"
        elif self.dosing.refused is None:
            self.give(Command("dose", self.next_index, by, dose=self.dosing.dose))

    def stop(self, by: By, reason: str, drawn_index: int | None = None) -> None:
        """End the sitting, whatever state it is in. Pain is remembered, also after the end."""
        if reason == "pain" and self.is_over and not self.had_pain:
            self._tasks.start(self.keeper.hurt(self.number))
        self.had_pain = self.had_pain or reason == "pain"
        if self.stage == "session":
            kind = asking.ENDINGS.get(reason, "stop")
            why = None if reason == kind else reason
            self.give(Command(kind, self.next_index, by, reason=why, drawn_index=drawn_index))
        if not self.is_over:
            self._end(reason)

    def confirm(self, person: Person, drawn: int, age_ms: int | None) -> None:
        """Note what a person's screen has drawn."""
        self.audience.confirm(person, drawn, age_ms, self.frames.tracks[0].newest_index)

    def changed(self) -> None:
        """Let every viewer have a new picture."""
        self.audience.changed()
