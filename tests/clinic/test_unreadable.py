"""A record that holds what cannot be is said in its own place, and hides nobody else's."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from levator.clinic import courses, patients, todo
from levator.clinic.acting import Acts
from levator.clinic.courses import UnreadableRecordError
from levator.records.entity import Entity
from levator.records.people import Birth, Pregnancy
from levator.records.treatment import Clearance, Course, Decision, PainScore, Session
from levator.storage.sql.repository import SqlRepository
from tests.clinic import desk
from tests.clinic.desk import ANKE, NOW, TENANT, TODAY, actor, jansen, new_id
from tests.clinic.test_courses import pregnant

#: What every one of them has; whose it is, is filled in.
HERS = {"id": "x", "tenant_id": "", "patient_id": ""}
DAMAGED: dict[str, Entity] = {
    "birth, mode": Birth(id="x", tenant_id="", patient_id="", born_on=TODAY, mode="xyz"),
    "birth, born_on": Birth(id="x", tenant_id="", patient_id="", born_on="soon", mode="vacuum"),
    "pregnancy, expected_on": Pregnancy(**HERS, expected_on="9999-99-99"),
    "pain_score, moment": PainScore(
        **HERS,
        on_day=TODAY,
        score=1,
        moment="never",
        entered_by=ANKE,
        entered_at=NOW,
    ),
    "pain_score, entered_at": PainScore(
        **HERS,
        on_day=TODAY,
        score=1,
        moment="between",
        entered_by=ANKE,
        entered_at="this morning",
    ),
    "clearance, from_on": Clearance(
        **HERS,
        signed_by="dr. Bos",
        profession="doctor",
        from_on="later",
        entered_by=ANKE,
        entered_at=NOW,
    ),
    "course, protocol": Course(
        **HERS,
        protocol="../../etc/passwd",
        protocol_version="1",
        stage="step-1",
        begun_on=TODAY,
    ),
    "course, stage": Course(
        **HERS,
        protocol="bekken-zwanger-fit",
        protocol_version="1",
        stage="step-99",
        begun_on=TODAY,
    ),
    "session, trained": Session(
        **HERS, on_day=TODAY, started_at=NOW, stage="step-3", led_by=ANKE, trained="[null]"
    ),
    "decision, proposal": Decision(
        **HERS,
        course_id="",
        on_day=TODAY,
        proposal="{",
        choice="accepted",
        made_by=ANKE,
        made_at=NOW,
    ),
}


def damage(acts: Acts, entity: Entity) -> str:
    """Keep what no act keeps in the record of a woman of her own; return her id."""
    hers = patients.make(acts, actor(), new_id(), jansen(given_name="Zoë")).id
    with acts.repository.work(writes=True) as work:
        if isinstance(entity, Decision):
            good = DAMAGED["course, stage"]
            course = work.put(
                replace(good, id=new_id(), tenant_id=TENANT, patient_id=hers, stage="step-1")
            )
            entity = replace(entity, course_id=course.id)
        work.put(replace(entity, id=new_id(), tenant_id=TENANT, patient_id=hers))
    return hers


@pytest.mark.parametrize("place", DAMAGED)
def test_the_day_shows_everybody_and_says_whose_record_is_damaged(acts: Acts, place: str) -> None:
    sound, hers = pregnant(acts), damage(acts, DAMAGED[place])
    found = {one.patient.id: one for one in todo.of_today(acts, actor()).todos}
    assert [task.code for task in found[sound].tasks] == ["course_to_begin"]
    assert [task.code for task in found[hers].tasks] == ["unreadable"]
    assert place in str(found[hers].unreadable)
    with pytest.raises(UnreadableRecordError, match=place):
        courses.view(acts, actor(), hers)


def test_a_list_in_a_row_that_is_none_hides_nobody_else(tmp_path: Path) -> None:
    """As a damaged disk leaves it: what stands there is no JSON."""
    repository = desk.opened("sqlite", tmp_path)
    acts = desk.clinic(repository)
    sound, hers = pregnant(acts), desk.made(acts, given_name="Zoë").id
    desk.born(acts, hers)
    assert isinstance(repository, SqlRepository)
    with repository.one_write() as connection:
        connection.execute(text("UPDATE birth SET complications = '[1'"))
    found = {one.patient.id: one for one in todo.of_today(acts, actor()).todos}
    assert [task.code for task in found[sound].tasks] == ["course_to_begin"]
    assert [task.code for task in found[hers].tasks] == ["unreadable"]
    with pytest.raises(UnreadableRecordError, match="cannot be read"):
        courses.view(acts, actor(), hers)
    repository.close()
