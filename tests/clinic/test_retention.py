"""How long a record is kept: from the last thing that happened, and who is past that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.clinic.acting import Acts
from levator.clinic.backup import make_backup
from levator.clinic.erasing import MustBeKeptError, erase, foresee
from levator.clinic.retention import kept, past_their_time
from levator.clinic.terminal import at_terminal
from levator.clinic.whole import whole_of
from levator.records.people import Patient
from levator.records.treatment import Note
from tests.clinic import desk
from tests.clinic.erasable import WAVE, a_woman


@pytest.fixture
def acts(tmp_path: Path) -> Iterator[Acts]:
    with desk.opened("sqlite", tmp_path) as repository:
        yield desk.clinic(repository)


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
