"""What a screen may say to its room, checked strictly. The format: docs/reference/wire.md."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from levator.live.asking import Asked, AskedDose, AskedKind, Cushion
from levator.training.context import Role
from levator.training.inputs import EFFORT_MOST, Mark

Index = Annotated[int, Field(ge=0, le=2**53)]
#: -1 where nothing was drawn yet.
DrawnIndex = Annotated[int, Field(ge=-1, le=2**53)]
#: An hour: no picture that still counts is older. Clocks agree to some ms only, so an age
#: may come out below nothing.
AgeMs = Annotated[int, Field(ge=-1000, le=3_600_000)]


class Message(BaseModel):
    """No unknown names, no guessed types, no endless numbers."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Hello(Message):
    """The first message: what the screen has kept from before a reconnect."""

    type: Literal["hello"]
    generation: Annotated[int, Field(ge=-1, le=0xFFFF)]
    cursor: Annotated[list[Index], Field(max_length=64)]


class Sync(Message):
    """A question for the server's clock; `at_s` comes back unchanged."""

    type: Literal["sync"]
    at_s: float


class Present(Message):
    """Frames are being drawn: the newest index, and how old that sample was."""

    type: Literal["present"]
    drawn_index: DrawnIndex
    age_ms: AgeMs | None


class DoseNumbers(Message):
    """The fields of the dose editor."""

    force_percent_mvc: float
    rise_s: float
    hold_s: float
    fall_s: float
    rest_s: float
    tangent_percent: float | None = None


class CommandMessage(Message):
    """Something that is asked; sent again with the same id until it is answered."""

    type: Literal["command"]
    id: Annotated[str, Field(min_length=8, max_length=64)]
    kind: AskedKind
    drawn_index: DrawnIndex | None = None
    effort: Annotated[int, Field(ge=0, le=EFFORT_MOST)] | None = None
    mark: Mark | None = None
    cushion: Cushion | None = None
    dose: DoseNumbers | None = None
    channel: Annotated[str, Field(max_length=200)] | None = None
    role: Role | None = None
    number: Annotated[str, Field(max_length=64)] | None = None
    is_yes: bool = False

    def asked(self) -> Asked:
        """Return it as the room takes it."""
        dose = None if self.dose is None else AskedDose(**self.dose.model_dump())
        drawn = None if self.drawn_index is None or self.drawn_index < 0 else self.drawn_index
        return Asked(
            kind=self.kind,
            drawn_index=drawn,
            effort=self.effort,
            mark=self.mark,
            cushion=self.cushion,
            dose=dose,
            channel=self.channel,
            role=self.role,
            number=self.number,
            is_yes=self.is_yes,
        )


AnyMessage: TypeAlias = Hello | Sync | Present | CommandMessage
_READER: TypeAdapter[AnyMessage] = TypeAdapter(
    Annotated[Hello | Sync | Present | CommandMessage, Field(discriminator="type")]
)


def read(text: str) -> AnyMessage | None:
    """Return the message, or None for anything that is none."""
    try:
        return _READER.validate_json(text)
    except ValidationError:
        return None


#: Longer than any message of ours; what is longer is not looked into.
_LONGEST = 4096


def unreadable(text: str) -> str | None:
    """Return the id of a command that cannot be read, so that it is answered and not sent for ever.

    None for anything that is no command.
    """
    found = _loose(text)
    number = found.get("id") if found.get("type") == "command" else None
    return number if isinstance(number, str) and 8 <= len(number) <= 64 else None


def rescued(text: str) -> CommandMessage | None:
    """Return a stop or pain whose other fields cannot be read: whoever sends it wants an end."""
    number, kind = unreadable(text), _loose(text).get("kind")
    if number is None or kind not in ("stop", "pain"):
        return None
    return CommandMessage(type="command", id=number, kind=kind)


def _loose(text: str) -> dict[str, object]:
    if len(text) > _LONGEST:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
