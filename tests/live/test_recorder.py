"""The recorder: lossless, in order, never waiting for the disk."""

import asyncio
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from levator.errors import LevatorError, RecordingError, StorageError
from levator.live.recorder import FULL_DISK_BYTES, LOW_DISK_BYTES, Recorder
from levator.records.model import Batch, Gap
from levator.records.replay import load_session
from levator.signals.samples import Channel, Samples, Stream
from levator.storage import open_repository
from levator.storage.memory import MemoryRepository
from levator.testing.repository import a_header
from tests.waiting import wait_for

STREAM = Stream("seat", 100.0, (Channel("force", "force", "N"),), "int16")


class Obstructed(MemoryRepository):
    """Memory with a disk that can be made to hang, fail, fill up or refuse a recording."""

    def __init__(self) -> None:
        super().__init__()
        self.has_entered = Event()
        self.lets_through = Event()
        self.lets_through.set()
        self.failure: Exception | None = None
        self.refused = ""
        self.free: int | None = None
        self.batches: list[Batch] = []

    def append(self, batch: Batch) -> None:
        self.has_entered.set()
        self.lets_through.wait()
        if self.failure:
            raise self.failure
        if self.refused in batch.recording_ids:
            raise RecordingError("It does not fit.")
        super().append(batch)
        self.batches.append(batch)

    def free_bytes(self) -> int | None:
        return self.free


class Clock:
    """The machine's monotonic clock, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


@pytest.fixture
def disk() -> Obstructed:
    return Obstructed()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(disk: Obstructed, clock: Clock) -> Iterator[Recorder]:
    recorder = Recorder(disk, clock=clock)
    recorder.start()
    yield recorder
    disk.failure = None
    disk.lets_through.set()
    recorder.stop()


def a_block_of_samples(number: int) -> Samples:
    values = array("h", range(number, number + 10))
    return Samples("seat", number * 10, (values,), number / 10)


def put(recorder: Recorder, count: int, name: str = "one", first: int = 0) -> list[bool]:
    blocks = [a_block_of_samples(number) for number in range(first, first + count)]
    return [recorder.put_samples(name, block, STREAM) for block in blocks]


def finish(recorder: Recorder, name: str = "one") -> None:
    asyncio.run(recorder.finish(name, "stop"))


def refused(error: type[LevatorError], action: Callable[[], object]) -> str:
    with pytest.raises(error) as refusal:
        action()
    return str(refusal.value)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_everything_comes_back_in_the_order_in_which_it_was_put(kind: str, tmp_path: Path) -> None:
    url = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/a.db"}[kind]
    repository = open_repository(url)
    recorder = Recorder(repository, now=lambda: "2026-11-23T11:00:00+01:00")
    assert recorder.start() == []
    recorder.begin(a_header())
    recorder.put_input("one", {"kind": "start"}, 0)
    put(recorder, 2)
    recorder.put_event("one", {"type": "SetStarted", "x": 0.1})
    recorder.put_input("one", {"kind": "stop"}, 20)
    put(recorder, 1, first=2)
    finish(recorder)
    recorder.stop()

    session = load_session(repository, "one")
    blocks = [a_block_of_samples(number) for number in range(3)]
    assert list(session.inputs) == [{"kind": "start"}, *blocks[:2], {"kind": "stop"}, blocks[2]]
    assert session.events == [{"type": "SetStarted", "x": 0.1}]
    assert session.header == replace(
        a_header(), state="closed", closed_at="2026-11-23T11:00:00+01:00", ended_by="stop"
    )
    repository.close()


def test_what_is_acknowledged_is_stored(recorder: Recorder, disk: Obstructed) -> None:
    recorder.begin(a_header())
    assert recorder.acknowledged("one") == {}
    put(recorder, 5)
    wait_for(lambda: recorder.acknowledged("one") == {"seat": 50})
    assert len(list(disk.blocks("one"))) == 5
    assert recorder.health("one") == "saving"


def test_all_rooms_go_in_one_transaction(recorder: Recorder, disk: Obstructed) -> None:
    names = [f"room-{number}" for number in range(20)]
    recorder.begin(a_header())
    wait_for(lambda: len(disk.batches) == 1)
    disk.lets_through.clear()
    for name in names:
        recorder.begin(a_header(name))
        put(recorder, 10, name)
    disk.lets_through.set()
    wait_for(lambda: all(recorder.acknowledged(name) == {"seat": 100} for name in names))
    # The first may have gone when only a part had been put.
    assert len(disk.batches) <= 3
    assert max(len(batch.recording_ids) for batch in disk.batches) >= 10


def test_a_disk_that_hangs_stops_nobody(recorder: Recorder, disk: Obstructed, clock: Clock) -> None:
    recorder.begin(a_header())
    wait_for(lambda: recorder.waited_s() == 0)
    disk.lets_through.clear()
    disk.has_entered.clear()
    assert put(recorder, 1000) == [True] * 1000
    assert recorder.health("one") == "saving"
    assert disk.has_entered.wait(30)
    clock.ahead_s = 1.0
    assert recorder.health("one") == "behind"
    clock.ahead_s = 60.0
    assert recorder.health("one") == "not_saving"
    assert recorder.slowest_commit_s > 50
    disk.lets_through.set()
    wait_for(lambda: recorder.acknowledged("one") == {"seat": 10_000})
    assert recorder.health("one") == "saving"
    assert disk.gaps("one") == []


def test_a_failure_is_shown_and_made_good(recorder: Recorder, disk: Obstructed) -> None:
    recorder.begin(a_header())
    put(recorder, 1)
    wait_for(lambda: recorder.acknowledged("one") == {"seat": 10})
    disk.failure = StorageError("The disk is full.")
    put(recorder, 50, first=1)
    wait_for(lambda: recorder.health("one") == "not_saving")
    assert recorder.health() == "not_saving"
    assert "Nothing can be saved now" in refused(
        StorageError, lambda: recorder.begin(a_header("two"))
    )
    put(recorder, 50, first=51)
    assert recorder.acknowledged("one") == {"seat": 10}
    disk.failure = None
    wait_for(lambda: recorder.health() == "saving" and recorder.waited_s() == 0)
    finish(recorder)
    assert [block.first_index for block in disk.blocks("one")] == list(range(0, 1010, 10))
    recorder.begin(a_header("two"))


def test_when_memory_is_full_the_rest_is_a_gap_and_inputs_are_kept(disk: Obstructed) -> None:
    recorder = Recorder(disk, waiting_limit_bytes=3000)
    recorder.start()
    recorder.begin(a_header())
    wait_for(lambda: recorder.waited_s() == 0)
    disk.failure = StorageError("The disk is full.")
    kept = put(recorder, 10)
    recorder.put_input("one", {"kind": "stop"}, 100)
    recorder.put_event("one", {"type": "SessionEnded"})
    assert kept == [True] * kept.count(True) + [False] * kept.count(False)
    assert 1 < kept.count(True) < 9
    disk.failure = None
    wait_for(lambda: recorder.waited_s() == 0)
    put(recorder, 1, first=10)
    finish(recorder)
    recorder.stop()
    first = kept.count(True) * 10
    assert disk.gaps("one") == [Gap("one", "seat", first, 100 - first)]
    assert len(disk.inputs("one")) == len(disk.events("one")) == 1


def test_a_recording_that_does_not_fit_harms_no_other(recorder: Recorder, disk: Obstructed) -> None:
    disk.refused = "bad"
    recorder.begin(a_header())
    recorder.begin(a_header("bad"))
    put(recorder, 3, "bad")
    put(recorder, 3)
    wait_for(lambda: recorder.health("bad") == "not_saving")
    assert recorder.health("one") == "saving"
    assert recorder.acknowledged("bad") == {}
    with pytest.raises(RecordingError, match="does not fit"):
        finish(recorder, "bad")
    finish(recorder)
    assert len(list(disk.blocks("one"))) == 3


def test_what_cannot_be_stored_fails_where_it_is_put(recorder: Recorder) -> None:
    recorder.begin(a_header())
    with pytest.raises(TypeError):
        recorder.put_event("one", {"type": object()})
    with pytest.raises(TypeError):
        recorder.begin(replace(a_header("two"), context={"streams": {1, 2}}))
    refused(RecordingError, lambda: recorder.put_samples("one", Samples("emg", 0, ([1],)), STREAM))
    put(recorder, 1)
    finish(recorder)


def test_what_was_put_does_not_change_afterwards(recorder: Recorder, disk: Obstructed) -> None:
    disk.lets_through.clear()
    header, data = a_header(), {"kind": "start"}
    values = array("h", [1, 2])
    recorder.begin(header)
    recorder.put_input("one", data, 0)
    recorder.put_samples("one", Samples("seat", 0, (values,)), STREAM)
    header.context.clear()
    data.clear()
    values[0] = 9
    disk.lets_through.set()
    finish(recorder)
    assert disk.header("one").context == a_header().context
    assert list(load_session(disk, "one").inputs) == [
        {"kind": "start"},
        Samples("seat", 0, (array("h", [1, 2]),)),
    ]


def test_only_a_running_recording_takes_records(recorder: Recorder) -> None:
    for action in (
        lambda: put(recorder, 1),
        lambda: recorder.put_input("one", {}, 0),
        lambda: recorder.put_event("one", {}),
        lambda: recorder.acknowledged("one"),
        lambda: finish(recorder),
    ):
        assert "does not run" in refused(RecordingError, action)
    recorder.begin(a_header())
    assert "runs already" in refused(RecordingError, lambda: recorder.begin(a_header()))
    finish(recorder)
    assert "does not run" in refused(RecordingError, lambda: put(recorder, 1))


def test_being_tired_of_waiting_loses_nothing(recorder: Recorder, disk: Obstructed) -> None:
    recorder.begin(a_header())
    disk.failure = StorageError("The disk is full.")

    async def impatient() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(recorder.finish("one", "stop"), 0.05)

    asyncio.run(impatient())
    disk.failure = None
    wait_for(lambda: bool(disk.recordings()) and disk.header("one").state == "closed")


@pytest.mark.parametrize(
    ("free", "says"),
    [
        (None, "plenty"),
        (LOW_DISK_BYTES, "plenty"),
        (LOW_DISK_BYTES - 1, "low"),
        (FULL_DISK_BYTES, "low"),
        (FULL_DISK_BYTES - 1, "full"),
    ],
)
def test_a_disk_that_fills_up_is_told_before_it_is_full(
    disk: Obstructed, free: int | None, says: str
) -> None:
    disk.free = free
    recorder = Recorder(disk)
    recorder.start()
    assert recorder.disk == says
    if says == "full":
        assert "100 MiB" in refused(StorageError, lambda: recorder.begin(a_header()))
    else:
        recorder.begin(a_header())
    recorder.stop()


def test_the_disk_is_looked_at_again(recorder: Recorder, disk: Obstructed, clock: Clock) -> None:
    disk.free = LOW_DISK_BYTES - 1
    clock.ahead_s = 2.0
    wait_for(lambda: recorder.disk == "low")


def test_stopping_saves_what_waits(disk: Obstructed) -> None:
    recorder = Recorder(disk)
    recorder.start()
    recorder.begin(a_header())
    put(recorder, 12_000)
    recorder.stop()
    assert len(list(disk.blocks("one"))) == 12_000
    assert len(disk.batches) >= 3


def test_stopping_says_what_could_not_be_saved(disk: Obstructed) -> None:
    recorder = Recorder(disk)
    recorder.start()
    disk.failure = StorageError("The disk is full.")
    recorder.begin(a_header())
    put(recorder, 2)
    assert "3 records could not be saved" in refused(StorageError, lambda: recorder.stop(0.05))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_died_is_seen(disk: Obstructed) -> None:
    recorder = Recorder(disk)
    recorder.start()
    disk.failure = KeyError("a bug")
    recorder.begin(a_header())
    wait_for(lambda: recorder.health() == "not_saving")
    refused(StorageError, lambda: recorder.stop(0.05))


def test_a_log_on_the_same_full_disk_does_not_end_the_recorder(
    recorder: Recorder, disk: Obstructed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("levator.live.writer._log.warning", full)
    disk.failure = StorageError("The disk is full.")
    recorder.begin(a_header())
    wait_for(lambda: recorder.health() == "not_saving")
    disk.failure = None
    wait_for(lambda: recorder.health() == "saving")
    finish(recorder)


def test_starting_ends_what_was_left_open(disk: Obstructed) -> None:
    disk.begin_recording(a_header())
    recorder = Recorder(disk, now=lambda: "2026-11-23T12:00:00+01:00")
    assert [header.id for header in recorder.start()] == ["one"]
    assert disk.header("one").state == "interrupted"
    assert disk.header("one").closed_at == "2026-11-23T12:00:00+01:00"
    recorder.stop()


def test_the_time_of_day_says_its_offset(disk: Obstructed) -> None:
    recorder = Recorder(disk)
    recorder.start()
    recorder.begin(a_header())
    finish(recorder)
    recorder.stop()
    assert disk.header("one").closed_at
    assert str(disk.header("one").closed_at)[-6] in "+-"
