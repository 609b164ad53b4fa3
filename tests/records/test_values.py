"""Samples to bytes and back."""

import struct
from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import RecordingError
from levator.records.model import EventRecord
from levator.records.values import block_of, is_same, plain_of, samples_of, text_of
from levator.signals.samples import Channel, SampleFormat, Samples, Stream

WHOLE = {"int16": 15, "int32": 31}


def a_stream(sample_format: SampleFormat, channels: int = 1) -> Stream:
    names = [Channel(f"c{number}", "force", "N") for number in range(channels)]
    return Stream("seat", 100.0, tuple(names), sample_format)


def columns_of(sample_format: SampleFormat) -> st.SearchStrategy[list[list[float]]]:
    values: st.SearchStrategy[float]
    if sample_format in WHOLE:
        edge = 2 ** WHOLE[sample_format]
        values = st.integers(-edge, edge - 1)
    else:
        values = st.floats(width=32 if sample_format == "float32" else 64)
    return st.integers(0, 8).flatmap(
        lambda length: st.lists(
            st.lists(values, min_size=length, max_size=length), min_size=1, max_size=3
        )
    )


@pytest.mark.parametrize("sample_format", ["int16", "int32", "float32", "float64"])
@given(data=st.data())
def test_any_samples_come_back(sample_format: SampleFormat, data: st.DataObject) -> None:
    columns = data.draw(columns_of(sample_format))
    samples = Samples("seat", 70, tuple(columns), 1.5)
    back = samples_of(block_of("r", 3, samples, a_stream(sample_format, len(columns))))
    assert [repr(list(channel)) for channel in back.values] == [repr(one) for one in columns]
    assert (back.stream, back.first_index, back.arrived_s) == ("seat", 70, 1.5)


@pytest.mark.parametrize(
    ("sample_format", "code", "bits"),
    [("float32", "f", [0x7F812345, 0xFFC00001]), ("float64", "d", [0x7FF0000000012345, 1 << 63])],
)
def test_a_signalling_nan_keeps_its_payload(
    sample_format: SampleFormat, code: str, bits: list[int]
) -> None:
    raw = struct.pack(f"<2{'I' if code == 'f' else 'Q'}", *bits)
    values: array[float] = array(code)
    values.frombytes(raw)
    for given_values in (values, memoryview(values)):
        block = block_of("r", 0, Samples("seat", 0, (given_values,)), a_stream(sample_format))
        assert block.values == raw
        [back] = samples_of(block).values
        assert isinstance(back, array)
        assert back.tobytes() == raw


def test_bytes_are_little_endian_channel_after_channel() -> None:
    block = block_of("r", 0, Samples("seat", 0, ([1, 2], [3, 4])), a_stream("int16", 2))
    assert block.values == bytes([1, 0, 2, 0, 3, 0, 4, 0])
    assert (block.n_channels, block.n_samples, block.next_index) == (2, 2, 2)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("other", ([1], [2])),
        ("seat", ([1],)),
        ("seat", ()),
        ("seat", ([1], [2, 3])),
        ("seat", ([1], [40000])),
        ("seat", ([1], [0.5])),
        ("seat", (array("i", [1]), array("d", [2.0]))),
    ],
)
def test_what_does_not_fit_its_stream_is_refused(
    name: str, values: tuple[Sequence[float], ...]
) -> None:
    with pytest.raises(RecordingError, match="Stream 'seat' is described as 2 channels of int16"):
        block_of("r", 0, Samples(name, 0, values), a_stream("int16", 2))


def test_an_array_of_another_type_is_converted_and_not_taken_for_bytes() -> None:
    block = block_of("r", 0, Samples("seat", 0, (array("i", [1, -2]),)), a_stream("int16"))
    assert list(samples_of(block).values[0]) == [1, -2]


def test_a_block_of_the_wrong_length_is_refused() -> None:
    block = block_of("r", 0, Samples("seat", 0, ([1, 2],)), a_stream("int32"))
    object.__setattr__(block, "values", block.values[:-1])
    with pytest.raises(RecordingError, match="7 bytes where 8 belong"):
        samples_of(block)


@given(st.dictionaries(st.text(), st.floats() | st.text() | st.none() | st.booleans()))
def test_plain_data_comes_back_from_text(data: dict[str, object]) -> None:
    text = text_of(data)
    text.encode("ascii")
    assert repr(plain_of(text)) == repr(data)


def test_records_are_the_same_whatever_the_order_of_their_keys() -> None:
    one = EventRecord("r", 1, {"a": float("nan"), "b": 2})
    assert is_same(one, EventRecord("r", 1, {"b": 2, "a": float("nan")}))
    assert not is_same(one, EventRecord("r", 1, {"a": 1, "b": 2}))
    assert not is_same(one, EventRecord("r", 2, one.data))
