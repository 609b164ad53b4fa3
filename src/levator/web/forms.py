"""What people type: form bodies, and the start page's fields as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

LONGEST_FORM_BYTES = 64 * 1024
LONGEST_TEXT = 400
#: Of what somebody writes about a patient; a little more than is kept, so that it is told.
LONGEST_NOTE = 10_400


async def read_form(
    request: Request, longest: int = LONGEST_TEXT, keeps: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return the fields of a form, trimmed; raises HTTPException for what is none.

    keeps : fields that are passed on as they were typed, such as a password.
    """
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_FORM_BYTES:
                raise HTTPException(413)
    except ClientDisconnect:  # who sent it is gone: no fault of ours, and nobody to tell
        raise HTTPException(400) from None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=64)
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400) from None
    return {name: value if name in keeps else value.strip()[:longest] for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Typed:
    """The start page's fields as they were typed; an empty text where nothing was."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        """Return a field by its name, for templates."""
        return self.fields.get(name, "")
