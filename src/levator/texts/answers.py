"""Refusals in words: why a dose is not given, which rule bounds it."""

from __future__ import annotations

from math import isfinite

from levator.course.prescription import Allowed, DoseRefused, OutOfRange
from levator.course.protocol import Cap, Protocol
from levator.texts import words
from levator.texts.speaker import Speaker, mark
from levator.training.dose import Dose
from levator.training.limits import Breach

_OUT_OF_RANGE = {
    "force": mark("%(what)s %(asked)s %% is outside %(lowest)s to %(highest)s %% of this step."),
    "hold": mark("%(what)s %(asked)s s is outside %(lowest)s to %(highest)s s of this step."),
    "rest": mark("%(what)s %(asked)s s is outside %(lowest)s to %(highest)s s of this step."),
    "tangent": mark("%(what)s %(asked)s %% is outside %(lowest)s to %(highest)s %% of this step."),
    "rise": mark("%(what)s %(asked)s s is shorter than the %(lowest)s s of this step."),
    "fall": mark("%(what)s %(asked)s s is shorter than the %(lowest)s s of this step."),
    "rounds": mark("%(what)s %(asked)s is outside %(lowest)s to %(highest)s of this step."),
}
_BREACHES = {
    "force": mark("%(what)s %(asked)s %% is over the limit of %(allowed)s %%."),
    "hold": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "cycle": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "rounds": mark("%(what)s %(asked)s is over the limit of %(allowed)s."),
    "effort": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "strength_not_cleared": mark("%(what)s is not cleared."),
}


def out_of_range(speaker: Speaker, one: OutOfRange) -> str:
    """Return a setting outside its range, with the range."""
    return speaker.say(
        _OUT_OF_RANGE[one.setting],
        what=speaker.say(words.SETTINGS[one.setting]),
        asked=speaker.number(one.asked, 6),
        lowest=one.lowest,
        highest=one.highest,
    )


def breach(speaker: Speaker, one: Breach) -> str:
    """Return a limit that is passed, with both numbers."""
    return speaker.say(
        _BREACHES[one.limit],
        what=speaker.say(words.LIMITS[one.limit]),
        asked=speaker.number(one.asked, 6),
        allowed=one.allowed,
    )


def tangent_sum(speaker: Speaker, asked: Dose) -> str:
    """Return how a Tangent lengthens the hold of a dose, as a sum; empty where it does not."""
    shown = asked.asked_pattern
    if asked.pattern is None or shown is None or not asked.tangent_percent:
        return ""
    won_s = asked.pattern.rise_s - shown.rise_s
    return speaker.say(
        "A Tangent of %(tangent)s %% moves %(won)s of the %(rise)s s of rise to the hold:"
        " %(hold)s + %(won)s = %(sum)s s.",
        tangent=asked.tangent_percent,
        won=round(won_s, 2),
        rise=asked.pattern.rise_s,
        hold=asked.pattern.hold_s,
        sum=round(shown.hold_s, 2),
    )


def allowed(speaker: Speaker, one: Allowed) -> str:
    """Return what a setting may be, with its unit, in a few words."""
    is_share = one.setting in ("force", "tangent")
    if not isfinite(one.highest):
        return speaker.say("from %(lowest)s s", lowest=one.lowest)
    if one.lowest == one.highest:
        text = mark("only %(lowest)s %%") if is_share else mark("only %(lowest)s s")
        return speaker.say(text, lowest=one.lowest)
    text = mark("%(lowest)s to %(highest)s s")
    if is_share:
        text = mark("%(lowest)s to %(highest)s %%")
    return speaker.say(text, lowest=one.lowest, highest=one.highest)


def dose_refused(speaker: Speaker, refused: DoseRefused) -> list[str]:
    """Return every reason for which a dose is not given."""
    ranges = [out_of_range(speaker, one) for one in refused.ranges]
    return ranges + [breach(speaker, one) for one in refused.breaches]


def caps_of(protocol: Protocol | None) -> tuple[Cap, ...]:
    """Return every cap of a protocol, its own and those of its stages."""
    stages = () if protocol is None else protocol.stages
    own = () if protocol is None else protocol.caps
    return (*own, *(cap for stage in stages for cap in stage.caps))


def limit_rules(speaker: Speaker, label: str, protocol: Protocol | None) -> list[str]:
    """Return the rules that a limits label lists, in words where they are known."""
    named = {"hard-limits": speaker.say("limits that hold for everybody")}
    if protocol is not None:
        named |= {cap.name: cap.words_in(speaker.language) for cap in caps_of(protocol)}
        named |= {one.id: one.words_in(speaker.language).title for one in protocol.stages}
    return [named.get(rule, rule) for rule in label.split("; ")]
