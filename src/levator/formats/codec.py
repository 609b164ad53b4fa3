"""Columns of numbers made small and back, every bit kept (NaN payloads and minus zero too).

`pcodec` (numbers predicted from the eight before them) is the better one; where its wheel is
not there, as in a browser, `zlib` of the standard library takes over. What is written names
its codec, so either is read wherever both are.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import Literal, TypeAlias

from levator.errors import RecordingError
from levator.records.values import little_endian, numbers_of
from levator.signals.samples import SampleFormat

#: int64 is for what lies beside the samples: sequences and indices.
NumberFormat: TypeAlias = SampleFormat | Literal["int64"]
SIZE: Mapping[NumberFormat, int] = {"int16": 2, "int32": 4, "float32": 4, "float64": 8, "int64": 8}
#: Best on ten minutes of EMG and force among 2,000 to 262,144, and among orders 2, 4 and 8.
_PAGE_VALUES = 4000
_ORDER = 8
_UNSIGNED: Mapping[NumberFormat, str] = {"int16": "H", "int32": "I", "int64": "Q"}


@dataclass(frozen=True, slots=True)
class Codec:
    """One way of packing. Values are little endian; `unpack` is told how many there are."""

    name: Literal["pcodec", "zlib"]
    version: str
    pack: Callable[[bytes, NumberFormat], bytes]
    unpack: Callable[[bytes, NumberFormat, int], bytes]


def codec_for(name: str) -> Codec:
    """Return a codec by its name; RecordingError where this computer does not have it."""
    for one in codecs():
        if one.name == name:
            return one
    raise RecordingError(
        "This recording is packed with %(codec)r, which is not installed here; open it with an "
        "installation that has it.",
        codec=name,
    )


@cache
def codecs() -> tuple[Codec, ...]:
    """Return what there is on this computer, the best first."""
    plain = Codec("zlib", "1", _deflated, _inflated)
    try:
        import pcodec
    except ImportError:
        return (plain,)
    return (Codec("pcodec", str(pcodec.__version__), _pcodec_packed, _pcodec_unpacked), plain)


def _pcodec_packed(values: bytes, kind: NumberFormat) -> bytes:
    import numpy as np
    from pcodec import ChunkConfig, DeltaSpec, PagingSpec, standalone

    # It predicts numbers of at most 32 bits; for longer ones it chooses by itself.
    delta = DeltaSpec.try_conv1(_ORDER) if SIZE[kind] <= 4 else DeltaSpec.auto()
    config = ChunkConfig(
        delta_spec=delta,
        paging_spec=PagingSpec.equal_pages_up_to(_PAGE_VALUES),
    )
    return bytes(standalone.simple_compress(np.frombuffer(values, _dtype(kind)), config))


def _pcodec_unpacked(packed: bytes, kind: NumberFormat, count: int) -> bytes:
    import numpy as np
    from pcodec import standalone

    values = np.zeros(count, _dtype(kind))
    standalone.simple_decompress_into(packed, values)
    return values.tobytes()


def _dtype(kind: NumberFormat) -> str:
    return {"int": "<i", "flo": "<f"}[kind[:3]] + str(SIZE[kind])


# --- The standard library's: differences of whole numbers, then like bytes together.


def _deflated(values: bytes, kind: NumberFormat) -> bytes:
    code, size = _UNSIGNED.get(kind), SIZE[kind]
    if code is not None:
        numbers, mask = numbers_of(values, code), 2 ** (8 * size) - 1
        before = chain((0,), numbers)
        pairs = zip(numbers, before, strict=False)
        apart = ((int(one) - int(last)) & mask for one, last in pairs)
        values = little_endian(array(code, apart))
    return zlib.compress(b"".join(values[place::size] for place in range(size)))


def _inflated(packed: bytes, kind: NumberFormat, count: int) -> bytes:
    code, size = _UNSIGNED.get(kind), SIZE[kind]
    shuffled = zlib.decompressobj().decompress(packed, count * size + 1)
    values = bytearray(count * size)
    for place in range(size):
        values[place::size] = shuffled[place * count : (place + 1) * count]
    if code is None:
        return bytes(values)
    mask = 2 ** (8 * size) - 1
    apart = map(int, numbers_of(bytes(values), code))
    sums = accumulate(apart, lambda total, one: (total + one) & mask)
    return little_endian(array(code, sums))
