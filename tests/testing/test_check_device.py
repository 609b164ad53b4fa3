"""The shipped conformance suite: good drivers pass, and every broken clause is found."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from levator.devices.device import open_device
from levator.errors import DeviceLostError, DeviceNotFoundError
from levator.signals.samples import Channel, Samples, Stream
from levator.testing import ContractBroken, check_device
from tests.devices.pty_seat import Cable, PtySeat

FORCE = Channel("force", "force", "N", 0.1, 0.0, -1000, 1000)
STREAM = Stream("seat", 100.0, (FORCE,), "int16")


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "tty")
    yield cable
    if cable.path.is_symlink():
        cable.unplug()


def test_a_third_party_driver_on_a_real_line_passes(cable: Cable) -> None:
    check_device(
        lambda: PtySeat(f"pty-seat://{cable.path}"),
        unplug=lambda _: cable.unplug(),
        replug=lambda _: cable.plug(),
        make_missing=lambda: PtySeat("pty-seat:///nowhere/at/all"),
        blocks=5,
    )


@pytest.mark.parametrize(
    "options", ["", "&emg=2000Hz&second=yes&respiration=50Hz&polarity=falling", "&rate=30Hz"]
)
@pytest.mark.parametrize("speed", ["max", "50"])
def test_the_simulator_passes(options: str, speed: str) -> None:
    check_device(
        lambda: open_device(f"simulator://?seed=3&speed={speed}{options}"),
        unplug=lambda device: device.behave("unplug"),
        replug=lambda device: device.behave("plug"),
    )


class Toy:
    """A driver that keeps the contract; a test breaks one clause of it."""

    url, name = "toy://", "Toy"

    def __init__(self) -> None:
        self.streams: tuple[Stream, ...] = (STREAM,)
        self.next = 0
        self.step = 2
        self.gone = False

    async def open(self) -> tuple[Stream, ...]:
        if self.gone:
            raise DeviceNotFoundError("The toy is gone; bring it back.")
        return self.streams

    async def samples(self) -> AsyncIterator[Samples]:
        while True:
            await asyncio.sleep(0)
            if self.gone:
                self.next += 5
                raise DeviceLostError("The toy is gone; bring it back.")
            yield self.block()
            self.next += self.step

    def block(self) -> Samples:
        return Samples("seat", self.next, (array("h", [1, 2]),))

    async def close(self) -> None:
        pass


def unplug(device: Toy) -> None:
    device.gone = True


def replug(device: Toy) -> None:
    device.gone = False


def check(kind: type[Toy]) -> None:
    check_device(kind, unplug=unplug, replug=replug, blocks=4, within_s=1.0)


def test_the_toy_passes() -> None:
    check(Toy)


class NoName(Toy):
    name = " "


class NoStreams(Toy):
    def __init__(self) -> None:
        super().__init__()
        self.streams = ()


def with_stream(**changes: object) -> type[Toy]:
    class Changed(Toy):
        def __init__(self) -> None:
            super().__init__()
            self.streams = (replace(STREAM, **changes),)

    return Changed


def with_channel(**changes: object) -> type[Toy]:
    return with_stream(channels=(replace(FORCE, **changes),))


def with_block(block: Samples) -> type[Toy]:
    class Changed(Toy):
        def block(self) -> Samples:
            return block

    return Changed


class Backwards(Toy):
    def __init__(self) -> None:
        super().__init__()
        self.step = 1


class Silent(Toy):
    async def samples(self) -> AsyncIterator[Samples]:
        await asyncio.sleep(60)
        yield self.block()


class Swallows(Toy):
    async def samples(self) -> AsyncIterator[Samples]:
        while not self.gone:
            await asyncio.sleep(0)
            yield self.block()
            self.next += self.step


class AlwaysThere(Toy):
    async def open(self) -> tuple[Stream, ...]:
        return self.streams


class Seamless(Toy):
    async def samples(self) -> AsyncIterator[Samples]:
        while True:
            await asyncio.sleep(0)
            if self.gone:
                raise DeviceLostError("The toy is gone; bring it back.")
            yield self.block()
            self.next += self.step


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        (NoName, "name for people"),
        (NoStreams, "tuple of streams"),
        (with_stream(sampling_frequency_hz=0.0), "sampling frequency"),
        (with_stream(sample_format="int8"), "sample format"),
        (with_stream(channels=()), "has channels"),
        (with_stream(channels=(FORCE, FORCE)), "unique"),
        (with_channel(unit="newton"), "its unit"),
        (with_channel(kind="weight"), "its kind"),
        (with_channel(scale=0.0), "a scale"),
        (with_channel(raw_minimum=5, raw_maximum=-5), "right way round"),
        (with_block(Samples("bed", 0, (array("h", [1]),))), "was announced"),
        (with_block(Samples("seat", 0, ())), "one sequence per channel"),
        (with_block(Samples("seat", 0, (array("h"),))), "equally long"),
        (with_block(Samples("seat", 0, ([0.5],))), "raw"),
        (with_block(Samples("seat", 0, ([float("nan")],))), "raw"),
        (with_block(Samples("seat", 0, ([1001],))), "within its rails"),
        (Backwards, "indices of stream seat rise"),
        (Silent, "yields blocks"),
        (Swallows, "raises DeviceLostError"),
        (AlwaysThere, "DeviceNotFoundError while the sensor is away"),
        (Seamless, "jump by the time"),
    ],
)
def test_a_broken_clause_is_found(kind: type[Toy], clause: str) -> None:
    with pytest.raises(ContractBroken, match=clause):
        check(kind)


def test_a_missing_sensor_must_say_so() -> None:
    with pytest.raises(ContractBroken, match="nobody is there"):
        check_device(Toy, make_missing=Toy, blocks=2)
