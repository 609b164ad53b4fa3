"""Her record leaves whole, without secrets, and comes back the same; nobody else's goes along."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.cli.main import main
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.exporting import export
from levator.clinic.importing import take_in
from levator.clinic.settings import new_clinic
from levator.clinic.whole import whole_of
from levator.errors import CallerError, ContentError, RecordingError, StorageError
from levator.formats.recording import open_recording
from levator.records.entity import Entity, fields_of
from levator.records.kinds import name_of
from levator.records.model import Batch
from levator.records.people import Login, Passkey, Patient, User
from levator.records.repository import Repository
from levator.records.treatment import Note, Session
from levator.records.work import NotThereError
from levator.storage import open_repository
from levator.testing.repository import LATER, a_block, a_header
from tests.clinic import desk
from tests.clinic.erasable import WAVE, a_woman
from tests.reports.recording import Live, eventful

HERS, FORMULA = "c" * 32, '=HYPERLINK("x")'
ACCOUNTS = (User, Login, Passkey)


@pytest.fixture(scope="module")
def sitting() -> Live:
    return eventful("real")


@pytest.fixture
def acts(tmp_path: Path, sitting: Live) -> Iterator[Acts]:
    """A clinic with her, her sittings (one real, one interrupted, one under way) and a twin."""
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)
        a_woman(acts, HERS, "Mia", WAVE)
        a_woman(acts, "d" * 32, "Twin", WAVE)
        real = sitting.stored(repository)
        repository.begin_recording(a_header("cut"))
        repository.append(Batch(blocks=(a_block(0, "cut"),)))
        repository.recover_interrupted(desk.NOW)
        repository.begin_recording(a_header("live"))
        begun = replace(a_header("calibration"), title="", tenant_id=desk.TENANT, patient_id=HERS)
        repository.begin_recording(begun)
        repository.append(Batch(blocks=(a_block(0, "calibration"),)))
        repository.close_recording("calibration", LATER, "presence")
        with repository.work(writes=True) as work:
            for number, name in enumerate((real, "cut", "live")):
                work.put(a_session(f"x{number}", name))
            note = Note(
                id="f",
                tenant_id=desk.TENANT,
                patient_id=HERS,
                on_day=desk.TODAY,
                text=FORMULA,
                written_by=desk.ANKE,
                written_at=desk.NOW,
            )
            work.put(note)
            work.put(replace(note, version=1, session_id="x0"))
        yield acts


def a_session(session_id: str, recording_id: str, patient_id: str = HERS) -> Session:
    return Session(
        id=session_id,
        tenant_id=desk.TENANT,
        patient_id=patient_id,
        recording_id=recording_id,
        on_day=desk.TODAY,
        started_at=desk.NOW,
        stage="step-3",
    )


def exported(acts: Acts, folder: Path, patient_id: str = HERS) -> Path:
    file = folder / "hers.zip"
    export(acts, desk.actor(), patient_id, file)
    return file


def member(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as zipped:
        return zipped.read(name).decode()


def elsewhere(folder: Path) -> Acts:
    """Return acts over an empty clinic on another database."""
    (folder / "elsewhere").mkdir()
    repository = desk.opened("sqlite", folder / "elsewhere")
    with repository.work(writes=True) as work:
        work.put(new_clinic(desk.TENANT, "Empty", desk.NOW))
    return Acts(repository, lambda: desk.NOW)


def entities(acts: Acts, tenant: str = desk.TENANT) -> list[Entity]:
    with acts.repository.work(writes=False) as work:
        whole = whole_of(work, work.get(Patient, HERS, tenant))
    return [replace(one, version=0) for one in whole.entities if not isinstance(one, ACCOUNTS)]


def told_elsewhere(acts: Acts) -> list[Entity]:
    """Her record as it comes into a clinic where nobody treats her yet, or put her name to it."""
    by_whom = ("entered_by", "made_by", "written_by", "led_by")
    known = [
        replace(one, **{name: "" for name in by_whom if hasattr(one, name)})
        for one in entities(acts)
    ]
    changes: dict[type[Entity], dict[str, Any]] = {
        Patient: {"treated_by": (), "search_key": "mia mia"},
        Session: {"state": "interrupted"},
    }
    return [
        replace(one, **changes.get(type(one), {}))
        if not isinstance(one, Session) or one.state == "open"
        else one
        for one in known
    ]


def content(repository: Repository, name: str) -> str:
    begun = repository.header(name)
    found = (
        replace(begun, title="", tenant_id=desk.TENANT, patient_id=HERS),
        list(repository.blocks(name)),
        repository.gaps(name),
        repository.inputs(name),
        repository.events(name),
    )
    return repr(found)


def test_into_an_empty_clinic_it_gives_the_same_record_once(acts: Acts, tmp_path: Path) -> None:
    file, other = exported(acts, tmp_path), elsewhere(tmp_path)
    administrator = desk.actor(desk.ADMIN, "clinic_admin")
    done = take_in(other, administrator, file)
    assert (done.patient.id, done.entities, done.recordings) == (HERS, 35, 6)
    assert entities(other) == told_elsewhere(acts)
    for header in other.repository.recordings():
        assert content(other.repository, header.id) == content(acts.repository, header.id)
    again = take_in(other, administrator, file)
    assert (again.entities, again.recordings) == (0, 0)
    list(other.repository.seal_ended())
    assert take_in(other, administrator, file).entities == 0
    assert entities(other) == told_elsewhere(acts)
    other.repository.close()


def test_everything_is_in_it_that_the_schema_has_and_no_secret(acts: Acts, tmp_path: Path) -> None:
    file = exported(acts, tmp_path)
    with acts.repository.work(writes=False) as work:
        whole = whole_of(work, work.get(Patient, HERS, desk.TENANT))
    lines = {}
    for entity in whole.entities:
        name = f"entities/{name_of(type(entity))}.jsonl"
        told = [json.loads(line) for line in member(file, name).splitlines()]
        lines[entity.id] = next(one for one in told if one["id"] == entity.id)
    personal = 0
    for entity in whole.entities:
        for field in fields_of(type(entity)):
            is_in = field.name in lines[entity.id]
            assert is_in == ("secret" not in field.marks)
            personal += "personal" in field.marks
            if "personal" in field.marks:
                value = getattr(entity, field.name)
                kept = list(value) if isinstance(value, tuple) else value
                assert lines[entity.id][field.name] == kept
    assert personal > 40
    with zipfile.ZipFile(file) as zipped:
        assert not any(
            "token_digest" in zipped.read(name).decode("latin-1") for name in zipped.namelist()
        )


def test_what_it_says_of_itself_names_no_folder_that_is_not_there(
    acts: Acts, tmp_path: Path
) -> None:
    other = desk.made(acts, family_name="Peeters")
    said = member(exported(acts, tmp_path, other.id), "README.txt")
    assert "record.csv" in said
    assert "\nrecordings  " not in said


def test_what_is_in_it_can_be_used(acts: Acts, tmp_path: Path) -> None:
    file = exported(acts, tmp_path)
    about = json.loads(member(file, "about.json"))
    assert about["left_out"] == ["live"]
    with zipfile.ZipFile(file) as zipped:
        assert {*zipped.namelist()} == {*about["files"], "about.json"}
        for name, digest in about["files"].items():
            assert hashlib.sha256(zipped.read(name)).hexdigest() == digest
        [edf] = [name for name in zipped.namelist() if name.endswith(".edf")]
        (tmp_path / "one.edf").write_bytes(zipped.read(edf))
    assert open_recording(tmp_path / "one.edf").streams
    assert "alles wat Clinic van je bewaart" in member(file, "README.txt")
    assert "\nrecordings  " in member(file, "README.txt")
    looks = [json.loads(line) for line in member(file, "audit.jsonl").splitlines()]
    assert all(one["patient_id"] == HERS for one in looks)
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_cell_of_the_table_is_a_formula(acts: Acts, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(member(exported(acts, tmp_path), "record.csv"))))
    assert ["note", "f", "text", "'" + FORMULA] in rows
    assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row)


def test_nobody_else_is_in_it_and_not_everybody_may(acts: Acts, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(acts, tmp_path)) as zipped:
        assert not any(b"Twin" in zipped.read(name) for name in zipped.namelist())
    for who in (desk.actor(desk.BO), desk.actor(desk.FAR, "therapist", desk.OTHER)):
        with pytest.raises((RefusedError, NotThereError)):
            export(acts, who, HERS, tmp_path / "no.zip")
    with pytest.raises(RefusedError):
        take_in(acts, desk.actor(), tmp_path / "hers.zip")
    with pytest.raises(StorageError, match="give a new name"):
        exported(acts, tmp_path)
    assert not (tmp_path / "no.zip").exists()


def rewritten(file: Path, into: Path, changes: dict[str, str | None], *, fits: bool = True) -> Path:
    """Write a file anew with other members; `fits`: its list of checksums too."""
    with zipfile.ZipFile(file) as zipped, zipfile.ZipFile(into, "w") as out:
        members = {name: zipped.read(name) for name in zipped.namelist()}
        for name, text in changes.items():
            members.pop(name, None)
            if text is not None:
                members[name] = text.encode()
        about = json.loads(members.pop("about.json"))
        if fits:
            about["files"] = {
                name: hashlib.sha256(held).hexdigest() for name, held in members.items()
            }
        for name, held in members.items():
            out.writestr(name, held)
        out.writestr("about.json", json.dumps(about))
    return into


def test_what_was_changed_is_refused(acts: Acts, tmp_path: Path) -> None:
    file, other = exported(acts, tmp_path), elsewhere(tmp_path)
    administrator = desk.actor(desk.ADMIN, "clinic_admin")
    name = "entities/patient.jsonl"
    patient = json.loads(member(file, name))
    wrong: dict[str, tuple[dict[str, str | None], bool]] = {
        "was changed": ({name: "{}\n"}, False),
        "missing or was added": ({name: None}, False),
        "newer levator": ({name: json.dumps(patient | {"shoe_size": 40})}, True),
        "given_name in entities/patient.jsonl:1 cannot be": (
            {name: json.dumps(patient | {"given_name": 7})},
            True,
        ),
        "something in it is missing": (
            {name: json.dumps({key: patient[key] for key in patient if key != "family_name"})},
            True,
        ),
        "not hers": ({name: json.dumps(patient | {"id": "e" * 32})}, True),
        "not readable": ({name: "[" * 100_000}, True),
        "has no end": (
            {
                "recordings/cut.jsonl": json.dumps(
                    {
                        "header": {
                            "id": "cut",
                            "started_at": desk.NOW,
                            "title": "",
                            "context": {},
                            "versions": {},
                        }
                    }
                )
            },
            True,
        ),
    }
    for reason, (changes, fits) in wrong.items():
        changed = rewritten(file, tmp_path / "changed.zip", changes, fits=fits)
        with pytest.raises(ContentError, match=reason):
            take_in(other, administrator, changed)
    for junk in (b"", b"PK\x03\x04", file.read_bytes()[:-30], b"x" * 999):
        (tmp_path / "junk.zip").write_bytes(junk)
        with pytest.raises(ContentError, match="cannot be taken in"):
            take_in(other, administrator, tmp_path / "junk.zip")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("about.json", " " * 50_000_000)
    with pytest.raises(ContentError, match="grows too much"):
        take_in(other, administrator, tmp_path / "bomb.zip")
    other.repository.close()


def test_a_file_opens_nobody_elses_recording(acts: Acts, tmp_path: Path) -> None:
    """A sitting that names a recording of the twin must not make it hers."""
    file = exported(acts, tmp_path)
    with acts.repository.work(writes=True) as work:
        for session in work.find(Session, desk.TENANT):
            if session.patient_id == HERS and session.recording_id == "cut":
                work.put(replace(session, recording_id=None))
    administrator = desk.actor(desk.ADMIN, "clinic_admin")
    with pytest.raises(CallerError, match="in another record"):
        take_in(acts, administrator, file)
    far = desk.actor(desk.FAR, "clinic_admin", desk.OTHER)
    with pytest.raises((CallerError, RecordingError)):
        take_in(acts, far, file)
    with acts.repository.work(writes=False) as work:
        assert work.count(Patient, desk.OTHER) == 0


def test_from_the_command_line(
    acts: Acts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = elsewhere(tmp_path)
    other.repository.close()
    url, there = (f"sqlite:///{tmp_path}/{name}levator.db" for name in ("", "elsewhere/"))
    words = ["export", HERS, str(tmp_path / "a.zip"), "--clinic", desk.TENANT, "--database", url]
    assert main(words) == 0
    assert main(["import", str(tmp_path / "a.zip"), "--database", there]) == 0
    assert "6 recordings were new" in capsys.readouterr().out
    with open_repository(there) as repository:
        assert len(repository.recordings()) == 6
