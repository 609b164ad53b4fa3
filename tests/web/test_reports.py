"""The report of a session, opened from the desk that had it."""

import re
import time
from dataclasses import replace

import pytest
from httpx import Client

from levator.web.guard import REPORT_POLICY
from tests.live.seats import reference
from tests.web.forms import opened
from tests.web.served import Served


@pytest.fixture
def address(client: Client, server: Served) -> str:
    """Where the report of a session lies that was opened here in English, and is saved."""
    opened(client)
    room = server.the_room()

    async def begun() -> None:
        room.sitting = replace(room.sitting, reference=reference())
        room.calibrate()

    async def over() -> None:
        room.stop("therapist", "stop")

    reference()
    server.call(begun())
    while room.frames.tracks[0].end < 100:
        time.sleep(0.01)
    server.call(over())
    while not room.is_saved:
        time.sleep(0.01)
    return f"/recordings/{room.recording}/report"


def test_a_report_carries_its_own_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers.get_list("content-security-policy") == [REPORT_POLICY]
    directives = dict(one.split(" ", 1) for one in REPORT_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert "script-src" not in directives
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    # It has no script that could look, so the browser leaves it when the login ends.
    left, _, place = answer.headers["refresh"].partition("; url=")
    assert 3590 < int(left) <= 3601
    assert place == "/sign-in"


@pytest.mark.parametrize(
    ("asked", "given"), [("nl", "nl"), ("en", "en"), ("xx", "en"), ("", "en"), ("../nl", "en")]
)
def test_a_report_is_in_the_language_asked_or_in_that_of_the_screen(
    client: Client, address: str, asked: str, given: str
) -> None:
    answer = client.get(address, params={"language": asked})
    assert answer.status_code == 200
    assert f'<html lang="{given}"' in answer.text


def test_the_page_of_a_session_draws_the_curve_with_what_the_report_says(
    client: Client, address: str
) -> None:
    [path] = set(re.findall(r"/patients/\w+/sessions/\w+", client.get(her_page(client)).text))
    page = client.get(path)
    assert page.status_code == 200
    assert re.search(r'<polyline class="line" points="[\d., -]+"/>', page.text)
    assert "<style" not in page.text
    assert "curve.css" in page.text
    assert client.get("/static/curve.css").headers["content-type"].startswith("text/css")


def her_page(client: Client) -> str:
    found = re.search(r'href="(/patients/\w{32})"', client.get("/patients").text)
    assert found is not None
    return found[1]


def test_a_report_is_read_in_any_browser_of_who_treats_her(
    client: Client, stranger: Client, address: str
) -> None:
    assert stranger.get(address).status_code == 200
    assert client.get(address.replace("/report", "0/report")).status_code == 404
