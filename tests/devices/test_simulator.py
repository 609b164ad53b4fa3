"""The simulator as a device: URL options, sensors, time, unplugging."""

from __future__ import annotations

import asyncio
from math import inf
from statistics import fmean, pstdev

import pytest

from levator.devices.device import Follower, open_device
from levator.devices.simulator.driver import Simulator, make
from levator.devices.simulator.options import read_options
from levator.errors import CallerError, DeviceLostError, DeviceNotFoundError, UnitError
from levator.signals.samples import Samples

HOLD = ((1.0, 0.0), (3.0, 50.0), (8.0, 50.0), (10.0, 0.0))


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def read(device: Simulator, count: int | None = None) -> list[Samples]:
    await device.open()
    blocks = []
    async for block in device.samples():
        blocks.append(block)
        if len(blocks) == count:
            break
    return blocks


def recorded(url: str, *, target: bool = True) -> dict[str, list[tuple[float, ...]]]:
    """All samples of a finite simulation: stream -> physical values, a tuple per channel."""
    device = make(url)
    if target:
        device.see(HOLD, 14.0)
    blocks = asyncio.run(read(device))
    streams = asyncio.run(device.open())
    return {
        stream.name: [
            tuple(
                raw * channel.scale
                for block in blocks
                if block.stream == stream.name
                for raw in block.values[number]
            )
            for number, channel in enumerate(stream.channels)
        ]
        for stream in streams
    }


def test_a_follower_is_told_from_a_sensor() -> None:
    assert isinstance(open_device("simulator://"), Follower)
    assert not isinstance(open_device("replay:///x.csv"), Follower)


@pytest.mark.parametrize(("polarity", "sign"), [("rising", 1), ("falling", -1)])
def test_the_seat_follows_her_in_its_polarity(polarity: str, sign: int) -> None:
    [load] = recorded(f"simulator://?seed=2&speed=max&ends=13s&polarity={polarity}")["seat"]
    assert len(load) == 1300
    rise = fmean(load[400:800]) - fmean(load[0:90])
    assert rise == pytest.approx(sign * 0.5 * 38, abs=1.5)


def test_electrodes_and_belt_follow_her_too() -> None:
    url = "simulator://?speed=max&ends=13s&emg=1000Hz&second=yes&respiration=50Hz&abdomen=6s-8s"
    found = recorded(url)
    floor, abdomen = found["emg"]
    assert pstdev(floor[0:900]) == pytest.approx(4, rel=0.3)
    assert pstdev(floor[4000:8000]) == pytest.approx(31, rel=0.3)
    assert pstdev(abdomen[4000:5900]) == pytest.approx(3, rel=0.3)
    assert pstdev(abdomen[6500:7900]) == pytest.approx(48, rel=0.3)
    [breath] = found["respiration"]
    assert len(breath) == 650
    assert 0.9 < max(breath) < 1.1


def test_a_plan_is_kept() -> None:
    url = "simulator://?speed=max&ends=13s&cough=11s&strain=0s-6s"
    [load] = recorded(url)["seat"]
    assert fmean(load[400:590]) < fmean(load[0:90]) - 8
    assert fmean(load[720:800]) > fmean(load[0:90]) + 15
    rest = fmean(load[1060:1090])
    assert max(abs(value - rest) for value in load[1100:1132]) > 20


def test_the_same_seed_gives_the_same_integers() -> None:
    url = "simulator://?speed=max&ends=5s&emg=500Hz&seed="
    assert recorded(url + "4") == recorded(url + "4")
    assert recorded(url + "4") != recorded(url + "5")


def test_the_block_length_does_not_change_her() -> None:
    url = "simulator://?speed=max&ends=5s&emg=500Hz&cough=2s&block="
    assert recorded(url + "0.02s") == recorded(url + "0.17s") == recorded(url + "1s")


def test_blocks_come_at_the_pace_of_the_clock() -> None:
    clock, slept = Clock(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now_s += seconds

    device = Simulator("simulator://", read_options("simulator://?ends=1s"), clock)
    device_sleep, asyncio.sleep = asyncio.sleep, sleep
    try:
        blocks = asyncio.run(read(device))
    finally:
        asyncio.sleep = device_sleep
    assert [len(block) for block in blocks] == [2] * 50
    assert slept == pytest.approx([0.02] * 50)
    assert [block.arrived_s for block in blocks[:2]] == pytest.approx([100.02, 100.04])


def test_a_planned_absence_shows_in_the_indices() -> None:
    device = make("simulator://?speed=max&ends=6s&emg=1000Hz&unplug=2s-4.5s")
    with pytest.raises(DeviceLostError, match="unplugged"):
        asyncio.run(read(device))
    after = asyncio.run(read(device))
    first = {block.stream: block.first_index for block in reversed(after)}
    assert first == {"seat": 450, "emg": pytest.approx(4500, abs=10)}
    assert sum(len(block) for block in after if block.stream == "seat") == 150


def test_gone_for_good_stays_gone() -> None:
    device = make("simulator://?speed=max&unplug=1s")
    with pytest.raises(DeviceLostError):
        asyncio.run(read(device))
    with pytest.raises(DeviceNotFoundError, match="plug it in"):
        asyncio.run(device.open())


def test_an_absence_by_the_clock_lasts_as_long_as_the_clock_says() -> None:
    clock = Clock()
    device = Simulator("simulator://", read_options("simulator://?speed=1000&rate=50Hz"), clock)
    asyncio.run(read(device, 10))
    device.behave("unplug")
    with pytest.raises(DeviceLostError):
        asyncio.run(read_lost(device))
    with pytest.raises(DeviceNotFoundError):
        asyncio.run(device.open())
    clock.now_s += 0.012  # twelve seconds of hers
    device.behave("plug")
    [block] = asyncio.run(read(device, 1))
    assert block.first_index == pytest.approx(600, abs=2)


async def read_lost(device: Simulator) -> None:
    async for _ in device.samples():
        pass


def test_a_long_absence_is_stepped_over() -> None:
    clock = Clock()
    device = Simulator("simulator://", read_options("simulator://"), clock)
    asyncio.run(read(device, 1))
    clock.now_s += 40_000.0
    [block] = asyncio.run(read(device, 1))
    assert block.first_index == pytest.approx(4_000_000, abs=10)


def test_an_unknown_behaviour_is_refused() -> None:
    with pytest.raises(CallerError, match="ask for one of lift, strain"):
        make("simulator://").behave("dance")


def test_options_are_read_with_their_units() -> None:
    options = read_options(
        "simulator://?seed=9&speed=max&rate=200Hz&emg=2000Hz&polarity=falling&lag=0.4s"
        "&tire=always&cough=12s,40s&strain=30s-60s&unplug=70s"
    )
    assert (options.seed, options.speed, options.rate_hz, options.lag_s) == (9, inf, 200.0, 0.4)
    assert options.unplugged == ((70.0, inf),)
    assert options.planned == (
        (0.0, inf, "tire"),
        (12.0, inf, "cough"),
        (30.0, 60.0, "strain"),
        (40.0, inf, "cough"),
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("lag=0.4", "no unit"),
        ("lag=4mm", "not known"),
        ("lag=4N", "s is needed"),
        ("rate=100", "no unit"),
        ("rate=0Hz", "no rate"),
        ("rate=1e9Hz", "no rate"),
        ("strain=60s-30s", "list of times"),
        ("strain=1s-2s-3s", "list of times"),
        ("strain=-3s", "write strain=always, strain=12s or strain=30s-60s"),
        ("strain=ja", "strain=ja is no list of times; write strain=always"),
        ("unplug=ja", "unplug=ja is no list of times; write unplug=always"),
        ("block=5s", "length of a block"),
        ("speed=0", "no factor"),
        ("speed=fast", "no factor"),
        ("polarity=up", "rising or falling"),
        ("second=1", "neither yes nor no"),
        ("second=yes", "emg=2000Hz"),
        ("seed=x", "whole number"),
        ("colour=red", "no option 'colour'; it has seed"),
    ],
)
def test_a_wrong_option_is_refused(query: str, told: str) -> None:
    with pytest.raises((CallerError, UnitError), match=told):
        make(f"simulator://?{query}")
