"""Streams on their way into the session: raw blocks -> levels, gaps and doubts per channel.

Everything here belongs to one stream alone, so it does not matter how streams interleave.
What must be told (a gap, a flat line) waits as a notice until session time reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import nan

from levator.errors import CallerError
from levator.quantities import Hertz, Seconds
from levator.signals.ceiling import OPEN_SKY, CeilingWatch, ceiling_limits, watch_ceiling
from levator.signals.conditioning import AT_REST, FilterState, Scale, run, scale_of
from levator.signals.known import Known, doubts_of, known_range, too_far, without_unknown
from levator.signals.quality import UNWATCHED, Doubt, RawWatch, merged, watch_raw
from levator.signals.samples import Channel, Samples, Stream
from levator.signals.settings import QualitySettings
from levator.signals.tape import Tape, index_at
from levator.training.context import ChannelUse, Role, SessionContext
from levator.training.events import GapFound, QualityFlagged


@dataclass(frozen=True, slots=True)
class ChannelFeed:
    """One used channel: its carried filter, its watch, its levels, its doubts so far."""

    use: ChannelUse
    channel: Channel
    column: int
    scale: Scale
    known: Known
    tape: Tape
    filter_state: FilterState = AT_REST
    watch: RawWatch = UNWATCHED
    ceiling: CeilingWatch = OPEN_SKY
    held: float | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One stream: where it stands, and what waits to be told."""

    stream: Stream
    next_index: int
    channels: tuple[ChannelFeed, ...]
    notices: tuple[tuple[Seconds, GapFound | QualityFlagged], ...] = field(default=())

    @property
    def sampling_frequency_hz(self) -> Hertz:
        """Samples per second of every channel of the stream."""
        return self.stream.sampling_frequency_hz

    @property
    def reached_s(self) -> Seconds:
        """Time up to which this stream is known."""
        return self.next_index / self.stream.sampling_frequency_hz


def feeds_of(context: SessionContext) -> dict[str, Feed]:
    """Return one feed per stream, before any sample."""
    feeds = {}
    for stream in context.streams:
        names = [channel.name for channel in stream.channels]
        channels = []
        for use in (use for use in context.uses if use.stream == stream.name):
            column = names.index(use.channel)
            channel = stream.channels[column]
            scale = scale_of(channel, use.filter, use.reference)
            has_level = use.reference is not None and not use.filter.rectify_mean_samples
            quality = context.settings.quality
            known = known_range(channel, scale if has_level else None, quality)
            tape = Tape(stream.first_index, stream.first_index)
            channels.append(ChannelFeed(use, channel, column, scale, known, tape))
        feeds[stream.name] = Feed(stream, stream.first_index, tuple(channels))
    return feeds


def by_role(feeds: dict[str, Feed], role: Role) -> tuple[Feed, ChannelFeed] | None:
    """Return the stream and channel that play a role, if any does."""
    for feed in feeds.values():
        for channel in feed.channels:
            if channel.use.role == role:
                return feed, channel
    return None


def take(feed: Feed, samples: Samples, settings: QualitySettings) -> Feed:
    """Return the feed after a block. Samples that were there before are left out."""
    if any(len(column) != len(samples) for column in samples.values) or len(samples.values) != len(
        feed.stream.channels
    ):
        raise CallerError(
            "A block of %(stream)s does not have one column per channel.", stream=samples.stream
        )
    known = feed.next_index - samples.first_index
    if known >= len(samples):
        return feed
    if known < 0:
        feed = _skip(feed, -known)
    columns = [column[max(0, known) :] for column in samples.values]
    fs, notices = feed.sampling_frequency_hz, list(feed.notices)
    channels = []
    for channel in feed.channels:
        after, new = _take_channel(channel, columns[channel.column], feed.next_index, fs, settings)
        channels.append(after)
        for doubt in new:
            told = (doubt.stop) / fs
            notices.append((told, _flag(feed.stream.name, channel, doubt, fs)))
    if len(notices) > 1:
        notices.sort(key=lambda notice: notice[0])
    next_index = samples.first_index + len(samples)
    return Feed(feed.stream, next_index, tuple(channels), tuple(notices))


def _flag(stream: str, channel: ChannelFeed, doubt: Doubt, fs: Hertz) -> QualityFlagged:
    return QualityFlagged(
        doubt.stop / fs,
        stream,
        channel.channel.name,
        doubt.code,
        doubt.first / fs,
        doubt.stop / fs,
    )


def _take_channel(
    channel: ChannelFeed,
    raw: Sequence[float],
    first_index: int,
    fs: Hertz,
    settings: QualitySettings,
) -> tuple[ChannelFeed, list[Doubt]]:
    """Filter one channel's new samples; return the doubts that are news."""
    values, unknown = without_unknown(raw, channel.held, channel.known)
    levels, filter_state = run(channel.use.filter, channel.scale, channel.filter_state, values)
    unheard = len(raw) - len(values)
    beyond = _beyond(channel, levels, unheard, settings)
    levels = [nan] * unheard + levels
    for place in (*unknown, *beyond):
        levels[place] = nan
    watch, found = watch_raw(
        channel.watch,
        values,
        first_index + unheard,
        channel.channel,
        index_at(settings.flat_line_s, fs),
        index_at(settings.clipping_s, fs),
        settings.flat_line_needs_reversals,
    )
    reference = channel.use.reference
    ceiling, cut_off = watch_ceiling(
        channel.ceiling,
        values,
        first_index + unheard,
        ceiling_limits(settings, fs),
        reference is not None and reference.is_falling,
    )
    found += cut_off
    found += doubts_of(raw, sorted({*unknown, *beyond}), first_index)
    doubts, new = channel.doubts, []
    for doubt in found:
        grown = merged(doubts, [doubt])
        if len(grown) > len(doubts):
            new.append(doubt)
        doubts = grown
    after = replace(
        channel,
        tape=channel.tape.append(levels),
        filter_state=filter_state,
        watch=watch,
        ceiling=ceiling,
        held=values[-1] if values else None,
        doubts=doubts,
    )
    return after, new


def _beyond(
    channel: ChannelFeed, levels: list[float], unheard: int, settings: QualitySettings
) -> list[int]:
    """Return the places in the block of levels that no muscle has; none without a reference."""
    if channel.use.reference is None:
        return []
    return [unheard + place for place in too_far(levels, settings.known_within_percent_mvc)]


def _skip(feed: Feed, missing: int) -> Feed:
    """Samples that never came: unknown levels, filters that start anew."""
    first, fs = feed.next_index, feed.sampling_frequency_hz
    gap = Doubt("gap", first, first + missing)
    channels = tuple(
        replace(
            channel,
            tape=channel.tape.skip(missing),
            filter_state=AT_REST,
            held=None,
            watch=replace(channel.watch, last=None, run=0),
            doubts=merged(channel.doubts, [gap]),
        )
        for channel in feed.channels
    )
    at_s = (first + missing) / fs
    notice = (at_s, GapFound(at_s, feed.stream.name, first, missing))
    return Feed(feed.stream, first + missing, channels, (*feed.notices, notice))


def forget(feed: Feed, before_s: Seconds) -> Feed:
    """Return the feed without levels and doubts that nothing will look at any more."""
    before = index_at(before_s, feed.sampling_frequency_hz)
    channels = tuple(
        replace(
            channel,
            tape=channel.tape.since(before),
            doubts=tuple(doubt for doubt in channel.doubts if doubt.stop > before),
        )
        for channel in feed.channels
    )
    return replace(feed, channels=channels)
