"""What browsers are told about every answer, cookie and form."""

import ast
import re
from collections.abc import Iterator

import httpx
import pytest
from starlette.middleware.cors import CORSMiddleware

from levator.clinic.certificates import Tls
from levator.records.kinds import KINDS
from levator.records.people import Login
from levator.web.guard import POLICY, REPORT_POLICY
from levator.web.routes import ACTIONS, PUBLIC
from tests.clinic.people import ROLES, signed_in
from tests.security.sources import imports, nodes
from tests.web.forms import asked, code_on, joined, patient, ticket_of
from tests.web.served import Served, served
from tests.web.test_tls import COOKIE, browser, server, tls  # noqa: F401, fixtures

EVERYWHERE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
#: Pages, files, a redirect, refusals by the guard and by the table, what is not there.
ANSWERS = {
    "a page": ("GET", "/sign-in", {}, 200),
    "a script": ("GET", "/static/page.js", {}, 200),
    "a picture": ("GET", "/static/icon.svg", {}, 200),
    "data": ("GET", "/health", {}, 200),
    "a redirect": ("GET", "/account", {}, 303),
    "another host": ("GET", "/", {"host": "evil.example"}, 403),
    "another origin": ("POST", "/sign-in", {"origin": "http://evil.example"}, 403),
    "nothing there": ("GET", "/nowhere", {}, 404),
    "a method": ("DELETE", "/sign-in", {}, 405),
    "a file that is not there": ("GET", "/static/nothing.js", {}, 404),
}


@pytest.fixture(scope="module")
def plain() -> Iterator[Served]:
    with served() as plain:
        yield plain


@pytest.mark.parametrize("what", ANSWERS)
def test_every_kind_of_answer_has_the_strict_headers(plain: Served, what: str) -> None:
    method, path, changed, status = ANSWERS[what]
    with plain.stranger() as client:
        answer = client.request(method, path, headers=changed)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_the_policies_allow_nothing_by_default_and_no_embedding() -> None:
    for policy in (POLICY, REPORT_POLICY):
        parts = policy.split("; ")
        for needed in (
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ):
            assert needed in parts
    assert "unsafe" not in POLICY
    assert "script-src 'self'" in POLICY


def test_every_answer_over_tls_asks_for_tls_for_a_year_and_below(
    server: Served,  # noqa: F811
    tls: Tls,  # noqa: F811
) -> None:
    with browser(server, tls) as client:
        for path in ("/sign-in", "/static/page.js", "/nowhere", "/account"):
            said = client.get(path).headers["strict-transport-security"]
            assert re.fullmatch(r"max-age=31536000; includeSubDomains", said)
        assert "strict-transport-security" in client.get("/", headers={"host": "x.test"}).headers


def test_every_cookie_over_tls_is_secure_and_named_so(
    server: Served,  # noqa: F811
    tls: Tls,  # noqa: F811
) -> None:
    with browser(server, tls) as client:
        client.headers["origin"] = str(client.base_url).rstrip("/")
        client.headers["x-form-token"] = _token(server, client)
        opened = asked(client)
        assert opened.status_code == 303
        assert client.get(opened.headers["location"]).status_code == 200
        knocked = joined(client, code_on(server))
        entered = client.get(f"/enter/{ticket_of(server)}")
        signed_out = client.post("/sign-out")
    cookies = [
        one
        for answer in (knocked, entered, signed_out)
        for one in answer.headers.get_list("set-cookie")
    ]
    assert len(cookies) == 3
    for cookie in cookies:
        # What holds for the whole server is bound to its host; the rest to a path of its own.
        is_for_all = "; Path=/;" in cookie
        assert cookie.startswith("__Host-" if is_for_all else "__Secure-")
        assert is_for_all or re.search(r"Path=/(rooms/|join;)", cookie)
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert re.search(r"SameSite=(lax|strict)", cookie)


def _token(server: Served, client: httpx.Client) -> str:  # noqa: F811
    from levator.web.signed import form_token_for

    token = signed_in(server.clinic.accounts, "therapist")
    client.cookies.set(COOKIE, token)
    return form_token_for(token)


def test_no_other_origin_is_let_in_by_cors(plain: Served) -> None:
    asked = {
        "origin": "http://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-form-token",
    }
    with plain.stranger() as client:
        for method in ("OPTIONS", "GET"):
            answer = client.request(method, "/account/password", headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
    name = CORSMiddleware.__module__
    assert not [path for path, module in imports() if module.startswith(name)]


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data", ""])
def test_a_request_without_a_preflight_needs_the_token_of_a_form(plain: Served, kind: str) -> None:
    with plain.client() as client:
        del client.headers["x-form-token"]
        for more in ({}, {"x-form-token": ""}, {"x-form-token": "0" * 64}):
            sent = {"content-type": kind, **more}
            assert client.post("/sign-out", content=b"{}", headers=sent).status_code == 403
        assert client.get("/account").status_code == 200


def holdings(served: Served) -> dict[str, int]:
    """How many of each kind are kept; logins and the audit tell that somebody looked."""
    with served.clinic.repository.work(writes=False) as work:
        return {
            name: work.count(kind, None) for name, kind in KINDS.items() if kind is not Login
        } | {"rooms": len(served.clinic.rooms.rooms)}


def test_nothing_that_is_kept_changes_by_a_get(plain: Served) -> None:
    with plain.client() as client, plain.client_of("clinic_admin") as admin:
        path = patient(client)
        before = holdings(plain)
        for key in ACTIONS:
            method, _, address = key.partition(" ")
            if method == "GET":
                address = address.replace("/patients/{patient_id}", path)
                address = re.sub(r"{\w+}", "unknown", address)
                statuses = {one.get(address).status_code for one in (client, admin)}
                assert max(statuses) < 500
        assert holdings(plain) == before
    assert before["patient"] > 0
    assert {key for key in PUBLIC if key.startswith("POST ")} >= {"POST /sign-in", "POST /join"}


def test_head_writes_no_more_than_get(plain: Served) -> None:
    with plain.client() as client:
        for path in ("/account", "/users", "/"):
            assert client.head(path).status_code == 200


def test_a_page_for_who_is_signed_in_has_the_way_out(plain: Served) -> None:
    homes = {"therapist": ["/", "/users", "/account"], "clinic_admin": ["/users", "/account"]}
    for role in ROLES:
        with plain.client_of(role) as client:
            for path in homes.get(role, ["/account"]):
                assert 'action="/sign-out"' in client.get(path).text


def test_a_live_screen_has_the_way_out(plain: Served) -> None:
    with plain.client() as client:
        opened = asked(client)
        room = client.get(opened.headers["location"]).text
        assert 'action="/sign-out"' in room
        assert "/static/ending.js" in room


def test_signing_out_clears_what_the_browser_holds(plain: Served) -> None:
    with plain.client() as client:
        answer = client.post("/sign-out")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_a_file_to_be_kept_has_a_name_of_ours(
    server: Served,  # noqa: F811
    tls: Tls,  # noqa: F811
) -> None:
    with browser(server, tls) as client:
        given = client.get("/authority.crt", params={"filename": "x.exe"}).headers
    assert given["content-disposition"] == 'attachment; filename="levator-authority.crt"'
    written = {
        ast.unparse(value)
        for _, node in nodes()
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None and ast.unparse(key).lower() == "'content-disposition'"
    }
    ours = {"""'attachment; filename="levator-authority.crt"'"""}
    # Without it a browser would call the file by the secret in its address.
    ours |= {"""'inline; filename="calendar.ics"'"""}
    # Made of an id that was looked up, and a day.
    assert written == ours | {"""f'attachment; filename="{name}"'"""}


def test_the_answers_to_scripts_are_no_pages(plain: Served) -> None:
    with plain.client() as client:
        for path in ("/health", "/join/answer", "/api/v1/patients"):
            answer = client.get(path)
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_request_to_the_interface_is_json_with_the_token_or_nothing(plain: Served) -> None:
    with plain.client() as client:
        address = f"/api/v1{patient(client)}"
        body = '{"score": 3}'
        pain = f"{address}/pains/{'b' * 32}"
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            sent = client.put(pain, content=body, headers={"content-type": kind})
            assert 400 <= sent.status_code < 500
        token = client.headers.pop("x-form-token")
        assert client.put(pain, json={"score": 3}).status_code == 403
        client.headers["x-form-token"] = token
        assert client.put(pain, json={"score": 3}).status_code == 200
