"""The token of a login on what its forms and scripts send: another site cannot know it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Message, Receive

from levator.web.forms import LONGEST_FORM_BYTES
from levator.web.signed import FORM_TOKEN, FORM_TOKEN_HEADER

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a page sent. receive : gives the body again, where it carries the token; else None."""

    receive: Receive | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


async def checked_form(request: Request, token: str) -> SentForm:
    """Return what was sent, and whether it carries the token.

    A script sends the token as a header; then the body is not looked at.
    """
    sent = request.headers.get(FORM_TOKEN_HEADER)
    if sent is not None:
        return SentForm(request.receive if _is_same(sent, token) else None)
    if request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        return SentForm()
    body = await _read(request.receive)
    fields = fields_of(body)
    is_ours = _is_same(fields.get(FORM_TOKEN, ""), token)
    return SentForm(_again(body, request.receive) if is_ours else None, fields)


def fields_of(body: bytes) -> dict[str, str]:
    """Return the fields of a form; what is no form has none."""
    if len(body) > LONGEST_FORM_BYTES:
        return {}
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))


async def _read(receive: Receive) -> bytes:
    """Return the body, or as much of it as already is too long for a form."""
    body, more = b"", True
    while more and len(body) <= LONGEST_FORM_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _is_same(sent: str, token: str) -> bool:
    return hmac.compare_digest(sent.encode(), token.encode())
