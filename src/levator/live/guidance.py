"""The guided calibration of a room: its steps as facts for the screens.

Which steps there are, how long they last and what they give is settled in
`signals.calibration`; this keeps what has been told so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from levator.devices.device import Follower
from levator.live.recorder import wall_clock
from levator.live.sitting import Sitting
from levator.quantities import Seconds
from levator.signals import calibration
from levator.signals.calibration import CalibrationState
from levator.signals.conditioning import Filter
from levator.signals.phases import (
    Calibrated,
    CalibrationEvent,
    CalibrationFailed,
    Failure,
    Phase,
    PhaseStarted,
    PolarityMeasured,
    RestMeasured,
    TrialMeasured,
)
from levator.signals.reference import Reference
from levator.signals.samples import Channel, Samples, Stream

Result: TypeAlias = RestMeasured | PolarityMeasured | TrialMeasured | Calibrated | CalibrationFailed


@dataclass(slots=True)
class Guidance:
    """A calibration under way. `results` holds what was measured, and what failed, in order."""

    state: CalibrationState
    started: PhaseStarted | None = None
    results: list[Result] = field(default_factory=list)
    reference: Reference | None = None

    @property
    def phase(self) -> Phase | None:
        """The step under way."""
        return self.started.phase if self.started is not None else None

    @property
    def from_s(self) -> Seconds:
        """When the step began."""
        return self.started.at_s if self.started is not None else 0.0

    @property
    def until_s(self) -> Seconds:
        """When the step ends."""
        return self.started.until_s if self.started is not None else 0.0

    @property
    def failed(self) -> Failure | None:
        """What failed as often as it may, so that it is given up."""
        last = self.results[-1] if self.results else None
        return last.failure if isinstance(last, CalibrationFailed) and last.is_last else None

    @property
    def unit(self) -> str:
        """Unit of the numbers in `results`."""
        return self.state.channel.unit

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The whole course."""
        return self.state.phases

    @property
    def place(self) -> int:
        """How many phases are behind."""
        return self.state.place

    def take(self, samples: Samples, device: object = None) -> list[CalibrationEvent]:
        """Take one block; return what it told. A device with a patient in it hears each step."""
        self.state, events = calibration.calibrate(self.state, samples)
        for event in events:
            self._note(event)
            if isinstance(event, PhaseStarted) and isinstance(device, Follower):
                device.hear(event.phase.instruction)
        return events

    def _note(self, event: CalibrationEvent) -> None:
        if isinstance(event, PhaseStarted):
            self.started = event
            return
        if isinstance(event, CalibrationFailed):
            self._forget_failed_part()
        self.results.append(event)
        if isinstance(event, Calibrated):
            self.reference = event.reference

    def _forget_failed_part(self) -> None:
        """Trials that are done again count no more."""
        if self.phase is not None and self.phase.part == "reference":
            self.results = [one for one in self.results if not isinstance(one, TrialMeasured)]


def guide(sitting: Sitting, stream: Stream, channel: Channel, chain: Filter) -> Guidance:
    """Return the guidance through a calibration of one channel that begins now."""
    settings, kind = sitting.settings, sitting.reference_kind
    seat, quality = sitting.seat(wall_clock()), settings.quality
    begun = calibration.begin(stream, channel, chain, settings.calibration, quality, kind, seat)
    return Guidance(begun)
