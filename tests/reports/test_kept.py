"""A second look at a session replays nothing; another engine or library replays again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from levator.errors import RecordingError
from levator.records.repository import Repository
from levator.reports import KeptReports, kept, to_html
from levator.reports.session_report import session_report
from levator.storage import open_repository
from tests.reports.recording import Live, eventful


@pytest.fixture(scope="module")
def live() -> Live:
    return eventful()


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings that were replayed, in order."""
    told: list[str] = []

    def counted(repository: Repository, recording_id: str, **more: Any) -> object:
        told.append(recording_id)
        return session_report(repository, recording_id, **more)

    monkeypatch.setattr(kept, "session_report", counted)
    return told


def test_a_second_look_replays_nothing(live: Live, replayed: list[str]) -> None:
    repository = open_repository("memory://")
    name, reports = live.stored(repository, "stop"), KeptReports(repository)
    first = reports.of(name)
    assert reports.of(name) is first
    assert replayed == [name]
    assert to_html(first, "nl") == to_html(session_report(repository, name), "nl")


@pytest.mark.parametrize("what", ["__version__", "library_version"])
def test_another_engine_or_library_replays_again(
    what: str, live: Live, replayed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = open_repository("memory://")
    name, reports = live.stored(repository, "stop"), KeptReports(repository)
    reports.of(name)
    monkeypatch.setattr(kept, what, "9.9.9" if what == "__version__" else lambda: "9.9.9")
    reports.of(name)
    reports.of(name)
    assert replayed == [name, name]


def test_what_may_still_grow_is_not_kept(live: Live, replayed: list[str]) -> None:
    repository = open_repository("memory://")
    name, reports = live.stored(repository, None), KeptReports(repository)
    assert reports.of(name).header.state == "open"
    repository.close_recording(name, "2026-11-23T10:05:00+01:00", "stop")
    assert reports.of(name).header.state == "closed"
    reports.of(name)
    assert replayed == [name, name]


def test_before_a_new_calibration_the_session_that_follows_joins_later(
    live: Live, replayed: list[str]
) -> None:
    repository = open_repository("memory://")
    name, reports = live.stored(repository, "recalibrate"), KeptReports(repository)
    assert reports.of(name).after is None
    following = replace(live.begun, id="next", facts=live.begun.facts | {"follows": name})
    repository.begin_recording(following)
    after = reports.of(name).after
    assert after is not None
    assert after.id == "next"
    reports.of(name)
    assert replayed == [name, name]
    assert reports.of("next").before == repository.header(name)


def test_the_one_that_nobody_looks_at_goes_first(live: Live, replayed: list[str]) -> None:
    repository = open_repository("memory://")
    names = []
    for number in "abc":
        begun = replace(live.begun, id=number)
        repository.begin_recording(begun)
        repository.close_recording(number, "2026-11-23T10:05:00+01:00", "stop")
        names.append(number)
    reports = KeptReports(repository, most=2)
    for number in ("a", "b", "a", "c", "a", "b"):
        reports.of(number)
    assert replayed == ["a", "b", "c", "b"]


def test_a_recording_that_is_gone_has_no_report() -> None:
    with pytest.raises(RecordingError):
        KeptReports(open_repository("memory://")).of("gone")
