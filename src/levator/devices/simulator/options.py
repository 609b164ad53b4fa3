"""The options of a simulator URL, each with its unit; docs/reference/devices.md lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf, isfinite
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from levator.devices.pace import read_block, read_speed
from levator.devices.simulator.patient import BEHAVIOURS, ONCE, Behaviour
from levator.devices.simulator.seat import Polarity
from levator.errors import CallerError, LevatorError
from levator.quantities import Hertz, Seconds, parse_in, whole_of

#: A while in device time; the end is inf where it lasts for ever.
While = tuple[Seconds, Seconds]
#: What is fast enough for any sensor here and slow enough for any machine.
_RATES = (1.0, 10_000.0)


@dataclass(frozen=True, slots=True)
class Options:
    """What a simulator URL asks for.

    speed : device seconds per second of the clock; inf means as fast as it is read.
    planned : (from s, to s, behaviour) in device time, sorted by beginning.
    unplugged : when the sensor is away.
    ends_s : when the source ends, inf for never.
    """

    seed: int = 1
    speed: float = 1.0
    rate_hz: Hertz = 100.0
    emg_hz: Hertz | None = None
    second: bool = False
    respiration_hz: Hertz | None = None
    polarity: Polarity = "rising"
    lag_s: Seconds | None = None
    block_s: Seconds = 0.02
    ends_s: Seconds = inf
    unplugged: tuple[While, ...] = ()
    planned: tuple[tuple[Seconds, Seconds, Behaviour], ...] = field(default=())


def _whole(text: str) -> int:
    value = whole_of(text)
    if value is None:
        raise CallerError(
            "seed=%(text)s is not a whole number; write for example seed=7.", text=text
        )
    return value


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise CallerError(
            "%(text)r is neither yes nor no; write for example second=yes.", text=text
        )
    return text == "yes"


def _rate(text: str) -> Hertz:
    rate = parse_in(text, "Hz")
    if not _RATES[0] <= rate <= _RATES[1]:
        raise CallerError(
            "%(text)s is no rate of a sensor; use %(lowest)s to %(highest)s Hz.",
            text=text,
            lowest=_RATES[0],
            highest=_RATES[1],
        )
    return rate


def _seconds(text: str) -> Seconds:
    value = parse_in(text, "s")
    if not (isfinite(value) and value >= 0):
        raise CallerError("%(text)s is no time from 0 s on.", text=text)
    return value


def _polarity(text: str) -> Polarity:
    if text not in ("rising", "falling"):
        raise CallerError("polarity=%(text)s is not known; write rising or falling.", text=text)
    return cast(Polarity, text)


def _whiles(name: str, text: str) -> tuple[While, ...]:
    """Read `always`, `12s`, `12s,40s` or `30s-60s`; a lone time lasts for ever."""
    if text == "always":
        return ((0.0, inf),)
    parts = [part.split("-") for part in text.split(",")]
    try:
        found = [(_seconds(part[0]), _seconds(part[1]) if part[1:] else inf) for part in parts]
    except LevatorError:
        found = []
    is_wrong = any(len(part) > 2 for part in parts) or any(end <= start for start, end in found)
    if is_wrong or not found:
        raise CallerError(
            "%(name)s=%(text)s is no list of times; write %(name)s=always, %(name)s=12s or "
            "%(name)s=30s-60s, with commas between.",
            name=name,
            text=text,
        )
    return tuple(sorted(found))


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "seed": ("seed", _whole),
    "speed": ("speed", read_speed),
    "rate": ("rate_hz", _rate),
    "emg": ("emg_hz", _rate),
    "second": ("second", _yes),
    "respiration": ("respiration_hz", _rate),
    "polarity": ("polarity", _polarity),
    "lag": ("lag_s", _seconds),
    "block": ("block_s", read_block),
    "ends": ("ends_s", _seconds),
    "unplug": ("unplugged", partial(_whiles, "unplug")),
}
_PLANNED = tuple(name for name in BEHAVIOURS if name not in ("lift", "lag"))
#: Every option of the URL.
OPTIONS = (*_READERS, *_PLANNED)


def read_options(url: str) -> Options:
    """Return the options in a URL; CallerError names the one that cannot be understood."""
    values: dict[str, Any] = {}
    planned: list[tuple[Seconds, Seconds, Behaviour]] = []
    for name, text in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name in _PLANNED:
            planned += [(start, end, name) for start, end in _whiles(name, text)]
        elif name in _READERS:
            field_name, read = _READERS[name]
            values[field_name] = read(text)
        else:
            known = ", ".join(OPTIONS)
            raise CallerError(
                "The simulator has no option %(name)r; it has %(known)s.", name=name, known=known
            )
    if values.get("second") and "emg_hz" not in values:
        raise CallerError("second=yes needs the electrodes' rate; add for example emg=2000Hz.")
    return Options(**values, planned=tuple(sorted(planned)))


def changes(options: Options) -> list[tuple[Seconds, Behaviour, bool]]:
    """Return when which behaviour begins (True) or ends (False), in time order."""
    found = [(start, name, True) for start, _, name in options.planned]
    found += [
        (end, name, False) for _, end, name in options.planned if name not in ONCE and isfinite(end)
    ]
    return sorted(found)
