"""Every route and socket has a row, and a row lets in whom the table of access lets in."""

import itertools
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from levator.clinic import Clinic
from levator.records.access import TABLE
from levator.records.people import Role
from levator.storage.memory import MemoryRepository
from levator.web import create_app
from levator.web.line import NOT_LET_IN
from levator.web.routes import ACTIONS, HALF, PUBLIC, action_for, key_for, keys_of, without_row
from tests.clinic.people import ROLES, signed_in, told
from tests.web.forms import close_code, hear, hello, opened
from tests.web.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


def all_keys() -> set[str]:
    routes = create_app(Clinic(MemoryRepository())).admission.routes
    return {key for route in routes for key in keys_of(route)}


def test_the_rows_are_those_of_the_routes_and_no_others() -> None:
    assert all_keys() == ACTIONS.keys() | PUBLIC.keys()
    assert not ACTIONS.keys() & PUBLIC.keys()
    assert all(PUBLIC.values())
    assert ACTIONS.keys() >= HALF


def test_every_action_of_a_row_is_one_of_the_table() -> None:
    assert set(ACTIONS.values()) <= TABLE.keys()


def test_a_route_without_a_row_is_found_and_nobody_is_answered() -> None:
    def secret(request: object) -> Response:
        return Response("hers")

    routes = [
        Route("/records", secret),
        Route("/users", secret, methods=["DELETE"]),
        WebSocketRoute("/line", secret),
    ]
    assert without_row(routes) == ["GET /records", "DELETE /users", "SOCKET /line"]


def test_an_application_with_a_route_without_a_row_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(ACTIONS, "GET /users")
    with pytest.raises(AssertionError, match=r"without a row .*'GET /users'"):
        create_app(Clinic(MemoryRepository()))


def test_head_is_asked_as_get() -> None:
    routes = Starlette(routes=[Route("/users", lambda request: Response(""))]).routes
    scope = {"type": "http", "path": "/users", "headers": []}
    assert key_for(scope | {"method": "HEAD"}, routes) == "GET /users"
    assert key_for(scope | {"method": "PUT"}, routes) is None


def address(key: str) -> str:
    path = key.partition(" ")[2]
    for name in ("number", "recording", "ticket", "token"):
        path = path.replace("{" + name + "}", "unknown")
    return path


PAGES = [key for key in ACTIONS if not key.startswith("SOCKET") and "/sign-" not in key]


def is_let_in(answer: httpx.Response, key: str) -> bool:
    """Whether a handler has answered; it does not know the made-up ids, but that is later."""
    if key == "GET /":
        return answer.status_code == 200
    return answer.status_code != 403 and "/sign-in" not in answer.headers.get("location", "")


@pytest.mark.parametrize(("key", "role"), list(itertools.product(PAGES, ROLES)))
def test_a_page_is_for_whom_the_table_says(server: Served, key: str, role: Role) -> None:
    with server.client_of(role) as browser:
        answer = browser.request(key.partition(" ")[0], address(key))
    assert answer.status_code < 500
    assert is_let_in(answer, key) is (role in TABLE[action_for(key, role)])


@pytest.mark.parametrize("key", PAGES)
def test_nobody_gets_further_than_the_sign_in_page(server: Served, key: str) -> None:
    with server.stranger() as browser:
        answer = browser.request(key.partition(" ")[0], address(key))
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/sign-in"
    assert answer.text == ""


@pytest.mark.parametrize("role", [*(role for role in ROLES if role != "therapist"), None])
def test_the_cookie_of_a_room_opens_no_socket_to_who_may_not_ask(
    server: Served, role: Role | None
) -> None:
    with server.client() as browser:
        room, mine = opened(browser), browser.cookies[server.login_cookie]
        for path in (f"{room}/line", "/board/line"):
            with server.line(browser, path) as line:
                hello(line)
                assert hear(line)
            token = "" if role is None else signed_in(server.clinic.accounts, role)
            browser.cookies.set(server.login_cookie, token)
            assert close_code(server.line(browser, path)) == NOT_LET_IN
            assert browser.get(room).status_code in (303, 403)
            browser.cookies.set(server.login_cookie, mine)
        assert browser.get(room).status_code == 200


def test_a_refusal_is_told_to_the_audit(server: Served) -> None:
    before = told(server.clinic.accounts).count("access.fail")
    with server.client_of("patient") as browser:
        answer = browser.get("/users", headers={"accept-language": "en"})
    assert "This is not for your account" in answer.text
    assert told(server.clinic.accounts).count("access.fail") == before + 1


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("clinic_admin", "/users"),
        ("patient", "/home"),
        ("researcher", "/research"),
    ],
)
def test_who_has_another_place_to_begin_is_brought_there(
    server: Served, role: Role, home: str
) -> None:
    with server.client_of(role) as browser:
        assert browser.get("/").headers["location"] == home
        assert browser.get(home).status_code == 200
