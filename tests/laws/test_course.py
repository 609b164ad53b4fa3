"""Law 6 over the weeks: no way to an open stage without its gates, and no target over the limits.

A machine walks random courses: days pass, clocks go back, children are born, clearances come and
go, it hurts, she trains, the therapist accepts and overrules. What must hold is written here anew,
from the chart, and not with the functions that are tested.

`LEV_PROGRAMMES=100000` runs that many random programmes at the limit, just below and just above.
"""

from __future__ import annotations

import os
from dataclasses import replace
from math import inf, nextafter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from levator.course.deciding import Decided, after, decide
from levator.course.gates import is_open, shut
from levator.course.prescription import DoseRefused
from levator.course.progression import Advance, Hold, Refuse, StepBack, propose
from levator.course.protocol import Protocol, Range, Stage
from levator.course.today import (
    TodaysDose,
    dose_today,
    in_force,
    limits_today,
    reference_today,
    shut_today,
)
from levator.library import load_hard_limits, load_protocol, protocol_ids
from levator.training import session
from levator.training.dose import Dose
from levator.training.events import LimitsChanged, TargetSet
from levator.training.inputs import Command
from levator.training.limits import Limits, breaches
from tests import sitting
from tests.laws.test_last_gate import is_within

HARD = load_hard_limits()
DUE = 700_000
SCORES = st.integers(0, 10)
SHARES = st.one_of(st.none(), st.sampled_from([0.0, 50.0, 79.9, 80.0, 90.0, 100.0]))
ENDS = ("rounds", "past_fatigue", "not_released", "pain", "stop")
FORCES = st.one_of(st.none(), st.sampled_from([20.0, 30.0, 35.0, 40.0, 50.0, 70.0, 71.0, 101.0]))
HOLDS = st.one_of(st.none(), st.sampled_from([0.5, 1.0, 3.0, 5.0, 9.0, 9.1, 40.0]))


def holds_clearance(chart: Chart, stage: Stage) -> bool:
    """Somebody signed for this stage, after this birth and every red flag, and it is in force."""
    begin = chart.birth.day if chart.birth else 0
    return any(
        one.signed_by.strip() != ""
        and begin <= one.from_day <= chart.today
        and (one.until_day is None or one.until_day >= chart.today)
        and (one.revoked_on is None or one.revoked_on > chart.today)
        and (one.stages is None or stage.id in one.stages)
        and not [flag for flag in chart.red_flags if flag.day >= one.from_day]
        for one in chart.clearances
    )


def opened_by_hand(chart: Chart, stage: Stage, code: str) -> bool:
    return any(
        one.kind == "overrule" and one.stage == stage.id and code in one.opens and one.reason
        for one in chart.decisions
    )


def check_open(protocol: Protocol, stage: Stage, chart: Chart) -> None:
    """What must be so of every stage that is open."""
    window = stage.window
    assert (window.phase == "after_birth") == (chart.birth is not None)
    things = (*chart.red_flags, *chart.pains, *chart.sittings, *chart.decisions)
    assert all(one.day <= chart.today for one in things)
    assert all(day <= chart.today for day in chart.red_flags_asked)
    begin = 0 if chart.birth is None else chart.birth.day
    if any(flag.day >= begin for flag in chart.red_flags):
        assert holds_clearance(chart, stage)
    if chart.birth is not None:
        days = chart.today - chart.birth.day
        is_early = days < window.from_week * 7
        assert not is_early or opened_by_hand(chart, stage, "week_reached")
        is_easy = chart.birth.mode == "vaginal" and chart.birth.complications == ()
        needs = stage.clearance == "always" or not is_easy
        assert not needs or holds_clearance(chart, stage)
    else:
        assert chart.complications == () or holds_clearance(chart, stage)
    for flag in chart.red_flags:
        assert any(one.from_day > flag.day for one in chart.clearances)
    if stage.dose is not None and chart.pains:
        assert chart.pains[-1].score <= protocol.pain.stop_above
    if stage.locked_by_pain:
        today = [one for one in chart.pains if one.day == chart.today]
        assert today
        assert today[-1].score == 0 or opened_by_hand(chart, stage, "no_pain")
    for judged in stage.judged:
        if judged.code == "force_reached" and not opened_by_hand(chart, stage, judged.code):
            shown = [one for one in chart.sittings if one.stage == judged.shown_in]
            assert len(shown) >= judged.sittings
            assert all(
                (one.asked.force_percent_mvc or 0) >= (judged.force_percent_mvc or inf)
                for one in shown[-judged.sittings :]
            )


def check_start(chart: Chart) -> None:
    """What must be so where an exercise may start: asked today, and nothing there."""
    assert chart.today in chart.red_flags_asked
    assert not [one for one in chart.red_flags if one.day == chart.today]


def check_dose(protocol: Protocol, stage: Stage, chart: Chart) -> None:
    """Whatever was decided: what is asked today is within stage, caps and hard limits."""
    limits = limits_today(protocol, stage, chart, HARD)
    made = dose_today(protocol, stage, chart, HARD)
    if isinstance(made, DoseRefused) or stage.dose is None:
        return
    assert isinstance(made, TodaysDose)
    assert breaches(made.dose, limits) == ()
    assert breaches(made.dose, HARD) == ()
    force = made.dose.force_percent_mvc
    assert force is not None
    for cap in (*protocol.caps, *stage.caps):
        week = cap.until_week_after_birth
        days = None if chart.birth is None else chart.today - chart.birth.day
        is_early = week is not None and days is not None and 0 <= days < week * 7
        hurts = cap.while_pain and chart.birth is not None and chart.pain_today != 0
        if is_early or hurts:
            assert force <= (cap.force_percent_mvc or inf)
            assert limits.force_percent_mvc <= (cap.force_percent_mvc or inf)
            assert limits.hold_s <= (cap.hold_s or inf)


class Course(RuleBasedStateMachine):
    """One woman, one therapist, one protocol, and everything that may happen to them."""

    protocol_id = "bekken-zwanger-fit"

    def __init__(self) -> None:
        super().__init__()
        self.protocol = load_protocol(self.protocol_id)
        self.chart = Chart(DUE - 120, expected_on=DUE, complications=())

    @initialize(days=st.integers(0, 300), is_after=st.booleans())
    def she_comes(self, days: int, is_after: bool) -> None:
        """Some come in pregnancy, some so many days after an easy birth."""
        if is_after:
            born = self.chart.today
            self.chart = Chart(born + days, DUE, Birth(born, "vaginal", ()))

    def _change(self, **changes: Any) -> None:
        self.chart = replace(self.chart, **changes)

    @rule(days=st.sampled_from([0, 1, 1, 2, 7, 21, 42]))
    def days_pass(self, days: int) -> None:
        self._change(today=self.chart.today + days)

    @rule(days=st.integers(1, 400))
    def the_clock_is_wrong_for_a_moment(self, days: int) -> None:
        """Set back, no stage is open that was not open on an earlier day by its own dates."""
        back = replace(self.chart, today=self.chart.today - days)
        for stage in self.protocol.stages:
            if is_open(self.protocol, stage, back):
                check_open(self.protocol, stage, back)

    @precondition(lambda self: self.chart.birth is None)
    @rule(
        mode=st.sampled_from(["vaginal", "instrumental", "caesarean"]),
        complications=st.sampled_from([None, (), (), ("infection",)]),
    )
    def is_born(self, mode: Any, complications: Any) -> None:
        self._change(birth=Birth(self.chart.today, mode, complications))

    @rule(
        by=st.sampled_from(["dr. Maes", "dr. Maes", " "]),
        begins=st.integers(-3, 3),
        lasts=st.sampled_from([None, 0, 30]),
        stages=st.sampled_from([None, None, ("step-5", "gentle-after-birth")]),
    )
    def somebody_clears_her(self, by: str, begins: int, lasts: int | None, stages: Any) -> None:
        begin = self.chart.today + begins
        signed = Clearance(by, begin, None if lasts is None else begin + lasts, None, stages)
        self._change(clearances=(*self.chart.clearances, signed))

    @precondition(lambda self: self.chart.clearances)
    @rule()
    def the_last_clearance_is_revoked(self) -> None:
        *kept, last = self.chart.clearances
        self._change(clearances=(*kept, replace(last, revoked_on=self.chart.today)))

    @rule(answer=st.sampled_from([None, None, None, "fever"]))
    def red_flags_are_asked(self, answer: str | None) -> None:
        """None of these is there, or one is: the other answer of that day does not undo it."""
        today = self.chart.today
        if answer is None:
            self._change(red_flags_asked=(*self.chart.red_flags_asked, today))
        else:
            self._change(red_flags=(*self.chart.red_flags, RedFlag(today, answer)))

    @precondition(lambda self: self.chart.birth is None)
    @rule(found=st.sampled_from([None, (), (), ("placenta_praevia",)]))
    def complications_of_the_pregnancy_are_told(self, found: Any) -> None:
        self._change(complications=found)

    @rule(score=st.one_of(st.just(0), st.just(0), SCORES), morning=st.booleans())
    def pain_is_told(self, score: int, morning: bool) -> None:
        moment: Any = "next_morning" if morning else "before"
        told = PainReport(self.chart.today, score, moment)
        self._change(pains=(*self.chart.pains, told))

    @rule(
        place=st.integers(0, 20),
        in_band=SHARES,
        released=SHARES,
        ended_by=st.sampled_from(ENDS),
        pain=st.one_of(st.none(), st.just(0), SCORES),
    )
    def she_trains(
        self, place: int, in_band: Any, released: Any, ended_by: Any, pain: int | None
    ) -> None:
        """A sitting happens only where it may start, with the dose of today."""
        stage = self.protocol.stages[place % len(self.protocol.stages)]
        if place > 12 and self.chart.stage is not None:
            stage = self.protocol.stage(self.chart.stage)
        self._train(stage, in_band, released, ended_by, pain)

    @rule(
        days=st.sampled_from([1, 7, 14]), times=st.sampled_from([2, 2, 2, 9]), is_seen=st.booleans()
    )
    def a_good_day_comes(self, days: int, times: int, is_seen: bool) -> None:
        """Cleared and without pain she trains, and the therapist may accept what follows."""
        today = self.chart.today + days
        signed = Clearance("dr. Maes", today)
        self._change(
            today=today,
            clearances=(*self.chart.clearances, signed),
            pains=(*self.chart.pains, PainReport(today, 0)),
            red_flags_asked=(*self.chart.red_flags_asked, today),
        )
        for _ in range(times):
            if self.chart.stage is not None:
                stage = self.protocol.stage(self.chart.stage)
                self._train(stage, 95.0, 100.0, "rounds", 0)
        if is_seen:
            self._decide("accept")

    def _train(
        self, stage: Stage, in_band: Any, released: Any, ended_by: Any, pain: int | None
    ) -> None:
        if shut_today(self.protocol, stage, self.chart):
            return
        check_start(self.chart)
        made = dose_today(self.protocol, stage, self.chart, HARD)
        assert not isinstance(made, DoseRefused)
        dose = made.dose
        asked = Prescribed()
        if dose.pattern is not None and dose.rounds is not None:
            asked = Prescribed(
                dose.force_percent_mvc,
                dose.pattern.hold_s,
                dose.pattern.rest_s,
                dose.tangent_percent,
                dose.rounds.count,
            )
        done = SittingResult(
            self.chart.today, stage.id, asked, 8, 8, in_band, released, 0.0, None, ended_by, 0, pain
        )
        self._change(sittings=(*self.chart.sittings, done))

    @rule()
    def the_therapist_accepts(self) -> None:
        self._decide("accept")

    @rule(
        place=st.integers(0, 20),
        force=FORCES,
        hold=HOLDS,
        opens=st.sampled_from([(), ("cleared", "no_red_flag", "below_stop", "not_held")]),
    )
    def the_therapist_overrules(self, place: int, force: Any, hold: Any, opens: Any) -> None:
        stage = self.protocol.stages[place % len(self.protocol.stages)]
        wanted = None if force is None and hold is None else Prescribed(force, hold)
        self._decide("overrule", stage=stage.id, settings=wanted, opens=opens)

    @rule()
    def the_therapist_releases(self) -> None:
        self._decide("release")

    def _decide(self, kind: Any, **more: Any) -> None:
        wanted = Decision(self.chart.today, "T. Bos", kind, "seen", **more)
        answer = decide(self.protocol, self.chart, wanted, HARD)
        if not isinstance(answer, Decided):
            return
        before = self.chart
        self.chart = after(self.chart, answer)
        for stage in self.protocol.stages:
            never = {one.code for one in shut(self.protocol, stage, before)} & NEVER
            if kind != "release":
                assert never <= {one.code for one in shut(self.protocol, stage, self.chart)}
        if kind != "release" and answer.stage is not None and answer.stage != before.stage:
            assert is_open(self.protocol, self.protocol.stage(answer.stage), self.chart)

    @invariant()
    def no_stage_is_open_without_its_gates(self) -> None:
        for stage in self.protocol.stages:
            if is_open(self.protocol, stage, self.chart):
                check_open(self.protocol, stage, self.chart)
                check_dose(self.protocol, stage, self.chart)

    @invariant()
    def the_settings_stay_in_the_ranges_of_the_stage(self) -> None:
        if self.chart.stage is None:
            return
        dose = self.protocol.stage(self.chart.stage).dose
        now = in_force(self.protocol.stage(self.chart.stage), self.chart.settings)
        if dose is not None:
            _within(dose.force_range, dose.force_percent_mvc, now.force_percent_mvc)
            _within(dose.hold_range_s, dose.pattern.hold_s, now.hold_s)
            _within(dose.rest_range_s, dose.pattern.rest_s, now.rest_s)

    @invariant()
    def a_proposal_is_one_step_with_its_reasons(self) -> None:
        answer = propose(self.protocol, self.chart)
        assert answer.reasons
        assert isinstance(answer, Advance | StepBack | Hold | Refuse)
        if isinstance(answer, Advance):
            stage = (
                answer.change.becomes if answer.change.parameter == "stage" else self.chart.stage
            )
            assert is_open(self.protocol, self.protocol.stage(str(stage)), self.chart)

    @invariant()
    def no_day_has_more_than_its_dose(self) -> None:
        days = [one.day for one in self.chart.sittings if one.asked.force_percent_mvc]
        most = max(one.times_a_day.times for one in self.protocol.stages if one.times_a_day)
        assert all(days.count(day) <= most for day in days)

    @invariant()
    def no_maximum_is_asked_before_week_6(self) -> None:
        birth = self.chart.birth
        if birth is not None and self.chart.today - birth.day < 42:
            assert reference_today(self.protocol, self.chart) == "comfortable_max"

    @invariant()
    def every_state_has_a_way_back(self) -> None:
        """A day later, cleared, without pain and released: something may be trained again."""
        chart = self.chart
        day = max(chart.today, chart.last_recorded) + 15
        signed = Clearance("dr. Maes", day)
        back = replace(
            chart,
            today=day,
            clearances=(*chart.clearances, signed),
            pains=(*chart.pains, PainReport(day, 0)),
            decisions=(*chart.decisions, Decision(day, "T. Bos", "release", "talked with her")),
            red_flags_asked=(*chart.red_flags_asked, day),
        )
        if chart.birth is None and day - (DUE - 280) >= 43 * 7:
            return  # a pregnancy ends by a birth
        assert [one for one in self.protocol.stages if not shut_today(self.protocol, one, back)]
        assert not isinstance(propose(self.protocol, back), Refuse)


NEVER = {"cleared", "no_red_flag", "below_stop", "not_held", "dates_fit", "right_phase"}


def _within(allowed: Range | None, written: float, value: float | None) -> None:
    lowest, highest = (allowed.lowest, allowed.highest) if allowed else (written, written)
    assert value is not None
    assert lowest <= value <= highest


def machine_of(protocol_id: str) -> Any:
    made = type(f"Course of {protocol_id}", (Course,), {"protocol_id": protocol_id}).TestCase
    made.settings = settings(
        max_examples=settings().max_examples // 2,
        stateful_step_count=40,
        suppress_health_check=list(HealthCheck),
    )
    return made


TestSevenSteps = machine_of("bekken-zwanger-fit")
TestEvidencePack = machine_of("dutch-evidence")

# --- Programmes at the limit

PROGRAMMES = int(os.environ.get("LEV_PROGRAMMES", "300"))


def a_chart(random: Random, stage: Stage) -> Chart:
    """A woman for whom the week of a stage has come, or nearly, with or without pain."""
    pain = random.choice([None, 0, 0, 3, 6])
    from_day = round(stage.window.from_week * 7)
    days = max(0, from_day + random.choice([-1, 0, 1, 5, 6, 7, 20, 21, 27, 28, 41, 42, 90]))
    born = DUE if stage.window.phase == "after_birth" else None
    today = DUE + days if born is not None else DUE - 280 + min(days, 300)
    return Chart(
        today,
        expected_on=DUE,
        birth=None if born is None else Birth(born, "vaginal", ()),
        clearances=(Clearance("dr. Maes", DUE - 280 if born is None else born),),
        pains=() if pain is None else (PainReport(today, pain),),
        stage=stage.id,
    )


def at_the_limit(random: Random, stage: Stage, limits: Limits) -> list[tuple[Dose, bool]]:
    """Three doses: just below one limit, at it, and just above, the others kept low."""
    assert stage.dose is not None
    which = random.choice(["force", "hold", "rounds", "effort"])
    written = stage.dose
    pattern = (written.pattern.rise_s, 0.5, written.pattern.fall_s, 4.0)
    made = []
    for place, allowed in ((-1, True), (0, True), (1, False)):
        force, hold_s, most, effort_s = 5.0, 0.5, 3, 60.0
        if which == "force":
            force = _near(limits.force_percent_mvc, place)
        if which == "hold":
            hold_s = _near(limits.hold_s, place)
        if which == "rounds":
            most = limits.max_rounds + place
        if which == "effort":
            effort_s = _near(limits.max_effort_s, place)
        rule_of_rounds = replace(sitting.rounds_rule(3), max_rounds=most, max_effort_s=effort_s)
        dose = sitting.dose(force, (pattern[0], hold_s, *pattern[2:]), rounds=rule_of_rounds)
        made.append((dose, allowed))
    return made


def _near(limit: float, place: int) -> float:
    return limit if place == 0 else nextafter(limit, inf * place)


@pytest.mark.parametrize("protocol_id", protocol_ids())
def test_no_random_programme_gets_a_target_over_the_limits_of_the_day(protocol_id: str) -> None:
    protocol = load_protocol(protocol_id)
    stages = [one for one in protocol.stages if one.dose is not None]
    asked = 0
    for seed in range(PROGRAMMES):
        random = Random(seed)
        stage = random.choice(stages)
        limits = limits_today(protocol, stage, a_chart(random, stage), HARD)
        for dose, allowed in at_the_limit(random, stage, limits):
            made = replace(sitting.context(dose), limits=limits)
            events = sitting.run(made, [Command("start", 0, "patient")])[1]
            targets = [one for one in sitting.of(TargetSet, events) if one.breakpoints]
            assert bool(targets) is allowed, (seed, dose, limits)
            asked += len(targets)
            for one in targets:
                assert max(level for _, level in one.breakpoints) <= limits.force_percent_mvc
    assert asked >= 2 * PROGRAMMES


def a_programme(random: Random, stage: Stage, limits: Limits) -> list[Any]:
    """Ten seconds of anything at the limits, with her own line now and then in between."""
    out: list[Any] = []
    for second in range(10):
        kind = random.choice(["start", "start", "dose", "dose", "limits", "pause", "resume"])
        dose = random.choice(at_the_limit(random, stage, limits))[0]
        given = dose if kind in ("start", "dose") else None
        lower = replace(limits, force_percent_mvc=limits.force_percent_mvc / 2, label="lower")
        bound = random.choice([limits, lower]) if kind == "limits" else None
        out.append(Command(kind, second * 50, "therapist", dose=given, limits=bound))
        out.append(sitting.block([random.choice([0.0, 30.0])] * 50, second * 50))
    return out


@pytest.mark.parametrize("protocol_id", protocol_ids())
def test_no_random_programme_of_commands_does_either(protocol_id: str) -> None:
    protocol = load_protocol(protocol_id)
    stages = [one for one in protocol.stages if one.dose is not None]
    seen = 0
    for seed in range(PROGRAMMES):
        random = Random(seed)
        stage = random.choice(stages)
        limits = limits_today(protocol, stage, a_chart(random, stage), HARD)
        given = at_the_limit(random, stage, limits)[0][0]
        context = sitting.context(given, (sitting.stream(rate_hz=50.0),))
        state = session.begin(replace(context, limits=limits))
        bounds = limits
        for one in a_programme(random, stage, limits):
            state, events = session.step(state, one)
            for event in events:
                if isinstance(event, LimitsChanged):
                    bounds = event.limits
                if isinstance(event, TargetSet) and event.breakpoints:
                    seen += 1
                    assert is_within(event, bounds), (seed, event, bounds)
    assert seen >= PROGRAMMES
