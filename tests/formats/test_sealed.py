"""A sealed part: the same blocks again, in every format, by either codec; damage is found."""

import json
import random
import struct
import sys
from array import array
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levator.errors import RecordingError
from levator.formats import codec, sealed
from levator.formats.codec import SIZE, codec_for, codecs
from levator.formats.sealed import parts_of, plain_digest, seal, spans_of, unseal
from levator.records.model import Block
from levator.testing.repository import ODD_FLOATS, a_block

FORMATS = st.sampled_from(sorted(ODD_FLOATS))
NAMES = [one.name for one in codecs()]


@st.composite
def parts(draw: st.DrawFn) -> list[Block]:
    """Return blocks of one stream: any bits, gaps, overlaps, empty blocks, any arrival."""
    kind, width = draw(FORMATS), draw(st.integers(1, 3))
    made, sequence = [], draw(st.integers(0, 9))
    for n_samples in draw(st.lists(st.integers(0, 7), min_size=1, max_size=9)):
        size = width * n_samples * SIZE[kind]
        values = draw(st.binary(min_size=size, max_size=size))
        arrived = draw(st.none() | st.floats(allow_nan=False))
        index = draw(st.integers(-(2**40), 2**40))
        made.append(Block("one", "seat", sequence, index, kind, width, n_samples, values, arrived))
        sequence += draw(st.integers(1, 2**33))
    return made


def exact(blocks: list[Block]) -> str:
    return repr(blocks)


@settings(max_examples=200)
@given(part=parts())
def test_the_same_blocks_come_back_bit_for_bit(part: list[Block]) -> None:
    assert exact(unseal(seal(part))) == exact(part)
    bare = [replace(block, values=b"") for block in part]
    assert exact(spans_of(seal(part))) == exact(bare)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [*ODD_FLOATS, "int64"])
def test_each_codec_keeps_every_bit(name: str, kind: codec.NumberFormat) -> None:
    one = codec_for(name)
    odd = ODD_FLOATS.get(kind, struct.pack("<3q", -(2**63), 2**63 - 1, 0))
    for values in (b"", odd, random.Random(3).randbytes(SIZE[kind] * 9001)):
        count = len(values) // SIZE[kind]
        assert one.unpack(one.pack(values, kind), kind, count) == values


def test_without_the_better_codec_the_standard_library_seals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pcodec", None)
    codecs.cache_clear()
    part = [a_block(place) for place in range(3)]
    written = seal(part)
    monkeypatch.undo()
    codecs.cache_clear()
    assert b'"codec":"zlib"' in written
    assert unseal(written) == part
    assert b'"codec":"pcodec"' in seal(part)


def test_a_codec_that_is_not_here_is_named() -> None:
    with pytest.raises(RecordingError, match="'later', which is not installed"):
        codec_for("later")


def test_a_codec_that_loses_a_bit_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    best, plain = codecs()
    wrong = replace(best, unpack=lambda packed, kind, count: bytes(count * SIZE[kind]))
    monkeypatch.setattr(sealed, "codecs", lambda: (wrong, plain))
    monkeypatch.setattr(sealed, "codec_for", lambda name: wrong if name == "pcodec" else plain)
    written = seal([a_block(0)])
    assert b'"codec":"zlib"' in written
    monkeypatch.setattr(sealed, "codecs", lambda: (wrong,))
    with pytest.raises(RecordingError, match="stays as it was"):
        seal([a_block(0)])


def test_every_damaged_byte_is_found() -> None:
    written = seal([a_block(place) for place in range(4)])
    for place in range(len(written)):
        damaged = bytearray(written)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(RecordingError, match="is damaged"):
            unseal(bytes(damaged))
    for length in range(len(written)):
        with pytest.raises(RecordingError, match="is damaged"):
            spans_of(written[:length])


def test_the_header_says_codec_version_and_the_digest_of_the_plain_values() -> None:
    part = [a_block(place) for place in range(4)]
    written = seal(part)
    header = json.loads(written[44 : 44 + struct.unpack_from("<I", written, 40)[0]])
    assert header["codec_version"] == codecs()[0].version
    assert header["sha256"] == plain_digest(part)


def test_parts_are_of_one_stream_and_shape_and_not_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealed, "PART_VALUES", 30)
    seat = [a_block(place) for place in range(0, 14, 2)]
    other = [replace(a_block(place), stream="emg") for place in range(1, 6, 2)]
    wide = [replace(a_block(20), n_channels=2, n_samples=5)]
    found = list(parts_of(sorted([*seat, *other, *wide], key=lambda block: block.sequence)))
    assert [[block.sequence for block in part] for part in found] == [
        [0, 2, 4],
        [6, 8, 10],
        [12],
        [20],
        [1, 3, 5],
    ]
    assert all(len({(one.stream, one.n_channels) for one in part}) == 1 for part in found)


def test_numbers_that_follow_each_other_become_small() -> None:
    smooth = array("h", (round(8000 * (place % 400) / 400) for place in range(20_000)))
    for one in codecs():
        assert len(one.pack(smooth.tobytes(), "int16")) < 0.3 * len(smooth) * 2
