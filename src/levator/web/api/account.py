"""Routes about one's own account: signing in and out, showing once more who one is, the language,
the password, and the browsers and passkeys that are signed in with.

What a person must see or touch, such as a passkey or the secret of an app, is for the pages.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from starlette.requests import Request

from levator.clinic import Clinic
from levator.clinic.confirming import Confirming
from levator.clinic.logins import Signed
from levator.clinic.signing_in import sign_in_at_once
from levator.web.api import asking
from levator.web.api.asking import Id
from levator.web.api.routes import Here, Self, Short, route
from levator.web.api.shown import AccountShown
from levator.web.looks import SIGNED, TOKEN
from levator.web.signed import browser_of, drop_login, form_token_for, keep_login

router = APIRouter(route_class=Short, tags=["account"])
_OWN = "account.own"


@router.post("/sign-in", **route(_OWN, 409, model=AccountShown, is_public=True))
async def sign_in(
    request: Request, here: Here, asked: asking.SignInAsked, answer: Response
) -> dict[str, Any]:
    """Sign in: the answer sets the cookie of the login, and has the token for changes.

    A login that the same client had before ends. 409 where the address has an account in several
    clinics and none is chosen.
    """
    token, signed = await sign_in_at_once(
        here.accounts, asked.email, asked.password, asked.code, browser_of(request), asked.clinic_id
    )
    if (before := SIGNED.get()) is not None:
        await asyncio.to_thread(here.accounts.logins.end, before)
    keep_login(answer, request, token)
    return await asyncio.to_thread(_account, here, signed, form_token_for(token))


@router.post("/sign-out", **route(_OWN), status_code=204)
def sign_out(request: Request, here: Here, signed: Self, answer: Response) -> None:
    """End this login."""
    here.accounts.logins.end(signed)
    drop_login(answer, request)


@router.get("/account", **route(_OWN, model=AccountShown))
def read_account(here: Here, signed: Self) -> dict[str, Any]:
    """Read one's own account: who one is, where one is signed in, and the token for changes."""
    return _account(here, signed, TOKEN.get())


@router.post("/account/confirm", **route(_OWN), status_code=204)
async def confirm_login(here: Here, signed: Self, asked: asking.ConfirmAsked) -> None:
    """Show once more who one is; for five minutes, what asks for that may be done."""
    await Confirming(here.passkeys).show(signed, asked.password, asked.code)


@router.post("/account/language", **route(_OWN), status_code=204)
async def choose_language(here: Here, signed: Self, asked: asking.LanguageAsked) -> None:
    """Choose the language of one's own pages; "" is that of the browser."""
    await here.accounts.set_language(signed, asked.language)


@router.post("/account/password", **route(_OWN, model=AccountShown))
async def choose_password(
    request: Request, here: Here, signed: Self, asked: asking.PasswordAsked, answer: Response
) -> dict[str, Any]:
    """Choose another password: every other login ends, and this one has another cookie."""
    token = await here.accounts.change_password(signed, asked.new)
    keep_login(answer, request, token)
    now = await asyncio.to_thread(here.accounts.logins.who, token, signed.address)
    return await asyncio.to_thread(_account, here, now or signed, form_token_for(token))


@router.post("/account/logins/end", **route(_OWN), status_code=204)
async def end_other_logins(here: Here, signed: Self) -> None:
    """Sign out every other browser and program of the account."""
    await here.accounts.end_others(signed)


@router.post("/account/logins/{login_id}/end", **route(_OWN, 404), status_code=204)
def end_login(here: Here, signed: Self, login_id: Id) -> None:
    """Sign out one browser or program of the account."""
    here.accounts.logins.end(signed, login_id)


@router.post("/account/passkeys/{passkey_id}/remove", **route(_OWN, 404), status_code=204)
def remove_passkey(here: Here, signed: Self, passkey_id: Id) -> None:
    """Forget a passkey."""
    here.passkeys.remove(signed, passkey_id)


def _account(here: Clinic, signed: Signed, form_token: str) -> dict[str, Any]:
    user, accounts = signed.user, here.accounts
    logins = [
        {
            "id": one.id,
            "browser": one.browser,
            "made_at": one.made_at,
            "seen_at": one.seen_at,
            "is_this": one.id == signed.login.id,
        }
        for one in accounts.logins.of(user)
    ]
    return {
        "user": user,
        "patient_id": user.patient_id,
        "clinic": accounts.clinic_name(user.tenant_id),
        "has_app": user.totp_sealed is not None,
        "codes_left": len(user.recovery_hashes),
        "passkeys": here.passkeys.of(user),
        "logins": logins,
        "is_confirmed": accounts.logins.is_confirmed(signed),
        "form_token": form_token,
    }
