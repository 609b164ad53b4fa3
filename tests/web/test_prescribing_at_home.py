"""Exercises for at home on the forms of her therapist: prescribed, changed, and taken away."""

import re
from datetime import datetime

import pytest
from httpx import Client

from levator.library import load_exercise
from tests.web.at_home import card, day, done, prescribe, sent, spaced
from tests.web.forms import day_ago, hidden, new_id, patient, put
from tests.web.served import Served


def test_an_exercise_is_prescribed_with_a_reason_and_stands_on_her_file(client: Client) -> None:
    path = patient(client)
    assert "Nothing prescribed for at home yet." in card(client, path)
    form = {"id": new_id(), "because": "holds well", "hold_s": "4,5", "times_a_day": "2"}
    answer = client.post(f"{path}/home/exercises/endurance", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/home")
    shown = card(client, path)
    assert "Holding for longer" in shown
    assert "10 times, hold 4.5 s, 2 times a day, lying" in shown
    page = client.get(f"{path}/home").text
    offered = page.split("Prescribe an exercise")[1].split("</section>")[0]
    assert ("Short and strong" in offered, "Holding for longer" in offered) == (True, False)
    assert "holds well" in page
    assert f"Therapist · {day(client)}" in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"hold_s": "60"}, "A hold of 60 s is outside 3 to 10 s"),
        ({"hold_s": "long"}, "told in numbers"),
        ({"repetitions": "2.5"}, "told in numbers"),
        ({"because": ""}, "empty"),
        ({"from_on": day_ago(1)}, "today or later"),
        ({"posture": "flying"}, "no posture"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    client: Client, typed: dict[str, str], why: str
) -> None:
    path = patient(client)
    form = {"id": new_id(), "because": "holds well", "times_a_day": "3"} | typed
    answer = client.post(f"{path}/home/exercises/endurance", data=form)
    assert answer.status_code == 422
    assert why in spaced(answer.text)
    assert 'value="3"' in answer.text
    assert "Nothing prescribed" in card(client, path)


def test_the_form_shows_ranges_and_what_is_prescribed_now(client: Client) -> None:
    path = patient(client)
    bare = client.get(f"{path}/home/exercises/endurance").text
    assert "3 to 10" in bare
    for form in (bare, client.get(f"{path}/home/exercises/endurance/withdraw").text):
        assert f'href="{path}/home">Back</a>' in form
    assert ">Prescribe<" in bare
    prescribe(client, path, hold_s=4.0, posture="sitting")
    page = client.get(f"{path}/home/exercises/endurance").text
    assert ">Change<" in page
    assert '<option value="sitting" selected>' in page
    assert 'name="hold_s" type="text" inputmode="decimal"' in page
    assert 'value="4"' in page
    strength = client.get(f"{path}/home/exercises/relaxation").text
    assert ('name="hold_s"' in strength) == (load_exercise("relaxation").hold_range_s is not None)


def test_a_dose_that_was_changed_in_another_window_is_shown_before_it_is_changed_again(
    client: Client,
) -> None:
    path = patient(client)
    page = f"{path}/home/exercises/endurance"
    seen = hidden(client.get(page).text)
    prescribe(client, path, hold_s=4.0)
    form = seen | {"because": "as agreed", "hold_s": "7"}
    answer = client.post(page, data=form)
    assert answer.status_code == 409
    assert "Somebody changed this in the meantime" in answer.text
    assert re.search(r"Hold, s</th><td>4</td><td>7</td>", answer.text)
    assert "hold 4 s" in card(client, path)
    shown = hidden(answer.text)
    for _ in range(2):
        assert client.post(page, data=form | shown).status_code == 303
    assert "hold 7 s" in card(client, path)


def test_a_dose_that_nobody_saw_on_the_page_is_not_taken_away_with_it(client: Client) -> None:
    path = patient(client)
    away = f"{path}/home/exercises/endurance/withdraw"
    prescribe(client, path, hold_s=4.0, until_on=day_ago(-60))
    typed = hidden(client.get(away).text) | {"because": "too tired"}
    prescribe(client, path, hold_s=7.0)
    answer = client.post(away, data=typed)
    assert answer.status_code == 409
    assert "Somebody changed this in the meantime" in answer.text
    assert re.search(r"Hold, s</th><td>7</td><td>–</td>", answer.text)
    assert re.search(r"Taken away</th><td>no</td><td>yes</td>", answer.text)
    assert "is_withdrawn" not in answer.text
    assert "hold 7 s" in card(client, path)
    shown = hidden(answer.text)
    for _ in range(2):
        assert client.post(away, data=typed | shown).status_code == 303
    late = client.post(away, data=typed | {"id": new_id()})
    assert late.status_code == 409
    assert "nothing to take away" in late.text
    assert "in the meantime" not in late.text


def test_everything_prescribed_says_when_it_was_written_and_for_which_days(client: Client) -> None:
    path = patient(client)
    prescribe(client, path, from_on=day_ago(-30), until_on=day_ago(-60))
    page = client.get(f"{path}/home").text.split('id="past-title"')[1]
    first, last = (datetime.fromisoformat(day_ago(-days)) for days in (30, 60))
    said = " ".join((f"from {first.day} {first:%B %Y}", f"until {last.day} {last:%B %Y}"))
    assert f'lying <span class="soft">{said}</span>' in page
    assert re.search(rf"Therapist · {day(client)}, \d\d:\d\d<", page)


def links(page: str) -> dict[str, list[str]]:
    """Where the rows of what is prescribed lead, by their words."""
    found = re.findall(r'<a href="([^"]*home/exercises[^"]*)">(Change|Take away)</a>', page)
    return {words: [at for at, of in found if of == words] for words in ("Change", "Take away")}


def test_each_row_of_an_exercise_changes_its_own_dose_and_says_what_it_replaces(
    client: Client,
) -> None:
    path, next_month = patient(client), day_ago(-30)
    prescribe(client, path, hold_s=4.0)
    prescribe(client, path, hold_s=7.0, from_on=next_month, until_on=day_ago(-60))
    rows = links(client.get(f"{path}/home").text)
    today, later = (client.get(at).text for at in rows["Change"])
    assert re.search(r'name="hold_s"[^>]*value="4"', today)
    assert re.search(rf'name="from_on"[^>]*value="{day_ago(0)}"', today)
    assert '<p class="caution">This also replaces what was prescribed from' in today
    assert re.search(r'name="hold_s"[^>]*value="7"', later)
    assert re.search(rf'name="from_on"[^>]*value="{next_month}"', later)
    assert re.search(rf'name="until_on"[^>]*value="{day_ago(-60)}"', later)
    assert "This also replaces" not in later
    away, later_away = (client.get(at).text for at in rows["Take away"])
    assert "This also takes away what was prescribed from" in away
    assert re.search(rf'name="from_on"[^>]*value="{day_ago(0)}"', away)
    assert "This also takes away" not in later_away
    assert re.search(rf'name="from_on"[^>]*value="{next_month}"', later_away)
    bare = client.get(f"{path}/home/exercises/endurance").text
    assert re.search(r'name="hold_s"[^>]*value="4"', bare)


def test_all_that_a_change_replaces_is_named(client: Client) -> None:
    path = patient(client)
    prescribe(client, path)
    prescribe(client, path, from_on=day_ago(-10), until_on=day_ago(-15))
    prescribe(client, path, from_on=day_ago(-30))
    days = [datetime.fromisoformat(day_ago(-ahead)) for ahead in (10, 30)]
    said = " and ".join(f"{day.day} {day:%B %Y}" for day in days)
    first = links(client.get(f"{path}/home").text)
    for words, also in (("Change", "also replaces"), ("Take away", "also takes away")):
        page = client.get(first[words][0]).text
        assert f"This {also} what was prescribed from {said}." in page


def test_a_row_that_is_gone_leads_to_what_is_prescribed_now_and_that_of_another_nowhere(
    client: Client,
) -> None:
    path, other = patient(client), patient(client)
    prescribe(client, path, hold_s=4.0)
    [change] = links(client.get(f"{path}/home").text)["Change"]
    prescribe(client, path, hold_s=5.0)
    assert re.search(r'name="hold_s"[^>]*value="5"', client.get(change).text)
    prescribe(client, other)
    for strange in (change.replace(path, other), change.replace("endurance", "relaxation")):
        assert client.get(strange).status_code == 404


def test_an_exercise_is_taken_away_with_a_reason(client: Client) -> None:
    path = patient(client)
    away = f"{path}/home/exercises/endurance/withdraw"
    assert "nothing to take away" in client.get(away).text
    prescribe(client, path)
    assert client.post(away, data={"id": new_id(), "because": ""}).status_code == 422
    assert client.post(away, data={"id": new_id(), "because": "too tired"}).status_code == 303
    assert "Nothing prescribed for at home yet." in card(client, path)
    page = client.get(f"{path}/home").text
    assert "too tired" in page
    assert f': taken away <span class="soft">from {day(client)}</span>' in page


def test_an_exercise_that_the_library_has_not_is_not_there(client: Client) -> None:
    path = patient(client)
    for more in ("", "/withdraw"):
        assert client.get(f"{path}/home/exercises/yoga{more}").status_code == 404


def today(client: Client, path: str, exercise: str) -> tuple[list[str], str]:
    """What the form of an exercise says of today: what is shut, and all of it."""
    page = spaced(client.get(f"{path}/home/exercises/{exercise}").text)
    found = re.search(r'<section[^>]*"today-title".*?</section>', page, re.DOTALL)
    assert found
    return re.findall(r'class="locked">(.*?)<', found[0]), found[0]


NOT_CLEARED = "Nobody has signed a clearance that holds today."


@pytest.mark.parametrize(
    ("exercise", "told", "why"),
    [
        ("endurance", {}, [NOT_CLEARED]),
        ("endurance", {"pains": {"score": 7}}, [NOT_CLEARED, "The last pain score is 7"]),
        ("endurance", {"red-flags": {"code": "bleeding"}}, ["red flag", NOT_CLEARED]),
        ("strength", {"red-flags": {"code": "bleeding"}}, ["red flag", NOT_CLEARED]),
    ],
)
def test_what_is_shut_today_is_told_before_it_is_prescribed_as_it_is_after(
    client: Client, exercise: str, told: dict[str, dict[str, object]], why: list[str]
) -> None:
    path = patient(client, is_cleared=False)
    for kind, values in told.items():
        put(client, f"{path}/{kind}/{new_id()}", on_day=day_ago(0), **values)
    before, said = today(client, path, exercise)
    assert len(before) == len(why)
    for line, words in zip(before, why, strict=True):
        assert words in line
    assert "Nothing stands in its way" not in said
    prescribe(client, path, exercise)
    assert re.findall(r'class="locked">(.*?)<', card(client, path)) == before


def test_before_it_is_prescribed_a_form_says_what_ended_her_day_and_that_nothing_is_shut(
    server: Served, client: Client
) -> None:
    path = patient(client)
    shut, said = today(client, path, "endurance")
    assert (shut, "Nothing stands in its way today." in said) == ([], True)
    sent(server, path, done(leaked=True))
    shut, said = today(client, path, "endurance")
    assert shut == []
    assert "No exercises at home today. She reads: “Enough for today" in said
    assert "Nothing stands in its way" not in said


def test_a_form_says_what_to_heed_after_a_caesarean_and_which_week_is_waited_for(
    client: Client,
) -> None:
    path = f"/patients/{new_id()}"
    put(client, path, given_name="M.", family_name="J.", is_somebody_else=True)
    born = {"born_on": day_ago(14), "mode": "planned_caesarean", "complications": []}
    put(client, f"{path}/births/{new_id()}", **born)
    shut, said = today(client, path, "back")
    assert "week 6" in shut[0]
    assert "heavier than your baby" in said
