"""A sitting that names a recording which is kept here of somebody else: nobody follows it there."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import sessions
from levator.clinic.acting import Acts
from levator.clinic.erasing import erase, foresee
from levator.clinic.exporting import export
from levator.clinic.importing import take_in
from levator.clinic.sessions import Told
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.model import Batch, EventRecord
from levator.records.people import Patient, User
from levator.testing.repository import a_header
from levator.training.plain import event_to_plain
from tests.clinic import desk
from tests.clinic.elsewhere import ADMIN, file, members_of, sitting, written
from tests.texts.test_sentences import REPETITION

__all__ = ["file"]
FAR = desk.actor("5" * 32, "clinic_admin", desk.OTHER)


@pytest.fixture
def hers(acts: Acts, file: Path, tmp_path: Path) -> str:
    """The woman of both clinics: here without the recording of her sitting, which was under way
    as she was exported; there with it."""
    with acts.repository.work(writes=True) as work:
        told = {"id": FAR.user_id, "tenant_id": FAR.tenant_id, "role": FAR.role}
        address = {"email": "5@example.org", "email_key": "5@example.org"}
        work.put(User(**told, **address, name="Administrator 5", state="active"))
    members = {name: body for name, body in members_of(file).items() if "recordings/" not in name}
    early = written(members, tmp_path / "early.zip", {"left_out": ["wave"]})
    came = take_in(acts, ADMIN, early)
    assert take_in(acts, FAR, file).recordings == 1
    return came.patient.id


def session_of(acts: Acts, who: Actor, patient_id: str) -> Told:
    [kept] = sessions.all_of(acts, who, patient_id)
    assert kept.recording_id == "wave"
    return sessions.told(acts, who, patient_id, kept.id)


def test_it_is_in_the_export_of_the_clinic_that_keeps_it_alone(
    acts: Acts, hers: str, tmp_path: Path
) -> None:
    for who, is_there in ((ADMIN, False), (FAR, True)):
        made = tmp_path / f"{who.user_id}.zip"
        export(acts, who, hers, made)
        with zipfile.ZipFile(made) as zipped:
            found = [name for name in zipped.namelist() if name.startswith("recordings/")]
            assert bool(found) == is_there
            assert json.loads(zipped.read("about.json"))["left_out"] == []


def test_erasing_here_leaves_it_there(acts: Acts, hers: str, tmp_path: Path) -> None:
    assert foresee(acts, ADMIN, hers).recordings == 0
    assert erase(acts, ADMIN, hers, "her-request").recordings == 0
    assert len(list(acts.repository.blocks("wave"))) == 2
    assert erase(acts, FAR, hers, "her-request").recordings == 1
    assert acts.repository.recordings() == []


def test_its_rounds_and_its_report_are_shown_there_alone(acts: Acts, hers: str) -> None:
    far = desk.actor(desk.FAR, "therapist", desk.OTHER)
    with acts.repository.work(writes=True) as work:
        work.put(replace(work.get(Patient, hers, desk.OTHER), treated_by=(desk.FAR,)))
    for who, shown in ((desk.actor(), None), (far, "wave")):
        assert session_of(acts, who, hers).session.recording_id == shown


@pytest.mark.usefixtures("hers")
def test_the_file_that_holds_it_is_refused_here(acts: Acts, file: Path) -> None:
    with pytest.raises(CallerError, match="in another record"):
        take_in(acts, ADMIN, file)
    assert acts.repository.header("wave").tenant_id == desk.OTHER


def test_nor_does_anybody_follow_it_to_another_woman_of_the_clinic(acts: Acts) -> None:
    mia, zoe = desk.made(acts).id, desk.made(acts, given_name="Zoë").id
    begun = replace(a_header("hers"), title="", tenant_id=desk.TENANT, patient_id=zoe)
    event = EventRecord("hers", 0, event_to_plain(REPETITION))
    acts.repository.append(Batch(begun=(begun,), events=(event,)))
    acts.repository.close_recording("hers", desk.NOW, "stop")
    for patient_id in (mia, zoe):
        made = sitting(patient_id, "hers")
        with acts.repository.work(writes=True) as work:
            work.put(made)
        told = sessions.told(acts, desk.actor(), patient_id, made.id)
        assert len(told.rounds) == (patient_id == zoe)
    assert erase(acts, ADMIN, mia, "her-request").recordings == 0
    assert acts.repository.header("hers").patient_id == zoe
