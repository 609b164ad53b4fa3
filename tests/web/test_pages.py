"""The start page, opening a room from it, once and once more."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from levator import web
from levator.course.entry import Locked
from levator.live.joining import shown_name
from levator.live.sitting import Sitting
from tests.live.seats import reference
from tests.web.forms import FORM, opened
from tests.web.served import Served


def test_a_room_is_opened_and_its_first_screen_is_let_in(client: Client, server: Served) -> None:
    address = opened(client)
    html = client.get(address).text
    assert "M. J." in html
    room = server.the_room()
    assert room.sitting.stage.id == "step-6"
    assert room.sitting.reference_kind == "mvc"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": "step-7"}, "12 weeks after birth"),
        ({"weeks_since_birth": "", "stage": "step-6"}, "Fill in the weeks since birth"),
        ({"cleared_by": ""}, "Somebody agrees first"),
        ({"device": "nothing://x"}, "does not answer"),
        ({"device": "replay:///nowhere.edf"}, "does not answer"),
        ({"device": "simulator://["}, "cannot be done as asked"),
        ({"device": f"replay:///{'x' * 300}.csv"}, "does not answer"),
        ({"device": "simulator://?seed=x"}, "cannot be done as asked"),
        ({"weeks_since_birth": "soon"}, "cannot be done as asked"),
        ({"weeks_since_birth": "1_2"}, "no number of weeks"),
        ({"weeks_since_birth": "1e300"}, "Weeks must be a number from 0 to 5200"),
        ({"weeks_pregnant": "1e300", "weeks_since_birth": ""}, "from 0 to 5200"),
        ({"patient": ""}, "cannot be done as asked"),
        ({"patient": "\u200b"}, "cannot be done as asked"),
        ({"cushion": "cloud"}, "cannot be done as asked"),
        ({"stage": "step-9"}, "cannot be done as asked"),
        ({"rest": "3", "reference": "41N", "device": "replay:///x.csv"}, "no unit"),
        ({"rest": "3N", "reference": "41N"}, "cannot be done as asked"),
    ],
)
def test_what_cannot_be_opened_is_said_plainly_and_what_was_typed_stays(
    client: Client, server: Served, changes: dict[str, str], words: str
) -> None:
    answer = client.post("/rooms", data=FORM | changes)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'value="Anke"' in answer.text
    assert server.clinic.rooms.rooms == {}


@pytest.mark.parametrize("nobody", ["\u200b\u202e", "\x00", ""])
def test_a_therapist_without_a_visible_name_is_refused(client: Client, nobody: str) -> None:
    answer = client.post("/rooms", data=FORM | {"therapist": nobody})
    assert answer.status_code == 422
    assert "Your name" in answer.text


def test_the_therapists_own_name_has_no_sign_that_nobody_sees(
    client: Client, server: Served
) -> None:
    opened(client, therapist="An\u202eke  de\tWit" + "t" * 90)
    (name,) = (one.name for one in server.the_room().audience.people.values())
    assert name == shown_name(name)
    assert name.startswith("An ke de Wit")


def test_stages_open_and_lock_with_what_is_typed(client: Client) -> None:
    typed: dict[str, Any] = {"language": "en", "weeks_since_birth": "8", "cleared_by": "dr. Bos"}
    assert "Answer first: pain now?" in client.get("/stages", params=typed).text
    typed["pain_now"] = "no"
    html = client.get("/stages", params=typed).text
    locked = re.findall(r'value="(step-\d)" disabled', html)
    assert "step-6" not in locked
    assert {"step-2", "step-3", "step-7"} <= set(locked)
    html = client.get("/stages", params={"language": "en"}).text
    assert {"step-5", "step-6", "step-7"} <= set(re.findall(r'value="(step-\d)" disabled', html))


def test_another_session_keeps_the_reference_while_it_holds(client: Client, server: Served) -> None:
    address = opened(client)
    first = server.the_room()
    again = address.replace("therapist", "again")
    assert client.post(again).status_code == 404

    async def calibrated_and_over() -> None:
        first.sitting = replace(first.sitting, reference=reference())
        first.calibrate()
        first.stop("therapist", "stop")

    reference()
    server.call(calibrated_and_over())
    entered = client.get(client.post(again).headers["location"])
    assert entered.headers["location"] != address
    second = server.clinic.rooms.rooms[entered.headers["location"].split("/")[2]]
    held = reference().context
    assert held is not None
    is_same_seat = held.device == second.sitting.device_url
    assert (second.sitting.reference is not None) == is_same_seat


def test_another_cushion_takes_the_reference_away(client: Client, server: Served) -> None:
    opened(client, cushion="soft")
    room = server.the_room()

    async def over() -> None:
        room.sitting = replace(room.sitting, reference=reference())
        room.calibrate()
        room.stop("therapist", "stop")

    reference()
    server.call(over())
    sitting = server.clinic.again(room)
    assert isinstance(sitting, Sitting)
    assert sitting.reference is None


@pytest.mark.parametrize("stage", ["open", "session"])
def test_pain_locks_the_next_session_until_it_is_answered_anew(
    client: Client, server: Served, stage: str
) -> None:
    address = opened(client)
    first = server.the_room()

    async def pain() -> None:
        if stage == "session":
            first.sitting = replace(first.sitting, reference=reference())
            first.calibrate()
        first.stop("patient", "pain")

    reference()
    server.call(pain())
    answer = client.post(address.replace("therapist", "again"))
    assert answer.status_code == 409
    assert "There is pain today" in answer.text
    assert 'value="M. J."' in answer.text
    assert list(server.clinic.rooms.rooms.values()) == [first]
    assert isinstance(server.clinic.again(first), Locked)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("soon", "is no number of weeks; write for example 8."),
        ("-3", "Weeks must be a number from 0 to 5200; correct the week."),
        ("8,5", ""),
    ],
)
def test_weeks_that_are_none_are_said_while_they_are_typed(
    client: Client, typed: str, said: str
) -> None:
    page = client.get("/stages", params={"weeks_since_birth": typed, "language": "en"})
    assert page.status_code == 200
    assert (said in page.text) if said else ('role="status"' not in page.text)


def test_no_heading_loses_its_part_to_a_status() -> None:
    for page in (Path(web.__file__).parent / "templates").glob("*.html"):
        assert not re.search(r"<h[1-6][^>]*\brole=", page.read_text("utf-8")), page.name
