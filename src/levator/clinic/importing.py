"""Taking in a patient whom another clinic has exported; what is here already is passed over.

Everything in the file is looked at before anything is kept. What would open a gate comes in as
what another clinic says: it counts once her therapist here has signed or decided it herself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from levator.clinic.acting import Act, Acts
from levator.clinic.kept_values import ahead, wrong_field
from levator.clinic.revoking import asking_anew, revoke_all
from levator.clinic.told_elsewhere import as_told, is_to_sign
from levator.clinic.unkept import is_of_recording_alone
from levator.errors import CallerError, ContentError, Phrase, RecordingError, Value, system_reason
from levator.formats.exact_recording import Kept
from levator.formats.patient_file import PatientFile, kinds_in_order
from levator.records.access import Actor
from levator.records.entity import Entity, references
from levator.records.kinds import KINDS, name_of, of_patient
from levator.records.model import Batch, Ending, RecordingHeader, batch_of
from levator.records.people import Patient, User
from levator.records.reminders import CalendarFeed, PushSubscription
from levator.records.repository import Repository
from levator.records.treatment import (
    Course,
    RedFlag,
    Session,
)
from levator.records.work import where

_BATCH_RECORDS = 500
_ACTION = "patient.import"
#: An account, a link and a browser open or reach something at the clinic that made them, only.
_OF_HERE = frozenset({User, CalendarFeed, PushSubscription})


@dataclass(frozen=True, slots=True)
class Imported:
    """Who came, and how much of hers was not here yet. to_sign : kinds among it that open nothing
    until somebody here puts her name to it."""

    patient: Patient
    entities: int
    recordings: int
    to_sign: frozenset[str]


def take_in(acts: Acts, actor: Actor, file: Path) -> Imported:
    """Take a patient's record into the actor's clinic. Her account does not come along.

    Raises ContentError for a file that is not whole or holds what cannot be, CallerError where
    an id in it belongs to somebody else's record; then nothing is taken in.
    """
    acts.check_here(actor, _ACTION)
    try:
        source = file.open("rb")
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be read (%(reason)s); give another file.",
            file=str(file),
            reason=system_reason(error),
        ) from error
    with source:
        return take_in_from(acts, actor, source, file.name)


def take_in_from(acts: Acts, actor: Actor, source: IO[bytes], name: Value) -> Imported:
    """Take in what an open file holds, called `name` where something is wrong; see `take_in`."""
    acts.check_here(actor, _ACTION)
    try:
        return _take_in(acts, actor, PatientFile(name, source))
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise ContentError(
            "%(file)s cannot be taken in: %(reason)s; export it again.",
            file=name,
            reason=Phrase("it is no export of a patient"),
        ) from error


def _take_in(acts: Acts, actor: Actor, held: PatientFile) -> Imported:
    patient_id, recordings = held.about["patient"], held.recording_ids()
    entities = list(_hers(held, actor.tenant_id, patient_id, acts.now()))
    for recording_id in recordings:
        _look_at(held, recording_id)
    new = _not_here(acts.repository, entities, held, actor.tenant_id)
    with _undone_if_refused(acts.repository) as begun:
        for recording_id in recordings:
            if recording_id in new:
                _begin(acts.repository, held, recording_id, actor.tenant_id)
                begun.append(recording_id)
            _put_rest(acts.repository, held, recording_id)
        with acts.in_tenant(actor, _ACTION) as act:
            act.about = patient_id
            kept = _put(act, entities, patient_id)
            act.detail = " ".join(f"{name_of(type(one))}={one.id}" for one in kept)
            patient = act.work.get(Patient, patient_id, actor.tenant_id)
    to_sign = frozenset(name_of(type(one)) for one in kept if is_to_sign(one))
    return Imported(patient, len(kept), len(new), to_sign)


# --- Looking


def _hers(held: PatientFile, tenant_id: str, patient_id: str, now: str) -> Iterable[Entity]:
    wanted = {Patient, *of_patient().values()} - _OF_HERE
    for kind in kinds_in_order():
        for place, entity in held.entities(kind, tenant_id) if kind in wanted else ():
            whose = entity.id if kind is Patient else getattr(entity, "patient_id", None)
            if whose != patient_id:
                raise held.wrong(Phrase("something in it is not hers"))
            if field := wrong_field(entity):
                raise held.wrong_value(place, field)
            if field := ahead(entity, now):
                raise held.to_come(place, field)
            yield entity


def _look_at(held: PatientFile, recording_id: str) -> None:
    records = held.recording(recording_id)
    header = next(records, None)
    if not isinstance(header, RecordingHeader) or header.closed_at is None:
        raise held.wrong(Phrase("a recording in it has no end"))
    for _ in records:
        pass


def _not_here(
    repository: Repository,
    entities: list[Entity],
    held: PatientFile,
    tenant_id: str,
) -> frozenset[str]:
    """Return which of the recordings are new; what a power cut left half taken in goes first.

    Raises CallerError for one that neither a sitting of hers names nor it itself calls hers, that
    is here for somebody else, or that is under way: a file must not open another's, nor end hers.
    """
    sessions = [one for one in entities if isinstance(one, Session)]
    named = {one.recording_id for one in sessions if one.recording_id is not None}
    patient_id, recordings = held.about["patient"], held.recording_ids()
    named |= {one for one in recordings if _calls_itself(held, one) == patient_id}
    with repository.work(writes=False) as work:
        here = work.find(Session, tenant_id, where(patient_id=patient_id))
        told = {one.recording_id: one for one in here if one.recording_id is not None}
        sittings = {one for one in told if work.is_recording_of(one, tenant_id, patient_id)}
        known = sittings | {*work.recordings_of(tenant_id, patient_id)}
    trained = {name for name, one in told.items() if not is_of_recording_alone(one)}
    kept = {one for one in named if _is_here(repository, one)}
    if not named >= {*recordings} or kept - known:
        raise _of_another()
    if any(repository.header(one).state == "open" for one in kept & {*recordings}):
        raise CallerError(
            "A recording in it is under way here; take the file in once that has ended."
        )
    halves = {one for one in kept - trained if _is_half(repository, held, one)}
    if halves:
        _erase(repository, halves)
    return frozenset(recordings) - (kept - halves)


def _is_half(repository: Repository, held: PatientFile, recording_id: str) -> bool:
    """Return whether a recording that nothing here names was cut off, and in the file was not."""
    is_cut_off = repository.header(recording_id).state == "interrupted"
    return is_cut_off and _header(held.recording(recording_id)).state != "interrupted"


def _erase(repository: Repository, recording_ids: Iterable[str]) -> None:
    with repository.work(writes=True) as work:
        for recording_id in recording_ids:
            work.erase_recording(recording_id)


def _calls_itself(held: PatientFile, recording_id: str) -> str:
    """Return whose a calibration calls itself; a session is named by her sitting."""
    header = next(held.recording(recording_id), None)
    return header.patient_id if isinstance(header, RecordingHeader) else ""


def _is_here(repository: Repository, recording_id: str) -> bool:
    try:
        repository.header(recording_id)
    except RecordingError:
        return False
    return True


def _of_another() -> CallerError:
    return CallerError(
        "Something in this file is kept here in another record; nothing was taken in."
    )


# --- Keeping


@contextmanager
def _undone_if_refused(repository: Repository) -> Iterator[list[str]]:
    """Leave none of the recordings behind that are named in the list that it gives. They are put
    a few records at a time: one long transaction would let whoever trains here wait."""
    begun: list[str] = []
    try:
        yield begun
    except BaseException:
        _erase(repository, begun)
        raise


def _begin(repository: Repository, held: PatientFile, recording_id: str, tenant_id: str) -> None:
    """Begin a recording as hers in this clinic, under no name.

    Raises CallerError where another who takes in was quicker: it stays that one's.
    """
    if _is_here(repository, recording_id):
        raise _of_another()
    begun = replace(
        _header(held.recording(recording_id)).as_begun(),
        title="",
        tenant_id=tenant_id,
        patient_id=held.about["patient"],
    )
    repository.append(Batch(begun=(begun,)))


def _header(records: Iterator[Kept]) -> RecordingHeader:
    header = next(records)
    if not isinstance(header, RecordingHeader):
        raise AssertionError("it was looked at before")
    return header


def _put_rest(repository: Repository, held: PatientFile, recording_id: str) -> None:
    records = held.recording(recording_id)
    header = _header(records)
    waiting = []
    for record in records:
        waiting.append(record)
        if len(waiting) >= _BATCH_RECORDS:
            repository.append(batch_of(list(waiting)))
            waiting.clear()
    ending = Ending(recording_id, header.closed_at or "", header.ended_by or "")
    repository.append(batch_of([*waiting, ending]))


def _put(act: Act, entities: Sequence[Entity], patient_id: str) -> list[Entity]:
    """Keep what is not here yet, and return it.

    Who signed a clearance here knew nothing of the red flags and complications of the file.
    """
    here = act.work.find(Patient, act.actor.tenant_id, where(id=patient_id), limit=1)
    if not here:
        return list(_put_new(act, entities, patient_id))
    hers = replace(act, patient=here[0])
    with asking_anew(hers):
        kept = list(_put_new(act, entities, patient_id))
    flag = next((one for one in kept if isinstance(one, RedFlag)), None)
    if flag is not None:
        revoke_all(hers, flag.code)
    return kept


def _put_new(act: Act, entities: Sequence[Entity], patient_id: str) -> Iterator[Entity]:
    """Keep what is not here yet, and yield it."""
    has_course = bool(
        act.work.find(Course, act.actor.tenant_id, where(patient_id=patient_id), limit=1)
    )
    for entity in entities:
        found = act.work.find(type(entity), entity.tenant_id, where(id=entity.id), limit=1)
        if not found:
            _must_refer_to_hers(act, entity, patient_id)
            made_up = _made_up(act, entity)
            kept = act.put(as_told(act, _with_pain_of(entity, made_up), has_course=has_course))
            for one in made_up:
                _give_way(act, one, kept)
            has_course |= isinstance(kept, Course) and kept.ended_on is None
            yield kept
        elif not isinstance(entity, Patient) and _whose(found[0]) != patient_id:
            raise _of_another()


def _made_up(act: Act, entity: Entity) -> list[Session]:
    """Return what a start of ours made up of the recording of a session, before that came.

    A power cut between the recordings of a file and its entities leaves pain without a session.
    """
    if not isinstance(entity, Session) or entity.recording_id is None:
        return []
    same = where(patient_id=entity.patient_id, recording_id=entity.recording_id)
    found = act.work.find(Session, entity.tenant_id, same)
    return [one for one in found if is_of_recording_alone(one)]


def _with_pain_of(entity: Entity, made_up: Sequence[Session]) -> Entity:
    return replace(entity, had_pain=True) if isinstance(entity, Session) and made_up else entity


def _give_way(act: Act, made_up: Session, kept: Entity) -> None:
    """Remove what was made up of a session; what was written of it since is of the session."""
    named = [(kind, *one) for kind in KINDS.values() for one in references(kind)]
    for kind, field in ((kind, field) for kind, field, table in named if table == "session"):
        instead: dict[str, Any] = {field: kept.id}
        for one in act.work.find(kind, kept.tenant_id, where(**{field: made_up.id})):
            act.put(replace(one, **instead))
    act.work.erase(Session, made_up.id, made_up.tenant_id)


def _whose(entity: Entity) -> str | None:
    return entity.id if isinstance(entity, Patient) else getattr(entity, "patient_id", None)


def _must_refer_to_hers(act: Act, entity: Entity, patient_id: str) -> None:
    for field, table in references(type(entity)):
        found = act.work.find(
            KINDS[table], entity.tenant_id, where(id=getattr(entity, field)), limit=1
        )
        if found and _whose(found[0]) != patient_id:
            raise _of_another()
