"""The tables of an export for research: which fields go out, under which name, and in what unit.

What is not listed stays here, whatever is added to a record later. A day is told as a number of
days from the woman's own day 0, an id as a pseudonym, a text only as a known word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from levator.errors import mark
from levator.formats.research_recording import version_of, word_of

_COMPLICATIONS = mark("codes of the checklist, parted by semicolons; empty where there were none")
_DOSE: Mapping[str, str] = {
    "force_percent_mvc": mark("force that was asked; empty in open mode"),
    "hold_s": mark("hold that was asked"),
    "rest_s": mark("rest that was asked"),
    "tangent_percent": mark("Tangent that was asked, in advanced mode only"),
}
_RESULT: Mapping[str, str] = {
    "rounds": mark("rounds done"),
    "valid_rounds": mark("rounds that could be judged"),
    "good_rounds": mark("rounds with the verdict good"),
    "in_band_percent": mark(
        "time of the hold within the band; median of the rounds that could be judged"
    ),
    "released_percent": mark("rounds after which she let go, of those where it is known"),
    "fatigue_round": mark("round in which fatigue was established; empty where it was not"),
    "hold_mean_percent_mvc": mark("mean of the hold; median of the rounds that could be judged"),
}
#: Table -> field -> what it is. The first columns, `woman` and so on, stand in `FIRST`.
LISTED: Mapping[str, Mapping[str, str]] = {
    "pregnancy": {
        "expected_on": mark("day on which the child is due"),
        "ended_on": mark("day on which it ended"),
        "complications": _COMPLICATIONS,
    },
    "birth": {
        "born_on": mark("day of the birth"),
        "mode": mark("mode of the birth"),
        "tear": mark("tear of the perineum"),
        "complications": _COMPLICATIONS,
    },
    "clearance": {
        "from_on": mark("first day of the agreement to training"),
        "until_on": mark("last day of it"),
        "revoked_on": mark("day on which it was revoked"),
    },
    "red_flag": {"on_day": mark("day on which it was told"), "code": mark("code of the checklist")},
    "red_flag_answer": {
        "on_day": mark("day on which every red flag was asked, and there was none")
    },
    "course": {
        "id": mark("the course"),
        "protocol": mark("protocol that comes with levator; other: one of the clinic's own"),
        "protocol_version": mark("its version"),
        "stage": mark("stage now; other: of the clinic's own protocol"),
        "begun_on": mark("first day"),
        "ended_on": mark("last day; empty while it runs"),
        "ended_ground": mark("code of the checklist"),
    },
    "decision": {
        "course_id": mark("the course"),
        "on_day": mark("day of the decision"),
        "choice": mark("what the therapist made of the proposal"),
    },
    "prescription": {
        "id": mark("the prescription"),
        "course_id": mark("the course"),
        "stage": mark("stage"),
        "from_on": mark("day from which it holds"),
        **_DOSE,
        "rounds": mark("rule that ends a set"),
        "rounds_count": mark("rounds of a set, where the rule is a number"),
        "times_a_day": mark("sessions a day"),
    },
    "session": {
        "id": mark("the session"),
        "course_id": mark("the course"),
        "prescription_id": mark("the prescription that held"),
        "recording_id": mark("its recording"),
        "on_day": mark("day of the session"),
        "stage": mark("stage"),
        "state": mark("ended, interrupted, or open while it is under way"),
        "ended_by": mark("what ended it"),
        "device": mark("kind of device"),
        **_RESULT,
        **_DOSE,
        "had_pain": mark("whether pain ended it"),
    },
    "trained": {
        "first_set": mark("first set of this dose"),
        "last_set": mark("last set of it"),
        **_DOSE,
        **_RESULT,
    },
    "round": {
        "set_number": mark("set, from 1"),
        "round": mark("round within the set, from 1"),
        "verdict": mark("the first reason that applies"),
        "reasons": mark("all that apply, parted by semicolons"),
        "valid": mark("whether its numbers may be used"),
        "start_s": mark("where the rise begins, in session time"),
        "force_percent_mvc": mark("force that was asked"),
        "hold_asked_s": mark("hold that was asked"),
        "onset_s": mark("where the contraction begins, in session time"),
        "held_s": mark("how long she held"),
        "time_in_band_percent": mark("time of the hold within the band"),
        "rmse_percent_mvc": mark("distance from the target, lag not removed"),
        "rmse_lag_removed_percent_mvc": mark("distance from the target, lag removed"),
        "lag_s": mark("how far she is behind the target"),
        "hold_mean_percent_mvc": mark("mean of the hold"),
        "hold_cv_percent": mark("coefficient of variation of the hold"),
        "rise_rate_percent_mvc_per_s": mark("slope of the rise"),
        "rise_rate_asked_percent_mvc_per_s": mark("slope that was asked"),
        "release_rate_percent_mvc_per_s": mark("slope of the release"),
        "judged_level_percent_mvc": mark("level when it was judged"),
    },
    "pain_score": {
        "session_id": mark("the session; empty where it is about none"),
        "on_day": mark("day of the pain"),
        "score": mark("pain, 0 to %(pain_most)s"),
        "moment": mark("when in the day"),
    },
    "recording": {"state": mark("closed, or interrupted")},
}
#: Columns before those that are listed: of whom, and of what.
FIRST: Mapping[str, Mapping[str, str]] = {
    "woman": {
        "woman": mark("pseudonym; the same in every export of one clinic"),
        "age_band": mark(
            "age on day 0 in bands of five years; empty where not known or too few women"
        ),
        "day_0": mark(
            "what day 0 is: the last birth, else the first course, else the first session"
        ),
    },
    "trained": {"woman": mark("pseudonym"), "session": mark("the session")},
    "round": {
        "woman": mark("pseudonym"),
        "session": mark("the session"),
        "recording": mark("the recording"),
    },
    "recording": {
        "woman": mark("pseudonym"),
        "recording": mark("the recording"),
        "file": mark("its file in recordings/"),
    },
}
_OF_HER = {"woman": mark("pseudonym")}
#: End of a name -> unit.
_UNITS = (
    ("_percent_mvc_per_s", "%MVC/s"),
    ("_percent_mvc", "%MVC"),
    ("_percent", "%"),
    ("_s", "s"),
    ("times_a_day", ""),
    ("_day", "days from day 0"),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """How the record of one woman is told. zero : her day 0, None where nothing has a day."""

    pseudonym: Callable[[str], str]
    words: frozenset[str]
    zero: date | None

    def row(self, table: str, first: Sequence[str], told: object) -> str:
        """Return a line of a table; told : has the fields that are listed."""
        listed = LISTED.get(table, {})
        return line([*first, *(self._cell(name, getattr(told, name)) for name in listed)])

    def _cell(self, name: str, value: Any) -> str:
        if value is None:
            return "not_known" if name == "complications" else ""
        if is_day(name):
            return self._day(value)
        if name == "id" or name.endswith("_id"):
            return self.pseudonym(value)
        if isinstance(value, tuple):
            return ";".join(word_of(one, self.words) or "other" for one in value)
        if name == "protocol_version":
            return version_of(value)
        if isinstance(value, str):
            return (word_of(value, self.words) or "other") if value else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _day(self, day: str) -> str:
        return "" if self.zero is None else str((date.fromisoformat(day[:10]) - self.zero).days)


def is_day(name: str) -> bool:
    """Return whether a field holds a day."""
    return name == "on_day" or name.endswith("_on")


def columns(table: str) -> dict[str, str]:
    """Return the columns of a table with what they are."""
    first = FIRST.get(table, _OF_HER)
    return {**first, **{_column(table, name): what for name, what in LISTED.get(table, {}).items()}}


def _column(table: str, name: str) -> str:
    if name == "on_day":
        return "day"
    if is_day(name):
        return f"{name.removesuffix('_on')}_day"
    return table if name == "id" else name.removesuffix("_id")


def unit_of(column: str) -> str:
    """Return the unit of a column; empty where it has none."""
    return next((unit for end, unit in _UNITS if f"_{column}".endswith(end)), "")


def dictionary(say: Callable[..., str], pain_most: int) -> Iterator[str]:
    """Yield a table of every column of every table: its unit, and what it is, in a language.

    pain_most : where the scale of pain ends.
    """
    yield line(["table", "column", "unit", "what it is"])
    for table in TABLES:
        for column, what in columns(table).items():
            yield line([f"{table}.csv", column, unit_of(column), say(what, pain_most=pain_most)])


def line(cells: Sequence[str]) -> str:
    """Return a line of a table."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


TABLES = ("woman", *LISTED)
