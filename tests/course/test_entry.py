"""Who may train which stage today; every refusal carries its numbers."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.course.entry import Locked, LockReason, Open, StartFacts, entries, entry
from levator.errors import CallerError
from levator.library import load_protocol

PROTOCOL = load_protocol("bekken-zwanger-fit")
WEEKS = st.one_of(st.none(), st.floats(0, 60))
FACTS = st.builds(
    StartFacts,
    weeks_pregnant=WEEKS,
    weeks_since_birth=WEEKS,
    cleared_by=st.sampled_from([None, "", "  ", "dr. Maes"]),
    complications=st.sampled_from([None, False, True]),
    pain_now=st.sampled_from([None, False, True]),
)


def codes(stage_id: str, facts: StartFacts) -> list[str]:
    answer = entry(PROTOCOL.stage(stage_id), facts)
    return [reason.code for reason in answer.reasons] if isinstance(answer, Locked) else []


@pytest.mark.parametrize("stage", ["step-5", "step-6", "step-7"])
def test_strength_after_birth_is_locked_until_week_and_clearance_are_known(stage: str) -> None:
    assert codes(stage, StartFacts(pain_now=False)) == ["weeks_needed", "clearance_needed"]
    assert codes(stage, StartFacts(weeks_since_birth=13, pain_now=False)) == ["clearance_needed"]
    assert codes(stage, StartFacts(cleared_by="dr. Maes", pain_now=False)) == ["weeks_needed"]
    assert (
        codes(stage, StartFacts(weeks_since_birth=13, cleared_by="dr. Maes", pain_now=False)) == []
    )


def test_a_blank_name_is_no_clearance() -> None:
    assert codes("step-5", StartFacts(weeks_since_birth=1, cleared_by="  ", pain_now=False)) == [
        "clearance_needed"
    ]


@pytest.mark.parametrize(("stage", "opens"), [("step-6", 6.0), ("step-7", 12.0)])
def test_a_stage_opens_on_the_day_its_week_is_full(stage: str, opens: float) -> None:
    early = StartFacts(weeks_since_birth=opens - 1 / 7, cleared_by="dr. Maes", pain_now=False)
    locked = entry(PROTOCOL.stage(stage), early)
    reason = LockReason("too_early", "after_birth", opens, opens - 1 / 7)
    assert locked == Locked((reason,))
    assert codes(stage, replace(early, weeks_since_birth=opens)) == []


@pytest.mark.parametrize("stage", ["step-1", "step-2", "step-3"])
def test_steps_before_birth_are_not_for_after(stage: str) -> None:
    assert codes(stage, StartFacts(weeks_since_birth=2, pain_now=False)) == ["wrong_phase"]
    assert codes(stage, StartFacts(weeks_pregnant=30, pain_now=False)) == []


def test_a_target_needs_the_week_and_awareness_does_not() -> None:
    opened = [name for name, answer in entries(PROTOCOL, StartFacts()).items() if answer == Open()]
    assert opened == ["step-1", "step-4"]


def test_both_weeks_contradict_each_other() -> None:
    both = StartFacts(weeks_pregnant=30, weeks_since_birth=2, cleared_by="dr. Maes", pain_now=False)
    assert all(codes(stage.id, both) == ["both_weeks"] for stage in PROTOCOL.stages)


def test_a_pregnancy_does_not_last_for_ever() -> None:
    assert codes("step-2", StartFacts(weeks_pregnant=44, pain_now=False)) == ["too_late"]


def test_complications_ask_for_a_clearance_at_every_step() -> None:
    for stage in PROTOCOL.stages:
        pregnant = stage.window.phase == "pregnancy"
        week: dict[str, Any] = {"weeks_pregnant": 30.0} if pregnant else {"weeks_since_birth": 13.0}
        assert codes(stage.id, StartFacts(**week, complications=True, pain_now=False)) == [
            "clearance_needed"
        ]
        assert (
            codes(
                stage.id, StartFacts(**week, complications=True, cleared_by="dr. M", pain_now=False)
            )
            == []
        )


def test_pain_locks_strength_and_leaves_lighter_steps_open() -> None:
    facts = StartFacts(weeks_since_birth=13, cleared_by="dr. Maes", pain_now=True)
    locked = [stage.id for stage in PROTOCOL.stages[3:] if codes(stage.id, facts)]
    assert locked == ["step-6", "step-7"]


def test_unknown_pain_locks_what_pain_locks() -> None:
    facts = StartFacts(weeks_since_birth=13, cleared_by="dr. Maes")
    locked = [stage.id for stage in PROTOCOL.stages[3:] if codes(stage.id, facts)]
    assert locked == ["step-6", "step-7"]
    assert codes("step-6", facts) == ["pain_unknown"]


def test_what_opens_says_what_the_therapist_judges() -> None:
    facts = StartFacts(weeks_since_birth=13, cleared_by="dr. Maes", pain_now=False)
    answer = entry(PROTOCOL.stage("step-7"), facts)
    assert isinstance(answer, Open)
    assert [(one.code, one.force_percent_mvc) for one in answer.judged] == [("force_reached", 70.0)]


@pytest.mark.parametrize("weeks", [-1.0, float("nan"), float("inf"), 5201.0, 1e300])
def test_weeks_that_no_calendar_has(weeks: float) -> None:
    with pytest.raises(CallerError, match="Weeks must be a number from 0 to 5200"):
        StartFacts(weeks_since_birth=weeks, pain_now=False)


@given(FACTS)
def test_whatever_is_typed_strength_after_birth_needs_week_and_clearance(facts: StartFacts) -> None:
    for stage_id, from_week in (("step-5", 0), ("step-6", 6), ("step-7", 12)):
        if isinstance(entry(PROTOCOL.stage(stage_id), facts), Open):
            assert facts.weeks_since_birth is not None
            assert facts.weeks_since_birth >= from_week
            assert facts.cleared_by
            assert facts.cleared_by.strip()


@given(FACTS)
def test_a_clearance_never_locks_anything(facts: StartFacts) -> None:
    cleared = replace(facts, cleared_by="dr. Maes")
    for stage in PROTOCOL.stages:
        if isinstance(entry(stage, facts), Open):
            assert isinstance(entry(stage, cleared), Open)
