"""Levels that are known beforehand fit the channel, or no room is opened."""

import asyncio
from dataclasses import replace

import pytest

from levator.devices.device import open_device
from levator.errors import UnitError
from levator.signals.reference import Reference
from tests.live.seats import clinic_in_memory, reference, sitting_at


def test_levels_in_another_unit_open_no_room() -> None:
    async def opening() -> None:
        clinic = clinic_in_memory()
        async with clinic.running():
            volts = replace(sitting_at(clinic), reference=Reference("declared", 3.0, 41.0, "V"))
            with pytest.raises(UnitError, match=r"in V, but .* is in N; write them in N"):
                await clinic.open_room(volts)
            assert clinic.rooms.rooms == {}
            held = replace(sitting_at(clinic), reference=reference())
            assert (await clinic.rooms.open(held, open_device(held.device_url))).number

    reference()
    asyncio.run(opening())
