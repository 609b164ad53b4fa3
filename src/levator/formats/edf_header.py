"""Our own look at an EDF header, before and beside the reading library.

Readers mend or ignore what contradicts itself; a recording that is scored may not. Every
field that decides a number is checked here against the others and against the file's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from levator.errors import Phrase, RecordingError, UnitError, mark
from levator.formats.numbers import exact
from levator.quantities import unit_symbol

_FIXED = 256
_PER_SIGNAL = 256
_WIDTHS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_minimum": 8,
    "physical_maximum": 8,
    "digital_minimum": 8,
    "digital_maximum": 8,
    "prefiltering": 80,
    "samples_per_record": 8,
    "reserved": 32,
}
ANNOTATIONS = "EDF Annotations"
_INT16 = range(-32768, 32768)


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """One signal as the header describes it; `unit` is a symbol of `quantities`."""

    label: str
    transducer: str
    unit: str
    physical_minimum: float
    physical_maximum: float
    digital_minimum: int
    digital_maximum: int
    samples_per_record: int

    @property
    def is_annotations(self) -> bool:
        """Whether the signal holds text."""
        return self.label == ANNOTATIONS


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header that does not contradict itself or the size of its file."""

    size: int
    is_discontinuous: bool
    records: int
    record_s: Fraction
    signals: tuple[SignalHeader, ...]

    @property
    def record_size(self) -> int:
        """Bytes of one data record."""
        return 2 * sum(signal.samples_per_record for signal in self.signals)

    def offset_of(self, signal: int) -> int:
        """Byte offset of a signal within a data record."""
        return 2 * sum(before.samples_per_record for before in self.signals[:signal])


def read_header(path: Path) -> Header:
    """Read and check the header of an EDF or EDF+ file; RecordingError says what is wrong."""
    with path.open("rb") as file:
        fixed = file.read(_FIXED)
        _check_is_edf(path.name, fixed)
        signals = _Fields(path.name, fixed).whole(Phrase("the number of signals"), 252, 4, 1)
        rest = file.read(_PER_SIGNAL * signals)
    if len(rest) < _PER_SIGNAL * signals:
        raise _damaged(path.name, Phrase("the header is cut off"))
    header = _header(path.name, fixed, rest, signals)
    _check_size(path, header)
    return header


def _check_is_edf(name: str, fixed: bytes) -> None:
    if not fixed:
        raise RecordingError("%(file)s is empty; record or export it again.", file=name)
    if fixed[:8] == b"\xffBIOSEMI":
        raise RecordingError(
            "%(file)s is BDF, which is not read yet; export it as EDF+.", file=name
        )
    if fixed[:8] != b"0       ":
        raise RecordingError(
            "%(file)s is not an EDF file; give a .csv or .edf recording.", file=name
        )
    if len(fixed) < _FIXED:
        raise _damaged(name, Phrase("the header is cut off"))


_NAMES = {
    "physical_minimum": mark("the physical minimum of %(label)s"),
    "physical_maximum": mark("the physical maximum of %(label)s"),
    "digital_minimum": mark("the digital minimum of %(label)s"),
    "digital_maximum": mark("the digital maximum of %(label)s"),
}


def _damaged(name: str, what: Phrase) -> RecordingError:
    return RecordingError(
        "%(file)s is damaged: %(what)s; take the file from its source again.", file=name, what=what
    )


class _Fields:
    """Fixed-width text fields of a header."""

    def __init__(self, name: str, raw: bytes) -> None:
        self._name = name
        try:
            self._text = raw.decode("ascii")
        except UnicodeDecodeError:
            # Foreign files spell the micro sign in Latin-1.
            self._text = raw.decode("latin-1")
        if not self._text.isprintable():
            raise _damaged(name, Phrase("the header holds something that is not text"))

    def text(self, start: int, width: int) -> str:
        return self._text[start : start + width].strip()

    def number(self, what: Phrase, start: int, width: int) -> Fraction:
        text = self.text(start, width)
        try:
            return exact(text)
        except ValueError:
            raise self._wrong(what, text) from None

    def whole(self, what: Phrase, start: int, width: int, lowest: int) -> int:
        value = self.number(what, start, width)
        if value.denominator != 1 or value < lowest:
            raise self._wrong(what, self.text(start, width))
        return int(value)

    def _wrong(self, what: Phrase, text: str) -> RecordingError:
        return _damaged(self._name, Phrase("%(what)s is %(text)r", what=what, text=text))


def _header(name: str, fixed: bytes, rest: bytes, count: int) -> Header:
    fields = _Fields(name, fixed)
    size = fields.whole(Phrase("the header's length"), 184, 8, 0)
    if size != _FIXED + _PER_SIGNAL * count:
        raise _damaged(name, Phrase("the header's length does not fit its number of signals"))
    reserved = fields.text(192, 44)
    records = fields.number(Phrase("the number of data records"), 236, 8)
    if records == -1:
        raise RecordingError(
            "%(file)s was never closed; export it again from its source.", file=name
        )
    duration = fields.number(Phrase("the duration of a data record"), 244, 8)
    signals = _signals(name, _Fields(name, rest), count)
    if duration <= 0:
        raise _damaged(name, Phrase("a data record lasts no time"))
    return Header(
        size,
        reserved.startswith("EDF+D"),
        fields.whole(Phrase("the number of data records"), 236, 8, 1) if records else 0,
        duration,
        signals,
    )


def _signals(name: str, fields: _Fields, count: int) -> tuple[SignalHeader, ...]:
    starts, at = {}, 0
    for field, width in _WIDTHS.items():
        starts[field] = at
        at += width * count
    signals = tuple(_signal(name, fields, starts, at) for at in range(count))
    labels = [signal.label for signal in signals if not signal.is_annotations]
    if not labels:
        raise RecordingError(
            "%(file)s holds annotations but no signal; give the recording itself.", file=name
        )
    if twice := {label for label in labels if labels.count(label) > 1}:
        raise RecordingError(
            "%(file)s has several channels %(channel)r; rename them.",
            file=name,
            channel=sorted(twice)[0],
        )
    return signals


def _signal(name: str, fields: _Fields, starts: dict[str, int], at: int) -> SignalHeader:
    place = {field: (starts[field] + at * width, width) for field, width in _WIDTHS.items()}
    label = fields.text(*place["label"])
    if not label:
        raise _damaged(name, Phrase("signal %(number)s has no name", number=at + 1))
    physical = [
        float(fields.number(Phrase(_NAMES[field], label=label), *place[field]))
        for field in ("physical_minimum", "physical_maximum")
    ]
    digital = [
        fields.whole(Phrase(_NAMES[field], label=label), *place[field], _INT16.start)
        for field in ("digital_minimum", "digital_maximum")
    ]
    if physical[0] == physical[1] or digital[0] >= digital[1] or digital[1] not in _INT16:
        raise _damaged(name, Phrase("the range of %(label)s is empty or too wide", label=label))
    return SignalHeader(
        label,
        fields.text(*place["transducer"]),
        "" if label == ANNOTATIONS else _unit(name, label, fields.text(*place["unit"])),
        physical[0],
        physical[1],
        digital[0],
        digital[1],
        fields.whole(
            Phrase("the samples per record of %(label)s", label=label),
            *place["samples_per_record"],
            1,
        ),
    )


def _unit(name: str, label: str, text: str) -> str:
    try:
        return unit_symbol(text)
    except UnitError:
        what = (
            Phrase("the unit %(unit)r, which is not known", unit=text)
            if text
            else Phrase("no unit")
        )
        raise RecordingError(
            "%(file)s: channel %(label)s has %(what)s; write its unit into the file, as in "
            "N or mV.",
            file=name,
            label=label,
            what=what,
        ) from None


def _check_size(path: Path, header: Header) -> None:
    if not header.records:
        raise RecordingError(
            "%(file)s holds no samples; record or export it again.", file=path.name
        )
    expected = header.size + header.records * header.record_size
    found = path.stat().st_size
    if found < expected:
        raise RecordingError(
            "%(file)s is cut off: %(found)s of %(expected)s bytes; take the whole file.",
            file=path.name,
            found=found,
            expected=expected,
        )
    if found > expected:
        raise _damaged(
            path.name, Phrase("it is %(count)s bytes longer than it says", count=found - expected)
        )
