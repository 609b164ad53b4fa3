"""The facts that bound a dose follow from the chart."""

from dataclasses import replace
from typing import Any

import pytest

from levator.course import clearance
from levator.course.chart import DAYS_TO_EXPECTED, Chart, Clearance, RedFlag
from levator.course.facts import StartFacts
from levator.course.gates import shut
from levator.course.past import in_this_pregnancy
from levator.library import load_reminders
from tests.course.women import BORN, PROTOCOL, SIGNED, after_birth, pregnant, stage_of


def test_the_facts_after_a_birth() -> None:
    assert clearance.facts_of(after_birth(6)) == StartFacts(None, 6.0, "dr. Maes", False, False)
    assert clearance.facts_of(after_birth(1, pain=2, clearances=())) == StartFacts(
        None, 1.0, None, False, True
    )


def test_the_facts_in_pregnancy() -> None:
    assert clearance.facts_of(pregnant(30)) == StartFacts(30.0, None, None, False, False)
    assert clearance.facts_of(pregnant(30, pain=None)) == StartFacts(30.0, complications=False)


def test_a_birth_in_the_future_has_no_week() -> None:
    chart = replace(after_birth(0), today=BORN - 1)
    assert clearance.facts_of(chart).weeks_since_birth is None


def test_a_red_flag_is_told_as_complications_without_clearance() -> None:
    flagged = after_birth(6, red_flags=(RedFlag(BORN + 10, "fever"),))
    facts = clearance.facts_of(flagged)
    assert (facts.complications, facts.cleared_by) == (True, None)
    for stage in PROTOCOL.stages:
        assert {"no_red_flag", "cleared"} <= {one.code for one in shut(PROTOCOL, stage, flagged)}


def test_a_flag_that_was_answered_stays_so_when_the_clearance_runs_out() -> None:
    """Nobody is told to call the doctor again; but nobody stands for training any more."""
    flag, until = RedFlag(BORN + 10, "fever"), BORN + 20
    answer = Clearance("dr. Maes", BORN + 12, until)
    chart = after_birth(3, red_flags=(flag,), clearances=(SIGNED, answer))
    assert clearance.open_flag(chart) is None
    for number in (4, 5):
        assert "cleared" in {one.code for one in shut(PROTOCOL, stage_of(number), chart)}
    assert clearance.facts_of(chart).complications is True
    for unsound in (
        replace(answer, signed_by=" "),
        replace(answer, revoked_on=BORN + 15),
        replace(answer, from_day=BORN + 10),
        replace(answer, from_day=BORN + 22, until_day=None),
    ):
        again = replace(chart, clearances=(SIGNED, unsound))
        assert clearance.open_flag(again) == flag


def test_a_flag_of_the_pregnancy_that_was_answered_asks_for_nothing_after_an_easy_birth() -> None:
    flag, answer = RedFlag(BORN - 50, "bleeding"), Clearance("dr. Maes", BORN - 40)
    chart = after_birth(1, red_flags=(flag,), clearances=(answer,))
    assert shut(PROTOCOL, stage_of(4), chart) == ()
    assert "cleared" in {one.code for one in shut(PROTOCOL, stage_of(5), chart)}
    assert "no_red_flag" in {
        one.code for one in shut(PROTOCOL, stage_of(4), replace(chart, clearances=()))
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"from_day": BORN}, None),
        ({"until_day": BORN + 42}, None),
        ({"signed_by": " "}, "unsigned"),
        ({"revoked_on": BORN + 42}, "revoked"),
        ({"revoked_on": BORN + 43}, None),
        ({"until_day": BORN + 41}, "ended"),
        ({"from_day": BORN - 1}, "before_birth"),
        ({"entered_on": BORN}, None),
        ({"entered_on": BORN - 1}, "before_birth"),
        ({"from_day": BORN + 43}, "later"),
    ],
)
def test_a_clearance_says_why_it_does_not_hold(changes: dict[str, Any], why: str | None) -> None:
    one, chart = replace(SIGNED, **changes), after_birth(6)
    assert clearance.why_not(one, chart) == why
    assert clearance.holds(one, chart) == (why is None)


def test_a_clearance_from_before_a_pregnancy_is_not_for_it_however_late_it_begins() -> None:
    begin = BORN - DAYS_TO_EXPECTED
    for entered_on, is_counted in ((begin - 1, False), (begin, True)):
        one = replace(SIGNED, from_day=begin + 90, entered_on=entered_on)
        chart = Chart(begin + 100, expected_on=BORN, clearances=(one,))
        assert bool(in_this_pregnancy(chart, has_given_birth=True).clearances) is is_counted


def test_a_clearance_from_the_day_of_a_red_flag_says_that_it_never_holds() -> None:
    chart = after_birth(6, red_flags=(RedFlag(BORN + 40, "fever"),))
    for day, why in ((39, "flagged"), (40, "flagged"), (41, None)):
        assert clearance.why_not(replace(SIGNED, from_day=BORN + day), chart) == why


def test_a_clearance_for_one_stage_is_told_for_that_stage() -> None:
    chart = after_birth(13, clearances=(replace(SIGNED, stages=("step-5",)),))
    for number, is_cleared in ((5, True), (6, False)):
        facts = clearance.facts_of(chart, stage_of(number).id)
        assert facts.is_cleared is is_cleared


def test_the_newest_clearance_is_named() -> None:
    later = Clearance("dr. Peeters", BORN + 20)
    assert clearance.current(after_birth(6, clearances=(SIGNED, later))) == later


def test_the_end_of_a_clearance_is_told_when_it_is_near() -> None:
    reminders, today = load_reminders(), after_birth(6).today
    near = today + reminders.clearance_ends_days
    for until_day, told in ((None, None), (near, near), (near + 1, None)):
        held = after_birth(6, clearances=(replace(SIGNED, until_day=until_day),))
        assert clearance.ends_soon(held, reminders) == told
    assert clearance.ends_soon(after_birth(6, clearances=()), reminders) is None
