"""What the therapist sees on her own page and on the board."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from levator import web
from levator.clinic import Clinic
from levator.devices.simulator.driver import Simulator
from levator.live.asking import MAY_ASK, Asked, AskedDose, Asker, offered
from levator.live.room import Room
from levator.reports import session_report, to_html
from levator.texts import speaker
from levator.training.events import RestScored
from levator.training.states import State
from levator.web.board import _tile
from levator.web.messages import rescued, unreadable
from levator.web.painting import Painter
from tests.live.seats import a_room, person_in, reference, sitting_at, until, watching
from tests.web.served import Served, served

EN = speaker("en")
TEMPLATES = Path(web.__file__).parent / "templates"


def after_pain(*, has_begun: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    async def sitting() -> tuple[dict[str, Any], dict[str, Any]]:
        async with a_room(is_calibrated=has_begun) as (clinic, room):
            async with watching(room, person_in(clinic, room)):
                if has_begun:
                    room.ask(Asked("start"), "patient")
                    await until(lambda: _rises(room))
                room.ask(Asked("pain"), "patient")
            painted = json.loads(Painter(clinic.rooms, "")(room, "therapist", "en"))
            return painted, _tile(room, EN)

    reference()
    return asyncio.run(sitting())


def _rises(room: Room) -> bool:
    return _rises_in(room, 2)


def _rises_in(room: Room, number: int) -> bool:
    target = room.facts.targets[-1]
    return target.round == number and target.breakpoints[0][0] < room.state.now_s


@pytest.mark.parametrize(
    ("has_begun", "said"),
    [
        (True, "Stopped: she said it hurts, round 2."),
        (False, "Stopped: she said it hurts."),
    ],
)
def test_pain_is_the_first_thing_the_therapist_reads(has_begun: bool, said: str) -> None:
    painted, tile = after_pain(has_begun=has_begun)
    assert painted["troubles"] == [said]
    assert (tile["line"], tile["is_well"]) == (said, False)


def test_a_longer_rest_names_the_last_round_that_was_not_let_go() -> None:
    async def sitting() -> str:
        async with a_room() as (clinic, room):
            dose = room.sitting.dose
            assert dose is not None
            assert dose.pattern is not None
            longer_s = dose.pattern.rest_s + 2.0
            room.facts.doses = {(1, 1): dose, (1, 2): dose}
            room.facts.rested = {
                (1, 1): RestScored(10.0, 1, 1, 18.0, False, (), longer_s),
                (1, 2): RestScored(20.0, 1, 2, 3.0, True, (), longer_s),
            }
            painted = json.loads(Painter(clinic.rooms, "")(room, "therapist", "en"))
            return str(painted["therapist"]["why"])

    reference()
    said = asyncio.run(sitting())
    assert "because round 1 ended at 18 %" in said


def painted_for_therapist(clinic: Clinic, room: Room) -> dict[str, Any]:
    painted: dict[str, Any] = json.loads(Painter(clinic.rooms, "")(room, "therapist", "en"))
    return painted


def test_the_dose_above_the_curve_is_that_of_the_round_that_runs() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1 and room.state.set_state is not None)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            mine = painted_for_therapist(clinic, room)["therapist"]
            assert mine["dose_line"].startswith("50 %; 3 · 5 · 3 · 4 s")
            assert mine["why"].startswith("From round 2: 65 %; 3 · 6 · 3 · 8 s")
            await until(lambda: room.facts.round == 2)
            painted = painted_for_therapist(clinic, room)
            mine = painted["therapist"]
            assert mine["dose_line"].startswith("65 %; 3 · 6 · 3 · 8 s")
            assert mine["why"] == ""
            assert mine["dose"]["fields"]["force_percent_mvc"] == 65.0
            assert painted["stage_line"].endswith("65 %")
            # Its own rest is 8 s: nothing was made longer.
            await until(lambda: (1, 2) in room.facts.rested)
            told = painted_for_therapist(clinic, room)["therapist"]["verdicts"][1]
            assert room.facts.rested[1, 2].next_rest_s == 8.0
            assert "next rest" not in told["detail"]
            # The first round's own rest was 4 s, whatever is asked now.
            first = room.facts.rested[1, 1]
            room.facts.rested[1, 1] = replace(first, next_rest_s=5.0)
            told = painted_for_therapist(clinic, room)["therapist"]["verdicts"][0]
            assert "next rest 5 s" in told["detail"]

    reference()
    asyncio.run(sitting())


def test_a_dose_whose_round_never_came_is_said_to_hold_for_the_next_set() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            room.ask(Asked("mark", mark="cushion"), "therapist")
            assert room.facts.state == "set_ended"
            assert room.facts.next_dose is not None
            assert room.facts.next_dose.from_round == 1
            mine = painted_for_therapist(clinic, room)["therapist"]
            assert mine["why"].startswith("From the next set: 65 %")
            assert mine["dose"]["use"] == "Use from the next set"

    reference()
    asyncio.run(sitting())


# --- What is offered


@pytest.mark.parametrize("asker", get_args(Asker))
def test_every_role_is_offered_exactly_what_it_may_ask(asker: Asker) -> None:
    """A table of its own here: who reads it sees what each screen shows in each state."""
    in_session = {
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
        always = {"stop", "pain", "code", "answer"}
        known = offered(asker, "session", state, is_void=False)  # type: ignore[arg-type]
        expected = (kinds | always) & MAY_ASK[asker]
        if asker == "patient" and state == "paused":
            expected -= {"tare"}
        assert set(known) == expected, (asker, state)
        void = offered(asker, "session", state, is_void=True)  # type: ignore[arg-type]
        assert set(void) <= MAY_ASK[asker]
        assert "start" not in void
        for stage in ("open", "calibrating", "over"):
            given = offered(asker, stage, state, is_void=False)  # type: ignore[arg-type]
            assert set(given) <= MAY_ASK[asker]
            assert ("calibrate" in given) == (stage == "open" and asker != "watcher")


def test_who_looks_along_is_shown_everything_and_offered_stop_only() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            clinic.rooms.show_code(room)
            room.ask(Asked("start"), "patient")
            await until(lambda: bool(room.facts.scored))
            painted = json.loads(Painter(clinic.rooms, "")(room, "watcher", "en"))
            assert painted["can"] == ["stop"]
            mine = painted["therapist"]
            assert mine["verdicts"]
            assert (mine["dose"], mine["join"], mine["asking"]) == (None, None, [])

    reference()
    asyncio.run(sitting())


def test_another_cushion_asks_for_the_calibration_and_gets_it() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: room.facts.round == 1)
            room.ask(Asked("dose", dose=AskedDose(65.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            room.ask(Asked("mark", mark="cushion"), "therapist")
            painted = painted_for_therapist(clinic, room)
            assert painted["can"] == ["stop", "code", "answer", "calibrate", "mark"]
            assert painted["sentence"].endswith("Calibrate again first.")
            assert painted["therapist"]["begin"] == "Begin calibration"
            assert "no longer holds" in painted["therapist"]["curve_title"]
            assert _tile(room, EN)["line"] == "To be calibrated again"
            theirs = json.loads(Painter(clinic.rooms, "")(room, "patient", "en"))
            assert theirs["sentence"] == "The seat has changed, so we measure again first."
            before = room.recording
            room.ask(Asked("start"), "therapist")
            assert room.facts.state == "set_ended"
            room.ask(Asked("calibrate"), "therapist")
            assert (room.stage, room.refusal) == ("calibrating", None)
            assert room.recording != before
            assert painted_for_therapist(clinic, room)["therapist"]["seat"].startswith("Another")
            await until(lambda: room.stage == "session")
            assert not room.is_void
            assert room.state.reference_valid
            dose = room.sitting.dose
            assert dose.force_percent_mvc == 65.0
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


# --- The dose editor


def refusals_of(asked: AskedDose, stage: str) -> list[dict[str, str]]:
    async def sitting() -> list[dict[str, str]]:
        async with a_room(stage=stage) as (clinic, room), watching(room, person_in(clinic, room)):
            room.ask(Asked("dose", dose=asked), "therapist")
            found: list[dict[str, str]] = painted_for_therapist(clinic, room)["therapist"]["dose"][
                "refusals"
            ]
            return found

    reference()
    return asyncio.run(sitting())


def test_what_may_be_asked_stands_beside_each_field() -> None:
    async def sitting(stage: str) -> dict[str, str]:
        async with a_room(stage=stage) as (clinic, room):
            hints: dict[str, str] = painted_for_therapist(clinic, room)["therapist"]["dose"][
                "hints"
            ]
            return hints

    reference()
    assert asyncio.run(sitting("step-6")) == {
        "force_percent_mvc": "50 to 70 %",
        "rise_s": "from 3 s",
        "hold_s": "5 to 9 s",
        "fall_s": "from 3 s",
        "rest_s": "from 4 s",
    }
    assert "tangent_percent" in asyncio.run(sitting("step-7"))


def test_a_tangent_that_makes_the_hold_too_long_is_explained_as_a_sum() -> None:
    (said,) = refusals_of(AskedDose(70.0, 12.0, 3.0, 3.0, 6.0, 80.0), "step-7")
    assert said["field"] == "hold_s"
    assert said["line"].endswith(
        "A Tangent of 80 % moves 9.6 of the 12 s of rise to the hold: 3 + 9.6 = 12.6 s."
    )


def test_only_the_newest_dose_is_answered() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            for rest_s in (300.0, 200.0):
                room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 6.0, 3.0, rest_s)), "therapist")
            (said,) = painted_for_therapist(clinic, room)["therapist"]["dose"]["refusals"]
            assert said["line"].startswith("Round 212 s is over the limit of 120 s")
            assert said["field"] == ""
            room.ask(Asked("dose", dose=AskedDose(60.0, 3.0, 6.0, 3.0, 8.0)), "therapist")
            assert painted_for_therapist(clinic, room)["therapist"]["dose"]["refusals"] == []

    reference()
    asyncio.run(sitting())


# --- The calibration


def test_a_failed_step_is_told_with_its_numbers_and_stays_until_it_is_begun_anew() -> None:
    async def sitting() -> None:
        opened = a_room("&speed=200", is_calibrated=False)
        async with opened as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            assert isinstance(room.device, Simulator)
            room.device.behave("strain")
            room.ask(Asked("calibrate"), "patient")
            await until(lambda: room.refusal == "measuring_unclear")
            mine = painted_for_therapist(clinic, room)["therapist"]
            told = [one["line"] for one in mine["measured"] if not one["is_well"]]
            assert len(told) == 3
            assert re.search(
                r"From rest: lift -?[\d.]+ N, push -?[\d.]+ N\. Spread at rest: [\d.]+ N\."
                r" From [\d.]+ N on it counts\.$",
                told[-1],
            )
            assert mine["measured"][0]["is_well"]
            room.device.behave("lift")
            room.ask(Asked("calibrate"), "therapist")
            await until(lambda: room.guidance is not None and room.guidance.phase is not None)
            assert painted_for_therapist(clinic, room)["therapist"]["measured"] == []

    asyncio.run(sitting())


def test_her_own_screen_gets_the_words_without_the_numbers() -> None:
    async def sitting() -> None:
        opened = a_room("&speed=200", is_calibrated=False)
        async with opened as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("calibrate"), "patient")
            await until(lambda: room.guidance is not None and len(room.guidance.results) >= 2)
            hers = json.loads(Painter(clinic.rooms, "")(room, "patient", "en"))
            mine = painted_for_therapist(clinic, room)["therapist"]["measured"]
            assert hers["calibration"]["results"][0] == "Your resting tone is known."
            assert "therapist" not in hers
            assert re.match(
                r"Your resting tone is known\. Rest [\d.]+ N, spread [\d.]+ N\.$",
                mine[0]["line"],
            )

    asyncio.run(sitting())


def test_where_her_maximum_is_known_nothing_speaks_of_a_calibration() -> None:
    async def sitting() -> None:
        async with a_room(is_calibrated=False) as (clinic, room):
            assert _tile(room, EN)["line"] == "Not calibrated yet"
            assert painted_for_therapist(clinic, room)["therapist"]["begin"] == "Begin calibration"
            room.sitting = replace(room.sitting, reference=reference())
            painted = painted_for_therapist(clinic, room)
            mine = painted["therapist"]
            assert mine["begin"] == "Begin"
            said = [painted["sentence"], mine["curve_title"], mine["saving"]["line"]]
            said.append(_tile(room, EN)["line"])
            assert said == [
                "Her own maximum is known. Let her screen join, then begin.",
                "Pelvic floor, in N",
                "Recording begins with the session.",
                "Ready to begin",
            ]

    reference()
    asyncio.run(sitting())


# --- The board


def test_a_round_broken_off_has_the_same_word_on_every_screen() -> None:
    async def sitting() -> None:
        async with a_room() as (clinic, room), watching(room, person_in(clinic, room)):
            await until(lambda: room.audience.is_patient_here)
            room.ask(Asked("start"), "patient")
            await until(lambda: _rises_in(room, 1))
            room.ask(Asked("pause"), "therapist")
            room.ask(Asked("resume"), "therapist")
            await until(lambda: room.facts.round == 2)
            painted = painted_for_therapist(clinic, room)
            words = [painted["set"]["done"][0]["word"]]
            words.append(painted["therapist"]["verdicts"][0]["word"])
            assert words == ["Broken off"] * 2
            assert _tile(room, EN)["line"] == "Round 2 · last: broken off"

    reference()
    asyncio.run(sitting())


# --- The line


def test_a_command_that_cannot_be_read_is_answered_and_not_sent_for_ever() -> None:
    async def opened(server: Served) -> tuple[Room, str]:
        room = await server.clinic.open_room(sitting_at(server.clinic))
        return room, server.clinic.rooms.admit(room, "Anke", "therapist", "en")

    with served() as server, server.client() as client:
        room, ticket = server.call(opened(server))
        address = client.get(f"/enter/{ticket}").headers["location"]
        with server.line(client, f"{address}/line") as socket:
            dose = {"force_percent_mvc": None, "rise_s": 3}
            command = {"type": "command", "id": "12345678", "kind": "dose", "dose": dose}
            for text in ("nonsense", '{"type": "command", "id": 5}', json.dumps(command)):
                socket.send(text)
            answer = {"type": "answer", "id": "12345678", "is_read": False}
            assert json.loads(socket.recv(timeout=20)) == answer
            # Whoever asks for an end gets it, whatever else is in the message.
            stop = {"type": "command", "id": "87654321", "kind": "stop", "drawn_index": "x"}
            socket.send(json.dumps(stop))
            assert json.loads(socket.recv(timeout=20)) == {"type": "answer", "id": "87654321"}
            assert room.is_over


@pytest.mark.parametrize(
    "text",
    ["", "[]", "[" * 3000, '{"type": "sync"}', '{"type": "command", "id": "short"}', "x" * 5000],
)
def test_only_a_command_with_an_id_can_be_answered(text: str) -> None:
    assert unreadable(text) is None
    assert rescued(text) is None


def test_no_heading_loses_its_part_to_a_status() -> None:
    for page in TEMPLATES.glob("*.html"):
        assert not re.search(r"<h[1-6][^>]*\brole=", page.read_text("utf-8")), page.name
