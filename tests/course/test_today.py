"""Today: the daily dose, limits and the dose within them, cautions that end."""

from dataclasses import replace

import pytest

from levator.course import daily
from levator.course.caution import Caution, cautions
from levator.course.chart import Birth, Prescribed, RedFlag
from levator.course.prescription import DoseRefused
from levator.course.progression import propose
from levator.course.protocol import CautionRule, Parameter
from levator.course.red_flags import asked_gate
from levator.course.today import (
    Lowered,
    TodaysDose,
    allowed_today,
    changed,
    dose_today,
    limits_today,
    reference_today,
    shut_today,
    value_of,
)
from levator.training.dose import Dose
from tests.course.women import (
    BORN,
    HARD,
    PROTOCOL,
    STARTS,
    after_birth,
    pregnant,
    sitting,
    stage_of,
)

# --- How often


@pytest.mark.parametrize(("done", "is_left"), [(0, True), (2, True), (3, False), (4, False)])
def test_a_day_has_so_many_sittings_over_all_devices_and_stages(done: int, is_left: bool) -> None:
    today = BORN + 21
    stages = ["step-5", "step-6", "step-5", "step-5"][:done]
    chart = after_birth(3, sittings=tuple(sitting(one, today) for one in stages))
    one = daily.daily_gate(stage_of(5), chart)
    assert (one.is_open, one.needed, one.given) == (is_left, 3, done)
    assert one.from_day == (None if is_left else today + 1)
    assert [gate.code for gate in shut_today(PROTOCOL, stage_of(5), chart)] == (
        [] if is_left else ["daily_dose_left"]
    )
    tomorrow = replace(chart, today=today + 1)
    assert daily.daily_gate(stage_of(5), tomorrow).is_open


def test_one_question_says_all_that_today_allows() -> None:
    chart = replace(after_birth(3), stage="step-5")
    now = allowed_today(PROTOCOL, stage_of(5), chart, HARD)
    assert (now.may_train, now.shut, now.is_here) == (True, (), True)
    assert now.limits == limits_today(PROTOCOL, stage_of(5), chart, HARD)
    assert now.dose == dose_today(PROTOCOL, stage_of(5), chart, HARD)
    assert now.reference == reference_today(PROTOCOL, chart)
    flagged = replace(chart, red_flags=(RedFlag(chart.today, "fever"),))
    assert not allowed_today(PROTOCOL, stage_of(5), flagged, HARD).may_train
    elsewhere = replace(chart, stage="step-4")
    assert not allowed_today(PROTOCOL, stage_of(5), elsewhere, HARD).is_here
    assert allowed_today(PROTOCOL, stage_of(4), chart, HARD).is_here


def test_open_mode_is_free_and_does_not_count() -> None:
    free = sitting("step-4", BORN + 21, Prescribed())
    chart = after_birth(3, sittings=(free, free, free))
    assert daily.daily_gate(stage_of(4), chart).is_open
    assert daily.done_on(chart.today, chart) == 0


@pytest.mark.parametrize(
    ("answered", "is_asked", "given"),
    [
        ((), False, None),
        ((0,), True, 0),
        ((-1,), False, 1),
        ((-3, 0), True, 0),
        ((1,), False, None),
    ],
)
def test_nothing_starts_before_the_red_flags_are_asked_today(
    answered: tuple[int, ...], is_asked: bool, given: int | None
) -> None:
    today = BORN + 21
    chart = after_birth(3, red_flags_asked=tuple(today + ago for ago in answered))
    gate = asked_gate(PROTOCOL.red_flags, chart)
    assert (gate.is_open, gate.needed, gate.given) == (is_asked, 1, given)
    codes = [one.code for one in shut_today(PROTOCOL, stage_of(5), chart)]
    assert ("red_flags_asked" not in codes) is is_asked


def test_a_red_flag_shuts_whatever_was_answered_that_day() -> None:
    today = BORN + 21
    chart = after_birth(3, red_flags=(RedFlag(today, "fever"),))
    assert "no_red_flag" in [one.code for one in shut_today(PROTOCOL, stage_of(4), chart)]
    assert asked_gate(PROTOCOL.red_flags, chart).is_open


def test_a_sitting_that_was_only_begun_counts_too() -> None:
    begun = sitting("step-5", BORN + 21, rounds=0, valid=0)
    assert daily.done_on(BORN + 21, after_birth(3, sittings=(begun,))) == 1


def test_the_first_week_has_one_sitting_a_day_whatever_is_prescribed() -> None:
    chart = after_birth(0.5, stage="step-5")
    assert daily.asked_today(stage_of(5), chart) == 1
    more = replace(chart, settings=Prescribed(times_a_day=2))
    assert daily.asked_today(stage_of(5), more) == 1
    later = replace(more, today=BORN + 7)
    assert daily.asked_today(stage_of(5), later) == 2
    assert daily.asked_today(stage_of(5), replace(later, stage="step-6")) == 3


def test_adherence_is_a_share_of_the_dose() -> None:
    days = [BORN + 20, BORN + 20, BORN + 19, BORN + 18, BORN + 18, BORN + 18, BORN + 18]
    chart = after_birth(3, sittings=tuple(sitting("step-5", day) for day in days))
    kept = daily.adherence(stage_of(5), chart, 3)
    assert kept == daily.Adherence(2 + 1 + 3, 9, 3)
    assert kept.share == 6 / 9
    assert daily.adherence(stage_of(5), chart, 0) is None
    assert daily.adherence(stage_of(4), chart, 3) is None


def test_adherence_counts_from_the_first_day_of_the_stage() -> None:
    chart = after_birth(3, sittings=(sitting("step-5", BORN + 20), sitting("step-5", BORN + 18)))
    begun = replace(chart, stage_since=BORN + 19)
    assert daily.adherence(stage_of(5), begun, 7) == daily.Adherence(1, 2 * 3, 2)
    assert daily.adherence(stage_of(5), replace(chart, stage_since=BORN + 21), 7) is None
    long = replace(chart, stage_since=BORN)
    assert daily.adherence(stage_of(5), long, 7) == daily.Adherence(2, 7 * 3, 7)


# --- Limits and dose


def test_the_limits_follow_from_the_chart() -> None:
    assert limits_today(PROTOCOL, stage_of(5), after_birth(0.5), HARD).hold_s == 3.0
    assert limits_today(PROTOCOL, stage_of(5), after_birth(4), HARD).force_percent_mvc == 40.0
    sore = limits_today(PROTOCOL, stage_of(5), after_birth(4, pain=1), HARD)
    assert sore.force_percent_mvc == 30.0


@pytest.mark.parametrize(("weeks", "kind"), [(5.9, "comfortable_max"), (6.0, "mvc")])
def test_the_reference_is_comfortable_before_week_6(weeks: float, kind: str) -> None:
    assert reference_today(PROTOCOL, after_birth(weeks)) == kind
    assert reference_today(PROTOCOL, after_birth(weeks, pain=1)) == "comfortable_max"


def test_what_is_prescribed_is_lowered_to_what_today_allows_and_says_so() -> None:
    settings = Prescribed(force_percent_mvc=40.0, hold_s=5.0)
    chart = after_birth(0.5, stage="step-5", settings=settings)
    made = dose_today(PROTOCOL, stage_of(5), chart, HARD)
    assert isinstance(made, TodaysDose)
    assert made.lowered == (
        Lowered("force", 40.0, 30.0, "until-week-3-after-birth"),
        Lowered("hold", 5.0, 3.0, "first-week-after-birth"),
    )
    assert (made.dose.force_percent_mvc, made.dose.pattern and made.dose.pattern.hold_s) == (
        30.0,
        3.0,
    )


def test_nothing_is_lowered_where_nothing_is_over() -> None:
    settings = Prescribed(force_percent_mvc=40.0, hold_s=5.0)
    chart = after_birth(4, stage="step-5", settings=settings)
    made = dose_today(PROTOCOL, stage_of(5), chart, HARD)
    assert isinstance(made, TodaysDose)
    assert made.lowered == ()
    # The prescription belongs to the stage it was made in.
    other = dose_today(PROTOCOL, stage_of(5), replace(chart, stage="step-6"), HARD)
    assert isinstance(other, TodaysDose)
    assert other.dose.force_percent_mvc == 30.0
    assert dose_today(PROTOCOL, stage_of(4), chart, HARD) == TodaysDose(Dose("open"), ())


def test_a_prescription_outside_the_stage_gives_no_dose() -> None:
    chart = after_birth(4, stage="step-5", settings=Prescribed(force_percent_mvc=41.0))
    made = dose_today(PROTOCOL, stage_of(5), chart, HARD)
    assert isinstance(made, DoseRefused)
    assert [one.setting for one in made.ranges] == ["force"]


def test_the_round_in_which_she_tired_last_ends_the_next_set_before_it() -> None:
    tired = sitting("step-2", BORN - 90, fatigue_round=7)
    chart = pregnant(30, sittings=(sitting("step-2", BORN - 91, fatigue_round=4), tired))
    made = dose_today(PROTOCOL, stage_of(2), chart, HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.rounds.last_known_fatigue_round == 7


def test_five_rounds_are_five_rounds() -> None:
    made = dose_today(PROTOCOL, stage_of(7), after_birth(12), HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.rounds.count == 5
    more = replace(after_birth(12), stage="step-7", settings=Prescribed(rounds=6))
    assert isinstance(dose_today(PROTOCOL, stage_of(7), more, HARD), DoseRefused)


@pytest.mark.parametrize("parameter", ["hold", "rounds", "force", "tangent", "times"])
def test_one_setting_is_changed_at_a_time(parameter: Parameter) -> None:
    one = changed(STARTS["step-7"], parameter, 9.0)
    assert value_of(one, parameter) == 9.0
    others = {"hold", "rounds", "force", "tangent", "times"} - {parameter}
    assert all(value_of(one, name) == value_of(STARTS["step-7"], name) for name in others)


# --- Cautions

LIFT = CautionRule("lifting", "caesarean", 6.0, {"en": "Lift little.", "nl": "Til weinig."}, "002")
CALM = CautionRule("calm", None, 1.0, {"en": "Take it easy."}, "a book")


@pytest.mark.parametrize(("weeks", "held"), [(0.0, True), (41 / 7, True), (6.0, False)])
def test_a_caesarean_rule_ends_on_the_day_its_week_is_full(weeks: float, held: bool) -> None:
    chart = after_birth(weeks, birth=Birth(BORN, "caesarean", ()))
    found = cautions((LIFT,), chart)
    assert found == ((Caution(LIFT, BORN + 42),) if held else ())


def test_a_caution_is_for_its_birth_or_for_all() -> None:
    assert cautions((LIFT, CALM), after_birth(0)) == (Caution(CALM, BORN + 7),)
    assert cautions((LIFT, CALM), pregnant(30)) == ()
    assert LIFT.words_in("nl") == "Til weinig."
    assert CALM.words_in("nl") == "Take it easy."


def test_after_the_end_of_her_course_nothing_starts_and_a_new_one_is_proposed() -> None:
    chart = after_birth(8, stage=None, has_ended=True)
    for stage in PROTOCOL.stages:
        assert [one.code for one in shut_today(PROTOCOL, stage, chart)] == ["course_not_ended"]
        goes_on = shut_today(PROTOCOL, stage, replace(chart, has_ended=False))
        assert "course_not_ended" not in [one.code for one in goes_on]
    begun = propose(PROTOCOL, replace(chart, has_ended=False)), propose(PROTOCOL, chart)
    assert [one.reasons[0].code for one in begun] == ["course_begins", "begins_anew"]
