"""How the muscle was measured, in words: reference, seat, channels, filters, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from levator.quantities import PercentMvc, Seconds, shown_unit
from levator.records.model import Gap
from levator.reports.prescribed import Fact
from levator.reports.session_report import SessionReport
from levator.signals.conditioning import Filter
from levator.signals.reference import Reference
from levator.signals.samples import Channel
from levator.texts import words
from levator.texts.speaker import Speaker, mark
from levator.training.context import ChannelUse, Role
from levator.training.events import Tared

ROLES: dict[Role, str] = {
    "primary": mark("trained"),
    "co_contraction": mark("should stay quiet"),
    "respiration": mark("breathing"),
    "shown": mark("shown only"),
}


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel in words."""

    name: str
    role: str
    kind: str
    unit: str
    rate: str
    filter: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """Missing samples in words."""

    stream: str
    at: str
    missing: str


def moment(speaker: Speaker, text: str) -> str:
    """Return an ISO 8601 moment in words, the text itself where it is none."""
    try:
        return speaker.moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def calibration_facts(speaker: Speaker, report: SessionReport) -> list[Fact]:
    """Return what 0 and 100 % were, and for which seat they hold."""
    use = report.primary
    reference = use.reference if use is not None else None
    if report.context is None or reference is None:
        text = speaker.say("none: the level is in the sensor's own unit and nothing is asked")
        return [Fact(speaker.say("Reference"), text)]
    facts = list(_reference(speaker, reference))
    if not report.context.reference_valid:
        invalid = speaker.say("does not hold for this seat and day: open mode only")
        facts.append(Fact(speaker.say("Validity"), invalid))
    facts += [_tared(speaker, event, reference.unit) for event in _tares(report)]
    return facts


def _tares(report: SessionReport) -> Iterator[Tared]:
    return (event for event in report.told if isinstance(event, Tared))


def _tared(speaker: Speaker, event: Tared, unit: str) -> Fact:
    return Fact(
        speaker.say("Rest taken again"),
        f"{speaker.number(event.rest, 2)} {shown_unit(unit)}",
        speaker.say("at %(at)s s", at=event.at_s),
    )


def _reference(speaker: Speaker, reference: Reference) -> Iterator[Fact]:
    unit = shown_unit(reference.unit)
    yield Fact(speaker.say("Reference"), speaker.say(words.REFERENCES[reference.kind]))
    spread = ""
    if reference.rest_sd is not None:
        spread = speaker.say("spread %(sd)s", sd=f"{speaker.number(reference.rest_sd, 3)} {unit}")
    yield Fact(speaker.say("Rest, 0 %%"), f"{speaker.number(reference.rest, 2)} {unit}", spread)
    full = f"{speaker.number(reference.reference, 2)} {unit}"
    yield Fact(speaker.say("Reference, 100 %%"), full)
    polarity = mark("falling: lifting lowers the signal")
    if not reference.is_falling:
        polarity = mark("rising: lifting raises the signal")
    yield Fact(speaker.say("Polarity"), speaker.say(polarity))
    best = reference.best_rise_rate_percent_mvc_per_s
    if best is not None:
        rate = speaker.say("%(rate)s %% per second", rate=best)
        yield Fact(speaker.say("Own best rise"), rate)
    if reference.context is not None:
        seat = reference.context
        yield Fact(speaker.say("Sensor"), seat.device)
        yield Fact(speaker.say("Cushion"), words.seat_part(speaker, seat.cushion))
        yield Fact(speaker.say("Posture"), words.seat_part(speaker, seat.posture))
        yield Fact(speaker.say("Taken"), moment(speaker, seat.taken_at))


def channel_rows(speaker: Speaker, report: SessionReport) -> list[ChannelRow]:
    """Return every channel with its part, rate and filter."""
    context = report.context
    if context is None:
        return []
    channels = {
        (stream.name, channel.name): (channel, stream.sampling_frequency_hz)
        for stream in context.streams
        for channel in stream.channels
    }
    return [
        _row(speaker, use, *channels[use.stream, use.channel])
        for use in context.uses
        if (use.stream, use.channel) in channels
    ]


def _row(speaker: Speaker, use: ChannelUse, channel: Channel, rate_hz: float) -> ChannelRow:
    return ChannelRow(
        f"{use.stream} · {use.channel}",
        speaker.say(ROLES[use.role]),
        speaker.say(words.KINDS[channel.kind]),
        shown_unit(channel.unit),
        f"{speaker.number(rate_hz, 3)} Hz",
        _filter(speaker, use.filter),
    )


def _filter(speaker: Speaker, chain: Filter) -> str:
    if not chain.sections and not chain.rectify_mean_samples:
        return speaker.say("no filter")
    return speaker.say("delay %(delay)s ms", delay=chain.delay_s * 1000.0)


def gap_rows(speaker: Speaker, report: SessionReport) -> list[GapRow]:
    """Return every missing stretch, from what is stored."""
    return [_gap_row(speaker, report, gap) for gap in report.gaps]


def _gap_row(speaker: Speaker, report: SessionReport, gap: Gap) -> GapRow:
    rate = report.sampling_frequency_hz(gap.stream)
    at = speaker.say("sample %(index)s", index=str(gap.first_index))
    if rate:
        at = speaker.say("%(at)s s", at=gap.first_index / rate)
    if gap.missing is None:
        return GapRow(gap.stream, at, speaker.say("not known: the recording breaks off here"))
    missing = speaker.say_count("%(count)s sample", "%(count)s samples", gap.missing)
    if rate:
        missing += f" ({speaker.number(gap.missing / rate, 2)} s)"
    return GapRow(gap.stream, at, missing)


def primary_gaps(report: SessionReport) -> list[tuple[Seconds, Seconds]]:
    """Return (from, to) in seconds of what is missing on the trained stream."""
    rate = report.sampling_frequency_hz(report.primary.stream) if report.primary else None
    if report.primary is None or not rate:
        return []
    return [
        (gap.first_index / rate, (gap.first_index + gap.missing) / rate)
        for gap in report.gaps
        if gap.stream == report.primary.stream and gap.missing is not None
    ]


def is_percent(report: SessionReport) -> bool:
    """Return whether levels are percentages of her reference."""
    return report.primary is None or report.primary.reference is not None


def band(report: SessionReport) -> PercentMvc:
    """Return the half width of the band that rounds were judged by."""
    return report.context.settings.verdicts.band_percent_mvc if report.context else 0.0


def level_unit(report: SessionReport) -> str:
    """Return the unit of the curve: % of the reference, or the trained channel's own."""
    use = report.primary
    if use is None or use.reference is not None or report.context is None:
        return "%"
    channels = [
        one
        for stream in report.context.streams
        if stream.name == use.stream
        for one in stream.channels
        if one.name == use.channel
    ]
    return shown_unit(channels[0].unit) if channels else ""
