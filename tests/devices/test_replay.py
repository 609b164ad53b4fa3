"""A recording as a live device."""

from __future__ import annotations

import asyncio
from array import array
from pathlib import Path

import pytest

from levator.devices.device import Device, open_device
from levator.devices.replay.driver import Replay, read_options
from levator.errors import CallerError, DeviceNotFoundError, RecordingError
from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import write_edf
from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream
from levator.testing import check_device


def recording() -> Recording:
    seat = Stream("seat", 100.0, (Channel("force", "force", "N", 0.1, 0.0, -999, 999),), "int16", 7)
    emg = Stream("emg", 1000.0, (Channel("emg", "emg", "uV", 0.5, 0.0, -999, 999),), "int16", 70)
    return Recording(
        (seat, emg),
        (
            Samples("seat", 7, (array("h", range(40)),)),
            Samples("seat", 57, (array("h", range(30)),)),
            Samples("emg", 70, (array("h", (at % 900 for at in range(800))),)),
        ),
    )


@pytest.fixture
def edf(tmp_path: Path) -> Path:
    path = tmp_path / "a recording.edf"
    write_edf(path, recording())
    return path


def url(path: Path, query: str) -> str:
    return f"replay://{path}?{query}"


async def read(device: Device, count: int | None = None) -> list[Samples]:
    await device.open()
    blocks = []
    async for block in device.samples():
        blocks.append(block)
        if len(blocks) == count:
            break
    await device.close()
    return blocks


def counts(blocks: list[Samples], stream: str) -> list[tuple[int, float]]:
    return [
        pair
        for block in blocks
        if block.stream == stream
        for pair in enumerate(block.values[0], block.first_index)
    ]


def test_the_conformance_suite_passes(edf: Path, tmp_path: Path) -> None:
    check_device(
        lambda: open_device(url(edf, "speed=max")),
        make_missing=lambda: open_device("replay:///nowhere/at/all.edf"),
    )
    csv = tmp_path / "seat.csv"
    write_csv(csv, recording(), "seat")
    check_device(lambda: open_device(url(csv, "speed=40")))


def test_every_sample_comes_once_and_gaps_stay(edf: Path) -> None:
    device = open_device(url(edf, "speed=max"))
    blocks = asyncio.run(read(device))
    for stream in ("seat", "emg"):
        expected = counts(list(recording().runs), stream)
        assert counts(blocks, stream) == expected
    assert {len(block) for block in blocks if block.stream == "emg"} == {20}
    assert all(block.arrived_s is not None for block in blocks)


def test_a_loop_begins_again_behind_a_gap(edf: Path) -> None:
    blocks = asyncio.run(read(open_device(url(edf, "speed=max&loop=yes")), 200))
    got = counts(blocks, "seat")
    indices = [index for index, _ in got]
    assert indices == sorted(set(indices))
    assert [value for _, value in got[70:110]] == list(range(40))
    shift = got[70][0] - got[0][0]
    assert shift * 10 == counts(blocks, "emg")[800][0] - 70
    assert got[70][0] > got[69][0] + 1


def test_it_is_paced_by_the_clock(edf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    text = url(edf, "speed=0.5")
    blocks = asyncio.run(read(Replay(text, read_options(text), clock=lambda: 5.0)))
    assert len(slept) == len(blocks)
    # The clock stands still, so every wait is for the time of the block's last sample.
    emg = [wait_s for wait_s, block in zip(slept, blocks, strict=True) if block.stream == "emg"]
    assert emg == pytest.approx([(at + 1) * 0.02 / 0.5 for at in range(40)])


@pytest.mark.parametrize("name", ["nowhere", "n" * 300])
def test_a_missing_file_is_a_missing_device(name: str) -> None:
    with pytest.raises(DeviceNotFoundError, match="check the path"):
        asyncio.run(open_device(f"replay:///{name}.csv").open())


def test_a_truncated_file_is_said_to_be(edf: Path) -> None:
    edf.write_bytes(edf.read_bytes()[:-100])
    with pytest.raises(RecordingError, match="cut off"):
        asyncio.run(open_device(url(edf, "speed=1")).open())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("replay://", "needs a file"),
        ("replay:///a.csv?speed=0", "no factor"),
        ("replay:///a.csv?speed=x", "no factor"),
        ("replay:///a.csv?loop=1", "write loop=yes"),
        ("replay:///a.csv?block=3", "no unit"),
        ("replay:///a.csv?block=3s", "length of a block"),
        ("replay:///a.csv?pitch=3", "no option 'pitch'"),
    ],
)
def test_a_wrong_url_is_refused(text: str, told: str) -> None:
    with pytest.raises(CallerError, match=told):
        open_device(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("replay:///a%20b.csv", "a b.csv"),
        ("replay://here/c.csv", "c.csv"),
        ("replay:///C:/d.csv", "d.csv"),
    ],
)
def test_paths_are_taken_from_the_url(text: str, name: str) -> None:
    assert open_device(text).name == f"Replay of {name}"
