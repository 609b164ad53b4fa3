"""A replay in a process of its own gives what one in this process gives, its faults too."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from levator.errors import RecordingError
from levator.records.replay import load_session
from levator.records.repository import Repository
from levator.reports import Apart, KeptReports, apart, to_html
from levator.reports.session_report import session_report
from levator.storage import open_repository
from levator.training import session
from tests.reports.recording import Live, eventful


@pytest.fixture(scope="module")
def live() -> Live:
    return eventful()


@pytest.fixture
def repository() -> Repository:
    return open_repository("memory://")


def test_a_report_is_the_same_and_no_step_is_taken_here(
    live: Live, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = live.stored(repository, "stop")
    here = session_report(repository, name)

    def step(*given: object) -> None:
        raise AssertionError("a step in the process of the pages")

    monkeypatch.setattr(session, "step", step)
    elsewhere = session_report(repository, name, replays=Apart())
    assert elsewhere.trace is not None
    assert replace(elsewhere, trace=here.trace) == here
    assert to_html(elsewhere, "nl") == to_html(here, "nl")


def test_what_the_engine_raises_comes_back_with_its_sentence(
    live: Live, repository: Repository
) -> None:
    name = live.stored(repository, "stop")
    stored = load_session(repository, name)
    with pytest.raises(RecordingError, match="input of kind 'Unheard'"):
        Apart()(stored.context, iter([{"type": "Unheard"}]))
    with pytest.raises(RecordingError):
        Apart()({}, iter([]))


def test_a_replay_that_was_ended_is_told_and_not_kept(live: Live, repository: Repository) -> None:
    name, own = live.stored(repository, "stop"), Apart()
    inputs = load_session(repository, name).inputs

    def ended() -> Iterator[Any]:
        yield next(inputs)
        own.close()
        yield from inputs

    with pytest.raises(EOFError):
        own(load_session(repository, name).context, ended())
    assert not own._running

    def gone(*given: object) -> Any:
        raise EOFError

    reports = KeptReports(repository, replays=gone)
    assert str(reports.of(name).trouble) == "The engine stops at it (EOFError)."
    assert reports.held(name) is None


def test_nobody_waits_for_a_process_whose_asker_is_gone() -> None:
    done = subprocess.run([sys.executable, "-c", apart._CODE], stdin=subprocess.DEVNULL, timeout=30)
    assert done.returncode == 0


def test_a_fault_that_cannot_travel_comes_back_by_its_name() -> None:
    fault = ValueError(threading.Lock())
    assert str(apart.pickle.loads(apart._packed(fault))) == "ValueError"
