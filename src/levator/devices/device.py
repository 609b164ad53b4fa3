"""What every sensor does, and how one is found by its URL.

The whole contract, in the order of use (`levator.testing.check_device` checks it):

- Making a device from its URL touches nothing outside the process. A URL that cannot be
  understood raises CallerError.
- `open()` reaches for the sensor and returns its streams: every channel with name, kind and
  unit, every stream with its sampling frequency. Nobody there: DeviceNotFoundError.
- `samples()` yields blocks as they arrive, raw, in the declared sample format. Within a
  stream indices rise; an index that was jumped over is a sample that is lost, and nothing is
  ever filled in. The iteration ends when the source ends (a replay); it raises
  DeviceLostError when the sensor goes away. It may be cancelled at any time.
- After DeviceLostError `open()` may be tried again. The streams are the same, and their
  indices go on from where they were plus the time away, by the monotonic clock.
- `close()` lets go of everything and may be called at any time, twice too.

A driver sets `arrived_s` to the monotonic clock, or leaves it to the room. It neither
calibrates nor judges: polarity, rest, reference and quality are the engine's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, TypeAlias, runtime_checkable
from urllib.parse import urlsplit

from levator.errors import CallerError, DeviceNotFoundError
from levator.quantities import PercentMvc, Seconds
from levator.signals.phases import Instruction
from levator.signals.samples import Samples, Stream

#: ((session time s, target %MVC), ...), straight lines between them.
Breakpoints: TypeAlias = tuple[tuple[Seconds, PercentMvc], ...]

#: Entry-point group in which a driver registers its scheme.
GROUP = "levator.devices"


class Device(Protocol):
    """One sensor; the contract is at the top of this module."""

    @property
    def url(self) -> str:
        """The URL it was made from."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def open(self) -> tuple[Stream, ...]:
        """Reach for the sensor and return its streams."""
        ...

    def samples(self) -> AsyncIterator[Samples]:
        """Yield blocks of samples as they arrive."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


@runtime_checkable
class Follower(Protocol):
    """A device with somebody in it who follows what is asked: a simulated patient.

    Real sensors are no followers. The room hands over what a patient would see and hear.
    """

    def see(self, breakpoints: Breakpoints, valid_until_s: Seconds) -> None:
        """Show the target; after `valid_until_s` of session time it is rest."""
        ...

    def hear(self, instruction: Instruction) -> None:
        """Say a calibration instruction, in force until the next one or the next target."""
        ...


@dataclass(frozen=True, slots=True)
class Driver:
    """What a driver registers under its URL scheme.

    make : makes the device of a URL, without reaching for it.
    """

    scheme: str
    description: str
    example: str
    make: Callable[[str], Device]


#: So much of a URL is repeated where no driver answers to it.
LONGEST_TOLD = 80


def open_device(url: str) -> Device:
    """Return the device at a URL, made but not yet reached for: that is its `open()`.

    Raises DeviceNotFoundError when no driver answers to the scheme, CallerError when the
    driver cannot understand the URL.
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise CallerError(
            "%(url)r is no device URL; correct what stands behind ://.", url=url
        ) from None
    registered = _registered()
    if "://" not in url or scheme not in registered:
        known = ", ".join(f"{name}://" for name in sorted(registered))
        if not url:
            raise DeviceNotFoundError(
                "No sensor is chosen; choose one, or write an address that begins with one of"
                " %(known)s.",
                known=known,
            )
        raise DeviceNotFoundError(
            "No driver for %(url)r; a device URL begins with one of %(known)s.",
            url=url[:LONGEST_TOLD],
            known=known,
        )
    return _driver(registered[scheme]).make(url)


def known_devices() -> list[tuple[str, str, str]]:
    """Return (scheme, one-line description, example URL) of every driver, by scheme."""
    drivers = [_driver(entry) for entry in _registered().values()]
    return sorted((driver.scheme, driver.description, driver.example) for driver in drivers)


@cache
def _registered() -> dict[str, EntryPoint]:
    """Return what is installed, read from the files of every package once."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _driver(entry: EntryPoint) -> Driver:
    driver = entry.load()
    if not isinstance(driver, Driver) or driver.scheme != entry.name:
        raise CallerError(
            "The entry point %(name)r of %(group)s is no driver for it.",
            name=entry.name,
            group=GROUP,
        )
    return driver
