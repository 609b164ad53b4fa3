"""The annotation signal of EDF+: when each data record begins, and remarks.

A data record's annotation bytes are time-stamped lists: onset, perhaps 0x15 and a duration,
then texts that each end in 0x14, then 0x00. The first list of a record begins it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from levator.errors import RecordingError
from levator.formats.content import Annotation
from levator.formats.numbers import exact

_LIST = re.compile(
    rb"([+-][0-9]+(?:\.[0-9]*)?)(?:\x15([0-9]+(?:\.[0-9]*)?))?\x14([^\x00]*)\x14", re.DOTALL
)
#: What a remark may not hold: every control character but tab, line feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_text(remark: str) -> bool:
    """Return whether EDF+ can hold a remark."""
    return _CONTROL.search(remark) is None


def record_onsets(name: str, records: list[bytes]) -> list[Fraction]:
    """Return the onset of every data record in seconds, from its first list."""
    return [_first(name, record) for record in records]


def _first(name: str, record: bytes) -> Fraction:
    onset, duration, texts = next(_lists(name, record), (Fraction(0), None, b"?"))
    if duration is not None or (texts and not texts.startswith(b"\x14")):
        raise _damaged(name)
    return onset


def remarks(name: str, records: list[bytes], timed: bool) -> Iterator[Annotation]:
    """Yield the remarks in all records; `timed` says that each record's first text is none."""
    for record in records:
        for number, (onset, duration, raw) in enumerate(_lists(name, record)):
            texts = _text(name, raw).split("\x14")
            for text in texts[1:] if timed and number == 0 else texts:
                if not is_text(text):
                    raise _damaged(name)
                yield Annotation(float(onset), None if duration is None else float(duration), text)


def _lists(name: str, record: bytes) -> Iterator[tuple[Fraction, Fraction | None, bytes]]:
    for part in record.split(b"\0"):
        if not part:
            continue
        match = _LIST.fullmatch(part)
        if match is None:
            raise _damaged(name)
        onset, duration, texts = match.groups()
        yield (
            _seconds(name, onset),
            None if duration is None else _seconds(name, duration),
            texts,
        )


def _seconds(name: str, raw: bytes) -> Fraction:
    try:
        return exact(raw.decode())
    except ValueError:
        raise _damaged(name) from None


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _damaged(name) from None


def _damaged(name: str) -> RecordingError:
    return RecordingError(
        "%(file)s is damaged: an annotation is not readable; take the file from its source again.",
        file=name,
    )
