"""The people of a clinic, as its admin sees them: listed, changed, disabled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts
from levator.clinic.invitations import INVITED
from levator.clinic.patients import therapists
from levator.errors import CallerError
from levator.live.joining import shown_name
from levator.records.access import Actor
from levator.records.people import Patient, Role, User
from levator.records.work import NotThereError, Term


@dataclass(frozen=True, slots=True)
class Users:
    """Everything here blocks; call it from a thread.

    Nobody changes or disables her own account here, so a clinic keeps an admin.
    """

    accounts: Accounts

    @property
    def _acts(self) -> Acts:
        now = self.accounts.now
        return Acts(
            self.accounts.repository,
            lambda: now().isoformat(timespec="milliseconds"),
            self.accounts.told,
        )

    def all(self, actor: Actor) -> list[User]:
        """Return the accounts of the clinic by name, those of patients left out."""
        with self._acts.in_tenant(actor, "user.list") as act:
            terms = [Term("role", "is_not", "patient")]
            return act.work.find(User, actor.tenant_id, terms, order="name")

    def one(self, actor: Actor, user_id: str) -> User:
        """Return an account of the clinic that is in the list; raises NotThereError."""
        with self._acts.in_tenant(actor, "user.list") as act:
            user = act.work.get(User, user_id, actor.tenant_id)
            if user.role == "patient":
                raise NotThereError
            return user

    def treats(self, actor: Actor, user: User) -> int:
        """Return how many patients a therapist who can sign in, or will, treats alone; of others 0.

        Whom another treats who can sign in is on that one's list too. It belongs to the page of
        the account, whose line is told.
        """
        self._acts.check_here(actor, "user.list")
        if user.role != "therapist" or user.state == "disabled":
            return 0
        terms = [Term("treated_by", "contains", user.id)]
        with self.accounts.repository.work(writes=False) as work:
            others = {one.id for one in therapists(work, user.tenant_id) if one.id != user.id}
            found = work.find(Patient, user.tenant_id, terms)
            return sum(others.isdisjoint(one.treated_by) for one in found)

    def change(
        self, actor: Actor, user_id: str, name: str, role: Role, language: str, version: int
    ) -> User:
        """Give an account another name, role or language; raises ConflictError.

        `version` is the one that the admin saw. With another role every login ends.
        """
        with self._acts.on_user(actor, "user.change", user_id) as act:
            user = act.work.get(User, user_id, actor.tenant_id)
            if role != user.role:
                _check_role(role)
                self.accounts.logins.end_all(act.work, user)
            if not shown_name(name):
                raise CallerError("Fill in a name, so that others know who it is.")
            changed = replace(
                user, name=shown_name(name), role=role, language=language, version=version
            )
            return act.put(changed)

    def disable(self, actor: Actor, user_id: str) -> User:
        """End an account: its logins with it. It is kept, for the audit names it."""
        with self._acts.on_user(actor, "user.disable", user_id) as act:
            user = act.work.get(User, user_id, actor.tenant_id)
            self.accounts.logins.end_all(act.work, user)
            return act.put(replace(user, state="disabled"))


def _check_role(role: Role) -> None:
    if role not in INVITED:
        raise CallerError("Choose a role from the list.")
