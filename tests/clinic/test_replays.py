"""Reports are made a few at a time: one for a login, two in all, apart from the pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from levator.clinic.replays import MOST_AT_ONCE, Replays
from levator.records.repository import Repository
from levator.reports import SessionReport, kept
from levator.reports.session_report import session_report
from levator.storage import open_repository
from levator.training import session
from tests.reports.recording import Live, eventful


class Watched:
    """How many replays run at once, and in which threads."""

    def __init__(self) -> None:
        self.now = self.most = self.made = 0
        self.threads: set[str] = set()
        self._lock, self.go = threading.Lock(), threading.Event()

    def __call__(self, repository: Repository, recording_id: str, **more: object) -> SessionReport:
        with self._lock:
            self.now, self.made = self.now + 1, self.made + 1
            self.most = max(self.most, self.now)
            self.threads.add(threading.current_thread().name)
        self.go.wait(5)
        with self._lock:
            self.now -= 1
        return session_report(repository, recording_id)


@pytest.fixture(scope="module")
def live() -> Live:
    return eventful()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched()
    monkeypatch.setattr(kept, "session_report", watched)
    return watched


@pytest.fixture
def replays(live: Live) -> Iterator[Replays]:
    repository = open_repository("memory://")
    live.stored(repository, "stop")
    replays = Replays(repository)
    yield replays
    replays.close()


def asked(replays: Replays, watched: Watched, logins: list[str]) -> list[str]:
    """Ask for one report by several logins at once, and for a page's thread meanwhile."""

    async def all_of_them() -> list[str]:
        asking = [
            asyncio.create_task(replays.told(login, "one", lambda report: report.header.id))
            for login in logins
        ]
        while watched.now < min(MOST_AT_ONCE, len(set(logins))):
            await asyncio.sleep(0.01)
        await asyncio.gather(*(asyncio.to_thread(lambda: None) for _ in range(40)))
        watched.go.set()
        return await asyncio.gather(*asking)

    return asyncio.run(all_of_them())


def test_one_login_replays_one_session_once_however_often_it_asks(
    replays: Replays, watched: Watched
) -> None:
    assert asked(replays, watched, ["hers"] * 24) == ["one"] * 24
    assert (watched.most, watched.made) == (1, 1)


def test_of_many_logins_two_replay_at_once_in_threads_of_their_own(
    replays: Replays, watched: Watched
) -> None:
    asked(replays, watched, [f"login {number}" for number in range(12)])
    assert watched.most == MOST_AT_ONCE
    assert {name.rpartition("_")[0] for name in watched.threads} == {"replay"}


def test_a_replay_runs_in_a_process_of_its_own(
    replays: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(*given: object) -> None:
        raise AssertionError("a step in the process of the pages")

    monkeypatch.setattr(session, "step", step)
    report = asyncio.run(replays.told("hers", "one", lambda report: report))
    assert report.trace is not None
    assert report.comparison is not None
    assert report.comparison.is_identical
