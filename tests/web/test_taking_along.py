"""Her data as a file, and what takes long for one login: turns, who goes away, and what is left."""

import asyncio
import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from levator.records.people import Role
from levator.web import leaving
from levator.web.desk import take_along
from levator.web.desk.take_along import Download
from tests.waiting import PATIENCE_S, wait_for
from tests.web.two_clinics import Person, TwoClinics
from tests.web.whole_record import CANARIES, HERE, THERE


def test_a_file_that_nobody_takes_any_more_is_gone_at_once() -> None:
    async def given_up() -> tuple[bool, bool]:
        turn, made = asyncio.Lock(), io.BytesIO(bytes(1000))
        await turn.acquire()

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            await asyncio.Event().wait()

        await Download(made, "hers.zip", turn)({"type": "http"}, receive, send)
        return made.closed, turn.locked()

    assert asyncio.run(given_up()) == (True, False)


@pytest.mark.parametrize(
    "path", ["/patients/{}/export", "/api/v1/patients/{}/export", "/api/v1/home/sync"]
)
def test_what_takes_long_for_a_login_or_a_woman_waits_for_itself_and_nobody_else_does(
    both: TwoClinics, path: str
) -> None:
    """However often one asks, what others do has its turn in between."""
    record, is_sync = both.record(HERE), path.endswith("sync")
    role: Role = "patient" if is_sync else "clinic_admin"
    mine = both.person(role, patient_id=record.patient)
    other = both.person(role, patient_id=both.record(HERE).patient)
    # Her phones wait for each other, whoever signed in on each of them.
    exports = both.clinic.exports
    turn = both.clinic.syncs.of(record.patient) if is_sync else exports.of(both.login_of(mine))
    sent = {"phone": "a" * 32, "now": both.clinic.now().isoformat(timespec="seconds")}
    asked = {"json": sent} if is_sync else {}
    address = path.format(record.patient)

    async def released() -> None:
        turn.release()

    both.server.call(turn.acquire())
    with ThreadPoolExecutor(1) as thread, httpx.Client(base_url=both.server.address) as browser:
        waits = thread.submit(
            browser.post, address, headers=both._headers(mine), timeout=30, **asked
        )
        assert both.ask(other, "POST", address, **asked).status_code == 200
        with pytest.raises(TimeoutError):
            waits.result(1)
        both.server.call(released())
        assert waits.result().status_code == 200


async def gone_once(
    is_so: Callable[[], bool], method: str, address: str, headers: dict[str, str]
) -> None:
    """Ask for something, and go away once it is so, however long that takes."""
    async with httpx.AsyncClient(headers=headers, timeout=PATIENCE_S) as browser:
        asked = asyncio.create_task(browser.request(method, address))
        await asyncio.to_thread(wait_for, is_so)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked


@pytest.mark.parametrize(
    "path",
    [
        "/patients/{}/export",
        "/api/v1/patients/{}/export",
        "/patients/{}/sessions/{}",
        "/patients/{}/sessions/{}/report",
        "/api/v1/patients/{}/sessions/{}/report",
    ],
)
def test_who_goes_away_while_she_waits_for_her_turn_waits_no_longer(
    both: TwoClinics, path: str
) -> None:
    is_export = path.endswith("export")
    role: Role = "clinic_admin" if is_export else "therapist"
    who, hers = both.met(role, "clinic" if is_export else "treating")
    turns = both.clinic.exports if is_export else both.clinic.replays._turns
    turn, mine = turns.of(both.login_of(who)), both._headers(who)
    address = both.server.address + path.format(hers.patient, hers.session)

    def is_waited_for() -> bool:
        return bool(turn._waiters)

    async def let_go() -> bool:
        turn.release()
        await asyncio.sleep(0.05)
        return turn.locked()

    both.server.call(turn.acquire())
    method = "POST" if is_export else "GET"
    asyncio.run(gone_once(is_waited_for, method, address, mine))
    wait_for(lambda: not is_waited_for())
    assert not both.server.call(let_go())


def test_what_was_made_for_who_has_gone_away_is_closed(
    both: TwoClinics, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_begun, goes_on, is_known, made = Event(), Event(), Event(), io.BytesIO()

    def slow(*_: object) -> io.BytesIO:
        is_begun.set()
        assert goes_on.wait(30)
        return made

    async def left(request: Request) -> None:
        await known(request)
        is_known.set()

    known = leaving._left
    monkeypatch.setattr(take_along, "export_unnamed", slow)
    monkeypatch.setattr(leaving, "_left", left)
    address = f"{both.server.address}/patients/{both.record(HERE).patient}/export"
    asyncio.run(gone_once(is_begun.is_set, "POST", address, both._headers(admin)))
    assert is_known.wait(30)
    assert not made.closed
    goes_on.set()
    wait_for(lambda: made.closed)


@pytest.mark.parametrize("path", ["/patients/{}/export", "/api/v1/patients/{}/export"])
def test_an_export_of_one_clinic_holds_nothing_of_another(
    both: TwoClinics, admin: Person, path: str
) -> None:
    far, mine, other = both.record(THERE), both.record(HERE), both.record(HERE)
    answer = both.ask(admin, "POST", path.format(mine.patient))
    assert answer.headers["content-type"] == "application/zip"
    assert 'attachment; filename="levator-' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    assert any(name.startswith("recordings/") for name in parts)
    whole = b"\0".join([*(name.encode() for name in parts), *parts.values()])
    assert f"{CANARIES[HERE]} {mine.patient[:6]}".encode() in whole
    assert CANARIES[THERE].encode() not in whole
    assert far.patient.encode() not in whole
    assert f"{CANARIES[HERE]} {other.patient[:6]}".encode() not in whole
    for foreign in (far.patient, "c" * 32):
        assert both.ask(admin, "POST", path.format(foreign)).status_code == 404


def test_the_file_is_named_nowhere_on_the_disk(
    both: TwoClinics, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = both.record(HERE)
    assert both.ask(admin, "POST", f"/patients/{mine.patient}/export").status_code == 200
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    answer = both.ask(admin, "POST", f"/patients/{mine.patient}/export")
    assert answer.status_code == 503
    assert "cannot be put together (it is not there)" in answer.text
