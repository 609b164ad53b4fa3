"""The contract of `levator.devices.device`, as a check that any driver's author can run.

    def test_my_seat_keeps_the_contract() -> None:
        check_device(lambda: open_device("my-seat:///dev/ttyUSB0"))

With a sensor that a test can unplug, hand `unplug` and `replug` over as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import pairwise
from math import isfinite, isnan
from typing import Any, TypeAlias, TypeVar, get_args

from levator.devices.device import Device
from levator.errors import DeviceLostError, DeviceNotFoundError
from levator.quantities import WORD_OF_UNIT, Seconds
from levator.signals.samples import Channel, ChannelKind, SampleFormat, Samples, Stream

_T = TypeVar("_T")
MakeDevice: TypeAlias = Callable[[], Device]
#: Does something to the sensor behind a device, perhaps after a while.
Touch: TypeAlias = Callable[[Device], Awaitable[None] | None]

_WHOLE = {"int16": (-(2**15), 2**15 - 1), "int32": (-(2**31), 2**31 - 1)}


class ContractBroken(AssertionError):  # noqa: N818, what failed is a clause, not the program
    """A clause of the device contract does not hold; the message says which."""


def check_device(
    make: MakeDevice,
    *,
    unplug: Touch | None = None,
    replug: Touch | None = None,
    make_missing: MakeDevice | None = None,
    blocks: int = 20,
    within_s: Seconds = 10.0,
) -> None:
    """Run every clause of the contract; raises ContractBroken with the one that fails.

    make : gives a new device of the same sensor each time; the sensor is there.
    unplug, replug : take the sensor away and bring it back.
    make_missing : gives a device of a sensor that is not there.
    blocks : how many blocks are looked at.
    within_s : how long the sensor may take to give them, or to be noticed as gone.
    """
    check = _Check(make, blocks, within_s)
    clauses = [check.description, check.samples, check.cancelling, check.closing]
    for clause in clauses:
        asyncio.run(clause())
    if make_missing is not None:
        asyncio.run(check.missing(make_missing()))
    if unplug is not None and replug is not None:
        asyncio.run(check.unplugging(unplug, replug))


def _must(holds: bool, clause: str) -> None:
    if not holds:
        raise ContractBroken(clause)


class _Check:
    """The clauses, each with devices of its own."""

    def __init__(self, make: MakeDevice, blocks: int, within_s: Seconds) -> None:
        self._make, self._blocks, self._within_s = make, blocks, within_s

    async def _soon(self, doing: Coroutine[Any, Any, _T], clause: str) -> _T:
        try:
            return await asyncio.wait_for(doing, self._within_s)
        except TimeoutError:
            raise ContractBroken(f"{clause} (waited {self._within_s:g} s)") from None

    async def _read(self, device: Device, count: int) -> list[Samples]:
        """Return the next blocks; fewer when the source ends."""
        taken: list[Samples] = []
        samples = device.samples()
        try:
            async for block in samples:
                taken.append(block)
                if len(taken) >= count:
                    break
        finally:
            if isinstance(samples, AsyncGenerator):
                await samples.aclose()
        return taken

    # --- Clauses

    async def description(self) -> None:
        device = self._make()
        _must(bool(device.url) and "://" in device.url, "a device knows its URL")
        _must(bool(device.name.strip()), "a device has a name for people")
        streams = await self._soon(device.open(), "open() answers")
        _must(isinstance(streams, tuple) and len(streams) > 0, "open() returns a tuple of streams")
        names = [stream.name for stream in streams]
        _must(len(set(names)) == len(names), "stream names are unique")
        for stream in streams:
            _check_stream(stream)
        await device.close()

    async def samples(self) -> None:
        device = self._make()
        streams = await self._soon(device.open(), "open() answers")
        taken = await self._soon(self._read(device, self._blocks), "samples() yields blocks")
        await device.close()
        _must(len(taken) > 0, "samples() yields at least one block")
        _check_blocks(streams, taken)

    async def cancelling(self) -> None:
        device = self._make()
        streams = await self._soon(device.open(), "open() answers")
        before: list[Samples] = []

        async def pull() -> None:
            async for block in device.samples():
                before.append(block)

        task = asyncio.create_task(pull())
        while not before and not task.done():
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=self._within_s)
        _must(bool(done), "samples() can be cancelled at any time")
        with suppress(asyncio.CancelledError):
            task.result()
        await device.close()
        _must(await device.open() == streams, "open() after close() gives the same streams")
        await self._soon(self._read(device, 1), "samples() works again after being cancelled")
        await device.close()

    async def closing(self) -> None:
        device = self._make()
        await self._soon(device.close(), "close() works before open()")
        await self._soon(device.open(), "open() answers after close()")
        await self._soon(device.close(), "close() answers")
        await self._soon(device.close(), "close() works twice")

    async def missing(self, device: Device) -> None:
        try:
            await self._soon(device.open(), "open() answers for a sensor that is not there")
        except DeviceNotFoundError as error:
            _check_sentence(str(error))
        else:
            raise ContractBroken("open() raises DeviceNotFoundError when nobody is there")
        await device.close()

    async def unplugging(self, unplug: Touch, replug: Touch) -> None:
        device = self._make()
        streams = await self._soon(device.open(), "open() answers")
        before = await self._soon(self._lost(device, unplug), "samples() notices the unplugging")
        try:
            await self._soon(device.open(), "open() answers while the sensor is away")
        except DeviceNotFoundError as error:
            _check_sentence(str(error))
        else:
            raise ContractBroken("open() raises DeviceNotFoundError while the sensor is away")
        await _touch(replug, device)
        _must(await device.open() == streams, "the streams are the same after the return")
        after = await self._soon(self._read(device, self._blocks), "samples come after the return")
        await device.close()
        _check_blocks(streams, [*before, *after])
        _check_jump(streams, before, after)

    async def _lost(self, device: Device, unplug: Touch) -> list[Samples]:
        taken: list[Samples] = []
        try:
            async for block in device.samples():
                taken.append(block)
                if len(taken) == self._blocks:
                    await _touch(unplug, device)
        except DeviceLostError as error:
            _check_sentence(str(error))
            return taken
        raise ContractBroken("samples() raises DeviceLostError when the sensor goes away")


async def _touch(touch: Touch, device: Device) -> None:
    done = touch(device)
    if done is not None:
        await done


# --- What is looked at


def _check_sentence(text: str) -> None:
    _must(" " in text.strip() and "\n" not in text, "an error is one plain sentence")


def _check_stream(stream: Stream) -> None:
    name = stream.name
    rate = stream.sampling_frequency_hz
    _must(bool(name.strip()), "every stream has a name")
    _must(isfinite(rate) and rate > 0, f"stream {name} says its sampling frequency")
    known = stream.sample_format in get_args(SampleFormat)
    _must(known, f"stream {name} says its sample format")
    channels = [channel.name for channel in stream.channels]
    _must(len(channels) > 0, f"stream {name} has channels")
    _must(len(set(channels)) == len(channels), f"channel names of stream {name} are unique")
    for channel in stream.channels:
        _check_channel(stream, channel)


def _check_channel(stream: Stream, channel: Channel) -> None:
    name = channel.name
    _must(bool(name.strip()), f"every channel of stream {stream.name} has a name")
    _must(channel.kind in get_args(ChannelKind), f"channel {name} says its kind")
    _must(channel.unit in WORD_OF_UNIT, f"channel {name} says its unit, one of levator.quantities")
    scaled = isfinite(channel.scale) and channel.scale != 0 and isfinite(channel.offset)
    _must(scaled, f"channel {name} has a scale that means something")
    low, high = _limits(stream, channel)
    _must(low < high, f"the rails of channel {name} are the right way round")


def _limits(stream: Stream, channel: Channel) -> tuple[float, float]:
    lowest, highest = _WHOLE.get(stream.sample_format, (float("-inf"), float("inf")))
    low, high = channel.raw_minimum, channel.raw_maximum
    return lowest if low is None else low, highest if high is None else high


def _check_blocks(streams: tuple[Stream, ...], blocks: list[Samples]) -> None:
    described = {stream.name: stream for stream in streams}
    ends = {stream.name: stream.first_index for stream in streams}
    for block in blocks:
        _must(block.stream in described, f"stream {block.stream} was announced by open()")
        stream = described[block.stream]
        _check_values(stream, block)
        _must(
            block.first_index >= ends[block.stream],
            f"indices of stream {block.stream} rise: {block.first_index} comes after a sample "
            f"{ends[block.stream] - 1}",
        )
        ends[block.stream] = block.first_index + len(block)


def _check_values(stream: Stream, block: Samples) -> None:
    name = stream.name
    _must(
        len(block.values) == len(stream.channels),
        f"a block of stream {name} has one sequence per channel",
    )
    lengths = {len(column) for column in block.values}
    _must(len(lengths) == 1 and lengths != {0}, f"channels of stream {name} are equally long")
    whole = stream.sample_format in _WHOLE
    for channel, column in zip(stream.channels, block.values, strict=True):
        low, high = _limits(stream, channel)
        for value in column:
            fits = value == int(value) if whole and isfinite(value) else not whole
            _must(fits, f"channel {channel.name} delivers {stream.sample_format}, raw")
            _must(
                isnan(value) or low <= value <= high,
                f"channel {channel.name} stays within its rails: {value!r}",
            )


def _check_jump(streams: tuple[Stream, ...], before: list[Samples], after: list[Samples]) -> None:
    """The time away must show: between the last block before and the first after it."""
    for stream in streams:
        early = [block for block in before if block.stream == stream.name]
        late = [block for block in after if block.stream == stream.name]
        for last, first in pairwise([*early[-1:], *late[:1]]):
            _must(
                first.first_index > last.first_index + len(last),
                f"indices of stream {stream.name} jump by the time the sensor was away",
            )
