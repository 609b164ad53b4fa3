"""Scores against curves whose answer is known (clinical.md section 5, test vectors)."""

from __future__ import annotations

from dataclasses import replace
from math import nan, pi, sin, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.signals.reference import Reference
from levator.signals.samples import Channel
from levator.signals.tape import Tape
from levator.training.context import SessionContext
from levator.training.dose import Dose
from levator.training.events import RepetitionScored
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from levator.training.score import Scores, Track, lag_samples, rmse, score
from levator.training.target import plan_of
from tests import sitting

RATES_HZ = [10.0, 50.0, 100.0, 128.0, 1000.0, 2048.0]
PATTERN = Pattern(2.0, 3.0, 2.0, 4.0)
FORCE = 40.0
RISE_S = 4.0
EMG_REFERENCE = Reference("declared", 0.0, 2 / pi * 100.0, "uV")


def target_at(at_s: float, pattern: Pattern = PATTERN) -> float:
    at_s -= RISE_S
    if not 0.0 <= at_s <= pattern.effort_s:
        return 0.0
    if at_s < pattern.rise_s:
        return FORCE * at_s / pattern.rise_s
    return FORCE * min(1.0, (pattern.effort_s - at_s) / pattern.fall_s)


def context_for(kind: str, rate_hz: float, asked: Dose) -> SessionContext:
    if kind == "percent":
        return sitting.context(asked, (sitting.stream(rate_hz=rate_hz),))
    channel = sitting.NEWTON if kind == "newton" else Channel("seat", "emg", "uV")
    reference = sitting.NEWTON_REFERENCE if kind == "newton" else EMG_REFERENCE
    seat = sitting.stream("seat", rate_hz, (channel,))
    return sitting.context(asked, (seat,), (sitting.use_of(seat, 0, "primary", reference),))


def scored(
    kind: str, rate_hz: float, levels: list[float], asked: Dose | None = None
) -> RepetitionScored:
    """Score levels in %MVC that come through a channel of a kind."""
    if kind == "newton":
        levels = [(3.0 + 0.4 * level) / 0.01 for level in levels]
    if kind == "emg":
        random = Random(1)
        levels = [level * sin(2 * pi * 95.0 * i / rate_hz) for i, level in enumerate(levels)]
        levels = [level + random.gauss(0.0, 0.01) for level in levels]
    given: list[Input] = [Command("start", 0, "room", first_rise_s=RISE_S)]
    given += sitting.blocks(levels, 200)
    made = context_for(kind, rate_hz, asked or sitting.dose(FORCE, rounds=sitting.rounds_rule(1)))
    (repetition,) = sitting.of(RepetitionScored, sitting.run(made, given)[1])
    return repetition


def track(rate_hz: float, delay_s: float = 0.0, extra: float = 0.0) -> list[float]:
    count = round(16.0 * rate_hz)
    return [target_at(index / rate_hz - delay_s) + extra for index in range(count)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_perfect_track_has_no_error(rate_hz: float) -> None:
    it = scored("percent", rate_hz, track(rate_hz))
    assert it.verdict == "good"
    assert it.rmse_percent_mvc == pytest.approx(0.0, abs=1e-9)
    assert it.rmse_lag_removed_percent_mvc == pytest.approx(0.0, abs=1e-9)
    assert it.time_in_band_percent == 100.0
    assert it.held_s == 3.0
    assert it.lag_s == 0.0
    assert it.hold_mean_percent_mvc == pytest.approx(FORCE)
    assert it.hold_cv_percent == pytest.approx(0.0, abs=1e-9)
    assert it.rise_rate_percent_mvc_per_s == pytest.approx(20.0)
    assert it.rise_rate_asked_percent_mvc_per_s == 20.0
    assert it.release_rate_percent_mvc_per_s == pytest.approx(20.0)
    assert it.judged_level_percent_mvc == 0.0
    assert (it.start_s, it.verdict_at_s, it.at_s) == (4.0, 13.0, 13.0)
    # 5 %MVC, where the search begins, is reached a quarter of a second into the rise.
    assert it.onset_s == pytest.approx(4.25, abs=1.01 / rate_hz)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("extra", [-9.0, -3.0, 0.5, 8.0])
def test_a_constant_error_is_its_size(rate_hz: float, extra: float) -> None:
    it = scored("percent", rate_hz, track(rate_hz, extra=extra))
    assert it.rmse_percent_mvc == pytest.approx(abs(extra))
    assert it.rmse_lag_removed_percent_mvc == pytest.approx(abs(extra))
    assert it.lag_s == 0.0
    assert it.time_in_band_percent == 100.0
    assert it.hold_mean_percent_mvc == pytest.approx(FORCE + extra)
    assert it.judged_level_percent_mvc == pytest.approx(extra)


@pytest.mark.parametrize(
    ("share", "in_band"), [(0.7499, 0.0), (0.75, 100.0), (1.25, 100.0), (1.2501, 0.0)]
)
def test_the_band_has_two_edges(share: float, in_band: float) -> None:
    levels = [level * share for level in track(100.0)]
    assert scored("percent", 100.0, levels).time_in_band_percent == in_band


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@settings(max_examples=max(6, settings().max_examples // 15))
@given(delay_s=st.floats(-0.99, 0.99))
def test_a_delay_is_its_lag(rate_hz: float, delay_s: float) -> None:
    it = scored("percent", rate_hz, track(rate_hz, delay_s))
    assert it.lag_s == pytest.approx(delay_s, abs=1.0 / rate_hz)
    assert it.rmse_lag_removed_percent_mvc is not None
    assert it.rmse_lag_removed_percent_mvc <= 20.0 / rate_hz
    assert it.rmse_percent_mvc is not None
    if abs(delay_s) > 2.0 / rate_hz:
        assert it.rmse_percent_mvc > it.rmse_lag_removed_percent_mvc


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 128.0, 1000.0, 2048.0])
@settings(max_examples=max(4, settings().max_examples // 20))
@given(delay_s=st.floats(-0.95, 0.95))
def test_the_filters_own_delay_is_taken_off(rate_hz: float, delay_s: float) -> None:
    it = scored("newton", rate_hz, track(rate_hz, delay_s))
    assert it.lag_s == pytest.approx(delay_s, abs=max(1.5 / rate_hz, 0.004))
    assert it.rmse_lag_removed_percent_mvc is not None
    assert it.rmse_lag_removed_percent_mvc < 0.7


@pytest.mark.parametrize("rate_hz", RATES_HZ[1:])
def test_a_filtered_perfect_track_is_nearly_perfect(rate_hz: float) -> None:
    it = scored("newton", rate_hz, track(rate_hz))
    assert it.verdict == "good"
    assert it.rmse_percent_mvc == pytest.approx(0.0, abs=0.5)
    assert it.time_in_band_percent == 100.0
    assert it.rise_rate_percent_mvc_per_s == pytest.approx(20.0, rel=0.01)


@pytest.mark.parametrize("rate_hz", [1000.0, 2048.0])
@pytest.mark.parametrize("delay_s", [-0.6, 0.0, 0.35, 0.9])
def test_an_emg_track_is_followed_too(rate_hz: float, delay_s: float) -> None:
    it = scored("emg", rate_hz, track(rate_hz, delay_s))
    assert it.lag_s == pytest.approx(delay_s, abs=0.01)
    assert it.hold_mean_percent_mvc is not None
    if abs(delay_s) < 0.1:
        assert it.hold_mean_percent_mvc == pytest.approx(FORCE, rel=0.03)
        assert it.verdict == "good"


def test_a_seat_that_falls_scores_as_one_that_rises() -> None:
    rising, falling = Reference("declared", 3.0, 43.0, "N"), Reference("declared", 43.0, 3.0, "N")
    told = []
    for reference, sign in ((rising, 1.0), (falling, -1.0)):
        seat = sitting.stream("seat", 100.0, (Channel("seat", "force", "N"),))
        uses = (sitting.use_of(seat, 0, "primary", reference),)
        made = sitting.context(sitting.dose(FORCE, rounds=sitting.rounds_rule(1)), (seat,), uses)
        raw = [reference.rest + sign * 0.4 * level for level in track(100.0, 0.1)]
        given: list[Input] = [Command("start", 0, "room", first_rise_s=RISE_S)]
        told += sitting.of(RepetitionScored, sitting.run(made, [*given, sitting.block(raw)])[1])
    assert told[0].lag_s == told[1].lag_s
    assert told[0].rmse_percent_mvc == pytest.approx(told[1].rmse_percent_mvc)


def test_nothing_followed_has_no_lag() -> None:
    it = scored("percent", 100.0, [0.0] * 1600)
    assert (it.verdict, it.lag_s, it.rmse_lag_removed_percent_mvc) == ("weak", None, None)
    assert (it.rise_rate_percent_mvc_per_s, it.release_rate_percent_mvc_per_s) == (None, None)
    assert (it.onset_s, it.hold_cv_percent) == (None, None)
    assert it.time_in_band_percent == 0.0


def test_noise_that_is_no_contraction_has_no_steadiness_and_no_lag() -> None:
    random = Random(3)
    it = scored("percent", 100.0, [random.gauss(0.01, 0.3) for _ in range(1600)])
    assert (it.verdict, it.onset_s, it.lag_s, it.hold_cv_percent) == ("weak", None, None, None)
    assert it.hold_mean_percent_mvc is not None


def test_a_jump_before_her_onset_is_not_her_rise() -> None:
    spoiled = track(100.0)
    spoiled[340:343] = [35.0, 0.0, 36.0]
    it = scored("percent", 100.0, spoiled)
    assert it.onset_s == pytest.approx(RISE_S + 0.25, abs=0.02)
    assert it.rise_rate_percent_mvc_per_s == pytest.approx(20.0, rel=1e-6)


def test_the_share_of_her_own_best_is_known_once_measured() -> None:
    assert scored("percent", 100.0, track(100.0)).rise_rate_of_own_best_percent is None
    it = scored("newton", 100.0, track(100.0))
    assert it.rise_rate_of_own_best_percent == pytest.approx(100 * 20 / 180, rel=0.01)
    assert it.release_rate_of_own_best_percent == pytest.approx(100 * 20 / 120, rel=0.02)


@pytest.mark.parametrize("rate_hz", [100.0, 2048.0])
def test_a_round_without_a_hold_or_with_sharp_edges_is_scored(rate_hz: float) -> None:
    """A rise of no length has no rate to ask for; no hold has no time in band."""
    sharp = Pattern(0.0, 2.0, 0.0, 4.0)
    asked = Dose("basic_strength", FORCE, sharp, None, sitting.rounds_rule(1))
    levels = [FORCE if 4.0 <= i / rate_hz < 6.0 else 0.0 for i in range(round(12 * rate_hz))]
    it = scored("percent", rate_hz, levels, asked)
    assert (it.rmse_percent_mvc, it.rise_rate_asked_percent_mvc_per_s) == (0.0, None)
    peak = Pattern(2.0, 0.0, 2.0, 4.0)
    asked = Dose("basic_strength", FORCE, peak, None, sitting.rounds_rule(1))
    levels = [
        max(0.0, FORCE * (1 - abs(i / rate_hz - 6.0) / 2.0)) for i in range(round(12 * rate_hz))
    ]
    it = scored("percent", rate_hz, levels, asked)
    assert (it.time_in_band_percent, it.hold_mean_percent_mvc, it.held_s) == (None, None, 0.0)
    assert it.verdict == "good"
    assert it.rmse_percent_mvc == pytest.approx(0.0, abs=1e-9)


def test_no_score_reads_behind_the_session() -> None:
    """Where the session has not come to yet there is nothing to measure."""
    plan = plan_of(sitting.dose(FORCE), 1, 4.0, 0.0)
    full = Track(Tape(0, 1600, track(100.0)), 100.0, 0, 0)
    assert rmse(full, plan, 0) is None
    assert lag_samples(full, plan, 1.0) is None
    short = replace(full, bound=1100)
    assert rmse(short, plan, 0) == pytest.approx(0.0, abs=1e-9)
    assert lag_samples(short, plan, 1.0) == 0


def swinging(rate_hz: float) -> list[float]:
    """On the target, but for a swing of 15 %MVC to either side, twenty times a second."""
    return [
        target + 15.0 * sin(2 * pi * 20.0 * index / rate_hz)
        for index, target in enumerate(track(rate_hz))
    ]


def judged_over(samples: int) -> Scores:
    plan = plan_of(sitting.dose(FORCE), 1, RISE_S, 0.0)
    one = Track(Tape(0, 16_000, swinging(1000.0)), 1000.0, 0, 16_000, samples)
    measures = sitting.settings()
    return score(one, plan, RISE_S + 12.0, measures.contraction, measures.verdicts)


def test_a_swing_of_muscle_activity_is_averaged_before_it_is_judged() -> None:
    """And before it only: what the muscle did itself is measured as it was."""
    as_it_is, averaged = judged_over(1), judged_over(750)
    assert as_it_is.time_in_band_percent == pytest.approx(44.0, abs=0.5)
    assert as_it_is.rmse_percent_mvc == pytest.approx(15.0 / sqrt(2.0), abs=0.1)
    assert not as_it_is.reached
    assert averaged.time_in_band_percent == 100.0
    assert averaged.rmse_percent_mvc is not None
    assert averaged.rmse_percent_mvc < 1.0
    assert averaged.reached
    measured = ("onset_s", "hold_mean_percent_mvc", "hold_cv_percent", "lag_s",
                "rise_rate_percent_mvc_per_s", "release_rate_percent_mvc_per_s",
                "judged_level_percent_mvc")  # fmt: skip
    for name in measured:
        assert getattr(averaged, name) == getattr(as_it_is, name), name


def test_what_is_too_strong_is_so_on_average() -> None:
    """A swing does not hide it, and does not make it."""
    plan = plan_of(sitting.dose(FORCE), 1, RISE_S, 0.0)
    measures = sitting.settings()
    high = [level + 25.0 if level > 20.0 else level for level in swinging(1000.0)]
    one = Track(Tape(0, 16_000, high), 1000.0, 0, 16_000, 750)
    assert score(one, plan, RISE_S + 12.0, measures.contraction, measures.verdicts).overshot
    quick = replace(one, judged_over=1)
    assert not score(quick, plan, RISE_S + 12.0, measures.contraction, measures.verdicts).overshot
    assert not judged_over(750).overshot


def test_an_unknown_level_gives_no_number() -> None:
    spoiled = track(100.0)
    spoiled[700] = nan
    known = Track(Tape(0, 1600, spoiled), 100.0, 0, 1600)
    plan = plan_of(sitting.dose(FORCE), 1, 4.0, 0.0)
    assert rmse(known, plan, 0) is None
    assert lag_samples(known, plan, 1.0) is None


def test_a_level_that_never_moves_has_no_lag() -> None:
    plan = plan_of(sitting.dose(FORCE), 1, 4.0, 0.0)
    assert lag_samples(Track(Tape(0, 1600, [25.0] * 1600), 100.0, 0, 1600), plan, 1.0) is None
    assert lag_samples(Track(Tape(0, 1600, track(100.0)), 100.0, 0, 1600), plan, 1.0) is not None


def test_a_round_of_less_than_a_sample_has_no_lag() -> None:
    plan = plan_of(sitting.dose(FORCE, (0.001, 0.0, 0.001, 4.0)), 1, 4.001, 0.0)
    assert lag_samples(Track(Tape(0, 1600, track(100.0)), 100.0, 0, 1600), plan, 1.0) is None


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_curve_is_the_target_at_every_sample(rate_hz: float) -> None:
    """However a stretch is cut, and also far before and behind the round."""
    plan = plan_of(sitting.dose(FORCE), 1, RISE_S, 0.0)
    curve = plan.curve(rate_hz)
    whole = curve.levels(0, round(16 * rate_hz))
    assert whole == pytest.approx(track(rate_hz), abs=1e-9)
    for start in range(0, len(whole), max(1, len(whole) // 37)):
        for size in (1, 3, round(rate_hz)):
            assert curve.levels(start, start + size)[: len(whole) - start] == pytest.approx(
                whole[start : start + size], abs=1e-12
            )
