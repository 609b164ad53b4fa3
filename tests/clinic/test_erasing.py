"""Erasing leaves no byte of her: names, waves, logins; and who looked stays, under a pseudonym."""

import sqlite3
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from levator.clinic import erasing
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.backup import make_backup
from levator.clinic.erasing import MustBeKeptError, erase, foresee
from levator.clinic.guesses import Guesses
from levator.clinic.retention import kept, past_their_time
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.clinic.whole import whole_of
from levator.errors import CallerError, StorageError
from levator.records.audit import AuditEntry
from levator.records.entity import Entity
from levator.records.kinds import KINDS, of_patient
from levator.records.model import Batch
from levator.records.people import Birth, Guess, Login, Passkey, Patient, Pregnancy, User
from levator.records.treatment import Note, PainScore, Session
from levator.records.work import NotThereError
from levator.storage import backup
from levator.storage.backup import back_up
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.repository import LATER, a_block, a_header
from tests.clinic import desk

CANARY = "Kanariezangeres"
#: A wave that no other recording has.
WAVE = struct.pack("<10h", *(place * 1237 % 30011 for place in range(10)))
NOW = "2026-11-29T10:00:00+01:00"


@pytest.fixture
def acts(tmp_path: Path) -> Iterator[Acts]:
    with desk.opened("sqlite", tmp_path) as repository:
        yield desk.clinic(repository)


def a_woman(acts: Acts, patient_id: str, name: str, wave: bytes, at: str = NOW) -> None:
    """Keep a woman with an account, a birth, sittings with recordings, notes and pain."""
    names = {"tenant_id": desk.TENANT}
    hers = names | {"patient_id": patient_id}
    day = at[:10]
    with acts.repository.work(writes=True) as work:
        work.put(
            Patient(
                id=patient_id,
                **names,
                given_name=name,
                family_name=name,
                email=f"{name}@example.org",
                search_key=name.casefold(),
                made_at=at,
                treated_by=(desk.ANKE,),
            )
        )
        user = f"u{patient_id}"
        work.put(
            User(
                id=user,
                **hers,
                name=name,
                email=f"{name}@example.org",
                email_key=f"{name}@example.org",
                role="patient",
            )
        )
        work.put(
            Passkey(
                id=f"k{patient_id}",
                user_id=user,
                name=name,
                credential_id=name,
                public_key=name,
                **names,
            )
        )
        work.put(
            Login(
                id=f"l{patient_id}",
                user_id=user,
                token_digest=name,
                made_at=at,
                seen_at=at,
                until=at,
                is_strong=True,
                browser=name,
                **names,
            )
        )
        work.put(Pregnancy(id=f"g{patient_id}", **hers, expected_on=day, made_at=at))
        work.put(
            Birth(
                id=f"b{patient_id}",
                **hers,
                pregnancy_id=f"g{patient_id}",
                born_on=day,
                mode="vaginal",
                made_at=at,
            )
        )
        for place in range(3):
            work.put(
                Session(
                    id=f"s{place}{patient_id}",
                    **hers,
                    recording_id=f"r{place}{patient_id}",
                    on_day=day,
                    started_at=at,
                    stage="step-3",
                    state="ended",
                )
            )
            for number in range(8):
                work.put(
                    Note(
                        id=f"n{place}{number}{patient_id}",
                        **hers,
                        on_day=day,
                        written_at=at,
                        written_by=desk.ANKE,
                        text=f"{name} " * (40 * number + 1),
                        session_id=f"s{place}{patient_id}",
                    )
                )
        work.put(
            PainScore(
                id=f"p{patient_id}",
                **hers,
                on_day=day,
                score=3,
                moment="after",
                entered_by=desk.ANKE,
                entered_at=at,
            )
        )
    for place in range(3):
        recording_id = f"r{place}{patient_id}"
        begun = replace(a_header(recording_id), title=name, facts={"name": name})
        acts.repository.begin_recording(begun)
        blocks = [replace(a_block(number, recording_id), values=wave) for number in range(60)]
        acts.repository.append(Batch(blocks=tuple(blocks)))
        acts.repository.close_recording(recording_id, LATER, "stop")
        if place == 0:
            list(acts.repository.seal_ended())


def many(acts: Acts, hers: str = "c" * 32) -> None:
    for number in range(12):
        a_woman(acts, f"{number:032}", f"Other{number}", struct.pack("<10h", *range(10)))
        if number == 6:
            a_woman(acts, hers, CANARY, WAVE)


def change_name(acts: Acts, patient_id: str) -> None:
    """Let an older form of her name lie in pages that were written over."""
    with acts.repository.work(writes=True) as work:
        patient = work.get(Patient, patient_id, desk.TENANT)
        work.put(replace(patient, family_name=f"{CANARY} Longer {'x' * 900}"))


def bytes_under(folder: Path) -> bytes:
    return b"\0".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def sealed_parts_of(folder: Path, patient_id: str) -> list[bytes]:
    connection = sqlite3.connect(folder / "levator.db")
    wanted = "SELECT content FROM sealed_part WHERE recording_id LIKE ?"
    found = [row[0] for row in connection.execute(wanted, (f"%{patient_id}",))]
    connection.close()
    return found


def leaks(folder: Path, parts: list[bytes]) -> list[str]:
    content = bytes_under(folder)
    found = [name for name in (CANARY, CANARY.casefold()) if name.encode() in content]
    found += ["wave"] if WAVE in content or WAVE[4:16] in content else []
    return found + ["sealed" for part in parts if part[100:140] in content]


def test_no_byte_is_left_of_a_name_or_a_wave(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for variable in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(variable, str(temporary))
    many(acts)
    change_name(acts, "c" * 32)
    parts = sealed_parts_of(tmp_path, "c" * 32)
    assert parts
    assert set(leaks(tmp_path, parts)) == {CANARY, CANARY.casefold(), "wave", "sealed"}
    done = erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    assert (done.entities, done.recordings) == (34, 3)
    assert leaks(tmp_path, parts) == []
    told = capfd.readouterr()
    assert CANARY not in told.out + told.err
    acts.repository.close()
    assert leaks(tmp_path, parts) == []


def test_without_writing_the_file_anew_bytes_would_be_left(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(acts)
    monkeypatch.setattr(SqliteRepository, "expunge", lambda self: None)
    erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    assert CANARY in leaks(tmp_path, [])


def test_everything_of_hers_goes_and_nothing_of_anybody_else(acts: Acts) -> None:
    many(acts)

    def counted() -> dict[str, int]:
        with acts.repository.work(writes=False) as work:
            return {name: work.count(kind, None) for name, kind in KINDS.items()}

    before = counted()
    erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    after = counted()
    gone = {name: before[name] - after[name] for name in before if before[name] != after[name]}
    assert gone == {
        "patient": 1,
        "user": 1,
        "passkey": 1,
        "login": 1,
        "pregnancy": 1,
        "birth": 1,
        "session": 3,
        "note": 24,
        "pain_score": 1,
    }
    kept_ids = {header.id for header in acts.repository.recordings()}
    assert len(kept_ids) == 36
    assert not any(name.endswith("c" * 32) for name in kept_ids)


def test_the_audit_keeps_a_pseudonym_and_the_ground(acts: Acts) -> None:
    many(acts)
    erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    with acts.repository.work(writes=False) as work:
        [line] = work.audit_lines(desk.TENANT, patient_id="c" * 32)
    assert (line.entry.action, line.entry.detail) == ("patient.erase", "ground=her-request")
    with pytest.raises(NotThereError):
        erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "f" * 32, "her-request")


def test_bytes_that_a_crash_left_go_when_she_is_erased_once_more(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(acts)
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    url = f"sqlite:///{tmp_path}/levator.db"
    make_backup(acts, at_terminal(), url, tmp_path / "a.backup")
    with monkeypatch.context() as crashed:
        crashed.setattr(SqliteRepository, "expunge", lambda self: None)
        erase(acts, admin, "c" * 32, "her-request")
    assert CANARY in leaks(tmp_path, [])
    with pytest.raises(RefusedError):
        erase(acts, desk.actor(), "c" * 32)
    url, later = (
        f"sqlite:///{tmp_path}/levator.db",
        Acts(acts.repository, lambda: "2026-11-30T10:00:00+01:00"),
    )
    make_backup(later, at_terminal(), url, tmp_path / "without-her.backup")
    done = erase(acts, admin, "c" * 32)
    assert (done.entities, done.backups) == (0, (tmp_path / "a.backup",))
    (tmp_path / "a.backup").unlink()
    assert leaks(tmp_path, []) == []


def test_while_it_must_be_kept_it_stays_unless_a_ground_is_stated(acts: Acts) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    with pytest.raises(MustBeKeptError, match="until 2046-11-29"):
        erase(acts, admin, "c" * 32)
    with pytest.raises(CallerError, match="choose one of her-request"):
        erase(acts, admin, "c" * 32, "tidiness")
    assert len(acts.repository.recordings()) == 3
    late = Acts(acts.repository, lambda: "2046-11-30T10:00:00+01:00")
    assert erase(late, admin, "c" * 32).entities == 34


@pytest.mark.parametrize("user_id", [desk.ANKE, desk.BO, desk.FAR])
def test_nobody_else_may(acts: Acts, user_id: str) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    tenant = desk.OTHER if user_id == desk.FAR else desk.TENANT
    with pytest.raises((RefusedError, NotThereError)):
        erase(acts, desk.actor(user_id, "therapist", tenant), "c" * 32, "her-request")
    assert len(acts.repository.recordings()) == 3


def test_not_while_somebody_trains(acts: Acts) -> None:
    many(acts)
    with acts.repository.work(writes=True) as work:
        session = work.get(Session, f"s0{0:032}", desk.TENANT)
        work.put(replace(session, state="open"))
    with pytest.raises(CallerError, match="no session is under way"):
        erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    assert len(acts.repository.recordings()) == 39


def test_backups_that_still_hold_her_are_named(acts: Acts, tmp_path: Path) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    url = f"sqlite:///{tmp_path}/levator.db"
    make_backup(acts, at_terminal(), url, tmp_path / "a.backup")
    make_backup(acts, at_terminal(), url, tmp_path / "gone.backup")
    (tmp_path / "gone.backup").unlink()
    done = erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "trial-record")
    assert done.backups == (tmp_path / "a.backup",)


def test_a_backup_of_another_process_that_is_not_written_yet_is_named(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    admin, url = desk.actor(desk.ADMIN, "clinic_admin"), f"sqlite:///{tmp_path}/levator.db"
    named = []

    def copied(*_: object) -> None:
        named.append(foresee(acts, admin, "c" * 32).backups)
        named.append(erase(acts, admin, "c" * 32, "her-request").backups)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "write_backup", copied)
    with pytest.raises(StorageError):
        make_backup(acts, at_terminal(), url, tmp_path / "a.backup")
    assert named == [(tmp_path / "a.backup",)] * 2
    assert erase(acts, admin, "c" * 32).backups == ()


def test_she_is_erased_at_the_moment_at_which_its_turn_came(acts: Acts, tmp_path: Path) -> None:
    """Else a backup that was made while it waited would not be named by erasing once more."""
    a_woman(acts, "c" * 32, CANARY, WAVE)
    admin, now, asked = desk.actor(desk.ADMIN, "clinic_admin"), [NOW], Event()

    def told() -> str:
        asked.set()
        return now[0]

    url = f"sqlite:///{tmp_path}/levator.db"
    with ThreadPoolExecutor(1) as thread:
        with acts.repository.work(writes=True) as work:
            done = thread.submit(erase, Acts(acts.repository, told), admin, "c" * 32, "her-request")
            assert asked.wait(30)
            back_up(url, tmp_path / "a.backup", NOW, None, lambda _: None)
            now[0] = "2026-11-29T10:00:09+01:00"
            line = AuditEntry(
                at="2026-11-29T10:00:05+01:00",
                tenant_id=INSTALLATION,
                user_id="",
                role="system_admin",
                action="backup.make",
                outcome="done",
                detail=f"file={tmp_path}/a.backup",
            )
            work.audit(line)
        assert done.result().backups == (tmp_path / "a.backup",)
    assert erase(acts, admin, "c" * 32).backups == (tmp_path / "a.backup",)


def test_whose_time_is_past_is_listed(acts: Acts) -> None:
    a_woman(acts, "a" * 32, "Past", WAVE, at="2006-02-28T10:00:00+01:00")
    a_woman(acts, "b" * 32, "Older", WAVE, at="2004-02-29T10:00:00+01:00")
    a_woman(acts, "c" * 32, "Present", WAVE)
    found = past_their_time(acts, desk.actor(desk.ADMIN, "clinic_admin"))
    assert [(one.patient.given_name, one.until) for one in found] == [
        ("Older", "2024-02-29"),
        ("Past", "2026-02-28"),
    ]


def test_the_last_thing_that_happened_counts(acts: Acts) -> None:
    a_woman(acts, "c" * 32, "Present", WAVE, at="2000-01-01T10:00:00+01:00")
    with acts.repository.work(writes=True) as work:
        note = Note(
            id="late",
            tenant_id=desk.TENANT,
            patient_id="c" * 32,
            on_day="2010-05-05",
            text="telephoned",
            written_by=desk.ANKE,
            written_at="2010-05-06T09:00:00+02:00",
        )
        work.put(note)
        whole = whole_of(work, work.get(Patient, "c" * 32, desk.TENANT))
        found = kept(work, whole, "2026-11-30")
        assert (found.last_on, found.until) == ("2010-05-06", "2030-05-06")


def test_a_record_that_says_nothing_of_any_day_counts_from_today(
    acts: Acts, tmp_path: Path
) -> None:
    """Such as one that was taken in from a file; it may be in any backup that is there."""
    make_backup(acts, at_terminal(), f"sqlite:///{tmp_path}/levator.db", tmp_path / "a.backup")
    with acts.repository.work(writes=True) as work:
        work.put(Patient(id="c" * 32, tenant_id=desk.TENANT, given_name="", family_name="Mol"))
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    found = foresee(acts, admin, "c" * 32)
    assert (found.is_past, found.backups) == (False, (tmp_path / "a.backup",))
    assert found.time.last_on == acts.now()[:10]
    assert past_their_time(acts, admin) == []
    with pytest.raises(MustBeKeptError):
        erase(acts, admin, "c" * 32)
    assert erase(acts, admin, "c" * 32, "wrong-person").backups == (tmp_path / "a.backup",)


def test_guesses_at_her_account_go_with_it_and_those_at_another_stay(acts: Acts) -> None:
    now = datetime.fromisoformat(NOW)
    a_woman(acts, "c" * 32, CANARY, WAVE)
    guesses = Guesses(acts.repository, lambda: now)
    guesses.take(f"{CANARY}@example.org", "10.0.0.7")
    guesses.take("another@example.org", "10.0.0.7")
    with acts.repository.work(writes=False) as work:
        before = {one.id for one in work.find(Guess, None)}
    erase(acts, at_terminal(desk.TENANT), "c" * 32, ground="her-request")
    with acts.repository.work(writes=False) as work:
        left = {one.id for one in work.find(Guess, None)}
    assert len(before - left) == 1
    assert len(left) == 2


def test_every_kind_that_refers_to_her_or_her_account_is_hers() -> None:
    names = {*of_patient(), "patient", "passkey", "login", "invitation"}
    # Guesses at her account are found by its address, and erased with it.
    assert names == set(KINDS) - {"tenant", "guess"}
    assert all(issubclass(kind, Entity) for kind in KINDS.values())
    assert erasing.grounds() == ("her-request", "wrong-person", "trial-record")


def a_measured_woman(acts: Acts, patient_id: str, name: str) -> list[str]:
    """Keep a woman with a calibration, one that was broken off, and no session at all."""
    with acts.repository.work(writes=True) as work:
        work.put(
            Patient(
                id=patient_id,
                tenant_id=desk.TENANT,
                given_name=name,
                family_name=name,
                search_key=name.casefold(),
                made_at=NOW,
                treated_by=(desk.ANKE,),
            )
        )
    names = [f"{kind}{patient_id}"[:32] for kind in ("done", "left")]
    for recording_id, ended_by in zip(names, ("calibrated", "presence"), strict=True):
        header = replace(a_header(recording_id), title="", tenant_id=desk.TENANT)
        acts.repository.begin_recording(replace(header, patient_id=patient_id))
        blocks = [replace(a_block(number, recording_id), values=WAVE) for number in range(60)]
        acts.repository.append(Batch(blocks=tuple(blocks)))
        acts.repository.close_recording(recording_id, LATER, ended_by)
    return names


def test_a_calibration_that_no_session_names_goes_too(acts: Acts, tmp_path: Path) -> None:
    a_woman(acts, "d" * 32, "Present", struct.pack("<10h", *range(10)))
    a_measured_woman(acts, "c" * 32, CANARY)
    assert set(leaks(tmp_path, [])) == {CANARY, CANARY.casefold(), "wave"}
    done = erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    assert done.recordings == 2
    assert leaks(tmp_path, []) == []
    assert len(acts.repository.recordings()) == 3


def test_not_while_anybody_is_recorded(acts: Acts) -> None:
    a_woman(acts, "c" * 32, CANARY, WAVE)
    acts.repository.begin_recording(replace(a_header("calibrating"), title=""))
    with pytest.raises(CallerError, match="no session is under way"):
        erase(acts, desk.actor(desk.ADMIN, "clinic_admin"), "c" * 32, "her-request")
    assert len(acts.repository.recordings()) == 4


def test_what_is_left_of_her_goes_at_a_quiet_moment_too_recordings_that_name_her_among_it(
    acts: Acts,
) -> None:
    many(acts)
    admin = desk.actor(desk.ADMIN, "clinic_admin")
    erase(acts, admin, "c" * 32, "her-request")
    others = len(acts.repository.recordings())
    late = replace(a_header("late"), title="", tenant_id=desk.TENANT, patient_id="c" * 32)
    acts.repository.begin_recording(late)
    with pytest.raises(CallerError, match="no session is under way"):
        erase(acts, admin, "c" * 32)
    acts.repository.close_recording("late", LATER, "stop")
    done = erase(acts, admin, "c" * 32)
    assert (done.entities, done.recordings) == (0, 1)
    assert len(acts.repository.recordings()) == others
