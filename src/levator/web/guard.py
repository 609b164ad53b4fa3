"""What stands before every request: known names only, our own pages only, strict headers."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from levator.texts import mark
from levator.web.looks import voice_of
from levator.web.turning_away import TurnedAway

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: What a proxy puts before a request, one or another of it.
OF_A_PROXY = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)
SAFE_METHODS = frozenset({"GET", "HEAD"})
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
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
        "object-src 'none'",
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
#: A browser that was here over TLS does not come without it for a year.
HSTS = "max-age=31536000; includeSubDomains"
_SVG = "image/svg+xml"
NOT_THIS_NAME = mark(
    "levator does not answer under this name. Open it under the name that it was set up with, "
    "over https; without a certificate on this computer only, as 127.0.0.1."
)
NOT_OURS = mark(
    "This request does not come from a page of levator. Open the start page and try again."
)

TWO_LENGTHS = mark("This request gives its length in two ways; send it with one.")


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, names: tuple[str, ...] = (), turned_away: TurnedAway | None = None
    ) -> None:
        """Stand before `app`. `names`: what it is called from elsewhere; `*.` is any one name."""
        self._app, self._names = app, names
        self._turned_away = turned_away or TurnedAway(time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse strangers, or answer with the strict headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            # Where a proxy believes the other of the two, the rest is somebody else's request.
            await self._close(scope, receive, send)
        elif not is_known_name(scope, headers, self._names):
            await self._refuse(scope, receive, send, NOT_THIS_NAME)
        elif not is_our_page(scope, headers):
            await self._refuse(scope, receive, send, NOT_OURS)
        else:
            await self._app(scope, receive, _with_headers(scope, send))

    async def _close(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._turned_away.tell("two lengths", "guard", (scope.get("client") or ("",))[0])
        words = voice_of(Request(scope)).say(TWO_LENGTHS)
        answer = PlainTextResponse(f"{words}\n", 400, {"Connection": "close"})
        await answer(scope, receive, _with_headers(scope, send))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        reason = "another name" if why == NOT_THIS_NAME else "another page"
        self._turned_away.tell(reason, "guard", (scope.get("client") or ("",))[0])
        if scope["type"] == "websocket":
            await receive()
            # Closing before accepting is answered as HTTP 403.
            await send({"type": "websocket.close", "code": 4403, "reason": "refused"})
            return
        words = voice_of(Request(scope)).say(why)
        await PlainTextResponse(f"{words}\n", 403)(scope, receive, _with_headers(scope, send))


def is_known_name(
    scope: MutableMapping[str, Any], headers: Headers, names: tuple[str, ...] = ()
) -> bool:
    """Return whether the Host header names this server (which stops DNS rebinding).

    Under another name than this computer's own it answers over TLS only.
    """
    named = headers.get("host", "")
    host = _parts(f"//{named}")
    if host is None or host.hostname is None:
        return False
    if host.netloc != named or "@" in named:
        return False  # a name before an @, or a path: no browser sends that here
    if host.hostname in LOOPBACK:
        return is_from_here(scope)
    return is_over_tls(scope) and any(covers(name, host.hostname) for name in names)


def is_here(scope: MutableMapping[str, Any]) -> bool:
    """Return whether somebody sits at this computer: her address and the name she typed say so."""
    host = _parts(f"//{Headers(scope=scope).get('host', '')}")
    return is_from_here(scope) and host is not None and host.hostname in LOOPBACK


def is_from_here(scope: MutableMapping[str, Any]) -> bool:
    """Return whether a request comes from this computer, and not through a proxy on it.

    A proxy that says nothing of itself cannot be told from a browser here: `levator serve` has
    to be told of it.
    """
    if scope.get("client") is None or not OF_A_PROXY.isdisjoint(Headers(scope=scope)):
        return False
    return scope["client"][0] in LOOPBACK


def is_over_tls(scope: MutableMapping[str, Any]) -> bool:
    """Return whether a request came over TLS, to here or to a proxy that is trusted."""
    return scope["scheme"] in ("https", "wss")


def covers(name: str, host: str) -> bool:
    """Return whether a name of a certificate is that of a host; `*.` stands for one part."""
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return host == name.lower()


def is_our_page(scope: MutableMapping[str, Any], headers: Headers) -> bool:
    """Return whether a request that changes something, or a socket, comes from our own page."""
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return True
    origin = _parts(headers.get("origin", ""))
    if origin is None or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    scheme = "https" if is_over_tls(scope) else "http"
    return (origin.scheme, origin.netloc) == (scheme, headers.get("host", ""))


def is_opened_by_her(scope: MutableMapping[str, Any]) -> bool:
    """Return whether somebody really opens a link: no look ahead, and no link of another site.

    For links that work once: what a browser, a scanner or another page fetches by itself must
    not use them up.
    """
    headers = Headers(scope=scope)
    is_ahead = "prefetch" in f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}"
    is_of_ours = headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return scope["method"] == "GET" and is_of_ours and not is_ahead


def _parts(address: str) -> SplitResult | None:
    """Return an address in its parts; None for what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if is_over_tls(scope):
                headers.setdefault("Strict-Transport-Security", HSTS)
            if headers.get("content-type") == _SVG:
                headers["content-type"] = f"{_SVG}; charset=utf-8"
        await send(message)

    return sending
