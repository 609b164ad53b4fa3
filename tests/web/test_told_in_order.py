"""What she tells stands newest first on her page, also in the hour that clocks show twice."""

from levator.clinic import history
from levator.clinic.history import History
from levator.records.entity import Entity
from levator.records.treatment import Assessment, PainScore, SymptomScore
from levator.storage.memory import MemoryRepository
from levator.texts import speaker
from levator.web.desk.session_words import pain_rows, told_rows
from tests.clinic import desk

DAY = "2026-10-25"
#: The later one has the smaller text.
BEFORE, AFTER = f"{DAY}T02:30:00+02:00", f"{DAY}T02:10:00+01:00"


def kept(*kinds: type[Entity], **values: object) -> History:
    """A record with one of a kind before the clock is put back, and one after it."""
    acts = desk.clinic(MemoryRepository())
    whose = {"tenant_id": desk.TENANT, "patient_id": desk.made(acts).id, "on_day": DAY}
    with acts.repository.work(writes=True) as work:
        for kind in kinds:
            for score, at in enumerate((BEFORE, AFTER)):
                told = {"id": desk.new_id(), "score": score, "entered_at": at, "entered_by": "x"}
                work.put(kind(**whose, **told, **values))
        patient_id = whose["patient_id"]
    return history.read(acts, desk.actor(), patient_id)


def test_pain_is_newest_first() -> None:
    rows = pain_rows(speaker("en"), kept(PainScore, moment="between"))
    assert [one["score"] for one in rows] == ["1", "0"]


def test_symptoms_and_tests_are_newest_first() -> None:
    for kind in (SymptomScore, Assessment):
        rows = told_rows(speaker("en"), kept(kind, code="perfect"))
        assert [one["number"] for one in rows] == ["1", "0"]
