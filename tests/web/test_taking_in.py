"""A patient's record that is sent to the page or the interface: whole or not at all."""

import io
import json
import socket
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from levator.clinic import arrivals, importing
from levator.records.audit import AuditEntry
from levator.records.people import Login, Patient
from levator.records.treatment import Clearance
from levator.records.work import where
from levator.web.formcheck import FORM_TOKEN_HEADER
from levator.web.signed import form_token_for
from tests.clinic.elsewhere import changed
from tests.clinic.elsewhere import file as from_elsewhere
from tests.web.cases import sent_record
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import CANARIES, HERE, THERE

__all__ = ["from_elsewhere"]

PLACES = ("/patients/import", "/api/v1/patients/import")
ZIP = {"content-type": "application/zip"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("taking-in")) as both:
        yield both


def exported(both: TwoClinics) -> tuple[str, bytes]:
    """Id and file of a new woman of the other clinic, as its admin saves it."""
    hers, there = both.record(THERE), both.person("clinic_admin", THERE)
    answer = both.ask(there, "POST", f"/patients/{hers.patient}/export")
    return hers.patient, answer.content


def sent(both: TwoClinics, who: Person, path: str, file: bytes) -> Any:
    return both.ask(who, "POST", path, content=file, headers=ZIP)


def is_here(both: TwoClinics, patient_id: str) -> bool:
    with both.clinic.repository.work(writes=False) as work:
        return work.count(Patient, HERE, where(id=patient_id)) == 1


def imports(both: TwoClinics, after: int) -> list[AuditEntry]:
    return [one for one in both.told(HERE, after) if one.action == "patient.import"]


def test_the_page_says_who_came_and_what_waits(both: TwoClinics, admin: Person) -> None:
    hers, file = exported(both)
    after = both.last_line(HERE)
    page = sent(both, admin, PLACES[0], file)
    assert page.status_code == 200
    assert f"{CANARIES[THERE]} {hers[:6]}" in page.text
    assert "is taken in" in page.text
    assert f'<a class="button primary" href="/patients/{hers}/hand-over">' in page.text
    for words in ("counts once a therapist here signs one", "the therapist decides anew"):
        assert words in page.text
    [told] = imports(both, after)
    assert (told.patient_id, told.outcome, told.user_id) == (hers, "done", admin.user)
    with both.clinic.repository.work(writes=False) as work:
        [kept] = work.find(Clearance, HERE, where(patient_id=hers))
    assert kept.entered_by == ""
    again = sent(both, admin, PLACES[0], file)
    assert "was here already" in again.text
    assert "waits for her therapist" not in again.text


def test_a_program_is_told_the_same(both: TwoClinics, admin: Person) -> None:
    hers, file = exported(both)
    answer = sent(both, admin, PLACES[1], file)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["patient_id"], told["recordings"]) == (hers, 0)
    assert "clearance" in told["to_sign"]
    assert "pain_score" not in told["to_sign"]


def test_her_recordings_come_along_and_nothing_of_a_refused_file_stays(
    both: TwoClinics, admin: Person, from_elsewhere: Path, tmp_path: Path
) -> None:
    wrong = changed(from_elsewhere, tmp_path / "wrong.zip", "pain_score", score=999)
    answer = sent(both, admin, PLACES[1], wrong.read_bytes())
    assert "score in entities/pain_score.jsonl:1 cannot be" in answer.json()["sentence"]
    assert both.clinic.repository.recordings() == []
    answer = sent(both, admin, PLACES[0], from_elsewhere.read_bytes())
    assert "1 recording came with it." in answer.text
    [kept] = both.clinic.repository.recordings()
    assert (kept.id, kept.tenant_id, kept.title) == ("wave", HERE, "")


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("about.json", json.dumps({"format": "levator patient 1"}))
        zipped.writestr("zeros", b"\0" * 30_000_000)
    return made.getvalue()


def crowd() -> bytes:
    """A list of so many members that reading it alone would take a gigabyte, were it whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for at in range(12_000):
            zipped.writestr(f"{at:05}" + "x" * 60, b"")
    return made.getvalue()


def newer() -> bytes:
    made = io.BytesIO()
    about = {"format": "levator patient 2", "patient": "a" * 32, "files": {}}
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("about.json", json.dumps(about))
    return made.getvalue()


def climbing() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("../../levator.db", b"x")
        zipped.writestr("about.json", json.dumps({"format": "levator patient 1"}))
    return made.getvalue()


WRONG = [
    (b"", "The file cannot be taken in: it is no export of a patient"),
    (b"no zip", "it is no export of a patient"),
    (b"PK\x05\x06" + b"\xff" * 18, "it is no export of a patient"),
    (bomb(), "it grows too much when unpacked"),
    (crowd(), "it is no export of a patient"),
    (newer(), "The file was made by a newer levator; update this one, then take it in."),
    (climbing(), "it is no export of a patient"),
]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(("file", "words"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_the_sentence_of_the_command(
    both: TwoClinics, admin: Person, path: str, file: bytes, words: str
) -> None:
    after = both.last_line(HERE)
    answer = sent(both, admin, path, file)
    assert answer.status_code == 422
    assert words in answer.text
    assert imports(both, after) == []


@pytest.mark.parametrize("path", PLACES)
def test_what_is_no_file_is_asked_for(both: TwoClinics, admin: Person, path: str) -> None:
    answer = both.ask(admin, "POST", path, data={"file": "1042.zip"})
    assert answer.status_code == 422
    assert "Choose the file of an export" in answer.text


def test_only_an_admin_of_the_clinic_sends_one_and_nothing_of_it_is_read(both: TwoClinics) -> None:
    for role in ("patient", "therapist", "researcher", "system_admin"):
        who = both.person(role)
        for path in PLACES:
            assert sent(both, who, path, b"x" * 5_000_000).status_code == 403


@pytest.mark.parametrize("path", PLACES)
def test_a_larger_file_is_refused_before_it_is_read(
    both: TwoClinics, admin: Person, path: str
) -> None:
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {both.server.address.removeprefix('http://')}",
        f"Origin: {both.server.address}",
        f"Cookie: {both.server.login_cookie}={admin.token}",
        f"{FORM_TOKEN_HEADER}: {form_token_for(admin.token)}",
        "Content-Type: application/zip",
        "Accept-Language: en",
        f"Content-Length: {arrivals.MOST_BYTES + 1}",
    ]
    port = int(both.server.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + b"PK")
        answer = line.recv(100_000).decode()
        while "larger than" not in answer:
            more = line.recv(100_000).decode()
            assert more, answer
            answer += more
    assert " 422 " in answer.partition("\r\n")[0]
    assert "larger than 2 GB; take it in at the computer" in answer


def test_one_that_does_not_say_its_length_ends_at_the_limit(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("levator.web.arriving.MOST_BYTES", 100_000)
    pieces = (b"x" * 60_000 for _ in range(4))
    answer = both.ask(admin, "POST", PLACES[1], content=pieces, headers=ZIP)
    assert answer.status_code == 422
    assert "larger than" in answer.json()["sentence"]


def test_a_full_disk_is_said_and_no_file_has_a_name(
    both: TwoClinics, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = exported(both)[1]
    assert sent(both, admin, PLACES[0], file).status_code == 200
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    answer = sent(both, admin, PLACES[0], file)
    assert answer.status_code == 503
    assert "cannot be received (it is not there)" in answer.text
    assert sent(both, admin, PLACES[1], file).json()["code"] == "not_saved"


@pytest.mark.parametrize(("path", "status"), [(PLACES[0], 303), (PLACES[1], 401)])
def test_a_login_that_ends_while_the_file_comes_keeps_nothing(
    both: TwoClinics, admin: Person, path: str, status: int
) -> None:
    login, file = both.login_of(admin), sent_record()["content"]

    def pieces() -> Iterator[bytes]:
        yield file[:100]
        time.sleep(0.2)  # so that it was asked who sends it
        with both.clinic.repository.work(writes=True) as work:
            over = {"until": both.clinic.now().isoformat()}
            work.put(replace(work.get(Login, login, HERE), **over))
        yield file[100:]

    after = both.last_line(HERE)
    answer = both.ask(admin, "POST", path, content=pieces(), headers=ZIP)
    assert answer.status_code == status
    assert imports(both, after) == []


def test_of_two_at_once_the_second_waits_and_another_clinic_does_not(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, goes_on, real = Event(), Event(), importing.take_in_from

    def slow(*given: Any) -> Any:
        if not reached.is_set():
            reached.set()
            assert goes_on.wait(20)
        return real(*given)

    monkeypatch.setattr("levator.web.arriving.take_in_from", slow)
    answers: list[Any] = []
    file = sent_record()["content"]
    first = Thread(target=lambda: answers.append(_by_itself(both, admin, file)))
    first.start()
    assert reached.wait(20)
    # The first is being taken in, in a thread: everything else is answered meanwhile.
    second = sent(both, admin, PLACES[1], file)
    assert "taking a record in just now" in second.json()["sentence"]
    other = both.person("clinic_admin", THERE)
    assert sent(both, other, PLACES[1], sent_record()["content"]).status_code == 200
    goes_on.set()
    first.join(20)
    assert answers == [200]
    assert sent(both, admin, PLACES[1], file).status_code == 200


def _by_itself(both: TwoClinics, who: Person, file: bytes) -> int:
    with httpx.Client(base_url=both.server.address, timeout=30) as http:
        headers = both._headers(who) | ZIP
        return http.post(PLACES[1], content=file, headers=headers).status_code


def test_a_line_that_is_silent_gives_its_place_to_another(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("levator.web.arriving.SILENT_S", 0.2)
    file, done = sent_record()["content"], Event()

    def silent() -> Iterator[bytes]:
        yield file[:100]
        done.wait(20)

    with ThreadPoolExecutor(1) as thread, httpx.Client(base_url=both.server.address) as browser:
        headers = both._headers(admin) | ZIP
        waits = thread.submit(browser.post, PLACES[1], content=silent(), headers=headers)
        while HERE not in both.clinic.arrivals._busy:
            time.sleep(0.01)
        for _ in range(100):
            answer = sent(both, admin, PLACES[1], file)
            if answer.status_code == 200:
                break
            time.sleep(0.05)
        done.set()
        told = waits.result()
    assert answer.status_code == 200
    assert told.json()["sentence"] == "The file has stopped coming; send it again."


def test_a_line_that_breaks_keeps_nothing_and_frees_the_place(
    both: TwoClinics, admin: Person
) -> None:
    after, file = both.last_line(HERE), sent_record()["content"]

    def broken() -> Iterator[bytes]:
        yield file[:100]
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        both.ask(admin, "POST", PLACES[1], content=broken(), headers=ZIP)
    for _ in range(100):
        answer = sent(both, admin, PLACES[1], file)
        if answer.status_code == 200:
            break
        time.sleep(0.05)
    assert answer.status_code == 200
    assert len(imports(both, after)) == 1
