"""Make the golden sessions anew: `python -m tests.golden.make`.

A golden session is a recording of its own time: context, inputs and what the engine told. Later
versions must tell the same to the byte, or say in CHANGELOG what has changed and why. So this is
run for a new session or an intended change, and what it writes is looked at and committed.

Signals are plain arithmetic and a seeded generator; nothing of a real person is in them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite, nan
from pathlib import Path
from random import Random
from typing import Any

from levator.library.loader import load_hard_limits, load_settings
from levator.signals.design import filter_for
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Channel, Samples, Stream
from levator.training.context import ChannelUse, Role, SessionContext
from levator.training.dose import Dose, Mode, RoundsRule
from levator.training.inputs import Command, Input, Tick
from levator.training.pattern import Pattern
from levator.training.plain import event_to_plain, to_plain
from tests.golden.play import play

FOLDER = Path(__file__).parent / "sessions"
SEAT = ReferenceContext("simulated seat", "flat", "sitting", "2026-01-05T09:30:00+01:00")
Curve = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Session:
    """A sitting before it is written down; `about` says what happens in it."""

    about: str
    context: SessionContext
    inputs: tuple[Input, ...]


# --- Signals


def level_at(curve: Curve, at_s: float) -> float:
    """Straight lines through (time s, level) points; the ends go on."""
    for (left_s, left), (right_s, right) in pairwise(curve):
        if left_s <= at_s < right_s:
            return left + (right - left) * (at_s - left_s) / (right_s - left_s)
    return curve[0][1] if at_s < curve[0][0] else curve[-1][1]


def noise(random: Random) -> float:
    """Nearly normal, spread 1: adding is the same everywhere, a logarithm is not."""
    return sum((random.random() for _ in range(12)), -6.0)


def rounds(
    pattern: tuple[float, ...], tops: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """A curve that follows the pattern to each (start s, top), a little late as people are."""
    rise_s, hold_s, fall_s, _ = pattern
    points = [(0.0, 0.0)]
    for start_s, top in tops:
        at_s = start_s + 0.25
        for part_s, level in ((0.0, 0.0), (rise_s, top), (hold_s, top), (fall_s, 0.0)):
            at_s += part_s
            points.append((at_s, level))
    return points


def force_levels(seed: int, curve: Curve, lasts_s: float, rate_hz: float) -> list[float]:
    """Percent of the reference: the curve with tremor and slow drift."""
    random, tremor = Random(seed), 0.0
    levels = []
    for index in range(round(lasts_s * rate_hz)):
        tremor += 0.2 * (noise(random) - tremor)
        levels.append(level_at(curve, index / rate_hz) + tremor)
    return levels


def emg_microvolt(seed: int, curve: Curve, lasts_s: float, rate_hz: float) -> list[float]:
    """Noise whose size follows the curve: about 8 uV at rest and 120 uV at 100 %, rectified."""
    random = Random(seed)
    count = round(lasts_s * rate_hz)
    return [
        noise(random) * (10.5 + 1.5 * level_at(curve, index / rate_hz)) for index in range(count)
    ]


# --- Sessions


def dose(mode: Mode, force: float, pattern: tuple[float, ...], rule: Any, tangent: Any) -> Dose:
    kind = "number" if isinstance(rule, int) else rule
    count = rule if isinstance(rule, int) else None
    return Dose(mode, force, Pattern(*pattern), tangent, RoundsRule(kind, 15, 240.0, count))


def context_of(
    streams: tuple[Stream, ...], uses: tuple[ChannelUse, ...], given: Dose | None
) -> SessionContext:
    return SessionContext(
        streams=streams,
        uses=uses,
        required_streams=(streams[0].name,),
        dose=given,
        limits=load_hard_limits(),
        settings=load_settings(),
        adaptive_rest=True,
        reference_valid=True,
        protocol=None,
        protocol_version=None,
        stage=None,
        engine_version="golden",
        library_version="golden",
    )


def use_of(
    stream: Stream, place: int, role: Role, reference: Reference | None = None
) -> ChannelUse:
    channel = stream.channels[place]
    conditioning = load_settings().conditioning
    chain = filter_for(channel.kind, channel.unit, stream.sampling_frequency_hz, conditioning)
    return ChannelUse(stream.name, channel.name, role, chain, reference)


def blocks(stream: Stream, columns: Sequence[Sequence[float]], size: int) -> Iterator[Samples]:
    for at in range(0, len(columns[0]), size):
        pieces = tuple(column[at : at + size] for column in columns)
        yield Samples(stream.name, stream.first_index + at, pieces)


def ticked(stream: Stream, given: Sequence[Samples], every: int) -> Iterator[Input]:
    """The blocks with a tick of the room's clock after every few of them."""
    for number, block in enumerate(given, start=1):
        yield block
        if number % every == 0:
            at = block.first_index + len(block)
            yield Tick(1000.0 + at / stream.sampling_frequency_hz, at)


def merged(given: Sequence[Input], commands: Sequence[Command]) -> tuple[Input, ...]:
    """Each command before the first block that reaches its index, as it was given live."""
    out, waiting = [], sorted(commands, key=lambda command: command.at_index)
    for one in given:
        if isinstance(one, Samples):
            while waiting and waiting[0].at_index < one.first_index + len(one):
                out.append(waiting.pop(0))
        out.append(one)
    return (*out, *waiting)


def guided_force() -> Session:
    """Newtons, int16, 100 Hz, filtered."""
    channel = Channel("seat", "force", "N", 0.01, 0.0, -32768, 32767)
    stream = Stream("seat", 100.0, (channel,), "int16")
    reference = Reference("mvc", 3.1, 41.0, "N", 0.2, 180.0, 150.0, SEAT)
    pattern = (3.0, 2.0, 3.0, 4.0)
    given = dose("basic_strength", 40.0, pattern, 4, None)
    curve = rounds(pattern, ((9.0, 40.0), (21.0, 24.0), (33.0, 66.0), (45.0, 41.0)))
    curve += [(60.0, 0.0), (61.0, 35.0), (63.0, 35.0), (64.0, 0.0), (66.0, 0.0)]
    curve += [(66.5, -22.0), (68.0, -22.0), (68.5, 0.0)]
    levels = force_levels(1, curve, 72.0, 100.0)
    for index in range(4330, 4345):  # a cough between two rounds
        levels[index] += 70.0
    raw = [round((3.1 + 0.379 * level) / 0.01) for level in levels]
    commands = (
        Command("start", 500, "therapist"),
        Command("mark", 4370, "therapist", mark="cough"),
        Command("effort", 5750, "patient", effort=6),
        Command("start", 5800, "therapist", dose=Dose("open")),
        Command("stop", 7200, "patient"),
    )
    inputs = merged([*ticked(stream, [*blocks(stream, (raw,), 10)], 5)], commands)
    made = context_of((stream,), (use_of(stream, 0, "primary", reference),), given)
    about = "four rounds (good, weak, too strong, good) with a cough, then open: a lift, a push"
    return Session(about, made, inputs)


def guided_emg() -> Session:
    """Microvolts, int16, 1000 Hz: band-pass, rectifier, moving mean; mode advanced."""
    channel = Channel("emg", "emg", "uV", 0.5, 0.0, -32768, 32767)
    stream = Stream("emg", 1000.0, (channel,), "int16")
    reference = Reference("mvc", 8.0, 120.0, "uV", 0.5, 200.0, 160.0, SEAT)
    pattern = (2.0, 2.0, 1.0, 3.0)
    given = dose("advanced", 60.0, pattern, 3, 80.0)
    asked = given.asked_pattern
    assert asked is not None
    phases = (asked.rise_s, asked.hold_s, asked.fall_s, asked.rest_s)
    curve = rounds(phases, ((5.0, 60.0), (13.0, 58.0), (21.0, 33.0)))
    volts = emg_microvolt(2, curve, 29.5, 1000.0)
    raw = [round(value / 0.5) for value in volts]
    commands = (Command("start", 1000, "therapist"), Command("stop", 29_500, "therapist"))
    inputs = merged([*ticked(stream, [*blocks(stream, (raw,), 20)], 5)], commands)
    made = context_of((stream,), (use_of(stream, 0, "primary", reference),), given)
    return Session("three rounds with a Tangent, the last one weak", made, inputs)


def two_streams() -> Session:
    """Force at 100 Hz, a second muscle and breathing at 25 Hz, which comes late once."""
    seat = Stream("seat", 100.0, (Channel("force", "force", "N"),), "float32")
    belt = Stream(
        "belt",
        25.0,
        (
            Channel("glutes", "emg_envelope", "uV"),
            Channel("breathing", "respiration", "a.u."),
        ),
        "float32",
    )
    reference = Reference("comfortable_max", 3.0, 43.0, "N", 0.2, 120.0, None, SEAT)
    pattern = (2.0, 4.0, 2.0, 4.0)
    given = dose("endurance", 40.0, pattern, "past_fatigue", None)
    # Each rest is a second longer than the one before once she has stopped letting go.
    starts = (11.0, 23.0, 35.0, 47.0, 60.0, 74.0)
    curve = rounds(pattern, tuple(zip(starts, (40.0, 41.0, 24.0, 22.0, 21.0, 20.0), strict=True)))
    # She lets go less and less: 14 % stays behind from the third round on.
    tired = [(at, max(level, 14.0) if at > 40.0 else level) for at, level in curve]
    force = [_float32(3.0 + 0.4 * level) for level in force_levels(3, tired, 91.0, 100.0)]
    quiet: Curve = ((0.0, 4.0), (26.0, 4.0), (26.2, 30.0), (29.0, 30.0), (29.2, 4.0))
    glutes = [_float32(level_at(quiet, index / 25.0)) for index in range(91 * 25)]
    breath = [_float32(_breath(index / 25.0)) for index in range(91 * 25)]
    primary = [*ticked(seat, [*blocks(seat, (force,), 10)], 5)]
    other = list(blocks(belt, (glutes, breath), 5))
    inputs = list[Input]()
    for one in primary:
        inputs.append(one)
        if isinstance(one, Samples):
            # Around the first verdict the belt hangs three seconds behind: too late for it.
            late = 300 if 1800 <= one.first_index < 2160 else 0
            while other and other[0].first_index * 4 + 20 <= one.first_index + 10 - late:
                inputs.append(other.pop(0))
    commands = (
        Command("start", 700, "therapist"),
        Command("tired", 6600, "patient"),
        Command("effort", 9050, "patient", effort=8),
        Command("stop", 9100, "therapist"),
    )
    uses = (
        use_of(seat, 0, "primary", reference),
        use_of(belt, 0, "co_contraction"),
        use_of(belt, 1, "respiration"),
    )
    made = context_of((seat, belt), uses, given)
    about = "glutes and held breath once, the muscle tires, she says so and does one more"
    return Session(about, made, merged(inputs, commands))


def _breath(at_s: float) -> float:
    """A breath every four seconds; held in the second round."""
    if 22.5 <= at_s < 32.0:
        return 0.1
    share = (at_s % 4.0) / 4.0
    return 2.0 * share if share < 0.5 else 2.0 - 2.0 * share


def _float32(value: float) -> float:
    """The nearest multiple of 1/256, which 32 bits hold exactly and few digits write."""
    return round(value * 256.0) / 256.0


def interrupted() -> Session:
    """Pressure in hPa, 100 Hz, falling polarity, from 7.0 s of its own time, cut and pieced."""
    channel = Channel("cushion", "pressure", "hPa")
    stream = Stream("cushion", 100.0, (channel,), "float32", first_index=700)
    reference = Reference("mvc", 60.0, 20.0, "hPa", 0.3, 160.0, 140.0, SEAT)
    pattern = (2.0, 3.0, 2.0, 3.0)
    given = dose("basic_strength", 50.0, pattern, 6, None)
    # Times of the signal; the recording's own are 7.0 s later.
    curve = rounds(
        pattern,
        ((6.0, 50.0), (16.0, 50.0), (26.0, 50.0), (57.0, 50.0), (67.0, 50.0), (80.0, 30.0),
         (88.1, 30.0), (98.1, 30.0)),
    )  # fmt: skip
    levels = force_levels(4, curve, 104.0, 100.0)
    for index in range(4600, len(levels)):  # she sits down again, a little otherwise
        levels[index] += 12.0
    values = [_float32(60.0 - 0.4 * level) for level in levels]
    for index in range(1830, 1842):
        values[index] = nan
    whole = list(blocks(stream, (values,), 10))
    kept = [
        block
        for block in whole
        if not (2880 <= block.first_index < 2900 or 4100 <= block.first_index < 5300)
    ]
    start = Command("start", 900, "therapist", first_rise_s=13.0)
    softer = replace(given, force_percent_mvc=30.0)
    shorter = replace(softer, rounds=RoundsRule("number", 15, 60.0, 4))
    stricter = replace(load_hard_limits(), max_effort_s=60.0, label="week 2 after birth")
    commands = (
        start,
        Command("signal_lost", 4100, "room"),
        Command("resume", 5400, "therapist"),
        Command("tare", 5450, "therapist"),
        Command("resume", 6000, "therapist"),
        Command("dose", 6500, "therapist", dose=replace(given, force_percent_mvc=120.0)),
        Command("dose", 6510, "therapist", dose=softer),
        Command("pause", 7900, "patient"),
        Command("resume", 8300, "therapist"),
        Command("limits", 8900, "room", limits=stricter),
        Command("start", 9110, "therapist", dose=given),
        Command("start", 9110, "therapist", dose=shorter),
        Command("pain", 10_850, "patient"),
    )
    inputs = merged([*ticked(stream, kept, 5)], commands)
    made = context_of((stream,), (use_of(stream, 0, "primary", reference),), given)
    about = "no numbers, a short gap, the sensor lost for 12 s, tare, a softer dose, a pause, pain"
    return Session(about, made, inputs)


SESSIONS: dict[str, Callable[[], Session]] = {
    "guided-force": guided_force,
    "guided-emg": guided_emg,
    "two-streams": two_streams,
    "interrupted": interrupted,
}


# --- Writing


def plain_input(given: Input) -> dict[str, Any]:
    """Return an input as plain values; a sample that is no number becomes null."""
    if not isinstance(given, Samples):
        return event_to_plain(given)
    values = [[v if isfinite(v) else None for v in column] for column in given.values]
    return {
        "type": "Samples",
        "stream": given.stream,
        "first_index": given.first_index,
        "values": values,
    }


def text_of(session: Session) -> str:
    """Return the file of a session: an input per line."""
    compact = {"separators": (",", ":")}
    context = json.dumps(to_plain(session.context), **compact)
    inputs = ",\n".join(json.dumps(plain_input(given), **compact) for given in session.inputs)
    about = json.dumps(session.about)
    return f'{{"about":{about},\n"context":{context},\n"inputs":[\n{inputs}\n]}}\n'


def write(name: str) -> None:
    text = text_of(SESSIONS[name]())
    (FOLDER / f"{name}.json").write_text(text, "utf-8")
    (FOLDER / f"{name}.events").write_text(play(text), "utf-8")


if __name__ == "__main__":
    for name in SESSIONS:
        write(name)
