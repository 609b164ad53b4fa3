"""From the engine's levels to the tracks that viewers draw: the drawn trace is the judged one."""

from __future__ import annotations

from dataclasses import replace

from levator.live.frames import Frames, Track
from levator.quantities import Seconds
from levator.signals.samples import Stream
from levator.training.feeds import ChannelFeed
from levator.training.state import SessionState


def channels_of(state: SessionState) -> list[tuple[Stream, ChannelFeed]]:
    """Return the used channels in the order of the tracks, the trained one first."""
    found = []
    for use in state.context.uses:
        feed = state.feeds[use.stream]
        found.append((feed.stream, next(one for one in feed.channels if one.use is use)))
    return found


def frames_of(state: SessionState, generation: int) -> Frames:
    """Return empty tracks for every used channel."""
    streams = [stream for stream, _ in channels_of(state)]
    tracks = [Track(one.sampling_frequency_hz, one.first_index) for one in streams]
    return Frames(tracks, generation)


def draw(frames: Frames, state: SessionState, stream: str, made_s: Seconds) -> None:
    """Add what a block of one stream has become, made at `made_s` of the room's clock."""
    for number, (of, channel) in enumerate(channels_of(state)):
        if of.name == stream:
            first = max(frames.tracks[number].taken, channel.tape.first)
            frames.add(number, first, channel.tape.cut(first, channel.tape.end), made_s)


def streams_from_here(state: SessionState) -> tuple[Stream, ...]:
    """Return the streams as a session sees them that begins with the next sample."""
    feeds = state.feeds.values()
    return tuple(replace(feed.stream, first_index=feed.next_index) for feed in feeds)
