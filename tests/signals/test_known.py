"""What no muscle has is not known: it is told, never scored, and nothing computes with it."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan, sin
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.errors import CallerError
from levator.signals import calibration
from levator.signals.conditioning import Scale
from levator.signals.known import doubts_of, known_range, too_far, without_unknown
from levator.signals.phases import RestMeasured
from levator.signals.quality import Doubt
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Channel, Samples, Stream
from levator.training.events import ContractionEnded, QualityFlagged, RepetitionScored
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting

QUALITY = sitting.settings().quality
WITHIN, ANY = QUALITY.known_within_percent_mvc, QUALITY.known_within_any_unit
RATE_HZ = 100.0
EMG = Channel("emg", "emg", "uV")
#: A second of each of them is enough to end a sitting that computes with it.
ABSURD = [1e30, 1e160, 1.7e308, -1.7e308, inf, -inf, nan, 1e5]


def test_unknown_values_are_held_and_their_places_known() -> None:
    known = (-10.0, 10.0)
    assert without_unknown([nan, 1.0, inf, 2.0], 7.0, known) == ([7.0, 1.0, 1.0, 2.0], [0, 2])
    assert without_unknown([nan, 1.0, -11.0], None, known) == ([1.0, 1.0], [0, 2])
    assert without_unknown([10.5], None, known) == ([], [0])
    assert without_unknown([-10.0, 10.0], None, known) == ([-10.0, 10.0], [])


@pytest.mark.parametrize("gain", [2.5, -2.5])
def test_a_raw_value_is_known_as_far_as_its_level_is(gain: float) -> None:
    channel = Channel("seat", "force", "N")
    low, high = known_range(channel, Scale(gain, 50.0), QUALITY)
    ends = sorted([low * gain + 50.0, high * gain + 50.0])
    assert ends == pytest.approx([-WITHIN, WITHIN])
    assert known_range(channel, None, QUALITY) == (-ANY, ANY)
    assert known_range(channel, Scale(0.0, 0.0), QUALITY) == (-ANY, ANY)


def test_levels_beyond_a_muscle_have_places() -> None:
    assert too_far([], WITHIN) == []
    assert too_far([WITHIN, -WITHIN], WITHIN) == []
    assert too_far([0.0, WITHIN * 1.1, -WITHIN * 1.1, 3.0], WITHIN) == [1, 2]


def test_no_number_and_no_muscle_are_told_apart() -> None:
    told = doubts_of([nan, 1e300, 1.0, inf], [0, 1, 3], 40)
    assert told == [
        Doubt("not_a_number", 40, 41),
        Doubt("out_of_range", 41, 42),
        Doubt("not_a_number", 43, 44),
    ]


@pytest.mark.parametrize("at", [410, 600, 890])
def test_what_no_muscle_has_is_told_and_not_scored(at: int) -> None:
    pattern = Pattern(1.0, 2.0, 1.0, 2.0)
    levels = sitting.trapezoid(pattern, 40.0, [4.0, 10.0], 18.0, RATE_HZ)
    levels[at] = WITHIN * 1.01
    made = sitting.context(sitting.dose(40.0, (1.0, 2.0, 1.0, 2.0), rounds=sitting.rounds_rule(2)))
    given: list[Input] = [Command("start", 0, "room", first_rise_s=4.0)]
    _, events = sitting.run(made, [*given, *sitting.blocks(levels, 13)])
    flagged = sitting.of(QualityFlagged, events)
    assert [(one.quality, one.from_s) for one in flagged] == [("out_of_range", at / RATE_HZ)]
    first, second = sitting.of(RepetitionScored, events)
    assert (first.verdict, first.rmse_percent_mvc, second.verdict) == ("no_signal", None, "good")


def test_muscle_activity_beyond_a_muscle_is_not_known_either() -> None:
    """There a raw value is no level: the level itself tells."""
    source = sitting.stream("seat", 1000.0, (EMG,))
    use = sitting.use_of(source, reference=Reference("declared", 1.0, 101.0, "uV"))
    made = sitting.context(sitting.OPEN, (source,), (use,))
    swing = [100.0 * sin(0.63 * i) for i in range(3000)]
    loud = [value * 1e6 if i >= 2000 else value for i, value in enumerate(swing)]
    given: list[Input] = [Command("start", 0, "room", first_rise_s=0.1)]
    state, events = sitting.run(made, [*given, *sitting.blocks(loud, 50)])
    assert "out_of_range" in {one.quality for one in sitting.of(QualityFlagged, events)}
    tail = state.primary.tape.cut(2500, 3000)
    assert all(level != level for level in tail)


@settings(max_examples=25)
@given(
    st.sampled_from([7, 100]),
    st.lists(st.sampled_from([*ABSURD, 0.0, 40.0, 3.0]), min_size=1, max_size=15),
)
def test_nothing_computes_with_it(size: int, heights: list[float]) -> None:
    """Force and muscle activity, with and without a reference, in any cutting."""
    raw = [height for height in heights for _ in range(20)]
    values = raw * (300 // len(raw) + 1)
    for channel, reference in (
        (sitting.PERCENT, None),
        (sitting.NEWTON, None),
        (replace(sitting.NEWTON, scale=1.0), sitting.NEWTON_REFERENCE),
        (EMG, Reference("declared", 1.0, 101.0, "uV")),
    ):
        source = sitting.stream("seat", 1000.0, (channel,))
        made = sitting.context(
            sitting.OPEN, (source,), (sitting.use_of(source, reference=reference),)
        )
        begin: list[Input] = [Command("start", 0, "room", first_rise_s=0.1)]
        end: list[Input] = [Command("stop", len(values), "patient")]
        _, once = sitting.run(made, [*begin, *sitting.blocks(values, len(values)), *end])
        _, events = sitting.run(made, [*begin, *sitting.blocks(values, size), *end])
        assert sitting.lines(once) == sitting.lines(events)
        for ended in sitting.of(ContractionEnded, events):
            assert abs(ended.peak_percent_mvc) <= 2.0 * WITHIN


@pytest.mark.parametrize("absurd", ABSURD)
def test_a_calibration_rests_on_known_values(absurd: float) -> None:
    channel = Channel("seat", "force", "N")
    stream = Stream("seat", RATE_HZ, (channel,), "float64")
    chain = sitting.use_of(stream).filter
    seat = ReferenceContext("seat 3", "firm", "upright", "2026-11-20T09:00:00+01:00")
    numbers = sitting.settings().calibration
    state = calibration.begin(stream, channel, chain, numbers, QUALITY, "mvc", seat)
    count = round(state.phases[0].lasts_s * RATE_HZ)
    random = Random(3)
    values = [5.01 + random.gauss(0.0, 0.05) for _ in range(count)]
    values[-110:-100] = [absurd if abs(absurd) > ANY or absurd != absurd else 5.01] * 10
    _, events = calibration.calibrate(state, Samples("seat", 0, (values,)))
    rest = next(one for one in events if isinstance(one, RestMeasured))
    assert rest.rest == pytest.approx(5.01, abs=0.02)


@pytest.mark.parametrize("ends", [(0.0, 1e-310), (-1.7e308, 1.7e308), (5.0, 5.0), (0.0, inf)])
def test_a_reference_that_gives_no_scale_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(CallerError, match="two different numbers"):
        Reference("declared", *ends, "N")
