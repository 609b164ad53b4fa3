"""The engine: `step(state, input) -> (state, events)`.

House rules: time is the index of the primary stream; everything that happens, happens at
an index (a boundary) and depends only on samples before it. That is why any cutting of the
streams into blocks gives the same events, bit for bit.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from math import inf

from levator.errors import CallerError
from levator.signals.conditioning import is_activity
from levator.signals.contraction import NOTHING_FOUND, Finding, detect, detector_limits
from levator.signals.quality import NO_EDGE, Doubt, edge_limits, watch_edges
from levator.signals.samples import Samples
from levator.training import commands, doubt, judging, rounds
from levator.training.context import SessionContext
from levator.training.describe import tell_contraction
from levator.training.events import ContractionFound, Event, QualityFlagged, SignalReturned
from levator.training.feeds import Feed, by_role, feeds_of, forget, take
from levator.training.inputs import Command, Input
from levator.training.state import SessionState, plan_under_way, set_under_way

#: Outside a round this much of the past is kept; what is older goes at every turn of as much.
_KEEP_S = 60.0


def begin(context: SessionContext) -> SessionState:
    """Return the state of a session before its first input.

    Raises CallerError where the context has no primary channel or does not wait for it.
    """
    feeds = feeds_of(context)
    primaries = [use for use in context.uses if use.role == "primary"]
    if len(primaries) != 1 or primaries[0].stream not in context.required_streams:
        raise CallerError("A session needs exactly one primary channel, on a required stream.")
    stream = feeds[primaries[0].stream].stream
    reference, fs = primaries[0].reference, stream.sampling_frequency_hz
    best = reference.best_rise_rate_percent_mvc_per_s if reference is not None else None
    found = by_role(feeds, "primary")
    activity = found is not None and is_activity(found[1].channel, found[1].use.filter)
    cough_limits, shift_limits = edge_limits(context.settings.quality, fs, best, activity)
    return SessionState(
        context=context,
        feeds=feeds,
        primary_stream=stream.name,
        position=stream.first_index,
        limits=context.limits,
        detector_limits=detector_limits(context.settings.contraction, fs),
        cough_limits=cough_limits,
        shift_limits=shift_limits,
        reference_valid=context.reference_valid,
    )


def step(state: SessionState, given: Input) -> tuple[SessionState, tuple[Event, ...]]:
    """Take one input; return the state after it and what is to be told.

    The given state stays as it was. Raises CallerError for a stream that the context does
    not name.
    """
    state = copy(state)
    state.feeds, state.events = dict(state.feeds), []
    if isinstance(given, Samples):
        if given.stream not in state.feeds:
            raise CallerError("Stream %(stream)r is not part of this session.", stream=given.stream)
        quality = state.context.settings.quality
        state.feeds[given.stream] = take(state.feeds[given.stream], given, quality)
    else:
        state.waiting = (*state.waiting, given)
    _advance(state)
    return state, tuple(state.events)


def _advance(state: SessionState) -> None:
    """Go from boundary to boundary as far as the required streams are known."""
    reached = state.reached
    while state.name != "ended":
        _tell_notices(state)
        boundary = _next_boundary(state)
        if boundary > state.position:
            if state.position >= reached:
                return
            _scan(state, min(boundary, reached))
        elif not _handle(state):
            return
    while state.waiting and state.waiting[0].at_index <= reached:
        _take_first_waiting(state)


def _next_boundary(state: SessionState) -> int:
    """Index of the next thing that happens whatever the samples say."""
    soonest: float = inf
    if state.waiting:
        soonest = state.waiting[0].at_index
    for at in (_verdict_at(state), _rest_end_at(state), _tare_end_at(state), _return_at(state)):
        if at is not None and at < soonest:
            soonest = at
    if state.ended_contraction is not None:
        soonest = min(soonest, state.ended_contraction[1])
    # Without any boundary the samples alone decide how far to go.
    return int(soonest) if soonest != inf else state.reached + 1


def _verdict_at(state: SessionState) -> int | None:
    now = state.set_state
    if now is None or now.plan is None or not now.judge:
        return None
    return state.index(judging.judged_at_s(state, now.plan))


def _rest_end_at(state: SessionState) -> int | None:
    now = state.set_state
    if now is None or now.plan is None or not now.rest:
        return None
    return state.index(now.plan.end_s)


def _tare_end_at(state: SessionState) -> int | None:
    if state.tare_from is None:
        return None
    return state.tare_from + state.index(state.context.settings.calibration.tare_s)


def _return_at(state: SessionState) -> int | None:
    """Index after which samples are back: one past the first sample behind the loss."""
    if state.name != "no_signal" or state.lost_position is None:
        return None
    at = state.lost_position
    for found in state.primary.doubts:
        if found.code == "gap" and found.first <= at < found.stop:
            at = found.stop
    return at + 1


def _handle(state: SessionState) -> bool:
    """Let the first thing happen that is due; False where a verdict waits for a late stream."""
    position = state.position
    if state.ended_contraction is not None and state.ended_contraction[1] <= position:
        tell_contraction(state, is_followed=False)
    elif _is_due(_return_at(state), position):
        _return(state)
    elif _is_due(_verdict_at(state), position):
        return _judge(state)
    elif _is_due(_rest_end_at(state), position):
        rounds.end_round(state)
    elif _is_due(_tare_end_at(state), position):
        commands.finish_tare(state)
    else:
        # Last, because the rest happened as soon as the samples were there.
        _take_first_waiting(state)
    return True


def _is_due(at: int | None, position: int) -> bool:
    return at is not None and at <= position


def _judge(state: SessionState) -> bool:
    at_s = judging.judged_at_s(state, plan_under_way(state))
    is_late = doubt.is_waiting_for_others(state, at_s)
    if is_late and not commands.is_urgent(state):
        return False
    judging.judge_round(state)
    if not set_under_way(state).rest:
        # Interrupted after its effort: nothing of it is left to come.
        state.change_set(plan=None)
    return True


def _take_first_waiting(state: SessionState) -> None:
    given, state.waiting = state.waiting[0], state.waiting[1:]
    if isinstance(given, Command):
        commands.apply(state, given)
    else:
        commands.tick(state, given)


def _return(state: SessionState) -> None:
    """Samples come again: after a long silence the resting tone must be taken anew."""
    lost = state.lost_position if state.lost_position is not None else state.position
    by_index_s = (state.position - 1 - lost) / state.fs
    by_clock_s = 0.0
    if state.alive_s is not None and state.ticked_s is not None:
        by_clock_s = state.ticked_s - state.alive_s
    silent_s = max(by_index_s, by_clock_s)
    late = silent_s > state.context.settings.quality.tare_after_s
    state.lost_position = None
    state.tell(SignalReturned(state.now_s, state.primary_stream, silent_s, late))
    if late:
        state.go("signal_back_late", "signal")
    else:
        state.go("signal_back" if state.set_state is not None else "signal_back_idle", "signal")


def _tell_notices(state: SessionState) -> None:
    """Tell what the streams found, once session time has come to it."""
    for name in state.feeds:
        while (feed := state.feeds[name]).notices and _due(state, feed) <= state.position:
            state.tell(feed.notices[0][1])
            state.feeds[name] = replace(feed, notices=feed.notices[1:])


def _scan(state: SessionState, stop: int) -> None:
    """Watch the primary level from the position up to `stop`, at most to the first finding."""
    start, primary = state.position, state.primary
    gaps = [found for found in primary.doubts if found.code == "gap"]
    inside = next((gap for gap in gaps if gap.first <= start < gap.stop), None)
    turn = (start // state.index(_KEEP_S) + 1) * state.index(_KEEP_S)
    stop = min([stop, turn, *_notice_indices(state), *(g.first for g in gaps if g.first > start)])
    if inside is not None:
        state.detector = NOTHING_FOUND
        state.cough_edges = state.shift_edges = NO_EDGE
        state.position = min(stop, inside.stop)
        _forget(state)
        return
    tape = primary.tape
    coughs, shifts, tared = state.cough_limits, state.shift_limits, state.tared_at
    # Each watch may stop the others earlier; the earlier ones then look once more.
    _, _, stop = watch_edges(state.cough_edges, tape, start, stop, coughs, tared)
    _, _, stop = watch_edges(state.shift_edges, tape, start, stop, shifts, tared)
    state.detector, finding, stop = detect(
        state.detector,
        tape.cut(start, stop),
        start,
        state.detector_limits,
        all_known=not primary.doubts and start >= tape.first,
    )
    cough = watch_edges(state.cough_edges, tape, start, stop, coughs, tared)
    shift = watch_edges(state.shift_edges, tape, start, stop, shifts, tared)
    state.cough_edges, state.shift_edges, state.position = cough[0], shift[0], stop
    for edge in (cough[1], shift[1]):
        if edge is not None:
            _tell_edge(state, edge)
    if finding is not None:
        _found(state, finding)
    _forget(state)


def _notice_indices(state: SessionState) -> list[int]:
    """Indices at which notices of the streams become due, behind the position."""
    due = [_due(state, feed) for feed in state.feeds.values() if feed.notices]
    return [at for at in due if at > state.position]


def _due(state: SessionState, feed: Feed) -> int:
    """Index at which the first notice is told: an optional stream may be late by so much.

    Indices are compared, not times: a sum of times is a hair off the time of its sample.
    """
    at_s = feed.notices[0][0]
    if feed.stream.name not in state.context.required_streams:
        at_s += state.context.settings.quality.late_optional_s
    return state.index(at_s)


def _tell_edge(state: SessionState, edge: Doubt) -> None:
    fs, use = state.fs, state.primary.use
    state.doubts = (*state.doubts, edge)
    state.tell(
        QualityFlagged(
            edge.stop / fs, use.stream, use.channel, edge.code, edge.first / fs, edge.stop / fs
        )
    )


def _found(state: SessionState, finding: Finding) -> None:
    if finding.ended is None:
        tell_contraction(state, is_followed=True)
        state.tell(ContractionFound((finding.index + 1) / state.fs, finding.onset / state.fs))
        return
    wait = state.index(state.context.settings.contraction.level_after_to_s)
    state.ended_contraction = (finding.ended, finding.ended.end + wait)


def _forget(state: SessionState) -> None:
    """Outside a round keep only the last minute of levels.

    Only at full minutes: what is measured may not depend on where a block ended.
    """
    now = state.set_state
    if state.position % state.index(_KEEP_S) or (now is not None and now.plan is not None):
        return
    before_s = rounds.kept_from_s(state, state.now_s - _KEEP_S)
    for name, feed in state.feeds.items():
        state.feeds[name] = forget(feed, before_s)
    first = state.index(before_s)
    state.doubts = tuple(found for found in state.doubts if found.stop > first)
