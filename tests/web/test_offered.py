"""What each screen is offered, and what becomes of it."""

import asyncio
from typing import get_args

import pytest

from levator.live.asking import MAY_ASK, Asked, AskedDose, AskedKind, Asker, RoomStage, offered
from levator.reports import session_report, to_html
from levator.texts import speaker
from levator.training.states import State
from levator.web.board import tile
from tests.live.seats import (
    a_watched_room,
    reference,
    until,
)
from tests.web.painted import desk, painted

EN = speaker("en")


@pytest.mark.parametrize("asker", get_args(Asker))
def test_every_role_is_offered_exactly_what_it_may_ask(asker: Asker) -> None:
    """A table of its own here: who reads it sees what each screen shows in each state."""
    in_session: dict[State, set[AskedKind]] = {
        "ready": {"start", "dose", "mark"},
        "running": {"pause", "tired", "dose", "mark"},
        "paused": {"resume", "tare", "dose", "mark"},
        "no_signal": set(),
        "tare_needed": {"tare"},
        "taring": set(),
        "set_ended": {"start", "dose", "effort", "mark"},
        "ended": set(),
    }
    assert set(in_session) == set(get_args(State))
    for state, kinds in in_session.items():
        always: set[AskedKind] = {"stop", "pain", "code", "answer"}
        known = offered(asker, "session", state, is_void=False)
        expected = (kinds | always) & MAY_ASK[asker]
        if asker == "patient" and state == "paused":
            expected -= {"tare"}
        assert set(known) == expected, (asker, state)
        void = offered(asker, "session", state, is_void=True)
        assert set(void) <= MAY_ASK[asker]
        assert "start" not in void
        for stage in get_args(RoomStage):
            if stage == "session":
                continue
            given = offered(asker, stage, state, is_void=False)
            assert set(given) <= MAY_ASK[asker]
            assert ("calibrate" in given) == (stage == "open" and asker != "watcher")


def test_who_looks_along_is_shown_everything_and_offered_stop_only() -> None:
    async def sitting() -> None:
        async with a_watched_room() as (clinic, room):
            clinic.rooms.show_code(room)
            room.ask(Asked("start"), "patient")
            await until(lambda: bool(room.facts.scored))
            shown = painted(clinic, room, "watcher")
            assert shown["can"] == ["stop"]
            mine = shown["therapist"]
            assert mine["verdicts"]
            assert (mine["dose"], mine["join"], mine["asking"]) == (None, None, [])

    reference()
    asyncio.run(sitting())


def test_another_cushion_asks_for_the_calibration_and_gets_it() -> None:
    async def sitting() -> None:
        async with a_watched_room() as (clinic, room):
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            room.ask(Asked("mark", mark="cushion"), "therapist")
            shown = painted(clinic, room)
            assert shown["can"] == ["stop", "code", "answer", "calibrate", "mark", "cushion"]
            assert shown["sentence"].endswith("Calibrate again first.")
            assert shown["therapist"]["begin"] == "Begin calibration"
            assert "no longer holds" in shown["therapist"]["curve_title"]
            assert tile(room, EN)["line"] == "To be calibrated again"
            theirs = painted(clinic, room, "patient")
            assert theirs["sentence"] == "The seat has changed, so we measure again first."
            before = room.recording
            room.ask(Asked("start"), "therapist")
            assert room.facts.state == "set_ended"
            room.ask(Asked("calibrate"), "therapist")
            assert (room.stage, room.refusal) == ("calibrating", None)
            assert room.recording != before
            assert desk(clinic, room)["seat"].startswith("Another")
            await until(lambda: room.stage == "session")
            assert not room.is_void
            assert room.state.reference_valid
            assert room.facts.dose_to_come == room.sitting.scheme_dose
            assert before is not None
            await until(lambda: clinic.repository.header(before).state == "closed")
            stored = clinic.repository.header(before)
            assert (stored.state, stored.ended_by) == ("closed", "recalibrate")
            report = session_report(clinic.repository, before)
            assert report.comparison is not None
            assert report.comparison.is_identical
            assert report.ended is not None
            text = to_html(report, "en")
            assert "Session ended: the seat has changed." in text
            assert "ended the session (the seat has changed)" in text

    reference()
    asyncio.run(sitting())
