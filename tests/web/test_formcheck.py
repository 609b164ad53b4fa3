"""What a page sent is read once, and given on as it came."""

import asyncio

from starlette.requests import Request
from starlette.types import Message

from levator.web.formcheck import checked_form

FORM = "application/x-www-form-urlencoded"


def test_a_form_is_given_on_once_and_then_what_comes_after_it() -> None:
    came: list[Message] = [
        {"type": "http.request", "body": b"form_token=x&a=", "more_body": True},
        {"type": "http.request", "body": b"1", "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return came.pop(0)

    async def given() -> list[Message]:
        headers = [(b"content-type", FORM.encode())]
        scope = {"type": "http", "method": "POST", "headers": headers}
        sent = await checked_form(Request(scope, receive), "x")
        assert sent.receive is not None
        return [await sent.receive(), await sent.receive()]

    body, after = asyncio.run(given())
    assert body == {"type": "http.request", "body": b"form_token=x&a=1", "more_body": False}
    assert after == {"type": "http.disconnect"}
