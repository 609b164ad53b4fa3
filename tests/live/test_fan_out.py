"""Many screens on one server: one that does not read loses nothing and delays nobody."""

import asyncio

import pytest

from benchmarks import rooms
from benchmarks.rooms import Measured
from benchmarks.viewers import Seen
from levator.live.viewer import Viewer
from tests.live.seats import a_room, person_in, reference, until


@pytest.fixture(scope="module")
def seen() -> Measured:
    """Three rooms with two viewers each; the process of one viewer is stopped for a while."""
    return rooms.measure(3, 6.0, 3.0)


def test_no_sample_is_lost_on_the_way_to_any_viewer(seen: Measured) -> None:
    for viewer in (*seen.others, seen.stopped):
        assert viewer.end > viewer.first
        assert rooms.lost_at(viewer, seen.recorded[viewer.room]) == 0


def test_no_sample_is_missing_in_any_recording(seen: Measured) -> None:
    assert len(seen.recorded) == 3
    assert all(end > first and not missing for first, end, missing in seen.recorded.values())


def test_the_others_go_on_while_one_is_stopped(seen: Measured) -> None:
    # Well within the stop: the process may run again before its end has been noted here.
    still_s, until_s = seen.from_s + 0.5, seen.until_s - 0.5
    assert not [at_s for at_s in seen.stopped.at_s if still_s < at_s < until_s]
    for viewer in seen.others:
        assert [at_s for at_s in viewer.at_s if still_s < at_s < until_s]
    assert [at_s for at_s in seen.stopped.at_s if at_s > seen.until_s]
    assert seen.is_alive


def test_a_viewer_whose_socket_is_full_holds_up_no_other_and_misses_nothing() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room):
            is_open = asyncio.Event()
            stuck, free = Seen(room.number, "patient"), Seen(room.number, "therapist")

            async def send_text(text: str) -> None:
                pass

            async def send_when_open(frame: bytes) -> None:
                await is_open.wait()
                stuck.take(frame)

            async def send_at_once(frame: bytes) -> None:
                free.take(frame)

            tasks = []
            for sending in (send_when_open, send_at_once):
                viewer: Viewer = room.audience.enter(person_in(clinic, room))
                viewer.ready(-1, ())
                tasks.append(asyncio.create_task(viewer.serve(room, send_text, sending)))
            await until(lambda: free.end > 1000)
            assert stuck.at_s == []
            is_open.set()
            await until(lambda: stuck.end > 1000)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for one in (stuck, free):
                assert (one.missing, one.empty) == (0, 0)
            assert stuck.first == free.first
            assert len(stuck.at_s) < len(free.at_s)

    reference()
    asyncio.run(sitting())
