"""Frames: what a viewer is sent, whatever it missed."""

import struct
from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.live.frames import Frames, Track

HEAD, TRACK = struct.Struct("<BBHId"), struct.Struct("<IIdd")


def decoded(
    frame: bytes,
) -> tuple[tuple[int, int, int, int, float], list[tuple[float, list[float]]]]:
    """Read a frame as docs/reference/wire.md describes it."""
    head, at, tracks = HEAD.unpack_from(frame), HEAD.size, []
    for _ in range(head[1]):
        count, _, first, _ = TRACK.unpack_from(frame, at)
        values = struct.unpack_from(f"<{count}f", frame, at + TRACK.size)
        tracks.append((first, list(values)))
        at += TRACK.size + 4 * (count + count % 2)
    assert at == len(frame)
    return head, tracks


def frames_at(hz: float, first_index: int = 0) -> Frames:
    return Frames([Track(hz, first_index)], 3)


def test_the_head_says_version_generation_revision_and_when_it_was_made() -> None:
    frames = frames_at(100.0)
    frames.revision = 7
    frames.add(0, 0, [1.0, 2.0, 3.0], 12.5)
    head, tracks = decoded(frames.since((0,)))
    assert head == (1, 1, 3, 7, 12.5)
    assert tracks == [(0.0, [1.0, 2.0, 3.0])]


def test_a_frame_is_everything_since_the_cursor_and_nothing_else() -> None:
    frames = frames_at(100.0, first_index=700)
    frames.add(0, 700, [1.0, 2.0], 0.0)
    cursor = frames.end
    frames.add(0, 702, [3.0], 0.0)
    assert decoded(frames.since(cursor))[1] == [(702.0, [3.0])]
    assert decoded(frames.since(frames.end))[1] == [(703.0, [])]


def test_viewers_with_the_same_cursor_share_the_same_bytes() -> None:
    frames = frames_at(100.0)
    frames.add(0, 0, [1.0, 2.0], 0.0)
    assert frames.since((1,)) is frames.since((1,))
    before = frames.since((1,))
    frames.add(0, 2, [3.0], 0.0)
    assert frames.since((1,)) is not before


def test_what_never_came_is_nan() -> None:
    frames = frames_at(100.0)
    frames.add(0, 0, [1.0], 0.0)
    frames.add(0, 4, [5.0], 0.0)
    values = decoded(frames.since((0,)))[1][0][1]
    assert values[0] == 1.0
    assert values[4] == 5.0
    assert all(isnan(value) for value in values[1:4])


def test_a_viewer_that_was_away_too_long_gets_what_is_still_kept() -> None:
    track = Track(10.0, 0)
    track.add(0, [float(index) for index in range(2000)])
    first, values = track.since(3)
    assert first == track.start == 2000 - 900
    assert values[0] == first
    assert values[-1] == 1999.0


def test_a_long_gap_is_skipped_without_walking_it() -> None:
    track = Track(100.0, 0)
    track.add(0, [1.0])
    track.add(10**12, [2.0])
    assert track.end == 10**12 + 1
    assert track.newest == 2.0
    assert isnan(track.since(track.end - 2)[1][0])


@given(
    st.sampled_from([25.0, 200.0, 201.0, 1000.0, 2048.0]),
    st.integers(0, 50),
    st.lists(st.integers(1, 40), min_size=1, max_size=30),
)
def test_thinning_does_not_depend_on_how_blocks_are_cut(
    hz: float, first_index: int, lengths: list[int]
) -> None:
    whole, cut, at = Track(hz, first_index), Track(hz, first_index), first_index
    values = [float(first_index + place) for place in range(sum(lengths))]
    whole.add(first_index, values)
    for length in lengths:
        cut.add(at, values[at - first_index : at - first_index + length])
        at += length
    assert cut.end == whole.end
    assert cut.taken == whole.taken == first_index + sum(lengths)
    assert cut.since(0) == whole.since(0)
    assert all(value % whole.every == 0 for value in whole.since(0)[1])
    assert whole.drawn_hz <= 200.0


@pytest.mark.parametrize("empty", [[], [nan]])
def test_nothing_yet_is_nan(empty: list[float]) -> None:
    track = Track(100.0, 0)
    track.add(0, empty)
    assert isnan(track.newest)
