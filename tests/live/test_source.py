"""A device whose sensor comes and goes, and who waits for it."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from levator.devices.device import open_device
from levator.errors import DeviceError
from levator.live import source
from levator.live.source import blocks
from levator.signals.samples import Samples


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sensor's time runs fifty times as fast, so it is sought more often, too."""
    monkeypatch.setattr(source, "REOPEN_EVERY_S", 0.01)


class Listener:
    """Takes blocks, and writes down what it hears of the sensor."""

    def __init__(self, most_misses: int = 1000) -> None:
        self.heard: list[str] = []
        self._most_misses = most_misses

    @property
    def is_over(self) -> bool:
        return self.heard.count("missed") >= self._most_misses

    def lose(self, error: DeviceError) -> None:
        self.heard.append("lost")

    def miss(self, error: DeviceError) -> None:
        self.heard.append("missed")

    def find(self) -> None:
        self.heard.append("found")


def taken(url: str, listener: Listener) -> list[Samples]:
    async def take() -> list[Samples]:
        device = open_device(url)
        await device.open()
        given: AsyncIterator[Samples] = blocks(device, listener)
        return [one async for one in given]

    return asyncio.run(take())


def test_a_sensor_that_comes_back_goes_on_where_the_clock_says() -> None:
    listener = Listener()
    given = taken("simulator://?seed=7&speed=50&unplug=2s-12s&ends=20s", listener)
    assert listener.heard[0] == "lost"
    assert listener.heard[-1] == "found"
    assert listener.heard.count("lost") == listener.heard.count("found") == 1
    indices = [one.first_index for one in given]
    assert indices == sorted(indices)
    jumps = [late - early for early, late in pairwise(indices)]
    assert max(jumps) >= 1000
    assert given[-1].first_index + len(given[-1]) == 2000


def test_who_is_done_seeks_no_longer() -> None:
    listener = Listener(most_misses=3)
    given = taken("simulator://?seed=7&speed=50&unplug=2s", listener)
    assert listener.heard == ["lost", "missed", "missed", "missed"]
    # Time that passes before the first is read is jumped over.
    assert given[0].first_index + sum(map(len, given)) == 200
