"""What is turned away is told to the log, without anything of anybody; requests have a pace."""

import re
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from levator.web.pace import PER_S, REQUESTS_AT_ONCE, Pace, Paces
from levator.web.routes import ACTIONS, PUBLIC
from levator.web.server import plain_log
from levator.web.turning_away import LINES_A_MINUTE, TurnedAway
from tests.clinic.people import told, with_password
from tests.web.forms import hear, hello, opened, patient
from tests.web.served import Served

SECRET = "paarse-fiets-zonder-bel"


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    import structlog

    before = structlog.get_config()
    plain_log()
    yield
    structlog.configure(**before)


def lines(capsys: pytest.CaptureFixture[str], event: str = "turned away") -> list[dict[str, str]]:
    """The lines of the log, field by field."""
    said = [line for line in capsys.readouterr().out.splitlines() if f"] {event}" in line]
    return [dict(re.findall(r"(\w+)=('[^']*'|\S+)", line)) for line in said]


def test_what_the_guard_turns_away_is_told(
    server: Served, client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/", headers={"host": f"{SECRET}.example"})
    client.post("/sign-in", headers={"origin": f"http://{SECRET}.example"})
    room = opened(client)
    with pytest.raises(InvalidStatus):
        server.line(client, f"{room}/line", origin=f"http://{SECRET}.example")
    found = lines(capsys)
    assert [one["reason"] for one in found] == [
        "'another name'",
        "'another page'",
        "'another page'",
    ]
    assert {(one["route"], one["address"]) for one in found} == {("guard", "127.0.0.1")}


@pytest.mark.parametrize(
    ("reason", "status"),
    [("not allowed", 403), ("not as asked", 422), ("too long", 413), ("not readable", 400)],
)
def test_what_is_refused_later_is_told_with_its_row_and_nothing_that_was_typed(
    server: Served,
    client: httpx.Client,
    capsys: pytest.CaptureFixture[str],
    reason: str,
    status: int,
) -> None:
    path = patient(client)
    capsys.readouterr()
    sent: dict[int, httpx.Response] = {}
    if status == 403:
        del client.headers["x-form-token"]
        sent[403] = client.post(f"{path}/note?{SECRET}", data={"note": SECRET})
    elif status == 422:
        sent[422] = client.put(f"/api/v1{path}/pains/{'b' * 32}", json={"score": SECRET})
    elif status == 413:
        sent[413] = client.post(f"{path}/note", data={"note": SECRET * 5000})
    else:
        sent[400] = client.post("/account/language", content=b"\xff\xfe", headers={
            "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert sent[status].status_code == status
    signed = server.clinic.accounts.logins.who(client.cookies[server.login_cookie])
    assert signed is not None
    [found] = lines(capsys)
    assert found["reason"].strip("'") == reason
    assert found["login"] == signed.login.id
    row = found["route"].strip("'")
    assert row in ACTIONS or row == "PUT /api/v1/patients/{patient_id}/pains/{entity_id}"
    assert SECRET not in repr(found)
    assert path.rpartition("/")[2] not in repr(found)


def test_a_guess_too_many_is_told_and_the_audit_does_not_grow_with_it(
    server: Served, stranger: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = server.clinic.accounts
    user = with_password(accounts, "researcher", SECRET)
    form = {"email": user.email, "password": "wrong"}
    with server.stranger() as browser:
        answers = [browser.post("/sign-in", data=form).status_code for _ in range(10)]
        before = told(accounts)
        capsys.readouterr()
        assert browser.post("/sign-in", data=form).status_code == 429
    assert set(answers) == {422}
    assert told(accounts) == before
    assert before[-10:] == ["login.fail"] * 10
    [found] = lines(capsys)
    assert (found["reason"], found["route"]) == ("'too often'", "'POST /sign-in'")
    assert "POST /sign-in" in PUBLIC
    accounts.guesses.forgive(user.email_key)


def test_what_is_answered_leaves_no_line(
    client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    path = patient(client)
    capsys.readouterr()
    assert client.get(path).status_code == 200
    assert client.post("/patients", data={"text": SECRET}).status_code == 303
    assert client.get("/nowhere").status_code == 404
    assert lines(capsys) == []


def test_a_flood_is_counted_and_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    turned_away = TurnedAway(lambda: now[0])
    for _ in range(LINES_A_MINUTE + 7):
        turned_away.tell("another name", "guard", "10.0.0.7")
    assert len(lines(capsys)) == LINES_A_MINUTE == 60
    now[0] = 61.0
    turned_away.tell("another name", "guard", "10.0.0.7")
    assert lines(capsys, "more was turned away") == [{"count": "7"}]


def test_one_login_may_ask_a_thousand_times_at_once_and_the_next_is_not_held_up() -> None:
    now = [0.0]
    paces = Paces(lambda: now[0])
    assert all(paces.allow("one") for _ in range(1000))
    assert not paces.allow("one")
    assert paces.allow("another")
    now[0] = 1.0
    assert [paces.allow("one") for _ in range(21)] == [True] * 20 + [False]
    assert (REQUESTS_AT_ONCE, PER_S) == (1000, 20)


def test_logins_that_are_gone_are_forgotten() -> None:
    paces = Paces(lambda: 0.0)
    for number in range(1500):
        paces.allow(str(number))
    assert len(paces._of) == 1000
    assert "1499" in paces._of


def test_who_asks_too_much_waits_and_her_live_screen_and_her_way_out_do_not(
    server: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = opened(client)
    held = Pace(lambda: 0.0, 0.0)
    monkeypatch.setattr(server.app.admission._paces, "allow", lambda login: held.allows())
    answer = client.get("/patients", headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "too much at once" in answer.text
    refused = client.get("/api/v1/todo")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    with server.line(client, f"{room}/line") as line:
        hello(line)
        assert hear(line)
    assert client.get(room).status_code == 429
    assert client.post("/sign-out").status_code == 303
