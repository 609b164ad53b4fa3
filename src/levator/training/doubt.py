"""What speaks against believing a stretch of the session, before anything is scored.

Nothing behind the session's position is looked at, however far a stream was fed.
"""

from __future__ import annotations

from collections.abc import Sequence

from levator.quantities import PercentMvc, Seconds
from levator.signals.averages import mean
from levator.signals.contraction import longest_run
from levator.signals.quality import Doubt, is_noisy
from levator.signals.tape import index_at
from levator.training.context import Role
from levator.training.events import QualityCode, QualityFlagged, VerdictCode
from levator.training.feeds import ChannelFeed, Feed, by_role
from levator.training.score import Track, level_before
from levator.training.state import SessionState
from levator.training.target import Plan
from levator.training.verdict import BREATH_NOT_KNOWN, CO_CONTRACTION_NOT_KNOWN

_MOVED = ("moved", "cushion")
_MISSING = ("gap", "not_a_number", "out_of_range", "flat_line")


def of_repetition(
    state: SessionState, plan: Plan, until_s: Seconds
) -> tuple[frozenset[VerdictCode], tuple[str, ...]]:
    """Return the doubts of a round up to its verdict, and what could not be looked at."""
    start_s, end_s = plan.start_s, plan.effort_end_s
    found: set[VerdictCode] = set()
    if signal_is_missing(state, start_s, until_s):
        found.add("no_signal")
    level = _level(state, plan, until_s)
    if _has_moved(state, start_s, end_s, level) or _is_marked(state, _MOVED, start_s, until_s):
        found.add("moved")
    if "no_signal" not in found:
        found |= _of_levels(state, start_s, end_s)
    # Noise looks like a row of coughs; only a mark by hand is believed in it.
    if _is_marked(state, ("cough",), start_s, until_s) or (
        "unsure" not in found and is_coughed(state, start_s, until_s)
    ):
        found.add("coughed")
    unknown = []
    breath = breath_is_held(state, start_s, end_s)
    second = is_co_contracted(state, start_s, end_s)
    if breath is None:
        unknown.append(BREATH_NOT_KNOWN)
    if second is None:
        unknown.append(CO_CONTRACTION_NOT_KNOWN)
    found |= {"breath_held"} if breath else set()
    found |= {"co_contraction"} if second else set()
    return frozenset(found), tuple(unknown)


def _level(state: SessionState, plan: Plan, until_s: Seconds) -> PercentMvc | None:
    over_s = min(state.context.settings.verdicts.released_over_s, until_s - plan.effort_end_s)
    if over_s <= 0.0:
        return None
    return level_before(Track(state.primary.tape, state.fs, 0, state.position), until_s, over_s)


def _of_levels(state: SessionState, start_s: Seconds, end_s: Seconds) -> set[VerdictCode]:
    """Doubts that the levels of the effort themselves raise."""
    settings, found = state.context.settings, set[VerdictCode]()
    levels = state.primary.tape.cut(state.index(start_s), state.index(end_s))
    strained = [level <= settings.contraction.strain_below_percent_mvc for level in levels]
    lasts = max(1, index_at(settings.contraction.strain_lasts_s, state.fs))
    if longest_run(strained) >= lasts:
        found.add("strained")
    highest, lowest = settings.quality.highest_percent_mvc, settings.quality.lowest_percent_mvc
    doubtful: list[QualityCode] = []
    if levels and (max(levels) > highest or min(levels) < lowest):
        doubtful.append("out_of_range")
    if is_noisy(levels, settings.quality.noise_percent_mvc):
        doubtful.append("noise")
    for code in doubtful:
        use = state.primary.use
        state.tell(QualityFlagged(state.now_s, use.stream, use.channel, code, start_s, end_s))
    if doubtful or _has(state, ("clipping",), state.primary, start_s, end_s):
        found.add("unsure")
    return found


def signal_is_missing(state: SessionState, from_s: Seconds, to_s: Seconds) -> bool:
    """Whether a sample of the primary channel is missing, no number or no muscle's, or stuck."""
    return _has(state, _MISSING, state.primary, from_s, to_s) or _is_unknown(
        state.primary.tape.cut(state.index(from_s), min(state.index(to_s), state.position))
    )


def _is_unknown(levels: Sequence[float]) -> bool:
    return any(level != level for level in levels)


def _has(
    state: SessionState,
    codes: tuple[str, ...],
    channel: ChannelFeed,
    from_s: Seconds,
    to_s: Seconds,
) -> bool:
    """Whether a doubt known by now touches the stretch."""
    first, stop = state.index(from_s), state.index(to_s)
    quality = state.context.settings.quality
    needed = {
        "flat_line": index_at(quality.flat_line_s, state.fs),
        "clipping": index_at(quality.clipping_s, state.fs),
    }
    for doubt in channel.doubts:
        known_to = min(doubt.stop, state.position)
        is_known = (
            known_to - doubt.first >= needed.get(doubt.code, 1)
            and doubt.known_from <= state.position
        )
        if doubt.code in codes and is_known and doubt.first < stop and known_to > first:
            return True
    return False


def _touches(doubts: tuple[Doubt, ...], code: str, first: int, stop: int) -> bool:
    return any(d.code == code and d.first < stop and d.stop > first for d in doubts)


def is_coughed(state: SessionState, from_s: Seconds, to_s: Seconds) -> bool:
    """Whether a cough was seen, or marked by hand, in the stretch."""
    first, stop = state.index(from_s), state.index(to_s)
    return _touches(state.doubts, "cough", first, stop) or _is_marked(
        state, ("cough",), from_s, to_s
    )


def _is_marked(state: SessionState, marks: tuple[str, ...], from_s: Seconds, to_s: Seconds) -> bool:
    return any(mark in marks and from_s <= at_s <= to_s for at_s, mark in state.marks)


def _moved_by(
    state: SessionState, from_s: Seconds, to_s: Seconds, level: PercentMvc | None
) -> PercentMvc | None:
    """Return the height by which she sits differently, or None.

    A jump that no muscle makes and that the level at rest keeps; a jump found in an earlier
    round as long as the level keeps it; or a level below rest.
    """
    quality = state.context.settings.quality
    if level is None or abs(level) <= quality.shift_percent_mvc:
        return None
    first, stop = state.index(from_s), state.index(to_s)
    jumps = [
        jump.height_percent_mvc
        for jump in state.doubts
        if jump.code == "shift" and first <= jump.first < stop
    ]
    if state.moved_by is not None:
        jumps.append(state.moved_by)
    for height in jumps:
        if abs(level - height) <= quality.shift_kept_within_percent / 100.0 * abs(height):
            return height
    return level if level < 0.0 else None


def _has_moved(
    state: SessionState, from_s: Seconds, to_s: Seconds, level: PercentMvc | None
) -> bool:
    """Whether she sits differently; remembered, for the rounds that follow."""
    state.moved_by = _moved_by(state, from_s, to_s, level)
    return state.moved_by is not None


def rest_has_moved(state: SessionState, plan: Plan, level: PercentMvc | None) -> bool:
    """Whether she sits differently at the end of a rest than before it."""
    from_s = plan.effort_end_s + state.context.settings.quality.shift_in_rest_after_s
    return _has_moved(state, from_s, plan.end_s, level) or _is_marked(
        state, _MOVED, plan.effort_end_s, plan.end_s
    )


def _other(
    state: SessionState, role: Role, from_s: Seconds, to_s: Seconds
) -> tuple[Feed, ChannelFeed, list[float]] | None:
    """Another channel's levels in a stretch; None where they are not wholly known."""
    found = by_role(state.feeds, role)
    if found is None or found[0].reached_s < to_s:
        return None
    feed, channel = found
    fs = feed.sampling_frequency_hz
    delay = int(channel.use.filter.delay_s * fs + 0.5)
    first, stop = index_at(from_s, fs) + delay, index_at(to_s, fs) + delay
    # What has come by the verdict is enough; the filter's delay may cut the last moments.
    levels = channel.tape.cut(max(first, channel.tape.first), min(stop, index_at(to_s, fs)))
    return None if not levels or _is_unknown(levels) else (feed, channel, levels)


def breath_is_held(state: SessionState, start_s: Seconds, end_s: Seconds) -> bool | None:
    """Whether breathing stops during effort; None where it cannot be told.

    The range of the breathing signal during effort against its range just before.
    """
    quality = state.context.settings.quality
    during = _other(state, "respiration", start_s, end_s)
    usual_from_s = start_s - quality.breath_usual_s
    found = by_role(state.feeds, "respiration")
    if during is None or found is None or end_s - start_s < quality.breath_shortest_s:
        return None
    known_from_s = max(usual_from_s, found[1].tape.first / found[0].sampling_frequency_hz)
    before = _other(state, "respiration", known_from_s, start_s)
    if before is None or start_s - known_from_s < quality.breath_shortest_s:
        return None
    usual = max(before[2]) - min(before[2])
    if usual <= 0.0:
        return None
    range_now = max(during[2]) - min(during[2])
    return range_now < usual * quality.breath_held_of_usual_percent / 100.0


def is_co_contracted(state: SessionState, start_s: Seconds, end_s: Seconds) -> bool | None:
    """Whether the second muscle works with the effort; None where it cannot be told.

    With a reference contraction its own %MVC decides, without one the level against the
    rest just before.
    """
    quality = state.context.settings.quality
    during = _other(state, "co_contraction", start_s, end_s)
    if during is None:
        return None
    feed, channel, levels = during
    if channel.use.reference is not None:
        highest = quality.co_contraction_percent
    else:
        before_s = start_s - state.context.settings.verdicts.released_over_s
        fs = feed.sampling_frequency_hz
        quiet = mean(channel.tape.cut(index_at(before_s, fs), index_at(start_s, fs)))
        if quiet is None or quiet <= 0.0:
            return None
        highest = quiet * quality.co_contraction_times_rest
    lasts = max(1, index_at(quality.co_contraction_lasts_s, feed.sampling_frequency_hz))
    return longest_run([level > highest for level in levels]) >= lasts


def is_waiting_for_others(state: SessionState, at_s: Seconds) -> bool:
    """Whether an optional stream that this verdict reads may still arrive in time.

    An optional stream late by more than `late_optional_s` of session time is not known.
    """
    late_s = state.context.settings.quality.late_optional_s
    required_s = state.reached / state.fs
    if required_s >= at_s + late_s:
        return False
    others = (by_role(state.feeds, "respiration"), by_role(state.feeds, "co_contraction"))
    return any(found is not None and found[0].reached_s < at_s for found in others)
