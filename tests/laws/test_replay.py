"""Law 2, replay, the engine's part: context, inputs and blocks give the session again.

What is stored is plain JSON text; from it every part comes back exactly, and the events of
the replay are the stored ones, bit for bit.
"""

from __future__ import annotations

import json
from dataclasses import replace
from math import isfinite
from random import Random
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from levator.errors import RecordingError
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Channel, Samples
from levator.training import replay
from levator.training.context import SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import Event, StateChanged, TargetSet
from levator.training.inputs import Command, Input, Tick
from levator.training.pattern import Pattern
from levator.training.plain import event_to_plain, from_plain, to_plain
from tests import sitting
from tests.laws.test_partition import cut_up, sitting_of


def through_text(value: object) -> object:
    """Return what a JSON file would give back."""
    return json.loads(json.dumps(to_plain(value), allow_nan=False))


@settings(max_examples=max(40, settings().max_examples // 2))
@given(st.integers(0, 2**32))
def test_a_session_read_back_from_text_tells_the_same(seed: int) -> None:
    whole = sitting_of(seed)
    live: list[Input] = list(cut_up(whole, Random(seed), 50))
    _, told = sitting.run(whole.context, live)
    stored = [json.dumps(event_to_plain(event), allow_nan=False) for event in told]

    context = from_plain(SessionContext, through_text(whole.context))
    inputs = [
        given if isinstance(given, Samples) else from_plain(type(given), through_text(given))
        for given in live
    ]
    again = replay.run(context, inputs)
    assert [json.dumps(event_to_plain(event)) for event in again] == stored
    for event in told:
        assert from_plain(type(event), through_text(event)) == event


#: Well beyond what a sensor tells; what is far larger is refused as damage.
floats = st.floats(-1e99, 1e99)


@given(floats, floats, st.text(), st.none() | floats)
@example(0.0, 5e-324, "", None)
def test_every_number_keeps_its_bits(rest: float, span: float, text: str, sd: float | None) -> None:
    apart = rest + span - rest
    if not apart or not isfinite(100.0 / apart):
        return  # too near to give a scale: refused
    seat = ReferenceContext(text, text, text, text)
    reference = Reference("mvc", rest, rest + span, "N", sd, None, sd, seat)
    assert from_plain(Reference, through_text(reference)) == reference
    tick = Tick(rest, 3)
    assert str(from_plain(Tick, through_text(tick)).elapsed_s) == str(tick.elapsed_s)


def test_a_whole_number_in_the_file_is_still_a_float() -> None:
    assert str(from_plain(Tick, {"elapsed_s": 3, "at_index": 3}).elapsed_s) == "3.0"


def test_an_unknown_number_is_nothing_and_never_nan() -> None:
    assert to_plain((float("nan"), float("inf"))) == [None, None]


@pytest.mark.parametrize(
    ("kind", "plain", "why"),
    [
        (Tick, {"elapsed_s": 1.0}, "at_index"),
        (Tick, {"elapsed_s": "1", "at_index": 1}, "'1' is not float"),
        (Tick, {"elapsed_s": True, "at_index": 1}, "True is not float"),
        (Tick, {"elapsed_s": 1.0, "at_index": True}, "True is not int"),
        (Tick, {"elapsed_s": 1.0, "at_index": 1, "wall_clock": 3}, "wall_clock"),
        (Tick, {"elapsed_s": 1e300, "at_index": 1}, "never written"),
        (Tick, {"elapsed_s": 1.0, "at_index": 2**60}, "never written"),
        (Command, {"kind": "dance", "at_index": 1, "by": "room"}, "dance"),
        (Command, {"kind": "dose", "at_index": 1, "by": "room", "dose": 3}, "fits none"),
        (Channel, {"name": "a", "kind": "force", "unit": 4}, "4 is not str"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(kind: type, plain: object, why: str) -> None:
    with pytest.raises(RecordingError, match=f"A stored {kind.__name__} does not fit") as refused:
        from_plain(kind, plain)
    assert why in str(refused.value.__cause__)


def test_only_what_has_a_plain_form_is_stored() -> None:
    with pytest.raises(TypeError, match="set has no plain form"):
        to_plain({1, 2})
    with pytest.raises(TypeError, match="is not an event"):
        event_to_plain(3)
    assert to_plain({"a": (1, "b", None, True)}) == {"a": [1, "b", None, True]}


def test_the_type_of_an_event_comes_first() -> None:
    kinds = [kind.__name__ for kind in get_args(Event)]
    assert len(kinds) == len(set(kinds))
    assert next(iter(event_to_plain(StateChanged(0.0, "ready", "x")).items())) == (
        "type",
        "StateChanged",
    )


def test_a_stored_dose_that_is_none_is_refused_as_a_recording() -> None:
    """A file that was changed by hand is the file's fault, not the caller's."""
    plain = through_text(sitting.dose())
    assert isinstance(plain, dict)
    with pytest.raises(RecordingError):
        from_plain(Dose, {**plain, "force_percent_mvc": -1.0})


def test_a_foreign_recording_starts_by_itself_and_ends_with_its_samples() -> None:
    pattern = Pattern(1.0, 1.0, 1.0, 2.0)
    asked = Dose("basic_strength", 40.0, pattern, None, RoundsRule("number", 15, 240.0, count=2))
    levels = sitting.trapezoid(pattern, 40.0, [2.0, 7.0], 11.9, 100.0)
    made = sitting.context(asked)
    told = list(replay.run_foreign(made, sitting.blocks(levels, 30), 2.0))
    targets = [event for event in told if isinstance(event, TargetSet)]
    assert targets[0].breakpoints[0] == (2.0, 0.0)
    summary = [json.dumps(event_to_plain(event)) for event in told]
    assert summary[-1].startswith('{"type": "SessionEnded"')
    late = replace(made, streams=(sitting.stream(first_index=1000),))
    shifted = list(replay.run_foreign(late, sitting.blocks(levels, 30, 1000), 12.0))
    assert [type(event) for event in shifted] == [type(event) for event in told]
