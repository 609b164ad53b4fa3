"""Training at home on her therapist's pages: what is asked, what was done, and marked with why."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from httpx import Client

from levator.clinic.home.keeping import ToldAnswer, ToldEntry, ToldHabit, ToldMark
from levator.clinic.home.taking_back import ToldBack
from levator.library import exercise_ids, load_exercise
from levator.records.home import HomePrescription
from levator.records.work import where
from levator.texts import LANGUAGES
from levator.web.desk.home_forms import MOST_DONE
from levator.web.desk.home_words import MOST_DAYS, POSTURES
from tests.clinic.people import TENANT
from tests.web.at_home import card, day, done, everything, prescribe, sent, spaced
from tests.web.forms import day_ago, make, new_id, patient, put
from tests.web.served import Served


def test_what_was_done_stands_there_and_what_is_marked_says_why(
    server: Served, client: Client
) -> None:
    path = patient(client)
    everything(server, client, path)
    shown = card(client, path)
    assert "2 exercises of late are marked" in shown
    for words in (
        "more than was asked that day",
        "the day was on another phone",
        "leaked more than usual",
        "ended by pain, 10 times done",
        "pain after 7",
    ):
        assert words in shown
    page = spaced(client.get(f"{path}/home").text)
    for words in ("During or after a feed", "on 1 of 7 days", "Passed water, 250 ml, urge 2 of 4"):
        assert words in page
    assert '<s>00:05 · Drank, 2000 ml</s> <span class="soft">taken back by her</span>' in page
    assert page.count("taken back by her") == 1
    top = client.get(path).text.partition('"now-title"')[0]
    assert "Stopped by pain, on" in top
    assert "Leaked more than usual, on" in top
    day = client.get("/").text
    assert "Stopped by pain, on" in day
    assert "Leaked more than usual, on" in day
    assert "Did more at home than was asked" in day


def test_what_is_long_ago_is_marked_in_its_place_and_not_counted(
    server: Served, client: Client
) -> None:
    path = patient(client)
    sent(server, path, done(20))
    assert "more than was asked that day" in card(client, path)
    assert "marked" not in card(client, path)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            [{"ended_by": "pain", "pain": 7}],
            "No exercises at home today. She reads: “Pain ended",
        ),
        ([{"leaked": True}], "No exercises at home today. She reads: “Enough for today"),
        ([{}, {}, {}], "No more exercises at home today"),
        ([{}], None),
    ],
)
def test_that_her_phone_offers_nothing_today_is_told_with_what_she_reads(
    server: Served, client: Client, told: list[dict[str, Any]], shown: str | None
) -> None:
    path = patient(client)
    prescribe(client, path, times_a_day=2)
    sent(server, path, *(done(**one) for one in told))
    for page in (card(client, path), spaced(client.get(f"{path}/home").text)):
        assert ("exercises at home today" in page) == (shown is not None)
        assert shown is None or shown in page


def test_a_birth_that_she_tells_of_stands_before_all_else_on_her_file(
    server: Served, client: Client
) -> None:
    _, path = make(client, family_name="Newborn", is_somebody_else="yes")
    put(client, f"{path}/pregnancies/{new_id()}", expected_on=day_ago(-20), complications=[])
    put(client, f"{path}/pains/{new_id()}", score=0)
    assert ">Accept<" in client.get(path).text
    now = datetime.now().astimezone().isoformat()
    told = ToldAnswer(id=new_id(), on_day=day_ago(0), at=now, code="birth", answer="yes")
    sent(server, path, told)
    page = client.get(path).text
    top = page[page.index('"proposal-title"') : page.index('"now-title"')]
    assert "Tells that she gave birth: fill it in" in top
    assert (f'href="{path}/birth"' in top, ">Accept<" in top) == (True, False)
    assert "Tells that she gave birth: fill it in" in client.get(f"{path}/sitting").text


def test_what_begins_later_says_from_when_and_is_not_shut_today(client: Client) -> None:
    path = patient(client, is_cleared=False)
    prescribe(client, path, from_on=day_ago(-2))
    prescribe(client, path, "strength")
    later, today = sorted(card(client, path).split("<li")[1:3], key=lambda row: "from " not in row)
    assert ("from " in later, "clearance" in later) == (True, False)
    assert ("from " in today, "clearance" in today) == (False, True)


def test_a_habit_is_counted_over_the_last_days_only(server: Served, client: Client) -> None:
    path = patient(client)
    habit = ToldHabit(id=new_id(), on_day=day_ago(9), code="feeding")
    marks = [ToldMark(id=new_id(), habit=habit.id, on_day=day_ago(ago)) for ago in (8, 7, 6, 0)]
    sent(server, path, habit, *marks)
    assert "on 2 of 7 days" in spaced(client.get(f"{path}/home").text)
    sent(server, path, ToldBack(id=new_id(), of=marks[-1].id))
    assert "on 1 of 7 days" in spaced(client.get(f"{path}/home").text)


def test_what_was_done_stands_under_its_day_the_newest_first(
    server: Served, client: Client
) -> None:
    path = patient(client)
    sent(server, path, done(1), done(1, ended_by="tapped"), done(0))
    shown = client.get(f"{path}/home").text.split("What she did")[1].split("</section>")[0]
    today, before = shown.split('<li class="day">')[1:]
    assert f"<strong>{day(client)}</strong>" in today
    rows = [text.count(" · Holding for longer") for text in (today, before)]
    assert (rows, shown.count(day(client))) == ([1, 2], 1)


def test_pain_alone_marks_an_exercise(server: Served, client: Client) -> None:
    path = patient(client)
    prescribe(client, path)
    sent(server, path, done(ended_by="pain"))
    assert "1 exercise of late is marked" in card(client, path)


@pytest.mark.parametrize("more", [0, 2])
def test_of_very_much_the_newest_is_shown_and_the_rest_is_said(
    server: Served, client: Client, more: int
) -> None:
    path, exercises, days = patient(client), MOST_DONE + more, MOST_DAYS + more
    drunk = [
        ToldEntry(id=new_id(), on_day=day_ago(ago), at="00:10", kind="drink", amount_ml=ago + 1)
        for ago in range(days)
    ]
    sent(server, path, *(done(ago) for ago in range(exercises)), *drunk)
    page = spaced(client.get(f"{path}/home").text)
    assert page.count("done to its end") == MOST_DONE
    assert (f"Drank, {MOST_DAYS} ml" in page, f"Drank, {MOST_DAYS + 1} ml" in page) == (True, False)
    for words in (
        f"The newest {MOST_DONE} of {exercises} exercises are shown",
        f"The newest {MOST_DAYS} of {days} days are shown",
    ):
        assert (words in page) == bool(more)


def test_that_nothing_leaked_is_no_symptom(server: Served, client: Client) -> None:
    path = patient(client)
    sent(server, path, done(leaked=False))
    assert "Nothing told yet." in client.get(path).text


def test_how_often_is_said_in_words_and_never_as_a_streak(server: Served, client: Client) -> None:
    path = patient(client)
    prescribe(client, path)
    assert "exercises at home" not in card(client, path)
    sent(server, path, done(1))
    with server.clinic.repository.work(writes=True) as work:
        hers = where(patient_id=path.rpartition("/")[2])
        [kept] = work.find(HomePrescription, TENANT, hers)
        work.put(replace(kept, from_on=day_ago(1)))
    assert "Yesterday 1 of 3 exercises at home." in card(client, path)


def test_why_an_exercise_is_shut_today_is_told_to_her_therapist(client: Client) -> None:
    path = patient(client, is_cleared=False)
    prescribe(client, path)
    assert "Nobody has signed a clearance that holds today." in card(client, path)


def test_she_reads_it_without_what_changes_it(server: Served, client: Client) -> None:
    record = f"/patients/{TENANT}-record"
    form = {"id": new_id(), "because": "as agreed"}
    client.post(f"{record}/home/exercises/endurance", data=form)
    with server.client_of("patient") as hers:
        page = hers.get(f"{record}/home").text
        assert "Holding for longer" in page
        assert f"{record}/home/exercises" not in page
        assert hers.get(f"{record}/home/exercises/endurance").status_code == 403
        assert card(hers, record) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_said_in_every_language(server: Served, client: Client, language: str) -> None:
    path = patient(client)
    everything(server, client, path)
    page = client.get(f"{path}/home?language={language}").text
    title = load_exercise("endurance").words_in(language).title
    assert title in page
    assert ("done to its end" in page) == (language == "en")


def test_every_posture_of_the_library_has_its_word() -> None:
    known = {one.id for name in exercise_ids() for one in load_exercise(name).postures}
    assert known == set(POSTURES)
