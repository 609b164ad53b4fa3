"""The interface: the same acts as the pages, strict, versioned, sent twice without harm."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from levator.records.access import TABLE, Actor
from levator.web.api.app import PARTS
from levator.web.api.routes import Bounded
from tests.clinic.desk import ADMIN, BO, FAR, OTHER, TENANT, actor, new_id
from tests.web.api.conftest import Api

MIA = {"given_name": "Mia", "family_name": "Jansen", "born_on": "1991-03-12"}


def made(api: Api, **changes: str) -> str:
    patient_id = new_id()
    answer = api.put(f"/patients/{patient_id}", json=MIA | changes)
    assert answer.status_code == 200, answer.text
    return f"/patients/{patient_id}"


def test_a_patient_is_made_once_read_and_changed_by_version(api: Api) -> None:
    path = made(api)
    again = api.put(path, json=MIA)
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    changed = api.put(path, json=MIA | {"number": "17"}, headers={"If-Match": '"1"'})
    assert changed.headers["etag"] == '"2"'
    assert api.get(path).json()["number"] == "17"
    assert api.post("/patients/search", json={"text": "jans 17"}).json()["total"] == 1
    # In an address it would stand in histories and logs, so there nothing is looked for.
    assert api.get("/patients", params={"text": "nobody"}).json()["total"] == 1


def test_an_old_version_is_answered_with_the_difference(api: Api) -> None:
    path = made(api)
    api.put(path, json=MIA | {"number": "17"}, headers={"If-Match": '"1"'})
    answer = api.put(path, json=MIA | {"number": "18"}, headers={"If-Match": '"1"'})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["version"]) == (
        409,
        "changed_meanwhile",
        2,
    )
    assert problem["differs"]["number"] == {"kept": "17", "given": "18"}


def test_a_twin_is_named_and_made_only_on_purpose(api: Api) -> None:
    path = made(api)
    answer = api.put(f"/patients/{new_id()}", json=MIA | {"given_name": "MIA"})
    assert answer.status_code == 409
    assert [f"/patients/{one['id']}" for one in answer.json()["twins"]] == [path]
    answer = api.put(f"/patients/{new_id()}", json=MIA | {"is_somebody_else": True})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"family_name": ""},
        {"family_name": 1},
        {"family_name": "x" * 10_000},
        {"family_name": "x", "unknown": 1},
        {"family_name": "x", "born_on": "12-3-1991"},
        {"family_name": "x", "born_on": "1991-02-30"},
        {"family_name": "x", "language": "xx"},
        [],
    ],
)
def test_what_is_not_as_asked_is_one_sentence(api: Api, body: object) -> None:
    answer = api.put(f"/patients/{new_id()}", json=body)
    assert answer.status_code == 422
    assert answer.json()["sentence"].count("\n") == 0
    assert answer.json()["code"] in ("wrong_form", "not_as_asked")


def test_what_is_no_json_or_no_address_is_told_as_plainly(api: Api) -> None:
    answer = api.put(f"/patients/{new_id()}", content=b"\xff{")
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_form")
    for answer in (api.get("/nothing"), api.ask("DELETE", "/patients")):
        assert answer.json()["code"] == "no_such_address"
    assert (
        api.get("/nothing", headers={"accept-language": "nl"})
        .json()["sentence"]
        .startswith("Er is niets")
    )


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("pregnancies", {"expected_on": "0001-01-01"}),
        ("symptoms", {"code": "leaks", "score": True}),
        ("assessments", {"code": "perfect", "score": False}),
        ("decisions", {"kind": "overrule", "seen": "x", "settings": {"hold_s": True}}),
    ],
)
def test_a_day_long_ago_and_a_yes_for_a_number_are_refused(
    api: Api, place: str, body: dict[str, object]
) -> None:
    answer = api.put(f"{made(api)}/{place}/{new_id()}", json=body)
    assert (answer.status_code, answer.json()["code"]) in (
        (422, "not_as_asked"),
        (422, "wrong_form"),
    )


@pytest.mark.parametrize("answers", ["none", "[]", "[" * 2000, '{"a":' * 2000])
def test_answers_that_are_no_json_are_refused_however_deep_they_are(api: Api, answers: str) -> None:
    body = {"code": "perfect", "answers": answers}
    answer = api.put(f"{made(api)}/assessments/{new_id()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_as_asked")


def test_more_than_anybody_writes_is_not_read(api: Api) -> None:
    asked = b'{"text": "jans"}'
    for spaces, status in ((400_000, 200), (600_000, 422)):
        kind = {"content-type": "application/json"}
        answer = api.post("/patients/search", content=b" " * spaces + asked, headers=kind)
        assert answer.status_code == status
    assert (answer.json()["code"], answer.json()["where"]) == ("wrong_form", ["body"])


def test_every_route_is_bounded() -> None:
    routes = [one for module in PARTS for one in module.router.routes]
    assert len(routes) > 40
    assert all(isinstance(one, Bounded) for one in routes)


def test_an_address_names_every_method_that_it_has(api: Api) -> None:
    path = made(api)
    assert api.ask("DELETE", path).headers["allow"] == "GET, PUT"
    assert api.ask("PATCH", f"{path}/course").headers["allow"] == "GET"
    for word, method in product(("search", "import"), ("GET", "PUT", "PATCH")):
        answer = api.ask(method, f"/patients/{word}", json={"family_name": "x"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_all_that_is_told_is_in_the_record(api: Api) -> None:
    path, number = made(api), new_id()
    sent = {
        f"/pregnancies/{number}": {"expected_on": "2026-10-01"},
        f"/births/{number}": {
            "born_on": "2026-10-04",
            "mode": "vacuum",
            "complications": ["infection"],
        },
        f"/clearances/{number}": {
            "signed_by": "dr. Bos",
            "profession": "doctor",
            "from_on": "2026-11-10",
        },
        f"/pains/{number}": {"score": 3, "moment": "before"},
        f"/symptoms/{number}": {"code": "leaks", "score": 2},
        f"/assessments/{number}": {"code": "perfect", "score": 3.5},
        f"/notes/{number}": {"text": "well"},
        f"/consents/{number}": {"what": "research", "given_on": "2026-11-01"},
        f"/red-flags/{number}": {"on_day": "2026-11-20", "code": "fever"},
    }
    for place, body in sent.items():
        for _ in range(2):
            answer = api.put(path + place, json=body)
            assert answer.status_code == 200, (place, answer.text)
    record = api.get(f"{path}/record").json()
    parts = {name: part for name, part in record.items() if isinstance(part, list)}
    assert {name: len(part) for name, part in parts.items() if part} == dict.fromkeys(
        (
            "pregnancies",
            "births",
            "clearances",
            "pains",
            "symptoms",
            "assessments",
            "notes",
            "consents",
            "red_flags",
        ),
        1,
    )
    assert record["clearances"][0]["revoked_because"] == "fever"


def test_complications_left_out_are_not_known_and_codes_are_of_the_checklist(api: Api) -> None:
    path, born = made(api), {"born_on": "2026-10-04", "mode": "vaginal"}
    kept = api.put(f"{path}/births/{new_id()}", json=born).json()
    assert kept["complications"] is None
    for codes in (["a"], ["infection", "A"]):
        asked = api.put(f"{path}/births/{new_id()}", json=born | {"complications": codes})
        assert (asked.status_code, asked.json()["code"]) == (422, "wrong_form")
    flag = {"on_day": "2026-11-20", "code": "flu"}
    assert api.put(f"{path}/red-flags/{new_id()}", json=flag).status_code == 422


def test_a_clearance_is_revoked_and_a_consent_withdrawn(api: Api) -> None:
    path, number = made(api), new_id()
    clearance = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": "2026-11-10"}
    api.put(f"{path}/clearances/{number}", json=clearance)
    api.put(f"{path}/consents/{number}", json={"what": "x", "given_on": "2026-11-01"})
    revoked = api.post(f"{path}/clearances/{number}/revoke", json={"because": "fever"})
    assert revoked.json()["revoked_because"] == "fever"
    assert api.post(f"{path}/consents/{number}/withdraw").json()["withdrawn_on"]


def test_who_may_not_is_refused_and_what_is_anothers_is_not_there(api: Api) -> None:
    path = made(api.as_(actor()))
    assert api.as_(None).get(path).json()["code"] == "not_signed_in"
    assert api.as_(actor(BO)).get(path).json()["code"] == "refused"
    far = api.as_(actor(FAR, tenant_id=OTHER))
    there, nowhere = far.get(path), far.get(f"/patients/{new_id()}")
    assert there.status_code == 404
    assert there.json() == nowhere.json()


def test_another_takes_her_on_and_she_is_handed_over(api: Api) -> None:
    path = made(api.as_(actor()))
    body = {"note_id": new_id(), "because": "Anke is ill"}
    taken = api.as_(actor(BO)).post(f"{path}/take-on", json=body)
    assert taken.json()["treated_by"] == [actor().user_id, BO]
    handed = api.as_(actor()).post(f"{path}/hand-over", json={"user_id": BO})
    assert handed.json()["treated_by"] == [BO]


def test_she_and_the_admin_see_who_looked_newest_first(api: Api) -> None:
    path = made(api.as_(actor()))
    api.as_(actor()).get(path)
    she = api.as_(Actor("9" * 32, TENANT, "patient", patient_id=path[-32:]))
    lines = she.get(f"{path}/audit").json()["lines"]
    assert [(one["action"], one["name"]) for one in lines] == [
        ("patient.read", "Therapist 1"),
        ("patient.make", "Therapist 1"),
    ]
    admin = api.as_(actor(ADMIN, "clinic_admin"))
    assert [one["action"] for one in admin.get(f"{path}/audit").json()["lines"]] == [
        "audit.own",
        "patient.read",
        "patient.make",
    ]
    assert admin.get("/audit", params={"limit": 1}).json()["total"] == 4
    assert api.as_(actor()).get("/audit").json()["code"] == "refused"


def test_the_document_names_an_action_for_every_route_and_shows_no_secret(api: Api) -> None:
    document = api.get("/openapi.json").json()
    routes = [one for path in document["paths"].values() for one in path.values()]
    assert routes
    assert {one["x-action"] for one in routes} <= TABLE.keys()
    assert all({"401", "403", "422"} <= one["responses"].keys() for one in routes)
    shown = {
        name: list(model["properties"])
        for name, model in document["components"]["schemas"].items()
        if not name.endswith("Asked")
    }
    secret = ("password", "totp", "digest", "search_key", "recovery", "public_key", "credential")
    assert not [one for one in shown.items() if any(word in str(one[1]) for word in secret)]


def pregnant(api: Api) -> str:
    path = made(api)
    asked = {"expected_on": in_days(110), "complications": []}
    api.put(f"{path}/pregnancies/{new_id()}", json=asked)
    api.put(f"{path}/pains/{new_id()}", json={"score": 0})
    return path


def in_days(days: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=days)).isoformat()


def test_a_list_holds_what_tells_women_apart_and_no_more(api: Api) -> None:
    api.put(f"/patients/{new_id()}", json=MIA | {"family_name": "Listed", "telephone": "06"})
    for answer in (api.get("/patients"), api.post("/patients/search", json={"text": "listed"})):
        rows = answer.json()["patients"]
        assert any(row["family_name"] == "Listed" for row in rows)
        assert {name for row in rows for name in row} == {
            "id",
            "given_name",
            "family_name",
            "born_on",
            "number",
        }


def test_a_course_is_read_with_its_gates_and_its_proposal_accepted_once(api: Api) -> None:
    path, number = pregnant(api), new_id()
    before = api.get(f"{path}/course").json()
    assert (before["stage"], before["proposal"]["kind"]) == (None, "Advance")
    assert all(gate["is_open"] for gate in before["gates"]["step-1"])
    decision = {"kind": "accept", "seen": before["seen"]}
    for _ in range(2):
        answer = api.put(f"{path}/decisions/{number}", json=decision)
        assert answer.json()["choice"] == "accepted"
    assert api.get(f"{path}/course").json()["stage"] == "step-1"
    late = api.put(f"{path}/decisions/{new_id()}", json=decision)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")


def test_a_birth_that_is_kept_under_another_id_is_corrected_under_that_one(api: Api) -> None:
    path, first = pregnant(api), new_id()
    today = api.clinic.acts.now()[:10]
    born = {"born_on": today, "mode": "vaginal", "tear": "none"}
    assert api.put(f"{path}/births/{first}", json=born).status_code == 200
    other = born | {"mode": "forceps"}
    late = api.put(f"{path}/births/{new_id()}", json=other)
    found = late.json()
    assert (late.status_code, found["id"], found["version"]) == (409, first, 1)
    match = {"If-Match": f'"{found["version"]}"'}
    again = api.put(f"{path}/births/{found['id']}", json=other, headers=match)
    assert (again.status_code, again.json()["mode"]) == (200, "forceps")


def test_who_decides_on_a_course_that_another_changed_is_told_the_difference(api: Api) -> None:
    path = pregnant(api)
    before = api.get(f"{path}/course").json()["seen"]
    decision = {"kind": "overrule", "stage": "step-2", "because": "seen", "seen": before}
    assert api.put(f"{path}/decisions/{new_id()}", json=decision).status_code == 200
    other = decision | {"stage": "step-1", "settings": {"hold_s": 3.0}}
    late = api.put(f"{path}/decisions/{new_id()}", json=other)
    now = api.get(f"{path}/course").json()
    assert late.status_code == 409
    assert late.json()["differs"] == {
        "stage": {"kept": "step-2", "given": "step-1"},
        "hold_s": {"kept": now["settings"]["hold_s"], "given": 3.0},
    }
    del other["seen"]
    unseen = api.put(f"{path}/decisions/{new_id()}", json=other)
    assert (unseen.status_code, unseen.json()["where"]) == (422, ["body.seen"])


def seen(api: Api, path: str) -> str:
    return str(api.get(f"{path}/course").json()["seen"])


def test_what_no_decision_passes_is_answered_with_its_reasons(api: Api) -> None:
    path = pregnant(api)
    decision = {
        "kind": "overrule",
        "stage": "step-6",
        "because": "she is strong",
        "seen": seen(api, path),
    }
    answer = api.put(f"{path}/decisions/{new_id()}", json=decision)
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json()["reasons"]} >= {"right_phase"}
    nothing = {"kind": "accept", "seen": seen(api, path)}
    api.put(f"{path}/decisions/{new_id()}", json=nothing)
    seat = {
        "device_url": "simulator://",
        "cushion": "none",
        "posture": "upright",
        "stage": "step-1",
        "pain": 8,
        "red_flags": [],
        "asked_id": new_id(),
    }
    assert api.post(f"{path}/sittings", json=seat | {"cushion": "cloud"}).status_code == 422
    assert (
        api.post(f"{path}/sittings", json=seat | {"device_url": "nothing://x"}).status_code == 422
    )
    assert api.get(f"{path}/course").json()["stage"] == "step-1"


def test_a_sitting_is_opened_with_an_answer_about_red_flags_or_not_at_all(api: Api) -> None:
    path = pregnant(api)
    api.put(f"{path}/decisions/{new_id()}", json={"kind": "accept", "seen": seen(api, path)})
    seat = {
        "device_url": "simulator://",
        "cushion": "none",
        "posture": "upright",
        "pain": 0,
        "asked_id": new_id(),
    }
    unanswered = api.post(f"{path}/sittings", json=seat).json()
    assert (unanswered["code"], unanswered["where"]) == ("wrong_form", ["body.red_flags"])
    assert api.post(f"{path}/sittings", json=seat | {"red_flags": ["yoga"]}).status_code == 422
    flagged = api.post(f"{path}/sittings", json=seat | {"red_flags": ["fever"]})
    assert flagged.status_code == 422
    assert {"code": "no_red_flag", "needed": None, "given": "fever"} in flagged.json()["reasons"]
    kept = api.get(f"{path}/record").json()
    assert [one["code"] for one in kept["red_flags"]] == ["fever"]
    assert kept["red_flag_answers"] == []


def test_what_is_to_do_is_told_and_the_audit_has_whose_record_was_looked_at(api: Api) -> None:
    path = pregnant(api)
    (one,) = api.get("/todo").json()["todos"]
    begin = [{"code": "course_to_begin", "day": None}]
    assert (f"/patients/{one['patient_id']}", one["tasks"]) == (path, begin)
    admin = api.as_(actor(ADMIN, "clinic_admin"))
    lines = admin.get(f"{path}/audit").json()["lines"]
    assert "todo.read" in [line["action"] for line in lines]


def test_a_session_that_is_not_there_is_not_there(api: Api) -> None:
    assert api.get(f"{made(api)}/sessions/{new_id()}").json()["code"] == "not_there"


def test_a_course_is_ended_as_it_was_seen_and_only_once(api: Api) -> None:
    path = pregnant(api)
    api.put(f"{path}/decisions/{new_id()}", json={"kind": "accept", "seen": seen(api, path)})
    (course,) = api.get(f"{path}/record").json()["courses"]
    place = f"{path}/courses/{course['id']}/end"
    goals = {"ended_on": course["begun_on"], "ended_ground": "goals_reached"}
    as_seen = {"If-Match": f'"{course["version"]}"'}
    unseen = api.post(place, json=goals)
    assert (unseen.status_code, unseen.json()["code"]) == (409, "changed_meanwhile")
    wrong = api.post(place, json=goals | {"ended_ground": "bored"}, headers=as_seen)
    assert wrong.json()["where"] == ["body.ended_ground"]
    ended = api.post(place, json=goals, headers=as_seen)
    assert (ended.status_code, ended.json()["ended_ground"]) == (200, "goals_reached")
    assert ended.headers["ETag"] == f'"{course["version"] + 1}"'
    again = api.post(place, json=goals | {"ended_ground": "her_wish"}, headers=as_seen)
    assert again.status_code == 409
    assert again.json()["differs"]["ended_ground"] == {
        "kept": "goals_reached",
        "given": "her_wish",
    }
    assert api.get("/todo").json()["todos"] == []
