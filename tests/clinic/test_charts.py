"""What the course knows of her is told by moments, also in the hour that clocks show twice."""

import pytest

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.charts import chart_of
from levator.records.treatment import PainScore, Session
from tests.clinic.desk import ANKE, TENANT, actor, made, new_id

DAY = "2026-10-25"
#: In their order; the second has the smaller text than the first.
FIRST, SECOND, LAST = (f"{DAY}T{one}" for one in ("02:30:00+02:00", "02:10:00+01:00", "03:30:00Z"))


@pytest.mark.parametrize(
    ("begun", "asked", "known"),
    [
        (SECOND, [(FIRST, 3)], 3),
        (FIRST, [(SECOND, 3)], None),
        (LAST, [(FIRST, 1), (SECOND, 2)], 2),
        (SECOND, [(FIRST, 1), (SECOND, 2), (LAST, 9)], 2),
    ],
)
def test_pain_before_a_sitting_is_the_last_score_that_was_asked_before_it_began(
    acts: Acts, begun: str, asked: list[tuple[str, int]], known: int | None
) -> None:
    hers = {"tenant_id": TENANT, "patient_id": made(acts).id, "on_day": DAY}
    with acts.repository.work(writes=True) as work:
        work.put(Session(id=new_id(), **hers, started_at=begun, stage="step-1", led_by=ANKE))
        for at, score in asked:
            told = {"entered_at": at, "entered_by": ANKE}
            work.put(PainScore(id=new_id(), **hers, **told, score=score, moment="before"))
    kept = history.read(acts, actor(), hers["patient_id"])
    [sitting] = chart_of(kept, f"{DAY}T12:00:00+01:00").sittings
    assert sitting.pain_before == known
