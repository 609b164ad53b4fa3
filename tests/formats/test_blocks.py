"""Any cutting of a recording holds every sample once, in time order, never late."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import CallerError, RecordingError
from levator.formats.recording import Recording, blocks, find_channel, open_recording
from levator.signals.samples import Channel, Samples, Stream


def two_streams(starts: tuple[int, int], gap: int) -> Recording:
    seat = Stream("seat", 100.0, (Channel("force", "force", "N"),), "int16", starts[0])
    emg = Stream("emg", 2048.0, (Channel("emg", "emg", "uV"),), "int16", starts[1])
    return Recording(
        (seat, emg),
        (
            Samples("seat", starts[0], (array("h", range(150)),)),
            Samples("seat", starts[0] + 150 + gap, (array("h", range(70)),)),
            Samples("emg", starts[1], (array("h", range(3000)),)),
        ),
    )


@given(
    starts=st.tuples(st.integers(0, 900), st.integers(0, 18000)),
    gap=st.integers(1, 100_000),
    size=st.integers(1, 5000),
    pace=st.sampled_from([None, "seat", "emg"]),
)
def test_blocks_hold_every_sample_once(
    starts: tuple[int, int], gap: int, size: int, pace: str | None
) -> None:
    recording = two_streams(starts, gap)
    got: dict[str, list[tuple[int, float]]] = {"seat": [], "emg": []}
    for block in blocks(recording, size, pace):
        assert len(block) > 0
        got[block.stream] += enumerate(block.values[0], block.first_index)
    for stream in recording.streams:
        expected = [
            pair
            for run in recording.runs_of(stream.name)
            for pair in enumerate(run.values[0], run.first_index)
        ]
        assert got[stream.name] == expected


@given(size=st.integers(1, 5000))
def test_the_other_stream_is_never_late(size: int) -> None:
    recording = two_streams((700, 14336), 1)
    reached = {"seat": 7.0, "emg": 7.0}
    for block in blocks(recording, size, "emg"):
        rate = recording.stream(block.stream).sampling_frequency_hz
        reached[block.stream] = (block.first_index + len(block)) / rate
        if block.stream == "emg" and reached["emg"] < 8.0:
            assert reached["seat"] > reached["emg"] - 1 / 100 - 1e-9


def test_a_block_has_at_least_one_sample() -> None:
    with pytest.raises(CallerError, match="at least one sample"):
        next(blocks(two_streams((0, 0), 1), 0))


@pytest.mark.parametrize("name", ["force", "force_newton", "Force"])
def test_a_channel_is_found_with_and_without_its_unit(name: str) -> None:
    stream, channel = find_channel(two_streams((0, 0), 1), name)
    assert (stream.name, channel.name) == ("seat", "force")


def test_an_unknown_channel_names_those_that_are_there() -> None:
    with pytest.raises(CallerError, match="force_newton, emg_microvolt"):
        find_channel(two_streams((0, 0), 1), "pressure")


def test_one_name_for_several_channels_is_refused() -> None:
    stream = Stream("a", 10.0, (Channel("f", "force", "N"), Channel("f", "force", "%MVC")), "int16")
    with pytest.raises(CallerError, match="write the unit"):
        find_channel(Recording((stream,), ()), "f")


@pytest.mark.parametrize(
    ("name", "told"), [("gone.csv", "no recording at"), ("data.xdf", r"give a \.csv or \.edf")]
)
def test_what_cannot_be_opened_is_said(tmp_path, name: str, told: str) -> None:
    (tmp_path / "data.xdf").write_bytes(b"XDF:")
    with pytest.raises(RecordingError, match=told):
        open_recording(tmp_path / name)
