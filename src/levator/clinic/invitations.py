"""Links with which somebody comes in for the first time, or again after losing everything."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from levator.clinic.accounts import Accounts, Browser
from levator.clinic.acting import Act, Acts
from levator.clinic.addresses import check_email, email_key
from levator.clinic.factors import digest
from levator.clinic.home.feed import end_all
from levator.clinic.logins import new_id
from levator.clinic.passwords import check_password
from levator.errors import CallerError, mark
from levator.live.joining import shown_name
from levator.records.access import Actor
from levator.records.people import Invitation, Passkey, Patient, Role, User, UserState
from levator.records.work import TakenError, Work, where

LASTS = timedelta(days=7)
#: A clinic admin invites these; a patient is invited from her own page.
INVITED: tuple[Role, ...] = ("therapist", "researcher", "clinic_admin")


class NoInvitationError(CallerError):
    """The link was used, is too old, or never was."""

    def __init__(self) -> None:
        """Say whom to ask."""
        super().__init__(mark("This link does not hold any more; ask the clinic for a new one."))


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom a link is for."""

    name: str
    email: str
    role: Role
    language: str = "nl"
    patient_id: str | None = None


@dataclass(frozen=True, slots=True)
class Invitations:
    """Makes and takes invitations."""

    accounts: Accounts

    @property
    def _acts(self) -> Acts:
        now = self.accounts.now
        return Acts(self.accounts.repository, lambda: now().isoformat(timespec="milliseconds"))

    # --- Making one (these block; call them from a thread)

    def invite(self, actor: Actor, wanted: Invitee) -> tuple[User, str]:
        """Make an account and its link's token, for a clinic admin."""
        if wanted.role not in INVITED:
            raise CallerError("Choose a role from the list.")
        with self._acts.in_tenant(actor, "user.invite") as act:
            user = _put(act, self.new_user(wanted, actor.tenant_id))
            return user, self.link(act.work, user, actor.user_id)

    def invite_patient(self, actor: Actor, patient_id: str, email: str) -> tuple[User, str]:
        """Make the account of a patient; a new link for the one she has ends all she came by."""
        with self._acts.on_patient(actor, "patient.invite", patient_id) as act:
            found = act.work.find(User, actor.tenant_id, where(patient_id=patient_id))
            user = (
                self.emptied(act.work, found[0])
                if found
                else self._patient_user(act.patient, email)
            )
            user = _put(act, user)
            return user, self.link(act.work, user, actor.user_id)

    def close(self, actor: Actor, patient_id: str) -> None:
        """End all with which a patient comes in, a stolen telephone too; a new link opens it."""
        with self._acts.on_patient(actor, "patient.close_access", patient_id) as act:
            for user in act.work.find(User, actor.tenant_id, where(patient_id=patient_id)):
                act.put(self.emptied(act.work, user))

    def _patient_user(self, patient: Patient | None, email: str) -> User:
        if patient is None:
            raise AssertionError("an act on a patient has one")
        name = f"{patient.given_name} {patient.family_name}".strip()
        wanted = Invitee(name, email, "patient", patient.language, patient.id)
        return self.new_user(wanted, patient.tenant_id)

    def again(self, actor: Actor, user_id: str) -> tuple[User, str]:
        """Make a new link for an account: its password and factors end, and its logins."""
        with self._acts.on_user(actor, "user.invite", user_id) as act:
            user = act.work.get(User, user_id, actor.tenant_id)
            return act.put(self.emptied(act.work, user)), self.link(act.work, user, actor.user_id)

    def for_password(self, actor: Actor, user_id: str) -> tuple[User, str]:
        """Make a new link for a password that was forgotten: what else she signs in with stays.

        Her second factor is asked for after the new password is set; her logins and earlier links
        end.
        """
        with self._acts.on_user(actor, "user.invite", user_id) as act:
            user = act.work.get(User, user_id, actor.tenant_id)
            self.accounts.logins.end_all(act.work, user)
            self._end_links(act.work, user)
            state: UserState = "active" if user.state == "active" else "invited"
            kept = act.put(replace(user, state=state, password_hash=None))
            return kept, self.link(act.work, kept, actor.user_id)

    def emptied(self, work: Work, user: User) -> User:
        """Return an account without password and factors; logins, passkeys and links end."""
        self.accounts.logins.end_all(work, user)
        self._end_links(work, user)
        end_all(work, user, self.accounts.now().isoformat())
        for passkey in work.find(Passkey, user.tenant_id, where(user_id=user.id)):
            work.erase(Passkey, passkey.id, user.tenant_id)
        return replace(
            user, state="invited", password_hash=None, totp_sealed=None, recovery_hashes=()
        )

    def new_user(self, wanted: Invitee, tenant_id: str) -> User:
        """Return an account that was not kept yet; raises CallerError."""
        email, name = check_email(wanted.email), shown_name(wanted.name)
        if not name:
            raise CallerError("Fill in a name, so that others know who it is.")
        return User(
            id=new_id(),
            tenant_id=tenant_id,
            name=name,
            email=email,
            email_key=email_key(email),
            role=wanted.role,
            language=wanted.language,
            patient_id=wanted.patient_id,
            made_at=self.accounts.now().isoformat(),
        )

    def link(self, work: Work, user: User, made_by: str) -> str:
        """Return the token of a new link."""
        now, token = self.accounts.now(), secrets.token_urlsafe(32)
        invitation = Invitation(
            id=new_id(),
            tenant_id=user.tenant_id,
            user_id=user.id,
            token_digest=digest(token),
            made_by=made_by,
            until=(now + LASTS).isoformat(),
        )
        work.put(invitation)
        return token

    def _end_links(self, work: Work, user: User) -> None:
        at = self.accounts.now().isoformat()
        for old in work.find(Invitation, user.tenant_id, where(user_id=user.id, used_at=None)):
            work.put(replace(old, used_at=at))

    # --- Taking one

    def invited(self, token: str) -> User:
        """Return whom a link is for; raises NoInvitationError."""
        with self.accounts.repository.work(writes=False) as work:
            return self._held(work, token)[1]

    def _held(self, work: Work, token: str) -> tuple[Invitation, User]:
        found = work.find(Invitation, None, where(token_digest=digest(token), used_at=None))
        if not found or self.accounts.now() >= datetime.fromisoformat(found[0].until):
            raise NoInvitationError
        user = work.get(User, found[0].user_id, found[0].tenant_id)
        if user.state == "disabled":
            raise NoInvitationError
        return found[0], user

    async def accept(self, token: str, password: str, browser: Browser) -> str:
        """Set the password; return the token of a login. No link of hers holds after it."""
        user = await asyncio.to_thread(self.invited, token)
        clinic = await asyncio.to_thread(self.accounts.clinic_name, user.tenant_id)
        check_password(password, user.name, user.email, clinic)
        hashed = await self.accounts.passwords.hash(password)
        return await asyncio.to_thread(self._accept, token, hashed, browser)

    def _accept(self, token: str, hashed: str, browser: Browser) -> str:
        logins, now = self.accounts.logins, self.accounts.now()
        with self.accounts.repository.work(writes=True) as work:
            _, invited = self._held(work, token)
            self._end_links(work, invited)
            logins.end_all(work, invited)
            user = work.put(replace(invited, state="active", password_hash=hashed))
            told = logins.told(user, "invitation.take", address=browser.address)
            work.audit(replace(told, patient_id=user.patient_id))
            # She has just set all that the account asks for.
            _, made = logins.begin(
                work,
                user,
                is_strong=False,
                browser=browser.name,
                address=browser.address,
                confirmed_at=now.isoformat(),
            )
            return made


def _put(act: Act, user: User) -> User:
    """Keep an account; one's own second one needs another address too."""
    try:
        return act.put(user)
    except TakenError:
        raise CallerError(
            "%(email)s has an account here already; every account needs an address of its own.",
            email=user.email,
        ) from None
