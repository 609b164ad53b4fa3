"""The first run: a clinic and its first admin, by whoever is at the computer itself."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass, field, replace

from levator.clinic.accounts import Accounts, Browser
from levator.clinic.addresses import email_key
from levator.clinic.invitations import Invitations, Invitee
from levator.clinic.logins import new_id
from levator.clinic.passwords import check_password
from levator.clinic.settings import new_clinic
from levator.clinic.terminal import at_terminal, the_tenant
from levator.errors import CallerError, mark
from levator.live.joining import ALPHABET, shown_name, tidy
from levator.records.people import Role, Tenant, User
from levator.records.work import NotThereError, where

CODE_LENGTH = 10
_TRIES = 5


class NoSetupError(CallerError):
    """There is a clinic already, or the code is not the one that was printed."""

    def __init__(self) -> None:
        """Say where the code is."""
        super().__init__(mark("This code is not right, or has done its work; see the terminal."))


@dataclass(frozen=True, slots=True)
class NewClinic:
    """What is filled in on the first page. therapist_email : "" for no second account."""

    clinic: str
    name: str
    email: str
    language: str = "nl"
    therapist_email: str = ""


@dataclass(slots=True)
class Setup:
    """The first run. `code` is printed by `levator serve`, and dies with its last try.

    in_browser : false behind a proxy, which may hide who sits at this computer itself.
    """

    accounts: Accounts
    code: str = field(
        default_factory=lambda: "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    )
    in_browser: bool = True
    _tries: int = 0
    _is_done: bool = False

    def is_open(self) -> bool:
        """Return whether there is no clinic yet. Blocks; once there is one, it stays so."""
        if not self._is_done:
            with self.accounts.repository.work(writes=False) as work:
                self._is_done = work.count(Tenant, None) > 0
        return not self._is_done

    def check_code(self, code: str) -> None:
        """Raise NoSetupError unless this is the code; after a few tries none is."""
        self._tries += 1
        if self._tries > _TRIES or not hmac.compare_digest(tidy(code).encode(), self.code.encode()):
            raise NoSetupError
        self._tries -= 1

    async def make(
        self, wish: NewClinic, password: str, browser: Browser
    ) -> tuple[str, str | None]:
        """Make clinic and admin; return a login's token, and that of the therapist's link."""
        _check(wish)
        check_password(password, wish.name, wish.email, wish.clinic)
        hashed = await self.accounts.passwords.hash(password)
        return await asyncio.to_thread(self._make, wish, hashed, browser)

    def _make(self, wish: NewClinic, hashed: str, browser: Browser) -> tuple[str, str | None]:
        logins = self.accounts.logins
        with self.accounts.repository.work(writes=True) as work:
            if work.count(Tenant, None):
                raise NoSetupError
            tenant = work.put(self._tenant(wish))
            admin = work.put(self._first(wish, tenant, hashed))
            work.audit(logins.told(admin, "tenant.make", address=browser.address))
            link = None
            if wish.therapist_email:
                therapist = work.put(self._user(wish, tenant, "therapist", wish.therapist_email))
                link = Invitations(self.accounts).link(work, therapist, admin.id)
            _, token = logins.begin(
                work, admin, is_strong=False, browser=browser.name, address=browser.address
            )
        return token, link

    def init(self, wish: NewClinic) -> list[tuple[str, str]]:
        """Make clinic and admin from the command line; return (address, token of the link)."""
        _check(wish)
        with self.accounts.repository.work(writes=True) as work:
            if work.count(Tenant, None):
                raise CallerError("There is a clinic in this database already; nothing was made.")
            tenant = work.put(self._tenant(wish))
            admin = work.put(self._user(wish, tenant, "clinic_admin", wish.email))
            where_from = at_terminal().address
            work.audit(self.accounts.logins.told(admin, "tenant.make", address=where_from))
            made = [admin]
            if wish.therapist_email:
                made.append(work.put(self._user(wish, tenant, "therapist", wish.therapist_email)))
            link = Invitations(self.accounts).link
            return [(user.email, link(work, user, "")) for user in made]

    def invite(self, email: str, clinic: str | None = None) -> tuple[User, str]:
        """Make a new link for an account, by who owns the computer: for a lost last admin.

        clinic : name or id, where the address has an account in several.
        """
        tenant = the_tenant(self.accounts.repository, clinic) if clinic else None
        with self.accounts.repository.work(writes=False) as work:
            terms = where(email_key=email_key(email))
            found = work.find(User, tenant.id if tenant else None, terms)
            names = [work.get(Tenant, one.tenant_id, one.tenant_id).name for one in found]
        if not found:
            raise NotThereError
        if len(found) > 1:
            raise CallerError("Say which clinic with --clinic: %(names)s.", names=names)
        return Invitations(self.accounts).again(at_terminal(found[0].tenant_id), found[0].id)

    def _tenant(self, wish: NewClinic) -> Tenant:
        made_at = self.accounts.now().isoformat()
        return new_clinic(new_id(), shown_name(wish.clinic), made_at)

    def _first(self, wish: NewClinic, tenant: Tenant, hashed: str) -> User:
        admin = self._user(wish, tenant, "clinic_admin", wish.email)
        return replace(admin, state="active", password_hash=hashed)

    def _user(self, wish: NewClinic, tenant: Tenant, role: Role, email: str) -> User:
        wanted = Invitee(wish.name, email, role, wish.language)
        return Invitations(self.accounts).new_user(wanted, tenant.id)


def _check(wish: NewClinic) -> None:
    if not shown_name(wish.clinic):
        raise CallerError("Fill in the name of the clinic.")
    if wish.therapist_email and email_key(wish.therapist_email) == email_key(wish.email):
        raise CallerError("Take another address for the account as therapist.")
