"""A new calibration in the same room: what came before stays in reach, and the dose is safe."""

import asyncio
from dataclasses import replace

from levator.clinic import Clinic
from levator.live.asking import Asked, AskedDose, Cushion
from levator.live.room import Room
from levator.reports import session_report, to_html
from tests.live.seats import a_watched_room, reference, until
from tests.web.painted import desk, painted

SIXTY = AskedDose(60.0, 3.0, 5.0, 3.0, 8.0)


async def _changed(room: Room, cushion: Cushion) -> None:
    """A round, another dose, another cushion, a new calibration."""
    room.ask(Asked("start"), "patient")
    await until(lambda: bool(room.facts.scored))
    room.ask(Asked("tired"), "patient")
    room.ask(Asked("dose", dose=SIXTY), "therapist")
    room.ask(Asked("mark", mark="cushion"), "therapist")
    room.ask(Asked("cushion", cushion=cushion), "therapist")
    room.ask(Asked("calibrate"), "therapist")
    await until(lambda: room.stage == "session" and room.facts.state == "ready")


async def _over(clinic: Clinic, room: Room) -> list[dict[str, str]]:
    room.ask(Asked("stop"), "therapist")
    await until(lambda: room.is_saved)
    reports: list[dict[str, str]] = desk(clinic, room)["reports"]
    return reports


def test_the_session_before_a_new_calibration_stays_in_reach() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=60") as (clinic, room):
            first = room.recording
            await _changed(room, "firm")
            second = room.recording
            rounds = room.recordings[0].came_to
            assert rounds is not None
            told = desk(clinic, room)["before"]
            assert told == [
                f"Before the new calibration: {rounds.rounds} round{'s' * (rounds.rounds > 1)}, "
                f"tired in round {rounds.tired_in_round}."
            ]
            assert desk(clinic, room)["reports"] == []
            linked = await _over(clinic, room)
            assert [one["address"] for one in linked] == [
                f"/recordings/{number}/report?language=en" for number in (first, second)
            ]
            assert all(one["words"].startswith("Report of ") for one in linked)
            assert desk(clinic, room)["before"] == told
            assert first is not None
            assert second is not None
            before = to_html(session_report(clinic.repository, first), "en")
            after = to_html(session_report(clinic.repository, second), "en")
            assert f"Recording: {second}." in before
            assert "from the next session, of" in before
            assert f"Recording: {first}." in after
            assert "from the session before, of" in after

    reference()
    asyncio.run(sitting())


def test_one_report_needs_no_time() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=60") as (clinic, room):
            (link,) = await _over(clinic, room)
            assert link["words"] == "Open the report"
            assert painted(clinic, room, "watcher")["therapist"]["reports"] == []

    reference()
    asyncio.run(sitting())


def test_a_new_reference_begins_at_the_scheme_s_dose_and_says_so() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=60") as (clinic, room):
            await _changed(room, "firm")
            mine = desk(clinic, room)
            assert mine["dose"]["fields"]["force_percent_mvc"] == 50.0
            assert mine["why"].startswith("New calibration: back to 50 %; ")
            assert mine["why"].endswith("the scheme's dose; change it if you want.")
            room.ask(Asked("dose", dose=SIXTY), "therapist")
            assert "back to" not in desk(clinic, room)["why"]

    reference()
    asyncio.run(sitting())


def test_again_on_the_same_reference_keeps_the_dose_and_the_report_says_whose_it_is() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=60") as (clinic, room):
            room.ask(Asked("dose", dose=SIXTY), "therapist")
            room.sitting = replace(
                room.sitting,
                device_url=reference().context.device,
            )
            await _over(clinic, room)
            again = clinic.carried_on(room, room.sitting)
            assert again.reference is not None
            assert again.dose.force_percent_mvc == 60.0
            assert again.to_be_measured_again().dose == again.scheme_dose
            more = await clinic.open_room(again)
            more.calibrate()
            assert desk(clinic, more)["why"].startswith(
                "Kept from the session before; the scheme says 50 %; "
            )
            assert more.recording is not None
            more.ask(Asked("stop"), "therapist")
            await until(lambda: more.is_saved)
            text = to_html(session_report(clinic.repository, more.recording), "en")
            force = text.split("60 % of the reference")[1].split("</dd>")[0]
            assert "chosen by the therapist; the scheme says 50 %" in force
            assert "Bekken Zwanger Fit" not in force

    reference()
    asyncio.run(sitting())


def test_which_cushion_came_is_asked_and_kept_for_the_next_session() -> None:
    async def sitting() -> None:
        async with a_watched_room("&speed=60") as (clinic, room):
            room.ask(Asked("cushion", cushion="soft"), "therapist")
            assert room.sitting.cushion == "none"
            room.ask(Asked("mark", mark="cushion"), "therapist")
            shown = painted(clinic, room)
            assert "cushion" in shown["can"]
            assert "cushion" not in painted(clinic, room, "patient")["can"]
            assert shown["therapist"]["seat"].startswith("Another cushion")
            room.ask(Asked("cushion", cushion="soft"), "therapist")
            shown = painted(clinic, room)
            assert "cushion" not in shown["can"]
            assert shown["therapist"]["seat"].startswith("Soft cushion")
            assert room.is_void
            room.ask(Asked("calibrate"), "therapist")
            await until(lambda: room.stage == "session")
            taken = room.state.context.uses[0].reference
            assert taken is not None
            assert taken.context is not None
            assert taken.context.cushion == "soft"
            assert "cushion" not in painted(clinic, room)["can"]

    reference()
    asyncio.run(sitting())
