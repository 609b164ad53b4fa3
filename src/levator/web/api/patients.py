"""Routes about who she is: list, make, read, change, take on, hand over, and her record."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from levator.clinic import history, patients
from levator.clinic.history import History
from levator.clinic.patients import PatientDetails, PatientPage
from levator.records.entity import Entity
from levator.records.people import Patient
from levator.web.api import asking
from levator.web.api.asking import Id, IfMatch, Limit, Offset
from levator.web.api.routes import Asking, Bounded, Doing, route, tagged
from levator.web.api.shown import PatientListShown
from levator.web.api.shown_record import RecordShown, shown

router = APIRouter(route_class=Bounded, tags=["patients"])
_PATIENT = shown(Patient)


@router.get("/patients", **route("patient.list", model=PatientListShown))
def list_patients(
    acts: Doing,
    actor: Asking,
    mine: bool = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> PatientPage:
    """List patients by name."""
    return patients.find(acts, actor, is_mine=mine, limit=limit, offset=offset)


@router.post("/patients/search", **route("patient.list", model=PatientListShown))
def search_patients(acts: Doing, actor: Asking, asked: asking.SearchAsked) -> PatientPage:
    """List who is looked for: every word of `text` is in names or number. In no address."""
    is_mine, limit, offset = asked.mine, asked.limit, asked.offset
    return patients.find(acts, actor, asked.text, is_mine=is_mine, limit=limit, offset=offset)


@router.api_route("/patients/search", methods=["GET", "PUT"], include_in_schema=False)
@router.api_route("/patients/import", methods=["GET", "PUT"], include_in_schema=False)
def no_patient_is_called_so() -> None:
    """Say so, before a word of an address is taken for an id."""
    raise HTTPException(405)


@router.put("/patients/{patient_id}", **route("patient.make", 404, 409, model=_PATIENT))
def keep_patient(
    acts: Doing,
    actor: Asking,
    patient_id: Id,
    asked: asking.PatientAsked,
    answer: Response,
    if_match: IfMatch = None,
) -> Entity:
    """Make a patient, or change her where If-Match names the version that was read."""
    given = asked.model_dump(exclude={"is_somebody_else"})
    details, is_else = PatientDetails(**given), asked.is_somebody_else
    version = asking.version_of(if_match)
    if version:
        kept = patients.change(acts, actor, patient_id, version, details, is_somebody_else=is_else)
    else:
        kept = patients.make(acts, actor, patient_id, details, is_somebody_else=is_else)
    return tagged(answer, kept)


@router.get("/patients/{patient_id}", **route("patient.read", 404, model=_PATIENT))
def read_patient(acts: Doing, actor: Asking, patient_id: Id, answer: Response) -> Entity:
    """Read who she is."""
    return tagged(answer, patients.read(acts, actor, patient_id))


@router.post("/patients/{patient_id}/take-on", **route("patient.take_on", 404, 409, model=_PATIENT))
def take_on(acts: Doing, actor: Asking, patient_id: Id, asked: asking.TakeOnAsked) -> Entity:
    """Begin to treat a patient of another therapist, with a reason that is kept."""
    return patients.take_on(acts, actor, patient_id, asked.note_id, asked.because)


@router.post("/patients/{patient_id}/hand-over", **route("patient.hand_over", 404, model=_PATIENT))
def hand_over(acts: Doing, actor: Asking, patient_id: Id, asked: asking.HandOverAsked) -> Entity:
    """Let another therapist of the clinic treat her."""
    return patients.hand_over(acts, actor, patient_id, asked.user_id, asked.in_place_of)


@router.get("/patients/{patient_id}/record", **route("treatment.read", 404, model=RecordShown))
def read_record(acts: Doing, actor: Asking, patient_id: Id) -> History:
    """Read all of her record."""
    return history.read(acts, actor, patient_id)
