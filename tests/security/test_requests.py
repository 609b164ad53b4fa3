"""What a request is taken for: its length, its kind, its method, its address, its fields."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from levator.records.people import User
from tests.clinic.people import TENANT, kept, signed_in, user_of
from tests.web.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


def raw(server: Served, sent: bytes) -> bytes:
    """What comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(sent)
        answer = b""
        while part := line.recv(65_536):
            answer += part
    return answer


def head(server: Served, method: str, path: str, *more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *more, "", ""]
    return "\r\n".join(lines).encode()


def statuses(answer: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d+)", answer)


def test_a_request_cannot_hide_another_one(server: Served) -> None:
    """With a length and chunks the chunks count: what follows them is no request of its own."""
    origin = f"Origin: {server.address}"
    kind = "Content-Type: application/x-www-form-urlencoded"
    both = head(
        server, "POST", "/sign-in", origin, kind, "Content-Length: 6", "Transfer-Encoding: chunked"
    )
    answer = raw(server, both + b"0\r\n\r\n" + head(server, "GET", "/health", "Connection: close"))
    assert statuses(answer) in ([b"400"], [b"422", b"200"])


@pytest.mark.parametrize(
    "lengths",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -1",),
        ("Content-Length: 1x",),
        ("Transfer-Encoding: xchunked",),
    ],
)
def test_an_unclear_length_is_refused(server: Served, lengths: tuple[str, ...]) -> None:
    sent = head(server, "POST", "/sign-in", f"Origin: {server.address}", *lengths)
    assert statuses(raw(server, sent + b"0\r\n\r\n"))[0] in (b"400", b"501")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_other_methods_are_not_answered(server: Served, method: str) -> None:
    origin = f"Origin: {server.address}"
    answer = raw(server, head(server, method, "/sign-in", origin, "Connection: close"))
    assert statuses(answer)[0] in (b"400", b"403", b"404", b"405")
    assert b"Origin:" not in answer


KINDS = {
    "/sign-in": "text/html; charset=utf-8",
    "/static/app.css": "text/css; charset=utf-8",
    "/static/page.js": "text/javascript; charset=utf-8",
    "/static/icon.svg": "image/svg+xml; charset=utf-8",
    "/health": "application/json",
    "/nowhere": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_says_its_kind_and_its_signs(server: Served, path: str) -> None:
    with server.stranger() as client:
        assert client.get(path).headers["content-type"] == KINDS[path]


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/clinic/seal_key.py",
        "/static//etc/passwd",
        "/static/..%5capp.py",
        "/.git/config",
        "/.env",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/metrics",
        "/levator-key",
    ],
)
def test_no_address_leads_to_another_file_a_folder_or_a_tool(server: Served, path: str) -> None:
    answer = raw(server, head(server, "GET", path, "Connection: close"))
    assert statuses(answer)[0] in (b"404", b"307")
    if statuses(answer)[0] == b"307":
        assert b"location: http" in answer.lower()
    assert b"from __future__" not in answer
    assert b"root:" not in answer


def test_what_is_served_as_a_file_cannot_be_written_by_anybody(server: Served) -> None:
    with server.client_of("clinic_admin") as client:
        for method in ("PUT", "POST", "PATCH", "DELETE"):
            assert client.request(method, "/static/page.js", content=b"x").status_code in (404, 405)


def test_a_field_that_comes_twice_counts_once_and_the_same_everywhere(server: Served) -> None:
    body = "email=first&email=last&password=x"
    with server.stranger() as client:
        client.headers["content-type"] = "application/x-www-form-urlencoded"
        page = client.post("/sign-in?email=query", content=body).text
    assert 'value="last"' in page
    assert "query" not in page


def test_fields_that_no_form_has_change_nothing(server: Served) -> None:
    accounts = server.clinic.accounts
    before = kept(accounts, user_of("researcher"))
    form = {
        "name": "Rosa",
        "email": before.email,
        "role": "researcher",
        "version": str(before.version),
        "tenant_id": "clinic-b",
        "state": "disabled",
        "password_hash": "x",
        "totp_sealed": "x",
        "patient_id": f"{TENANT}-record",
        "id": "other",
    }
    with server.client_of("clinic_admin") as admin:
        assert admin.post(f"/users/{before.id}", data=form).status_code == 303
    after = kept(accounts, before)
    assert after.name == "Rosa"
    for field in ("tenant_id", "state", "password_hash", "totp_sealed", "patient_id", "id"):
        assert getattr(after, field) == getattr(before, field)


def test_no_page_shows_what_is_secret_in_an_account(server: Served) -> None:
    accounts, secret = server.clinic.accounts, "S3CRET0" * 3
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, f"{TENANT}-therapist", TENANT)
        work.put(replace(user, password_hash=secret, recovery_hashes=(secret,)))
    with server.client_of("clinic_admin") as admin:
        for path in ("/users", f"/users/{user.id}", "/account"):
            page = admin.get(path)
            assert page.status_code == 200
            assert secret not in page.text
    with server.client_of("therapist") as own:
        assert secret not in own.get("/account").text


def test_the_token_of_a_login_is_in_no_page_and_no_address(server: Served) -> None:
    token = signed_in(server.clinic.accounts, "therapist")
    with server.client() as client:
        client.cookies.set(server.login_cookie, token)
        for path in ("/", "/account", "/users"):
            answer = client.get(path)
            assert token not in answer.text
            assert token not in str(answer.url)


def test_a_token_in_the_address_is_no_login(server: Served) -> None:
    token = signed_in(server.clinic.accounts, "therapist")
    with server.stranger() as client:
        name = server.login_cookie
        for given in ({name: token}, {"token": token}, {"login": token}):
            assert client.get("/account", params=given).status_code == 303
        bearer = {"authorization": f"Bearer {token}"}
        assert client.get("/account", headers=bearer).status_code == 303
