"""Two clocks, that of a phone and the clinic's: when something really was, as well as is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from levator.clinic import checking
from levator.clinic.checking import EARLIEST, LATEST
from levator.errors import CallerError
from levator.quantities import Seconds
from levator.texts import Speaker, mark

_WRONG = mark(
    "The clock of this phone is wrong. What you did is kept, at the right time as well as we know"
    " it. Let the phone set its clock by itself."
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """now : of the clinic. ahead : how much further the phone's clock is, nothing where both agree.

    tolerance : so far apart they agree. Moments have their offset.
    """

    now: datetime
    ahead: timedelta
    tolerance: timedelta

    @classmethod
    def of(cls, phone_now: str, clinic_now: str, tolerance_s: Seconds) -> Clocks:
        """Compare the two; raises CallerError for what is no moment."""
        now = datetime.fromisoformat(clinic_now)
        ahead = moment(phone_now, now.tzinfo) - now
        tolerance = timedelta(seconds=tolerance_s)
        is_right = abs(ahead) <= tolerance
        return cls(now, timedelta() if is_right else ahead, tolerance)

    @property
    def is_unsure(self) -> bool:
        """Whether the phone's clock is wrong."""
        return bool(self.ahead)

    def placed(self, phone_time: str) -> datetime:
        """Return when something was by the clinic's clock, at most now."""
        meant = moment(phone_time, self.now.tzinfo) - self.ahead
        return min(meant.astimezone(self.now.tzinfo), self.now)

    def is_to_come(self, phone_time: str) -> bool:
        """Return whether something is said to be of a time that no clock has shown yet."""
        meant = moment(phone_time, self.now.tzinfo) - self.ahead
        return meant - self._shown_before(meant) > self.now + self.tolerance

    def _shown_before(self, meant: datetime) -> timedelta:
        """Return how long before a moment the clocks here showed its time, where they do twice."""
        shown = meant.replace(tzinfo=None)
        first, again = (shown.replace(fold=fold).astimezone().utcoffset() for fold in (0, 1))
        if first is None or again is None or self.now.utcoffset() != again:
            return timedelta()
        return max(first - again, timedelta())

    def day(self, on_day: str) -> tuple[str, bool]:
        """Return a day of the phone by the clinic's clock, and whether it is unsure."""
        today = self.now.date()
        told = date.fromisoformat(checking.day("on_day", on_day))
        meant = told - timedelta(days=round(self.ahead / timedelta(days=1)))
        return min(meant, today).isoformat(), self.is_unsure or told > today

    def line_at(self, on_day: str, at: str) -> tuple[str, str, bool]:
        """Return day and time of a line by the clinic's clock, and whether the day is unsure.

        What a right clock shows of tomorrow already is now, in its time as in its day.
        """
        found, is_unsure = self.day(on_day)
        if is_unsure and not self.ahead:
            found, _, at = self.placed(f"{on_day}T{at}").isoformat()[:16].partition("T")
        return found, at, is_unsure

    def day_at(self, on_day: str, phone_time: str) -> tuple[str, bool]:
        """Return the same of what has a moment too, which says it better where a clock is wrong.

        Where the two name different days, the later counts: nothing is told away to a day before.
        """
        found, is_unsure = self.day(on_day)
        placed = self.placed(phone_time).date().isoformat()
        if self.ahead:
            return placed, is_unsure
        days = {moment(phone_time, self.now.tzinfo).date().isoformat(), placed}
        return (found, is_unsure) if on_day in days else (max(found, placed), True)

    def sentence(self, say: Speaker) -> str | None:
        """Return what she reads where the phone's clock is wrong."""
        return say.say(_WRONG) if self.is_unsure else None


def moment(text: str, here: tzinfo | None) -> datetime:
    """Return a moment that a phone tells; without its offset it is as clocks are here.

    Raises CallerError for what is no moment.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _no_moment() from None
    if not EARLIEST <= found.date().isoformat() <= LATEST:
        raise _no_moment()
    return found if found.tzinfo else found.replace(tzinfo=here)


def _no_moment() -> CallerError:
    return CallerError("A moment has day and time: 2026-11-29T10:00:00+01:00.")
