"""Reminders over the line: her settings, the link of her calendar, and what strangers get."""

from collections.abc import Iterator

import pytest
from httpx import Client, get
from icalendar import Calendar

from levator.clinic.push_key import PushKey
from levator.web.home.feed import AT_ONCE
from tests.clinic.people import TENANT
from tests.web.forms import new_id, patient, put
from tests.web.served import Served
from tests.web.test_her_page import of_her

CHOSEN = {
    "is_on": True,
    "times": ["14:00", "09:00"],
    "quiet_begins": "21:00",
    "quiet_ends": "08:00",
}
API = "/api/v1/home"
ENDPOINT = {"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc"}


@pytest.fixture(scope="module")
def she(running: Served) -> Iterator[Client]:
    with running.client() as client:
        path = patient(client)
        dose = {"exercise": "endurance", "because": "as agreed"}
        put(client, f"{path}/home/exercises/{new_id()}", **dose)
        with of_her(running, path) as she:
            yield she


def link(she: Client) -> str:
    answer = she.post(f"{API}/feed")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["link"])


def test_she_chooses_and_reads_what_she_chose(she: Client) -> None:
    before = she.get(f"{API}/reminders").json()
    assert (before["is_on"], before["push_key"]) == (False, None)
    answer = she.put(f"{API}/reminders", json=CHOSEN)
    assert answer.status_code == 200, answer.text
    assert answer.json() == she.get(f"{API}/reminders").json()
    assert answer.json()["times"] == ["09:00", "14:00"]


@pytest.mark.parametrize(
    "wrong", [{"times": []}, {"times": ["22:00"]}, {"times": ["9:00"]}, {"quiet_ends": "24:00"}]
)
def test_what_could_never_remind_her_is_refused_in_a_sentence(
    she: Client, wrong: dict[str, object]
) -> None:
    answer = she.put(f"{API}/reminders", json=CHOSEN | wrong)
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_a_calendar_reads_her_link_with_no_login_and_keeps_no_copy(she: Client) -> None:
    she.put(f"{API}/reminders", json=CHOSEN)
    answer = get(link(she))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert Calendar.from_ical(answer.content).walk("VEVENT")
    assert "levator" not in answer.text.lower()
    assert "levator" not in answer.headers["content-disposition"]


def test_an_unknown_link_and_one_that_ended_are_answered_alike(server: Served, she: Client) -> None:
    ended = link(she)
    she.post(f"{API}/feed/revoke").raise_for_status()
    replaced, holds = link(she), link(she)
    unknown = f"{server.address}/feed/{'x' * 43}.ics"
    found = [get(one) for one in (ended, replaced, unknown)]
    assert get(holds).status_code == 200
    assert {one.status_code for one in found} == {404}
    headers = [{**one.headers, "date": ""} for one in found]
    assert headers == headers[:1] * 3
    assert len({one.text for one in found}) == 1


def test_a_link_that_is_read_again_and_again_waits_and_another_does_not(
    server: Served, she: Client
) -> None:
    def lines() -> int:
        with server.clinic.repository.work(writes=False) as work:
            return len(work.audit_lines(TENANT))

    often, before = link(she), lines()
    found = [get(often).status_code for _ in range(int(AT_ONCE) + 3)]
    assert found == [*int(AT_ONCE) * [200], *3 * [429]]
    assert lines() - before == AT_ONCE
    assert get(link(she)).status_code == 200


def test_a_browser_is_kept_only_where_the_clinic_has_keys(server: Served, she: Client) -> None:
    clinic = server.clinic
    assert she.post(f"{API}/push", json=ENDPOINT).status_code == 422
    clinic.push = PushKey("mailto:it@bos.example")
    try:
        assert she.get(f"{API}/reminders").json()["push_key"] == clinic.push.public
        assert she.post(f"{API}/push", json=ENDPOINT).status_code == 204
        elsewhere = she.post(f"{API}/push", json={"endpoint": "https://127.0.0.1/a"})
        assert elsewhere.status_code == 422
        assert she.post(f"{API}/push/remove", json=ENDPOINT).status_code == 204
    finally:
        clinic.push = None
