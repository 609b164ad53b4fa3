"""At home: the gates of a stage on every day to come, the last gate of a dose, and her share."""

from dataclasses import replace
from math import inf, nan, nextafter
from typing import Any

import pytest

from levator.course.chart import Birth, Chart, Clearance, PainReport, RedFlag
from levator.course.daily import Adherence
from levator.course.home import (
    HomeDay,
    HomePlan,
    HomeQuestion,
    home_adherence,
    home_gates,
    home_plan,
)
from levator.course.home_dose import (
    HomeDose,
    HomeItem,
    HomeRefused,
    OutsideLibrary,
    home_item,
    is_over_limit,
)
from levator.course.protocol import Cap, CautionRule, Protocol
from levator.course.today import Lowered
from levator.training.limits import Breach, Limits
from levator.training.pattern import Pattern
from tests.course.exercises import SCALES, dose, entry, exercise
from tests.course.women import BORN, HARD, PROTOCOL, SIGNED, after_birth, pregnant, sitting

ENDURANCE = exercise()
LIFTING = CautionRule("lifting", "caesarean", 6.0, {"en": "Nothing heavier than the baby."}, "a")


def codes(chart: Chart, **more: Any) -> list[str]:
    found = home_gates(exercise(entry=entry(**more)), PROTOCOL, chart)
    return [one.code for one in found if not one.is_open]


def plan(chart: Chart, *doses: HomeDose, days: int = 14, **more: Any) -> HomePlan:
    given: dict[str, Any] = {"exercises": [ENDURANCE], "rules": [], "protocol": PROTOCOL} | more
    return home_plan(
        given["exercises"],
        doses or [dose()],
        given["protocol"],
        chart,
        given["rules"],
        HARD,
        days,
        SCALES,
    )


def last_day(made: HomePlan) -> int:
    """How many days after the first the plan ends."""
    assert made.valid_until == made.days[-1].day
    return made.valid_until - made.days[0].day


def item(made: HomeDay) -> HomeItem:
    (found,) = made.items
    return found


# --- Gates


def test_every_gate_of_an_exercise_is_told_open_or_shut() -> None:
    found = [one.code for one in home_gates(ENDURANCE, PROTOCOL, after_birth(6))]
    assert found == [
        "course_not_ended",
        "dates_fit",
        "right_phase",
        "week_reached",
        "no_red_flag",
        "cleared",
        "not_held",
        "below_stop",
        "not_ended_by_pain",
        "rest_first",
    ]
    assert codes(after_birth(6)) == []


@pytest.mark.parametrize(
    ("chart", "code"),
    [
        (after_birth(6, has_ended=True), "course_not_ended"),
        (after_birth(6, red_flags_asked=(BORN + 43,)), "dates_fit"),
        (after_birth(6, clearances=(), birth=Birth(BORN, "caesarean", ())), "cleared"),
        (after_birth(6, clearances=(), birth=Birth(BORN, "vaginal", None)), "cleared"),
        (after_birth(6, pains=(PainReport(BORN + 40, 8), PainReport(BORN + 42, 0))), ""),
        (after_birth(6, pain=6), "below_stop"),
        (after_birth(6, sittings=(sitting("step-5", BORN + 42, ended_by="pain"),)),
         "not_ended_by_pain"),
        (after_birth(6, sittings=(sitting("step-5", BORN + 41, ended_by="not_released"),)),
         "rest_first"),
        (pregnant(42.9), ""),
        (pregnant(43), "week_not_over"),
    ],
)  # fmt: skip
def test_a_gate_of_the_course_shuts_it_at_home_too(chart: Chart, code: str) -> None:
    assert codes(chart) == ([code] if code else [])


def test_a_red_flag_and_a_held_programme_shut_it() -> None:
    flagged = after_birth(6, red_flags=(RedFlag(BORN + 42, "fever"),))
    assert codes(flagged) == ["no_red_flag", "cleared"]
    held = after_birth(6, pains=(PainReport(BORN + 40, 8), PainReport(BORN + 41, 8)))
    assert codes(replace(held, pains=(*held.pains, PainReport(BORN + 42, 0)))) == ["not_held"]


def test_a_clearance_for_some_stages_says_nothing_about_exercises() -> None:
    operative = Birth(BORN, "caesarean", ())
    only = (replace(SIGNED, stages=("step-5",)),)
    assert codes(after_birth(6, birth=operative, clearances=only)) == ["cleared"]
    assert codes(after_birth(6, birth=operative)) == []
    assert codes(after_birth(6, clearances=()), clearance="always") == ["cleared"]


def test_a_pregnancy_may_have_its_own_rule_of_clearance() -> None:
    own = {
        "clearance": "always",
        "clearance_in_pregnancy": "after_complications",
        "sources": {"clearance": "after", "clearance_in_pregnancy": "before"},
    }
    assert codes(pregnant(30), **own) == []
    assert codes(pregnant(30), **own | {"clearance_in_pregnancy": None}) == ["cleared"]
    assert codes(after_birth(6, clearances=()), **own) == ["cleared"]
    for chart, source in ((pregnant(30), "before"), (after_birth(6), "after")):
        found = home_gates(exercise(entry=entry(**own)), PROTOCOL, chart)
        assert [one.source for one in found if one.code == "cleared"] == [source]


def test_an_exercise_of_one_phase_and_some_weeks() -> None:
    assert codes(after_birth(1), phases=("pregnancy",)) == ["right_phase"]
    assert codes(pregnant(30), phases=("after_birth",), from_week_after_birth=6.0) == [
        "right_phase"
    ]
    late = {"from_week_after_birth": 6.0, "until_week_after_birth": 12.0}
    early = replace(after_birth(6), today=BORN + 41, pains=(), red_flags_asked=())
    assert codes(early, **late) == ["week_reached"]
    assert codes(after_birth(6), **late) == []
    last = replace(after_birth(12), today=BORN + 83, pains=(), red_flags_asked=())
    assert codes(last, **late) == []
    assert codes(after_birth(12), **late) == ["week_not_over"]


def test_a_gate_names_where_its_weeks_come_from() -> None:
    sources = {"from_week_after_birth": "page 2", "until_week_after_birth": "page 3"}
    until = entry(until_week_after_birth=12.0, sources=sources)
    found = home_gates(exercise(entry=until), PROTOCOL, after_birth(1))
    assert {one.source for one in found if one.code.startswith("week")} == {"page 2; page 3"}


def test_a_pregnancy_of_a_protocol_without_an_end_has_none() -> None:
    stages = [replace(one, window=replace(one.window, until_week=None)) for one in PROTOCOL.stages]
    found = home_gates(ENDURANCE, replace(PROTOCOL, stages=tuple(stages)), pregnant(43))
    assert all(one.is_open for one in found)


def test_in_an_unknown_week_of_a_pregnancy_strength_waits() -> None:
    unknown = replace(pregnant(30), expected_on=None)
    assert codes(unknown) == ["week_reached"]
    assert codes(unknown, asks_strength=False) == []


def test_what_asks_no_strength_does_not_wait_for_letting_go() -> None:
    tense = after_birth(6, sittings=(sitting("step-5", BORN + 41, ended_by="not_released"),))
    assert codes(tense) == ["rest_first"]
    assert codes(tense, asks_strength=False) == []


# --- The last gate


def made(given: HomeDose, chart: Chart | None = None, hard: Limits = HARD) -> Any:
    return home_item(ENDURANCE, given, chart or after_birth(6), hard)


def test_nothing_prescribed_is_as_the_library_says() -> None:
    assert made(dose()) == HomeItem(
        "endurance",
        "lying",
        10,
        3,
        Pattern(1.0, 5.0, 1.0, 20.0),
        False,
        tuple(
            (27.0 * number + begins_s, part)
            for number in range(10)
            for begins_s, part in ((0, "rise"), (1, "hold"), (6, "fall"), (7, "rest"))
        ),
        270.0,
    )


def test_what_is_prescribed_is_taken() -> None:
    found = made(dose(posture="sitting", hold_s=8.0, repetitions=8, times_a_day=2))
    assert (found.posture, found.repetitions, found.times_a_day) == ("sitting", 8, 2)
    assert (found.pattern, found.lasts_s) == (Pattern(1.0, 8.0, 1.0, 20.0), 240.0)


def test_a_part_of_no_length_has_no_place_in_a_set() -> None:
    quick = exercise(pattern=Pattern(0.0, 1.0, 0.0, 2.0), hold_range_s=None)
    found = home_item(quick, dose(), after_birth(6), HARD)
    assert isinstance(found, HomeItem)
    assert found.breakpoints[:4] == ((0.0, "hold"), (1.0, "rest"), (3.0, "hold"), (4.0, "rest"))


@pytest.mark.parametrize(
    ("field", "setting", "lowest", "highest"),
    [
        ("hold_s", "hold", 3, 10),
        ("repetitions", "repetitions", 8, 12),
        ("times_a_day", "times", 2, 6),
    ],
)
def test_outside_the_ranges_of_the_library_nothing_is_made(
    field: str, setting: Any, lowest: float, highest: float
) -> None:
    step = 1 if field != "hold_s" else 1e-9
    for value in (lowest, highest):
        assert isinstance(made(dose(**{field: value})), HomeItem)
    for value in (lowest - step, highest + step, nan, inf, 0, -1):
        refused = made(dose(**{field: value}))
        assert isinstance(refused, HomeRefused)
        (one,) = refused.outside
        assert (one.setting, one.lowest, one.highest) == (setting, lowest, highest)


def test_every_reason_is_told_at_once() -> None:
    refused = made(dose(posture="upside-down", hold_s=11.0, repetitions=13))
    assert refused == HomeRefused(
        "endurance",
        (
            OutsideLibrary("posture", "upside-down"),
            OutsideLibrary("hold", 11.0, 3.0, 10.0),
            OutsideLibrary("repetitions", 13, 8, 12),
        ),
    )


def test_without_a_range_the_hold_is_that_of_the_library() -> None:
    fixed = exercise(hold_range_s=None)
    assert isinstance(home_item(fixed, dose(hold_s=5.0), after_birth(6), HARD), HomeItem)
    refused = home_item(fixed, dose(hold_s=5.1), after_birth(6), HARD)
    assert refused == HomeRefused("endurance", (OutsideLibrary("hold", 5.1, 5.0, 5.0),))


@pytest.mark.parametrize(
    ("field", "limit", "value"),
    [("hold_s", "hold", 5.0), ("cycle_s", "cycle", 27.0), ("max_rounds", "rounds", 10),
     ("max_effort_s", "effort", 70.0)],
)  # fmt: skip
def test_the_hard_limits_hold_at_home(field: str, limit: Any, value: float) -> None:
    assert isinstance(made(dose(), hard=replace(HARD, **{field: value})), HomeItem)
    low = value - 1 if field == "max_rounds" else nextafter(value, 0)
    refused = made(dose(), hard=replace(HARD, **{field: low}))
    assert refused == HomeRefused("endurance", (), (Breach(limit, value, low),))


def test_it_is_gentle_until_its_week_whatever_is_prescribed() -> None:
    early = replace(after_birth(3), today=BORN + 20)
    assert made(dose(hold_s=10.0), early).is_gentle
    assert not made(dose(), after_birth(3)).is_gentle
    assert not made(dose(), pregnant(30)).is_gentle
    assert made(dose(), replace(early, today=BORN - 1)).is_gentle
    never = exercise(entry=entry(gentle_until_week_after_birth=None))
    found = home_item(never, dose(), early, HARD)
    assert isinstance(found, HomeItem)
    assert not found.is_gentle


def test_more_than_the_day_asks_is_over_the_limit() -> None:
    found = made(dose(times_a_day=2))
    assert [is_over_limit(found.times_a_day, done) for done in (0, 2, 3)] == [False, False, True]


# --- The plan


def test_a_plan_has_the_days_that_were_asked_and_no_more() -> None:
    found = plan(after_birth(6), days=14)
    assert [one.day for one in found.days] == [BORN + 42 + more for more in range(14)]
    assert all(item(one).exercise_id == "endurance" for one in found.days)
    assert found.valid_until == BORN + 55
    assert plan(after_birth(6), days=0) == replace(found, days=(), valid_until=BORN + 41)


def test_only_what_is_prescribed_is_offered_and_only_on_its_days() -> None:
    both = [ENDURANCE, exercise("strength")]
    found = plan(after_birth(6), dose("strength"), exercises=both)
    assert {one.exercise_id for day in found.days for one in day.items} == {"strength"}
    begins = dose(hold_s=6.0, from_day=BORN + 44, until_day=BORN + 45)
    found = plan(after_birth(6), begins, days=5)
    assert [one.day - BORN for one in found.days if one.items] == [44, 45]
    assert last_day(found) == 4


def test_of_two_prescriptions_the_last_that_holds_on_the_day_counts() -> None:
    found = plan(after_birth(6), dose(hold_s=5.0), dose(hold_s=7.0, from_day=BORN + 44), days=4)
    assert [item(one).pattern.hold_s for one in found.days] == [5.0, 5.0, 7.0, 7.0]


def test_what_the_library_does_not_have_is_refused_with_its_name() -> None:
    (day,) = plan(after_birth(6), dose("gone"), dose(), days=1).days
    assert day.refused == (HomeRefused("gone", (OutsideLibrary("exercise", "gone"),)),)
    assert item(day).exercise_id == "endurance"


def test_a_dose_that_is_refused_is_told_on_its_day() -> None:
    (day,) = plan(after_birth(6), dose(hold_s=11.0), days=1).days
    assert (day.items, day.shut) == ((), {})
    assert day.refused[0].outside[0].setting == "hold"


def test_a_shut_gate_is_told_and_opens_on_its_day() -> None:
    from_six = exercise(entry=entry(from_week_after_birth=6.0))
    early = replace(after_birth(6), today=BORN + 40, pains=(), red_flags_asked=())
    found = plan(early, exercises=[from_six], days=4)
    assert [[one.code for one in day.shut.get("endurance", ())] for day in found.days] == [
        ["week_reached"],
        ["week_reached"],
        [],
        [],
    ]
    assert [len(day.items) for day in found.days] == [0, 0, 1, 1]


def test_it_becomes_less_gentle_on_the_day_of_its_week() -> None:
    early = replace(after_birth(3), today=BORN + 20, pains=(), red_flags_asked=())
    assert [item(one).is_gentle for one in plan(early, days=2).days] == [True, False]


def test_a_plan_ends_with_a_clearance() -> None:
    until = (replace(SIGNED, until_day=BORN + 46),)
    operative = Birth(BORN, "caesarean", ())
    assert last_day(plan(after_birth(6, birth=operative, clearances=until))) == 4
    # One that she would not need ends it too: somebody looks again on that day.
    assert last_day(plan(after_birth(6, clearances=until))) == 4
    longer = Clearance("dr. Maes", BORN + 40, BORN + 60)
    assert last_day(plan(after_birth(6, clearances=(*until, longer)))) == 13
    revoked = (replace(SIGNED, revoked_on=BORN + 45),)
    assert last_day(plan(after_birth(6, clearances=revoked))) == 2


def test_a_plan_ends_with_the_weeks_of_an_exercise_and_of_her_stage() -> None:
    until = exercise(entry=entry(until_week_after_birth=7.0))
    assert last_day(plan(after_birth(6), exercises=[until])) == 6
    assert last_day(plan(after_birth(6), dose("other"), exercises=[until])) == 13
    (stage,) = [one for one in PROTOCOL.stages if one.id == "step-5"]
    short = replace(stage, window=replace(stage.window, until_week=6.5))
    stages = tuple(short if one.id == "step-5" else one for one in PROTOCOL.stages)
    shorter = replace(PROTOCOL, stages=stages)
    assert last_day(plan(after_birth(6, stage="step-5"), protocol=shorter)) == 3
    assert last_day(plan(after_birth(6, stage="step-4"), protocol=shorter)) == 13
    assert last_day(plan(after_birth(7, stage="step-5"), protocol=shorter)) == 13


def test_a_plan_ends_with_a_caution() -> None:
    cut = after_birth(5, birth=Birth(BORN, "caesarean", ()))
    found = plan(cut, rules=[LIFTING])
    assert last_day(found) == 6
    assert [[one.rule for one in day.cautions] for day in found.days] == [[LIFTING]] * 7
    assert last_day(plan(after_birth(5), rules=[LIFTING])) == 13


def test_what_begins_does_not_end_a_plan() -> None:
    """The pain of a sitting today shuts it until tomorrow."""
    hurt = after_birth(6, sittings=(sitting("step-5", BORN + 42, ended_by="pain"),))
    assert [len(one.items) for one in plan(hurt, days=3).days] == [0, 1, 1]


def with_cap(stage_id: str | None = None) -> Protocol:
    cap = Cap("first-weeks", 7.0, False, None, 4.0, {"en": "short"}, "a test")
    if stage_id is None:
        return replace(PROTOCOL, caps=(cap,))
    stages = [replace(one, caps=(cap,)) if one.id == stage_id else one for one in PROTOCOL.stages]
    return replace(PROTOCOL, stages=tuple(stages))


def test_a_hold_is_no_longer_than_the_caps_of_her_stage_on_the_day() -> None:
    chart = after_birth(6, stage="step-5")
    found = plan(chart, protocol=with_cap("step-5"), days=8).days
    assert [item(one).pattern.hold_s for one in found] == [4.0] * 7 + [5.0]
    assert item(found[0]).lowered == Lowered("hold", 5.0, 4.0, "first-weeks")
    assert item(found[7]).lowered is None
    within = plan(chart, dose(hold_s=4.0), protocol=with_cap("step-5"), days=1).days
    assert item(within[0]).lowered is None
    other = plan(after_birth(6, stage="step-6"), protocol=with_cap("step-5"), days=1).days
    assert item(other[0]).pattern.hold_s == 5.0


@pytest.mark.parametrize("stage", [None, "step-3"])
def test_where_she_stands_at_no_stage_of_this_phase_every_cap_holds(stage: str | None) -> None:
    found = plan(after_birth(6, stage=stage), protocol=with_cap("step-5"), days=1).days
    assert item(found[0]).pattern.hold_s == 4.0


def test_a_cap_below_the_range_of_the_library_leaves_nothing() -> None:
    five = exercise(hold_range_s=None)
    (day,) = plan(after_birth(6), exercises=[five], protocol=with_cap(), days=1).days
    assert day.refused == (HomeRefused("endurance", (OutsideLibrary("hold", 4.0, 5.0, 5.0),)),)


def test_what_is_asked_on_the_day_and_which_answers_stop() -> None:
    assert plan(after_birth(6)).questions == (
        HomeQuestion("red_flags", ("yes",), 1),
        HomeQuestion("pain", (6, 7, 8, 9, 10), 1),
    )


# --- What was done


def test_adherence_is_a_part_of_the_dose_and_never_a_streak() -> None:
    asked = [{"strength": 3, "endurance": 3}, {"strength": 3}, {}]
    done = [{"strength": 5}, {}, {"strength": 2}]
    assert home_adherence(asked, done) == Adherence(3, 9, 2)


def test_where_nothing_was_asked_there_is_no_adherence() -> None:
    assert home_adherence([], []) is None
    assert home_adherence([{}, {"strength": 0}], [{}, {"strength": 4}]) is None


def test_days_asked_and_days_done_are_the_same_days() -> None:
    with pytest.raises(ValueError, match="zip"):
        home_adherence([{"strength": 3}], [])
