"""What a value of the record may be: the same for what is filled in here and what is taken in.

A type says too little: a mode of birth is a text, and still not every text is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from math import isfinite

from levator.clinic.checking import EARLIEST, JOINERS, LATEST, LONGEST_LINE, LONGEST_TEXT
from levator.clinic.results import trained_in
from levator.course.chart import DAYS_TO_EXPECTED, Prescribed
from levator.errors import LevatorError
from levator.library import (
    exercise_ids,
    load_checklist,
    load_hard_limits,
    load_home,
    load_protocol,
    load_scales,
)
from levator.records.entity import Entity, EntityField, Plain, fields_of, is_plain_id
from levator.records.home import (
    DiaryEntry,
    Habit,
    HomeLease,
    HomePrescription,
    HomeSession,
)
from levator.records.kinds import name_of
from levator.records.people import Birth, Patient, Pregnancy
from levator.records.reminders import HomeReminders
from levator.records.treatment import (
    Assessment,
    Clearance,
    Course,
    Decision,
    PainScore,
    Prescription,
    RedFlag,
    Session,
)
from levator.texts import LANGUAGES
from levator.training.plain import from_plain

#: What a value that cannot be ends in, wherever it is used.
DAMAGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
#: The longest plain data in a field, and the most values in a list.
_LONGEST_DATA, _MOST_LISTED = 1_000_000, 1000
#: No count is larger, in any database.
_MOST = 2**53
#: Fields in which somebody writes several lines.
_TEXTS = frozenset(
    {"text", "because", "remark", "what", "ended_because", "revoked_because", "answers"}
    # Made of several lines.
    | {"search_key"}
)
#: Days that may lie ahead.
_TO_COME: Mapping[type[Entity], frozenset[str]] = {
    Pregnancy: frozenset({"expected_on"}),
    Clearance: frozenset({"from_on", "until_on"}),
    Habit: frozenset({"until_on"}),
    HomeLease: frozenset({"leased_day"}),
    HomePrescription: frozenset({"from_on", "until_on"}),
}
#: Marks of what a program makes and nobody fills in or takes in.
_MADE = frozenset({"secret", "unique", "unique_here"})
#: Numbers that may lie below nothing.
_SIGNED = frozenset({"score", "hold_mean_percent_mvc"})


def wrong_field(entity: Entity) -> str | None:
    """Return the first field with a value that cannot be; None where all of them can."""
    for field in fields_of(type(entity)):
        value = getattr(entity, field.name)
        if field.marks & _MADE:
            continue
        if value is not None and not _is_right(field, value):
            return field.name
    rules = _RULES.get(name_of(type(entity)), {})
    return next((name for name, holds in rules.items() if not holds(entity)), None)


def first_day(expected_on: str) -> str:
    """Return the day on which a pregnancy began."""
    return (date.fromisoformat(expected_on) - timedelta(days=DAYS_TO_EXPECTED)).isoformat()


def ahead(entity: Entity, now: str) -> str | None:
    """Return the first field that tells of a day to come, as no form here takes it; None where
    there is none. What is expected or holds until then may lie ahead.

    now : with its offset. Of a moment in another zone the day is that of here.
    """
    today = now[:10]
    if isinstance(entity, Pregnancy) and first_day(entity.expected_on) > today:
        return "expected_on"
    to_come = _TO_COME.get(type(entity), frozenset())
    for field in fields_of(type(entity)):
        is_day_or_moment = field.name.endswith(("_on", "_day", "_at"))
        value = getattr(entity, field.name) if is_day_or_moment else None
        if isinstance(value, str) and field.name not in to_come and _here(value, now) > today:
            return field.name
    return None


def _here(text: str, now: str) -> str:
    """Return the day of a moment by the clock of here; a day alone is what it is."""
    if not text or is_day(text):
        return text
    here = datetime.fromisoformat(now).tzinfo
    return datetime.fromisoformat(text).astimezone(here).date().isoformat()


def is_day(text: str) -> bool:
    """Return whether a text is a day, as it is kept, on which somebody may be in treatment."""
    try:
        return date.fromisoformat(text).isoformat() == text and EARLIEST <= text <= LATEST
    except ValueError:
        return False


def is_time(text: str) -> bool:
    """Return whether a text is a time of the day, HH:MM."""
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text) if text else None
        # One without its zone cannot be compared with those that are kept here.
        return moment is None or (
            moment.tzinfo is not None and EARLIEST <= moment.isoformat() <= LATEST
        )
    except ValueError:
        return False


def is_text(text: str, longest: int, kept: str = "") -> bool:
    """Return whether every sign of a text can be seen, those in `kept` apart."""
    return len(text) <= longest and all(
        sign.isprintable() or sign in JOINERS or sign in kept for sign in text
    )


def _is_right(field: EntityField, value: Plain) -> bool:
    if isinstance(value, tuple):
        is_one = is_plain_id if field.name == "treated_by" else is_line
        return len(value) <= _MOST_LISTED and all(map(is_one, value))
    if isinstance(value, str):
        return value in field.choices if field.choices else _rule_for(field)(value)
    return value is not None and _is_number(field.name, value)


def _is_number(name: str, value: float) -> bool:
    return isfinite(value) and abs(value) <= _MOST and (value >= 0 or name in _SIGNED)


def is_line(text: str) -> bool:
    """Return whether a text can be kept as one line."""
    return is_text(text, LONGEST_LINE)


def _is_longer(text: str) -> bool:
    return is_text(text, LONGEST_TEXT, "\n\t")


def _is_data(text: str) -> bool:
    return len(text) <= _LONGEST_DATA


def _rule_for(field: EntityField) -> Callable[[str], bool]:
    name = field.name
    if name in ("id", "tenant_id") or field.refers or name.endswith("_id"):
        return is_plain_id
    if name.endswith(("_on", "_day")):
        return is_day
    if name.endswith("_at") or name == "until":
        return _is_moment
    if name in ("proposal", "trained"):
        return _is_data
    return _is_longer if name in _TEXTS else is_line


# --- What belongs to one field only


def _is_listed(checklist: str, *codes: str) -> bool:
    return {*codes} <= {item.code for item in load_checklist(checklist).items}


def _has_protocol(one: Course) -> bool:
    try:
        load_protocol(one.protocol)
    except LevatorError:
        return False
    return True


def _has_stage(one: Course) -> bool:
    return any(stage.id == one.stage for stage in load_protocol(one.protocol).stages)


def _object(text: str) -> dict[str, object] | None:
    try:
        told = json.loads(text)
    except (RecursionError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _is_proposal(one: Decision) -> bool:
    told = _object(one.proposal)
    if told is None:
        return False
    stage, settings, opens = told.get("stage"), told.get("settings"), told.get("opens", [])
    is_plain = isinstance(stage, str | None) and isinstance(settings, dict | None)
    if not is_plain or not isinstance(opens, list):
        return False
    try:
        if isinstance(settings, dict):
            from_plain(Prescribed, settings)
    except LevatorError:
        return False
    return all(isinstance(code, str) for code in opens)


def _is_trained(one: Session) -> bool:
    try:
        parts = trained_in(one)
    except (LevatorError, RecursionError, TypeError, ValueError):
        return False
    return all(
        _is_number(name, value)
        for part in parts
        for name, value in asdict(part).items()
        if value is not None
    )


def _has_habit(code: str) -> bool:
    return any(one.code == code for one in load_home().habits)


def _at_most(given: float | None, most: float) -> bool:
    return given is None or given <= most


_RULES: Mapping[str, Mapping[str, Callable[..., bool]]] = {
    name_of(Patient): {"language": lambda one: one.language in LANGUAGES},
    name_of(Pregnancy): {
        "complications": lambda one: _is_listed(
            "pregnancy-complications", *(one.complications or ())
        )
    },
    name_of(Birth): {
        "complications": lambda one: _is_listed("complications", *(one.complications or ())),
        "child_grams": lambda one: (
            one.child_grams is None or 1 <= one.child_grams <= load_scales().child_most_grams
        ),
    },
    name_of(RedFlag): {"code": lambda one: _is_listed("red-flags", one.code)},
    name_of(Course): {
        "protocol": _has_protocol,
        "stage": _has_stage,
        "ended_ground": lambda one: (
            not one.ended_ground or _is_listed("course-ends", one.ended_ground)
        ),
    },
    name_of(Decision): {"proposal": _is_proposal},
    name_of(Prescription): {
        "force_percent_mvc": lambda one: _at_most(
            one.force_percent_mvc, load_hard_limits().force_percent_mvc
        ),
        "hold_s": lambda one: _at_most(one.hold_s, load_hard_limits().hold_s),
    },
    name_of(Session): {"trained": _is_trained},
    name_of(PainScore): {"score": lambda one: 0 <= one.score <= load_scales().pain_most},
    name_of(HomePrescription): {
        "exercise": lambda one: one.exercise in exercise_ids(),
        "hold_s": lambda one: _at_most(one.hold_s, load_hard_limits().hold_s),
        "repetitions": lambda one: _at_most(one.repetitions, load_hard_limits().max_rounds),
        "until_on": lambda one: one.until_on is None or one.from_on <= one.until_on,
    },
    name_of(HomeSession): {
        "phone_time": lambda one: _is_moment(one.phone_time),
        "pain": lambda one: _at_most(one.pain, load_scales().pain_most),
    },
    name_of(Habit): {
        "code": lambda one: not one.code or _has_habit(one.code),
        "words": lambda one: bool(one.code or one.words),
    },
    name_of(DiaryEntry): {
        "at": lambda one: is_time(one.at),
        "amount_ml": lambda one: _at_most(one.amount_ml, load_home().diary_most_ml),
        "urge": lambda one: _at_most(one.urge, load_home().urge_most),
    },
    name_of(HomeReminders): {
        "times": lambda one: all(map(is_time, one.times)),
        "quiet_begins": lambda one: is_time(one.quiet_begins),
        "quiet_ends": lambda one: is_time(one.quiet_ends),
    },
    name_of(Assessment): {"answers": lambda one: _object(one.answers) is not None},
}
