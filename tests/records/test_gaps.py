"""Gaps are derived from what is stored."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from levator.records.gaps import Span, find_gaps
from levator.records.model import Gap
from levator.testing.repository import a_header


def test_nothing_is_missing_in_blocks_that_follow() -> None:
    assert find_gaps(a_header(), [Span("seat", 0, 10), Span("seat", 10, 5)]) == []


def test_a_recording_need_not_start_at_zero() -> None:
    stream = {"name": "seat", "first_index": 700}
    header = replace(a_header(), context={"streams": [stream]})
    assert find_gaps(header, [Span("seat", 700, 10)]) == []
    assert find_gaps(header, [Span("seat", 701, 9)]) == [Gap("one", "seat", 700, 1)]


def test_an_interrupted_recording_ends_with_an_unknown_gap_in_every_stream() -> None:
    streams = [{"name": "seat", "first_index": 0}, {"name": "emg", "first_index": 3}]
    header = replace(a_header(), context={"streams": streams}, state="interrupted")
    gaps = find_gaps(header, [Span("seat", 0, 10)])
    assert gaps == [Gap("one", "seat", 10, None), Gap("one", "emg", 3, None)]


@given(st.sets(st.integers(0, 60)))
def test_gaps_are_exactly_the_indices_that_no_block_holds(indices: set[int]) -> None:
    spans = [Span("seat", index, 1) for index in indices]
    missing = {
        index
        for gap in find_gaps(a_header(), spans)
        for index in range(gap.first_index, gap.first_index + (gap.missing or 0))
    }
    assert missing == set(range(max(indices, default=0))) - indices


def test_blocks_that_overlap_hide_nothing_and_invent_nothing() -> None:
    spans = [Span("seat", 0, 100), Span("seat", 10, 5), Span("seat", 103, 1)]
    assert find_gaps(a_header(), spans) == [Gap("one", "seat", 100, 3)]
