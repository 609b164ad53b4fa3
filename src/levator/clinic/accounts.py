"""Accounts: signing in, and what somebody does with her own account.

One answer for every failure, and as long a wait: nobody learns which addresses have an account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from levator.clinic.acting import Told
from levator.clinic.addresses import email_key
from levator.clinic.factors import (
    new_recovery_codes,
    recovery_hashes,
    totp_step,
    without_code,
)
from levator.clinic.guesses import Guesses
from levator.clinic.logins import Clock, Logins, Signed, has_factor
from levator.clinic.passwords import Passwords, check_password
from levator.clinic.seal_key import SealKey
from levator.errors import CallerError, mark
from levator.records.people import Tenant, User
from levator.records.repository import Repository
from levator.records.work import Work, where
from levator.texts import LANGUAGES

T = TypeVar("T")


class SignInError(CallerError):
    """Address, password or code are not right; which of them is not said."""

    def __init__(self) -> None:
        """Say what to check."""
        super().__init__(mark("That is not right. Check what you typed."))


class ChooseClinicError(CallerError):
    """The password is right in several clinics. clinics : id and name of each."""

    def __init__(self, clinics: Sequence[Tenant]) -> None:
        """Say what to do; only who knows the password hears of it."""
        super().__init__(
            mark("You have an account in more than one clinic. Choose one, and sign in again.")
        )
        self.clinics = tuple((one.id, one.name) for one in clinics)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: what the browser calls itself, and its address."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts of an installation."""

    repository: Repository
    now: Clock
    key: SealKey
    passwords: Passwords = field(default_factory=Passwords)
    #: Hears of every account that an admin has changed; see `Acts.told`.
    told: Told = field(default=lambda user_id: None)

    @property
    def logins(self) -> Logins:
        """The logins over the same repository and clock."""
        return Logins(self.repository, self.now)

    @property
    def guesses(self) -> Guesses:
        """How often was guessed of late, over the same repository and clock."""
        return Guesses(self.repository, self.now)

    # --- Signing in

    async def sign_in(
        self, email: str, password: str, browser: Browser, clinic_id: str = ""
    ) -> str:
        """Return the token of a login; raises SignInError or TooManyGuessesError.

        The login is half of one where the account asks for a second factor. Raises
        ChooseClinicError where the password is right in several clinics and none is chosen.
        """
        key = email_key(email)
        await asyncio.to_thread(self.guesses.take, key, browser.address)
        users, clinics = await asyncio.to_thread(self._users, key)
        right = await self._right(users, clinics, password)
        if not right or _is_elsewhere(right, clinic_id):
            await asyncio.to_thread(self.note_failure, users, browser, "password")
            raise SignInError
        await asyncio.to_thread(self.guesses.forgive, key)
        user = _chosen(right, clinics, clinic_id)
        if user.password_hash is not None and self.passwords.is_old(user.password_hash):
            hashed = await self.passwords.hash(password)
            user = await asyncio.to_thread(self._hashed_anew, user, hashed)
        return await asyncio.to_thread(self._let_in, user, browser)

    async def _right(
        self, users: Sequence[User], clinics: Sequence[Tenant], password: str
    ) -> list[User]:
        """Return whose password it is. As often as there are clinics something is hashed, so
        that no wait tells in how many of them an address has an account."""
        kept = [user.password_hash if user.state == "active" else None for user in users]
        kept += [None] * (max(1, len(clinics)) - len(kept))
        is_right = [await self.passwords.is_right(one, password) for one in kept]
        return [user for user, is_it in zip(users, is_right, strict=False) if is_it]

    def _hashed_anew(self, seen: User, hashed: str) -> User:
        """Keep her password at the costs of today, unless she has changed it meanwhile; return
        the account with the password that was looked at."""
        with self.repository.work(writes=True) as work:
            user = work.get(User, seen.id, seen.tenant_id)
            is_same = user.password_hash == seen.password_hash
            return work.put(replace(user, password_hash=hashed)) if is_same else seen

    def _users(self, key: str) -> tuple[list[User], list[Tenant]]:
        """Return the accounts of an address, and all clinics."""
        with self.repository.work(writes=False) as work:
            return work.find(User, None, where(email_key=key)), work.find(Tenant, None)

    def note_failure(self, users: Sequence[User], browser: Browser, what: str) -> None:
        """Tell the audit of each account, of the installation for none, that somebody has not
        shown who she is. Blocks."""
        with self.repository.work(writes=True) as work:
            for user in users or (None,):
                told = self.logins.told(user, "login.fail", address=browser.address, detail=what)
                work.audit(told)

    def _let_in(self, user: User, browser: Browser) -> str:
        """Sign her in, unless her password was changed while this one was looked at."""
        with self.repository.work(writes=True) as work:
            kept = work.get(User, user.id, user.tenant_id)
            if kept.password_hash != user.password_hash:
                raise SignInError
            _, token = self.logins.begin(
                work, kept, is_strong=False, browser=browser.name, address=browser.address
            )
        return token

    async def show_code(self, signed: Signed, code: str) -> str:
        """Take a code of the app or a recovery code; return the token of the whole login."""
        await asyncio.to_thread(self.guesses.take, signed.user.email_key, signed.address)
        token = await asyncio.to_thread(self._take_code, signed, code)
        if token is None:
            browser = Browser(address=signed.address)
            await asyncio.to_thread(self.note_failure, [signed.user], browser, "code")
            raise SignInError
        await asyncio.to_thread(self.guesses.forgive, signed.user.email_key)
        return token

    def _take_code(self, signed: Signed, code: str) -> str | None:
        with self.repository.work(writes=True) as work:
            user = work.get(User, signed.user.id, signed.user.tenant_id)
            changed = self.used(user, code)
            if changed is None:
                return None
            work.put(changed)
            return self.logins.renew(work, signed, is_strong=True)

    def used(self, user: User, code: str) -> User | None:
        """Return the account after a code was used; None for a code that does not work."""
        secret = self.key.unseal(user.totp_sealed, user.id) if user.totp_sealed else None
        if secret is not None:
            step = totp_step(secret, code, self.now().timestamp(), user.totp_last_step)
            if step is not None:
                return replace(user, totp_last_step=step)
        left = without_code(user.recovery_hashes, code)
        return None if left is None else replace(user, recovery_hashes=left)

    # --- One's own account

    async def change_password(self, signed: Signed, new: str) -> str:
        """Take a new password, end every other login; return this browser's new token."""
        self.logins.must_be_confirmed(signed)
        clinic = await asyncio.to_thread(self.clinic_name, signed.user.tenant_id)
        check_password(new, signed.user.name, signed.user.email, clinic)
        hashed = await self.passwords.hash(new)
        return await self.change_own(
            signed,
            "account.password",
            lambda user: replace(user, password_hash=hashed),
            ends_others=True,
        )

    async def set_totp(self, signed: Signed, secret: str, code: str) -> tuple[str, tuple[str, ...]]:
        """Take an app that shows the right code; return the new token and recovery codes."""
        if signed.is_whole:
            self.logins.must_be_confirmed(signed)
        await asyncio.to_thread(self.guesses.take, signed.user.email_key, signed.address)
        step = totp_step(secret, code, self.now().timestamp(), 0)
        if step is None:
            raise CallerError(
                "This code does not fit; check the clock of the telephone, and type a new one."
            )
        codes = new_recovery_codes()
        sealed = self.key.seal(secret, signed.user.id)

        def changed(user: User) -> User:
            return replace(
                user,
                totp_sealed=sealed,
                totp_last_step=step,
                recovery_hashes=recovery_hashes(codes),
            )

        token = await self.change_own(signed, "account.totp", changed, is_strong=True)
        await asyncio.to_thread(self.guesses.forgive, signed.user.email_key)
        return token, codes

    async def new_codes(self, signed: Signed) -> tuple[str, tuple[str, ...]]:
        """Return new recovery codes in place of the old, with the new token."""
        self.logins.must_be_confirmed(signed)
        codes = new_recovery_codes()
        hashes = recovery_hashes(codes)
        token = await self.change_own(
            signed, "account.recovery", lambda user: replace(user, recovery_hashes=hashes)
        )
        return token, codes

    async def set_language(self, signed: Signed, language: str) -> None:
        """Take the language of one's own pages, "" for the browser's; the login stays."""
        if language not in ("", *LANGUAGES):
            raise CallerError("Choose a language from the list.")

        def work_on(work: Work) -> None:
            user = work.get(User, signed.user.id, signed.user.tenant_id)
            work.put(replace(user, language=language))
            work.audit(self.logins.told(user, "account.language", address=signed.address))

        await asyncio.to_thread(self.within, work_on)

    async def end_others(self, signed: Signed) -> None:
        """Sign out every other browser of the account; raises NotConfirmedError."""
        self.logins.must_be_confirmed(signed)

        def work_on(work: Work) -> None:
            self.logins.end_all(work, signed.user, but=signed.login.id)
            told = self.logins.told(
                signed.user, "login.end", address=signed.address, detail="all others"
            )
            work.audit(told)

        await asyncio.to_thread(self.within, work_on)

    async def change_own(
        self,
        signed: Signed,
        action: str,
        change: Callable[[User], User],
        *,
        is_strong: bool | None = None,
        ends_others: bool = False,
    ) -> str:
        """Change one's own account, tell the audit, and give this browser a new token.

        Raises SignInError for half of a login where there is a second factor to be shown.
        """

        def work_on(work: Work) -> str:
            user = work.get(User, signed.user.id, signed.user.tenant_id)
            if has_factor(work, user) and not signed.login.is_strong:
                raise SignInError
            work.put(change(user))
            told = self.logins.told(signed.user, action, address=signed.address)
            work.audit(told)
            if ends_others:
                self.logins.end_all(work, signed.user, but=signed.login.id)
            strong = signed.login.is_strong if is_strong is None else is_strong
            return self.logins.renew(work, signed, is_strong=strong)

        return await asyncio.to_thread(self.within, work_on)

    def within(self, work_on: Callable[[Work], T]) -> T:
        """Do something in one transaction."""
        with self.repository.work(writes=True) as work:
            return work_on(work)

    def clinic_name(self, tenant_id: str) -> str:
        """Return the name of a clinic."""
        with self.repository.work(writes=False) as work:
            return work.get(Tenant, tenant_id, tenant_id).name


def _is_elsewhere(right: Sequence[User], clinic_id: str) -> bool:
    """Return whether a password is right, and in another clinic only than the one that is named."""
    return bool(clinic_id) and len(right) == 1 and right[0].tenant_id != clinic_id


def _chosen(right: Sequence[User], clinics: Sequence[Tenant], clinic_id: str) -> User:
    wanted = [user for user in right if len(right) == 1 or user.tenant_id == clinic_id]
    if not wanted:
        has = {user.tenant_id for user in right}
        raise ChooseClinicError([one for one in clinics if one.id in has])
    return wanted[0]
