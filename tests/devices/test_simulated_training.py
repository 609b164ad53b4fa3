"""The simulated patient before the real engine: what she does is what it finds."""

from __future__ import annotations

import asyncio

import pytest

from levator import __version__
from levator.course.prescription import written_dose
from levator.devices.simulator.driver import Simulator, make
from levator.library.loader import library_version, load_hard_limits, load_protocol, load_settings
from levator.signals import calibration
from levator.signals.design import filter_for
from levator.signals.phases import Calibrated, CalibratedKind, CalibrationFailed, PhaseStarted
from levator.signals.reference import Reference, ReferenceContext
from levator.signals.samples import Samples, Stream
from levator.training import session
from levator.training.context import ChannelUse, Role, SessionContext
from levator.training.events import (
    FatigueEstablished,
    RepetitionScored,
    SetEnded,
    TargetSet,
)
from levator.training.inputs import Command

SETTINGS = load_settings()
ROLES: dict[str, Role] = {
    "force": "primary",
    "emg_abdomen": "co_contraction",
    "respiration": "respiration",
}
DECLARED = {
    "rising": Reference("declared", 60.0, 98.0, "N"),
    "falling": Reference("declared", 60.0, 22.0, "N"),
}


def context(streams: tuple[Stream, ...], reference: Reference) -> SessionContext:
    uses = tuple(
        ChannelUse(
            stream.name,
            channel.name,
            ROLES.get(channel.name, "shown"),
            filter_for(
                channel.kind, channel.unit, stream.sampling_frequency_hz, SETTINGS.conditioning
            ),
            reference if channel.name == "force" else None,
        )
        for stream in streams
        for channel in stream.channels
    )
    return SessionContext(
        streams=streams,
        uses=uses,
        required_streams=("seat",),
        dose=written_dose(load_protocol("bekken-zwanger-fit").stage("step-3")),
        limits=load_hard_limits(),
        settings=SETTINGS,
        adaptive_rest=True,
        reference_valid=True,
        protocol=None,
        protocol_version=None,
        stage="step-3",
        engine_version=__version__,
        library_version=library_version(),
    )


async def train(device: Simulator, reference: Reference, rounds: int) -> list[object]:
    """Let her train until so many rounds are scored or the set ends; return all events."""
    state = session.begin(context(await device.open(), reference))
    state, told = session.step(state, Command("start", 0, "patient"))
    seen: list[object] = []
    show(device, told)
    async for block in device.samples():
        state, told = session.step(state, block)
        seen += told
        show(device, told)
        scored = [event for event in seen if isinstance(event, RepetitionScored)]
        if len(scored) >= rounds or any(isinstance(event, SetEnded) for event in told):
            break
    return seen


def show(device: Simulator, events: tuple[object, ...]) -> None:
    for event in events:
        if isinstance(event, TargetSet):
            device.see(event.breakpoints, event.valid_until_s)


def verdicts(options: str, rounds: int = 2, polarity: str = "rising") -> set[str]:
    device = make(f"simulator://?seed=7&speed=max&polarity={polarity}&{options}")
    seen = asyncio.run(train(device, DECLARED[polarity], rounds))
    return {event.verdict for event in seen if isinstance(event, RepetitionScored)}


@pytest.mark.parametrize("polarity", ["rising", "falling"])
def test_done_right_it_is_good(polarity: str) -> None:
    assert verdicts("", 3, polarity) == {"good"}


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ("over_squeeze=always", "too_strong"),
        ("strain=always", "strained"),
        ("emg=1000Hz&second=yes&abdomen=always", "co_contraction"),
        ("respiration=25Hz&hold_breath=8s-60s", "breath_held"),
        ("cough=9s,24s", "coughed"),
    ],
)
def test_what_she_does_wrong_is_found(options: str, verdict: str) -> None:
    assert verdict in verdicts(options)


def test_tired_she_comes_to_her_limit() -> None:
    device = make("simulator://?seed=7&speed=max&tire=always")
    seen = asyncio.run(train(device, DECLARED["rising"], 15))
    assert any(isinstance(event, FatigueEstablished) for event in seen)


@pytest.mark.parametrize(("polarity", "sign"), [("rising", 1), ("falling", -1)])
@pytest.mark.parametrize(("kind", "share"), [("mvc", 1.0), ("comfortable_max", 0.8)])
def test_a_guided_calibration_finds_her(
    polarity: str, sign: int, kind: CalibratedKind, share: float
) -> None:
    device = make(f"simulator://?seed=7&speed=max&polarity={polarity}")
    found = asyncio.run(calibrated(device, kind))
    assert found.reference - found.rest == pytest.approx(sign * share * 38, rel=0.12)
    assert found.best_rise_rate_percent_mvc_per_s == pytest.approx(183 / share, rel=0.2)


async def calibrated(device: Simulator, kind: CalibratedKind) -> Reference:
    [stream] = await device.open()
    [channel] = stream.channels
    chain = filter_for(channel.kind, channel.unit, 100.0, SETTINGS.conditioning)
    seat = ReferenceContext("simulator", "none", "sitting", "2026-11-23T10:00:00+01:00")
    state = calibration.begin(
        stream, channel, chain, SETTINGS.calibration, SETTINGS.quality, kind, seat
    )
    async for block in device.samples():
        state, events = calibration.calibrate(
            state, Samples("seat", block.first_index, block.values)
        )
        for event in events:
            assert not isinstance(event, CalibrationFailed)
            if isinstance(event, PhaseStarted):
                device.hear(event.phase.instruction)
            if isinstance(event, Calibrated):
                return event.reference
    raise AssertionError("the samples ended before the calibration did")
