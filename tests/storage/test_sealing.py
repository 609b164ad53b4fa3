"""A recording that has ended is sealed: smaller, checksummed, and the same to every reader."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import event

from levator.errors import RecordingError
from levator.formats import sealed
from levator.records.model import Batch, Block, EventRecord, InputRecord
from levator.storage import open_repository
from levator.storage.migrations import migrate
from levator.storage.sql import repository as sql_repository
from levator.storage.sql import sealing
from levator.storage.sql.sqlite import SqliteRepository
from levator.testing.repository import LATER, ODD_FLOATS, a_block, a_header, refusal


def opened(folder: Path) -> SqliteRepository:
    repository = open_repository(f"sqlite:///{folder}/levator.db")
    assert isinstance(repository, SqliteRepository)
    return repository


def blocks_of(name: str, count: int = 40) -> tuple[Block, ...]:
    """Return blocks of two streams that take turns, one late, one empty, one unknown arrival."""
    mixed = [
        replace(a_block(place, name), stream=("seat", "emg")[place % 2]) for place in range(count)
    ]
    mixed[4] = replace(mixed[4], arrived_s=None)
    mixed[6] = replace(mixed[6], n_samples=0, values=b"")
    mixed[8] = replace(mixed[8], first_index=mixed[2].first_index)
    odd = [
        Block(name, "seat", count + place, 5000 + place * 5, kind, 1, 5, values, 0.1)
        for place, (kind, values) in enumerate(ODD_FLOATS.items())
    ]
    return (*mixed, *odd)


def closed(folder: Path, *names: str) -> SqliteRepository:
    repository = opened(folder)
    for name in names or ("one",):
        repository.begin_recording(a_header(name))
        extra = Batch(
            blocks=blocks_of(name),
            inputs=(InputRecord(name, 900, 3, {"kind": "start"}),),
            events=(EventRecord(name, 901, {"type": "SetStarted"}),),
        )
        repository.append(extra)
        repository.close_recording(name, LATER, "stop")
    return repository


def content(repository: SqliteRepository, name: str = "one") -> object:
    return (
        repository.header(name),
        list(repository.blocks(name)),
        repository.spans(name),
        repository.gaps(name),
        repository.inputs(name),
        repository.events(name),
    )


def counted(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / "levator.db")
    [number] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    assert isinstance(number, int)
    return number


def test_every_reader_gives_the_same_before_and_after(tmp_path: Path) -> None:
    with closed(tmp_path) as repository:
        before = content(repository)
        assert list(repository.seal_ended()) == ["one"]
        assert content(repository) == before
        assert (counted(tmp_path, "sample_block"), counted(tmp_path, "sealed_part")) == (0, 6)
        assert list(repository.seal_ended()) == []
    with opened(tmp_path) as repository:
        assert content(repository) == before


def test_what_still_runs_is_left_alone(tmp_path: Path) -> None:
    with closed(tmp_path, "a", "c") as repository:
        repository.begin_recording(a_header("b"))
        repository.append(Batch(blocks=(a_block(0, "b"),)))
        assert list(repository.seal_ended()) == ["a", "c"]
        repository.append(Batch(blocks=(a_block(1, "b"),)))
        assert [block.sequence for block in repository.blocks("b")] == [0, 1]


def test_a_sealed_one_takes_the_same_records_again_and_no_others(tmp_path: Path) -> None:
    with closed(tmp_path) as repository:
        list(repository.seal_ended())
        repository.append(Batch(blocks=blocks_of("one")))
        other = replace(blocks_of("one")[3], values=bytes(20))
        refusal(RecordingError, lambda: repository.append(Batch(blocks=(other,))))
        more = Batch(blocks=(a_block(2000),))
        assert "ended" in refusal(RecordingError, lambda: repository.append(more))


def test_a_reader_who_is_half_way_reads_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_repository, "PAGE_BLOCKS", 7)
    with closed(tmp_path) as repository:
        reader = repository.blocks("one")
        begun = [next(reader) for _ in range(10)]
        list(repository.seal_ended())
        assert [*begun, *reader] == list(blocks_of("one"))


@pytest.mark.parametrize("cut_at", range(1, 14))
def test_cut_off_anywhere_and_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    """Every transaction of a round fails once; readers see the whole recording each time."""
    monkeypatch.setattr(sealing, "CLEAR_BLOCKS", 9)
    with closed(tmp_path) as repository:
        before, left = content(repository), [cut_at]

        def cut(_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        event.listen(repository._engine, "commit", cut)
        with pytest.raises(KeyboardInterrupt):
            list(repository.seal_ended())
        event.remove(repository._engine, "commit", cut)
        assert content(repository) == before
    with opened(tmp_path) as repository:
        list(repository.seal_ended())
        assert content(repository) == before
        assert counted(tmp_path, "sample_block") == 0


def test_one_that_cannot_be_sealed_stays_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(part: list[Block]) -> bytes:
        return sealed.seal(part) if part[0].recording_id != "a" else _refuse()

    def _refuse() -> NoReturn:
        raise RecordingError("Recording %(recording)r cannot be sealed.", recording="a")

    monkeypatch.setattr(sealing, "seal", refuse)
    with closed(tmp_path, "a", "b") as repository:
        before = content(repository, "a")
        assert list(repository.seal_ended()) == ["b"]
        assert content(repository, "a") == before


def test_parts_that_lack_a_block_never_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "parts_of", lambda blocks: list(sealed.parts_of(blocks))[1:])
    with closed(tmp_path) as repository:
        before = content(repository)
        assert list(repository.seal_ended()) == []
        assert content(repository) == before


def test_a_damaged_byte_on_the_disk_is_said(tmp_path: Path) -> None:
    with closed(tmp_path) as repository:
        list(repository.seal_ended())
    connection = sqlite3.connect(tmp_path / "levator.db")
    [written] = connection.execute("SELECT content FROM sealed_part LIMIT 1").fetchone()
    damaged = written[:-3] + bytes([written[-3] ^ 4]) + written[-2:]
    with connection:
        connection.execute(
            "UPDATE sealed_part SET content = ? WHERE content = ?", (damaged, written)
        )
    connection.close()
    with opened(tmp_path) as repository, pytest.raises(RecordingError, match="is damaged"):
        list(repository.blocks("one"))


def test_a_part_of_another_recording_is_not_taken(tmp_path: Path) -> None:
    with closed(tmp_path, "a", "b") as repository:
        list(repository.seal_ended())
    connection = sqlite3.connect(tmp_path / "levator.db")
    with connection:
        connection.execute(
            "UPDATE sealed_part SET content = (SELECT content FROM sealed_part WHERE"
            " recording_id = 'b' AND first_sequence = 0)"
            " WHERE recording_id = 'a' AND first_sequence = 0"
        )
    connection.close()
    with opened(tmp_path) as repository, pytest.raises(RecordingError, match="another one"):
        list(repository.blocks("a"))


def test_erasing_takes_the_parts_along(tmp_path: Path) -> None:
    with closed(tmp_path) as repository:
        list(repository.seal_ended())
        with repository.work(writes=True) as work:
            work.erase_recording("one")
        assert repository.recordings() == []
        assert counted(tmp_path, "sealed_part") == 0


def test_the_step_back_gives_every_block_its_place(tmp_path: Path) -> None:
    with closed(tmp_path) as repository:
        before = content(repository)
        list(repository.seal_ended())
        with repository._writing.begin() as connection:
            migrate(connection, "0002")
            assert counted(tmp_path, "sealed_part") > 0
    assert counted(tmp_path, "sample_block") == 44
    with opened(tmp_path) as repository:
        assert content(repository) == before
        assert list(repository.seal_ended()) == ["one"]
