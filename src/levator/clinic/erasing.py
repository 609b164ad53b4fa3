"""Erasing a patient: everything of hers, down to the bytes; the audit keeps a pseudonym."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from levator.clinic.acting import Acts
from levator.clinic.backup import Backups, backups_since, folders_of_backups, must_rest
from levator.clinic.guesses import leave_nothing
from levator.clinic.hers import patient_of
from levator.clinic.logins import Logins, Signed
from levator.clinic.retention import Retained, kept
from levator.clinic.whole import whole_of
from levator.errors import CallerError, mark
from levator.library import load_checklist
from levator.records.access import Actor, may
from levator.records.entity import is_id
from levator.records.people import Patient, User, search_key
from levator.records.repository import Repository
from levator.records.treatment import Session
from levator.records.work import Work, where
from levator.storage.workplace import remove_left_over

GROUNDS = "erasure-grounds"


class MustBeKeptError(CallerError):
    """The record must still be kept. `kept` says since when and until when."""

    def __init__(self, kept: Retained) -> None:
        """Keep what is known of its time."""
        super().__init__(
            mark(
                "This record must be kept until %(until)s; to erase it earlier, state the ground."
            ),
            until=kept.until,
        )
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `backups` may hold her, where they were made; what was copied away too."""

    entities: int
    recordings: int
    backups: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would go. is_past : its time is over, so that no ground is needed."""

    time: Retained
    is_past: bool
    entities: int
    recordings: int
    backups: tuple[Path, ...]

    @property
    def name(self) -> str:
        """Return her name as it is to be typed."""
        patient = self.time.patient
        return f"{patient.given_name} {patient.family_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says who wants a record erased. name : hers, typed. ground : of `grounds`,
    "" where the time of the record is over."""

    name: str
    ground: str = ""


def grounds() -> tuple[str, ...]:
    """Return the grounds on which a record may go before its time."""
    return tuple(item.code for item in load_checklist(GROUNDS).items)


def erase(acts: Acts, actor: Actor, patient_id: str, ground: str | None = None) -> Erased:
    """Erase everything of a patient and leave no byte of it in the database.

    Raises MustBeKeptError while the record must be kept and no ground is stated, CallerError
    for an unknown ground and while anybody is training: the database is written anew. Of one who
    is erased already, as the audit has it, what was left goes: recordings, and the bytes.
    """
    erased_at = _erased_at(acts, actor, patient_id)
    if erased_at is None:
        return _erase_all(acts, actor, patient_id, ground)
    return _expunge_again(acts, actor, patient_id, erased_at)


def foresee(acts: Acts, actor: Actor, patient_id: str) -> Foreseen:
    """Return what `erase` would take away, to somebody who may erase; nothing goes."""
    acts.check(actor, "patient.erase", patient_id)
    with acts.on_patient(actor, "patient.read", patient_id) as act:
        whole = whole_of(act.work, patient_of(act))
        today = act.at[:10]
        time = kept(act.work, whole, today)
        is_past = time.is_past(today)
    backups = tuple(backups_since(acts.repository, time.patient.made_at))
    return Foreseen(time, is_past, len(whole.entities), len(whole.recording_ids), backups)


def erase_said(
    acts: Acts,
    logins: Logins,
    signed: Signed,
    patient_id: str,
    said: Said,
    backups: Backups | None,
) -> Erased:
    """Erase a patient for who has just shown once more who she is, and types the patient's name.

    Raises NotConfirmedError, CallerError for another name and while one of `backups` is made,
    and as `erase` does. Of one who is erased already no name is known any more; see there.
    """
    erased_at = _erased_at(acts, signed.actor, patient_id)
    if erased_at is None:
        acts.check(signed.actor, "patient.erase", patient_id)
    logins.must_be_confirmed(signed)
    must_rest(backups)
    if erased_at is not None:
        return _expunge_again(acts, signed.actor, patient_id, erased_at)
    foreseen = foresee(acts, signed.actor, patient_id)
    if search_key(said.name) != search_key(foreseen.name):
        raise CallerError("That is not her name; type it as it stands above.")
    return _erase_all(acts, signed.actor, patient_id, said.ground or None)


def gone(
    repository: Repository, patients: Collection[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Return which of these, each the id of a clinic and of a patient, have no record there."""
    with repository.work(writes=False) as work:
        return frozenset(
            (tenant_id, one)
            for tenant_id, one in patients
            if not work.count(Patient, tenant_id, where(id=one))
        )


def _erased_at(acts: Acts, actor: Actor, patient_id: str) -> str | None:
    """Return when she was erased, to somebody who may know; a crash may have left bytes."""
    if not may(actor, "patient.erase", "clinic") or not is_id(patient_id):
        return None
    with acts.repository.work(writes=False) as work:
        if work.count(Patient, actor.tenant_id, where(id=patient_id)):
            return None
        lines = [one.entry for one in work.audit_lines(actor.tenant_id, patient_id=patient_id)]
    done = [one.at for one in lines if (one.action, one.outcome) == ("patient.erase", "done")]
    return done[-1] if done else None


def _erase_all(acts: Acts, actor: Actor, patient_id: str, ground: str | None) -> Erased:
    if ground is not None and ground not in grounds():
        raise CallerError(
            "%(ground)s is no ground for erasing early; choose one of %(known)s.",
            ground=ground,
            known=grounds(),
        )
    with acts.on_patient(actor, "patient.erase", patient_id) as act:
        whole = whole_of(act.work, patient_of(act))
        today = act.at[:10]
        time = kept(act.work, whole, today)
        if ground is None and not time.is_past(today):
            raise MustBeKeptError(time)
        _must_be_quiet(act.work)
        act.detail = f"ground={ground or 'time'}"
        for recording_id in whole.recording_ids:
            act.work.erase_recording(recording_id)
        for entity in reversed(whole.entities):
            act.work.erase(type(entity), entity.id, entity.tenant_id)
            if isinstance(entity, User):
                leave_nothing(act.work, entity.email_key)
    acts.told(patient_id)
    _expunge(acts.repository)
    backups = tuple(backups_since(acts.repository, time.patient.made_at))
    return Erased(len(whole.entities), len(whole.recording_ids), backups)


def _expunge_again(acts: Acts, actor: Actor, patient_id: str, erased_at: str) -> Erased:
    with acts.repository.work(writes=True) as work:
        _must_be_quiet(work)
        left = work.recordings_of(actor.tenant_id, patient_id)
        for recording_id in left:
            work.erase_recording(recording_id)
    _expunge(acts.repository)
    return Erased(0, len(left), tuple(backups_since(acts.repository, "", until=erased_at)))


def _expunge(repository: Repository) -> None:
    """Leave no byte of what was erased, also where a killed export or backup had written it."""
    for folder in {None, repository.folder, *folders_of_backups(repository)}:
        remove_left_over(folder)
    repository.expunge()


def _must_be_quiet(work: Work) -> None:
    """Nobody may be recorded, measured or trained: the samples to come would be left of her."""
    if work.is_recording() or work.find(Session, None, where(state="open"), limit=1):
        raise CallerError("Somebody is training now; erase when no session is under way.")
