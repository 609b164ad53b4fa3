"""The strict shape of files of numbers: measures, limits and such (pydantic; the schemas are
made from it).

This module is imported where a file is read, so that importing `levator.library` is cheap.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from levator.course.clearance import Reminders
from levator.course.protocol import RedFlagRule
from levator.course.scales import Scales
from levator.records.people import Retention
from levator.signals.settings import (
    CalibrationSettings,
    ConditioningSettings,
    ContractionSettings,
    QualitySettings,
)
from levator.training.limits import Limits
from levator.training.settings import (
    FatigueSettings,
    RestSettings,
    SessionSettings,
    VerdictSettings,
)

Value = TypeVar("Value")
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Strict(BaseModel):
    """No unknown names, no guessed types, no endless numbers."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def known_names(kind: type[Strict] = Strict) -> frozenset[str]:
    """Return every name that some library file may hold."""
    below = (known_names(one) for one in kind.__subclasses__())
    return frozenset(kind.model_fields).union(*below)


class Sourced(Strict, Generic[Value]):
    """A number with the source beside it."""

    value: Value
    source: Words
    note: Words | None = None


class Threshold(Sourced[Value]):
    """A number that a session's context carries.

    before : where it joined the library later, the value that means what the engine did
        without it; recordings that are older are read with it.
    """

    before: Value | None = None


class SourcedNumber(Threshold[float]):
    """Any number, such as a threshold in %MVC or a percentage."""


class SourcedSeconds(Threshold[Annotated[float, Field(ge=0)]]):
    """A time, zero or more seconds."""


class SourcedHertz(Threshold[Annotated[float, Field(gt=0)]]):
    """A frequency above zero."""


class SourcedCount(Threshold[Annotated[int, Field(ge=0)]]):
    """A whole number, zero or more."""


class Header(Strict):
    """What every library file says about itself."""

    title: Words
    version: Words
    reviewed_by: Words


#: File name in `measures/` -> the settings that it fills.
MEASURES: dict[str, type[Any]] = {
    "conditioning": ConditioningSettings,
    "calibration": CalibrationSettings,
    "contraction": ContractionSettings,
    "quality": QualitySettings,
    "verdicts": VerdictSettings,
    "rest": RestSettings,
    "fatigue": FatigueSettings,
    "session": SessionSettings,
}


def _kind_of(name: str, hint: type) -> type[BaseModel]:
    """Return the model of one number; its name and type say what it is."""
    if hint is int:
        return SourcedCount
    if name.endswith("_s") and not name.endswith("per_s"):
        return SourcedSeconds
    return SourcedHertz if name.endswith("_hz") else SourcedNumber


def _file_of(settings: type[Any], title: str, without: tuple[str, ...] = ()) -> type[Header]:
    hints = get_type_hints(settings)
    numbers: dict[str, Any] = {
        field.name: (_kind_of(field.name, hints[field.name]), ...)
        for field in fields(settings)
        if field.name not in without
    }
    return create_model(title, __base__=Header, **numbers)


MEASURES_FILES = {name: _file_of(kind, f"measures-{name}") for name, kind in MEASURES.items()}
LIMITS_FILE = _file_of(Limits, "limits", without=("label",))
REMINDERS_FILE = _file_of(Reminders, "reminders")
RETENTION_FILE = _file_of(Retention, "retention")
SCALES_FILE = _file_of(Scales, "scales")
ASKING_FILE = _file_of(RedFlagRule, "asking")
#: Files of numbers that lie by themselves, by name.
SINGLE_FILES = {
    "asking": ASKING_FILE,
    "limits": LIMITS_FILE,
    "reminders": REMINDERS_FILE,
    "retention": RETENTION_FILE,
    "scales": SCALES_FILE,
}


def _thresholds(file: Header) -> dict[str, Threshold[Any]]:
    parts = ((name, getattr(file, name)) for name in type(file).model_fields)
    return {name: part for name, part in parts if isinstance(part, Threshold)}


def numbers_of(file: Header) -> dict[str, Any]:
    """Return the plain numbers of a checked measures or limits file, by name."""
    return {name: part.value for name, part in _thresholds(file).items()}


def before_of(file: Header) -> dict[str, Any]:
    """Return what held before each number was there, by name; None where it is not said."""
    return {name: part.before for name, part in _thresholds(file).items()}
