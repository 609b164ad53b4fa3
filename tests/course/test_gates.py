"""Time AND clearance AND pain AND performance: every gate, just shut and just open."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from levator.course.chart import (
    Birth,
    Chart,
    Clearance,
    PainReport,
    RedFlag,
    day_of_week,
)
from levator.course.gates import OVERRULABLE, Gate, GateCode, gates, is_open, may_be_overruled, shut
from levator.course.protocol import Judged
from tests.course.women import (
    BORN,
    PROTOCOL,
    SIGNED,
    after_birth,
    at,
    overrule,
    pregnant,
    sitting,
    stage_of,
)

#: What opens step 6 in week 6, all of it.
DAY = BORN + 41
SHOWN = tuple(sitting("step-5", DAY, at("step-5", hold_s=5.0)) for _ in range(2))


def codes(number: int, chart: Chart) -> list[str]:
    return [gate.code for gate in shut(PROTOCOL, stage_of(number), chart)]


def gate(number: int, chart: Chart, code: str) -> Gate:
    (found,) = [one for one in gates(PROTOCOL, stage_of(number), chart) if one.code == code]
    return found


def ready(weeks: float = 6.0, **more: Any) -> Chart:
    return after_birth(weeks, **{"sittings": SHOWN} | more)


def test_a_stage_is_open_when_all_its_gates_are() -> None:
    assert is_open(PROTOCOL, stage_of(6), ready())
    kinds = [one.kind for one in gates(PROTOCOL, stage_of(6), ready())]
    assert sorted(set(kinds)) == ["clearance", "pain", "performance", "time"]


# --- Time


@pytest.mark.parametrize(("number", "week"), [(6, 6.0), (7, 12.0)])
def test_a_stage_opens_on_the_day_its_week_is_full_and_says_which(number: int, week: float) -> None:
    early = replace(ready(), today=BORN + round(week * 7) - 1)
    one = gate(number, early, "week_reached")
    assert (one.is_open, one.needed, one.from_day) == (False, week, early.today + 1)
    assert gate(number, replace(early, today=early.today + 1), "week_reached").is_open


def test_a_stage_of_the_other_phase_is_shut_and_asks_for_no_week() -> None:
    assert codes(2, after_birth(1)) == ["right_phase"]
    assert "right_phase" in codes(5, pregnant(30))


def test_a_pregnancy_does_not_last_for_ever() -> None:
    assert codes(2, pregnant(42.9)) == []
    assert codes(2, pregnant(43)) == ["week_not_over"]


def test_a_target_needs_the_week_and_awareness_does_not() -> None:
    unknown = replace(pregnant(20), expected_on=None)
    assert codes(1, unknown) == []
    assert codes(2, unknown) == ["week_reached"]
    assert gate(2, unknown, "week_reached").given is None
    assert day_of_week(unknown, 6.0) is None
    assert day_of_week(pregnant(20), 24.0) == pregnant(24).today


def test_before_the_first_week_of_a_pregnancy_there_is_no_week() -> None:
    assert pregnant(0).week == 0.0
    assert replace(pregnant(0), today=BORN - 281).week is None


@pytest.mark.parametrize(
    "later",
    [
        {"birth": Birth(BORN + 1, "vaginal", ())},
        {"sittings": (sitting("step-5", BORN + 1),)},
        {"pains": (PainReport(BORN + 1, 0),)},
        {"red_flags": (RedFlag(BORN + 1, "fever"),)},
        {"decisions": (overrule(BORN + 1, "step-6", "week_reached"),)},
    ],
    ids=lambda later: next(iter(later)),
)
def test_a_record_from_after_today_shuts_everything(later: dict[str, Any]) -> None:
    """A clock that goes back, or a date that was mistyped, opens nothing."""
    chart = replace(after_birth(0), **later)
    for number in range(1, 8):
        assert "dates_fit" in codes(number, chart)
    assert not may_be_overruled(gate(5, chart, "dates_fit"))


# --- Clearance


def test_nobody_has_agreed_yet() -> None:
    chart = ready(clearances=())
    assert codes(6, chart) == ["cleared"]
    assert codes(4, chart) == []  # awareness, after a birth without complications


@pytest.mark.parametrize(
    "clearance",
    [
        Clearance("  ", BORN),
        replace(SIGNED, from_day=BORN + 43),
        replace(SIGNED, until_day=BORN + 41),
        replace(SIGNED, revoked_on=BORN + 42),
        replace(SIGNED, from_day=BORN - 1),
        replace(SIGNED, stages=("step-5",)),
    ],
    ids=["unsigned", "later", "over", "revoked", "of-before-the-birth", "for-another-stage"],
)
def test_a_clearance_that_does_not_hold(clearance: Clearance) -> None:
    assert codes(6, ready(clearances=(clearance,))) == ["cleared"]


@pytest.mark.parametrize(
    "clearance",
    [
        replace(SIGNED, from_day=BORN + 42),
        replace(SIGNED, until_day=BORN + 42),
        replace(SIGNED, revoked_on=BORN + 43),
        replace(SIGNED, stages=("step-5", "step-6")),
    ],
    ids=["from-today", "until-today", "revoked-tomorrow", "for-this-stage"],
)
def test_a_clearance_that_holds(clearance: Clearance) -> None:
    one = gate(6, ready(clearances=(clearance,)), "cleared")
    assert (one.is_open, one.given) == (True, "dr. Maes")


def test_a_clearance_that_is_yet_to_begin_says_when() -> None:
    later = replace(SIGNED, from_day=BORN + 50)
    assert gate(6, ready(clearances=(later,)), "cleared").from_day == BORN + 50


@pytest.mark.parametrize(
    "birth",
    [
        Birth(BORN, "vaginal", ("haemorrhage",)),
        Birth(BORN, "vaginal", None),
        Birth(BORN, "instrumental", ()),
        Birth(BORN, "caesarean", ()),
    ],
    ids=["complications", "nobody-asked", "instrumental", "caesarean"],
)
def test_after_complications_even_awareness_waits_for_a_clearance(birth: Birth) -> None:
    assert codes(4, after_birth(1, birth=birth, clearances=())) == ["cleared"]
    assert codes(4, after_birth(1, birth=birth)) == []


@pytest.mark.parametrize("complications", [("bleeding",), None])
def test_so_it_does_in_a_pregnancy_with_complications(complications: Any) -> None:
    assert codes(1, pregnant(20, complications=complications)) == ["cleared"]
    cleared = (Clearance("dr. Maes", BORN - 200),)
    assert codes(1, pregnant(20, complications=complications, clearances=cleared)) == []


@pytest.mark.parametrize(("flagged", "is_shut"), [(-1, False), (0, True), (1, True)])
def test_a_red_flag_revokes_every_clearance_that_is_not_newer(flagged: int, is_shut: bool) -> None:
    day = BORN + 30
    chart = ready(
        clearances=(replace(SIGNED, from_day=day),), red_flags=(RedFlag(day + flagged, "fever"),)
    )
    expected = ["no_red_flag", "cleared"] if is_shut else []
    assert codes(6, chart) == expected
    assert not any(map(may_be_overruled, shut(PROTOCOL, stage_of(6), chart)))


def test_a_red_flag_asks_for_a_clearance_where_none_was_needed() -> None:
    flag = (RedFlag(BORN - 100, "bleeding"),)
    chart = pregnant(30, red_flags=flag)
    assert codes(1, chart) == ["no_red_flag", "cleared"]
    assert gate(1, chart, "no_red_flag").given == "bleeding"
    answered = (Clearance("dr. Maes", BORN - 99),)
    assert codes(1, replace(chart, clearances=answered)) == []


# --- Pain


@pytest.mark.parametrize(("score", "expected"), [(0, []), (1, ["no_pain", "pain_reduced"])])
def test_strength_needs_a_day_without_pain(score: int, expected: list[str]) -> None:
    chart = ready(pain=score)
    assert codes(6, chart) == expected
    assert codes(5, chart) == []


def test_pain_that_nobody_asked_about_is_pain_and_is_asked_not_overruled() -> None:
    chart = ready(pain=None)
    assert codes(6, chart) == ["no_pain", "pain_reduced"]
    assert not may_be_overruled(gate(6, chart, "no_pain"))
    assert may_be_overruled(gate(6, ready(pain=1), "no_pain"))


@pytest.mark.parametrize(("score", "expected"), [(5, []), (6, ["below_stop"])])
def test_over_the_stop_no_effort_is_asked(score: int, expected: list[str]) -> None:
    assert codes(5, ready(pain=score)) == expected
    assert codes(4, ready(pain=score)) == []  # with much pain: awareness, on soft cushions


def test_a_score_over_the_stop_counts_until_a_lower_one_comes() -> None:
    yesterday = PainReport(BORN + 41, 7)
    assert codes(5, ready(pains=(yesterday,))) == ["below_stop"]
    assert codes(5, ready(pains=(yesterday, PainReport(BORN + 42, 3)))) == []


def test_after_a_sitting_that_ended_by_pain_there_is_no_more_effort_today() -> None:
    ended = sitting("step-5", BORN + 42, ended_by="pain")
    chart = ready(sittings=(*SHOWN, ended))
    one = gate(5, chart, "not_ended_by_pain")
    assert (one.is_open, one.from_day) == (False, BORN + 43)
    assert gate(5, replace(chart, today=BORN + 43), "not_ended_by_pain").is_open
    decided = replace(chart, decisions=(overrule(BORN + 42, "step-5", "not_ended_by_pain"),))
    assert gate(5, decided, "not_ended_by_pain").is_open


# --- Performance


@pytest.mark.parametrize(
    ("changes", "code", "given"),
    [
        ({"asked": at("step-5", hold_s=4.9)}, "holds_long", 4.9),
        ({"in_band_percent": 79.9}, "holds_long", 0.0),
        ({"in_band_percent": None}, "holds_long", None),
        ({"released_percent": 89.9}, "releases_well", 89.9),
        ({"released_percent": None}, "releases_well", None),
        ({"fatigue_round": 4}, "lasts", 4.0),
        ({"rounds": 0}, "lasts", None),
        ({"rounds": 4, "ended_by": "before_fatigue"}, "lasts", 4.0),
    ],
)
def test_what_she_has_not_shown_keeps_strength_shut(
    changes: dict[str, Any], code: str, given: float | None
) -> None:
    chart = ready(sittings=(SHOWN[0], replace(SHOWN[1], **changes)))
    assert codes(6, chart) == [code]
    assert gate(6, chart, code).given == given


def test_the_last_sittings_count_all_of_them_and_of_that_stage_only() -> None:
    poor = replace(SHOWN[0], released_percent=50.0)
    assert codes(6, ready(sittings=(poor, *SHOWN))) == []
    assert codes(6, ready(sittings=(*SHOWN, poor))) == ["releases_well"]
    assert codes(6, ready(sittings=SHOWN[:1])) == ["holds_long", "releases_well", "lasts"]
    other = sitting("step-4", DAY, at("step-5", hold_s=5.0))
    assert codes(6, ready(sittings=(other, *SHOWN[:1]))) == [
        "holds_long",
        "releases_well",
        "lasts",
    ]


def test_fatigue_as_late_as_needed_is_no_fatigue() -> None:
    late = tuple(replace(one, fatigue_round=5) for one in SHOWN)
    assert gate(6, ready(sittings=late), "lasts").is_open
    few = tuple(replace(one, rounds=4, ended_by="stop") for one in SHOWN)
    assert gate(6, ready(sittings=few), "lasts").is_open


def test_sittings_of_before_the_birth_show_nothing() -> None:
    old = tuple(replace(one, day=BORN - 1) for one in SHOWN)
    assert "holds_long" in codes(6, ready(sittings=old))


def test_an_ability_that_a_protocol_leaves_to_the_therapist_waits_for_her() -> None:
    stage = replace(stage_of(6), judged=(Judged("releases_well", "a book"),))
    assert [one.code for one in shut(PROTOCOL, stage, ready())] == ["releases_well"]
    opened = ready(decisions=(overrule(BORN + 42, "step-6", "releases_well"),))
    (one,) = [one for one in gates(PROTOCOL, stage, opened) if one.kind == "performance"][:1]
    assert (one.is_open, one.overruled_by) == (True, "T. Bos")
    judged = replace(stage, judged=(Judged("pain_reduced", "a book"),))
    assert [one.code for one in shut(PROTOCOL, judged, ready())] == ["pain_reduced"]


def test_step_7_begins_when_step_6_is_at_70() -> None:
    def shown(force: float) -> Chart:
        done = tuple(sitting("step-6", DAY, at("step-6", force_percent_mvc=force)) for _ in "12")
        return after_birth(12, sittings=done)

    assert codes(7, shown(69.0)) == ["force_reached"]
    assert codes(7, shown(70.0)) == []


# --- Rest first


def test_strength_waits_until_one_sitting_lets_go() -> None:
    tense = sitting("step-5", DAY, ended_by="not_released", released_percent=20.0)
    chart = ready(sittings=(tense, *[replace(one, released_percent=89.0) for one in SHOWN]))
    one = gate(6, chart, "rest_first")
    assert (one.is_open, one.needed, one.given) == (False, 90.0, 89.0)
    assert gate(6, ready(sittings=(tense, *SHOWN)), "rest_first").is_open
    again = (tense, *SHOWN, tense)
    assert not gate(6, ready(sittings=again), "rest_first").is_open
    assert "rest_first" not in codes(5, chart)


def test_a_decision_from_before_the_tension_does_not_answer_it() -> None:
    tense = sitting("step-5", DAY, ended_by="not_released", released_percent=None)
    for day, is_answered in ((DAY - 1, False), (DAY, True)):
        chart = ready(sittings=(*SHOWN, tense), decisions=(overrule(day, "step-6", "rest_first"),))
        assert gate(6, chart, "rest_first").is_open is is_answered


# --- Overruling


def test_a_decision_opens_the_gates_it_names_of_its_stage() -> None:
    early = after_birth(5)
    waiting = ["week_reached", "holds_long", "releases_well", "lasts"]
    assert codes(6, early) == waiting
    some = replace(early, decisions=(overrule(early.today, "step-6", "week_reached"),))
    assert codes(6, some) == waiting[1:]
    assert "week_reached" in codes(7, some)
    other = replace(early, decisions=(replace(some.decisions[0], kind="accept"),))
    assert codes(6, other) == waiting


def test_birth_and_red_flag_end_every_decision() -> None:
    early = after_birth(5)
    before = replace(early, decisions=(overrule(BORN - 1, "step-6", "week_reached"),))
    assert "week_reached" in codes(6, before)
    decided = replace(early, decisions=(overrule(BORN + 30, "step-6", "week_reached"),))
    assert "week_reached" not in codes(6, decided)
    flagged = replace(
        decided,
        red_flags=(RedFlag(BORN + 30, "fever"),),
        clearances=(replace(SIGNED, from_day=BORN + 31),),
    )
    assert "week_reached" in codes(6, flagged)


def test_a_decision_about_pain_is_for_that_day() -> None:
    chart = ready(pain=1, decisions=(overrule(BORN + 42, "step-6", "no_pain"),))
    assert "no_pain" not in codes(6, chart)
    tomorrow = replace(chart, today=BORN + 43, pains=(PainReport(BORN + 43, 1),))
    assert "no_pain" in codes(6, tomorrow)


def test_what_no_decision_opens() -> None:
    never = {
        "course_not_ended",
        "dates_fit",
        "right_phase",
        "week_not_over",
        "daily_dose_left",
        "no_red_flag",
        "red_flags_asked",
        "cleared",
        "not_held",
        "below_stop",
    }
    every = {code for part in get_args(GateCode) for code in get_args(part)}
    assert every - OVERRULABLE == never
