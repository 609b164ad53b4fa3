"""A guided calibration measured once more, from the stored samples.

What it told is not stored: its outcome is in the session that follows. The same samples and
settings give the same numbers again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from levator.course.facts import StartFacts
from levator.course.prescription import reference_kind_for
from levator.errors import LevatorError
from levator.library.loader import load_protocol
from levator.records.model import RecordingHeader
from levator.signals import calibration
from levator.signals.phases import CalibrationEvent, PhaseStarted
from levator.signals.reference import ReferenceContext
from levator.signals.samples import Samples
from levator.training.context import SessionContext
from levator.training.inputs import Input
from levator.training.plain import from_plain


def measured_again(
    header: RecordingHeader, context: SessionContext, inputs: Iterable[Input]
) -> tuple[CalibrationEvent, ...]:
    """Return the results of the calibration, failed steps too; empty where there are none."""
    use = next(one for one in context.uses if one.role == "primary")
    stream = next(one for one in context.streams if one.name == use.stream)
    channel = next(one for one in stream.channels if one.name == use.channel)
    seat = ReferenceContext("", "", "", header.started_at)
    settings, kind = context.settings, _kind(header, context)
    state = calibration.begin(
        stream, channel, use.filter, settings.calibration, settings.quality, kind, seat
    )
    told: list[CalibrationEvent] = []
    for given in inputs:
        if isinstance(given, Samples):
            state, events = calibration.calibrate(state, given)
            told += [one for one in events if not isinstance(one, PhaseStarted)]
    return tuple(told)


def clear_from(context: SessionContext, rest_sd: float) -> float:
    """Return from how far off rest a change counts, in the channel's unit."""
    return context.settings.calibration.polarity_clear_rest_sds * rest_sd


def _kind(header: RecordingHeader, context: SessionContext) -> Literal["mvc", "comfortable_max"]:
    """Which reference was asked of her, by what was typed that day."""
    try:
        protocol = load_protocol(context.protocol or "")
        return reference_kind_for(protocol, from_plain(StartFacts, header.facts))
    except LevatorError:
        return "comfortable_max"
