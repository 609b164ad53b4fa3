"""Opening a room from a patient's page, once and once more."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx import Client

from levator import web
from levator.clinic.seats import device_within
from levator.records.treatment import Session
from levator.web.starting import FIRST_DEVICE
from tests.clinic.people import TENANT
from tests.live.seats import reference
from tests.web.forms import asked, new_id, opened, patient
from tests.web.served import Served


def test_a_room_is_opened_and_its_first_screen_is_let_in(client: Client, server: Served) -> None:
    address = opened(client)
    html = client.get(address).text
    assert "M. J." in html
    room = server.the_room()
    assert room.sitting.stage.id == "step-6"
    assert room.sitting.reference_kind == "mvc"


def sensors_on(page: str) -> list[tuple[str, str]]:
    [shown] = re.findall(r'<select id="device".*?</select>', page, re.DOTALL)
    found = re.findall(r'<option value="([^"]*)"(?: selected)?>([^<]*)</option>', shown)
    return [(unescape(url), words) for url, words in found]


def sat(server: Served, number: int, device: str) -> None:
    """A sitting of the past at a device."""
    now = datetime.now().astimezone() + timedelta(seconds=number)
    with server.clinic.repository.work(writes=True) as work:
        work.put(
            Session(
                id=f"{number:032x}",
                tenant_id=TENANT,
                patient_id=f"{TENANT}-record",
                on_day=now.date().isoformat(),
                started_at=now.isoformat(),
                stage="step-6",
                device=device,
                led_by="somebody",
            )
        )


def test_a_sensor_is_chosen_by_its_name_the_last_one_used_first(
    client: Client, server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = patient(client)
    assert sensors_on(client.get(f"{path}/sitting").text) == [
        (FIRST_DEVICE, "A simulated patient"),
        ("", "Another sensor"),
    ]
    (tmp_path / "monday.csv").write_text("")
    monkeypatch.setattr(server.clinic, "recordings", tmp_path)
    monkeypatch.setattr(server.clinic, "make_device", device_within(tmp_path))
    for number, device in enumerate(["nothing://x", "simulator://?seed=9", "replay://monday.csv"]):
        sat(server, number, device)
    assert sensors_on(client.get(f"{path}/sitting").text) == [
        ("replay://monday.csv", "The recording monday.csv"),
        ("simulator://?seed=9", "A simulated patient: simulator://?seed=9"),
        (FIRST_DEVICE, "A simulated patient"),
        ("", "Another sensor"),
    ]


def test_another_sensor_is_opened_by_the_address_that_is_typed(
    client: Client, server: Served
) -> None:
    answer = asked(client, device="", address="simulator://?seed=x")
    assert answer.status_code == 422
    assert '<option value="" selected>Another sensor' in answer.text
    assert 'value="simulator://?seed=x"' in answer.text
    assert asked(client, device="", address="simulator://?seed=8").status_code == 303
    assert server.the_room().sitting.device_url == "simulator://?seed=8"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": "step-7"}, "stands at another step"),
        ({"pain": "6"}, "The last pain score is 6, over 5"),
        ({"pain": "3"}, "There is pain today (3)"),
        ({"pain": ""}, "Choose a number for the pain"),
        ({"pain": "lots"}, "Choose a number for the pain"),
        ({"pain": "11"}, "from 0 to 10"),
        ({"device": "nothing://x"}, "does not answer"),
        ({"device": "replay:///nowhere.edf"}, "No folder of recordings is set"),
        ({"device": "simulator://["}, "cannot be done as asked"),
        ({"device": f"replay:///{'x' * 100}.csv"}, "No folder of recordings is set"),
        ({"device": f"replay:///{'x' * 300}.csv"}, "address of the sensor cannot be kept"),
        ({"device": "simulator://?seed=x"}, "cannot be done as asked"),
        ({"cushion": "cloud"}, "cannot be done as asked"),
        ({"stage": "step-9"}, "cannot be done as asked"),
        ({"rest": "3", "reference": "41N", "device": "replay:///x.csv"}, "no unit"),
        ({"rest": "3N", "reference": "41N"}, "cannot be done as asked"),
    ],
)
def test_what_cannot_be_opened_is_said_plainly_and_what_was_typed_stays(
    client: Client, server: Served, changes: dict[str, str], words: str
) -> None:
    answer = asked(client, **({"posture": "leaning_back"} | changes))
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'value="leaning_back" selected' in answer.text
    assert server.clinic.rooms.rooms == {}


def test_an_address_of_a_sensor_that_cannot_be_kept_is_one_sentence_and_opens_nothing(
    client: Client, server: Served
) -> None:
    path, address = patient(client), "simulator://?seed=" + "7" * 300
    answer = asked(client, path, device="", address=address)
    assert answer.status_code == 422
    assert "The address of the sensor cannot be kept; write at most 200 signs" in answer.text
    assert answer.text.count('role="alert"') == 1
    seat = {"device_url": address, "cushion": "none", "posture": "upright"}
    told = seat | {"pain": 0, "red_flags": [], "asked_id": new_id()}
    assert client.post(f"/api/v1{path}/sittings", json=told).status_code == 422
    assert not server.clinic.rooms.rooms


def test_a_recording_with_a_very_long_name_is_left_out_and_it_is_said(
    client: Client, server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, words = patient(client), "Recordings with a very long name are left out"
    monkeypatch.setattr(server.clinic, "recordings", tmp_path)
    (tmp_path / "monday.csv").touch()
    assert words not in client.get(f"{path}/sitting").text
    (tmp_path / f"{'x' * 200}.csv").touch()
    page = client.get(f"{path}/sitting").text
    assert words in page
    assert "The recording monday.csv" in page
    assert "xxxx" not in page


def test_who_is_not_cleared_is_told_so_before_anything_is_asked(
    client: Client, server: Served
) -> None:
    path = patient(client, is_cleared=False)
    assert "Nobody has signed a clearance that holds today" in client.get(path).text
    assert asked(client, path).status_code == 422
    assert server.clinic.rooms.rooms == {}


def test_pressing_twice_opens_one_room(client: Client, server: Served) -> None:
    path = patient(client)
    client.get(asked(client, path).headers["location"])
    again = asked(client, path)
    assert again.headers["location"] == f"/rooms/{server.the_room().number}/therapist"


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
    entered = client.post(again).headers["location"]
    assert entered != address
    second = server.clinic.rooms.rooms[entered.split("/")[2]]
    held = reference().context
    assert held is not None
    is_same_seat = held.device == second.sitting.device_url
    assert (second.sitting.reference is not None) == is_same_seat


def test_another_cushion_takes_the_reference_away(client: Client, server: Served) -> None:
    address = opened(client, cushion="soft")
    room = server.the_room()

    async def over() -> None:
        room.sitting = replace(room.sitting, reference=reference())
        room.calibrate()
        room.stop("therapist", "stop")

    reference()
    server.call(over())
    again = client.post(address.replace("therapist", "again"))
    second = server.clinic.rooms.rooms[again.headers["location"].split("/")[2]]
    assert second.sitting.cushion == "soft"
    assert second.sitting.reference is None


@pytest.mark.parametrize("stage", ["open", "session"])
def test_pain_locks_the_next_session_for_today(client: Client, server: Served, stage: str) -> None:
    path = patient(client)
    address = asked(client, path).headers["location"]
    first = server.the_room()

    async def pain() -> None:
        if stage == "session":
            first.sitting = replace(first.sitting, reference=reference())
            first.calibrate()
        first.stop("patient", "pain")

    reference()
    server.call(pain())
    answer = client.post(address.replace("therapist", "again"))
    assert answer.headers["location"] == f"{path}/sitting"
    assert "ended because of pain" in asked(client, path).text
    assert list(server.clinic.rooms.rooms.values()) == [first]


def test_without_an_answer_about_the_red_flags_no_room_opens(
    client: Client, server: Served
) -> None:
    path = patient(client)
    unasked = asked(client, path, **{"flags.none_of_these": ""})
    assert (unasked.status_code, "Ask about the red flags" in unasked.text) == (422, True)
    both = asked(client, path, **{"flags.fever": "yes"})
    assert (both.status_code, "keep one of them" in both.text) == (422, True)
    assert not server.clinic.rooms.rooms
    assert 'value="yes" checked' not in client.get(f"{path}/sitting").text


def test_a_red_flag_is_kept_ends_the_room_and_is_told_in_its_words(
    client: Client, server: Served
) -> None:
    path = patient(client)
    client.get(asked(client, path).headers["location"])
    room = server.the_room()
    flagged = {"flags.none_of_these": "", "flags.fever": "yes", "flags.calf": "yes", "pain": ""}
    answer = asked(client, path, **flagged)
    assert answer.status_code == 409
    assert room.is_over
    for shown in (answer.text, client.get(f"{path}/sitting").text):
        assert "Call the doctor or midwife now" in shown
        assert "Fever, shivering, belly pain or offensive loss" in shown
        assert "Open the session" not in shown
    assert "Red flags asked on" in client.get(path).text
    kept = client.get(f"/api/v1{path}/record").json()
    assert sorted(one["code"] for one in kept["red_flags"]) == ["calf", "fever"]
    assert asked(client, path).status_code == 409


def test_no_heading_loses_its_part_to_a_status() -> None:
    for page in (Path(web.__file__).parent / "templates").glob("*.html"):
        assert not re.search(r"<h[1-6][^>]*\brole=", page.read_text("utf-8")), page.name
