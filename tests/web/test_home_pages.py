"""The pages at home as the server sends them: whose they are, how they are packed and kept."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import get_args

import httpx
import pytest

from levator.clinic.invitations import Invitations
from levator.course.exercise import Part
from levator.course.home import QuestionCode
from levator.records.access import Actor
from levator.records.home import DiaryKind, HomeEnd
from levator.texts import LANGUAGES, speaker
from levator.web.home.bundle import STATIC, one_script
from levator.web.home.words import COUNTED, WORDS
from tests.clinic.people import TENANT
from tests.web.served import Served, served
from tests.web.signing import GOOD, sent, signs_in

HOME = STATIC / "home"
SHELLS = ("/home", "/home/exercise/strength", "/home/diary", "/home/settings", "/home/help")
#: What a script asks of the words: `word("name")`, `counted("name", n)`, in one branch or another.
ASKED = re.compile(r"\b(?:word|counted)\((?P<first>[^)]*)")
NAMES = re.compile(r'"([a-z_]+)"')


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


def test_she_gets_one_shell_and_nobody_else_does(server: Served) -> None:
    with server.client_of("patient") as client:
        shown = {path: client.get(path) for path in SHELLS}
    assert {answer.status_code for answer in shown.values()} == {200}
    assert len({answer.text for answer in shown.values()}) == 1
    for role in ("therapist", "clinic_admin", "system_admin", "researcher"):
        with server.client_of(role) as client:
            assert client.get("/home").status_code in (403, 404)
    with server.stranger() as client:
        assert client.get("/home").headers["location"] == "/sign-in?next=/home"


def test_nothing_of_her_stands_in_the_shell(server: Served) -> None:
    with server.client_of("patient") as client:
        page = client.get("/home")
    assert "Mia" not in page.text
    assert "Jansen" not in page.text
    assert re.search(r'data-whose="[0-9a-f]{32}"', page.text)
    assert page.headers["cache-control"] == "no-store"


def test_help_and_a_stopped_day_lead_to_whom_to_call(server: Served) -> None:
    with server.client_of("patient") as client:
        page = client.get("/home")
    today, _, helping = page.text.partition('data-part="help"')
    assert [part.count('href="/home/advice/red-flags"') for part in (today, helping)] == [1, 1]


def test_what_the_worker_keeps_is_there_and_is_what_the_page_asks_for(server: Served) -> None:
    with server.client_of("patient") as client:
        page, worker = client.get("/home"), client.get("/home/sw.js")
        shell = json.loads(worker.text.splitlines()[0].removeprefix("self.shell = ").rstrip(";"))
        files = shell["files"]
        assert files[0] == "/home"
        assert all(client.get(one).status_code == 200 for one in files)
    assert worker.headers["service-worker-allowed"] == "/home"
    assert worker.headers["content-type"].startswith("text/javascript")
    asked = re.findall(r'(?:href|src)="(/home/parts/[^"]*)"', page.text)
    # One more is for a phone that takes no drawing as the picture of an app.
    [picture] = set(asked) - set(files)
    assert picture.endswith("/icon.png")
    assert set(files[1:]) < set(asked)
    with server.stranger() as client:
        assert client.get(picture).headers["content-type"] == "image/png"
    assert page.headers["x-shell"] in worker.text


def test_a_part_is_kept_for_a_year_packed_and_gone_in_another_version(server: Served) -> None:
    with server.stranger() as client:
        worker = client.get("/home/sw.js").text
        script = next(
            one for one in re.findall(r'"(/home/parts[^"]*)"', worker) if "home.js" in one
        )
        plain = client.get(script, headers={"accept-encoding": "identity"})
        packed = client.get(script, headers={"accept-encoding": "gzip"})
        assert client.get(re.sub(r"/[0-9a-f]{16}/", f"/{'0' * 16}/", script)).status_code == 404
    assert plain.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert "//" not in plain.text
    # A share of the first visit, which as a whole has its bound in tests/browser/test_home.py.
    assert len(gzip.compress(plain.content)) < 21_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_has_a_neutral_name_in_each_language(server: Served, language: str) -> None:
    with server.stranger() as client:
        told = client.get("/home/manifest.webmanifest", params={"language": language})
        manifest = told.json()
        assert all(client.get(icon["src"]).status_code == 200 for icon in manifest["icons"])
    assert told.headers["content-type"].startswith("application/manifest+json")
    assert manifest["name"] == speaker(language).say("Day plan")
    assert (manifest["start_url"], manifest["scope"]) == ("/home", "/home")
    assert manifest["display"] == "standalone"
    assert not re.search("levator|pelv|bekken|becken|périn", told.text, re.IGNORECASE)


def test_she_begins_at_home_after_signing_in_and_after_her_invitation() -> None:
    with served() as server:
        therapist = Actor(f"{TENANT}-therapist", TENANT, "therapist")
        invitations = Invitations(server.clinic.accounts)
        record = f"{TENANT}-record"
        user, token = invitations.invite_patient(therapist, record, "mia@her.example")
        with server.stranger() as client:
            chosen = {"password": GOOD, "again": GOOD}
            accepted = sent(client, f"/invitation/{token}", **chosen)
            assert accepted.headers["location"] == "/home?arrived=/home"
        with server.stranger() as client:
            arrived = signs_in(client, user.email).headers["location"]
            assert arrived == "/home?arrived=/home"
            assert client.get(arrived).headers["X-Shell"]
            assert f'href="/patients/{record}"' in client.get("/home").text
            assert 'href="/home"' in client.get(f"/patients/{record}").text
        with server.stranger() as client:
            # By way of home, too, to any other page: the browser lets go of what it kept there.
            wanted = {"email": user.email, "password": GOOD, "next": f"/patients/{record}?x=1"}
            by_home = sent(client, "/sign-in", **wanted).headers["location"]
            assert by_home == f"/home?arrived=/patients/{record}%3Fx%3D1"
            assert client.get(by_home).headers["location"] == wanted["next"]
            assert client.get("/home?arrived=//elsewhere.example").headers["X-Shell"]


def asked_words() -> set[str]:
    found = set()
    for path in HOME.glob("*.js"):
        for call in ASKED.finditer(path.read_text("utf-8")):
            found |= set(NAMES.findall(call["first"]))
    return found


def test_every_word_that_a_script_asks_for_is_there() -> None:
    kinds = set(get_args(Part)) | {"ready", "paused"} | set(get_args(DiaryKind))
    ends = {f"after_{one}" for one in get_args(HomeEnd)}
    whys = {"no_plan", "over", "closed", "pained"}
    offers = whys | {f"{one}_why" for one in whys}
    told = {f"{one}_{code}" for one in ("told", "stays") for code in get_args(QuestionCode)}
    asked = asked_words() | kinds | ends | offers | told
    assert asked - (WORDS.keys() | COUNTED.keys()) == set()
    lines = {"no_line", "signed_out", "not_hers"}
    assert WORDS.keys() | COUNTED.keys() == asked | lines


def test_one_script_holds_each_file_once_and_imports_nothing() -> None:
    script = one_script(HOME / "home.js")
    assert "@type" not in script
    assert [
        line for line in script.splitlines() if line.count("`") % 2 or line != line.strip()
    ] == []
    assert not re.search(r"^(?:import|export) ", script, re.MULTILINE)
    for name in ("class Guide", "class Keeper", "class Awake", "function note("):
        assert script.count(name) == 1


def test_the_scripts_at_home_are_found_by_the_one_that_begins() -> None:
    """A module that nobody imports would be sent to nobody."""
    script = one_script(HOME / "home.js")
    alone = {"sw.js", "stretch.js", "leaving.js", "sending.js"}
    for path in HOME.glob("*.js"):
        first = re.search(
            r"^export (?:async )?(?:class|function|const) (\w+)", path.read_text(), re.M
        )
        assert path.name in alone or path.name == "home.js" or (first and first[1] in script)


def client_with(server: Served, agent: str) -> httpx.Client:
    client = server.client_of("patient")
    client.headers["user-agent"] = agent
    return client


def test_a_phone_is_called_by_its_browser(server: Served) -> None:
    agent = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    with client_with(server, agent) as client:
        assert 'data-phone="Firefox · Android"' in client.get("/home").text


def test_a_reminder_shows_the_neutral_name_and_nothing_that_was_sent(server: Served) -> None:
    """No browser of the tests shows notifications, so the worker is read."""
    with server.stranger() as client:
        worker = client.get("/home/sw.js", params={"language": "nl"}).text
    assert '"name": "Dagplan"' in worker.splitlines()[0]
    [handler] = re.findall(r'addEventListener\("push", .*?\n\}\);', worker, re.DOTALL)
    assert "showNotification(worker.shell.name, { tag:" in handler
    assert "event.data" not in handler
