"""Showing once more who one is, before something that matters: all that the account asks for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.logins import Signed, has_factor
from levator.clinic.passkeys import PasskeyError, Passkeys
from levator.records.people import User


@dataclass(frozen=True, slots=True)
class Confirming:
    """What it takes to sign in it takes again, in the login that is there."""

    passkeys: Passkeys

    @property
    def _accounts(self) -> Accounts:
        return self.passkeys.accounts

    async def show(self, signed: Signed, password: str, code: str) -> None:
        """Take the password, and a code where the account has a second factor.

        Raises SignInError or TooManyGuessesError.
        """
        accounts, key = self._accounts, signed.user.email_key
        await asyncio.to_thread(accounts.guesses.take, key, signed.address)
        is_right = await accounts.passwords.is_right(signed.user.password_hash, password)
        if not (is_right and await asyncio.to_thread(self._take, signed, code)):
            browser = Browser(address=signed.address)
            await asyncio.to_thread(accounts.note_failure, [signed.user], browser, "confirm")
            raise SignInError
        await asyncio.to_thread(accounts.guesses.forgive, key)

    def _take(self, signed: Signed, code: str) -> bool:
        with self._accounts.repository.work(writes=True) as work:
            user = work.get(User, signed.user.id, signed.user.tenant_id)
            if has_factor(work, user):
                changed = self._accounts.used(user, code)
                if changed is None:
                    return False
                work.put(changed)
            self._accounts.logins.confirm(work, signed)
            return True

    def question(self, signed: Signed, origin: str) -> str:
        """Return what the browser needs to ask for a passkey of hers, as JSON. Blocks."""
        return self.passkeys.question(origin, signed)

    def show_passkey(self, signed: Signed, answer: dict[str, Any], origin: str) -> None:
        """Take a passkey of hers, which is both factors; raises as signing in does. Blocks."""
        browser = Browser(address=signed.address)
        with self.passkeys.taken(answer, origin, browser, signed.login.id) as (work, user):
            if user.id != signed.user.id:
                raise PasskeyError
            self._accounts.logins.confirm(work, signed)
