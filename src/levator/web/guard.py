"""What stands before every request: this computer only, our own pages only, strict headers."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from levator.texts import mark
from levator.web.looks import voice_of

#: Accounts do not exist yet, so nobody but this computer may come in.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD"})
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
#: A report is one file that carries its own style; it has no script.
REPORT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would send our own forms with an empty origin, which is refused below.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
ONLY_HERE = mark(
    "levator answers on this computer only, until accounts exist. Open it as 127.0.0.1."
)
NOT_OURS = mark(
    "This request does not come from a page of levator. Open the start page and try again."
)


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse strangers, or answer with the strict headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_this_computer(headers):
            await self._refuse(scope, receive, send, ONLY_HERE)
        elif not is_our_page(scope, headers):
            await self._refuse(scope, receive, send, NOT_OURS)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        if scope["type"] == "websocket":
            await receive()
            # Closing before accepting is answered as HTTP 403.
            await send({"type": "websocket.close", "code": 4403, "reason": "refused"})
            return
        words = voice_of(Request(scope)).say(why)
        await PlainTextResponse(f"{words}\n", 403)(scope, receive, _with_headers(send))


def is_this_computer(headers: Headers) -> bool:
    """Return whether the Host header names this computer (which stops DNS rebinding)."""
    named = headers.get("host", "")
    host = _parts(f"//{named}")
    if host is not None and (host.netloc != named or "@" in named):
        return False  # a name before an @, or a path: no browser sends that here
    return host is not None and host.hostname in LOOPBACK


def is_our_page(scope: MutableMapping[str, Any], headers: Headers) -> bool:
    """Return whether a request that changes something, or a socket, comes from our own page."""
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return True
    origin = _parts(headers.get("origin", ""))
    if origin is None or origin.scheme not in ("http", "https"):
        return False
    return origin.netloc == headers.get("host", "")


def _parts(address: str) -> SplitResult | None:
    """Return an address in its parts; None for what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
