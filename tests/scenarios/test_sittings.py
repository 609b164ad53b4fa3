"""What a patient does, in words and numbers, and what must be said of it.

One file per scenario, to be read by a clinician. The patient follows the target that the
session shows, block by block of 0.1 s, so that a longer rest or a new dose reaches her too.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.quantities import parse_in
from levator.signals.reference import already_percent_mvc
from levator.signals.samples import Channel, Samples
from levator.training import session
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.events import (
    CommandRefused,
    ContractionEnded,
    Event,
    FatigueEstablished,
    FatigueWarned,
    QualityFlagged,
    RepetitionScored,
    RestScored,
    SetEnded,
    StateChanged,
    TargetSet,
)
from levator.training.inputs import Command, Input, Tick
from levator.training.pattern import parse_pattern
from levator.training.states import State
from tests import sitting
from tests.scenarios.sittings.body import Patient, Way

FILES = sorted(Path(__file__).parent.glob("sittings/*.toml"))
BLOCK_S = 0.1


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def dose_of(given: dict[str, Any]) -> Dose:
    """Read a dose with its units; `rounds` is a number or a rule."""
    if given["mode"] == "open":
        return Dose("open")
    rounds = given["rounds"]
    rule = RoundsRule(
        "number" if isinstance(rounds, int) else rounds,
        given.get("max_rounds", 15),
        parse_in(given.get("max_effort", "240 s"), "s"),
        rounds if isinstance(rounds, int) else None,
        given.get("last_known_fatigue_round"),
    )
    tangent = parse_in(given["tangent"], "%") if "tangent" in given else None
    pattern = parse_pattern(given["pattern"], given["pattern_unit"])
    return Dose(given["mode"], parse_in(given["force"], "%"), pattern, tangent, rule)


def context_of(scenario: dict[str, Any]) -> SessionContext:
    seat = scenario.get("seat", {})
    rate_hz = parse_in(seat.get("rate", "100 Hz"), "Hz")
    is_newton = seat.get("unit", "%MVC") == "N"
    main = sitting.stream("seat", rate_hz, (sitting.NEWTON if is_newton else sitting.PERCENT,))
    reference = sitting.NEWTON_REFERENCE if is_newton else already_percent_mvc()
    reference = replace(
        reference, best_rise_rate_percent_mvc_per_s=seat.get("best_rise_rate_percent_mvc_per_s")
    )
    uses: list[ChannelUse] = [sitting.use_of(main, 0, "primary", reference)]
    streams = [main]
    if "breathing" in seat:
        belt = (Channel("belt", "respiration", "a.u."),)
        streams.append(sitting.stream("belt", parse_in(seat["breathing"], "Hz"), belt))
        uses.append(sitting.use_of(streams[-1], 0, "respiration"))
    if "second_muscle" in seat:
        muscle = (Channel("muscle", "emg_envelope", "%MVC"),)
        streams.append(sitting.stream("muscle", parse_in(seat["second_muscle"], "Hz"), muscle))
        own = already_percent_mvc() if seat.get("second_muscle_reference", True) else None
        uses.append(sitting.use_of(streams[-1], 0, "co_contraction", own))
    return sitting.context(
        dose_of(scenario["dose"]),
        tuple(streams),
        tuple(uses),
        adaptive_rest=scenario.get("adaptive_rest", False),
    )


def command_of(given: dict[str, Any], at_index: int) -> Command:
    limits = None
    if "force_limit" in given:
        force = parse_in(given["force_limit"], "%")
        limits = replace(sitting.hard_limits(), force_percent_mvc=force, label="lowered")
    return Command(
        given["command"],
        at_index,
        given.get("by", "patient"),
        effort=given.get("effort"),
        mark=given.get("mark"),
        dose=dose_of(given["dose"]) if "dose" in given else None,
        limits=limits,
    )


def play(scenario: dict[str, Any]) -> list[Event]:
    """Sit through the scenario; returns every event."""
    made = context_of(scenario)
    usual = Way.read(scenario.get("she", {}))
    in_round = {
        int(number): Way.read(given, usual) for number, given in scenario.get("round", {}).items()
    }
    patient = Patient(usual, in_round, scenario.get("moments", []))
    commands = [{"at_s": 0.0, "command": "start"}, *scenario.get("commands", [])]
    commands.sort(key=lambda given: float(given["at_s"]))
    state, told = session.begin(made), list[Event]()
    late = {"belt": scenario.get("seat", {}).get("breathing_late_s", 0.0)}
    waiting: list[tuple[float, Samples]] = []
    for tenth in range(int(scenario.get("lasts_s", 60.0) / BLOCK_S)):
        now_s = tenth * BLOCK_S
        given: list[Input] = []
        while commands and commands[0]["at_s"] <= now_s + 1e-9:
            given.append(command_of(commands.pop(0), state.reached))
        for block in blocks_of(made, patient, tenth):
            waiting.append((now_s + late.get(block.stream, 0.0), block))
        given += [block for due_s, block in waiting if due_s <= now_s + 1e-9]
        waiting = [(due_s, block) for due_s, block in waiting if due_s > now_s + 1e-9]
        for one in given:
            state, events = session.step(state, one)
            told += events
        state, events = session.step(state, Tick(now_s + BLOCK_S, state.reached))
        told += events
        targets = sitting.of(TargetSet, told)
        patient.target = targets[-1] if targets else None
    return told


def blocks_of(made: SessionContext, patient: Patient, tenth: int) -> list[Samples]:
    """What the sensors deliver in a tenth of a second."""
    out = []
    for stream in made.streams:
        rate_hz = stream.sampling_frequency_hz
        first, stop = round(tenth * BLOCK_S * rate_hz), round((tenth + 1) * BLOCK_S * rate_hz)
        if stream.name == "seat" and patient.is_unplugged(tenth * BLOCK_S):
            continue
        source = {"seat": patient.muscle, "belt": patient.belt, "muscle": patient.second_muscle}
        values = [source[stream.name](index / rate_hz) for index in range(first, stop)]
        if stream.channels[0] is sitting.NEWTON:
            values = sitting.newton_raw(values)
        out.append(Samples(stream.name, first, (values,)))
    return out


def said(events: list[Event]) -> dict[str, Any]:
    """Everything a scenario may expect."""
    scored, ended = sitting.of(RepetitionScored, events), sitting.of(SetEnded, events)
    warned, stands = sitting.of(FatigueWarned, events), sitting.of(FatigueEstablished, events)
    last = ended[-1] if ended else None
    states: list[State | str] = [event.state for event in sitting.of(StateChanged, events)]
    return {
        "verdicts": [repetition.verdict for repetition in scored],
        "reasons": [list(repetition.reasons) for repetition in scored],
        "rounds": last.rounds if last else None,
        "set_ended_by": last.ended_by if last else None,
        "warned_round": warned[0].round if warned else None,
        "established_round": stands[0].round if stands else None,
        "signs": sorted((stands or warned)[0].signs) if stands or warned else [],
        "states": states,
        "next_rests_s": [round(rest.next_rest_s, 6) for rest in sitting.of(RestScored, events)],
        "contractions": [one.kind for one in sitting.of(ContractionEnded, events)],
        "released": [one.released for one in sitting.of(ContractionEnded, events)],
        "flagged": sorted({one.quality for one in sitting.of(QualityFlagged, events)}),
        "refused": [f"{one.command}: {one.reason}" for one in sitting.of(CommandRefused, events)],
        "forces_percent_mvc": [repetition.force_percent_mvc for repetition in scored],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sitting(path: Path) -> None:
    scenario = read(path)
    expected = dict(scenario["expected"])
    found = said(play(scenario))
    for place, reasons in enumerate(expected.pop("reasons_include", [])):
        assert set(reasons) <= set(found["reasons"][place]), found["reasons"][place]
    for place, reasons in enumerate(expected.pop("reasons_leave_out", [])):
        assert not set(reasons) & set(found["reasons"][place]), found["reasons"][place]
    assert {name: found[name] for name in expected} == expected


def test_every_verdict_has_a_scenario() -> None:
    from levator.training.verdict import ORDER

    expected = {verdict for path in FILES for verdict in read(path)["expected"].get("verdicts", [])}
    assert expected == set(ORDER)


def test_every_scenario_says_in_words_what_it_is() -> None:
    for path in FILES:
        scenario = read(path)
        assert scenario["title"], path.name
        assert scenario["words"].strip().endswith("."), path.name
        assert scenario["expected"], path.name
