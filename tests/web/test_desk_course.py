"""Her course on her page: how it is drawn, what stands first, how it is decided on and ended."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import Client

from tests.web.forms import day_ago, decided, hidden, make, new_id, patient, put


def test_a_decision_without_a_reason_is_refused_in_words(client: Client) -> None:
    path = patient(client)
    form = {"stage": "step-6", "force_percent_mvc": "60"}
    answer = decided(client, path, **form)
    assert answer.status_code == 422
    assert "Fill in why" in answer.text
    lots = form | {"force_percent_mvc": "lots", "was.stage": "step-6"}
    assert "is no number" in decided(client, path, **lots).text


def test_when_a_set_ends_may_be_chosen_where_the_document_says_otherwise(client: Client) -> None:
    path = patient(client)
    page = client.get(f"{path}/decide").text
    assert re.search(r'<select[^>]*name="rounds_rule"', page)
    for words in ("as the scheme says for today", "one round past fatigue"):
        assert words in page
    form = {"stage": "step-6", "rounds_rule": "before_fatigue", "because": "tested"}
    answer = decided(client, path, **form)
    assert answer.status_code == 422
    assert "ends a set by another rule" in answer.text


def test_a_second_decision_on_the_same_page_is_shown_the_first(client: Client) -> None:
    path = patient(client)
    pages = [hidden(client.get(f"{path}/decide").text) for _ in range(2)]
    first = pages[0] | {"stage": "step-6", "hold_s": "6", "because": "strong"}
    second = pages[1] | {"stage": "step-6", "hold_s": "5.5", "because": "careful"}
    assert client.post(f"{path}/decide", data=first).status_code == 303
    answer = client.post(f"{path}/decide", data=second)
    assert answer.status_code == 409
    assert '<th scope="row">Hold, s</th><td>6</td><td>5.5</td>' in answer.text
    assert 'value="5.5"' in answer.text
    again = second | {"seen": hidden(answer.text)["seen"]}
    assert client.post(f"{path}/decide", data=again).status_code == 303
    without = {name: text for name, text in again.items() if name != "seen"}
    assert client.post(f"{path}/decide", data=without | {"id": new_id()}).status_code == 409


def test_a_held_programme_and_a_proposal_are_not_let_go_on_unseen(client: Client) -> None:
    path = patient(client)
    free = client.get(f"{path}/release").text
    assert "Pain does not hold the programme" in free
    assert "Pain has held it" not in free
    page = hidden(client.get(f"{path}/decide").text) | {"kind": "release"}
    decided(client, path, stage="step-6", because="holds long", hold_s="6")
    late = client.post(f"{path}/release", data=page | {"because": "no pain"})
    assert late.status_code == 409
    accept = {"id": new_id(), "kind": "accept", "seen": page["seen"]}
    answer = client.post(f"{path}/decide", data=accept)
    assert answer.status_code == 409
    # Who decided is said; nothing is accepted by it, and nothing is asked in its place.
    assert "decided on it on" in answer.text
    assert "kind" not in hidden(answer.text)


def test_the_end_of_an_ended_course_says_so_and_what_next(client: Client) -> None:
    path = patient(client)
    form = hidden(client.get(f"{path}/end").text) | {"ended_ground": "goals_reached"}
    ended = client.post(f"{path}/end", data=form | {"ended_on": day_ago(0)})
    assert ended.status_code == 303
    page = client.get(f"{path}/end").text
    assert "If she goes on, begin a new course on her page." in page
    assert "(The goals are reached)" in page
    assert "<form" not in page.split('id="main"')[1]
    assert 'name="ended_because"' not in page
    assert 'class="stop"' not in page


def test_after_the_end_of_a_course_nothing_urges_a_new_one(client: Client) -> None:
    path = patient(client)
    form = hidden(client.get(f"{path}/end").text) | {"ended_ground": "goals_reached"}
    assert client.post(f"{path}/end", data=form | {"ended_on": day_ago(0)}).status_code == 303
    page = client.get(path).text
    assert "If she goes on, a new one begins with Step " in page
    assert "a new one begins." not in page
    assert '<button type="submit">Begin a new course</button>' in page
    assert ">Accept</button>" not in page


def test_a_proposal_accepted_in_two_tabs_says_who_accepted_it(client: Client) -> None:
    path = f"/patients/{new_id()}"
    put(client, path, given_name="N.", family_name="H.", is_somebody_else=True)
    put(client, f"{path}/pregnancies/{new_id()}", expected_on=day_ago(-100), complications=[])
    put(client, f"{path}/pains/{new_id()}", score=0)
    tabs = [hidden(client.get(path).text) | {"id": new_id(), "kind": "accept"} for _ in range(2)]
    assert client.post(f"{path}/decide", data=tabs[0]).status_code == 303
    late = client.post(f"{path}/decide", data=tabs[1])
    assert late.status_code == 409
    (said,) = re.findall(r'role="alert">\s*<p>([^<]+)</p>', late.text)
    assert re.fullmatch(r"\S.* accepted it already, on .*\d:\d\d; nothing was kept twice\.", said)
    assert 'name="because"' not in late.text


@pytest.mark.parametrize("way", ["page", "api"])
def test_pain_that_holds_a_first_course_is_released_and_it_begins(client: Client, way: str) -> None:
    path = f"/patients/{new_id()}"
    put(client, path, given_name="N.", family_name="H.", is_somebody_else=True)
    put(client, f"{path}/pregnancies/{new_id()}", expected_on=day_ago(-100), complications=[])
    for days in (2, 1):
        put(client, f"{path}/pains/{new_id()}", score=9, on_day=day_ago(days))
    assert f'href="{path}/release"' in client.get(path).text
    asked = hidden(client.get(f"{path}/release").text)
    form = {name: asked[name] for name in ("id", "kind", "seen")} | {"because": "her hip, seen"}
    if way == "page":
        assert client.post(f"{path}/release", data=form).status_code == 303
    else:
        put(client, f"{path}/decisions/{form.pop('id')}", **form)
    put(client, f"{path}/pains/{new_id()}", score=0)
    page = client.get(path).text
    assert f'href="{path}/release"' not in page
    assert "her hip, seen" in page
    accept = hidden(page) | {"id": new_id(), "kind": "accept"}
    assert client.post(f"{path}/decide", data=accept).status_code == 303
    assert client.get(f"/api/v1{path}/course").json()["stage"] == "step-1"


def test_no_session_is_offered_where_there_is_no_training_yet(client: Client) -> None:
    path = patient(client)
    assert f'href="{path}/sitting"' in client.get(path).text
    put(client, f"{path}/red-flags/{new_id()}", code="fever", on_day=day_ago(0))
    assert f'href="{path}/sitting"' not in client.get(path).text


def test_the_course_is_drawn_with_today_the_birth_and_each_step(client: Client) -> None:
    path = patient(client)
    put(client, f"{path}/pains/{new_id()}", score=3)
    html = client.get(path).text
    assert re.findall(r'<g class="bar (\w+)">', html) == ["now", "ahead"]
    assert ">birth</text>" in html
    today, birth = (
        float(found)
        for found in re.findall(r'class="(?:today|zero)-line"[^>]*? x1="([\d.]+)"', html)[::-1]
    )
    assert birth < today
    assert ">3</text>" in html


def test_the_one_thing_to_do_stands_first_and_before_any_picture(client: Client) -> None:
    _, path = make(client, family_name="Peeters", is_somebody_else="yes")
    page = client.get(path).text
    assert "Is she pregnant, or has she given birth?" in page
    today = datetime.now().astimezone().date()
    asked = {"expected_on": (today + timedelta(days=100)).isoformat()}
    pregnancy = f"{path}/pregnancies/{new_id()}"
    put(client, pregnancy, **asked)
    page = client.get(path).text
    assert page.index("whether there were complications") < page.index('id="course-title"')
    assert f'<a class="button primary" href="{path}/pregnancy">' in page
    assert "Not known yet whether there were complications" in client.get("/").text
    again = client.put(
        f"/api/v1{pregnancy}", json=asked | {"complications": []}, headers={"if-match": '"1"'}
    )
    assert again.status_code == 200
    assert ">Accept</button>" in client.get(path).text
    put(client, f"{path}/red-flags/{new_id()}", on_day=today.isoformat(), code="fever")
    page = client.get(path).text
    assert "Red flag: call the doctor or midwife." in page
    assert f"{path}/decide" not in page
    form = client.get(f"{path}/clearance").text
    assert f'value="{today + timedelta(days=1)}"' in form
    assert "only a clearance from a later day holds" in form
    assert page.index("Fever, shivering") < page.index('id="course-title"')
    care = page[page.index('role="alert"') :]
    assert care.index("Call the midwife or doctor now") < care.index("In an emergency: 112")
    assert care.index("levator alerts nobody") < care.index("proposal-title")
    # Of several, what is most urgent stands first.
    put(client, f"{path}/red-flags/{new_id()}", on_day=today.isoformat(), code="open_wound")
    put(client, f"{path}/red-flags/{new_id()}", on_day=today.isoformat(), code="chest")
    page = client.get(path).text
    care = page[page.index('role="alert"') :]
    first, then, last = "Call 112 now", "midwife or doctor now, also", "midwife or doctor today"
    assert care.index(first) < care.index(then) < care.index(last)


def test_the_last_step_before_the_birth_is_not_called_the_last(client: Client) -> None:
    _, path = make(client, family_name="Claes", is_somebody_else="yes")
    due = datetime.now().astimezone().date() + timedelta(days=50)
    asked = {"expected_on": due.isoformat(), "complications": []}
    put(client, f"{path}/pregnancies/{new_id()}", **asked)
    put(client, f"{path}/pains/{new_id()}", score=0)
    decided(client, path, stage="step-3", because="holds long")
    page = client.get(path).text
    assert "This is the last step before the birth." in page
    assert "Step 5: Balance between tightening and letting go comes after the birth" in page
    assert "opens when" not in page


@pytest.mark.parametrize("asked", [{"pain": 7}, {"code": "fever"}, {"born": True}])
def test_where_nothing_may_be_trained_her_page_names_no_dose(
    client: Client, asked: dict[str, Any]
) -> None:
    """No instruction, no force, no times a day stand on it while she is to leave it alone."""
    path, today = patient(client), datetime.now().astimezone().date().isoformat()
    dose = "<dt>Force</dt><dd>"
    put(client, f"{path}/pains/{new_id()}", score=0)
    now = _now(client.get(path).text)
    assert "Go up with the band" in now
    assert dose in now
    assert "<dt>Times a day</dt><dd>3" in now
    if "pain" in asked:
        put(client, f"{path}/pains/{new_id()}", score=asked["pain"])
    elif "code" in asked:
        put(client, f"{path}/red-flags/{new_id()}", on_day=today, code=asked["code"])
    else:
        due = (datetime.now().astimezone().date() + timedelta(days=90)).isoformat()
        _, path = make(client, family_name="Born", is_somebody_else="yes")
        put(client, f"{path}/pregnancies/{new_id()}", expected_on=due, complications=[])
        put(client, f"{path}/pains/{new_id()}", score=0)
        decided(client, path, stage="step-3", because="holds long")
        birth = {"born_on": today, "mode": "vacuum", "complications": []}
        put(client, f"{path}/births/{new_id()}", **birth)
    now = _now(client.get(path).text)
    assert "<h2" in now
    for gone in ("Go up with the band", dose, "Times a day"):
        assert gone not in now


def _now(page: str) -> str:
    """The card of the step at which her course stands."""
    return page[page.index('"now-title"') : page.index('"next-title"')]


def test_a_course_is_ended_on_its_page_and_a_new_one_offered(client: Client) -> None:
    path = patient(client)
    assert f'href="{path}/end"' in client.get(path).text
    form = client.get(f"{path}/end").text
    seen = dict(re.findall(r'name="(course|version)" value="([^"]+)"', form))
    typed = seen | {
        "ended_ground": "other",
        "ended_on": datetime.now().astimezone().date().isoformat(),
    }
    refused = client.post(f"{path}/end", data=typed)
    assert "“In your own words” is empty" in refused.text
    sent = client.post(f"{path}/end", data=typed | {"ended_because": "She moves."})
    assert sent.status_code == 303
    page = client.get(path).text
    assert "The course has ended" in page
    assert "Course ended: Something else; write down what" in page
    assert "She moves." in page
    assert 'class="end-line"' in page
    assert f'href="{path}/end"' not in page
    assert f'href="{path}/sitting"' not in page
    # Another therapist, on the page as it was: the difference, in words.
    late = client.post(f"{path}/end", data=typed | {"ended_ground": "her_wish"})
    assert late.status_code == 409
    assert "<td>Something else; write down what</td><td>She wishes to stop</td>" in late.text
    assert "ended_at" not in late.text
