"""Every act on what is kept: allowed by the table, done, and told to the audit, in one
transaction. Nothing else in the clinic opens a work on a patient's record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from levator.clinic.kept_values import wrong_field
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError, mark
from levator.records.access import (
    TABLE,
    Actor,
    Relation,
    may,
    relation_to_patient,
    relation_to_tenant,
    relation_to_user,
)
from levator.records.audit import AuditEntry, Outcome
from levator.records.entity import Entity, is_id
from levator.records.kinds import name_of
from levator.records.people import Patient, User
from levator.records.repository import Repository
from levator.records.work import NotThereError, Work, where

E = TypeVar("E", bound=Entity)
#: Told of the id of a patient, or an account, in which an act has written; it must not wait.
Told = Callable[[str], None]


class RefusedError(CallerError):
    """The table of access does not allow it; the audit has it as refused."""

    def __init__(self, action: str) -> None:
        """Keep the action; the page says how to ask for it."""
        super().__init__(mark("You may not do this with this record; ask who treats her."))
        self.action = action


@dataclass(slots=True)
class Act:
    """What an act works with. `about` is whose record its line of the audit names, and
    `responsible_id` under whose responsibility the program itself acts."""

    work: Work
    actor: Actor
    patient: Patient | None = None
    user: User | None = None
    at: str = ""
    detail: str = ""
    about: str | None = None
    responsible_id: str = ""
    _seen: list[str] = field(default_factory=list)
    _touched: list[Entity] = field(default_factory=list)

    def put(self, entity: E) -> E:
        """Keep an entity, and name it in the audit; raises CallerError for an impossible value."""
        field = wrong_field(entity)
        if field is not None:
            raise CallerError("“%(field)s” cannot be kept as it is; correct it.", field=field)
        kept = self.work.put(entity)
        self._touched.append(kept)
        return kept

    def also(self, patient_id: str) -> None:
        """Let the audit tell that this patient's record was looked at too."""
        self._seen.append(patient_id)


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts over one repository. `now` is the time of day, ISO 8601 with its offset.

    told : hears of every patient and account in which an act has written.
    """

    repository: Repository
    now: Callable[[], str]
    told: Told = field(default=lambda patient_id: None)

    @contextmanager
    def on_patient(self, actor: Actor, action: str, patient_id: str) -> Iterator[Act]:
        """Act on a patient's record.

        Raises NotThereError for a patient of nobody or of another tenant, RefusedError where
        the table says no; either is told to the audit of the actor's own tenant.
        """
        with self._begun(actor, action, patient_id) as act:
            act.patient = act.work.get(Patient, patient_id, actor.tenant_id)
            _allow(actor, action, relation_to_patient(actor, act.patient))
            yield act

    def check(self, actor: Actor, action: str, patient_id: str) -> None:
        """Raise as `on_patient` would. Nothing of her is read, so that only a no is told."""
        with self._asked(actor, action, patient_id), self.repository.work(writes=False) as work:
            patient = work.get(Patient, patient_id, actor.tenant_id)
            _allow(actor, action, relation_to_patient(actor, patient))

    def check_here(self, actor: Actor, action: str) -> None:
        """Raise as `in_tenant` would, before something that takes long."""
        with self._asked(actor, action, None):
            _allow(actor, action, relation_to_tenant(actor, actor.tenant_id))

    @contextmanager
    def on_user(self, actor: Actor, action: str, user_id: str) -> Iterator[Act]:
        """Act on an account; see `on_patient`. A patient's is not there: it is on her page."""
        with self._begun(actor, action, None) as act:
            act.user = act.work.get(User, user_id, actor.tenant_id)
            if act.user.role == "patient":
                raise NotThereError
            _allow(actor, action, relation_to_user(actor, act.user))
            yield act
        if act._touched:
            self.told(user_id)

    @contextmanager
    def in_tenant(self, actor: Actor, action: str) -> Iterator[Act]:
        """Act on the actor's own clinic as a whole, such as its list of patients."""
        with self._begun(actor, action, None) as act:
            _allow(actor, action, relation_to_tenant(actor, actor.tenant_id))
            yield act

    @contextmanager
    def in_installation(self, actor: Actor, action: str) -> Iterator[Act]:
        """Act on what all clinics share, such as a backup; it is told to a chain of its own."""
        with self._asked(actor, action, None), self.repository.work(writes=True) as work:
            _allow(actor, action, relation_to_tenant(actor, actor.tenant_id))
            act = Act(work, actor, at=self.now())
            yield act
            work.audit(replace(_entry(act, action, None, "done"), tenant_id=INSTALLATION))

    def check_in_installation(self, actor: Actor, action: str) -> None:
        """Raise as `in_installation` would; only a no is told."""
        with self._asked(actor, action, None):
            _allow(actor, action, relation_to_tenant(actor, actor.tenant_id))

    @contextmanager
    def by_itself(
        self,
        action: str,
        tenant_id: str,
        patient_id: str,
        doer: Actor | None = None,
        responsible_id: str = "",
        address: str = "",
    ) -> Iterator[Act]:
        """Let the program itself act on a record, such as to close what it began.

        responsible_id : who answers for it, such as who opened the room. doer : whose deed it
        keeps, where it is that of somebody; nobody is asked whether she may. address : from
            where it was asked by who has no account.
        """
        itself = doer or Actor("", tenant_id, "system_admin", address=address)
        with self.repository.work(writes=True) as work:
            act = Act(work, itself, work.get(Patient, patient_id, tenant_id), at=self.now())
            act.responsible_id = responsible_id
            yield act
            entry = _entry(act, action, patient_id, "done")
            work.audit(entry if doer is not None else replace(entry, role=""))

    @contextmanager
    def _begun(self, actor: Actor, action: str, patient_id: str | None) -> Iterator[Act]:
        with self._asked(actor, action, patient_id), self.repository.work(writes=True) as work:
            _refuse_ended(work, actor, action)
            # Once its turn has come, so that a moment that is later was later.
            act = Act(work, actor, at=self.now(), about=patient_id)
            yield act
            work.audit(_entry(act, action, act.about, "done"))
            for seen in act._seen:
                work.audit(_entry(act, action, seen, "done"))
        if act._touched and act.about is not None:
            self.told(act.about)

    @contextmanager
    def _asked(self, actor: Actor, action: str, patient_id: str | None) -> Iterator[None]:
        """Tell the audit where something is refused."""
        at = self.now()
        try:
            # Before anything is looked up: who may not ask learns of no id whether it exists.
            if actor.role not in TABLE.get(action, {}):
                raise RefusedError(action)
            yield
        except (NotThereError, RefusedError):
            with self.repository.work(writes=True) as work:
                work.audit(_entry(Act(work, actor, at=at), action, _named(patient_id), "refused"))
            raise


def _named(patient_id: str | None) -> str | None:
    """Return what was asked for if it can be an id: an address may hold any text, a name too."""
    return patient_id if patient_id is not None and is_id(patient_id) else None


def _refuse_ended(work: Work, actor: Actor, action: str) -> None:
    """Raise RefusedError where the account of who asks has ended, or its role, since it asked.

    The request looked before this transaction; of two who end each other at once one stays.
    """
    for kept in work.find(User, actor.tenant_id, where(id=actor.user_id)):
        if kept.state == "disabled" or kept.role != actor.role:
            raise RefusedError(action)


def _allow(actor: Actor, action: str, relation: Relation) -> None:
    if relation == "other":
        raise NotThereError
    if not may(actor, action, relation):
        raise RefusedError(action)


def _entry(act: Act, action: str, patient_id: str | None, outcome: Outcome) -> AuditEntry:
    actor, first = act.actor, act._touched[0] if act._touched else None
    return AuditEntry(
        at=act.at,
        tenant_id=actor.tenant_id,
        user_id=actor.user_id,
        role=actor.role,
        action=action,
        outcome=outcome,
        responsible_id=act.responsible_id,
        patient_id=patient_id,
        kind=name_of(type(first)) if first else "",
        entity_id=first.id if first else "",
        login_id=actor.login_id,
        address=actor.address,
        detail=act.detail,
    )
