"""Law 1, partition: any cutting and any interleaving of streams gives the same events.

A stream that the session waits for may come as late as it likes; one that it does not wait
for may come late by less than half a second of session time (later counts as not known).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.signals.samples import Channel, Samples
from levator.training.context import Role, SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import ContractionEnded
from levator.training.inputs import Command, CommandKind, Input, Tick
from tests import sitting

#: How late a stream that is not waited for may come (the limit is half a second).
LATE_S = 0.45
#: Commands that may fall anywhere; each is given at a random index.
KINDS: tuple[CommandKind, ...] = (
    "pause", "resume", "resume", "start", "tired", "effort", "mark", "dose", "limits", "tare",
    "tare", "signal_lost", "stop", "pain", "clearance_revoked",
)  # fmt: skip
CALM_KINDS: tuple[CommandKind, ...] = ("start", "tired", "effort", "dose")


@dataclass(frozen=True)
class Sitting:
    """A session before it is cut: its context, its whole streams, its inputs by index."""

    context: SessionContext
    #: name -> runs of samples without a gap: (first index, one column per channel)
    streams: dict[str, list[tuple[int, list[list[float]]]]]
    inputs: tuple[Command | Tick, ...]
    primary: str = "seat"


def primary_levels(random: Random, rate_hz: float, lasts_s: float) -> list[float]:
    """A person who follows roughly, with everything that can go wrong on a seat."""
    count, level, goal = int(lasts_s * rate_hz), 0.0, 0.0
    out = []
    for index in range(count):
        if index % max(1, int(rate_hz * 0.7)) == 0:
            goal = random.choice((0.0, 0.0, 5.0, 8.0, 11.0, 30.0, 40.0, 45.0, 70.0, -25.0))
        level += (goal - level) * 6.0 / rate_hz
        out.append(level + random.gauss(0.0, 0.3))
    for _ in range(random.randrange(7)):
        _spoil(random, out, rate_hz)
    return out


def _spoil(random: Random, out: list[float], rate_hz: float) -> None:
    at = random.randrange(len(out))
    kind = random.randrange(5)
    if kind == 0:
        for place in range(at, min(len(out), at + random.randrange(1, 8))):
            out[place] = random.choice((nan, inf, -inf))
    elif kind == 1:
        lasts = int(rate_hz * random.choice((0.1, 0.3, 0.6, 1.5)))
        for place in range(at, min(len(out), at + lasts)):
            out[place] += random.choice((80.0, -90.0))
    elif kind == 2:
        for place in range(at, len(out)):
            out[place] += random.choice((40.0, -40.0))
    elif kind == 3:
        held = out[at]
        for place in range(at, min(len(out), at + int(rate_hz * random.choice((0.3, 1.4))))):
            out[place] = held
    else:
        for place in range(at, min(len(out), at + int(rate_hz * 0.5))):
            out[place] = 327.67 * 100.0 / 40.0


def runs_of(
    random: Random, columns: list[list[float]], may_gap: bool
) -> list[tuple[int, list[list[float]]]]:
    """Cut up to three gaps into a stream."""
    count, edges = len(columns[0]), [0]
    if may_gap:
        for _ in range(random.randrange(3)):
            edges.append(random.randrange(count))
    edges = sorted({*edges, count})
    runs = []
    for start, stop in pairwise(edges):
        begin = min(stop, start + (random.choice((1, 7, 40)) if start else 0))
        if begin < stop:
            runs.append((begin, [column[begin:stop] for column in columns]))
    return runs


def sitting_of(seed: int) -> Sitting:
    """Draw a whole session from one number."""
    random = Random(seed)
    rate_hz = random.choice((50.0, 100.0, 128.0))
    lasts_s = random.choice((6.0, 15.0, 30.0))
    is_newton = random.random() < 0.5
    seat = sitting.stream("seat", rate_hz, (sitting.NEWTON if is_newton else sitting.PERCENT,))
    reference = sitting.NEWTON_REFERENCE if is_newton else None
    streams, uses = [seat], [sitting.use_of(seat, 0, "primary", reference)]
    levels = primary_levels(random, rate_hz, lasts_s)
    column = sitting.newton_raw([v if abs(v) < inf else nan for v in levels])
    columns = {"seat": [column if is_newton else levels]}
    if random.random() < 0.6:
        other = sitting.stream(
            "body",
            random.choice((10.0, 25.0, 250.0)),
            (Channel("belt", "respiration", "a.u."), Channel("muscle", "emg_envelope", "uV")),
        )
        streams.append(other)
        roles: tuple[Role, ...] = ("respiration", "co_contraction")
        uses += [sitting.use_of(other, place, role) for place, role in enumerate(roles)]
        count = int(lasts_s * other.sampling_frequency_hz)
        columns["body"] = [
            [random.choice((0.0, 1.0)) * (i % 7) for i in range(count)],
            [random.gauss(5.0, 0.1) + (20.0 if (i // 90) % 3 == 1 else 0.0) for i in range(count)],
        ]
        for _ in range(random.randrange(4)):
            columns["body"][random.randrange(2)][random.randrange(count)] = nan
    required = tuple(s.name for s in streams) if random.random() < 0.5 else ("seat",)
    asked = _dose(random)
    made = sitting.context(
        asked, tuple(streams), tuple(uses), required, adaptive_rest=random.random() < 0.5
    )
    cut = {name: runs_of(random, whole, random.random() < 0.5) for name, whole in columns.items()}
    return Sitting(made, cut, _inputs(random, made, len(columns["seat"][0])))


def _dose(random: Random) -> Dose:
    pattern = random.choice(((0.5, 1.0, 0.5, 1.0), (0.3, 0.6, 0.3, 2.0), (1.0, 3.5, 0.5, 1.5)))
    rule = random.choice(
        (
            sitting.rounds_rule(3),
            RoundsRule("past_fatigue", 15, 240.0),
            RoundsRule("before_fatigue", 15, 240.0, last_known_fatigue_round=4),
            RoundsRule("past_fatigue", 2, 5.0),
        )
    )
    if random.random() < 0.15:
        return sitting.OPEN
    return sitting.dose(random.choice((30.0, 40.0)), pattern, rounds=rule)


def _inputs(random: Random, made: SessionContext, count: int) -> tuple[Command | Tick, ...]:
    start = Command("start", random.randrange(1 + count // 10), "therapist", first_rise_s=None)
    out: list[Command | Tick] = [replace(start, first_rise_s=random.choice((None, 0.5)))]
    calm = random.random() < 0.4
    for _ in range(random.randrange(8)):
        at, kind = random.randrange(count), random.choice(CALM_KINDS if calm else KINDS)
        out.append(
            Command(
                kind,
                at,
                "patient",
                effort=random.randrange(11),
                mark=random.choice(("cough", "moved", "cushion", None)),
                dose=_dose(random) if kind == "dose" else None,
                limits=replace(
                    sitting.hard_limits(), force_percent_mvc=random.choice((20.0, 35.0, 90.0))
                ),
            )
        )
    if not calm and random.random() < 0.7:
        rate_hz = made.streams[0].sampling_frequency_hz
        late_s = 0.0
        for at in range(0, count, max(1, int(0.1 * rate_hz))):
            late_s += random.choice((0.0,) * 30 + (0.7, 3.0))
            out.append(Tick(at / rate_hz + late_s, at))
            if random.random() < 0.03:
                out += [Tick(at / rate_hz + late_s + 0.3 * n, at) for n in range(4)]
    out.sort(key=lambda given: given.at_index)
    if not calm and random.random() < 0.7:
        out.append(Command("stop", count, "room", reason="end_of_recording"))
    return tuple(out)


def cut_up(whole: Sitting, random: Random, longest: int) -> Iterator[Input]:
    """Any cutting, any interleaving; each input before the sample at its index."""
    rates = {s.name: s.sampling_frequency_hz for s in whole.context.streams}
    required = set(whole.context.required_streams)
    left = {name: list(_cut(random, runs, longest)) for name, runs in whole.streams.items()}
    reached = dict.fromkeys(left, 0.0)
    late_s = 0.0 if any(map(_may_be_urgent, whole.inputs)) else LATE_S
    inputs = list(whole.inputs)
    while any(left.values()):
        name = _next_stream(random, left, reached, rates, required, late_s)
        block = left[name].pop(0)
        while inputs and name == whole.primary and inputs[0].at_index < _end(block):
            yield inputs.pop(0)
        if inputs and random.random() < 0.05:
            yield inputs.pop(0)
        yield block
        reached[name] = _end(block) / rates[name]
    yield from inputs


def _may_be_urgent(given: Command | Tick) -> bool:
    """What may end a round does not wait for a late stream; nor does silence."""
    return isinstance(given, Tick) or given.kind in (
        "pause", "stop", "pain", "clearance_revoked", "signal_lost", "limits", "mark",
    )  # fmt: skip


def _end(block: Samples) -> int:
    return block.first_index + len(block)


def _cut(
    random: Random, runs: list[tuple[int, list[list[float]]]], longest: int
) -> Iterator[Samples]:
    name = "seat" if len(runs[0][1]) == 1 else "body"
    for first, columns in runs:
        at, count = 0, len(columns[0])
        while at < count:
            size = random.randrange(1, longest + 1)
            yield Samples(name, first + at, tuple(column[at : at + size] for column in columns))
            at += size


def _next_stream(
    random: Random,
    left: dict[str, list[Samples]],
    reached: dict[str, float],
    rates: dict[str, float],
    required: set[str],
    late_s: float,
) -> str:
    """Draw the stream that goes on; one that is not waited for may not fall too far behind."""
    names = [name for name, waiting in left.items() if waiting]
    name = random.choice(names)
    if name in required:
        ends_s = _end(left[name][0]) / rates[name]
        for other in names:
            if other not in required and ends_s - reached[other] > late_s:
                return other
    return name


def events_of(whole: Sitting, random: Random, longest: int) -> str:
    _, events = sitting.run(whole.context, cut_up(whole, random, longest))
    return sitting.lines(events)


@settings(max_examples=max(40, settings().max_examples // 2))
@given(st.integers(0, 2**32), st.integers(0, 2**32), st.sampled_from((1, 3, 20, 400)))
def test_any_cutting_and_interleaving_tells_the_same(seed: int, cut: int, longest: int) -> None:
    whole = sitting_of(seed)
    assert events_of(whole, Random(cut), longest) == events_of(whole, Random(0), 10)


def held_for(lasts_s: float, tail_s: float) -> list[float]:
    """One contraction at 30 %MVC, then rest; a little ripple so that sums matter."""
    held = [30.0 + 0.1 * (i % 7) for i in range(round(lasts_s * 100))]
    return [0.0] * 500 + held + [0.0] * round(tail_s * 100)


@pytest.mark.parametrize("lasts_s", [50.0, 90.0, 150.0, 400.0])
@pytest.mark.parametrize("given", [sitting.OPEN, None])
def test_a_long_contraction_is_the_same_however_it_was_cut(lasts_s: float, given: Dose) -> None:
    """Nothing that a contraction is described by may be forgotten while it lasts."""
    levels, told = held_for(lasts_s, 10.0), []
    for size in (7, 100, 1999, 100_000):
        made = sitting.context(given)
        inputs: list[Input] = [Command("start", 0, "therapist")] if given else []
        _, events = sitting.run(made, [*inputs, *sitting.blocks(levels, size)])
        told.append(sitting.lines(events))
        (ended,) = sitting.of(ContractionEnded, events)
        assert ended.kind == "lift"
        assert ended.duration_s == pytest.approx(lasts_s, abs=0.011)
        assert ended.mean_percent_mvc == pytest.approx(30.3, abs=0.01)
    assert len(set(told)) == 1


def test_a_late_block_is_left_out_and_a_repeated_one_counts_once() -> None:
    levels = held_for(3.0, 5.0)
    inputs = list(sitting.blocks(levels, 50))
    again = [block for block in inputs for _ in range(2)]
    assert sitting.run(sitting.context(), again)[1] == sitting.run(sitting.context(), inputs)[1]


def test_an_unknown_level_before_a_cough_hides_nothing() -> None:
    """A comparison of highest and lowest says nothing where the first level is unknown."""
    levels = [0.0] * 100 + [nan] + [0.0] * 3 + [90.0] * 20 + [0.0] * 200
    ways = {
        sitting.lines(sitting.run(sitting.context(), sitting.blocks(levels, size))[1])
        for size in (1, 2, 5, 96, 101, 105, 400)
    }
    assert len(ways) == 1
    assert '"cough"' in ways.pop()


@pytest.mark.parametrize("kind", ["dose", "mark", "effort", "tired", "pause", "stop"])
@pytest.mark.parametrize("at", [900, 1000, 1300, 1496, 1500, 1600])
def test_an_input_comes_after_what_is_due_at_its_index(kind: CommandKind, at: int) -> None:
    """A verdict, the end of a rest, of a contraction: whether the input came before its block
    or between two blocks, they happened as soon as their samples were there."""
    asked = sitting.dose(40.0, (1.0, 2.0, 1.0, 2.0))
    assert asked.pattern is not None
    levels = sitting.trapezoid(asked.pattern, 40.0, [4.0, 10.0, 16.0], 24.0, 100.0)
    command = Command(kind, at, "patient", 4, "cough", asked)
    start = Command("start", 0, "patient")
    early = [start, command, *sitting.blocks(levels, 2400)]
    late = [start, *sitting.blocks(levels[:at], 7), command, *sitting.blocks(levels[at:], 9, at)]
    made = sitting.context(asked)
    assert sitting.lines(sitting.run(made, early)[1]) == sitting.lines(sitting.run(made, late)[1])


@pytest.mark.parametrize("at", [40, 44, 45])
def test_a_stream_between_two_samples_of_the_primary_has_not_reached_the_later(at: int) -> None:
    """A doubt of a fast second stream comes before the command at the same moment."""
    seat = sitting.stream("seat", 50.0)
    body = sitting.stream("body", 250.0, (Channel("muscle", "emg_envelope", "uV"),))
    uses = (sitting.use_of(seat), sitting.use_of(body, 0, "co_contraction"))
    made = sitting.context(sitting.dose(), (seat, body), uses, ("seat", "body"))
    values = [5.0 + i % 3 for i in range(500)]
    values[at * 5 - 1] = nan
    told = set()
    for size in (1, 2, 3, 500):
        inputs: list[Input] = [Command("start", at, "patient"), sitting.block([0.0] * 100)]
        inputs += sitting.blocks(values, size, 0, "body")
        told.add(sitting.lines(sitting.run(made, inputs)[1]))
    assert len(told) == 1


@pytest.mark.parametrize("late", range(0, 12, 2))
def test_a_verdict_does_not_look_behind_its_time(late: int) -> None:
    """The filter's delay is taken off, but samples after the verdict are not there yet."""
    asked = sitting.dose(40.0, (1.0, 2.0, 1.0, 2.0), rounds=sitting.rounds_rule(1))
    seat = sitting.stream("seat", 100.0, (sitting.NEWTON,))
    uses = (sitting.use_of(seat, 0, "primary", sitting.NEWTON_REFERENCE),)
    made = sitting.context(asked, (seat,), uses)
    # Held until a little before the verdict at 9.0 s, then let go in 0.1 s.
    off = 894 + late - 6
    levels = [40.0 * max(0.0, min(1.0, (i - 400) / 100, 1.0 - (i - off) / 10)) for i in range(1100)]
    raw = sitting.newton_raw(levels)
    told = set()
    for size in (1, 7, 1100):
        inputs: list[Input] = [Command("start", 0, "patient"), *sitting.blocks(raw, size)]
        told.add(sitting.lines(sitting.run(made, inputs)[1]))
    assert len(told) == 1


def test_a_notice_of_a_late_stream_is_told_at_its_sample() -> None:
    """7.62 s and half a second are a hair more than 8.12 s; the sample is the same."""
    seat, body = sitting.stream(), sitting.stream("body", 250.0, (BREATH,))
    made = sitting.context(streams=(seat, body), uses=(sitting.use_of(seat),))
    gap = [sitting.block([0.0] * 1865, 0, "body"), sitting.block([0.0] * 400, 1905, "body")]
    levels = [0.0] * 812 + [40.0] * 100 + [0.0] * 200
    told = set()
    for size in (1, 7, 1112):
        inputs: list[Input] = [*gap, *sitting.blocks(levels, size)]
        told.add(sitting.lines(sitting.run(made, inputs)[1]))
        state, _ = sitting.run(made, [*gap, sitting.block(levels[:812])])
        assert state.feeds["body"].notices == ()
    assert len(told) == 1


BREATH = Channel("belt", "respiration", "a.u.")
