"""Signing in at once, for programs: password and code together, or no login at all."""

from __future__ import annotations

import asyncio

from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.logins import Signed
from levator.errors import CallerError, mark


class NoFactorError(CallerError):
    """The account has no second factor yet, and its role asks for one."""

    def __init__(self) -> None:
        """Say where one is set up."""
        super().__init__(
            mark("Set up a second factor in a browser first; this account asks for one.")
        )


async def sign_in_at_once(
    accounts: Accounts,
    email: str,
    password: str,
    code: str,
    browser: Browser,
    clinic_id: str = "",
) -> tuple[str, Signed]:
    """Return the token of a whole login, and the login.

    code : of the app, or a recovery code; "" where the account asks for none. Raises SignInError,
    TooManyGuessesError, ChooseClinicError or NoFactorError; half of a login that was begun has
    ended then.
    """
    token = await accounts.sign_in(email, password, browser, clinic_id)
    half = await _who(accounts, token, browser)
    if half.is_whole:
        return token, half
    try:
        if not half.has_factor:
            raise NoFactorError
        token = await accounts.show_code(half, code)
    except CallerError:
        await asyncio.to_thread(accounts.logins.end, half)
        raise
    return token, await _who(accounts, token, browser)


async def _who(accounts: Accounts, token: str, browser: Browser) -> Signed:
    """Return whose token it is; whoever was signed out in this moment has not come in."""
    signed = await asyncio.to_thread(accounts.logins.who, token, browser.address)
    if signed is None:
        raise SignInError
    return signed
