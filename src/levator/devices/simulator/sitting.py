"""She on her seat: one device time for her muscle, the seat, the electrodes and the belt.

Pure: it is moved on tick by tick, a tick being one sample of the seat. The same seed and the
same calls give the same integers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from random import Random

from levator.devices.simulator.options import Options, changes
from levator.devices.simulator.parameters import Parameters
from levator.devices.simulator.patient import Body, Patient
from levator.devices.simulator.seat import Belt, Electrodes, Seat
from levator.quantities import Hertz, Seconds
from levator.signals.samples import Channel, Samples, Stream

#: Slack for comparing times that are quotients of whole numbers.
_HARDLY = 1e-9
#: Of a long absence only so much is lived through, or coming back would take too long.
_LIVED_ABSENCE_S = 120.0


class _Source:
    """One stream: its next index, and how a sample of it is read."""

    def __init__(
        self,
        name: str,
        rate_hz: Hertz,
        channels: tuple[Channel, ...],
        read: Callable[[Body], tuple[int, ...]],
    ) -> None:
        self.stream = Stream(name, rate_hz, channels, "int16")
        self.next_index = 0
        self._read = read
        self._columns: tuple[array[int], ...] = self._empty()

    def _empty(self) -> tuple[array[int], ...]:
        return tuple(array("h") for _ in self.stream.channels)

    def _due(self, at_s: Seconds) -> int:
        """Return the index behind the last sample taken by `at_s`."""
        return int(at_s * self.stream.sampling_frequency_hz + _HARDLY) + 1

    def take(self, body: Body, at_s: Seconds) -> None:
        held = self.next_index + len(self._columns[0])
        for _ in range(held, self._due(at_s)):
            for column, count in zip(self._columns, self._read(body), strict=True):
                column.append(count)

    def skip(self, at_s: Seconds) -> None:
        self.next_index = max(self.next_index, self._due(at_s))

    def block(self) -> Samples | None:
        """Return what was taken since the last block, None if nothing."""
        columns, self._columns = self._columns, self._empty()
        if not columns[0]:
            return None
        first = self.next_index
        self.next_index += len(columns[0])
        return Samples(self.stream.name, first, columns)


class Sitting:
    """Everything that happens between the first and the last sample of one device."""

    def __init__(self, options: Options, parameters: Parameters) -> None:
        rng = Random(options.seed)
        self.patient = Patient(parameters, rng, options.lag_s)
        self.tick = 0
        self._rate_hz = options.rate_hz
        self._dt_s = 1 / options.rate_hz
        self._changes = changes(options)
        self._sources = self._attach(options, parameters, rng)

    def _attach(self, options: Options, parameters: Parameters, rng: Random) -> list[_Source]:
        seat = Seat(parameters, rng, options.polarity, self._dt_s)
        sources = [_Source("seat", options.rate_hz, seat.channels(), lambda b: (seat.read(b),))]
        if options.emg_hz:
            electrodes = Electrodes(parameters, rng, options.second)
            sources.append(_Source("emg", options.emg_hz, electrodes.channels(), electrodes.read))
        if options.respiration_hz:
            belt = Belt(parameters, rng)
            sources.append(
                _Source(
                    "respiration",
                    options.respiration_hz,
                    belt.channels(),
                    lambda b: (belt.read(b),),
                )
            )
        return sources

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What the sensors give."""
        return tuple(source.stream for source in self._sources)

    def run(self, ticks: int) -> list[Samples]:
        """Live on for some ticks and return what the sensors gave, streams by name order."""
        for _ in range(ticks):
            body, at_s = self._live()
            for source in self._sources:
                source.take(body, at_s)
        return [block for source in self._sources if (block := source.block())]

    def skip(self, ticks: int) -> None:
        """Live on for some ticks while nothing is recorded."""
        if ticks <= 0:
            return
        self.tick += max(0, ticks - int(_LIVED_ABSENCE_S * self._rate_hz))
        end = self.tick + min(ticks, int(_LIVED_ABSENCE_S * self._rate_hz))
        while self.tick < end:
            self._live()
        for source in self._sources:
            source.skip((end - 1) / self._rate_hz)

    def _live(self) -> tuple[Body, Seconds]:
        at_s = self.tick / self._rate_hz
        while self._changes and self._changes[0][0] <= at_s:
            _, behaviour, on = self._changes.pop(0)
            self.patient.behave(behaviour, on)
        body = self.patient.advance(at_s, self._dt_s)
        self.tick += 1
        return body, at_s
