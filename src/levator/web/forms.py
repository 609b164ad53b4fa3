"""What people type: form bodies, and the start page's fields as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from levator.clinic import CUSHIONS, POSTURES, Wish
from levator.course.entry import StartFacts
from levator.errors import CallerError, Phrase, mark
from levator.live.joining import shown_name
from levator.live.room import Room
from levator.quantities import number_of

LONGEST_FORM_BYTES = 16 * 1024
LONGEST_TEXT = 400
#: Fields that say how she is today.
CLINICAL = frozenset(
    {"weeks_pregnant", "weeks_since_birth", "cleared_by", "complications", "pain_now"}
)
_YES_NO = {"yes": True, "no": False}
#: A room cannot be opened without these; the words stand on the page beside them.
_NEEDED = {
    "therapist": mark("Your name"),
    "patient": mark("Patient"),
    "device": mark("Sensor"),
    "stage": mark("Step"),
}


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, trimmed; raises HTTPException for what is none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM_BYTES:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=64)
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400) from None
    return {name: value.strip()[:LONGEST_TEXT] for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Typed:
    """The start page's fields as they were typed; an empty text where nothing was."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        """Return a field by its name, for templates."""
        return self.fields.get(name, "")

    def facts(self) -> StartFacts:
        """Return what is known today; raises CallerError for weeks that are no number."""
        return StartFacts(
            weeks_pregnant=_weeks(self.weeks_pregnant),
            weeks_since_birth=_weeks(self.weeks_since_birth),
            cleared_by=self.cleared_by or None,
            complications=_YES_NO.get(self.complications),
            pain_now=_YES_NO.get(self.pain_now),
        )

    def wish(self) -> Wish:
        """Return what a room is wished for; raises CallerError where something is missing."""
        for needed, label in _NEEDED.items():
            if not shown_name(self.fields.get(needed, "")):
                raise CallerError(
                    "The field “%(field)s” is empty; fill it in.", field=Phrase(label)
                )
        if self.cushion not in CUSHIONS or self.posture not in POSTURES:
            raise CallerError("Choose a cushion and a posture from the lists.")
        return Wish(
            patient=self.patient,
            device_url=self.device,
            stage=self.stage,
            facts=self.facts(),
            cushion=self.cushion,
            posture=self.posture,
            rest=self.rest,
            reference=self.reference,
        )


def typed_again(room: Room, therapist: str) -> Typed:
    """Return the fields for one more session; clinical questions are to be answered anew."""
    sitting = room.sitting
    fields = {
        "therapist": therapist,
        "patient": sitting.patient,
        "device": sitting.device_url,
        "stage": sitting.stage.id,
        "cushion": sitting.cushion,
        "posture": sitting.posture,
        "pain_now": "yes" if room.had_pain else "",
    }
    return Typed(fields)


def _weeks(text: str) -> float | None:
    if not text:
        return None
    weeks = number_of(text.replace(",", "."))
    if weeks is None:
        raise CallerError("%(text)r is no number of weeks; write for example 8.", text=text)
    return weeks
