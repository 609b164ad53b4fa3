"""Weeks of a few women, told so that a physiotherapist can read them, and what is answered."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.course.caution import cautions
from levator.course.chart import (
    Birth,
    Chart,
    Clearance,
    Decision,
    PainReport,
    Prescribed,
    RedFlag,
    SittingResult,
)
from levator.course.deciding import Decided, after, decide
from levator.course.gates import is_open
from levator.course.progression import Advance, Hold, Proposal, Refuse, StepBack, propose
from levator.course.protocol import Protocol
from levator.course.today import (
    TodaysDose,
    changed,
    dose_today,
    in_force,
    reference_today,
    shut_today,
)
from levator.library import checklist_ids, load_checklist, load_hard_limits, load_protocol
from tests.scenarios.test_protocols import written

FILES = sorted((Path(__file__).parent / "courses").glob("*.toml"))
DUE = 700_000
RESULTS: dict[str, dict[str, Any]] = {
    "passed": {},
    "poor": {"in_band_percent": 40.0},
    "doubtful": {"flagged_percent": 50.0},
    "hurt": {"pain_after": 4},
    "pain": {"ended_by": "pain", "pain_after": 4},
    "tense": {"released_percent": 60.0},
    "almost": {"released_percent": 89.0},
    "just": {"released_percent": 90.0},
    "shut": {"released_percent": 20.0, "ended_by": "not_released"},
}


def day_of(when: str, born: int = DUE) -> int:
    """The day of "week 20 of pregnancy", or of "week 6 after birth" on the day `born`."""
    found = re.fullmatch(r"week ([\d.]+) (of pregnancy|after birth)", when)
    assert found, when
    begin = DUE - 280 if found[2] == "of pregnancy" else born
    return begin + round(float(found[1]) * 7)


def told(protocol: Protocol, chart: Chart, day: dict[str, Any]) -> Chart:
    """The chart with what happened on a day before she trains."""
    if born := day.get("born") or day.get("born_before"):
        on = day_of(born["on"]) if "on" in born else DUE
        chart = replace(chart, birth=Birth(on, born["mode"], tuple(born["complications"])))
    birth_day = DUE if chart.birth is None else chart.birth.day
    today = day_of(day["when"], birth_day)
    chart = replace(chart, today=today, stage=day.get("stage", chart.stage))
    if "signed" in day:
        until = day_of(day["until"], birth_day) if "until" in day else None
        signed = Clearance(day["signed"], today, until)
        chart = replace(chart, clearances=(*chart.clearances, signed))
    if "red_flag" in day:
        chart = replace(chart, red_flags=(*chart.red_flags, RedFlag(today, day["red_flag"])))
    woken = (PainReport(today, day["morning"], "next_morning"),) if "morning" in day else ()
    return replace(
        chart,
        pains=(*chart.pains, *woken, PainReport(today, day["pain"], "before")),
        red_flags_asked=() if "red_flag" in day else (today,),
    )


def trained(protocol: Protocol, chart: Chart, sittings: str) -> Chart:
    for one in filter(None, sittings.split(", ")):
        stage_id, result = one.split()
        stage = protocol.stage(stage_id)
        assert shut_today(protocol, stage, chart) == (), (one, chart.today)
        settings = chart.settings if stage_id == chart.stage else Prescribed()
        asked = replace(in_force(stage, settings), times_a_day=None)
        passed = SittingResult(
            chart.today, stage_id, asked, 8, 8, 90.0, 100.0, 0.0, None, "rounds", 0, 0
        )
        done = replace(passed, **RESULTS[result])
        chart = replace(chart, sittings=(*chart.sittings, done))
    return chart


def said(proposal: Proposal) -> str:
    match proposal:
        case Refuse():
            return "refused"
        case Hold():
            return "hold"
        case Advance(change=change) | StepBack(change=change):
            back = "back: " if isinstance(proposal, StepBack) else ""
            if change.parameter == "stage":
                return f"{back}stage to {change.becomes}"
            return f"{back}{change.parameter} from {change.was:g} to {change.becomes:g}"


def decision_of(chart: Chart, words: str) -> Decision:
    """ "accept", "release: why" or "overrule to step-6 with force 70: why"."""
    what, _, reason = words.partition(": ")
    made = Decision(chart.today, "T. Bos", "accept", reason)
    if what == "release":
        return replace(made, kind="release")
    if found := re.fullmatch(r"overrule to ([\w-]+)(?: with (\w+) ([\d.]+))?", what):
        stage, parameter, value = found.groups()
        settings = chart.settings if stage == chart.stage else Prescribed()
        if parameter:
            settings = changed(settings, parameter, float(value))
        return replace(made, kind="overrule", stage=stage, settings=settings)
    assert what == "accept"
    return made


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_course(path: Path) -> None:
    story = tomllib.loads(path.read_text("utf-8"))
    protocol, hard = load_protocol(story["protocol"]), load_hard_limits()
    rules = [*protocol.cautions]
    rules += [rule for name in checklist_ids() for rule in load_checklist(name).cautions]
    chart = Chart(DUE - 280, expected_on=DUE, complications=())
    for day in story["day"]:
        when = day["when"]
        chart = told(protocol, chart, day)
        if "dose" in day:
            stage_id, _, dose = day["dose"].partition(": ")
            made = dose_today(protocol, protocol.stage(stage_id), chart, hard)
            assert isinstance(made, TodaysDose), when
            assert written(made.dose) == dose, when
        chart = trained(protocol, chart, day.get("sittings", ""))
        if "reference" in day:
            assert reference_today(protocol, chart) == day["reference"], when
        for stage_id, keeps in day.get("starts", {}).items():
            closed = shut_today(protocol, protocol.stage(stage_id), chart)
            assert [one.code for one in closed] == keeps, (when, stage_id)
        opened = [one.id for one in protocol.stages if is_open(protocol, one, chart)]
        assert opened == day.get("open", opened), when
        if "heed" in day:
            assert [one.rule.code for one in cautions(rules, chart)] == sorted(
                day["heed"], key=[rule.code for rule in rules].index
            ), when
        proposal = propose(protocol, chart)
        assert said(proposal) == day.get("proposes", said(proposal)), (when, proposal)
        codes = [one.code for one in proposal.reasons]
        assert codes == day.get("because", codes), when
        if "decides" in day:
            answer = decide(protocol, chart, decision_of(chart, day["decides"]), hard)
            refused = [] if isinstance(answer, Decided) else [one.code for one in answer.reasons]
            assert refused == day.get("refused", []), when
            chart = after(chart, answer) if isinstance(answer, Decided) else chart


def test_a_whole_course_reaches_the_last_step() -> None:
    """The story that the browser tests walk, too."""
    text = (Path(__file__).parent / "courses/a-whole-course.toml").read_text("utf-8")
    for number in range(1, 8):
        assert f"step-{number}" in text
    assert "Tangent 80" in text
