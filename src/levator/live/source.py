"""The blocks of a device, for as long as its source has any.

A sensor that is gone is sought until it answers again; its samples go on where the clock says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from math import inf
from typing import Literal, Protocol

from levator.devices.device import Device
from levator.errors import DeviceError
from levator.live.audience import Audience
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

    silence_s : so long without a block, and the sensor is away. back_s : when it last came
        back from that.
    """

    clock: Callable[[], Seconds]
    silence_s: Seconds
    audience: Audience
    newest_s: Seconds = inf
    back_s: Seconds = -inf

    def take(self) -> None:
        """Note that a block has come."""
        if self.is_silent:
            self.back_s = self.clock()
        self.newest_s = self.clock()

    @property
    def is_silent(self) -> bool:
        """Whether samples have ceased to come."""
        return self.clock() - self.newest_s > self.silence_s

    @property
    def is_away(self) -> bool:
        """Whether samples have ceased, or are back for so short that she cannot have seen any."""
        is_just_back = self.clock() - self.back_s <= self.audience.presence_s
        return self.is_silent or (is_just_back and not self.audience.is_patient_here)

    @property
    def missing(self) -> Literal["no_signal", "presence"] | None:
        """Return what has been away for too long; None where it may still come.

        Without samples no screen has a picture to confirm, so then it is the sensor.
        """
        if self.is_silent:
            is_over = self.clock() - self.newest_s > self.audience.presence_s
            return "no_signal" if is_over else None
        return None if self.is_away or self.audience.is_patient_here else "presence"


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
