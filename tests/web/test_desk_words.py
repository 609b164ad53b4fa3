"""Whom a form is about, what stands on her page, and what cannot be."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import Client

from levator.records import access
from levator.texts import LANGUAGES, speaker
from levator.web.desk import looked
from levator.web.desk.sessions import set_heading
from tests.web.forms import decided, new_id, patient, put
from tests.web.test_desk import make

ABOUT_HER = ("pregnancy", "birth", "clearance", "red-flag", "pain", "test", "decide", "details")


@pytest.mark.parametrize("page", ABOUT_HER)
def test_every_form_about_her_names_her_with_her_date_of_birth(client: Client, page: str) -> None:
    _, path = make(client, family_name="Named", is_somebody_else="yes")
    assert "Zo\u00eb Named, born 12 March 1991" in client.get(f"{path}/{page}").text


def test_two_of_one_name_are_told_apart_by_their_dates_of_birth(client: Client) -> None:
    due = (datetime.now().astimezone().date() - timedelta(days=2)).isoformat()
    for born_on in ("1991-03-12", "1992-04-13"):
        _, path = make(client, family_name="Same", born_on=born_on)
        put(client, f"{path}/pregnancies/{new_id()}", expected_on=due, complications=[])
    today = client.get("/").text
    assert "Zo\u00eb Same, born 12 March 1991" in today
    assert "Zo\u00eb Same, born 13 April 1992" in today


def test_complications_and_the_weight_of_the_child_stand_on_her_page(client: Client) -> None:
    _, path = make(client, family_name="Weight", is_somebody_else="yes")
    birth = {"birth_on": "2026-01-01", "mode": "vaginal", "child_grams": "3400"}
    form = {"id": new_id(), **birth, "complications.infection": "yes"}
    assert client.post(f"{path}/birth", data=form).status_code == 303
    facts = client.get(path).text.partition("</header>")[2].partition("</header>")[0]
    assert "child of 3400\xa0g" in facts
    assert "infection" in facts


@pytest.mark.parametrize("page", ["sitting", "home", "home/exercises/endurance"])
def test_before_anything_is_done_she_is_named_with_her_date_of_birth(
    client: Client, page: str
) -> None:
    _, path = make(client, family_name="Namesake", is_somebody_else="yes")
    head = client.get(f"{path}/{page}").text.partition("<h1")[0]
    assert "Namesake, born 12 March 1991" in head


def test_without_a_due_date_or_a_birth_she_is_told_where_to_fill_it_in(client: Client) -> None:
    _, path = make(client, family_name="Dateless", is_somebody_else="yes")
    page = client.get(f"{path}/sitting").text
    refusal = page[page.index("Fill in a due date or a birth first.") :]
    assert refusal.index(f'href="{path}/pregnancy"') < refusal.index(f'href="{path}/birth"') < 400


@pytest.mark.parametrize(
    ("page", "form", "words"),
    [
        ("pregnancy", {"expected_on": -400}, "lies too long ago"),
        ("symptom", {"symptom": "leaks", "score": "-5"}, "a number from 0 to"),
        ("symptom", {"symptom": "leaks", "score": "1e30"}, "a number from 0 to"),
        ("symptom", {"symptom": "leaks", "score": "nan"}, "a number"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    client: Client, page: str, form: dict[str, Any], words: str
) -> None:
    _, path = make(client, family_name="Absurd", is_somebody_else="yes")
    today = datetime.now().astimezone().date()
    if days := form.get("expected_on"):
        form = {"expected_on": (today + timedelta(days=days)).isoformat()}
    none = {"complications.none_of_these": "yes"}
    answer = client.post(f"{path}/{page}", data={"id": new_id(), **none, **form})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_number_out_of_its_range_is_named_with_what_it_may_be(client: Client) -> None:
    path = patient(client)
    page = client.get(f"{path}/decide").text
    assert re.search(r'name="force_percent_mvc"[^>]*aria-describedby', page)
    ranged = re.search(r'id="field-force_percent_mvc-hint">Step 6: (\d+) to (\d+)\xa0%', page)
    assert ranged is not None
    lowest, highest = ranged.groups()
    refused = decided(
        client, path, stage="step-6", force_percent_mvc="95", times_a_day="99", because="so"
    ).text
    assert f"95\xa0% is outside {lowest} to {highest}\xa0% of this step." in refused
    assert "99 times a day is outside what this step allows" in refused
    again = decided(client, path, stage="step-6", force_percent_mvc="nan", because="so").text
    assert "is no number" in again


@pytest.mark.parametrize("text", ["1987-02-03", "3-2-1987", "03/02/1987 search"])
def test_a_date_of_birth_is_searched_for(client: Client, text: str) -> None:
    _, path = make(client, family_name="Search", born_on="1987-02-03", is_somebody_else="yes")
    found = client.post("/patients", data={"text": text}, follow_redirects=True).text
    assert f'href="{path}"' in found
    none = client.post("/patients", data={"text": "1987-02-04"}, follow_redirects=True).text
    assert f'href="{path}"' not in none


def test_every_action_of_the_table_has_words() -> None:
    assert set(access.TABLE) - set(looked.ACTIONS) == set()


@dataclass
class Scored:
    set_number: int
    force_percent_mvc: float


def test_the_rounds_of_two_sets_stand_under_their_own_force() -> None:
    rounds: Any = [Scored(1, 50.0), Scored(1, 50.0), Scored(2, 60.0)]
    assert set_heading(speaker("en"), rounds, 1) == "Set 1 at 50 %"
    assert set_heading(speaker("en"), rounds, 2) == "Set 2 at 60 %"
    assert set_heading(speaker("en"), rounds[:2], 1) == ""


def test_the_language_of_the_frame_stays_on_the_next_page_and_keeps_the_place(
    client: Client,
) -> None:
    place = "/patients?asked=bos"
    page = client.get(place + "&language=en").text
    frame = page[page.index('action="/account/language"') : page.index('action="/sign-out"')]
    offered = re.findall(r'name="language" value="(\w+)" lang="(\w+)"', frame)
    assert offered == [(one, one) for one in LANGUAGES if one != "en"]
    [there] = re.findall(r'name="next" value="([^"]+)"', frame)
    assert there == place
    token = re.findall(r'name="form_token" value="(\w+)"', frame)[0]
    form = {"form_token": token, "language": "nl", "next": there}
    answer = client.post("/account/language", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    for address in (place, "/"):
        assert '<html lang="nl"' in client.get(address).text
    client.post("/account/language", data=form | {"language": ""})


def test_the_hint_of_a_rest_names_the_range_that_is_checked(client: Client) -> None:
    path = patient(client)
    page = client.get(f"{path}/decide").text.replace("\u00a0", " ")
    found = re.search(r'id="field-rest_s-hint">Step 6: only (\d+) s<', page)
    assert found
    longest = int(found[1])
    for rest, status in ((longest + 1, 422), (longest, 303)):
        form = {"stage": "step-6", "was.stage": "step-6", "because": "tested", "rest_s": f"{rest}"}
        assert decided(client, path, **form).status_code == status


def test_where_nobody_else_treats_nobody_is_asked_to_choose(client: Client) -> None:
    _, path = make(client, family_name="Alone", is_somebody_else="yes")
    page = client.get(f"{path}/hand-over").text
    assert "There is no other therapist here yet" in page
    assert ">Hand over</button>" not in page
