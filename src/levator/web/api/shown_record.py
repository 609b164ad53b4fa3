"""The kept kinds as they are sent back, field by field, nothing secret among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import GenericAlias
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, create_model

from levator.clinic.history import History
from levator.clinic.results import trained_of
from levator.records.entity import Entity, fields_of
from levator.records.kinds import KINDS

#: Made from other fields, and of no use outside.
_INNER = frozenset({"search_key"})


class Given(BaseModel):
    """Base of what is sent back."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


def shown(kind: type[Entity]) -> type[Given]:
    """Return the model of a kind; the same fields as in the record."""
    return _SHOWN[kind.__name__]


class TrainedShown(Given):
    """Rounds running at one dose, with what came of them."""

    first_set: int
    last_set: int
    force_percent_mvc: float | None
    hold_s: float | None
    rest_s: float | None
    tangent_percent: float | None
    rounds: int
    valid_rounds: int
    good_rounds: int
    in_band_percent: float | None
    released_percent: float | None
    fatigue_round: int | None
    hold_mean_percent_mvc: float | None


#: Kept as JSON in a text, sent back as what it is.
_DATA: Mapping[str, Any] = {"trained": Annotated[list[TrainedShown], BeforeValidator(trained_of)]}


def _made(kind: type[Entity]) -> type[Given]:
    hints = {**get_type_hints(kind), **_DATA}
    kept = [one.name for one in fields_of(kind) if "secret" not in one.marks]
    fields: dict[str, Any] = {name: (hints[name], ...) for name in kept if name not in _INNER}
    about = (kind.__doc__ or "").partition("\n")[0]
    return create_model(kind.__name__, __base__=Given, __doc__=about, **fields)


_SHOWN = {kind.__name__: _made(kind) for kind in KINDS.values()}


def listed(model: type[Given]) -> Any:
    """Return the kind of a list of a model."""
    return GenericAlias(list, (model,))


def _record_model() -> type[Given]:
    """Return the model of a whole record: one list for every part of `History`."""
    fields: dict[str, Any] = {}
    for name, hint in get_type_hints(History).items():
        parts = getattr(hint, "__args__", None)
        model = shown(parts[0] if parts else hint)
        fields[name] = (listed(model) if parts else model, ...)
    return create_model("Record", __base__=Given, __doc__="All of one woman's record.", **fields)


RecordShown = _record_model()
