"""What a therapist decides, and what no decision passes."""

from dataclasses import replace
from typing import Any

import pytest

from levator.course.chart import (
    Birth,
    Chart,
    Clearance,
    Decision,
    PainReport,
    Prescribed,
    RedFlag,
)
from levator.course.deciding import Decided, DecisionRefused, after, decide
from levator.course.gates import is_open
from levator.course.today import limits_today
from tests.course.women import BORN, HARD, PROTOCOL, SIGNED, after_birth, at, sitting, stage_of


def decided(chart: Chart, kind: Any = "overrule", **more: Any) -> Decided | DecisionRefused:
    made = {"reason": "seen and tested"} | more
    return decide(PROTOCOL, chart, Decision(chart.today, "T. Bos", kind, **made), HARD)


def codes(answer: Decided | DecisionRefused) -> list[str]:
    assert isinstance(answer, DecisionRefused)
    return [one.code for one in answer.reasons]


def passed(weeks: float = 4.0, **settings: Any) -> Chart:
    chart = after_birth(weeks, stage="step-5", settings=Prescribed(**settings))
    done = sitting("step-5", chart.today, at("step-5", **settings))
    return replace(chart, sittings=(done, done))


# --- The form


def test_a_decision_needs_a_name_a_reason_and_the_day_itself() -> None:
    chart = passed()
    blank = Decision(chart.today - 1, " ", "overrule", " ", "step-5")
    assert codes(decide(PROTOCOL, chart, blank, HARD)) == [
        "name_needed",
        "reason_needed",
        "not_today",
    ]
    accepted = decided(chart, "accept", reason="")
    assert isinstance(accepted, Decided)


# --- Accept


def test_accepting_changes_the_one_parameter_and_keeps_the_rest() -> None:
    answer = decided(passed(rest_s=5.0), "accept")
    assert isinstance(answer, Decided)
    assert (answer.stage, answer.settings) == ("step-5", Prescribed(hold_s=2.0, rest_s=5.0))
    chart = after(passed(rest_s=5.0), answer)
    assert (chart.stage, chart.settings) == (answer.stage, answer.settings)
    assert chart.decisions[-1].settings == answer.settings


def test_accepting_a_longer_rest() -> None:
    chart = passed()
    hard = tuple(replace(one, released_percent=50.0) for one in chart.sittings)
    answer = decided(replace(chart, sittings=hard), "accept")
    assert isinstance(answer, Decided)
    assert answer.settings == Prescribed(rest_s=5.0)


def test_accepting_a_stage_begins_where_it_starts() -> None:
    answer = decided(passed(6.0, hold_s=5.0), "accept")
    assert isinstance(answer, Decided)
    assert (answer.stage, answer.settings) == ("step-6", Prescribed())


def test_where_nothing_is_proposed_there_is_nothing_to_accept() -> None:
    assert codes(decided(after_birth(4, stage="step-5"), "accept"))[:2] == [
        "nothing_proposed",
        "no_sittings",
    ]


def test_an_accepted_decision_opens_no_gate() -> None:
    answer = decided(passed(), "accept", opens=("week_reached",))
    assert isinstance(answer, Decided)
    assert answer.decision.opens == ()


# --- Overrule


def test_an_overrule_opens_time_and_performance_and_keeps_which() -> None:
    chart = passed(5.0)
    answer = decided(chart, stage="step-6")
    assert isinstance(answer, Decided)
    assert answer.decision.opens == ("week_reached", "holds_long")
    assert (answer.stage, answer.settings) == ("step-6", Prescribed())
    later = after(chart, answer)
    assert is_open(PROTOCOL, stage_of(6), later)
    assert not is_open(PROTOCOL, stage_of(6), chart)


def test_the_gates_it_opens_are_those_that_were_shut_whatever_it_says() -> None:
    answer = decided(passed(5.0), stage="step-6", opens=("cleared", "no_pain"))
    assert isinstance(answer, Decided)
    assert answer.decision.opens == ("week_reached", "holds_long")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clearances": ()}, ["cleared"]),
        ({"clearances": (replace(SIGNED, until_day=BORN + 34),)}, ["cleared"]),
        ({"birth": Birth(BORN, "caesarean", ()), "clearances": ()}, ["cleared"]),
        ({"red_flags": (RedFlag(BORN, "fever"),)}, ["no_red_flag", "cleared"]),
        ({"pains": (PainReport(BORN + 35, 6),)}, ["below_stop"]),
        ({"pains": (PainReport(BORN + 34, 6), PainReport(BORN + 34, 6), PainReport(BORN + 35, 0))},
         ["not_held"]),
        ({"pains": ()}, ["no_pain"]),
        ({"pains": (PainReport(BORN + 36, 0),)}, ["dates_fit", "no_pain"]),
        ({"birth": None, "expected_on": BORN}, ["right_phase"]),
    ],
    ids=lambda one: str(one) if isinstance(one, list) else "",
)  # fmt: skip
def test_what_no_overrule_passes(changes: dict[str, Any], expected: list[str]) -> None:
    answer = decided(replace(passed(5.0), **changes), stage="step-6")
    assert codes(answer) == expected


def test_in_the_stage_she_is_in_an_overrule_may_change_the_settings() -> None:
    wanted = Prescribed(force_percent_mvc=35.0, hold_s=6.0, times_a_day=2)
    answer = decided(passed(), settings=wanted)
    assert isinstance(answer, Decided)
    assert (answer.stage, answer.settings, answer.decision.opens) == ("step-5", wanted, ())
    same = decided(passed(hold_s=3.0))
    assert isinstance(same, Decided)
    assert same.settings == Prescribed(hold_s=3.0)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Prescribed(force_percent_mvc=40.1), ["outside_range"]),
        (Prescribed(hold_s=0.9), ["outside_range"]),
        (Prescribed(hold_s=9.1, rest_s=9.1), ["outside_range", "outside_range"]),
        (Prescribed(times_a_day=7), ["outside_range"]),
        (Prescribed(tangent_percent=20.0), ["outside_range"]),
        (Prescribed(rounds=6), ["outside_range"]),
        (Prescribed(rounds_rule="number"), ["other_rounds_rule"]),
    ],
    ids=str,
)
def test_no_overrule_passes_the_ranges_of_the_stage(
    settings: Prescribed, expected: list[str]
) -> None:
    assert codes(decided(passed(), settings=settings)) == expected


def test_no_overrule_passes_the_limits_of_the_day() -> None:
    early = passed(2.0)
    assert limits_today(PROTOCOL, stage_of(5), early, HARD).force_percent_mvc == 30.0
    assert codes(decided(early, settings=Prescribed(force_percent_mvc=35.0))) == ["over_limits"]
    low = replace(HARD, max_rounds=10)
    answer = decide(
        PROTOCOL, early, Decision(early.today, "T. Bos", "overrule", "so", "step-5"), low
    )
    assert codes(answer) == ["over_limits"]


def test_open_mode_has_nothing_to_prescribe_and_fixed_times_stay() -> None:
    answer = decided(passed(), stage="step-4")
    assert isinstance(answer, Decided)
    fixed = replace(
        PROTOCOL,
        stages=tuple(
            replace(one, times_a_day=one.times_a_day and replace(one.times_a_day, allowed=None))
            for one in PROTOCOL.stages
        ),
    )
    chart = passed()
    for times, is_taken in ((3, True), (2, False)):
        wanted = Decision(
            chart.today, "T. Bos", "overrule", "so", "step-5", Prescribed(times_a_day=times)
        )
        assert isinstance(decide(fixed, chart, wanted, HARD), Decided) is is_taken


@pytest.mark.parametrize("stage", ["step-9", None])
def test_a_stage_that_is_not_there(stage: str | None) -> None:
    assert codes(decided(replace(passed(), stage=None), stage=stage)) == ["unknown_stage"]


# --- Release


def test_a_held_programme_goes_on_after_a_release_and_a_lower_score() -> None:
    days = (BORN + 27, BORN + 27, BORN + 28)
    pains = tuple(PainReport(day, score) for day, score in zip(days, (6, 7, 2), strict=True))
    chart = replace(passed(), pains=pains)
    assert not is_open(PROTOCOL, stage_of(5), chart)
    answer = decided(chart, "release")
    assert isinstance(answer, Decided)
    assert is_open(PROTOCOL, stage_of(5), after(chart, answer))
    assert codes(decided(passed(), "release")) == ["nothing_held"]


def test_a_clearance_signed_after_a_red_flag_is_the_way_back() -> None:
    chart = replace(passed(), red_flags=(RedFlag(BORN + 27, "fever"),))
    assert not is_open(PROTOCOL, stage_of(5), chart)
    signed = replace(chart, clearances=(SIGNED, Clearance("dr. Maes", BORN + 28)))
    assert is_open(PROTOCOL, stage_of(5), signed)
