"""What was told of one woman, as a careful colleague would write it down, and what may be trained
by it: worked out anew, never from the record or the functions that are tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from levator.course.chart import DAYS_TO_EXPECTED
from levator.course.protocol import ClearanceRule, Phase


@dataclass
class Told:
    """A pregnancy or a birth: its first day, and what asks for a doctor's agreement."""

    id: str
    first_day: date
    reasons: set[str]
    is_over: bool = False


@dataclass
class Signed:
    """A clearance, and with which deed and on which day it was entered."""

    id: str
    begins: date
    ends: date | None
    deed: int
    entered_on: date
    is_revoked: bool = False


@dataclass
class Flag:
    on_day: date
    deed: int


@dataclass
class Ledger:
    """What was told and taken, in the order of the deeds."""

    pregnancies: list[Told] = field(default_factory=list)
    births: list[Told] = field(default_factory=list)
    clearances: list[Signed] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    none_of_these: set[date] = field(default_factory=set)
    pains: list[tuple[date, datetime, int]] = field(default_factory=list)
    #: The last deed that told of another pregnancy or birth, or of one more reason to ask.
    asked_since: int = 0

    @contextmanager
    def told_by(self, deed: int) -> Iterator[None]:
        before, reasons = self.now, self.reasons
        yield
        if self.now is not before or self.reasons - reasons:
            self.asked_since = deed

    @property
    def reasons(self) -> set[str]:
        """Of the pregnancy, or of the last birth, each time that it is told of."""
        if self.pregnancy is not None or self.birth is None:
            return self.pregnancy.reasons if self.pregnancy is not None else set()
        last = self.birth.first_day
        near = [one for one in self.births if (last - one.first_day).days < DAYS_TO_EXPECTED]
        known = {reason for one in near for reason in one.reasons} - {"not_known"}
        return known or {reason for one in near for reason in one.reasons}

    @property
    def birth(self) -> Told | None:
        return max(self.births, key=lambda one: (one.first_day, one.id), default=None)

    @property
    def pregnancy(self) -> Told | None:
        """One that no birth has ended, and that began after every birth there is."""
        last = date.min if self.birth is None else self.birth.first_day
        going_on = (one for one in self.pregnancies if not one.is_over and one.first_day > last)
        return next(going_on, None)

    @property
    def phase(self) -> Phase:
        """Who has not given birth counts as pregnant, also before anything is known of that."""
        is_born = self.pregnancy is None and self.birth is not None
        return "after_birth" if is_born else "pregnancy"

    @property
    def now(self) -> Told | None:
        return self.pregnancy or self.birth

    def asks(self, rule: ClearanceRule) -> bool:
        """Whether somebody has to agree first."""
        if self.now is None or rule == "always" or self.reasons:
            return True
        return any(one.on_day >= self.now.first_day for one in self.flags)

    def agrees(self, one: Signed, on: date) -> bool:
        """Whether it was signed knowing all that asks for it, and counts on that day."""
        begins = self.now.first_day if self.now is not None and self.births else date.min
        if one.is_revoked or not (one.begins <= on <= (one.ends or date.max)):
            return False
        if one.entered_on < begins:
            return False
        known = [self.asked_since, *(flag.deed for flag in self.flags)]
        is_later = all(flag.on_day < one.begins for flag in self.flags)
        return one.begins >= begins and is_later and all(deed < one.deed for deed in known)

    def may(self, rule: ClearanceRule, on: date) -> bool:
        """Whether effort may be asked of her on a day."""
        if self.asks(rule) and not any(self.agrees(one, on) for one in self.clearances):
            return False
        for flag in self.flags:
            if not any(
                one.deed > flag.deed and flag.on_day < one.begins for one in self.clearances
            ):
                return False
        return True

    @property
    def last_pain(self) -> int | None:
        since = date.min
        if self.pregnancy is not None and self.births:
            since = self.pregnancy.first_day
        counting = [one for one in self.pains if one[0] >= since]
        return max(counting)[2] if counting else None
