"""The pages of the record as forms meet them: twins, conflicts, bad days, and what is offered."""

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from httpx import Client

from levator.records.people import Birth, Patient
from levator.records.treatment import Session
from levator.records.work import where
from tests.web.forms import MIA, WEEKS, day_ago, hidden, make, new_id, patient, put
from tests.web.served import Served


def test_a_twin_is_shown_with_a_link_and_made_only_with_a_tick(
    client: Client, server: Served
) -> None:
    status, first = make(client)
    assert status == 303
    status, page = make(client, given_name="ZOE\u0308")
    assert status == 409
    assert f'href="{first}"' in page
    assert 'name="is_somebody_else"' in page
    status, second = make(client, given_name="ZOE\u0308", is_somebody_else="yes")
    assert (status, second != first) == (303, True)


def test_the_same_form_sent_twice_makes_one_patient(client: Client) -> None:
    form = {"id": new_id()} | MIA | {"family_name": "Twice"}
    places = {client.post("/patients/new", data=form).headers["location"] for _ in range(2)}
    assert len(places) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"family_name": "x" * 10_000}, "too long"),
        ({"family_name": ""}, "is empty"),
        ({"born_on": "1991-02-31"}, "no day of the calendar"),
        ({"born_on": "2999-01-01"}, "lies after today"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_what_was_typed_stays(
    client: Client, changes: dict[str, str], words: str
) -> None:
    status, page = make(client, **changes)
    assert status == 422
    assert words in page
    assert page.count('role="alert"') == 1
    assert 'value="Zo\u00eb"' in page


def test_two_at_once_are_shown_the_difference_and_may_keep_theirs(client: Client) -> None:
    path = patient(client)
    form = {"version": "1", "family_name": "J.", "given_name": "M.", "language": "nl"}
    assert client.post(f"{path}/details", data=form | {"telephone": "1"}).status_code == 303
    answer = client.post(f"{path}/details", data=form | {"telephone": "2"})
    assert answer.status_code == 409
    row = re.search(r"Telephone</th><td>(\d)</td><td>(\d)</td>", answer.text)
    assert row is not None
    assert row.groups() == ("1", "2")
    assert 'name="version" value="2"' in answer.text


def test_complications_are_answered_also_where_there_were_none(client: Client) -> None:
    _, path = make(client, family_name="Maes", is_somebody_else="yes")
    form = {"id": new_id(), "birth_on": "2026-01-01", "mode": "vaginal"}
    assert "Tick every complication" in client.post(f"{path}/birth", data=form).text
    both = form | {"complications.infection": "yes", "complications.none_of_these": "yes"}
    assert "keep one of them" in client.post(f"{path}/birth", data=both).text
    unknown = form | {"complications.not_known": "yes"}
    assert client.post(f"{path}/birth", data=unknown).status_code == 303


def test_a_birth_that_another_told_of_is_shown_with_the_difference_and_corrected(
    client: Client, server: Served
) -> None:
    path = patient(client)
    form = {"id": new_id(), "birth_on": day_ago(50), "mode": "forceps", "tear": "third"}
    form |= {"complications.haemorrhage": "yes"}
    answer = client.post(f"{path}/birth", data=form)
    assert answer.status_code == 409
    assert "Forceps" in answer.text
    was, given = (datetime.fromisoformat(day_ago(days)) for days in (7 * WEEKS, 50))
    said = [f"{one.day} {one:%B %Y}" for one in (was, given)]
    row = f"Day of the birth</th><td>{said[0]}</td><td>{said[1]}</td>"
    assert row in answer.text
    assert "born_on" not in answer.text
    assert "haemorrhage</td>" not in answer.text
    assert client.post(f"{path}/birth", data=form | hidden(answer.text)).status_code == 303
    with server.clinic.repository.work(writes=False) as work:
        kept = work.find(Birth, None, where(patient_id=path.rpartition("/")[2]))
    assert [(one.mode, one.tear, one.complications) for one in kept] == [
        ("forceps", "third", ("haemorrhage",))
    ]


def test_her_file_writes_german_nouns_as_german_does(client: Client) -> None:
    path = patient(client)
    form = {"id": new_id(), "birth_on": day_ago(50), "mode": "forceps", "tear": "third"}
    form |= {"complications.haemorrhage": "yes"}
    found = re.findall(
        r'type="hidden" name="(id|version)" value="(\w+)"', client.get(f"{path}/birth").text
    )
    assert client.post(f"{path}/birth", data=form | dict(found)).status_code == 303
    page = client.get(path, headers={"accept-language": "de"}).text
    for words in ("Zange · Dammriss", "Starke Blutung", ", Mal am Tag 3"):
        assert words in page
    assert ", times a day 3" in client.get(path).text


def test_complications_of_a_pregnancy_are_answered_and_shown_again(client: Client) -> None:
    _, path = make(client, family_name="Claes", is_somebody_else="yes")
    due = datetime.now().astimezone().date()
    form = {"id": new_id(), "expected_on": due.isoformat()}
    assert "Tick every complication" in client.post(f"{path}/pregnancy", data=form).text
    there = form | {"complications.placenta_praevia": "yes", "complications.bleeding": "yes"}
    assert client.post(f"{path}/pregnancy", data=there).status_code == 303
    shown = re.findall(
        r'name="complications.(\w+)" value="yes" checked', client.get(f"{path}/pregnancy").text
    )
    assert shown == ["bleeding", "placenta_praevia"]


def test_a_birth_of_which_nobody_knows_how_it_went_says_so_when_it_is_shown_again(
    client: Client,
) -> None:
    _, path = make(client, family_name="Smets", is_somebody_else="yes")
    today = datetime.now().astimezone().date()
    put(client, f"{path}/births/{new_id()}", born_on=today.isoformat(), mode="vaginal")
    shown = re.findall(
        r'name="complications.(\w+)" value="yes" checked', client.get(f"{path}/birth").text
    )
    assert shown == ["not_known"]


def test_symptoms_tests_and_consent_are_written_and_stand_on_her_page(client: Client) -> None:
    path = patient(client)
    forms = {
        "symptom": {"symptom": "leaks", "score": "2,5", "unit": "a day", "on_day": "2026-01-02"},
        "test": {"test": "PERFECT", "score": "", "on_day": "2026-01-03", "remark": "3/8/6/9"},
        "consent": {"what": "research", "on_day": "2026-01-04"},
    }
    for name, form in forms.items():
        for _ in range(2):
            number = forms[name].setdefault("id", new_id())
            assert client.post(f"{path}/{name}", data=form | {"id": number}).status_code == 303
    html = client.get(path).text
    for words in ("leaks: 2.5 a day", "3/8/6/9", "<strong>research</strong>"):
        assert html.count(words) == 1, words
    assert '<option value="leaks">' in client.get(f"{path}/symptom").text
    [consent] = re.findall(r'name="consent" value="(\w+)"', client.get(f"{path}/withdraw").text)
    assert client.post(f"{path}/withdraw", data={"consent": consent}).status_code == 303
    assert "withdrawn on" in client.get(path).text


@pytest.mark.parametrize("score", ["two", "", "nan", "inf"])
def test_a_symptom_is_a_number_and_a_test_may_be_without(client: Client, score: str) -> None:
    path, day = patient(client), {"on_day": "2026-01-02"}
    symptom = day | {"id": new_id(), "symptom": "leaks", "score": score}
    assert client.post(f"{path}/symptom", data=symptom).status_code == 422
    test = day | {"id": new_id(), "test": "PERFECT", "score": score}
    assert client.post(f"{path}/test", data=test).status_code == (303 if score == "" else 422)


def test_a_clearance_for_a_day_to_come_is_told_and_not_asked_for_again(client: Client) -> None:
    path = patient(client)
    put(client, f"{path}/red-flags/{new_id()}", code="bleeding", on_day=day_ago(0))
    button = f'<a class="button" href="{path}/clearance">Sign a clearance</a>'
    assert button in client.get(path).text
    signed = {"signed_by": "dr. Smit", "profession": "gynaecologist", "from_on": day_ago(-1)}
    put(client, f"{path}/clearances/{new_id()}", **signed)
    page = client.get(path).text
    assert "A clearance is signed; it holds from " in page
    assert button not in page
    assert f'<a href="{path}/clearance">' in page


@pytest.mark.parametrize(
    ("flag", "days", "words"),
    [
        (0, {"from_on": day_ago(0)}, "it is not from after the red flag of"),
        (None, {"from_on": day_ago(9), "until_on": day_ago(2)}, "any more: it has ended."),
        (None, {"from_on": day_ago(-2)}, "Does not hold yet: it begins later."),
    ],
)
def test_a_clearance_that_does_not_hold_says_why(
    client: Client, flag: int | None, days: dict[str, str], words: str
) -> None:
    path = patient(client)
    if flag is not None:
        put(client, f"{path}/red-flags/{new_id()}", code="bleeding", on_day=day_ago(flag))
    signed = {"signed_by": "dr. Smit", "profession": "gynaecologist"}
    put(client, f"{path}/clearances/{new_id()}", **signed, **days)
    rows = client.get(path).text.split('id="clearances-title"')[1].split("</section>")[0]
    assert words in rows.split("<strong>dr. Smit")[1].split("</li>")[0]


def test_an_admin_is_offered_what_there_is_to_do_for_her(server: Served, client: Client) -> None:
    path = patient(client)
    with server.client_of("clinic_admin") as admin:
        links = re.compile(rf'<a href="{path}/([a-z-]+)"')
        assert links.findall(admin.get(f"{path}/details").text) == [
            "hand-over",
            "looked",
            "export",
            "erase",
        ]
        invited = client.post(f"{path}/invite", data={"email": f"{new_id()}@example.org"})
        assert invited.status_code == 200
        assert "close-access" in links.findall(admin.get(f"{path}/details").text)
        page = admin.get(f"{path}/close-access").text
        assert links.findall(page) == []
        assert f'<a class="button" href="{path}/details">Back</a>' in page


def test_consent_to_research_is_read_in_the_language_of_the_page(client: Client) -> None:
    path = patient(client)
    given = {"what": "onderzoek", "given_on": day_ago(0)}
    put(client, f"{path}/consents/{new_id()}", **given)
    put(client, f"{path}/consents/{new_id()}", **given | {"what": "onderzoek naar slaap"})
    page = client.get(path).text
    assert "<strong>research</strong>" in page
    assert "<strong>onderzoek naar slaap</strong>" in page
    withdraw = client.get(f"{path}/withdraw").text
    assert ">research</label>" in withdraw


def test_a_new_patient_is_typed_at_once_and_access_is_closed_where_there_is_one(
    client: Client,
) -> None:
    assert re.search(r'name="given_name"[^>]* autofocus', client.get("/patients/new").text)
    path = patient(client)
    assert f'href="{path}/close-access"' not in client.get(path).text
    assert "nothing to close" in client.get(f"{path}/close-access").text
    hers = {"email": f"{new_id()}@example.org"}
    assert client.post(f"{path}/invite", data=hers).status_code == 200
    taken = client.post(f"{patient(client)}/invite", data=hers)
    assert f"{hers['email']} has an account here already" in taken.text
    assert f'href="{path}/close-access"' in client.get(path).text
    form = client.get(f"{path}/close-access").text
    assert 'class="stop"' in form


def test_who_has_no_second_factor_reads_of_no_recovery_codes(client: Client) -> None:
    page = client.get("/account").text
    assert "No app for codes." in page
    assert "recovery codes are left" not in page
    assert "New recovery codes" not in page


def test_the_list_says_who_treats_and_how_many_there_are(client: Client) -> None:
    make(client, family_name="Once")
    page = client.post("/patients", data={"text": "once"}, follow_redirects=True).text
    assert "One patient." in page
    assert "treated by you" in page
    answer = client.post("/patients", data={"text": "qqq"}, follow_redirects=True)
    assert "Nobody of that name" in answer.text


def test_a_note_and_a_test_may_be_about_a_session(client: Client, server: Served) -> None:
    path, number, today = patient(client), new_id(), datetime.now().astimezone()
    assert 'name="session"' not in client.get(f"{path}/note").text
    with server.clinic.repository.work(writes=True) as work:
        (mine,) = work.find(Patient, None, where(id=path.rpartition("/")[2]))
        work.put(
            Session(
                id=number,
                tenant_id=mine.tenant_id,
                patient_id=mine.id,
                on_day=today.date().isoformat(),
                started_at=today.isoformat(),
                stage="step-6",
                state="ended",
            )
        )
    assert f'<option value="{number}"' in client.get(f"{path}/note").text
    fields = {"id": new_id(), "session": number}
    assert client.post(f"{path}/note", data=fields | {"note": "Cushion hard."}).status_code == 303
    tested = fields | {"test": "PERFECT", "score": "3", "on_day": today.date().isoformat()}
    assert client.post(f"{path}/test", data=tested).status_code == 303
    page = client.get(f"{path}/sessions/{number}").text
    assert "Cushion hard." in page
    assert "PERFECT 3" in page
    elsewhere = fields | {"id": new_id(), "session": new_id(), "note": "x"}
    assert client.post(f"{path}/note", data=elsewhere).status_code == 404


def test_each_dose_of_a_session_stands_with_its_own_rounds(client: Client, server: Served) -> None:
    path, number = patient(client), new_id()
    at = datetime.now().astimezone().isoformat()
    parts = [
        {"first_set": 1, "last_set": 2, "force_percent_mvc": 50.0, "hold_s": 5.0, "rounds": 6},
        {"first_set": 3, "last_set": 3, "force_percent_mvc": 60.0, "hold_s": 4.5, "rounds": 2},
    ]
    trained = [one | {"valid_rounds": 2, "good_rounds": 1} for one in parts]
    with server.clinic.repository.work(writes=True) as work:
        (mine,) = work.find(Patient, None, where(id=path.rpartition("/")[2]))
        mine_id = {"tenant_id": mine.tenant_id, "patient_id": mine.id}
        made = Session(id=number, on_day=at[:10], started_at=at, stage="step-6", **mine_id)
        work.put(replace(made, state="ended", force_percent_mvc=60.0, trained=json.dumps(trained)))
    assert re.search(r"50\s%, 5\ss; 60\s%, 4.5\ss", client.get(f"{path}/sessions").text)
    page = client.get(f"{path}/sessions/{number}").text
    for heading, force in (("Sets 1 to 2", r"50\s%"), ("Set 3", r"60\s%")):
        assert re.search(rf"<h3>{heading}</h3>.*?<dt>Force</dt><dd>{force}</dd>", page)
    told = client.get(f"/api/v1{path}/sessions/{number}").json()["session"]["trained"]
    assert [(one["force_percent_mvc"], one["rounds"]) for one in told] == [(50.0, 6), (60.0, 2)]


def test_a_session_in_which_she_pressed_pain_says_so_in_the_list(
    client: Client, server: Served
) -> None:
    """Also when her last set had come to its end before."""
    path, at = patient(client), datetime.now().astimezone().isoformat()
    with server.clinic.repository.work(writes=True) as work:
        (mine,) = work.find(Patient, None, where(id=path.rpartition("/")[2]))
        mine_id = {"tenant_id": mine.tenant_id, "patient_id": mine.id}
        made = Session(id=new_id(), on_day=at[:10], started_at=at, stage="step-6", **mine_id)
        work.put(replace(made, state="ended", ended_by="round_limit", had_pain=True))
    page = client.get(f"{path}/sessions").text
    assert "stopped for pain" in page
    assert "the longest set reached" not in page
    page = client.get(path).text
    assert "No training yet." in page
    assert f'<a class="button" href="{path}/sitting">Start session</a>' in page
