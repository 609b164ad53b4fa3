"""Names for plain numbers, and the door at which a number must say its unit.

Inside, a quantity is a float with a telling alias (`Seconds`, `PercentMvc`). At every
boundary (command line, JSON, TOML, CSV, SQL) the name carries the unit (`hold_s`) or the
text does (``3.1N``). Nothing here knows a clinical number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from levator.errors import UnitError

Seconds: TypeAlias = float
Hertz: TypeAlias = float
Percent: TypeAlias = float
#: 100 * (value - rest) / (reference - rest): the increment above resting tone.
PercentMvc: TypeAlias = float
PercentMvcPerSecond: TypeAlias = float

#: Word used in CSV headers and TOML keys -> symbol used in EDF headers and on screens.
UNIT_OF_WORD = {
    "percent_mvc": "%MVC",
    "newton": "N",
    "microvolt": "uV",
    "millivolt": "mV",
    "volt": "V",
    "hectopascal": "hPa",
    "kilopascal": "kPa",
    "pascal": "Pa",
    "cmh2o": "cmH2O",
    "mmhg": "mmHg",
    "percent": "%",
    "gravity": "g",
    "arbitrary": "a.u.",
}
WORD_OF_UNIT = {unit: word for word, unit in UNIT_OF_WORD.items()}
PERCENT_MVC = "%MVC"

_SPELLINGS = {unit.lower(): unit for unit in WORD_OF_UNIT} | UNIT_OF_WORD
_SPELLINGS |= {"µv": "uV", "μv": "uV", "% mvc": "%MVC", "mbar": "hPa", "s": "s", "hz": "Hz"}
#: Files write units in ASCII; people need not read them so.
_SHOWN = {"uV": "µV"}


def shown_unit(symbol: str) -> str:
    """Return a unit as people read it; anything else as it is."""
    return _SHOWN.get(symbol, symbol)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as read from text."""

    value: float
    unit: str


def unit_symbol(text: str) -> str:
    """Return the project's symbol for a unit as people and files spell it.

    Raises UnitError when the unit is unknown: a unit is never guessed.
    """
    symbol = _SPELLINGS.get(text.strip().lower())
    if symbol is None:
        known = ", ".join(sorted(WORD_OF_UNIT))
        raise UnitError(
            "Unit %(unit)r is not known; use one of %(known)s.", unit=text.strip(), known=known
        )
    return symbol


def parse_quantity(text: str) -> Quantity:
    """Read ``3.1N``, ``40 %``, ``8.0s``; a bare number is refused with UnitError."""
    stripped = text.strip()
    for cut in range(len(stripped), 0, -1):
        value = number_of(stripped[:cut])
        if value is None:
            continue
        if stripped[cut : cut + 1] == ",":
            raise UnitError("%(text)r has a decimal comma; write a point, as in 3.1N.", text=text)
        if stripped[cut : cut + 1] == "_":
            break
        if cut == len(stripped):
            raise UnitError(
                "%(text)r has no unit; write the unit behind the number, as in 3.1N.", text=text
            )
        return Quantity(value, unit_symbol(stripped[cut:]))
    raise UnitError("%(text)r is not a number with a unit; write for example 3.1N.", text=text)


def number_of(text: str) -> float | None:
    """Return the finite number that a person wrote; None for any other text.

    Python itself would also read ``4_0``, the digits of every script, and ``inf``.
    """
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def whole_of(text: str) -> int | None:
    """Return the whole number of at most 18 plain digits that a person wrote, or None."""
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(text) if is_whole else None


def parse_in(text: str, unit: str) -> float:
    """Read a quantity that must be in `unit`; raises UnitError for any other."""
    quantity = parse_quantity(text)
    if quantity.unit != unit:
        raise UnitError(
            "%(text)r is in %(unit)s; %(needed)s is needed here.",
            text=text,
            unit=quantity.unit,
            needed=unit,
        )
    return quantity.value
