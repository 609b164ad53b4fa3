"""Refusals in words: why a stage is locked, why a dose is not given, which rule bounds it."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from levator.course.entry import LockCode, LockReason
from levator.course.prescription import Allowed, DoseRefused, OutOfRange
from levator.course.protocol import Judged, Phase, Protocol
from levator.texts import words
from levator.texts.speaker import Speaker, mark
from levator.training.dose import Dose
from levator.training.limits import Breach

_LOCKED: Mapping[tuple[LockCode, Phase], str] = {
    ("both_weeks", "pregnancy"): mark(
        "Weeks of pregnancy and weeks since birth are both filled in; keep one of them."
    ),
    ("both_weeks", "after_birth"): mark(
        "Weeks of pregnancy and weeks since birth are both filled in; keep one of them."
    ),
    ("weeks_needed", "pregnancy"): mark("Fill in the weeks of pregnancy first."),
    ("weeks_needed", "after_birth"): mark("Fill in the weeks since birth first."),
    ("wrong_phase", "pregnancy"): mark("This step is for the time before birth."),
    ("wrong_phase", "after_birth"): mark("This step is for the time after birth."),
    ("too_early", "pregnancy"): mark(
        "This step opens in week %(needed)s of pregnancy; it is now week %(given)s."
    ),
    ("too_early", "after_birth"): mark(
        "This step opens %(needed)s weeks after birth; it is now week %(given)s."
    ),
    ("too_late", "pregnancy"): mark(
        "This step ends before week %(needed)s of pregnancy; %(given)s is filled in. Check it."
    ),
    ("too_late", "after_birth"): mark(
        "This step ends %(needed)s weeks after birth; it is now week %(given)s."
    ),
    ("clearance_needed", "pregnancy"): mark(
        "There were complications: a doctor agrees first. Fill in who did."
    ),
    ("clearance_needed", "after_birth"): mark(
        "Somebody agrees first to training after this birth, a doctor where there were"
        " complications. Fill in who did."
    ),
    ("pain", "pregnancy"): mark("There is pain today; more strength comes when it is less."),
    ("pain", "after_birth"): mark("There is pain today; more strength comes when it is less."),
    ("pain_unknown", "pregnancy"): mark("Answer first: pain now?"),
    ("pain_unknown", "after_birth"): mark("Answer first: pain now?"),
}
_OUT_OF_RANGE = {
    "force": mark("%(what)s %(asked)s %% is outside %(lowest)s to %(highest)s %% of this step."),
    "hold": mark("%(what)s %(asked)s s is outside %(lowest)s to %(highest)s s of this step."),
    "rest": mark("%(what)s %(asked)s s is outside %(lowest)s to %(highest)s s of this step."),
    "tangent": mark("%(what)s %(asked)s %% is outside %(lowest)s to %(highest)s %% of this step."),
    "rise": mark("%(what)s %(asked)s s is shorter than the %(lowest)s s of this step."),
    "fall": mark("%(what)s %(asked)s s is shorter than the %(lowest)s s of this step."),
}
_BREACHES = {
    "force": mark("%(what)s %(asked)s %% is over the limit of %(allowed)s %%."),
    "hold": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "cycle": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "rounds": mark("%(what)s %(asked)s is over the limit of %(allowed)s."),
    "effort": mark("%(what)s %(asked)s s is over the limit of %(allowed)s s."),
    "strength_not_cleared": mark("%(what)s is not cleared."),
}


def lock_reason(speaker: Speaker, reason: LockReason) -> str:
    """Return why a stage is locked."""
    needed = "–" if reason.needed_week is None else reason.needed_week
    given = "–" if reason.given_week is None else reason.given_week
    return speaker.say(_LOCKED[reason.code, reason.phase], needed=needed, given=given)


def judged(speaker: Speaker, one: Judged) -> str:
    """Return what the therapist judges before the stage begins."""
    force = "–" if one.force_percent_mvc is None else one.force_percent_mvc
    return speaker.say(words.JUDGED[one.code], force=force)


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


def limit_rules(speaker: Speaker, label: str, protocol: Protocol | None) -> list[str]:
    """Return the rules that a limits label lists, in words where they are known."""
    named = {"hard-limits": speaker.say("limits that hold for everybody")}
    if protocol is not None:
        caps = [*protocol.caps, *(cap for stage in protocol.stages for cap in stage.caps)]
        named |= {cap.name: cap.words_in(speaker.language) for cap in caps}
        named |= {one.id: one.words_in(speaker.language).title for one in protocol.stages}
    return [named.get(rule, rule) for rule in label.split("; ")]
