"""Looking again at open rooms: at those of who is erased, and at those that are concerned."""

import asyncio

import pytest

from levator.clinic import Clinic
from levator.clinic.acting import Acts
from levator.clinic.erasing import erase
from tests.clinic.desk import ADMIN, TENANT, actor
from tests.clinic.sitting_down import unmeasured
from tests.clinic.test_sessions_unkept import Frail, run


def looks(clinic: Clinic) -> int:
    """How often her chart was looked at for a room."""
    with clinic.repository.work(writes=False) as work:
        lines = work.audit_lines(TENANT)
    return len([one for one in lines if one.entry.action == "session.check"])


def test_the_room_of_who_was_erased_elsewhere_ends_and_is_forgotten() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await unmeasured(clinic, patient_id)
        await clinic.end_erased()
        assert clinic.rooms.rooms == {room.number: room}
        # Another process, which tells nobody here.
        acts = Acts(repository, clinic.acts.now)
        await asyncio.to_thread(
            erase, acts, actor(ADMIN, "clinic_admin"), patient_id, "her-request"
        )
        await clinic.end_erased()
        assert room.is_over
        assert clinic.rooms.rooms == {}

    run(test)


def test_where_it_cannot_be_looked_up_who_is_erased_her_room_goes_on() -> None:
    async def test(clinic: Clinic, repository: Frail, patient_id: str) -> None:
        room = await unmeasured(clinic, patient_id)
        repository.failing, repository.fails_writing = 1, False
        await clinic.end_erased()
        assert not repository.failing
        assert not room.is_over
        assert clinic.rooms.rooms == {room.number: room}

    run(test)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_was_told_before_she_sat_down_looks_at_no_sitting_of_hers(
    monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    """Else a line more stands in the audit, or one less, by chance."""

    async def test(clinic: Clinic, _: Frail, patient_id: str) -> None:
        room = await unmeasured(clinic, patient_id)
        sittings = clinic.sittings
        led, before = sittings._led.pop(room.number), looks(clinic)
        if is_there:
            sittings._led[room.number] = led

        async def sits_down_meanwhile(_: Clinic) -> None:
            sittings._led[room.number] = led

        monkeypatch.setattr(Clinic, "end_erased", sits_down_meanwhile)
        await clinic._looked_again(patient_id)
        monkeypatch.undo()
        assert looks(clinic) - before == is_there

    run(test)
