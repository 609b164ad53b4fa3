"""The report of a calibration prints what came of it, from the stored samples."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from levator.devices.simulator.driver import Simulator
from levator.live.asking import Asked
from levator.reports import SessionReport, session_report, to_html
from levator.signals.phases import Calibrated, CalibrationFailed, RestMeasured, TrialMeasured
from levator.signals.reference import Reference
from tests.live.seats import a_room, person_in, until, watching


def calibration(behaviour: str) -> tuple[SessionReport, Reference | None]:
    """The report of a guided calibration over a room, and the reference that it gave there."""

    async def sitting() -> tuple[SessionReport, Reference | None]:
        opened = a_room("&speed=200", is_calibrated=False)
        async with opened as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            assert isinstance(room.device, Simulator)
            room.device.behave(behaviour)
            room.ask(Asked("calibrate"), "therapist")
            await until(lambda: room.stage == "session" or room.refusal is not None)
            given = room.state.context.uses[0].reference
            saved = clinic.repository.recordings
            await until(lambda: any(one.state == "closed" for one in saved()))
            (measured,) = [one.id for one in saved() if one.state == "closed"]
            return session_report(clinic.repository, measured), given

    return asyncio.run(sitting())


def test_the_results_are_those_that_she_was_told() -> None:
    report, given = calibration("lift")
    last = report.measured[-1]
    assert isinstance(last, Calibrated)
    assert given is not None
    assert replace(last.reference, context=None) == replace(given, context=None)
    assert len([one for one in report.measured if isinstance(one, TrialMeasured)]) == 3
    page = to_html(report, "en")
    assert "What was measured" in page
    assert f"0 % is {given.rest:.2f} N, 100 % is {given.reference:.2f} N." in page


def test_what_failed_is_there_with_its_numbers() -> None:
    report, given = calibration("strain")
    assert given is None
    assert isinstance(report.measured[0], RestMeasured)
    failed = [one for one in report.measured if isinstance(one, CalibrationFailed)]
    assert [one.is_last for one in failed] == [False, False, True]
    page = to_html(report, "nl")
    assert "Spreiding in rust" in page
    assert page.count("Vanaf rust: optrekken") == 3
    # The third time nothing is tried once more.
    assert page.count("nog een keer") == 2
