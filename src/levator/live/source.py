"""The blocks of a device, for as long as its source has any.

A sensor that is gone is sought until it answers again; its samples go on where the clock says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

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
