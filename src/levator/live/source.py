"""The blocks of a device, for as long as its source has any.

A sensor that is gone is sought until it answers again; its samples go on where the clock says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from levator.devices.device import Device
from levator.errors import DeviceError
from levator.quantities import Seconds
from levator.signals.samples import Samples

REOPEN_EVERY_S: Seconds = 1.0


class Seeker(Protocol):
    """Who takes the blocks, and is told how the sensor does."""

    @property
    def is_over(self) -> bool:
        """Whether nothing is sought any more."""
        ...

    def lose(self, error: DeviceError) -> None:
        """Hear that the sensor is gone."""
        ...

    def miss(self, error: DeviceError) -> None:
        """Hear that it is still gone."""
        ...

    def find(self) -> None:
        """Hear that it is back."""
        ...


@dataclass(slots=True)
class Flow:
    """Whether samples come, by the room's clock; before the first block nothing is missed.

    silence_s : so long without a block, and the sensor is away. since_s : from when they came
        without such a break.
    """

    clock: Callable[[], Seconds]
    silence_s: Seconds
    newest_s: Seconds | None = None
    since_s: Seconds = 0.0

    def take(self) -> None:
        """Note that a block has come."""
        if self.newest_s is None or self.is_silent:
            self.since_s = self.clock()
        self.newest_s = self.clock()

    @property
    def is_silent(self) -> bool:
        """Whether samples have ceased to come."""
        return self.newest_s is not None and self.clock() - self.newest_s > self.silence_s

    def missing(
        self, patience_s: Seconds, *, is_seen: bool
    ) -> Literal["no_signal", "presence"] | None:
        """Return what has been away for longer than that; None where it may still come.

        is_seen : whether a screen confirms its picture. Without samples none has one, so then
            it is the sensor, and a screen is given the same time once they come again.
        """
        now_s = self.clock()
        if self.newest_s is not None and self.is_silent:
            return "no_signal" if now_s - self.newest_s > patience_s else None
        return "presence" if not is_seen and now_s - self.since_s > patience_s else None


async def blocks(device: Device, seeker: Seeker) -> AsyncGenerator[Samples, None]:
    """Yield the blocks of an opened device until its source ends, or the seeker is done."""
    while not seeker.is_over:
        try:
            async for samples in device.samples():
                yield samples
        except DeviceError as error:
            seeker.lose(error)
            await _reopen(device, seeker)
        else:
            return


async def _reopen(device: Device, seeker: Seeker) -> None:
    while not seeker.is_over:
        try:
            await device.open()
        except DeviceError as error:
            seeker.miss(error)
            await asyncio.sleep(REOPEN_EVERY_S)
        else:
            seeker.find()
            return
