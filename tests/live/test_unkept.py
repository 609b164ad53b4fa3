"""What the recorder cannot keep is a gap for the engine too, live as it replays; and what a full
disk never takes does not hold up the end.
"""

import asyncio
from dataclasses import replace

import pytest

from levator.errors import StorageError
from levator.live.asking import Asked
from levator.live.recorder import Recorder
from levator.live.rooms import Rooms
from levator.live.writer import Writer
from levator.records.replay import load_session
from levator.reports.stored import context_in, inputs_in
from levator.signals.samples import Samples, Stream
from levator.training.plain import event_to_plain
from levator.training.replay import run
from tests.live.seats import SEAT, clinic_on, person_in, reference, sitting_at, until, watching
from tests.live.test_recorder import Obstructed


class Full(Recorder):
    """A recorder with little memory, that counts what it could not keep."""

    refused = 0

    def put_samples(self, recording_id: str, samples: Samples, stream: Stream) -> bool:
        is_kept = super().put_samples(recording_id, samples, stream)
        self.refused += not is_kept
        return is_kept


def test_blocks_that_are_not_kept_are_not_judged() -> None:
    async def sitting() -> None:
        disk = Obstructed()
        clinic = clinic_on(disk)
        clinic.recorder = recorder = Full(disk, waiting_limit_bytes=200_000)
        clinic.rooms = Rooms(clinic.recorder)
        async with clinic.running():
            wished = replace(sitting_at(clinic, f"{SEAT}&speed=20"), reference=reference())
            room = await clinic.open_room(wished)
            room.calibrate()
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("start"), "therapist")
                await until(lambda: len(room.facts.scored) >= 1)
                disk.failure = StorageError("The disk is full.")
                await until(lambda: recorder.refused > 10, 5.0)
                health, reached = recorder.health(room.recording), room.next_index
                disk.failure = None
                assert health == "not_saving"
                await until(lambda: recorder.health() == "saving")
                await until(lambda: room.next_index > reached + 2000)
                room.ask(Asked("stop"), "patient")
            await until(lambda: room.is_saved)
        assert room.recording is not None
        (gap, *_) = disk.gaps(room.recording)
        assert gap.missing is not None
        stored = load_session(disk, room.recording)
        events = run(context_in(stored.context), inputs_in(stored.inputs))
        assert [event_to_plain(event) for event in events] == stored.events
        told = [one.get("quality") or one.get("verdict") for one in stored.events]
        assert {"gap", "no_signal"} & {*told}, [one["type"] for one in stored.events]

    reference()
    asyncio.run(sitting())


@pytest.mark.parametrize("is_over", [False, True])
@pytest.mark.parametrize("hangs", [False, True])
def test_a_clinic_ends_though_its_disk_takes_nothing(
    is_over: bool, hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    async def sitting() -> None:
        disk = Obstructed()
        clinic = clinic_on(disk)
        async with clinic.running():
            wished = replace(sitting_at(clinic, f"{SEAT}&speed=20"), reference=reference())
            room = await clinic.open_room(wished)
            room.calibrate()
            if hangs:
                monkeypatch.setattr(room.device, "close", for_ever)
            async with watching(room, person_in(clinic, room)):
                room.ask(Asked("start"), "therapist")
                await until(lambda: room.facts.state == "running")
                disk.failure = StorageError("The disk is full.")
                if is_over:
                    room.ask(Asked("pain"), "patient")
                    await asyncio.sleep(0.1)

    async def bounded() -> None:
        async with asyncio.timeout(15):
            with pytest.raises(StorageError, match="could not be saved before stopping"):
                await sitting()
            # With a sensor that hangs too the loop's own end lets go of the room.
            assert hangs or asyncio.all_tasks() == {asyncio.current_task()}

    stop = Writer.stop
    monkeypatch.setattr(Writer, "stop", lambda self, patience_s: stop(self, 0.2))
    monkeypatch.setattr("levator.live.rooms.SAVED_WITHIN_S", 0.2)
    reference()
    asyncio.run(bounded())
