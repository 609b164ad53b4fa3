"""A sitting of the simulated patient in virtual time, recorded as a room records it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from levator import __version__
from levator.course.facts import StartFacts
from levator.course.prescription import dose_for, limits_for
from levator.devices.simulator.options import read_options
from levator.devices.simulator.parameters import default_parameters
from levator.devices.simulator.sitting import Sitting
from levator.library.loader import (
    library_version,
    load_hard_limits,
    load_protocol,
    load_settings,
)
from levator.records.model import Batch, Ending, EventRecord, InputRecord, RecordingHeader
from levator.records.repository import Repository
from levator.records.values import block_of
from levator.signals import calibration
from levator.signals.design import filter_for
from levator.signals.phases import Calibrated, PhaseStarted
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Samples
from levator.training import session
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose
from levator.training.events import Event, TargetSet
from levator.training.inputs import Command, Input, Tick
from levator.training.plain import event_to_plain, to_plain

BEGAN = "2026-11-23T10:00:00.000+01:00"
ENDED = "2026-11-23T10:04:00.000+01:00"


@dataclass
class Live:
    """One sitting under way; `do` a command, `live` on for a while, then `stored`."""

    sitting: Sitting
    context: SessionContext
    state: session.SessionState
    begun: RecordingHeader
    inputs: list[InputRecord] = field(default_factory=list)
    blocks: list[object] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    sequence: int = 0
    lost: tuple[float, float] = (0.0, 0.0)

    def _number(self) -> int:
        self.sequence += 1
        return self.sequence - 1

    def give(self, given: Input) -> None:
        recording = self.begun.id
        if isinstance(given, Samples):
            stream = next(one for one in self.context.streams if one.name == given.stream)
            self.blocks.append(block_of(recording, self._number(), given, stream))
        else:
            plain = event_to_plain(given)
            self.inputs.append(InputRecord(recording, self._number(), given.at_index, plain))
        self.state, told = session.step(self.state, given)
        for event in told:
            self.events.append(EventRecord(recording, self._number(), event_to_plain(event)))
            if isinstance(event, TargetSet):
                self.sitting.patient.see(event.breakpoints, event.valid_until_s)

    def do(self, kind: str, by: str = "therapist", **more: object) -> None:
        self.give(Command(kind, self.next_index, by, **more))

    @property
    def next_index(self) -> int:
        return self.state.feeds[self.state.primary_stream].next_index

    def live(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Live on; samples within `lost` (device seconds) never come."""
        for _ in range(round(seconds * 10)):
            for block in self.sitting.run(10):
                if not self.lost[0] <= block.first_index / 100.0 < self.lost[1]:
                    self.give(block)
            self.give(Tick(self.sitting.tick / 100.0, self.next_index))
            if until():
                return

    def until_over(self) -> None:
        self.live(400.0, lambda: self.state.name in ("set_ended", "ended"))

    def stored(self, repository: Repository, ended_by: str | None = "stop") -> str:
        name = self.begun.id
        endings = () if ended_by is None else (Ending(name, ENDED, ended_by),)
        repository.append(
            Batch(
                (self.begun,), tuple(self.blocks), tuple(self.inputs), tuple(self.events), endings
            )
        )
        return name


def calibrated(sitting: Sitting, device: str) -> Reference:
    """Guide her through the whole calibration, in virtual time."""
    stream = sitting.streams[0]
    chain = filter_for(stream.channels[0].kind, "N", 100.0, load_settings().conditioning)
    seat = ReferenceContext(device, "soft", "upright", BEGAN)
    settings = load_settings()
    state = calibration.begin(
        stream, stream.channels[0], chain, settings.calibration, settings.quality, "mvc", seat
    )
    while not state.done:
        for block in sitting.run(10):
            state, told = calibration.calibrate(state, block)
            for event in told:
                if isinstance(event, PhaseStarted):
                    sitting.patient.hear(event.phase.instruction)
                if isinstance(event, Calibrated):
                    return event.reference
    raise AssertionError("the calibration gave no reference")


def begin(
    stage: str = "step-3",
    url: str = "simulator://?seed=7",
    name: str = "one",
    facts: StartFacts = StartFacts(weeks_pregnant=24.0, pain_now=False),  # noqa: B008, frozen
    **asked: object,
) -> Live:
    """A calibrated sitting of one stage, before its first recorded sample."""
    sitting = Sitting(read_options(url), default_parameters())
    reference = calibrated(sitting, url)
    protocol = load_protocol("bekken-zwanger-fit")
    limits = limits_for(protocol, protocol.stage(stage), facts, load_hard_limits())
    dose = dose_for(protocol.stage(stage), facts, limits, **asked)
    assert isinstance(dose, Dose), dose
    stream = replace(sitting.streams[0], first_index=sitting.tick)
    channel = stream.channels[0]
    chain = filter_for(channel.kind, channel.unit, 100.0, load_settings().conditioning)
    context = SessionContext(
        streams=(stream,),
        uses=(ChannelUse(stream.name, channel.name, "primary", chain, reference),),
        required_streams=(stream.name,),
        dose=dose,
        limits=limits,
        settings=load_settings(),
        adaptive_rest=True,
        reference_valid=True,
        protocol=protocol.id,
        protocol_version=protocol.version,
        stage=stage,
        engine_version=__version__,
        library_version=library_version(),
    )
    versions = {"levator": __version__, "library": library_version(), "protocol": protocol.version}
    header = RecordingHeader(name, BEGAN, "M. Jansen", to_plain(context), versions)
    return Live(sitting, context, session.begin(context), header)


def eventful(name: str = "one") -> Live:
    """Rounds, a pause, a gap, a dose for later rounds, a mark, and the end of the set."""
    live = begin(name=name, url="simulator://?seed=7&cough=185s")
    live.do("start")
    live.live(40.0)
    live.do("pause", "patient")
    live.live(6.0)
    live.do("resume", "patient")
    live.live(20.0)
    start_s = live.sitting.tick / 100.0
    live.lost = (start_s, start_s + 0.3)
    live.live(10.0)
    dose = live.context.dose
    assert dose is not None
    live.do("dose", dose=replace(dose, force_percent_mvc=dose.force_percent_mvc + 5.0))
    live.do("dose", dose=replace(dose, force_percent_mvc=95.0))
    live.live(20.0)
    live.do("mark", mark="moved")
    live.until_over()
    live.do("effort", "patient", effort=6)
    live.live(2.0)
    live.do("stop", "therapist")
    return live


def events_of(live: Live, kind: type[Event]) -> Iterable[EventRecord]:
    return (one for one in live.events if one.data["type"] == kind.__name__)
