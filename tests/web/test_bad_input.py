"""What people and programs send by mistake or on purpose, to every route that takes something."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from levator.records import kinds
from levator.records.access import TABLE
from levator.web.forms import read_form
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.web.cases import Asked, all_asked
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import HERE, Record, new_id, nowhere

TAKING = [
    one
    for one in all_asked()
    if one.method in ("PUT", "POST") and one.case.about in ("patient", "clinic", "user")
]
#: A body that would be one, were it not longer than anybody writes.
LONG = b'{"text": "%s"}' % (b"x" * 600_000)
BAD = (
    "x" * 10_000,
    "\0",
    "2026-02-30",
    "9999-12-31",
    "=HYPERLINK(1)",
    "\u202eneleH \u200b\u2066",
    "Zoe\u0308 'van 't Hof' \"; drop table patient --",
    "<script>alert(1)</script>",
    "-1",
    "1e999",
    "NaN",
    "٣",
    "",
    "../../etc/passwd",
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("bad")) as both:
        yield both


def met(both: TwoClinics, asked: Asked) -> tuple[Person, Record]:
    """Somebody who may ask it, and a record for which she may."""
    row = TABLE[asked.action]
    role = next(one for one in ("therapist", "clinic_admin", *row) if one in row)
    if asked.case.about == "clinic":
        return both.person(role), nowhere()
    if asked.case.about == "user":
        return both.person(role), both.record()
    relation = row[role][0]
    return both.met(role, "clinic" if relation == "clinic" else "treating")


def part_of(asked: Asked) -> str:
    return "json" if asked.is_api else "data"


@pytest.mark.parametrize("asked", TAKING, ids=[one.key for one in TAKING])
def test_bad_words_in_any_field_are_taken_as_words_or_refused_with_a_sentence(
    both: TwoClinics, asked: Asked
) -> None:
    who, to = met(both, asked)
    sent = dict(asked.case.sent(to))
    fields = sent.get(part_of(asked), {})
    texts = [name for name, value in fields.items() if isinstance(value, str) and name != "device"]
    for name in texts:
        for bad in BAD:
            if "take-on" in asked.key:  # which works once
                who, to = met(both, asked)
            given = sent | {part_of(asked): {**fields, name: bad}}
            answer = both.ask(who, asked.method, asked.path(to), **given)
            assert answer.status_code in (200, 303, 404, 409, 422), (name, bad, answer.text)
            assert "<script>alert" not in answer.text or asked.is_api
            assert len(answer.text) < 60_000


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"%", b"family_name=%ED%A0%80&id=%00", b"&" * 70_000, LONG]
)
@pytest.mark.parametrize("asked", TAKING, ids=[one.key for one in TAKING])
def test_a_body_that_is_none_is_refused(both: TwoClinics, asked: Asked, body: bytes) -> None:
    who, to = met(both, asked)
    kind = "application/json" if asked.is_api else "application/x-www-form-urlencoded"
    tags = {**asked.case.sent(to).get("headers", {}), "content-type": kind}
    answer = both.ask(who, asked.method, asked.path(to), headers=tags, content=body)
    # Nothing to look for is the list.
    takes_nothing = asked.key in ("POST /patients", "POST /research") or asked.key.endswith(
        ("withdraw", "/export", "/backups", "/close-access", "/disable")
    )
    assert answer.status_code in (400, 413, 404, 409, 422) or takes_nothing, answer.text


def counted(both: TwoClinics) -> dict[str, int]:
    """How much of everything there is, but for logins and invitations and what ends with them."""
    ends = ("login", "invitation", "push_subscription")
    names = [name for name in kinds.KINDS if name not in ends]
    with both.clinic.repository.work(writes=False) as work:
        return {name: work.count(kinds.KINDS[name], HERE) for name in names}


def at_once(*asking: Any) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(asking)) as threads:
        return [one.result() for one in [threads.submit(ask) for ask in asking]]


@pytest.mark.parametrize("asked", TAKING, ids=[one.key for one in TAKING])
def test_a_double_click_does_it_once(both: TwoClinics, asked: Asked) -> None:
    who, to = met(both, asked)
    path, sent = asked.path(to), asked.case.sent(to)

    def press() -> httpx.Response:
        return both.ask(who, asked.method, path, **sent)

    before = counted(both)
    codes = sorted(one.status_code for one in at_once(press, press))
    after = counted(both)
    made = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    is_gone = {404} if asked.action == "patient.erase" else set()
    assert codes[0] in (200, 202, 204, 303)
    assert codes[1] in {200, 202, 204, 303, 403, 409, 422} | is_gone
    assert all(count == (-1 if is_gone else 1) for count in made.values()), made


def test_two_therapists_at_once_see_what_differs(both: TwoClinics) -> None:
    one, other = both.person("therapist"), both.person("therapist")
    to = both.record(HERE, (one.user, other.user))
    path = f"/patients/{to.patient}"

    def api(who: Person, number: str) -> httpx.Response:
        body = {"family_name": "Jansen", "number": number, "is_somebody_else": True}
        tag = {"If-Match": '"1"'}
        return both.ask(who, "PUT", f"/api/v1{path}", headers=tag, json=body)

    answers = at_once(lambda: api(one, "17"), lambda: api(other, "18"))
    lost = max(answers, key=lambda answer: answer.status_code)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert set(lost.json()["differs"]["number"].values()) == {"17", "18"}

    def page(who: Person, number: str) -> httpx.Response:
        form = {"version": "2", "family_name": "Jansen", "number": number}
        form["is_somebody_else"] = "yes"
        return both.ask(who, "POST", f"{path}/details", data=form)

    answers = at_once(lambda: page(one, "27"), lambda: page(other, "28"))
    lost = max(answers, key=lambda answer: answer.status_code)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "27" in lost.text
    assert "28" in lost.text


def test_a_token_of_another_or_of_an_ended_login_changes_nothing(both: TwoClinics) -> None:
    who, to = both.met("therapist", "treating")
    another = both.person("therapist")
    path, form = f"/patients/{to.patient}/note", {"id": new_id(), "note": "well"}
    theirs = {FORM_TOKEN_HEADER: form_token_for(another.token)}
    for place, sent in (
        (path, {"data": form}),
        (f"/api/v1{path}s/{new_id()}", {"json": {"text": "x"}}),
    ):
        method = "PUT" if "api" in place else "POST"
        assert both.ask(who, method, place, headers=theirs, **sent).status_code == 403
    assert both.ask(who, "POST", "/sign-out").status_code == 303
    assert both.ask(who, "POST", path, data=form).headers["location"].startswith("/sign-in")
    assert both.ask(who, "GET", f"/api/v1/patients/{to.patient}").status_code == 401


def test_a_form_that_breaks_off_is_bad_input_and_no_fault() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read_form(request))
    assert refused.value.status_code == 400
