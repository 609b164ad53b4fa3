"""A report prints what is stored, replays it, and says whether the two are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from levator.errors import RecordingError
from levator.records.model import EventRecord
from levator.records.repository import Repository
from levator.reports import SessionReport, session_report, to_html
from levator.storage import open_repository
from levator.training.events import GapFound, RepetitionScored, SetEnded
from tests.reports.recording import Live, begin, eventful, events_of


@pytest.fixture(scope="module")
def live() -> Live:
    return eventful()


def report_of(live: Live, ended_by: str | None = "stop") -> SessionReport:
    repository = open_repository("memory://")
    return session_report(repository, live.stored(repository, ended_by))


def changed(live: Live, events: list[EventRecord]) -> SessionReport:
    return report_of(replace(live, events=events))


def test_a_sitting_with_pause_gap_and_dose_change_replays_identically(live: Live) -> None:
    report = report_of(live)
    assert report.trouble is None
    assert report.comparison is not None
    assert report.comparison.is_identical
    assert report.comparison.n_stored == len(live.events) > 50
    kinds = {event.kind for event in report.events}
    assert {"GapFound", "DoseAccepted", "CommandRefused", "Marked", "SessionEnded"} <= kinds


def test_a_changed_number_is_named_with_both_values(live: Live) -> None:
    first = next(iter(events_of(live, RepetitionScored)))
    forged = replace(first, data=first.data | {"held_s": 99.5})
    report = changed(live, [forged if one is first else one for one in live.events])
    assert report.comparison is not None
    [difference] = report.comparison.differences
    assert (difference.event, difference.field) == ("RepetitionScored", "held_s")
    assert (difference.stored, difference.now) == ("99.5", str(first.data["held_s"]))
    # What is printed is what is stored, not what came out now.
    assert report.sets[0].rounds[0].scored.held_s == 99.5


def test_an_event_that_is_gone_and_one_too_many_are_found(live: Live) -> None:
    gone = next(iter(events_of(live, GapFound)))
    report = changed(live, [one for one in live.events if one is not gone])
    assert report.comparison is not None
    [difference] = report.comparison.differences
    assert (difference.event, difference.field, difference.stored) == ("GapFound", "", "–")
    extra = replace(live.events[-1], sequence=live.sequence, data=gone.data)
    report = changed(live, [*live.events, extra])
    assert report.comparison is not None
    [difference] = report.comparison.differences
    assert (difference.event, difference.now) == ("GapFound", "–")


def test_the_tail_that_a_broken_recording_lost_is_no_difference(live: Live) -> None:
    repository = open_repository("memory://")
    cut = replace(live, events=live.events[:-3])
    name = cut.stored(repository, None)
    repository.recover_interrupted("2026-11-23T10:05:00+01:00")
    report = session_report(repository, name)
    assert report.header.state == "interrupted"
    assert report.comparison is not None
    assert report.comparison.is_identical
    assert report.comparison.not_stored == 3
    assert [gap.missing for gap in report.gaps] == [30, None]


def test_the_same_tail_missing_from_a_closed_recording_is_one(live: Live) -> None:
    report = changed(live, live.events[:-3])
    assert report.comparison is not None
    assert report.comparison.n_differences == 3


def test_the_curve_follows_the_level_and_breaks_at_the_gap(live: Live) -> None:
    report = report_of(live)
    trace = report.trace
    assert trace is not None
    scored = [one.scored for one in report.sets[0].rounds if one.scored.valid]
    for one in scored:
        holds = [low for _, low, _ in trace.between(one.start_s + 4.0, one.start_s + 7.0)]
        assert one.hold_mean_percent_mvc is not None
        assert sum(holds) / len(holds) == pytest.approx(one.hold_mean_percent_mvc, abs=3.0)
    broken = [low for _, low, _ in trace.between(live.lost[0] + 0.1, live.lost[1] - 0.1)]
    assert broken
    assert all(low != low for low in broken)


def test_sets_are_told_apart() -> None:
    live = begin()
    dose = live.context.dose
    assert dose is not None
    assert dose.rounds is not None
    short = replace(dose, rounds=replace(dose.rounds, kind="number", count=2))
    for effort in (3, 5):
        live.do("start", dose=short)
        live.until_over()
        live.do("effort", "patient", effort=effort)
        live.live(1.0)
    live.do("stop")
    report = report_of(live)
    assert [len(part.rounds) for part in report.sets] == [2, 2]
    assert [part.effort.effort for part in report.sets if part.effort] == [3, 5]
    assert all(isinstance(part.ended, SetEnded) for part in report.sets)
    assert report.ended is not None
    assert report.ended.rounds == 4


def test_a_recording_of_another_version_is_still_printed(live: Live) -> None:
    header = replace(live.begun, context=live.begun.context | {"from_the_future": 1})
    unknown = replace(live.events[0], data={"type": "Unheard", "at_s": 1.0})
    report = report_of(replace(live, begun=header, events=[unknown, *live.events[1:]]))
    assert report.comparison is None
    assert report.trouble is not None
    assert "does not fit this version of levator" in str(report.trouble)
    assert "SessionContext past niet bij deze versie van levator; lees" in to_html(report, "nl")
    assert report.events[0].value is None
    assert report.sets


def test_an_unknown_recording_is_refused() -> None:
    repository: Repository = open_repository("memory://")
    with pytest.raises(RecordingError, match="no recording 'gone'"):
        session_report(repository, "gone")
