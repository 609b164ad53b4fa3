"""Who is let in at all: this computer, our own pages, strict headers."""

import re

import pytest
from httpx import Client
from websockets.exceptions import InvalidStatus

from levator.web.guard import POLICY
from tests.web.forms import DUTCH, asked, code_on, joined, opened, ticket_of
from tests.web.served import Served


def test_health_tells_the_token_of_this_run(client: Client) -> None:
    assert client.get("/health").json() == {"status": "saving", "token": "token"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5:8000",
        "[",
        "[x]",
        "evil.example@127.0.0.1",
        "@127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1#evil",
    ],
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    answer = client.get("/", headers={"host": host, "accept-language": "en"})
    assert answer.status_code == 403
    assert "does not answer under this name" in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8321", "[::1]:8321"])
def test_this_computer_is_let_in(client: Client, host: str) -> None:
    assert client.get("/join", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://localhost:1", "http://["]
)
def test_a_form_of_another_page_is_refused(client: Client, origin: str) -> None:
    assert asked(client, headers={"origin": origin}).status_code == 403


def test_a_socket_of_another_page_is_refused(client: Client, server: Served) -> None:
    address = opened(client)
    with pytest.raises(InvalidStatus) as refused:
        server.line(client, f"{address}/line", origin="http://evil.example")
    assert refused.value.response.status_code == 403


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    for path in ("/", "/join", "/static/app.css", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/join"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_page_holds_script_or_style_or_another_address(
    client: Client, path: str, language: str
) -> None:
    html = client.get(path, params={"language": language}).text
    assert f'<html lang="{language}">' in html
    assert not re.search(r"<style|style=|\son[a-z]+=|javascript:|https?://", html)
    assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    client: Client, server: Served
) -> None:
    opened(client)
    knocked = joined(client, code_on(server))
    entered = client.get(f"/enter/{ticket_of(server)}")
    for cookie in (knocked.headers["set-cookie"], entered.headers["set-cookie"]):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


def test_a_form_too_long_is_refused(client: Client) -> None:
    assert client.post("/join", content=b"x" * 80_000).status_code == 413


def test_who_is_kept_out_is_told_so_in_dutch(server: Served) -> None:
    with server.client() as browser:
        answer = browser.get("/", headers=DUTCH | {"host": "elsewhere.example"})
    assert answer.status_code == 403
    assert answer.text.startswith("levator antwoordt niet onder deze naam")
