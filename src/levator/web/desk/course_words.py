"""A course in words for the therapist: stages, gates open and shut, proposal, dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from levator.clinic.charts import TOLD_LATER
from levator.clinic.courses import View
from levator.course.chart import Day, Prescribed
from levator.course.clearance import open_flag
from levator.course.gates import Gate, GateCode, may_be_overruled
from levator.course.protocol import Phase, Protocol, Stage
from levator.course.reasons import CAPPED, Reason
from levator.library import load_checklist
from levator.texts import Speaker, mark
from levator.texts.answers import caps_of
from levator.texts.citing import cited
from levator.texts.course import reason
from levator.training.dose import RoundsKind

#: When a set ends, where a therapist chooses it.
RULES: Mapping[RoundsKind, str] = {
    "before_fatigue": mark("until just before fatigue"),
    "past_fatigue": mark("one round past fatigue"),
}
#: What a gate says when it is open; those that are left out say nothing then.
_OPEN: Mapping[GateCode, str] = {
    "daily_dose_left": mark("%(given)s of %(needed)s times today"),
    "no_red_flag": mark("No red flag"),
    "cleared": mark("Cleared by %(given)s"),
    "below_stop": mark("Last pain score %(given)s, at most %(needed)s"),
    "no_pain": mark("No pain today"),
    "holds_long": mark("Holds for %(given)s s"),
    "releases_well": mark("Lets go after %(given)s %% of the rounds"),
    "lasts": mark("Does not tire before round %(needed)s"),
    "pain_reduced": mark("Pain has become less"),
    "force_reached": mark("Trains at %(given)s %%"),
}
_WEEKS: Mapping[Phase, str] = {
    "pregnancy": mark("Week %(needed)s of the pregnancy is reached"),
    "after_birth": mark("%(needed)s weeks have passed since the birth"),
}
_OPEN_UNKNOWN: Mapping[GateCode, str] = {
    "cleared": mark("No clearance needed"),
    "below_stop": mark("No pain score yet, so none over %(needed)s"),
}


def stage_line(voice: Speaker, stage: Stage) -> str:
    """Return a stage with its title."""
    number, title = stage.id.removeprefix("step-"), stage.words_in(voice.language).title
    if not number.isdigit():
        return title
    return voice.say("Step %(number)s: %(title)s", number=number, title=title)


def day_words(voice: Speaker, day: Day | None) -> str:
    """Return a day of the course; empty where there is none."""
    return "" if day is None else voice.date(date.fromordinal(day))


def gate_rows(voice: Speaker, view: View, stage: Stage) -> list[dict[str, Any]]:
    """Return the gates of a stage for people, shut ones first, each sentence once."""
    rows = [_gate(voice, view, stage, one) for one in view.gates[stage.id]]
    once: dict[str, dict[str, Any]] = {}
    for row in rows:
        once.setdefault(row["line"], row)
    said = (row for line, row in once.items() if line)
    return sorted(said, key=lambda row: bool(row["is_open"]))


def _gate(voice: Speaker, view: View, stage: Stage, gate: Gate) -> dict[str, Any]:
    line = _open_line(voice, stage, gate) if gate.is_open else reason(voice, gate, view.protocol)
    more = ""
    if gate.overruled_by is not None:
        line, more = reason(voice, gate, view.protocol), voice.say("Opened by a decision.")
    elif not gate.is_open and gate.from_day is not None:
        more = voice.say("Opens on %(day)s.", day=day_words(voice, gate.from_day))
    return {
        "is_open": gate.is_open,
        "line": line,
        "more": more,
        "source": cited(voice, gate.source),
        "may_be_overruled": not gate.is_open and may_be_overruled(gate),
    }


def _open_line(voice: Speaker, stage: Stage, gate: Gate) -> str:
    if gate.code == "week_reached" and gate.needed:
        return voice.say(_WEEKS[stage.window.phase], needed=gate.needed)
    if gate.given is None and gate.code in _OPEN_UNKNOWN:
        return voice.say(_OPEN_UNKNOWN[gate.code], needed=gate.needed or 0)
    text = _OPEN.get(gate.code)
    if text is None:
        return ""
    needed = "–" if gate.needed is None else gate.needed
    given = "–" if gate.given is None else gate.given
    return voice.say(text, needed=needed, given=given)


def proposal_card(voice: Speaker, view: View) -> dict[str, Any]:
    """Return the proposal with its reasons, and where they come from."""
    rows = reason_rows(voice, view.protocol, view.proposal.reasons)
    return {
        "reasons": [row["line"] for row in rows],
        "sources": list(dict.fromkeys(row["source"] for row in rows if row["source"])),
        "seen": view.seen,
    }


def reason_rows(
    voice: Speaker, protocol: Protocol | None, reasons: Sequence[Reason]
) -> list[dict[str, str]]:
    """Return reasons as sentences, each once, with their sources."""
    said: dict[str, str] = {}
    for one in reasons:
        said.setdefault(reason(voice, one, protocol), _source(one, protocol))
    return [{"line": line, "source": cited(voice, source)} for line, source in said.items()]


def _source(one: Reason, protocol: Protocol | None) -> str:
    """Return where a reason comes from; of a cap, where the cap does."""
    if one.code not in CAPPED:
        return one.source
    return next((cap.source for cap in caps_of(protocol) if cap.name == one.source), "")


def flag_lines(voice: Speaker, view: View) -> list[str]:
    """Return the red flags that no clearance has answered, in words; empty where there is none."""
    return [flag_words(voice, code) for code in _open_flags(view)]


def flag_acts(voice: Speaker, view: View) -> list[str]:
    """Return what to do for them, each sentence once, the most urgent first."""
    codes, items = _open_flags(view), load_checklist("red-flags").by_urgency
    acts = (one.act_in(voice.language) for one in items if one.code in codes)
    return list(dict.fromkeys(acts))


def _open_flags(view: View) -> Sequence[str]:
    newest = open_flag(view.chart)
    if newest is None:
        return ()
    found = (one.code for one in view.chart.red_flags if one.day == newest.day)
    return tuple(dict.fromkeys(found))


def revoked_words(voice: Speaker, because: str) -> str:
    """Return why a clearance was revoked: a red flag, what was told later, or what one wrote."""
    if because == TOLD_LATER:
        return voice.say(
            "something was told after it was signed: a pregnancy, a birth or a complication."
            " Ask the doctor, then sign a new one."
        )
    return flag_words(voice, because)


def flag_words(voice: Speaker, code: str) -> str:
    """Return a red flag in words; what is no code of the checklist stays as it is."""
    items = load_checklist("red-flags").items
    return next((one.words_in(voice.language) for one in items if one.code == code), code)


def ended_on(voice: Speaker, view: View) -> str:
    """Return the day with which her last course ended; empty where one runs or none was."""
    ended = view.history.ended
    if ended is None or ended.ended_on is None:
        return ""
    return voice.date(date.fromisoformat(ended.ended_on))


def end_words(voice: Speaker, ground: str) -> str:
    """Return why a course ended; empty for one that another clinic's record ended."""
    listed = load_checklist("course-ends").items
    return next((one.words_in(voice.language) for one in listed if one.code == ground), "")


def dose_rows(voice: Speaker, settings: Prescribed) -> list[tuple[str, str]]:
    """Return what is prescribed now: name and value with its unit."""
    rows = (
        (mark("Force"), mark("%(value)s %%"), settings.force_percent_mvc),
        (mark("Hold"), mark("%(value)s s"), settings.hold_s),
        (mark("Rest"), mark("%(value)s s"), settings.rest_s),
        (mark("Tangent"), mark("%(value)s %%"), settings.tangent_percent),
        (mark("Rounds"), mark("%(value)s"), settings.rounds),
        (mark("Times a day"), mark("%(value)s"), settings.times_a_day),
    )
    said = [
        (voice.say(name), voice.say(text, value=value))
        for name, text, value in rows
        if value is not None
    ]
    chosen = settings.rounds_rule and RULES.get(settings.rounds_rule)
    return [*said, (voice.say("A set goes on"), voice.say(chosen))] if chosen else said


def next_stage(view: View) -> Stage | None:
    """Return the stage that comes after this one: in this phase, else the first after birth."""
    present = view.stage
    if present is None or present.window.phase != view.chart.phase:
        return next((s for s in view.protocol.stages_of(view.chart.phase) if not s.optional), None)
    after = view.protocol.after(present)
    if after is None and view.chart.phase == "pregnancy":
        return next((s for s in view.protocol.stages_of("after_birth") if not s.optional), None)
    return after
