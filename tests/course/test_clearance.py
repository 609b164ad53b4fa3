"""What the start page used to ask follows from the chart."""

from dataclasses import replace

from levator.course import clearance
from levator.course.chart import Birth, Clearance, RedFlag
from levator.course.entry import Locked, Open, StartFacts, entries, entry
from levator.course.gates import is_open
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
    assert all(isinstance(answer, Locked) for answer in entries(PROTOCOL, facts).values())


def test_a_clearance_for_one_stage_is_told_for_that_stage() -> None:
    chart = after_birth(13, clearances=(replace(SIGNED, stages=("step-5",)),))
    for number, is_cleared in ((5, True), (6, False)):
        facts = clearance.facts_of(chart, stage_of(number))
        assert facts.is_cleared is is_cleared
        assert isinstance(entry(stage_of(number), facts), Open) is is_cleared


def test_the_newest_clearance_is_named() -> None:
    later = Clearance("dr. Peeters", BORN + 20)
    assert clearance.current(after_birth(6, clearances=(SIGNED, later))) == later


def test_where_the_typed_facts_lock_a_stage_its_gates_are_shut_too() -> None:
    for birth in (Birth(BORN, "vaginal", ()), Birth(BORN, "vaginal", ("infection",))):
        for weeks in (0.0, 2.9, 5.9, 6.0, 12.0):
            for pain in (None, 0, 4):
                for signed in ((), (SIGNED,)):
                    chart = after_birth(weeks, pain=pain, birth=birth, clearances=signed)
                    for stage in PROTOCOL.stages:
                        facts = clearance.facts_of(chart, stage)
                        if isinstance(entry(stage, facts), Locked):
                            assert not is_open(PROTOCOL, stage, chart)
