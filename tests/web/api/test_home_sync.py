"""What a phone sends over the interface: strict in form, and hers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.records.access import Actor
from levator.records.people import User
from levator.web.api.asking import MOST_ITEMS as MOST_AT_ONCE
from tests.clinic.desk import actor, new_id
from tests.clinic.home.women import prescribed, woman
from tests.web.api.conftest import Api


@pytest.fixture
def hers(api: Api) -> Api:
    """The interface as she asks it; endurance is prescribed."""
    patient, she = woman(api.clinic.acts)
    prescribed(api.clinic.acts, patient)
    return api.as_(she)


def today(api: Api) -> str:
    return api.clinic.acts.now()[:10]


ONE = {"id": "0" * 32, "on_day": "2026-11-29"}


def sent(api: Api, **more: Any) -> dict[str, Any]:
    return {"phone": new_id(), "now": api.clinic.acts.now()[:19], **more}


def done(api: Api, **more: Any) -> dict[str, Any]:
    given = {"id": new_id(), "exercise": "endurance", "on_day": today(api), "repetitions": 10}
    given |= {"started_at": f"{today(api)}T00:00:00", "lasted_s": 270.0, "ended_by": "done"}
    return given | more


def test_a_phone_sends_all_kinds_and_gets_its_plan(hers: Api) -> None:
    habit, at = new_id(), f"{today(hers)}T00:00:00"
    day = {"on_day": today(hers)}
    told = sent(
        hers,
        sessions=[done(hers, pain=0, leaked=False)],
        answers=[{"id": new_id(), **day, "at": at, "code": "red_flags", "answer": "none"}],
        habits=[{"id": habit, **day, "code": "feeding"}],
        marks=[{"id": new_id(), **day, "habit": habit}],
        entries=[{"id": new_id(), **day, "at": "00:10", "kind": "drink", "amount_ml": 200}],
    )
    answer = hers.post("/home/sync", json=told)
    assert answer.status_code == 200, answer.text
    kept = answer.json()
    assert (len(kept["kept"]), kept["refused"], kept["clock"]) == (5, [], None)
    assert kept["lease"]["is_here"]
    plan = kept["plan"]
    [item] = [plan["items"][key] for key in plan["days"][0]["items"]]
    assert (item["exercise"], item["breakpoints"][0]) == ("endurance", [0.0, "rise"])
    assert plan["done"] == {today(hers): {"endurance": 1}}


def test_her_plan_is_said_in_the_language_that_is_asked_for(hers: Api) -> None:
    answer = hers.post("/home/sync?language=fr", json=sent(hers))
    asked = [one["ask"] for one in answer.json()["plan"]["questions"]]
    assert "Quelle est votre douleur en ce moment ?" in asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "mine"},
        {"now": "noon"},
        {"now": "2026-11-29"},
        {"take_over": "yes"},
        {"patient_id": "0" * 32},
        {"sessions": [{"id": "0" * 32}]},
        {"answers": [{**ONE, "code": "pain", "answer": 0}]},
        {"entries": [{**ONE, "at": "9:00", "kind": "drink"}]},
        {"entries": [{**ONE, "at": "09:00", "kind": "drink", "remark": "x" * 201}]},
    ],
)
def test_what_is_not_in_the_form_is_refused_as_a_whole(hers: Api, wrong: dict[str, Any]) -> None:
    answer = hers.post("/home/sync", json=sent(hers, sessions=[done(hers)]) | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_form")


def test_a_field_too_many_is_named_however_full_the_form_is(hers: Api) -> None:
    kinds = ("sessions", "answers", "habits", "marks", "entries", "taken_back")
    lists: dict[str, Any] = {kind: [] for kind in kinds}
    full = sent(hers, phone_name="", is_shared=False, take_over=False, **lists)
    assert hers.post("/home/sync", json=full).status_code == 200
    for told in (sent(hers), full):
        answer = hers.post("/home/sync", json=told | {"patient_id": "0" * 32})
        assert answer.json()["where"] == ["body.patient_id"]
        assert "body.patient_id" in answer.json()["sentence"]


def test_of_very_much_that_is_wrong_the_first_is_named_and_the_rest_not_looked_at(
    hers: Api,
) -> None:
    """Each place that is looked at takes time and memory of everybody's server."""
    for name in ("sessions", "answers", "habits", "marks", "entries", "taken_back"):
        answer = hers.post("/home/sync", json=sent(hers, **{name: [{}] * 20_000}))
        assert answer.status_code == 422
        assert len(answer.content) < 2000, name
        assert {one.split(".")[2] for one in answer.json()["where"]} == {"0"}, name
    for path in ("/home/sync", "/sign-in"):
        answer = hers.post(path, json={f"{number}": 0 for number in range(500)})
        assert answer.json()["where"] == ["body"]


def test_a_day_of_no_calendar_is_refused_for_itself(hers: Api) -> None:
    wrong, day, other = new_id(), "2026-02-30", new_id()
    one = {"id": wrong, "on_day": day}
    midnight = f"{today(hers)}T00:00:00"
    habit = {"id": other, "on_day": today(hers), "code": "feeding"}
    for kind, told in {
        "sessions": done(hers, id=wrong, on_day=day),
        "answers": {**one, "at": midnight, "code": "pain", "answer": 0},
        "habits": {**one, "code": "feeding"},
        "marks": {**one, "habit": other},
        "entries": {**one, "at": "09:00", "kind": "drink"},
    }.items():
        more = {"habits": [habit]} | {kind: [told, *([habit] if kind == "habits" else [])]}
        answer = hers.post("/home/sync", json=sent(hers, **more)).json()
        assert answer["kept"] == [other], kind
        assert [no["id"] for no in answer["refused"]] == [wrong], kind
        assert day in answer["refused"][0]["why"]


def test_more_at_once_than_a_phone_sends_is_refused_and_less_is_kept(hers: Api) -> None:
    answer = hers.post("/home/sync", json=sent(hers, sessions=[done(hers)] * (MOST_AT_ONCE + 1)))
    assert answer.status_code == 422
    same = hers.post("/home/sync", json=sent(hers, sessions=[done(hers)] * MOST_AT_ONCE)).json()
    assert len(same["kept"]) == MOST_AT_ONCE
    # Of all kinds together: nobody else writes while they are kept.
    answers = [{**ONE, "at": f"{today(hers)}T09:00:00", "code": "pain", "answer": 0}]
    more = sent(hers, sessions=[done(hers)] * MOST_AT_ONCE, answers=answers)
    refused = hers.post("/home/sync", json=more)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_as_asked")
    assert f"hoogstens {MOST_AT_ONCE} dingen tegelijk" in refused.json()["sentence"]
    assert same["plan"]["done"] == {today(hers): {"endurance": 1}}


def test_only_she_sends_and_nobody_who_is_not_signed_in(api: Api, hers: Api) -> None:
    told = sent(api, sessions=[done(api)])
    assert api.post("/home/sync", json=told).status_code == 403
    assert api.as_(None).post("/home/sync", json=told).status_code == 401
    assert hers.post("/home/sync", json=told, headers={"x-form-token": "old"}).status_code == 403


def test_whose_access_is_closed_sends_again_once_it_is_open(api: Api) -> None:
    acts: Acts = api.clinic.acts
    patient, she = woman(acts)
    prescribed(acts, patient)
    account = User(
        id=she.user_id,
        tenant_id=she.tenant_id,
        name="Mia",
        email="m@example.org",
        email_key="m@example.org",
        role="patient",
        state="disabled",
        patient_id=patient.id,
    )
    with acts.repository.work(writes=True) as work:
        kept = work.put(account)
    told = sent(api, sessions=[done(api)])
    assert api.as_(she).post("/home/sync", json=told).status_code == 403
    assert history.read(acts, actor(), patient.id).home_sessions == ()
    with acts.repository.work(writes=True) as work:
        work.put(replace(kept, state="active"))
    assert len(api.as_(she).post("/home/sync", json=told).json()["kept"]) == 1


def test_her_therapist_reads_and_prescribes_and_she_prescribes_nothing(api: Api, hers: Api) -> None:
    [patient] = [one["id"] for one in api.get("/patients").json()["patients"]]
    read = api.get(f"/patients/{patient}/home").json()
    assert [one["exercise"] for one in read["prescriptions"]] == ["endurance"]
    address = f"/patients/{patient}/home/exercises/{new_id()}"
    wanted = {"exercise": "strength", "because": "as agreed"}
    assert hers.put(address, json=wanted).status_code == 403
    for _ in range(2):
        assert api.put(address, json=wanted).json()["exercise"] == "strength"
    other = api.put(address, json=wanted | {"repetitions": 8})
    assert (other.status_code, other.json()["code"]) == (409, "changed_meanwhile")
    refused = api.put(f"{address[:-32]}{new_id()}", json=wanted | {"hold_s": 99.0})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_as_asked")
    away, last = wanted | {"is_withdrawn": True}, address.rpartition("/")[2]
    for seen, status in ((new_id(), 409), ("", 409), ("mine", 422), (last, 200)):
        answer = api.put(f"{address[:-32]}{new_id()}", json=away | {"last": seen})
        assert answer.status_code == status, seen
    assert len(hers.get(f"/patients/{patient}/home").json()["prescriptions"]) == 3


def test_a_stranger_reads_nothing_of_it(api: Api, hers: Api) -> None:
    [patient] = [one["id"] for one in api.get("/patients").json()["patients"]]
    other = Actor("7" * 32, actor().tenant_id, "patient", patient_id=new_id())
    for who in (other, actor("4" * 32, "therapist", "b" * 32)):
        assert api.as_(who).get(f"/patients/{patient}/home").status_code == 404
