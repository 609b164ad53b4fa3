"""Who is signed in in a browser: the cookie of the login, and the token that forms carry."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from levator.clinic.accounts import Browser
from levator.clinic.factors import digest
from levator.clinic.logins import Logins, Signed
from levator.records.access import Actor
from levator.web.guard import REPORT_POLICY
from levator.web.looks import SIGNED, cookie, is_secure

#: A form sends it as a field, a script as the header.
FORM_TOKEN = "form_token"
FORM_TOKEN_HEADER = "x-form-token"
#: Says at home that somebody signed in just now, and where she goes on.
ARRIVED = "arrived"
_BY_HOME = f"/home?{ARRIVED}="
_HOME = {
    "therapist": "/",
    "clinic_admin": "/users",
    "system_admin": "/backups",
    "researcher": "/research",
}


def signed_in() -> Signed:
    """Return who asks; only where the row of the route asks for a login."""
    signed = SIGNED.get()
    if signed is None:
        raise AssertionError("a route that anybody may ask has asked who does")
    return signed


def account() -> str:
    """Return the id of the account that is signed in; "" where none is."""
    signed = SIGNED.get()
    return signed.user.id if signed is not None and signed.is_whole else ""


def actor() -> Actor:
    """Return who asks, for the table of access."""
    return signed_in().actor


def login_cookie(connection: HTTPConnection) -> str:
    """Return the name of the cookie: over TLS one that no other host can have set."""
    return "__Host-levator" if is_secure(connection) else cookie(connection, "login")


def login_token(connection: HTTPConnection) -> str:
    """Return the token of the login; empty where there is none."""
    return connection.cookies.get(login_cookie(connection), "")


def form_token_for(login_token: str) -> str:
    """Return the token that forms of this login carry."""
    return digest(f"form {login_token}")


def keep_login(answer: Response, request: Request, token: str) -> None:
    """Give a browser the cookie of its login."""
    answer.set_cookie(
        login_cookie(request),
        token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def drop_login(answer: Response, request: Request) -> None:
    """Take the cookie away."""
    answer.delete_cookie(
        login_cookie(request), path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


async def as_report(logins: Logins, request: Request, html: str) -> Response:
    """Return a report, which has no script: the browser leaves it when the login ends."""
    left = await asyncio.to_thread(logins.left, login_token(request))
    leaves = f"{max(0, int(left.total_seconds())) + 1}; url=/sign-in"
    headers = {"Content-Security-Policy": REPORT_POLICY, "Refresh": leaves}
    return HTMLResponse(html, headers=headers)


def browser_of(request: Request) -> Browser:
    """Return where a request comes from."""
    return Browser(request.headers.get("user-agent", ""), address_of(request))


def address_of(connection: HTTPConnection) -> str:
    """Return the address that a request comes from."""
    return connection.client.host if connection.client else ""


def home_of(signed: Signed) -> str:
    """Return where somebody begins."""
    if signed.user.patient_id is not None:
        return "/home"
    return _HOME.get(signed.user.role, "/account")


def begins_at(signed: Signed, wanted: str) -> str:
    """Return where a new login goes on.

    Hers goes by way of home, which says that somebody arrived: her browser then lets go of the
    pages that it kept of whoever was here before (`static/home/sw.js`), however slow the line is.
    """
    to = own_path(wanted) or home_of(signed)
    is_by_home = to.startswith(_BY_HOME)
    return to if is_by_home or signed.user.patient_id is None else f"{_BY_HOME}{quote(to)}"


def going(request: Request, token: str, to: str) -> Response:
    """Return a way on for a browser with a new login."""
    answer = RedirectResponse(to, 303)
    keep_login(answer, request, token)
    return answer


def own_path(wanted: str) -> str:
    """Return an address within this server to go on to; empty for any other."""
    is_own = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_own and wanted.isprintable() and "\\" not in wanted else ""
