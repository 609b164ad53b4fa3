"""What every back end of `levator.storage` must do: inherit, open, run with pytest.

    class TestMine(PersistentRepositorySuite):
        def opened(self, folder: Path) -> Repository:
            return open_repository(f"sqlite:///{folder}/levator.db")

`RepositorySuite` is for storage that ends with the process, `PersistentRepositorySuite` for
storage that does not.
"""

from __future__ import annotations

import math
import struct
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread

from levator.errors import LevatorError, RecordingError, StorageError
from levator.records.model import (
    Batch,
    Block,
    Ending,
    EventRecord,
    Gap,
    InputRecord,
    RecordingHeader,
)
from levator.records.repository import Repository
from levator.signals.samples import SampleFormat

LATER = "2026-11-23T11:00:00+01:00"
#: Quiet and signalling NaN with a payload, infinity, minus zero, the smallest number.
ODD_FLOATS: dict[SampleFormat, bytes] = {
    "float32": struct.pack("<5I", 0x7FC12345, 0x7F812345, 0xFF800000, 0x80000000, 1),
    "float64": struct.pack("<5Q", 0x7FF8000000012345, 0x7FF0000000012345, 0xFFF << 52, 1 << 63, 1),
    "int16": struct.pack("<5h", -32768, 32767, 0, -1, 1),
    "int32": struct.pack("<5i", -(2**31), 2**31 - 1, 0, -1, 1),
}


def a_header(recording_id: str = "one") -> RecordingHeader:
    """Return the header of a recording with one stream, `seat`, at 100 Hz."""
    stream = {"name": "seat", "sampling_frequency_hz": 100.0, "first_index": 0}
    return RecordingHeader(
        id=recording_id,
        started_at="2026-11-23T10:00:00+01:00",
        title="Seat 1",
        context={"streams": [stream | {"sample_format": "int16"}], "share": 0.1 + 0.2},
        versions={"levator": "0.1.0"},
        facts={"weeks_since_birth": 8.0, "cleared_by": "a midwife"},
    )


def a_block(sequence: int, recording_id: str = "one", first_index: int | None = None) -> Block:
    """Return a block of ten samples; where no index is given, each follows the one before."""
    index = sequence * 10 if first_index is None else first_index
    values = struct.pack("<10h", *range(sequence, sequence + 10))
    return Block(recording_id, "seat", sequence, index, "int16", 1, 10, values, sequence / 10)


def refusal(error: type[LevatorError], action: Callable[[], object]) -> str:
    """Return the sentence with which `action` is refused; fails where it is not."""
    try:
        action()
    except error as refused:
        return str(refused)
    raise AssertionError(f"expected {error.__name__}")


class RepositorySuite:
    """The contract of `levator.records.repository`, clause by clause."""

    @abstractmethod
    def opened(self, folder: Path) -> Repository:
        """Return an open repository that keeps whatever it keeps in `folder`."""

    def begun(self, folder: Path, *recording_ids: str) -> Repository:
        """Return a repository in which these recordings (or `one`) are open."""
        repository = self.opened(folder)
        for recording_id in recording_ids or ("one",):
            repository.begin_recording(a_header(recording_id))
        return repository

    def test_a_header_comes_back_whole(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            assert repository.header("one") == a_header()
            assert repository.recordings() == [a_header()]

    def test_an_empty_one_lists_nothing(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            assert repository.recordings() == []

    def test_recordings_are_listed_newest_first(self, tmp_path: Path) -> None:
        with self.begun(tmp_path, "b", "a") as repository:
            repository.begin_recording(replace(a_header("c"), started_at=LATER))
            assert [header.id for header in repository.recordings()] == ["c", "a", "b"]
            assert len(repository.recordings("2026-11-23")) == 3
            assert repository.recordings("2026-11-24") == []

    def test_an_unknown_recording_is_refused_by_every_reader(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            readers = (
                repository.header,
                repository.blocks,
                repository.spans,
                repository.inputs,
                repository.events,
                repository.gaps,
            )
            for read in readers:
                assert "'other'" in refusal(RecordingError, partial(read, "other"))

    def test_samples_come_back_bit_for_bit(self, tmp_path: Path) -> None:
        blocks = [
            Block("one", "seat", place, place * 5, sample_format, 1, 5, values, 0.1)
            for place, (sample_format, values) in enumerate(ODD_FLOATS.items())
        ]
        with self.begun(tmp_path) as repository:
            repository.append(Batch(blocks=tuple(blocks)))
            assert list(repository.blocks("one")) == blocks

    def test_plain_data_comes_back_exactly(self, tmp_path: Path) -> None:
        data = {"x": [0.1 + 0.2, 5e-324, 1e308, -0.0, 2**60], "none": None, "yes": True}
        odd = {"text": "hé\x00\ud800 漢'\"\\", "nested": {"b": 1, "a": {}}, "nan": math.nan}
        with self.begun(tmp_path) as repository:
            repository.append(
                Batch(
                    inputs=(InputRecord("one", 0, 7, data),),
                    events=(EventRecord("one", 1, odd),),
                )
            )
            [given], [event] = repository.inputs("one"), repository.events("one")
        assert (given.at_index, repr(given.data)) == (7, repr(data))
        assert repr(event.data) == repr(odd)

    def test_everything_is_read_in_the_order_of_sequence(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            for place in (3, 0, 2):
                repository.append(
                    Batch(
                        blocks=(a_block(place),),
                        inputs=(InputRecord("one", place, 0, {}),),
                        events=(EventRecord("one", place, {}),),
                    )
                )
            assert [block.sequence for block in repository.blocks("one")] == [0, 2, 3]
            assert [given.sequence for given in repository.inputs("one")] == [0, 2, 3]
            assert [event.sequence for event in repository.events("one")] == [0, 2, 3]
            assert [span.first_index for span in repository.spans("one")] == [0, 20, 30]

    def test_a_batch_holds_whole_recordings_of_many_rooms(self, tmp_path: Path) -> None:
        names = [f"room-{number}" for number in range(20)]
        batch = Batch(
            begun=tuple(a_header(name) for name in names),
            blocks=tuple(a_block(place, name) for place in range(3) for name in names),
            endings=tuple(Ending(name, LATER, "stop") for name in names),
        )
        with self.opened(tmp_path) as repository:
            repository.append(batch)
            for name in names:
                assert [block.sequence for block in repository.blocks(name)] == [0, 1, 2]
                assert repository.header(name).state == "closed"

    def test_the_same_batch_may_come_again(self, tmp_path: Path) -> None:
        batch = Batch(
            begun=(a_header(),),
            blocks=(a_block(0), a_block(1)),
            inputs=(InputRecord("one", 2, 20, {"kind": "start", "x": math.nan}),),
            events=(EventRecord("one", 3, {"type": "SetStarted"}),),
            endings=(Ending("one", LATER, "stop"),),
        )
        with self.opened(tmp_path) as repository:
            repository.append(replace(batch, blocks=batch.blocks[:1], endings=()))
            for _ in range(2):
                repository.append(batch)
            assert list(repository.blocks("one")) == list(batch.blocks)
            assert len(repository.inputs("one")) == len(repository.events("one")) == 1

    def test_something_else_at_a_taken_place_is_refused(self, tmp_path: Path) -> None:
        others = (
            Batch(begun=(replace(a_header(), title="Seat 2"),)),
            Batch(blocks=(replace(a_block(0), values=bytes(20)),)),
            Batch(inputs=(InputRecord("one", 1, 10, {"kind": "stop"}),)),
            Batch(events=(EventRecord("one", 2, {"type": "SetEnded"}),)),
        )
        with self.begun(tmp_path) as repository:
            repository.append(
                Batch(
                    blocks=(a_block(0),),
                    inputs=(InputRecord("one", 1, 10, {"kind": "start"}),),
                    events=(EventRecord("one", 2, {"type": "SetStarted"}),),
                )
            )
            for other in others:
                refusal(RecordingError, partial(repository.append, other))
            assert repository.header("one") == a_header()
            assert list(repository.blocks("one")) == [a_block(0)]

    def test_a_refused_batch_leaves_nothing(self, tmp_path: Path) -> None:
        batch = Batch(
            begun=(a_header("two"),), blocks=(a_block(0), a_block(0, "two"), a_block(0, "never"))
        )
        with self.begun(tmp_path) as repository:
            refusal(RecordingError, lambda: repository.append(batch))
            assert list(repository.blocks("one")) == []
            assert repository.recordings() == [a_header()]

    def test_what_has_ended_stays_as_it_is(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            repository.append(Batch(blocks=(a_block(0),)))
            repository.close_recording("one", LATER, "stop")
            repository.append(Batch(blocks=(a_block(0),)))
            more = Batch(blocks=(a_block(0), a_block(1)))
            assert "ended" in refusal(RecordingError, lambda: repository.append(more))
            refusal(RecordingError, lambda: repository.close_recording("one", LATER, "pain"))
            assert list(repository.blocks("one")) == [a_block(0)]
            ended = replace(a_header(), state="closed", closed_at=LATER, ended_by="stop")
            assert repository.header("one") == ended

    def test_what_is_returned_is_a_copy(self, tmp_path: Path) -> None:
        header, data = a_header(), {"kind": "start"}
        with self.opened(tmp_path) as repository:
            repository.append(Batch(begun=(header,), inputs=(InputRecord("one", 0, 0, data),)))
            header.context["share"] = data["kind"] = "changed"
            repository.header("one").context.clear()
            repository.inputs("one")[0].data.clear()
            assert repository.header("one") == a_header()
            assert repository.inputs("one")[0].data == {"kind": "start"}

    def test_gaps_are_found_by_index(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            repository.append(Batch(blocks=(a_block(0, first_index=5), a_block(1, first_index=40))))
            assert repository.gaps("one") == [Gap("one", "seat", 0, 5), Gap("one", "seat", 15, 25)]

    def test_what_was_left_open_is_ended_as_interrupted(self, tmp_path: Path) -> None:
        with self.begun(tmp_path, "done", "left") as repository:
            repository.append(Batch(blocks=(a_block(0, "left"),)))
            repository.close_recording("done", LATER, "stop")
            assert [header.id for header in repository.recover_interrupted(LATER)] == ["left"]
            assert repository.recover_interrupted("2026-11-23T12:00:00+01:00") == []
            left = repository.header("left")
            assert (left.state, left.closed_at) == ("interrupted", LATER)
            assert repository.header("done").state == "closed"
            assert repository.gaps("left") == [Gap("left", "seat", 10, None)]
            assert repository.gaps("done") == []
            refusal(RecordingError, lambda: repository.append(Batch(blocks=(a_block(1, "left"),))))

    def test_one_reads_while_another_appends(self, tmp_path: Path) -> None:
        seen: list[list[int]] = []
        with self.begun(tmp_path) as repository:

            def read() -> None:
                seen.extend(
                    [block.sequence for block in repository.blocks("one")] for _ in "ab" * 9
                )

            reader = Thread(target=read)
            reader.start()
            for place in range(0, 60, 3):
                batch = Batch(blocks=tuple(a_block(place + step) for step in range(3)))
                repository.append(batch)
            reader.join()
        # Whole batches, in order, never a part of one.
        assert all(places == list(range(len(places))) for places in seen)
        assert all(len(places) % 3 == 0 for places in seen)
        assert len(seen) == 18

    def test_free_room_is_told_or_unknown(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            free = repository.free_bytes()
            assert free is None or free > 0

    def test_it_may_be_closed_twice(self, tmp_path: Path) -> None:
        repository = self.opened(tmp_path)
        repository.close()
        repository.close()


class PersistentRepositorySuite(RepositorySuite):
    """And what storage must do that outlives the process."""

    def test_it_is_all_there_after_opening_again(self, tmp_path: Path) -> None:
        blocks = [a_block(place) for place in range(2500)]
        with self.begun(tmp_path) as repository:
            repository.append(Batch(blocks=tuple(blocks)))
            repository.append(Batch(events=(EventRecord("one", 2500, {"x": 0.1}),)))
            repository.close_recording("one", LATER, "stop")
        with self.opened(tmp_path) as repository:
            assert list(repository.blocks("one")) == blocks
            assert repository.events("one") == [EventRecord("one", 2500, {"x": 0.1})]
            assert repository.header("one").ended_by == "stop"

    def test_an_interrupted_one_is_ended_after_opening_again(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as repository:
            repository.append(Batch(blocks=(a_block(0),)))
        for interrupted in (["one"], []):
            with self.opened(tmp_path) as repository:
                found = repository.recover_interrupted(LATER)
                assert [header.id for header in found] == interrupted
                assert repository.gaps("one") == [Gap("one", "seat", 10, None)]

    def test_only_one_may_record_but_others_may_read(self, tmp_path: Path) -> None:
        with self.begun(tmp_path) as first:
            first.recover_interrupted(LATER)
            first.begin_recording(a_header("two"))
            with self.opened(tmp_path) as second:
                refusal(StorageError, lambda: second.recover_interrupted(LATER))
                assert second.header("two").state == "open"
        with self.opened(tmp_path) as third:
            assert [header.id for header in third.recover_interrupted(LATER)] == ["two"]
