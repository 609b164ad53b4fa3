"""Erasing leaves no byte of her: names, waves, logins; and who looked stays, under a pseudonym."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from levator.clinic import erasing
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.backup import make_backup
from levator.clinic.erasing import MustBeKeptError, erase
from levator.clinic.guesses import Guesses
from levator.clinic.terminal import at_terminal
from levator.errors import CallerError
from levator.records.entity import Entity
from levator.records.kinds import KINDS, of_patient
from levator.records.model import Batch
from levator.records.people import Guess, Patient
from levator.records.treatment import Session
from levator.records.work import NotThereError
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.repository import LATER, a_block, a_header
from tests.clinic import desk
from tests.clinic.erasable import (
    CANARY,
    NOW,
    WAVE,
    a_woman,
    change_name,
    leaks,
    many,
    sealed_parts_of,
)


@pytest.fixture
def acts(tmp_path: Path) -> Iterator[Acts]:
    with desk.opened("sqlite", tmp_path) as repository:
        yield desk.clinic(repository)


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
