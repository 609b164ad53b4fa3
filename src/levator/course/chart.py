"""What the course knows of one woman on one day: a plain value, handed in.

Days are numbers of a calendar (`date.toordinal`), so that no clock is asked here. Whatever has
happened more than once stands in the order in which it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from levator.course.protocol import Phase, Weeks
from levator.quantities import Percent, PercentMvc, Seconds
from levator.training.dose import RoundsKind
from levator.training.events import SetEnd

Day: TypeAlias = int
BirthMode = Literal["vaginal", "instrumental", "caesarean"]
#: When a pain score was asked; `next_morning` is the morning after a sitting.
PainMoment = Literal["before", "after", "next_morning", "between"]
DecisionKind = Literal["accept", "overrule", "release"]
DAYS_A_WEEK = 7
#: From the first day of the last period to the expected day: what "expected day" means.
DAYS_TO_EXPECTED = 280


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth; `complications` are codes of the checklist, None where nobody asked yet."""

    day: Day
    mode: BirthMode
    complications: tuple[str, ...] | None = None

    @property
    def is_complicated(self) -> bool | None:
        """Whether a doctor agrees first; None where it is not known. Operative births are."""
        if self.mode != "vaginal":
            return True
        return None if self.complications is None else bool(self.complications)

    @property
    def reasons(self) -> frozenset[str]:
        """What is known of it for which a doctor agrees first: an operative mode, complications."""
        operative = frozenset({self.mode}) - {"vaginal"}
        return operative | frozenset(self.complications or ())


@dataclass(frozen=True, slots=True)
class Clearance:
    """Who agreed to training, from and until when (that day included); None is no end.

    stages : what it is for; None is every stage. entered_on : when it was told, None for its
    first day.
    """

    signed_by: str
    from_day: Day
    until_day: Day | None = None
    revoked_on: Day | None = None
    stages: tuple[str, ...] | None = None
    entered_on: Day | None = None

    @property
    def agreed_on(self) -> Day:
        """The last day of which who signed could know: it says nothing of a birth to come."""
        entered = self.from_day if self.entered_on is None else self.entered_on
        return min(self.from_day, entered)


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign that asks for care first; `code` is one of the checklist."""

    day: Day
    code: str


@dataclass(frozen=True, slots=True)
class PainReport:
    """A pain score, 0 to 10. Each stands here once, also one that a sitting asked for."""

    day: Day
    score: int
    moment: PainMoment = "between"


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The settings that are prescribed; None is where the stage starts.

    rounds : how many; a kept `Prescription` calls it `rounds_count`. rounds_rule : the rule that
    is shipped, or the one that the document says; a kept `Prescription` calls it `rounds`.
    """

    force_percent_mvc: PercentMvc | None = None
    hold_s: Seconds | None = None
    rest_s: Seconds | None = None
    tangent_percent: Percent | None = None
    rounds: int | None = None
    times_a_day: int | None = None
    rounds_rule: RoundsKind | None = None


@dataclass(frozen=True, slots=True)
class SittingResult:
    """One sitting as the course looks at it, wherever and on whichever device it was.

    asked : the settings of its last set, each a number. valid : rounds that could be judged.
    in_band_percent : of the hold, median of the valid rounds. released_percent : rounds that
        let go. flagged_percent : rounds in doubt. None is not known. is_over : False while it
        runs: it counts for the day, and says nothing yet.
    """

    day: Day
    stage: str
    asked: Prescribed
    rounds: int
    valid: int
    in_band_percent: Percent | None
    released_percent: Percent | None
    flagged_percent: Percent | None
    fatigue_round: int | None
    ended_by: SetEnd
    pain_before: int | None = None
    pain_after: int | None = None
    is_over: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What a therapist decided about a stage, and why.

    stage : where it leads, or whose gates it opens. opens : codes of the gates that stay open
        by it. `release` lets a held programme go on.
    """

    day: Day
    by: str
    kind: DecisionKind
    reason: str = ""
    stage: str | None = None
    settings: Prescribed | None = None
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One woman, today.

    stage : where her course stands; None before it begins. settings : as prescribed there.
    complications : of the pregnancy; None where nobody asked. red_flags_asked : days on which
        she was asked about every red flag and had none.
    has_ended : her last course was ended, and none has begun since. stage_since : the first day
        of the stage, as far as it is known.
    """

    today: Day
    expected_on: Day | None = None
    birth: Birth | None = None
    clearances: tuple[Clearance, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    pains: tuple[PainReport, ...] = ()
    sittings: tuple[SittingResult, ...] = ()
    stage: str | None = None
    settings: Prescribed = Prescribed()
    decisions: tuple[Decision, ...] = ()
    complications: tuple[str, ...] | None = None
    red_flags_asked: tuple[Day, ...] = ()
    has_ended: bool = False
    stage_since: Day | None = None

    @property
    def phase(self) -> Phase:
        """Before or after the birth."""
        return "pregnancy" if self.birth is None else "after_birth"

    @property
    def week(self) -> Weeks | None:
        """Completed weeks since birth or of pregnancy; None where it is not known."""
        if self.birth is not None:
            days = self.today - self.birth.day
        elif self.expected_on is not None:
            days = DAYS_TO_EXPECTED - (self.expected_on - self.today)
        else:
            return None
        return days / DAYS_A_WEEK if days >= 0 else None

    @property
    def is_complicated(self) -> bool | None:
        """Whether birth or pregnancy had complications; None where it is not known."""
        if self.birth is not None:
            return self.birth.is_complicated
        return None if self.complications is None else bool(self.complications)

    @property
    def latest_pain(self) -> PainReport | None:
        """The last score that was given."""
        return self.pains[-1] if self.pains else None

    @property
    def pain_today(self) -> int | None:
        """The last score of today; None where nobody asked today."""
        last = self.latest_pain
        return last.score if last is not None and last.day == self.today else None

    @property
    def last_recorded(self) -> Day:
        """The day of the newest thing in the chart; a clearance may begin later."""
        birth = () if self.birth is None else (self.birth,)
        parts = (*birth, *self.red_flags, *self.pains, *self.sittings, *self.decisions)
        return max((*(one.day for one in parts), *self.red_flags_asked), default=self.today)

    def in_stage(self, stage_id: str) -> tuple[SittingResult, ...]:
        """Return the sittings of a stage since the birth, or since the pregnancy began."""
        return tuple(one for one in self.sittings_since_birth if one.stage == stage_id)

    @property
    def sittings_since_birth(self) -> tuple[SittingResult, ...]:
        """The sittings of this phase that are over."""
        begin = None if self.birth is None else self.birth.day
        over = (one for one in self.sittings if one.is_over)
        return tuple(one for one in over if begin is None or one.day >= begin)


def day_of_week(chart: Chart, week: Weeks) -> Day | None:
    """Return the first day on which a week of this phase is full; None where not known."""
    whole = -int(-week * DAYS_A_WEEK // 1)
    if chart.birth is not None:
        return chart.birth.day + whole
    if chart.expected_on is None:
        return None
    return chart.expected_on - DAYS_TO_EXPECTED + whole
