"""A course ends with a reason and a day: no sitting after it, and a new one may begin."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from levator.clinic import Clinic, courses, ending, history, patients, telling, todo, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.sittings import Seating, StageShutError, prepared
from levator.errors import CallerError
from levator.records.treatment import Course
from levator.records.work import ConflictError
from levator.web.desk.timeline import timeline
from tests.clinic.desk import ADMIN, ANKE, BO, TENANT, TODAY, actor, new_id
from tests.clinic.sitting_down import (
    SEAT,
    a_set_under_way,
    after_birth,
    over_within_a_second,
    run,
)
from tests.clinic.test_courses import Wanted, born, decide, on, pain, pregnant, trained, view

GOALS = {"ended_ground": "goals_reached", "ended_on": TODAY}


def begun(acts: Acts) -> tuple[str, Course]:
    """A woman in pregnancy whose course began today, and is asked about everything."""
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    treatment.answer_red_flags(acts, actor(), patient_id, new_id(), (), lambda _: None)
    decide(acts, patient_id)
    return patient_id, running(acts, patient_id)


def running(acts: Acts, patient_id: str) -> Course:
    course = history.read(acts, actor(), patient_id).course
    assert course is not None
    return course


def end(acts: Acts, course: Course, user_id: str = ANKE, **changes: Any) -> Course:
    fields = {"version": course.version, **GOALS, **changes}
    return ending.end_course(acts, actor(user_id), course.patient_id, course.id, **fields)


def test_a_course_ends_with_a_reason_a_day_and_who_said_so(acts: Acts) -> None:
    patient_id, course = begun(acts)
    ended = end(acts, course, ended_because="Dry for a month.")
    assert (ended.ended_on, ended.ended_by, ended.ended_at) == (TODAY, ANKE, acts.now())
    assert (ended.ended_ground, ended.ended_because) == ("goals_reached", "Dry for a month.")
    now = view(acts, patient_id)
    assert (now.chart.stage, now.chart.has_ended, now.history.course) == (None, True, None)
    with acts.repository.work(writes=False) as work:
        last = work.audit_lines(TENANT, patient_id=patient_id)[-2]
    assert (last.entry.action, last.entry.kind, last.entry.entity_id) == (
        "course.end",
        "course",
        course.id,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended_ground": "bored"}, "Choose “Why it ends” from the list"),
        ({"ended_ground": "other"}, "“In your own words” is empty"),
        ({"ended_on": "2026-11-30"}, "lies after today"),
        ({"ended_on": "2026-11-28"}, "The course began after that day"),
        ({"ended_on": "2026-02-31"}, "no day of the calendar"),
    ],
)
def test_what_says_nothing_or_cannot_be_ends_nothing(
    acts: Acts, changes: Mapping[str, str], words: str
) -> None:
    patient_id, course = begun(acts)
    with pytest.raises(CallerError) as refused:
        end(acts, course, **changes)
    assert words in str(refused.value)
    assert running(acts, patient_id) == course


def test_a_course_does_not_end_before_her_last_session(acts: Acts) -> None:
    patient_id, course = begun(acts)
    trained(on(acts, "2026-12-03"), patient_id, course_id=course.id)
    with pytest.raises(CallerError, match="She trained after that day"):
        end(on(acts, "2026-12-04"), course, ended_on="2026-12-02")
    end(on(acts, "2026-12-04"), course, ended_on="2026-12-03")


def test_what_she_trained_in_no_course_or_another_holds_up_no_end(acts: Acts) -> None:
    patient_id, course = begun(acts)
    end(acts, course)
    decide(acts, patient_id)
    again = running(acts, patient_id)
    later = on(acts, "2026-12-04")
    trained(on(acts, "2026-12-03"), patient_id, course_id=course.id)
    trained(on(acts, "2026-12-03"), patient_id)
    assert end(later, again, ended_on="2026-12-02").ended_on == "2026-12-02"


def test_only_who_treats_her_ends_it(acts: Acts) -> None:
    _, course = begun(acts)
    for user_id, role in ((BO, "therapist"), (ADMIN, "clinic_admin")):
        with pytest.raises(RefusedError):
            ending.end_course(
                acts, actor(user_id, role), course.patient_id, course.id, version=1, **GOALS
            )


def test_the_second_of_two_who_end_it_is_shown_what_the_first_said(acts: Acts) -> None:
    patient_id, course = begun(acts)
    patients.take_on(acts, actor(BO), patient_id, new_id(), "both treat her")
    end(acts, course, user_id=BO, ended_ground="her_wish")
    with pytest.raises(ConflictError) as changed:
        end(acts, course)
    assert changed.value.differs["ended_ground"] == ("her_wish", "goals_reached")
    kept = changed.value.kept
    assert isinstance(kept, Course)
    with pytest.raises(CallerError, match="has ended already"):
        end(acts, kept)
    assert history.read(acts, actor(), patient_id).courses[0].ended_ground == "her_wish"


def test_sent_twice_it_ends_once(acts: Acts) -> None:
    _, course = begun(acts)
    assert end(acts, course) == end(acts, course)


def test_a_step_that_was_decided_meanwhile_is_told(acts: Acts) -> None:
    patient_id, course = begun(acts)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-2", because="seen"))
    with pytest.raises(ConflictError):
        end(acts, course)


def seat(stage: str = "") -> Seating:
    return Seating(device_url="simulator://", cushion="none", posture="upright", stage=stage)


def test_after_the_end_no_sitting_opens_not_even_one_that_asks_for_nothing(acts: Acts) -> None:
    patient_id, course = begun(acts)
    prepared(acts, actor(), patient_id, seat("step-1"))
    end(acts, course)
    with pytest.raises(StageShutError) as shut:
        prepared(acts, actor(), patient_id, seat("step-1"))
    assert [gate.code for gate in shut.value.gates] == ["course_not_ended"]
    with pytest.raises(CallerError):
        prepared(acts, actor(), patient_id, seat())


def test_a_new_course_begins_anew(acts: Acts) -> None:
    patient_id, course = begun(acts)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-3", because="strong"))
    assert any(gate.overruled_by for gate in view(acts, patient_id).gates["step-3"])
    end(acts, running(acts, patient_id))
    now = view(acts, patient_id)
    assert now.proposal.reasons[0].code == "begins_anew"
    # What was opened for the course before is open no more.
    assert not any(gate.overruled_by for gate in now.gates["step-3"])
    decide(acts, patient_id)
    again = running(acts, patient_id)
    assert (again.id != course.id, again.stage) == (True, "step-1")
    prepared(acts, actor(), patient_id, seat("step-1"))
    assert [one.ended_on for one in view(acts, patient_id).history.courses].count(TODAY) == 1


def test_pain_that_held_it_is_released_for_a_new_one(acts: Acts) -> None:
    patient_id, course = begun(acts)
    for day in ("2026-11-26", "2026-11-27", "2026-11-28"):
        telling.report_pain(acts, actor(), patient_id, new_id(), score=9, on_day=day)
    end(acts, course)
    assert [one.code for one in view(acts, patient_id).proposal.reasons] == ["not_held"]
    decide(acts, patient_id, Wanted(kind="release", seen="", because="talked"))
    now = view(acts, patient_id)
    assert now.proposal.reasons[0].code == "begins_anew"
    # It stands with the course that was held.
    assert now.history.decisions[-1].course_id == course.id


@pytest.mark.parametrize("is_told_first", [True, False], ids=["before the end", "after it"])
def test_what_has_ended_is_nothing_to_do_but_a_red_flag(acts: Acts, is_told_first: bool) -> None:
    patient_id, course = begun(acts)
    trained(acts, patient_id, state="interrupted")
    assert todo.of_today(acts, actor()).todos
    if is_told_first:
        flagged(acts, patient_id)
    end(acts, course)
    assert bool(todo.of_today(acts, actor()).todos) is is_told_first
    later = on(acts, "2026-12-02")
    if not is_told_first:
        flagged(later, patient_id)
    (one,) = todo.of_today(later, actor()).todos
    assert [task.code for task in one.tasks] == ["red_flag"]
    treatment.sign_clearance(
        on(acts, "2026-12-03"),
        actor(),
        patient_id,
        new_id(),
        signed_by="dr. Bos",
        profession="doctor",
        from_on="2026-12-03",
    )
    assert not todo.of_today(on(acts, "2026-12-03"), actor()).todos


def flagged(acts: Acts, patient_id: str) -> None:
    day = acts.now()[:10]
    treatment.report_red_flag(
        acts, actor(), patient_id, new_id(), on_day=day, code="fever", stop=lambda _: None
    )


def test_the_timeline_shows_where_it_ended_and_nothing_ahead(acts: Acts) -> None:
    patient_id, course = begun(acts)
    later = on(acts, "2026-12-27")
    before = timeline(courses.view(later, actor(), patient_id))
    end(later, course, ended_on="2026-12-13")
    after = timeline(courses.view(later, actor(), patient_id))
    assert before is not None
    assert after is not None
    assert ({bar.kind for bar in before.bars}, before.ends) == ({"now", "ahead"}, ())
    (bar,) = after.bars
    assert (bar.kind, len(after.ends)) == ("past", 1)
    assert bar.x + bar.width < after.ends[0] < after.today_x
    decide(later, patient_id)
    again = timeline(courses.view(later, actor(), patient_id))
    assert again is not None
    assert [bar.kind for bar in again.bars][:2] == ["past", "now"]
    assert again.bars[1].x > again.ends[0]


@pytest.mark.parametrize("is_followed", [False, True], ids=["ended", "followed by a new one"])
def test_the_end_stops_what_she_does_within_a_second(is_followed: bool, tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)

        def ends() -> None:
            now = clinic.acts.now()[:10]
            quiet = Acts(clinic.repository, clinic.acts.now) if is_followed else clinic.acts
            end(quiet, running(quiet, patient_id), ended_on=now)
            if is_followed:
                wanted = Wanted(kind="overrule", seen="", stage="step-6", because="goes on")
                decide(clinic.acts, patient_id, wanted)

        async with a_set_under_way(clinic, patient_id) as room:
            await asyncio.to_thread(ends)
            await over_within_a_second(room)
        assert room.facts.cause == "not_allowed"
        assert [gate.code for gate in room.shut_by] == ["course_not_ended"]
        if not is_followed:
            with pytest.raises(CallerError):
                await clinic.open_for(actor(), patient_id, SEAT)

    run(test, tmp_path)


def test_who_is_pregnant_again_after_an_end_may_begin_anew(acts: Acts) -> None:
    patient_id, course = begun(acts)
    born(acts, patient_id, "2026-11-29")
    end(acts, course)
    later = on(acts, "2028-01-10")
    assert view(later, patient_id).chart.has_ended
    treatment.keep_pregnancy(
        later, actor(), patient_id, new_id(), expected_on="2028-06-01", complications=()
    )
    now = view(later, patient_id)
    assert (now.chart.has_ended, now.chart.stage) == (False, None)
    [found] = todo.of_today(later, actor()).todos
    assert [task.code for task in found.tasks] == ["course_to_begin"]
