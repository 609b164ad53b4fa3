"""Logins: one signed-in browser each, kept here and revocable. Of its token only a digest is
kept; a new one is given whenever somebody shows more of who she is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from levator.clinic.factors import digest
from levator.clinic.hers import place_of
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError, mark
from levator.records.access import Actor
from levator.records.audit import AuditEntry
from levator.records.people import Login, Passkey, Role, User
from levator.records.repository import Repository
from levator.records.work import NotThereError, Work, where

Clock = Callable[[], datetime]
#: Without anything asked for so long, a login ends; and after so long in any case.
IDLE = {"patient": timedelta(days=7), "other": timedelta(hours=1)}
LONGEST = {"patient": timedelta(days=30), "other": timedelta(hours=12)}
#: Between the password and the second factor.
HALF_LASTS = timedelta(minutes=15)
#: Who has shown once more that it is she is not asked again for so long: enough for an app and
#: its codes or a second passkey, too short for who finds her computer open.
CONFIRMED_LASTS = timedelta(minutes=5)
#: How often it is noted that a login is in use.
_SEEN_EVERY = timedelta(minutes=1)
_BROWSER_LENGTH = 120


class NotConfirmedError(CallerError):
    """Something that matters was asked without showing once more who asks.

    back : the page to come back to, where it is another than the one that was asked.
    """

    def __init__(self, back: str = "") -> None:
        """Say what to do."""
        super().__init__(
            mark("Show once more that it is you; that holds for %(minutes)s minutes."),
            minutes=CONFIRMED_LASTS // timedelta(minutes=1),
        )
        self.back = back


def new_id() -> str:
    """Return an id for a new entity."""
    return secrets.token_hex(16)


class LoginEndedError(CallerError):
    """The login was ended while something that it had asked for was under way."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(mark("You are signed out here; sign in again."))


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in, in which browser. `has_factor`: whether she has a second factor."""

    login: Login
    user: User
    has_factor: bool
    address: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything was shown that this account asks for."""
        return self.login.is_strong or (self.user.role == "patient" and not self.has_factor)

    @property
    def actor(self) -> Actor:
        """Who asks, for the table of access."""
        user = self.user
        return Actor(
            user.id,
            user.tenant_id,
            user.role,
            patient_id=user.patient_id,
            login_id=self.login.id,
            address=self.address,
            name=user.name,
        )


@dataclass(frozen=True, slots=True)
class Logins:
    """All logins of an installation. Everything here blocks; call it from a thread."""

    repository: Repository
    now: Clock

    def begin(
        self,
        work: Work,
        user: User,
        *,
        is_strong: bool,
        browser: str,
        address: str,
        confirmed_at: str | None = None,
        until: str | None = None,
    ) -> tuple[Login, str]:
        """Sign a browser in; return the login and the token, which is nowhere else.

        until : of the login that it goes on from.
        """
        token, now = secrets.token_urlsafe(32), self.now()
        lasts = _of(LONGEST, user.role) if _may_stay(work, user, is_strong) else HALF_LASTS
        login = Login(
            id=new_id(),
            tenant_id=user.tenant_id,
            user_id=user.id,
            token_digest=digest(token),
            made_at=now.isoformat(),
            seen_at=now.isoformat(),
            until=until or (now + lasts).isoformat(),
            is_strong=is_strong,
            browser=browser[:_BROWSER_LENGTH],
            confirmed_at=confirmed_at,
        )
        kept = work.put(login)
        action = "login.begin" if is_strong or lasts != HALF_LASTS else "login.half"
        work.audit(self.told(user, action, login_id=login.id, address=address))
        return kept, token

    def who(self, token: str, address: str = "") -> Signed | None:
        """Return who is signed in with a token; None for one that does not hold."""
        if not token:
            return None
        with self.repository.work(writes=False) as work:
            found = work.find(Login, None, where(token_digest=digest(token)))
            signed = self._signed(work, found[0], address) if found else None
        if signed is not None:
            self._note_seen([signed.login])
        return signed

    def left(self, token: str) -> timedelta:
        """Return how long a login still lasts unless it is used; asking is no use of it."""
        with self.repository.work(writes=False) as work:
            found = work.find(Login, None, where(token_digest=digest(token)))
            signed = self._signed(work, found[0], "") if found else None
        if signed is None:
            return timedelta(0)
        login, role = signed.login, signed.user.role
        idle = datetime.fromisoformat(login.seen_at) + _of(IDLE, role)
        return min(idle, datetime.fromisoformat(login.until)) - self.now()

    def alive(self, login_ids: Iterable[str]) -> set[str]:
        """Return which of the logins still hold, and note that they are in use."""
        with self.repository.work(writes=False) as work:
            terms = [where(id=number) for number in login_ids]
            found = [login for term in terms for login in work.find(Login, None, term)]
            held = [one for one in found if self._signed(work, one, "") is not None]
        self._note_seen(held)
        return {one.id for one in held}

    def _signed(self, work: Work, login: Login, address: str) -> Signed | None:
        user = _user_of(work, login)
        if user is None or user.state != "active" or not self._holds(login, user.role):
            return None
        return Signed(login, user, has_factor(work, user), address)

    def _holds(self, login: Login, role: Role) -> bool:
        now, seen = self.now(), datetime.fromisoformat(login.seen_at)
        is_over = now >= datetime.fromisoformat(login.until) or now - seen >= _of(IDLE, role)
        return login.revoked_at is None and not is_over

    def _note_seen(self, logins: Iterable[Login]) -> None:
        now = self.now()
        old = [one for one in logins if now - datetime.fromisoformat(one.seen_at) >= _SEEN_EVERY]
        if not old:
            return
        with self.repository.work(writes=True) as work:
            for one in old:
                kept = work.get(Login, one.id, one.tenant_id)
                work.put(replace(kept, seen_at=now.isoformat()))

    def of(self, user: User) -> list[Login]:
        """Return the logins of an account that hold, newest first."""
        with self.repository.work(writes=False) as work:
            found = work.find(Login, user.tenant_id, where(user_id=user.id, revoked_at=None))
        held = [one for one in found if self._holds(one, user.role)]
        return sorted(held, key=lambda one: place_of(one.made_at), reverse=True)

    def confirm(self, work: Work, signed: Signed) -> None:
        """Note that somebody has shown once more who she is.

        The token stays: with another one the live screens of this browser would close.
        """
        login = work.get(Login, signed.login.id, signed.user.tenant_id)
        work.put(replace(login, confirmed_at=self.now().isoformat()))
        work.audit(
            self.told(signed.user, "login.confirm", login_id=login.id, address=signed.address)
        )

    def is_confirmed(self, signed: Signed) -> bool:
        """Return whether she has shown it a moment ago; signing in does not count."""
        at = signed.login.confirmed_at
        return at is not None and self.now() - datetime.fromisoformat(at) < CONFIRMED_LASTS

    def must_be_confirmed(self, signed: Signed) -> None:
        """Raise NotConfirmedError where somebody has to show once more who she is."""
        if not self.is_confirmed(signed):
            raise NotConfirmedError

    def end(self, signed: Signed, login_id: str | None = None) -> None:
        """Revoke the login itself, or another of the same account.

        Raises NotThereError, and NotConfirmedError for another one.
        """
        if login_id not in (None, signed.login.id):
            self.must_be_confirmed(signed)
        with self.repository.work(writes=True) as work:
            login = work.get(Login, login_id or signed.login.id, signed.user.tenant_id)
            if login.user_id != signed.user.id:
                raise NotThereError
            self._revoke(work, login)
            told = self.told(signed.user, "login.end", login_id=login.id, address=signed.address)
            work.audit(told)

    def end_all(self, work: Work, user: User, but: str = "") -> None:
        """Revoke every login of an account, one excepted where it is named."""
        for login in work.find(Login, user.tenant_id, where(user_id=user.id, revoked_at=None)):
            if login.id != but:
                self._revoke(work, login)

    def renew(self, work: Work, signed: Signed, *, is_strong: bool) -> str:
        """Give a browser a new token for what it now may; the old one stops holding.

        A whole login ends when it would have ended: no change of an account makes it last. Raises
        LoginEndedError where it was ended since it asked: whoever ends it, ends it for good.
        """
        before = work.get(Login, signed.login.id, signed.user.tenant_id)
        if self._signed(work, before, signed.address) is None:
            raise LoginEndedError
        self._revoke(work, before)
        user = work.get(User, signed.user.id, signed.user.tenant_id)
        _, token = self.begin(
            work,
            user,
            is_strong=is_strong,
            browser=before.browser,
            address=signed.address,
            confirmed_at=before.confirmed_at,
            until=before.until if signed.is_whole else None,
        )
        return token

    def _revoke(self, work: Work, login: Login) -> None:
        if login.revoked_at is None:
            work.put(replace(login, revoked_at=self.now().isoformat()))

    def told(
        self, user: User | None, action: str, *, login_id: str = "", address: str, detail: str = ""
    ) -> AuditEntry:
        """Return a line of the audit about an account; of the installation where there is none."""
        return AuditEntry(
            at=self.now().isoformat(timespec="milliseconds"),
            tenant_id=user.tenant_id if user else INSTALLATION,
            user_id=user.id if user else "",
            role=user.role if user else "",
            action=action,
            outcome="refused" if action.endswith("fail") else "done",
            kind="user" if user else "",
            entity_id=user.id if user else "",
            login_id=login_id,
            address=address,
            detail=detail,
        )


def has_factor(work: Work, user: User) -> bool:
    """Return whether an account has a second factor: an app, or a passkey."""
    if user.totp_sealed is not None:
        return True
    return work.count(Passkey, user.tenant_id, where(user_id=user.id)) > 0


def _may_stay(work: Work, user: User, is_strong: bool) -> bool:
    return is_strong or (user.role == "patient" and not has_factor(work, user))


def _user_of(work: Work, login: Login) -> User | None:
    try:
        return work.get(User, login.user_id, login.tenant_id)
    except NotThereError:
        return None


def _of(times: dict[str, timedelta], role: Role) -> timedelta:
    return times["patient" if role == "patient" else "other"]
