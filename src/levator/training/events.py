"""What `step` tells: frozen facts with codes and numbers, no sentences.

`at_s` is session time in seconds (primary index / its sampling frequency). Percentages are
%MVC, the increment above resting tone as a share of the reference. Unknown numbers are
None. Class names are the `type` of an event wherever it is stored or sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.quantities import Percent, PercentMvc, PercentMvcPerSecond, Seconds
from levator.training.dose import Dose
from levator.training.limits import Breach, Limits
from levator.training.states import State

#: In the order of judgement: the verdict is the first that applies.
VerdictCode = Literal[
    "no_signal",
    "coughed",
    "moved",
    "breath_held",
    "strained",
    "co_contraction",
    "unsure",
    "too_strong",
    "not_released",
    "weak",
    "slow",
    "short",
    "good",
]
FatigueSign = Literal[
    "hold_not_reached", "unsteady", "slower_rise", "rest_not_released", "effort_rated_high", "tired"
]
SetEnd = Literal[
    "rounds",
    "past_fatigue",
    "before_fatigue",
    "round_limit",
    "not_released",
    "limits",
    "stop",
    "pain",
    "clearance_revoked",
    "signal_lost",
    "recalibrate",
    "end_of_recording",
]
QualityCode = Literal[
    "gap", "not_a_number", "flat_line", "clipping", "out_of_range", "noise", "cough", "shift"
]
ContractionKind = Literal["lift", "strain", "glutes_or_abdomen", "cannot_tell"]
RefusalCode = Literal[
    "not_now", "over_limits", "tare_first", "no_signal", "reference_invalid", "session_ended"
]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The session went from one state of the table (`training.states`) to another."""

    at_s: Seconds
    state: State
    cause: str


@dataclass(frozen=True, slots=True)
class TargetSet:
    """What is asked from now on: straight lines between breakpoints.

    breakpoints : ((time s, target %MVC), ...), times rising. Before the first and after
    the last, and after `valid_until_s`, the target is rest. A higher `revision` replaces
    every earlier target. Empty breakpoints: rest. `round` counts from 1 within the set.
    """

    at_s: Seconds
    revision: int
    set_number: int
    round: int | None
    breakpoints: tuple[tuple[Seconds, PercentMvc], ...]
    valid_until_s: Seconds
    band_percent_mvc: PercentMvc
    dose: Dose | None
    limits_label: str


@dataclass(frozen=True, slots=True)
class SetStarted:
    """A set began; its first rise is at `first_rise_s`."""

    at_s: Seconds
    set_number: int
    dose: Dose
    limits: Limits
    first_rise_s: Seconds


@dataclass(frozen=True, slots=True)
class ContractionFound:
    """The level passed the onset threshold; `onset_s` is where it left rest."""

    at_s: Seconds
    onset_s: Seconds


@dataclass(frozen=True, slots=True)
class ContractionEnded:
    """One contraction, whole, whatever the mode; in open mode this is the result."""

    at_s: Seconds
    kind: ContractionKind
    reasons: tuple[str, ...]
    onset_s: Seconds
    end_s: Seconds
    peak_percent_mvc: PercentMvc
    mean_percent_mvc: PercentMvc
    duration_s: Seconds
    level_after_percent_mvc: PercentMvc | None
    released: bool | None


@dataclass(frozen=True, slots=True)
class RepetitionScored:
    """The verdict of one round, final; `valid` is false where the data is doubtful."""

    at_s: Seconds
    set_number: int
    round: int
    verdict: VerdictCode
    reasons: tuple[str, ...]
    valid: bool
    start_s: Seconds
    verdict_at_s: Seconds
    force_percent_mvc: PercentMvc
    hold_asked_s: Seconds
    onset_s: Seconds | None
    held_s: Seconds | None
    time_in_band_percent: Percent | None
    rmse_percent_mvc: PercentMvc | None
    rmse_lag_removed_percent_mvc: PercentMvc | None
    lag_s: Seconds | None
    hold_mean_percent_mvc: PercentMvc | None
    hold_cv_percent: Percent | None
    rise_rate_percent_mvc_per_s: PercentMvcPerSecond | None
    rise_rate_asked_percent_mvc_per_s: PercentMvcPerSecond | None
    rise_rate_of_own_best_percent: Percent | None
    release_rate_percent_mvc_per_s: PercentMvcPerSecond | None
    release_rate_of_own_best_percent: Percent | None
    judged_level_percent_mvc: PercentMvc | None


@dataclass(frozen=True, slots=True)
class RestScored:
    """The level over the last moments of a rest, and the rest that follows from it."""

    at_s: Seconds
    set_number: int
    round: int
    rest_percent_mvc: PercentMvc | None
    released: bool | None
    reasons: tuple[str, ...]
    next_rest_s: Seconds


@dataclass(frozen=True, slots=True)
class FatigueWarned:
    """Two of the five signs stand (clinical.md section 2)."""

    at_s: Seconds
    round: int
    signs: tuple[FatigueSign, ...]


@dataclass(frozen=True, slots=True)
class FatigueEstablished:
    """Three of the five signs stand, or she said that she is tired."""

    at_s: Seconds
    round: int
    signs: tuple[FatigueSign, ...]


@dataclass(frozen=True, slots=True)
class SetEnded:
    """A set is over, and why; the scores are over its valid repetitions."""

    at_s: Seconds
    set_number: int
    rounds: int
    ended_by: SetEnd
    good_rounds: int
    valid_rounds: int
    released_percent: Percent | None
    time_in_band_percent: Percent | None
    effort_s: Seconds
    fatigue_signs: tuple[FatigueSign, ...]
    warned_round: int | None
    established_round: int | None


@dataclass(frozen=True, slots=True)
class EffortAsked:
    """The question for her own effort, 0 to 10, at the end of a set."""

    at_s: Seconds
    set_number: int


@dataclass(frozen=True, slots=True)
class EffortNoted:
    """Her own rating, 0 to 10."""

    at_s: Seconds
    effort: int


@dataclass(frozen=True, slots=True)
class QualityFlagged:
    """Doubt about the signal between two times of one channel."""

    at_s: Seconds
    stream: str
    channel: str
    quality: QualityCode
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True)
class GapFound:
    """Samples that never came: `missing` of them from `first_index` on."""

    at_s: Seconds
    stream: str
    first_index: int
    missing: int


@dataclass(frozen=True, slots=True)
class SignalLost:
    """No samples for the silence limit, or the driver lost the sensor."""

    at_s: Seconds
    stream: str
    cause: Literal["silence", "driver"]


@dataclass(frozen=True, slots=True)
class SignalReturned:
    """Samples come again after `silent_s`; `tare_needed` before anything is asked."""

    at_s: Seconds
    stream: str
    silent_s: Seconds
    tare_needed: bool


@dataclass(frozen=True, slots=True)
class Tared:
    """The resting tone was taken again, in the channel's physical unit."""

    at_s: Seconds
    rest: float


@dataclass(frozen=True, slots=True)
class DoseAccepted:
    """A new dose, in force from `from_round` of the set on."""

    at_s: Seconds
    by: str
    dose: Dose
    from_round: int


@dataclass(frozen=True, slots=True)
class LimitsChanged:
    """New bounds, in force at once."""

    at_s: Seconds
    limits: Limits


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """What was asked is not done, and why."""

    at_s: Seconds
    command: str
    by: str
    reason: RefusalCode
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark set by hand."""

    at_s: Seconds
    mark: str
    by: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The sitting is over."""

    at_s: Seconds
    ended_by: str
    sets: int
    rounds: int
    good_rounds: int
    valid_rounds: int
    effort_s: Seconds


Event: TypeAlias = (
    StateChanged
    | TargetSet
    | SetStarted
    | ContractionFound
    | ContractionEnded
    | RepetitionScored
    | RestScored
    | FatigueWarned
    | FatigueEstablished
    | SetEnded
    | EffortAsked
    | EffortNoted
    | QualityFlagged
    | GapFound
    | SignalLost
    | SignalReturned
    | Tared
    | DoseAccepted
    | LimitsChanged
    | CommandRefused
    | Marked
    | SessionEnded
)
