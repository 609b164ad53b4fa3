"""Gaps, derived from what is stored. They are never stored themselves, so that they cannot
contradict the blocks.
"""

from __future__ import annotations

from typing import NamedTuple

from levator.records.model import Gap, RecordingHeader


class Span(NamedTuple):
    """A block without its values."""

    stream: str
    first_index: int
    n_samples: int


def find_gaps(header: RecordingHeader, spans: list[Span]) -> list[Gap]:
    """Return every missing stretch, by stream in the order of the header, then by index.

    An interrupted recording ends with one gap per stream, of unknown length.
    """
    return [
        gap
        for stream in header.context.get("streams", ())
        for gap in _stream_gaps(header, stream["name"], stream.get("first_index", 0), spans)
    ]


def _stream_gaps(
    header: RecordingHeader, stream: str, first_index: int, spans: list[Span]
) -> list[Gap]:
    gaps = []
    expected = first_index
    for start, count in sorted(span[1:] for span in spans if span.stream == stream):
        if start > expected:
            gaps.append(Gap(header.id, stream, expected, start - expected))
        expected = max(expected, start + count)
    if header.state == "interrupted":
        gaps.append(Gap(header.id, stream, expected, None))
    return gaps
