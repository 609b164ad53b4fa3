"""What comes next and why: each rule, in its order, one parameter at a time."""

from dataclasses import replace
from typing import Any

import pytest

from levator.course.chart import Birth, Chart, Clearance, PainReport, Prescribed, RedFlag
from levator.course.progression import (
    Advance,
    Change,
    Hold,
    Proposal,
    Refuse,
    StepBack,
    asks_nothing,
    propose,
    range_of,
)
from levator.course.protocol import Parameter
from tests.course.women import (
    BORN,
    PROTOCOL,
    after_birth,
    at,
    overrule,
    pregnant,
    sitting,
    stage_of,
)


def codes(proposal: Proposal) -> list[str]:
    return [one.code for one in proposal.reasons]


def in_stage(number: int, weeks: float, *outcomes: dict[str, Any], **settings: Any) -> Chart:
    """A woman in a stage, with sittings of today at the settings in force."""
    name = f"step-{number}"
    make = pregnant if number <= 3 else after_birth
    chart = make(weeks, stage=name, settings=Prescribed(**settings))
    asked = at(name, **settings)
    done = tuple(sitting(name, chart.today, asked, **one) for one in outcomes)
    return replace(chart, sittings=_opened(number, chart.today) + done)


def _opened(number: int, day: int) -> tuple[Any, ...]:
    """The sittings that open a stage."""
    shown = {
        3: [sitting("step-2", day)] * 2,
        6: [sitting("step-5", day, at("step-5", hold_s=5.0))] * 2,
        7: [sitting("step-6", day, at("step-6", force_percent_mvc=70.0))] * 2,
    }
    return tuple(shown.get(number, []))


PASSED: dict[str, Any] = {}
FAILED = {"in_band_percent": 40.0}
DOUBTFUL = {"flagged_percent": 50.0}

# --- Where the course begins


def test_a_course_begins_with_awareness_in_pregnancy_and_with_balance_after_birth() -> None:
    begins = propose(PROTOCOL, pregnant(20))
    assert isinstance(begins, Advance)
    assert begins.change == Change("stage", None, "step-1")
    assert codes(begins) == ["course_begins"]
    after = propose(PROTOCOL, after_birth(8))
    assert isinstance(after, Advance)
    assert after.change.becomes == "step-5"


def test_after_a_birth_the_course_goes_on_after_it() -> None:
    chart = after_birth(0, stage="step-3")
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Advance)
    assert proposal.change == Change("stage", "step-3", "step-5")
    assert codes(proposal) == ["other_phase"]
    assert codes(propose(PROTOCOL, replace(chart, clearances=()))) == ["cleared"]


def test_a_course_that_cannot_begin_says_why() -> None:
    assert isinstance(propose(PROTOCOL, after_birth(2, clearances=())), Refuse)
    over = propose(PROTOCOL, pregnant(44))
    assert isinstance(over, Hold)
    assert codes(over) == ["course_begins", "week_not_over"]


def test_a_protocol_without_a_stage_for_her_phase_holds() -> None:
    before = replace(PROTOCOL, stages=PROTOCOL.stages[:3])
    assert codes(propose(before, after_birth(1))) == ["course_begins", "last_stage"]


# --- Refused and held


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clearances": ()}, ["cleared"]),
        ({"birth": Birth(BORN, "vaginal", ("infection",)), "clearances": ()}, ["cleared"]),
        ({"red_flags": (RedFlag(BORN + 3, "fever"),)}, ["no_red_flag", "cleared"]),
        ({"pains": (PainReport(BORN + 14, 6),)}, ["below_stop"]),
        ({"pains": (PainReport(BORN + 13, 6), PainReport(BORN + 13, 6), PainReport(BORN + 14, 0))},
         ["not_held"]),
        ({"sittings": (sitting("step-5", BORN + 14, ended_by="pain"),)}, ["not_ended_by_pain"]),
        ({"pains": (PainReport(BORN + 15, 0),)}, ["dates_fit"]),
    ],
    ids=lambda one: str(one) if isinstance(one, list) else "",
)  # fmt: skip
def test_nothing_is_proposed_before_somebody_has_looked(
    changes: dict[str, Any], expected: list[str]
) -> None:
    proposal = propose(PROTOCOL, replace(in_stage(5, 2, PASSED, PASSED), **changes))
    assert isinstance(proposal, Refuse)
    assert codes(proposal) == expected


def test_a_stage_that_pain_shuts_today_is_held_not_refused() -> None:
    chart = replace(in_stage(6, 8, PASSED, PASSED), pains=(PainReport(BORN + 56, 1),))
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["no_pain", "pain_reduced"]


def test_strength_waits_for_letting_go() -> None:
    tense = {"ended_by": "not_released", "released_percent": 30.0}
    proposal = propose(PROTOCOL, in_stage(6, 8, PASSED, tense))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["rest_first"]


@pytest.mark.parametrize(
    ("pains", "expected"),
    [
        ([], ["pain_unknown"]),
        ([(0, 4)], ["pain_not_safe"]),
        ([(2, 0), (1, 1), (0, 2)], ["pain_rising"]),
    ],
)
def test_pain_keeps_the_dose_as_it_is(pains: list[tuple[int, int]], expected: list[str]) -> None:
    chart = in_stage(5, 4, PASSED, PASSED)
    told = tuple(PainReport(chart.today - ago, score) for ago, score in pains)
    proposal = propose(PROTOCOL, replace(chart, pains=told))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == expected


def test_pain_that_is_safe_does_not() -> None:
    chart = in_stage(5, 4, PASSED, PASSED)
    safe = propose(PROTOCOL, replace(chart, pains=(PainReport(chart.today, 3),)))
    assert isinstance(safe, Advance)


def test_a_rise_in_the_last_sitting_holds() -> None:
    proposal = propose(PROTOCOL, in_stage(5, 4, PASSED, {"pain_before": 0, "pain_after": 2}))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["pain_rose"]


def test_a_worse_morning_is_one_step_lighter() -> None:
    chart = in_stage(5, 4, hold_s=4.0)
    done = sitting("step-5", chart.today - 1, at("step-5", hold_s=4.0))
    morning = PainReport(chart.today, 1, "next_morning")
    proposal = propose(PROTOCOL, replace(chart, sittings=(done,), pains=(morning,)))
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("hold", 4.0, 3.0)
    assert codes(proposal) == ["worse_next_morning"]


def test_open_mode_asks_for_no_effort_so_pain_holds_nothing() -> None:
    chart = pregnant(20, pain=8, stage="step-1")
    chart = replace(chart, sittings=(sitting("step-1", chart.today, Prescribed()),))
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["below_stop"]


# --- Letting go


def test_where_letting_go_is_hard_the_rest_grows_first() -> None:
    hard = {"released_percent": 80.0}
    proposal = propose(PROTOCOL, in_stage(2, 20, PASSED, hard))
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("rest", 6.0, 7.0)
    assert codes(proposal) == ["letting_go_is_hard"]


def test_the_longer_rest_is_tried_before_it_grows_again() -> None:
    hard = {"released_percent": 80.0}
    chart = in_stage(2, 20, PASSED, hard)
    tried = replace(chart, settings=Prescribed(rest_s=7.0))
    assert isinstance(propose(PROTOCOL, tried), Hold)
    again = sitting("step-2", chart.today, at("step-2", rest_s=7.0), released_percent=80.0)
    proposal = propose(PROTOCOL, replace(tried, sittings=(*tried.sittings, again)))
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("rest", 7.0, 8.0)


def test_at_the_longest_rest_the_sitting_counts_as_failed() -> None:
    hard = {"released_percent": 80.0}
    proposal = propose(PROTOCOL, in_stage(2, 20, hard, hard, rest_s=11.0))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["failed", "not_let_go", "lowest_reached"]


# --- Two failed


def test_after_two_failed_the_last_raised_goes_back() -> None:
    both = in_stage(5, 4, FAILED, FAILED, hold_s=9.0, force_percent_mvc=35.0)
    proposal = propose(PROTOCOL, both)
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("force", 35.0, 30.0)
    assert codes(proposal) == ["failed", "out_of_band"]
    hold = propose(PROTOCOL, in_stage(5, 4, FAILED, FAILED, hold_s=9.0))
    assert isinstance(hold, StepBack)
    assert hold.change == Change("hold", 9.0, 8.0)


def test_one_failed_is_no_step_back_nor_two_with_one_passed_between() -> None:
    for outcomes in ((FAILED,), (FAILED, PASSED, FAILED), (FAILED, DOUBTFUL)):
        assert isinstance(propose(PROTOCOL, in_stage(5, 4, *outcomes, hold_s=4.0)), Hold)


def test_from_the_start_of_a_stage_it_goes_to_the_stage_before() -> None:
    proposal = propose(PROTOCOL, in_stage(6, 8, FAILED, FAILED))
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("stage", "step-6", "step-5")


def test_from_the_lightest_stage_there_is_no_way_down() -> None:
    proposal = propose(PROTOCOL, in_stage(5, 4, FAILED, FAILED))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["failed", "out_of_band", "lowest_reached"]


# --- The next stage


def test_the_next_stage_comes_when_all_its_gates_are_open() -> None:
    chart = in_stage(5, 6, PASSED, PASSED, hold_s=5.0)
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Advance)
    assert proposal.change == Change("stage", "step-5", "step-6")
    assert codes(proposal) == ["next_stage_open"]
    early = propose(PROTOCOL, replace(chart, birth=Birth(BORN + 1, "vaginal", ()), clearances=(
        Clearance("dr. Maes", BORN + 1),)))  # fmt: skip
    assert isinstance(early, Advance)
    assert early.change.parameter == "hold"


def test_a_stage_without_a_sitting_is_not_left() -> None:
    proposal = propose(PROTOCOL, pregnant(20, stage="step-1"))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["no_sittings"]
    seen = sitting("step-1", BORN - 140, Prescribed())
    after = propose(PROTOCOL, pregnant(20, stage="step-1", sittings=(seen,)))
    assert isinstance(after, Advance)
    assert after.change.becomes == "step-2"


def test_the_last_stage_at_its_highest_is_the_end() -> None:
    chart = in_stage(7, 13, PASSED, PASSED, tangent_percent=80.0)
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["highest_reached", "last_stage"]


def test_the_last_stage_before_the_birth_says_what_it_waits_for() -> None:
    done = [sitting("step-3", BORN - 140, at("step-3", force_percent_mvc=70.0)) for _ in range(2)]
    settings = Prescribed(force_percent_mvc=70.0)
    opened = overrule(BORN - 140, "step-3", "holds_long", "releases_well", "lasts")
    chart = pregnant(
        20, stage="step-3", settings=settings, sittings=tuple(done), decisions=(opened,)
    )
    assert codes(propose(PROTOCOL, chart)) == ["highest_reached", "last_before_birth"]
    before_only = replace(PROTOCOL, stages=PROTOCOL.stages_of("pregnancy"))
    assert codes(propose(before_only, chart)) == ["highest_reached", "last_stage"]


def test_a_sitting_that_runs_now_says_nothing_yet() -> None:
    runs = sitting("step-5", BORN + 28, rounds=0, valid=0, released_percent=None, is_over=False)
    chart = in_stage(5, 4)
    assert codes(propose(PROTOCOL, replace(chart, sittings=(runs,)))) == codes(
        propose(PROTOCOL, chart)
    )
    assert "no_sittings" in codes(propose(PROTOCOL, chart))


# --- One parameter, one step


@pytest.mark.parametrize(
    ("number", "weeks", "settings", "change"),
    [
        (3, 20, {}, Change("force", 50.0, 55.0)),
        (3, 20, {"force_percent_mvc": 65.0}, Change("force", 65.0, 70.0)),
        (5, 4, {}, Change("hold", 1.0, 2.0)),
        (5, 4, {"hold_s": 9.0}, Change("force", 30.0, 35.0)),
        (6, 7, {}, Change("force", 50.0, 55.0)),
        (6, 7, {"force_percent_mvc": 70.0}, Change("hold", 5.0, 6.0)),
        (7, 13, {}, Change("tangent", 20.0, 30.0)),
        (7, 13, {"tangent_percent": 70.0}, Change("tangent", 70.0, 80.0)),
        (7, 13, {"tangent_percent": 75.0}, Change("tangent", 75.0, 80.0)),
    ],
    ids=str,
)
def test_after_two_passed_one_parameter_goes_up_by_its_step(
    number: int, weeks: float, settings: dict[str, Any], change: Change
) -> None:
    chart = in_stage(number, weeks, PASSED, PASSED, **settings)
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Advance)
    assert proposal.change == change
    assert codes(proposal) == ["passed"]
    once = replace(chart, sittings=chart.sittings[:-1])
    assert isinstance(propose(PROTOCOL, once), Hold)


def test_only_sittings_at_the_prescribed_dose_count() -> None:
    chart = in_stage(5, 4, PASSED, PASSED, hold_s=2.0)
    raised = replace(chart, settings=Prescribed(hold_s=3.0))
    proposal = propose(PROTOCOL, raised)
    assert isinstance(proposal, Hold)
    assert codes(proposal)[0] == "no_sittings"


def test_what_is_missing_is_told_with_what_the_next_stage_waits_for() -> None:
    proposal = propose(PROTOCOL, in_stage(5, 4, PASSED, DOUBTFUL))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["passed_so_far", "signal_in_doubt", "week_reached", "holds_long"]
    assert (proposal.reasons[0].needed, proposal.reasons[0].given) == (2, 1)


@pytest.mark.parametrize(
    ("weeks", "settings", "code", "cap"),
    [
        (0.5, {"hold_s": 3.0}, "hold_capped", "first-week-after-birth"),
        (2.5, {"hold_s": 9.0}, "force_capped", "until-week-3-after-birth"),
    ],
)
def test_a_cap_of_today_holds_the_step(weeks: float, settings: Any, code: str, cap: str) -> None:
    proposal = propose(PROTOCOL, in_stage(5, weeks, PASSED, PASSED, **settings))
    assert isinstance(proposal, Hold)
    assert codes(proposal) == ["passed", code]
    assert proposal.reasons[1].source == cap


def test_with_pain_the_force_of_step_5_stays() -> None:
    chart = in_stage(5, 4, PASSED, PASSED, hold_s=9.0)
    proposal = propose(PROTOCOL, replace(chart, pains=(PainReport(chart.today, 1),)))
    assert isinstance(proposal, Hold)
    assert proposal.reasons[1].source == "while-there-is-pain"


def test_steps_that_the_therapist_opened_stay_open() -> None:
    chart = in_stage(6, 5, PASSED, PASSED)
    opened = replace(chart, decisions=(overrule(chart.today, "step-6", "week_reached"),))
    assert isinstance(propose(PROTOCOL, opened), Advance)
    assert codes(propose(PROTOCOL, chart)) == ["week_reached"]


@pytest.mark.parametrize(
    ("parameter", "number", "has_range"),
    [("times", 5, True), ("times", 4, False), ("rounds", 7, False), ("hold", 4, False)],
)
def test_a_parameter_has_its_range(parameter: Parameter, number: int, has_range: bool) -> None:
    assert (range_of(stage_of(number), parameter) is not None) is has_range


def test_a_parameter_with_one_value_is_passed_over() -> None:
    odd = replace(stage_of(7), order=("rounds", "tangent"))
    stages = tuple(odd if one.id == "step-7" else one for one in PROTOCOL.stages)
    proposal = propose(replace(PROTOCOL, stages=stages), in_stage(7, 13, PASSED, PASSED))
    assert isinstance(proposal, Advance)
    assert proposal.change == Change("tangent", 20.0, 30.0)


def test_where_a_step_raises_nothing_the_sittings_of_the_next_one_are_told() -> None:
    """Three passed sittings would raise something; two show that she lets go."""
    slow = replace(PROTOCOL, progression=replace(PROTOCOL.progression, sittings_up=3))
    for number, needed in ((2, 2), (3, 3)):
        shown = (sitting("step-2", BORN - 141),) * 2 if number == 3 else ()
        hold = propose(slow, pregnant(20, stage=f"step-{number}", sittings=shown))
        assert isinstance(hold, Hold)
        assert (hold.reasons[0].code, hold.reasons[0].needed) == ("no_sittings", needed)
        assert hold.reasons[0].source
    done = (sitting("step-2", BORN - 140, fatigue_round=3),) * 2
    hold = propose(slow, pregnant(20, stage="step-2", sittings=done))
    assert [one.code for one in hold.reasons] == ["lasts"]


# --- A step that asks nothing of her


@pytest.mark.parametrize(
    ("chart", "is_nothing"),
    [
        (in_stage(5, 3), False),
        (pregnant(20), False),
        (in_stage(5, 3, {"ended_by": "pain"}), True),
        (replace(in_stage(2, 20), birth=Birth(BORN, "vaginal", ()), today=BORN + 21), True),
    ],
)
def test_a_step_asks_nothing_where_nothing_may_be_trained_or_it_is_behind_her(
    chart: Chart, is_nothing: bool
) -> None:
    proposal = propose(PROTOCOL, chart)
    assert asks_nothing(PROTOCOL, chart, proposal) == is_nothing
