"""The simulated seat as a device: paced by the monotonic clock, or as fast as it is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from math import inf, isfinite

from levator.devices.device import Breakpoints, Driver
from levator.devices.simulator.options import Options, read_options
from levator.devices.simulator.parameters import default_parameters
from levator.devices.simulator.patient import BEHAVIOURS
from levator.devices.simulator.sitting import Sitting
from levator.errors import CallerError, DeviceLostError, DeviceNotFoundError, mark
from levator.quantities import Seconds
from levator.signals.phases import Instruction
from levator.signals.samples import Samples, Stream

#: How long an unplugging by hand lasts at the least where no clock says it.
_SHORTEST_ABSENCE_S = 1.0


class Simulator:
    """A simulated patient who sees the target, hears instructions and can be asked to err."""

    name = "Simulated patient"

    def __init__(
        self, url: str, options: Options, clock: Callable[[], Seconds] = time.monotonic
    ) -> None:
        self.url = url
        self.streams: tuple[Stream, ...] = ()
        self._options, self._clock = options, clock
        self._sitting = Sitting(options, default_parameters())
        self._block_ticks = max(1, round(options.block_s * options.rate_hz))
        self._origin_s: Seconds | None = None
        self._is_unplugged = False
        self._was_lost = False

    # --- The device

    async def open(self) -> tuple[Stream, ...]:
        """Return the streams; DeviceNotFoundError while the sensor is unplugged."""
        if self._is_unplugged or self._is_away():
            raise DeviceNotFoundError("The simulated seat is unplugged; plug it in again.")
        return self._sitting.streams

    async def samples(self) -> AsyncIterator[Samples]:
        """Yield blocks of about the length asked for, each stream of a block by itself."""
        self._catch_up()
        while (ticks := self._next_ticks()) > 0:
            if isfinite(self._options.speed):
                await self._until_due(ticks)
            else:
                await asyncio.sleep(0)
            if self._is_unplugged:
                break
            for block in self._sitting.run(ticks):
                yield Samples(block.stream, block.first_index, block.values, self._clock())
        if not self._has_ended():
            self._was_lost = True
            raise DeviceLostError("The simulated seat was unplugged; plug it in again.")

    async def close(self) -> None:
        """Nothing is held."""

    # --- The patient

    def see(self, breakpoints: Breakpoints, valid_until_s: Seconds) -> None:
        """Show her the target."""
        self._sitting.patient.see(breakpoints, valid_until_s)

    def hear(self, instruction: Instruction) -> None:
        """Say a calibration instruction."""
        self._sitting.patient.hear(instruction)

    def behave(self, behaviour: str, on: bool = True) -> None:
        """Ask for a behaviour now, or end it; `unplug` and `plug` are the sensor's.

        Raises CallerError for an unknown one.
        """
        if behaviour in ("unplug", "plug"):
            self._is_unplugged = on == (behaviour == "unplug")
            return
        for known in BEHAVIOURS:
            if known == behaviour:
                self._sitting.patient.behave(known, on)
                return
        raise CallerError(
            "She does not know %(behaviour)r; ask for one of %(names)s.",
            behaviour=behaviour,
            names=(*BEHAVIOURS, "unplug", "plug"),
        )

    # --- Device time

    @property
    def _at_s(self) -> Seconds:
        return self._sitting.tick / self._options.rate_hz

    def _now_s(self) -> Seconds:
        """Return device time: by the clock, or where the reading has come to."""
        if self._origin_s is None or not isfinite(self._options.speed):
            return self._away_until(self._at_s) if self._was_lost else self._at_s
        return (self._clock() - self._origin_s) * self._options.speed

    def _is_away(self) -> bool:
        """Return whether an absence is planned now; without a clock one that ends is over."""
        if self._origin_s is not None and isfinite(self._options.speed):
            return self._away_until(self._now_s()) > self._now_s()
        return self._away_until(self._at_s) == inf

    def _away_until(self, at_s: Seconds) -> Seconds:
        """Return when the planned absence at `at_s` ends, `at_s` itself if there is none."""
        ends = [end for start, end in self._options.unplugged if start <= at_s < end]
        return max(ends, default=at_s)

    def _has_ended(self) -> bool:
        return self._at_s >= self._options.ends_s

    def _catch_up(self) -> None:
        """Let the time pass in which nobody read: its indices are jumped over."""
        if self._origin_s is None:
            self._origin_s = self._clock()
        now_s = self._now_s()
        if self._was_lost and now_s <= self._at_s:
            now_s = self._at_s + _SHORTEST_ABSENCE_S
        self._was_lost = False
        if isfinite(now_s):
            self._sitting.skip(round(now_s * self._options.rate_hz) - self._sitting.tick)

    def _next_ticks(self) -> int:
        """Return the length of the next block; 0 where the sensor is away or the source ends."""
        away = [start for start, end in self._options.unplugged if end > self._at_s]
        stop_s = min(self._options.ends_s, *away, inf)
        if not isfinite(stop_s):
            return self._block_ticks
        left = -int(-(stop_s * self._options.rate_hz - self._sitting.tick - 1e-9) // 1)
        return max(0, min(self._block_ticks, left))

    async def _until_due(self, ticks: int) -> None:
        due_s = (self._sitting.tick + ticks) / self._options.rate_hz / self._options.speed
        assert self._origin_s is not None
        await asyncio.sleep(max(0.0, self._origin_s + due_s - self._clock()))


def make(url: str) -> Simulator:
    """Return the simulator of a URL."""
    return Simulator(url, read_options(url))


DRIVER = Driver(
    "simulator",
    mark("A simulated patient on a seat, with EMG and breathing if asked for"),
    "simulator://?seed=7&emg=2000Hz&polarity=falling",
    make,
)
