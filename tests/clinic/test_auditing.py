"""The chain shows what was done to it; a head kept outside shows the rest; who looked is told."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from levator.cli.main import main
from levator.clinic.acting import Acts
from levator.clinic.auditing import heads_in, looks_at, text_of, verify
from levator.clinic.erasing import erase
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.errors import CallerError
from levator.records.audit import AuditEntry
from levator.records.people import Patient
from levator.storage import open_repository
from tests.clinic import desk

Harm = Callable[[sqlite3.Connection], object]


def looked_at(folder: Path, times: int = 6) -> str:
    """Return the URL of a database in which a patient was looked at so often."""
    with desk.opened("sqlite", folder) as repository:
        acts = desk.clinic(repository)
        patient = desk.made(acts, number="1042")
        for _ in range(times):
            with acts.on_patient(desk.actor(), "patient.read", patient.id):
                pass
    return f"sqlite:///{folder}/levator.db"


def harmed(folder: Path, harm: Harm) -> None:
    connection = sqlite3.connect(folder / "levator.db")
    with connection:
        harm(connection)
    connection.close()


def broken_at(url: str, heads: str | None = None) -> list[int]:
    with open_repository(url) as repository:
        found = verify(repository, heads_in(heads) if heads else None)
    return [one.broken.number for one in found if one.broken is not None]


def head_of(url: str) -> str:
    with open_repository(url) as repository:
        return text_of(verify(repository), desk.NOW)


def shifted(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE audit_line SET number = -number WHERE number > 2")
    connection.execute("UPDATE audit_line SET number = -number - 1 WHERE number < 0")


def swapped(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE audit_line SET number = 99 WHERE number = 3")
    connection.execute("UPDATE audit_line SET number = 3 WHERE number = 4")
    connection.execute("UPDATE audit_line SET number = 4 WHERE number = 99")


HARMS: dict[str, tuple[Harm, int]] = {
    "changed": (lambda one: one.execute("UPDATE audit_line SET role='x' WHERE number=3"), 3),
    "taken out": (lambda one: one.execute("DELETE FROM audit_line WHERE number=3"), 3),
    "taken out and closed up": (
        lambda one: (one.execute("DELETE FROM audit_line WHERE number=2"), shifted(one)),
        2,
    ),
    "reordered": (swapped, 3),
    "the first taken out": (lambda one: one.execute("DELETE FROM audit_line WHERE number=1"), 1),
}


@pytest.mark.parametrize("name", HARMS)
def test_the_chain_itself_shows(name: str, tmp_path: Path) -> None:
    url = looked_at(tmp_path)
    assert broken_at(url) == []
    harm, line = HARMS[name]
    harmed(tmp_path, harm)
    assert broken_at(url) == [line]


def test_a_cut_end_shows_only_against_a_head_kept_outside(tmp_path: Path) -> None:
    url = looked_at(tmp_path)
    head = head_of(url)
    harmed(tmp_path, lambda one: one.execute("DELETE FROM audit_line WHERE number > 4"))
    assert broken_at(url) == []
    assert broken_at(url, head) == [5]


def test_a_chain_made_anew_shows_only_against_a_head_kept_outside(tmp_path: Path) -> None:
    url = looked_at(tmp_path)
    head = head_of(url)
    count = json.loads(head)["heads"][desk.TENANT][0]
    harmed(tmp_path, lambda one: one.execute("DELETE FROM audit_line"))
    with open_repository(url) as repository, repository.work(writes=True) as work:
        for _ in range(count):
            work.audit(
                AuditEntry(at=desk.NOW, tenant_id=desk.TENANT, user_id="", role="", action="x")
            )
    assert broken_at(url) == []
    assert broken_at(url, head) == [count]


def test_a_head_stays_good_while_the_chain_grows(tmp_path: Path) -> None:
    url = looked_at(tmp_path)
    head = head_of(url)
    with open_repository(url) as repository:
        acts = Acts(repository, lambda: desk.NOW)
        with acts.in_tenant(desk.actor(), "patient.list"):
            pass
    assert broken_at(url, head) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "levator audit heads 1"}', "null"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(CallerError, match="no head of the audit"):
        heads_in(text)


def test_who_looked_is_told_also_after_she_is_erased(tmp_path: Path) -> None:
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)
        patient = desk.made(acts)
        admin = desk.actor(desk.ADMIN, "clinic_admin")
        with acts.on_patient(desk.actor(), "patient.read", patient.id):
            pass
        erase(acts, admin, patient.id, "trial-record")
        told = looks_at(acts, admin, patient.id)
        assert [(one.line.entry.action, one.name) for one in told] == [
            ("patient.make", "Therapist 1"),
            ("patient.read", "Therapist 1"),
            ("patient.erase", "Therapist 3"),
        ]


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = looked_at(tmp_path)
    on = ["--database", url, "--clinic", desk.TENANT]
    assert main(["audit", "head", *on]) == 0
    head = tmp_path / "head.json"
    assert main(["audit", "head", *on, "--keep", str(head)]) == 0
    assert head.read_text().splitlines()[3:] == capsys.readouterr().out.splitlines()[3:-1]
    assert main(["audit", "head", *on, "--keep", str(tmp_path)]) == 1
    assert main(["audit", "verify", *on, "--head", str(head)]) == 0
    assert "7 lines, whole" in capsys.readouterr().out
    assert main(["audit", "show", *on, "--patient", "1042"]) == 0
    assert "Therapist 1  therapist  patient.read  done" in capsys.readouterr().out
    harmed(tmp_path, HARMS["changed"][0])
    assert main(["audit", "verify", *on]) == 1
    assert "breaks at line 3" in capsys.readouterr().err
    assert main(["audit", "head", *on]) == 1
    assert main(["audit", "show", *on]) == 1
    assert main(["audit", "verify", *on, "--head", str(tmp_path / "gone")]) == 1
    assert main(["audit", "show", *on, "--patient", "nobody"]) == 1
    assert "'nobody'" in capsys.readouterr().err


def test_erasing_from_the_command_line_asks_once_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = looked_at(tmp_path)
    on = ["--database", url, "--clinic", desk.TENANT]
    monkeypatch.setattr("builtins.input", lambda _: "no")
    words = ["erase", "1042", *on, "--ground", "her-request"]
    assert main(["retention", *on]) == 0
    assert main(words) == 1
    assert main(["erase", "1042", *on, "--yes"]) == 1
    assert "must be kept until 2046" in capsys.readouterr().err
    monkeypatch.setattr("builtins.input", lambda _: "1042")
    assert main(["backup", str(tmp_path / "a.backup"), "--database", url]) == 0
    assert main(words) == 0
    told = capsys.readouterr().out
    assert f"may still hold her: {tmp_path / 'a.backup'}" in told
    with open_repository(url) as repository, repository.work(writes=False) as work:
        assert work.count(Patient, None) == 0
    assert main(["audit", "verify", *on]) == 0


def test_the_chain_of_the_installation_is_checked_too(tmp_path: Path) -> None:
    url = looked_at(tmp_path)
    with open_repository(url) as repository:
        acts = Acts(repository, lambda: desk.NOW)
        for _ in range(3):
            with acts.in_installation(at_terminal(), "backup.make"):
                pass
    assert broken_at(url) == []
    harmed(
        tmp_path,
        lambda one: one.execute(
            "DELETE FROM audit_line WHERE tenant_id = ? AND number = 2", (INSTALLATION,)
        ),
    )
    assert broken_at(url) == [2]
