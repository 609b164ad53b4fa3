"""Each protocol meets women that a physiotherapist can read about, and answers as written."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from levator.course.chart import Chart
from levator.course.facts import StartFacts
from levator.course.gates import shut
from levator.course.prescription import DoseRefused, dose_for, limits_for, reference_kind_for
from levator.course.protocol import Protocol, Stage
from levator.library import load_hard_limits, load_protocol
from levator.training.dose import Dose
from tests.course.women import chart_of

FILES = sorted(Path(__file__).parent.glob("*.toml"))
WOMEN = [
    pytest.param(path.stem, woman, id=woman["name"])
    for path in FILES
    for woman in tomllib.loads(path.read_text("utf-8"))["woman"]
]


def written(dose: Dose) -> str:
    """A dose in the short hand of the scenario files."""
    assert dose.pattern is not None
    assert dose.rounds is not None
    pattern = dose.pattern
    phases = (pattern.rise_s, pattern.hold_s, pattern.fall_s, pattern.rest_s)
    rounds = dose.rounds.kind + (f" {dose.rounds.count}" if dose.rounds.count else "")
    tangent = "" if dose.tangent_percent is None else f"; Tangent {dose.tangent_percent:g}"
    numbers = " ".join(f"{phase:g}" for phase in phases)
    return f"{dose.force_percent_mvc:g}; {numbers}; {rounds}{tangent}"


def is_offered(protocol: Protocol, stage: Stage, chart: Chart) -> bool:
    """Whether she may be there, once she has shown what the stage asks for."""
    return all(gate.kind == "performance" for gate in shut(protocol, stage, chart))


@pytest.mark.parametrize(("protocol_id", "woman"), WOMEN)
def test_scenario(protocol_id: str, woman: dict[str, Any]) -> None:
    protocol, facts = load_protocol(protocol_id), StartFacts(**woman["facts"])
    chart = chart_of(facts)
    opened = [one.id for one in protocol.stages if is_offered(protocol, one, chart)]
    assert opened == woman["open"]
    assert reference_kind_for(protocol, facts) == woman["reference"]
    starts = {}
    for stage in map(protocol.stage, opened):
        dose = dose_for(stage, facts, limits_for(protocol, stage, facts, load_hard_limits()))
        assert isinstance(dose, Dose)
        if dose.mode != "open":
            starts[stage.id] = written(dose)
    assert starts == woman.get("start", {})
    for stage_id, values in woman.get("refused", {}).items():
        stage = protocol.stage(stage_id)
        limits = limits_for(protocol, stage, facts, load_hard_limits())
        assert isinstance(dose_for(stage, facts, limits, **values), DoseRefused)
