"""Law 6 at home: no day of a plan offers what is shut on it, no item passes its bounds.

Random women, exercises, prescriptions and cautions. What must hold is written here anew, from the
chart, and not with the functions that are tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, nextafter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.course.chart import (
    Birth,
    Chart,
    Clearance,
    Decision,
    PainReport,
    Prescribed,
    RedFlag,
    SittingResult,
)
from levator.course.exercise import Exercise
from levator.course.home import HomePlan, home_plan
from levator.course.home_dose import HomeDose, HomeItem, home_item
from levator.course.protocol import Cap, CautionRule, Protocol, Range
from levator.library import (
    exercise_ids,
    load_exercise,
    load_hard_limits,
    load_protocol,
    protocol_ids,
)
from levator.training.pattern import Pattern
from tests.course.exercises import SCALES, dose, entry, exercise

HARD = load_hard_limits()
BORN = 700_000
PROTOCOLS = tuple(load_protocol(one) for one in protocol_ids())
CAP = Cap("first-weeks", 2.0, False, None, 4.0, {"en": "short"}, "a test")
BOTH = ("pregnancy", "after_birth")
WEEKS = st.sampled_from([None, None, 1.0, 2.5, 3.0, 6.0])


@dataclass(frozen=True)
class Asked:
    """Everything a plan is made from."""

    exercises: tuple[Exercise, ...]
    doses: tuple[HomeDose, ...]
    protocol: Protocol
    chart: Chart
    rules: tuple[CautionRule, ...]
    days: int

    def plan(self, later: int = 0) -> HomePlan:
        """The plan as it is made so many days later, when nothing has changed."""
        chart = replace(self.chart, today=self.chart.today + later)
        return home_plan(
            self.exercises,
            self.doses,
            self.protocol,
            chart,
            self.rules,
            HARD,
            self.days,
            SCALES,
        )


@st.composite
def exercises(draw: st.DrawFn, name: str) -> Exercise:
    begins = draw(st.one_of(st.none(), WEEKS))
    return exercise(
        name,
        hold_range_s=draw(st.sampled_from([Range(1.0, 10.0, 1.0, ""), None])),
        entry=entry(
            phases=draw(st.sampled_from([("after_birth",), BOTH, BOTH, BOTH, ("pregnancy",)])),
            from_week_after_birth=begins,
            until_week_after_birth=draw(st.sampled_from([None, (begins or 0.0) + 2.0])),
            gentle_until_week_after_birth=draw(st.sampled_from([None, 3.0, 6.0])),
            clearance=draw(st.sampled_from(["always", "after_complications"])),
            clearance_in_pregnancy=draw(st.sampled_from([None, "after_complications"])),
            asks_strength=draw(st.booleans()),
        ),
    )


@st.composite
def doses(draw: st.DrawFn, today: int) -> HomeDose:
    begins = draw(st.sampled_from([None, None, -2, 3]))
    ends = draw(st.sampled_from([None, None, 0, 5]))
    return HomeDose(
        draw(st.sampled_from(["a", "b"])),
        draw(st.sampled_from([None, None, None, "sitting", "hanging"])),
        draw(st.sampled_from([None, None, None, 5.0, 10.0, nextafter(10.0, inf)])),
        draw(st.sampled_from([None, None, None, 8, 12, 13])),
        draw(st.sampled_from([None, None, None, 2, 6, 7])),
        None if begins is None else today + begins,
        None if ends is None else today + ends,
    )


@st.composite
def clearances(draw: st.DrawFn, today: int) -> Clearance:
    begins = today + draw(st.sampled_from([-30, -1, 0, 2]))
    lasts = draw(st.sampled_from([None, None, 0, 4, 33]))
    revoked = draw(st.sampled_from([None, None, None, 0, 3]))
    return Clearance(
        draw(st.sampled_from(["dr. Maes", "dr. Maes", " "])),
        begins,
        None if lasts is None else begins + lasts,
        None if revoked is None else today + revoked,
        draw(st.sampled_from([None, None, ("step-5",)])),
    )


@st.composite
def agreements(draw: st.DrawFn, today: int) -> Clearance:
    """One that holds today, and perhaps for no more than a few days."""
    begins = BORN if today >= BORN else BORN - 280
    return Clearance("dr. Maes", begins, draw(st.sampled_from([None, today + 4])))


def sitting(day: int, ended_by: Any, released: float | None) -> SittingResult:
    asked = Prescribed(30.0, 1.0, 4.0)
    return SittingResult(day, "step-5", asked, 8, 8, 90.0, released, 0.0, None, ended_by)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Some days around a birth, or in pregnancy; half of them with something wrong."""
    today = BORN + draw(st.sampled_from([-100, -90, -30, -10, 0, 6, 7, 20, 21, 30, 41, 42]))
    mode: Any = draw(st.sampled_from(["vaginal", "vaginal", "caesarean"]))
    birth = Birth(BORN, mode, draw(st.sampled_from([(), (), None, ("infection",)])))
    ago = st.sampled_from([-1, 0, 0, 1, 2, 9])
    few = {"max_size": 2}
    if draw(st.booleans()):
        return Chart(
            today,
            expected_on=BORN,
            birth=Birth(BORN, mode, ()) if today >= BORN else None,
            clearances=(draw(agreements(today)),),
            stage=draw(st.sampled_from([None, "step-5", "step-6", "step-3"])),
            complications=(),
        )
    return Chart(
        today,
        expected_on=draw(st.sampled_from([BORN, today - 20, None])),
        birth=birth if today >= BORN else None,
        clearances=tuple(draw(st.lists(clearances(today), max_size=3))),
        red_flags=tuple(RedFlag(today - one, "fever") for one in draw(st.lists(ago, max_size=1))),
        pains=tuple(
            PainReport(today - one, score)
            for one, score in draw(st.lists(st.tuples(ago, st.sampled_from([0, 0, 5, 6])), **few))
        ),
        sittings=tuple(
            sitting(today - one, ended_by, released)
            for one, ended_by, released in draw(
                st.lists(
                    st.tuples(
                        ago,
                        st.sampled_from(["rounds", "rounds", "pain", "not_released"]),
                        st.sampled_from([None, 50.0, 100.0]),
                    ),
                    **few,
                )
            )
        ),
        stage=draw(st.sampled_from([None, "step-5", "step-6", "step-3"])),
        decisions=tuple(
            Decision(today - one, "T. Bos", "release", "seen")
            for one in draw(st.lists(ago, max_size=1))
        ),
        complications=draw(st.sampled_from([(), None, ("placenta_praevia",)])),
        has_ended=draw(st.sampled_from([False] * 9 + [True])),
    )


@st.composite
def plans(draw: st.DrawFn) -> Asked:
    chart = draw(charts())
    protocol = draw(st.sampled_from(PROTOCOLS))
    caps = draw(st.sampled_from([protocol.caps, (*protocol.caps, CAP)]))
    until = draw(st.sampled_from([4.0, 6.5]))
    stages = tuple(
        replace(one, window=replace(one.window, until_week=draw(st.sampled_from([None, until]))))
        if one.window.phase == "after_birth"
        else one
        for one in protocol.stages
    )
    return Asked(
        (draw(exercises("a")), draw(exercises("b"))),
        (HomeDose("a"), *draw(st.lists(doses(chart.today), max_size=3))),
        replace(protocol, caps=caps, stages=stages),
        chart,
        (
            CautionRule("lifting", "caesarean", draw(st.sampled_from([3.5, 6.0])), {}, ""),
            CautionRule("running", None, 12.0, {}, ""),
        ),
        draw(st.sampled_from([1, 14, 14])),
    )


# --- What must hold, anew


def clears(one: Clearance, chart: Chart, day: int) -> bool:
    """Whether somebody agreed to everything: signed, in force, after birth and every red flag."""
    return (
        one.signed_by.strip() != ""
        and (chart.birth is None or chart.birth.day <= one.from_day)
        and one.from_day <= day <= (one.until_day or day)
        and not (one.revoked_on is not None and one.revoked_on <= day)
        and not [flag for flag in chart.red_flags if flag.day >= one.from_day]
    )


def check_gates(asked: Asked, made: Exercise, day: int) -> None:
    """What must be so of an exercise that is offered on a day."""
    chart, rule, who = asked.chart, asked.protocol.pain, made.entry
    assert not chart.has_ended
    things = (*chart.red_flags, *chart.pains, *chart.sittings, *chart.decisions)
    assert all(one.day <= day for one in things)
    assert ("pregnancy" if chart.birth is None else "after_birth") in who.phases
    if chart.birth is not None:
        since = day - chart.birth.day
        assert since >= (who.from_week_after_birth or 0) * 7
        assert since < (who.until_week_after_birth or inf) * 7
    elif chart.expected_on is None:
        assert not who.asks_strength
    else:
        assert day < chart.expected_on - 280 + 43 * 7
    is_easy = (
        chart.complications == ()
        if chart.birth is None
        else chart.birth.mode == "vaginal" and chart.birth.complications == ()
    )
    begin = 0 if chart.birth is None else chart.birth.day
    was_flagged = any(one.day >= begin for one in chart.red_flags)
    is_own = chart.birth is None and who.clearance_in_pregnancy is not None
    is_always = who.clearance == "always" and not is_own
    if is_always or was_flagged or not is_easy:
        assert any(one.stages is None and clears(one, chart, day) for one in chart.clearances)
    for flag in chart.red_flags:
        assert any(flag.day < one.from_day <= day for one in chart.clearances)
    if chart.pains:
        assert chart.pains[-1].score <= rule.stop_above
    released = max((one.day for one in chart.decisions), default=0)
    over = [one for one in chart.pains if one.score > rule.stop_above and one.day >= released]
    assert len(over) < rule.held_by
    assert not [one for one in chart.sittings if one.day == day and one.ended_by == "pain"]
    if who.asks_strength:
        tense = [at for at, one in enumerate(chart.sittings) if one.ended_by == "not_released"]
        enough = asked.protocol.progression.released_percent
        after = chart.sittings[tense[-1] + 1 :] if tense else ()
        is_of_now = bool(tense) and chart.sittings[tense[-1]].day >= begin
        assert not is_of_now or any((one.released_percent or 0) >= enough for one in after)


def check_item(asked: Asked, made: Exercise, item: HomeItem, day: int) -> None:
    """What is prescribed for that day, within library, cap and hard limits, and gentle early."""
    chart, hold_s = asked.chart, item.pattern.hold_s
    named = [one for one in asked.doses if one.exercise_id == item.exercise_id]
    last = [one for one in named if (one.from_day or 0) <= day and day <= (one.until_day or day)][
        -1
    ]
    wanted = made.pattern.hold_s if last.hold_s is None else last.hold_s
    assert hold_s == (wanted if item.lowered is None else item.lowered.given)
    lowest, highest = (1.0, 10.0) if made.hold_range_s else (made.pattern.hold_s,) * 2
    assert lowest <= hold_s <= min(highest, HARD.hold_s)
    assert item.repetitions == (last.repetitions or made.repetitions)
    assert 8 <= item.repetitions <= min(12, HARD.max_rounds)
    assert item.times_a_day == (last.times_a_day or made.times_a_day)
    assert 2 <= item.times_a_day <= 6
    assert item.posture == (last.posture or "lying")
    assert item.posture in ("lying", "sitting")
    assert item.pattern == replace(made.pattern, hold_s=hold_s)
    assert item.pattern.cycle_s <= HARD.cycle_s
    assert item.repetitions * item.pattern.effort_s <= HARD.max_effort_s
    starts = [begins_s for begins_s, _ in item.breakpoints]
    assert starts == sorted(set(starts))
    assert len(starts) == 4 * item.repetitions
    assert starts[-1] + item.pattern.rest_s == pytest.approx(item.lasts_s)
    since = inf if chart.birth is None else day - chart.birth.day
    assert item.is_gentle is (since < (made.entry.gentle_until_week_after_birth or 0) * 7)
    if CAP in asked.protocol.caps and since < 14:
        assert hold_s <= 4.0


@given(plans())
def test_no_day_offers_what_is_shut_on_it_or_over_its_bounds(asked: Asked) -> None:
    by_id = {one.id: one for one in asked.exercises}
    for day in asked.plan().days:
        for item in day.items:
            check_gates(asked, by_id[item.exercise_id], day.day)
            check_item(asked, by_id[item.exercise_id], item, day.day)
        told = {one.exercise_id for one in (*day.items, *day.refused)} | set(day.shut)
        assert all(gates for gates in day.shut.values())
        assert len(told) == len(day.items) + len(day.refused) + len(day.shut)


@given(plans())
def test_a_plan_is_valid_no_longer_than_what_holds_on_its_days(asked: Asked) -> None:
    made, chart = asked.plan(), asked.chart
    assert [one.day for one in made.days] == list(range(chart.today, made.valid_until + 1))
    assert 1 <= len(made.days) <= asked.days
    for day in made.days:
        until = [one.until_day for one in day.cautions]
        for item in day.items:
            (who,) = [one.entry for one in asked.exercises if one.id == item.exercise_id]
            if chart.birth is not None and who.until_week_after_birth is not None:
                until.append(chart.birth.day + round(who.until_week_after_birth * 7))
        assert all(made.valid_until < one for one in until)
        if any(clears(one, chart, day.day) for one in chart.clearances):
            assert any(clears(one, chart, made.valid_until) for one in chart.clearances)
    ends = [one.window.until_week for one in asked.protocol.stages if one.id == chart.stage]
    if chart.birth is not None and chart.stage != "step-3" and ends and ends[0] is not None:
        end = chart.birth.day + round(ends[0] * 7)
        begins = [one.window.from_week for one in asked.protocol.stages if one.id == chart.stage]
        has_begun = chart.today - chart.birth.day >= begins[0] * 7
        dates_fit = chart.last_recorded <= chart.today
        assert chart.today >= end or not has_begun or not dates_fit or made.valid_until < end


@given(plans(), st.integers(0, 13))
def test_the_plan_of_a_day_begins_as_the_one_before_said(asked: Asked, later: int) -> None:
    made = asked.plan()
    if later < len(made.days):
        assert asked.plan(later).days[0] == made.days[later]
        assert asked.plan(later).questions == made.questions


def test_such_plans_do_offer_something() -> None:
    """So that the laws above look at something: whole plans, and some that end early."""
    seen: list[tuple[bool, bool, bool]] = []

    @settings(max_examples=250)
    @given(plans())
    def look(asked: Asked) -> None:
        days = asked.plan().days
        for day in days:
            is_cut = len(days) < asked.days
            seen.extend((asked.chart.birth is None, is_cut, one.is_gentle) for one in day.items)

    look()
    for place in range(3):
        for answer in (True, False):
            assert len([one for one in seen if one[place] is answer]) >= 5, (place, answer)


@pytest.mark.parametrize("name", exercise_ids())
def test_the_library_itself_passes_the_last_gate(name: str) -> None:
    """As it is written, and at the ends of its ranges all at once."""
    made = load_exercise(name)
    hold = made.hold_range_s or Range(made.pattern.hold_s, made.pattern.hold_s, 0.0, "")
    chart = Chart(BORN, birth=Birth(BORN, "vaginal", ()))
    ends = [
        HomeDose(name, None, held, int(many), int(often))
        for held, many, often in zip(
            (hold.lowest, hold.highest),
            (made.repetitions_range.lowest, made.repetitions_range.highest),
            (made.times_range.lowest, made.times_range.highest),
            strict=True,
        )
    ]
    for one in (HomeDose(name), *ends):
        found = home_item(made, one, chart, HARD)
        assert isinstance(found, HomeItem), found
        until = made.entry.gentle_until_week_after_birth
        assert found.is_gentle is (until is not None)


# --- Just below a bound, at it, and just above


@given(
    hold_s=st.floats(0.5, 20.0),
    repetitions=st.integers(2, 40),
    place=st.sampled_from([-1, 0, 1]),
    which=st.sampled_from(["hold_s", "cycle_s", "max_rounds", "max_effort_s"]),
)
def test_just_above_a_hard_limit_nothing_is_made(
    hold_s: float, repetitions: int, place: int, which: str
) -> None:
    """The limit lies just above what is prescribed, at it, or just below."""
    wide = exercise(hold_range_s=Range(0.0, 30.0, 1.0, ""), repetitions_range=Range(1, 100, 1, ""))
    pattern = Pattern(1.0, hold_s, 1.0, 20.0)
    asked = {
        "hold_s": hold_s,
        "cycle_s": pattern.cycle_s,
        "max_rounds": repetitions,
        "max_effort_s": repetitions * pattern.effort_s,
    }
    value = asked[which]
    near = value - place if which == "max_rounds" else _near(value, -place)
    chart = Chart(BORN + 42, birth=Birth(BORN, "vaginal", ()))
    given = dose(hold_s=hold_s, repetitions=repetitions)
    found = home_item(wide, given, chart, replace(HARD, **{which: near}))
    assert isinstance(found, HomeItem) is (place <= 0)


@given(
    lowest=st.floats(0.5, 5.0),
    wider=st.floats(0.0, 5.0),
    place=st.sampled_from([-1, 0, 1]),
    is_high=st.booleans(),
)
def test_just_outside_a_range_of_the_library_nothing_is_made(
    lowest: float, wider: float, place: int, is_high: bool
) -> None:
    allowed = Range(lowest, lowest + wider, 1.0, "")
    hold_s = _near(allowed.highest if is_high else allowed.lowest, place)
    chart = Chart(BORN + 42, birth=Birth(BORN, "vaginal", ()))
    found = home_item(exercise(hold_range_s=allowed), dose(hold_s=hold_s), chart, HARD)
    assert isinstance(found, HomeItem) is (allowed.lowest <= hold_s <= allowed.highest)


def _near(limit: float, place: int) -> float:
    return limit if place == 0 else nextafter(limit, inf * place)
