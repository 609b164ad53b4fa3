"""Real breathing beside a contraction: held or not, by its range (biosignalsnotebooks, MIT)."""

from __future__ import annotations

from dataclasses import replace

from levator.signals.conditioning import UNFILTERED
from levator.signals.reference import already_percent_mvc
from levator.signals.samples import Channel, Stream
from levator.training.context import ChannelUse
from levator.training.events import RepetitionScored
from levator.training.inputs import Input
from levator.training.replay import run_foreign
from tests.golden import make
from tests.real import biosignals

PATTERN = (2.0, 4.0, 2.0, 4.0)
STARTS_S = (12.0, 24.0, 36.0, 48.0)
SEAT = Stream("seat", 50.0, (Channel("force", "force", "%MVC"),), "float64")
BELT = Stream("belt", 1000.0, (Channel("breathing", "respiration", "a.u."),), "int32")


def verdicts(breathing: list[int]) -> list[RepetitionScored]:
    """Four well done rounds over the minute, breathing as given."""
    curve = make.rounds(PATTERN, tuple((start_s, 40.0) for start_s in STARTS_S))
    levels = [make.level_at(curve, index / 50.0) for index in range(60 * 50)]
    given = make.dose("endurance", 40.0, PATTERN, 4, None)
    uses = (
        ChannelUse("seat", "force", "primary", UNFILTERED, already_percent_mvc()),
        ChannelUse("belt", "breathing", "respiration", UNFILTERED, None),
    )
    context = replace(make.context_of((SEAT, BELT), uses, given), adaptive_rest=False)
    events = run_foreign(context, inputs(levels, breathing), STARTS_S[0])
    return [event for event in events if isinstance(event, RepetitionScored)]


def inputs(levels: list[float], breathing: list[int]) -> list[Input]:
    pairs = zip(
        make.blocks(BELT, (breathing,), 1000), make.blocks(SEAT, (levels,), 50), strict=True
    )
    return [block for pair in pairs for block in pair]


def held(breathing: list[int], from_s: float, to_s: float) -> list[int]:
    """The same person holding her breath: her belt stays where it is, but for its own noise."""
    first, stop = int(from_s * 1000), int(to_s * 1000)
    still = breathing[first]
    noise = [value - breathing[0] for value in breathing[:100]]
    hold = [still + noise[index % 100] for index in range(stop - first)]
    return [*breathing[:first], *hold, *breathing[stop:]]


def test_quiet_and_deep_breathing_is_never_taken_for_held() -> None:
    found = verdicts(biosignals("breathing")[0])
    assert [event.verdict for event in found] == ["good"] * 4
    assert not any("breath_held: not known" in event.reasons for event in found)


def test_a_held_breath_is_seen_in_its_round_and_in_no_other() -> None:
    found = verdicts(held(biosignals("breathing")[0], 35.0, 45.0))
    assert [event.verdict for event in found] == ["good", "good", "breath_held", "good"]
