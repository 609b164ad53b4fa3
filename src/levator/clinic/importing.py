"""Taking in a patient whom another clinic has exported; what is here already is passed over."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from levator.clinic.acting import Act, Acts
from levator.errors import CallerError, ContentError, Phrase, RecordingError
from levator.formats.patient_file import PatientFile, kinds_in_order
from levator.records.access import Actor
from levator.records.entity import Entity
from levator.records.kinds import of_patient
from levator.records.model import Batch, Ending, RecordingHeader, batch_of
from levator.records.people import Patient, User
from levator.records.repository import Repository
from levator.records.treatment import Session
from levator.records.work import where

_BATCH_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """Who came, and how much of hers was not here yet."""

    patient_id: str
    entities: int
    recordings: int


def take_in(acts: Acts, actor: Actor, file: Path) -> Imported:
    """Take a patient's record into the actor's clinic. Her account does not come along.

    Raises ContentError for a file that is not whole, CallerError where an id in it belongs to
    somebody else's record; then nothing is taken in.
    """
    try:
        with zipfile.ZipFile(file) as zipped:
            return _take_in(acts, actor, PatientFile(file, zipped))
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise ContentError(
            "%(file)s cannot be taken in: %(reason)s; export it again.",
            file=file.name,
            reason=Phrase("it is no export of a patient"),
        ) from error


def _take_in(acts: Acts, actor: Actor, held: PatientFile) -> Imported:
    patient_id = held.about["patient"]
    recordings = held.recording_ids()
    with acts.in_tenant(actor, "patient.import") as act:
        act.about = patient_id
        entities = list(_hers(held, actor.tenant_id, patient_id))
        _must_be_hers(act, acts.repository, entities, recordings, patient_id)
        new = sum(_put_new(act, entity, patient_id) for entity in entities)
    before = {header.id for header in acts.repository.recordings()}
    for recording_id in recordings:
        _put_recording(acts.repository, held, recording_id)
    return Imported(patient_id, new, len({*recordings} - before))


def _hers(held: PatientFile, tenant_id: str, patient_id: str) -> Iterable[Entity]:
    wanted = {Patient, *of_patient().values()} - {User}
    for kind in kinds_in_order():
        for entity in held.entities(kind, tenant_id) if kind in wanted else ():
            whose = entity.id if kind is Patient else getattr(entity, "patient_id", None)
            if whose != patient_id:
                raise held.wrong(Phrase("something in it is not hers"))
            yield entity


def _put_new(act: Act, entity: Entity, patient_id: str) -> bool:
    """Keep an entity that is not here yet; return whether it was new."""
    found = act.work.find(type(entity), entity.tenant_id, where(id=entity.id), limit=1)
    if not found:
        act.put(entity)
        return True
    if not isinstance(entity, Patient) and getattr(found[0], "patient_id", None) != patient_id:
        raise _of_another()
    return False


def _must_be_hers(
    act: Act,
    repository: Repository,
    entities: list[Entity],
    recordings: tuple[str, ...],
    patient_id: str,
) -> None:
    """Refuse recordings that no sitting of hers names, or that are here for somebody else.

    Recordings belong to whoever's sitting names them: a file must not open another's.
    """
    named = {one.recording_id for one in entities if isinstance(one, Session)} - {None}
    here = act.work.find(Session, act.actor.tenant_id, where(patient_id=patient_id))
    known = {one.recording_id for one in here}
    if not named >= {*recordings}:
        raise _of_another()
    for recording_id in named - known:
        if recording_id is not None and _is_here(repository, recording_id):
            raise _of_another()


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


def _put_recording(repository: Repository, held: PatientFile, recording_id: str) -> None:
    records = held.recording(recording_id)
    header = next(records, None)
    if not isinstance(header, RecordingHeader) or header.closed_at is None:
        raise held.wrong(Phrase("a recording in it has no end"))
    repository.append(Batch(begun=(header.as_begun(),)))
    waiting = []
    for record in records:
        waiting.append(record)
        if len(waiting) >= _BATCH_RECORDS:
            repository.append(batch_of(list(waiting)))
            waiting.clear()
    ending = Ending(recording_id, header.closed_at, header.ended_by or "")
    repository.append(batch_of([*waiting, ending]))
