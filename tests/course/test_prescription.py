"""Dose, limits and reference that follow from a stage and what is known today."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.course.facts import StartFacts
from levator.course.prescription import (
    DoseRefused,
    OutOfRange,
    allowed_in,
    dose_for,
    limits_for,
    outside_stage,
    prescribable,
    reference_kind_for,
    rounds_kind_for,
    times_a_day_for,
    written_dose,
)
from levator.course.protocol import Stage
from levator.errors import CallerError
from levator.library import load_hard_limits, load_protocol
from levator.training.dose import Dose
from levator.training.limits import Breach, breaches

PROTOCOL = load_protocol("bekken-zwanger-fit")
HARD = load_hard_limits()
FACTS = st.builds(
    StartFacts,
    weeks_since_birth=st.one_of(st.none(), st.floats(0, 60)),
    cleared_by=st.sampled_from([None, "dr. Maes"]),
    pain_now=st.sampled_from([None, False, True]),
)


def after_birth(weeks: float, *, pain: bool | None = False) -> StartFacts:
    return StartFacts(weeks_since_birth=weeks, cleared_by="dr. Maes", pain_now=pain)


def today(stage_id: str, facts: StartFacts, **values: float | str) -> Dose | DoseRefused:
    stage = PROTOCOL.stage(stage_id)
    limits = limits_for(PROTOCOL, stage, facts, HARD)
    return dose_for(stage, facts, limits, **values)


# --- Reference contraction


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (StartFacts(), "comfortable_max"),
        (after_birth(5.9), "comfortable_max"),
        (after_birth(6), "mvc"),
        (StartFacts(weeks_since_birth=8), "comfortable_max"),
        (after_birth(8, pain=True), "comfortable_max"),
        (StartFacts(weeks_pregnant=30, complications=False, pain_now=False), "mvc"),
        (StartFacts(weeks_pregnant=30, pain_now=False), "comfortable_max"),
        (StartFacts(weeks_pregnant=30), "comfortable_max"),
        (StartFacts(weeks_pregnant=30, pain_now=True), "comfortable_max"),
        (StartFacts(weeks_pregnant=30, complications=True), "comfortable_max"),
        (
            StartFacts(weeks_pregnant=30, complications=True, cleared_by="dr. M", pain_now=False),
            "mvc",
        ),
    ],
)
def test_a_true_maximum_only_where_it_is_cleared(facts: StartFacts, kind: str) -> None:
    assert reference_kind_for(PROTOCOL, facts) == kind


# --- Limits


def test_the_first_weeks_are_capped() -> None:
    step_5 = PROTOCOL.stage("step-5")
    first = limits_for(PROTOCOL, step_5, after_birth(0.5), HARD)
    assert (first.force_percent_mvc, first.hold_s) == (30.0, 3.0)
    assert first.label.split("; ") == [
        "hard-limits",
        "step-5",
        "until-week-3-after-birth",
        "first-week-after-birth",
    ]
    second = limits_for(PROTOCOL, step_5, after_birth(1), HARD)
    assert (second.force_percent_mvc, second.hold_s) == (30.0, 9.0)
    later = limits_for(PROTOCOL, step_5, after_birth(3), HARD)
    assert (later.force_percent_mvc, later.label) == (40.0, "hard-limits; step-5")
    painful = limits_for(PROTOCOL, step_5, after_birth(4, pain=True), HARD)
    assert painful.force_percent_mvc == 30.0


def test_pain_that_nobody_asked_about_counts_as_pain() -> None:
    limits = limits_for(PROTOCOL, PROTOCOL.stage("step-5"), after_birth(4, pain=None), HARD)
    assert limits.force_percent_mvc == 30.0


def test_open_mode_leaves_no_room_for_a_target() -> None:
    limits = limits_for(PROTOCOL, PROTOCOL.stage("step-4"), after_birth(20), HARD)
    assert breaches(Dose("open"), limits) == ()
    assert breaches(written_dose(PROTOCOL.stage("step-5")), limits)[0].limit == "force"


def test_the_tangent_may_lengthen_the_hold_within_the_limits() -> None:
    facts = after_birth(13)
    limits = limits_for(PROTOCOL, PROTOCOL.stage("step-7"), facts, HARD)
    assert limits.hold_s == 5.4
    assert isinstance(today("step-7", facts, tangent_percent=80.0), Dose)


@given(FACTS)
def test_limits_never_go_over_the_hard_ones_and_every_start_is_within(facts: StartFacts) -> None:
    for stage in PROTOCOL.stages:
        limits = limits_for(PROTOCOL, stage, facts, HARD)
        assert limits.force_percent_mvc <= HARD.force_percent_mvc
        assert limits.hold_s <= HARD.hold_s
        dose = dose_for(stage, facts, limits)
        assert isinstance(dose, DoseRefused) or breaches(dose, limits) == ()


@given(st.floats(0, 2.99))
def test_no_dose_before_week_3_is_over_30_percent(weeks: float) -> None:
    facts = after_birth(weeks)
    for stage in PROTOCOL.stages:
        if stage.dose is not None and stage.window.phase == "after_birth":
            assert limits_for(PROTOCOL, stage, facts, HARD).force_percent_mvc <= 30.0


# --- Dose


def test_a_dose_starts_low_and_may_be_raised_within_its_range() -> None:
    start = today("step-5", after_birth(2))
    assert isinstance(start, Dose)
    assert start.pattern is not None
    assert (start.force_percent_mvc, start.pattern.hold_s) == (30.0, 1.0)
    raised = today("step-5", after_birth(2), hold_s=9.0, rest_s=5.0)
    assert isinstance(raised, Dose)
    assert raised.pattern is not None
    assert (raised.pattern.hold_s, raised.pattern.rest_s) == (9.0, 5.0)
    assert raised.pattern.cycle_s == 18.0


def test_outside_its_range_a_dose_is_refused_with_the_numbers() -> None:
    refused = today("step-6", after_birth(8), force_percent_mvc=80.0, hold_s=12.0)
    assert isinstance(refused, DoseRefused)
    assert refused.ranges == (
        OutOfRange("force", 80.0, 50.0, 70.0),
        OutOfRange("hold", 12.0, 5.0, 9.0),
    )
    assert today("step-3", StartFacts(weeks_pregnant=20), rest_s=9.0) == DoseRefused(
        (OutOfRange("rest", 9.0, 4.0, 4.0),)
    )


def test_over_todays_limits_a_dose_is_refused_with_the_numbers() -> None:
    refused = today("step-5", after_birth(0.5), hold_s=5.0)
    assert refused == DoseRefused((), (Breach("hold", 5.0, 3.0),))


def live(stage_id: str, *, tangent: float | None = None, **seconds: float) -> Dose:
    """The written dose of a stage with other times, as the dose editor makes it."""
    dose = written_dose(PROTOCOL.stage(stage_id))
    assert dose.pattern is not None
    changed = replace(dose, pattern=replace(dose.pattern, **seconds))
    return changed if tangent is None else replace(changed, tangent_percent=tangent)


@pytest.mark.parametrize(
    ("stage", "dose", "outside"),
    [
        ("step-3", live("step-3"), ()),
        ("step-3", live("step-3", rest_s=30.0), ()),
        ("step-3", live("step-3", rest_s=3.0), (OutOfRange("rest", 3.0, 4.0, 4.0),)),
        ("step-3", live("step-3", rise_s=9.0, fall_s=9.0), ()),
        ("step-3", live("step-3", rise_s=0.5), (OutOfRange("rise", 0.5, 3.0, inf),)),
        ("step-3", live("step-3", fall_s=0.5), (OutOfRange("fall", 0.5, 3.0, inf),)),
        (
            "step-3",
            replace(live("step-3"), force_percent_mvc=99.0),
            (OutOfRange("force", 99.0, 50.0, 70.0),),
        ),
        ("step-7", live("step-7", tangent=99.0), (OutOfRange("tangent", 99.0, 20.0, 80.0),)),
        ("step-1", Dose("open"), ()),
        ("step-1", live("step-3"), ()),
        ("step-3", Dose("open"), ()),
    ],
)
def test_a_live_dose_stays_within_its_stage(
    stage: str, dose: Dose, outside: tuple[OutOfRange, ...] | None
) -> None:
    """Rest may be longer, rise and fall slower; None: refused, whatever the numbers."""
    found = outside_stage(PROTOCOL.stage(stage), dose)
    assert (
        found == outside
        if outside is not None
        else [one.setting for one in found]
        in (
            ["force"],
            ["tangent"],
        )
    )


def test_an_unknown_stage_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(CallerError, match=r"has no stage 'step-8'; it has step-1, .*step-7"):
        PROTOCOL.stage("step-8")


def test_words_in_a_language_that_is_not_there_are_english() -> None:
    cap, stage = PROTOCOL.caps[0], PROTOCOL.stage("step-1")
    assert cap.words_in("xx") == cap.words_in("en") != cap.words_in("nl")
    assert stage.words_in("xx") == stage.words_in("en") != stage.words_in("nl")


def test_in_open_mode_there_is_no_dose_to_change() -> None:
    assert today("step-1", StartFacts(), force_percent_mvc=80.0) == Dose("open")


def test_the_written_dose_is_the_documents_own() -> None:
    dose = written_dose(PROTOCOL.stage("step-7"))
    assert (dose.tangent_percent, dose.force_percent_mvc) == (80.0, 70.0)
    assert dose.asked_pattern is not None
    assert dose.asked_pattern.rise_s == pytest.approx(0.6)
    assert dose.asked_pattern.cycle_s == pytest.approx(13.0)


# --- Rounds and times a day


def test_the_source_and_the_careful_rule_stand_side_by_side() -> None:
    dose = PROTOCOL.stage("step-5").dose
    assert dose is not None
    assert (dose.rounds.kind, dose.rounds.seed_rounds) == ("before_fatigue", "past_fatigue")
    assert rounds_kind_for(dose.rounds, after_birth(2.9)) == "before_fatigue"
    assert rounds_kind_for(dose.rounds, after_birth(3)) == "past_fatigue"
    assert rounds_kind_for(dose.rounds, after_birth(3, pain=True)) == "before_fatigue"
    assert rounds_kind_for(dose.rounds, after_birth(3, pain=None)) == "before_fatigue"
    assert rounds_kind_for(dose.rounds, StartFacts()) == "before_fatigue"


def test_the_therapist_may_choose_the_rounds_rule() -> None:
    dose = today("step-5", after_birth(1), rounds="past_fatigue", last_known_fatigue_round=4)
    assert isinstance(dose, Dose)
    assert dose.rounds is not None
    assert (dose.rounds.kind, dose.rounds.last_known_fatigue_round) == ("past_fatigue", None)
    careful = today("step-5", after_birth(1), last_known_fatigue_round=4)
    assert isinstance(careful, Dose)
    assert careful.rounds is not None
    assert careful.rounds.last_known_fatigue_round == 4


@pytest.mark.parametrize(
    ("stage", "facts", "times"),
    [
        ("step-1", StartFacts(), None),
        ("step-3", StartFacts(weeks_pregnant=20), 3),
        ("step-5", after_birth(0.9), 1),
        ("step-5", StartFacts(), 1),
        ("step-5", after_birth(1), 3),
        ("step-7", after_birth(13), 3),
    ],
)
def test_how_often_a_day(stage: str, facts: StartFacts, times: int | None) -> None:
    assert times_a_day_for(PROTOCOL.stage(stage), facts) == times


@pytest.mark.parametrize("stage", [one for one in PROTOCOL.stages if one.dose is not None])
def test_what_is_offered_beside_a_field_is_what_is_taken(stage: Stage) -> None:
    """Each setting alone at its two ends, and just beyond them."""
    facts = after_birth(13) if stage.window.phase == "after_birth" else StartFacts(pain_now=False)
    limits = limits_for(PROTOCOL, stage, facts, HARD)
    written = written_dose(stage, facts)
    assert written.pattern is not None
    seen = set()
    for one in allowed_in(stage, limits):
        seen.add(one.setting)
        for value, is_taken in (
            (one.lowest, True),
            (one.lowest - 0.01, False),
            (one.highest, True),
            (one.highest + 0.01, False),
        ):
            if value == inf:
                continue
            if one.setting == "force":
                dose = replace(written, force_percent_mvc=value)
            elif one.setting == "tangent":
                dose = replace(written, tangent_percent=value)
            else:
                pattern = replace(written.pattern, **{f"{one.setting}_s": value})
                dose = replace(written, pattern=pattern)
            told = {found.setting for found in outside_stage(stage, dose)}
            told |= {found.limit for found in breaches(dose, limits)}
            assert (one.setting not in told) == is_taken, (one, value)
    assert seen >= {"force", "hold", "rise", "fall", "rest"}
    assert ("tangent" in seen) == (stage.mode == "advanced")


@pytest.mark.parametrize("stage", [one for one in PROTOCOL.stages if one.dose is not None])
def test_what_is_said_of_a_prescribed_dose_is_what_is_taken(stage: Stage) -> None:
    """Each setting alone at its two ends, and just beyond them; each has two ends."""
    facts = after_birth(13) if stage.window.phase == "after_birth" else StartFacts(pain_now=False)
    limits = limits_for(PROTOCOL, stage, facts, HARD)
    names = {"force": "force_percent_mvc", "tangent": "tangent_percent", "rounds": "count"}
    found = prescribable(stage, limits)
    for one in found:
        name = names.get(one.setting, f"{one.setting}_s")
        by = 1 if one.setting == "rounds" else 0.01
        for value, is_taken in (
            (one.lowest, True),
            (one.lowest - by, False),
            (one.highest, True),
            (one.highest + by, False),
        ):
            made = dose_for(stage, facts, limits, **{name: value})
            assert isinstance(made, Dose) == is_taken, (one, value, made)
    assert {one.setting for one in found} >= {"force", "hold", "rest"}
    assert ("tangent" in {one.setting for one in found}) == (stage.mode == "advanced")


def test_open_mode_offers_nothing_to_set() -> None:
    assert allowed_in(PROTOCOL.stage("step-1"), HARD) == ()
    assert prescribable(PROTOCOL.stage("step-1"), HARD) == ()


def test_a_stage_in_open_mode_is_written_without_a_dose() -> None:
    assert written_dose(PROTOCOL.stage("step-1")) == Dose("open")
