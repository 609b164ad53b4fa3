"""How the ambiguities A2 to A20 of the two documents are read: one test for each.

A1 and A21 are about the pattern's unit and the seat's sign; `test_seed000.py` and the calibration
have theirs. Bekken Zwanger Fit is © Msys AG 2017; "the leaflet" is the hospital's leaflet on
perinatal physiotherapy.
"""

from dataclasses import replace

import pytest

from levator.course import daily
from levator.course.chart import Birth, Chart, Decision, PainReport, Prescribed
from levator.course.deciding import Decided, decide
from levator.course.gates import gates, is_open, shut
from levator.course.progression import Advance, Change, Hold, StepBack, propose
from levator.course.today import TodaysDose, dose_today, limits_today, reference_today
from levator.library import load_checklist, load_protocol, load_settings, protocol_ids
from levator.library.loader import FOLDER
from levator.training.pattern import Pattern
from tests.course.women import (
    BORN,
    HARD,
    PROTOCOL,
    after_birth,
    at,
    overrule,
    pregnant,
    sitting,
    stage_of,
)

PROJECT = "project default, to be reviewed by a pelvic physiotherapist"


def in_step_5(weeks: float, *, pain: int = 0, **settings: float) -> Chart:
    """A woman in step 5 who passed twice today at her settings."""
    prescribed = replace(Prescribed(), **settings)
    chart = after_birth(weeks, pain=pain, stage="step-5", settings=prescribed)
    done = sitting("step-5", chart.today, at("step-5", **settings))
    return replace(chart, sittings=(done, done))


def test_a2_the_rest_is_lengthened_first_and_the_fall_by_nobody() -> None:
    for number in (2, 5):
        dose = stage_of(number).dose
        assert dose.rest_range_s.step == 1.0
    hard = sitting("step-2", BORN - 140, released_percent=70.0)
    proposal = propose(PROTOCOL, pregnant(20, stage="step-2", sittings=(hard,)))
    assert isinstance(proposal, StepBack)
    assert proposal.change == Change("rest", 6.0, 7.0)


def test_a3_the_tangent_starts_at_20_goes_up_by_10_and_ends_at_80() -> None:
    tangent = stage_of(7).dose.tangent_range
    assert (tangent.lowest, tangent.step, tangent.highest) == (20.0, 10.0, 80.0)
    assert Pattern(3.0, 3.0, 3.0, 4.0).with_tangent(80.0).cycle_s == 13.0
    at_80 = replace(after_birth(13), stage="step-7", settings=Prescribed(tangent_percent=80.0))
    done = sitting("step-7", at_80.today, at("step-7", tangent_percent=80.0))
    opened = overrule(at_80.today, "step-7", "force_reached", "releases_well", "lasts")
    proposal = propose(PROTOCOL, replace(at_80, sittings=(done, done), decisions=(opened,)))
    assert isinstance(proposal, Hold)


def test_a4_a_round_is_one_cycle() -> None:
    made = dose_today(PROTOCOL, stage_of(7), after_birth(13), HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.pattern is not None
    assert made.dose.rounds.count == 5
    assert made.dose.rounds.count * made.dose.pattern.cycle_s == 65.0


def test_a5_fewer_than_fatigue_is_the_last_fatigue_round_less_one() -> None:
    """Superseded for what fatigue is; the rounds stay: one before, one past."""
    tired = sitting("step-2", BORN - 141, fatigue_round=6)
    made = dose_today(PROTOCOL, stage_of(2), pregnant(20, sittings=(tired,)), HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert (made.dose.rounds.kind, made.dose.rounds.last_known_fatigue_round) == (
        "before_fatigue",
        6,
    )
    assert stage_of(3).dose.rounds.kind == "past_fatigue"
    assert load_settings().fatigue.established_by == 3


@pytest.mark.parametrize(
    ("weeks", "pain", "kind"),
    [
        (2.9, 0, "before_fatigue"),
        (3.0, 0, "past_fatigue"),
        (3.0, 1, "before_fatigue"),
        (5.0, 0, "past_fatigue"),
    ],
)
def test_a6_step_5_stays_below_fatigue_until_week_3_and_with_pain(
    weeks: float, pain: int, kind: str
) -> None:
    made = dose_today(PROTOCOL, stage_of(5), after_birth(weeks, pain=pain), HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.rounds.kind == kind
    assert stage_of(5).dose.rounds.seed_rounds == "past_fatigue"
    # The document's own rule may be chosen by the therapist, with a reason that is kept.
    chart = after_birth(weeks, pain=pain, stage="step-5")
    wanted = Decision(chart.today, "T. Bos", "overrule", "no pain at all", "step-5")
    for rule, is_taken in (("past_fatigue", True), ("number", False)):
        settings = Prescribed(rounds_rule=rule)
        answer = decide(PROTOCOL, chart, replace(wanted, settings=settings), HARD)
        assert isinstance(answer, Decided) is is_taken
    chosen = replace(chart, settings=Prescribed(rounds_rule="past_fatigue"))
    made = dose_today(PROTOCOL, stage_of(5), chosen, HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.rounds.kind == "past_fatigue"


def test_a7_weeks_3_to_6_stay_in_step_5_with_longer_holds_and_up_to_40_without_pain() -> None:
    for weeks in (3.0, 4.0, 5.9):
        chart = after_birth(weeks)
        assert is_open(PROTOCOL, stage_of(5), chart)
        assert "week_reached" in [one.code for one in shut(PROTOCOL, stage_of(6), chart)]
    longer = propose(PROTOCOL, in_step_5(4.0, hold_s=8.0))
    assert isinstance(longer, Advance)
    assert longer.change == Change("hold", 8.0, 9.0)
    stronger = propose(PROTOCOL, in_step_5(4.0, hold_s=9.0))
    assert isinstance(stronger, Advance)
    assert stronger.change == Change("force", 30.0, 35.0)
    assert isinstance(propose(PROTOCOL, in_step_5(4.0, pain=1, hold_s=9.0)), Hold)
    assert limits_today(PROTOCOL, stage_of(5), after_birth(4.0), HARD).force_percent_mvc == 40.0
    sore = limits_today(PROTOCOL, stage_of(5), after_birth(4.0, pain=1), HARD)
    assert sore.force_percent_mvc == 30.0
    # After week 6 she stays while the gates of step 6 are shut.
    assert is_open(PROTOCOL, stage_of(5), after_birth(8.0))


def test_a8_in_week_1_holds_go_from_10_to_30_and_the_mode_is_endurance() -> None:
    assert stage_of(5).mode == "endurance"
    first = limits_today(PROTOCOL, stage_of(5), after_birth(6 / 7), HARD)
    assert first.hold_s == 3.0
    assert stage_of(5).dose.start_hold_s == 1.0
    held = propose(PROTOCOL, in_step_5(6 / 7, hold_s=3.0))
    assert isinstance(held, Hold)
    assert [one.code for one in held.reasons] == ["passed", "hold_capped"]
    longer = propose(PROTOCOL, in_step_5(1.0, hold_s=3.0))
    assert isinstance(longer, Advance)
    assert longer.change == Change("hold", 3.0, 4.0)


def test_a9_before_week_6_the_reference_is_comfortable_and_taken_every_week() -> None:
    assert reference_today(PROTOCOL, after_birth(5.9)) == "comfortable_max"
    assert reference_today(PROTOCOL, after_birth(6.0)) == "mvc"
    assert load_settings().calibration.valid_days == 7


def test_a10_two_sittings_in_band_without_pain_or_doubt_raise_the_force_by_5() -> None:
    rule = PROTOCOL.progression
    assert (rule.sittings_up, rule.in_band_percent) == (2, 80.0)
    assert stage_of(6).dose.force_range.step == 5.0
    chart = pregnant(20, stage="step-3")
    shown = sitting("step-2", chart.today)
    done = sitting("step-3", chart.today)
    for last, is_raised in (
        (done, True),
        (replace(done, flagged_percent=30.0), False),
        (replace(done, pain_after=2), False),
        (replace(done, in_band_percent=70.0), False),
    ):
        proposal = propose(PROTOCOL, replace(chart, sittings=(shown, shown, done, last)))
        assert isinstance(proposal, Advance) is is_raised
    # It is a proposal: the chart is as it was until a therapist accepts.
    decision = Decision(chart.today, "T. Bos", "accept")
    ready = replace(chart, sittings=(shown, shown, done, done))
    answer = decide(PROTOCOL, ready, decision, HARD)
    assert isinstance(answer, Decided)
    assert answer.settings.force_percent_mvc == 55.0
    assert ready.settings.force_percent_mvc is None


def test_a11_40_percent_is_the_rule_and_may_be_changed() -> None:
    dose = stage_of(2).dose
    assert dose.force_percent_mvc == 40.0
    assert dose.force_range.lowest < 40.0 < dose.force_range.highest
    assert stage_of(2).order == ()
    chart = pregnant(20, stage="step-2")
    wanted = Decision(chart.today, "T. Bos", "overrule", "35 is enough", "step-2", Prescribed(35.0))
    assert isinstance(decide(PROTOCOL, chart, wanted, HARD), Decided)


@pytest.mark.parametrize("protocol_id", protocol_ids())
def test_a12_until_week_3_no_document_asks_for_more_than_30_percent(protocol_id: str) -> None:
    """The leaflet says short and strong from the first days; both readings are kept apart."""
    protocol = load_protocol(protocol_id)
    for stage in protocol.stages_of("after_birth"):
        for days in (0, 20):
            limits = limits_today(protocol, stage, after_birth(days / 7), HARD)
            assert limits.force_percent_mvc <= 30.0
    text = (FOLDER / "protocols/dutch-evidence.toml").read_text("utf-8")
    assert "The leaflet asks for short and strong ones from the first days" in text
    assert "leaflet" not in (FOLDER / "protocols/bekken-zwanger-fit.toml").read_text("utf-8")


def test_a13_light_training_from_day_0_if_cleared_and_supervised_from_week_6() -> None:
    pack = load_protocol("dutch-evidence")
    gentle, long = pack.stage("gentle-after-birth"), pack.stage("long-after-birth")
    assert is_open(pack, gentle, after_birth(0))
    assert not is_open(pack, gentle, after_birth(0, clearances=()))
    assert long.window.from_week == 6.0
    assert "from six weeks" in long.window.source


def test_a14_several_times_a_day_is_3_from_2_to_6_and_a_share_not_a_pass() -> None:
    for number in (3, 6, 7):
        times = stage_of(number).times_a_day
        assert (times.times, times.allowed.lowest, times.allowed.highest) == (3, 2.0, 6.0)
    chart = after_birth(8, sittings=(sitting("step-6", BORN + 55),))
    assert daily.adherence(stage_of(6), chart, 1) == daily.Adherence(1, 3, 1)


def test_a15_the_rests_of_the_two_documents_stay_apart() -> None:
    rests = {one.dose.pattern.rest_s for one in PROTOCOL.stages if one.dose}
    assert rests == {4.0, 6.0}
    for stage in load_protocol("dutch-evidence").stages:
        if stage.dose is not None:
            assert stage.dose.pattern.rest_s >= 2 * stage.dose.pattern.hold_s


def test_a16_serious_complications_are_a_list_that_says_it_is_ours() -> None:
    codes = {one.code for one in load_checklist("complications").items}
    assert codes >= {
        "operative_delivery",
        "tear_3_or_4",
        "haemorrhage",
        "infection",
        "retention",
        "caesarean_trouble",
        "other",
    }
    for code in codes:
        birth = Birth(BORN, "vaginal", (code,))
        for stage in PROTOCOL.stages_of("after_birth"):
            chart = after_birth(20, birth=birth, clearances=())
            assert "cleared" in [one.code for one in shut(PROTOCOL, stage, chart)]
    assert all(PROJECT in one.source for one in load_checklist("complications").items)


def test_a17_week_pain_holding_and_letting_go_all_at_once_and_earlier_only_with_a_reason() -> None:
    codes = [one.code for one in gates(PROTOCOL, stage_of(6), after_birth(6))]
    assert {"week_reached", "no_pain", "holds_long", "releases_well"} <= set(codes)
    chart = after_birth(5)
    early = Decision(chart.today, "T. Bos", "overrule", "", "step-6")
    assert not isinstance(decide(PROTOCOL, chart, early, HARD), Decided)
    with_reason = replace(early, reason="tested by hand")
    assert isinstance(decide(PROTOCOL, chart, with_reason, HARD), Decided)


def test_a18_and_a19_no_text_counts_functions_or_uses_a_trade_mark() -> None:
    for path in FOLDER.rglob("*.toml"):
        text = path.read_text("utf-8")
        for name in ("4xT", "DAMT", "cross walk", "three functions", "drie functies"):
            assert name not in text, path


def test_a20_step_5_once_a_day_in_week_1_then_3_times_and_step_2_as_the_therapist_sets() -> None:
    assert daily.asked_today(stage_of(5), after_birth(6 / 7)) == 1
    assert daily.asked_today(stage_of(5), after_birth(1)) == 3
    for number, chart in ((2, pregnant(20)), (5, after_birth(4))):
        assert daily.asked_today(stage_of(number), chart) == 3
        set_by_hand = replace(chart, stage=f"step-{number}", settings=Prescribed(times_a_day=1))
        assert daily.asked_today(stage_of(number), set_by_hand) == 1
        assert PROJECT in stage_of(number).times_a_day.source


# --- Clauses of the first document about the weeks


def test_seed000_pain_lowers_use_so_training_waits_for_less_pain() -> None:
    rising = tuple(PainReport(BORN + 28 - ago, 3 - ago) for ago in (2, 1, 0))
    chart = replace(in_step_5(4.0), pains=rising)
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Hold)
    assert [one.code for one in proposal.reasons] == ["pain_rising"]


def test_seed000_step5_once_pain_is_less_and_she_holds_long_strength_follows() -> None:
    chart = in_step_5(6.0, hold_s=5.0)
    sore = replace(chart, pains=(PainReport(chart.today, 1),))
    assert isinstance(propose(PROTOCOL, sore), Advance)
    assert propose(PROTOCOL, sore).change.parameter == "hold"
    proposal = propose(PROTOCOL, chart)
    assert isinstance(proposal, Advance)
    assert proposal.change == Change("stage", "step-5", "step-6")


def test_seed000_step3_force_from_50_to_70_in_steps() -> None:
    chart, forces = pregnant(20, stage="step-3"), [50.0]
    shown = (sitting("step-2", chart.today),) * 2
    while forces[-1] < 70.0:
        done = sitting("step-3", chart.today, at("step-3", force_percent_mvc=forces[-1]))
        now = replace(chart, settings=Prescribed(forces[-1]), sittings=(*shown, done, done))
        proposal = propose(PROTOCOL, now)
        assert isinstance(proposal, Advance)
        forces.append(float(proposal.change.becomes))
    assert forces == [50.0, 55.0, 60.0, 65.0, 70.0]


def test_seed000_step5_hold_from_10_to_90() -> None:
    holds = [1.0]
    while holds[-1] < 9.0:
        proposal = propose(PROTOCOL, in_step_5(4.0, hold_s=holds[-1]))
        assert isinstance(proposal, Advance)
        assert proposal.change.parameter == "hold"
        holds.append(float(proposal.change.becomes))
    assert holds == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]


def test_the_leaflet_after_a_caesarean_nothing_heavier_than_the_baby_for_6_weeks() -> None:
    (lifting,) = [one for one in load_checklist("caesarean").cautions if one.code == "lifting"]
    assert (lifting.birth, lifting.until_week_after_birth) == ("caesarean", 6.0)
    assert "zwaarder" in lifting.words_in("nl")
    assert "first 6 weeks" in lifting.source
