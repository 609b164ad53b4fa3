"""Draws the pages of protocols and checklists."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from docs.tables import table
from levator.course.checklist import Checklist
from levator.course.protocol import (
    Cap,
    CautionRule,
    Judged,
    Protocol,
    Range,
    RoundsPlan,
    Stage,
    StageDose,
)
from levator.library import checklist_ids, load_checklist

# --- Protocols


def protocol_page(protocol: Protocol) -> str:
    """A protocol's stages as a table, then each stage with its sources."""
    stages = table(
        ("stage", "title", "window", "mode", "force", "pattern", "Tangent", "rounds", "a day"),
        map(_stage_row, protocol.stages),
    )
    return (
        f"# {protocol.title['en']}\n\n"
        f"{protocol.about['en']} Id `{protocol.id}`, version {protocol.version}, "
        f"{protocol.reviewed_by}. After *{protocol.document}*. The file is\n"
        f"`src/levator/library/protocols/{protocol.id}.toml`.\n\n"
        "Patterns are rise, hold, fall, rest, in the unit that stands beside them. Weeks after\n"
        "birth are completed weeks.\n\n"
        f"{stages}\n"
        f"A true maximum (`mvc`) is the reference from week "
        f"{protocol.reference.mvc_from_week_after_birth:g} after birth and a clearance on; before\n"
        "that, with pain, and after complications that nobody has cleared it is "
        "`comfortable_max`.\n\n"
        + _caps("Caps for every stage", protocol.caps)
        + _rules("Pain", "pain", protocol.pain)
        + _rules("Progression", "progression", protocol.progression)
        + _cautions(protocol.cautions)
        + "".join(map(_stage_part, protocol.stages))
    )


def _rules(title: str, name: str, rule: Any) -> str:
    """A rule of the course as a table: every number with its source."""
    rows = (
        (f"`{name}.{one.name}`", f"{getattr(rule, one.name):g}", rule.sources[one.name])
        for one in fields(rule)
        if one.name != "sources"
    )
    return f"{title}:\n\n{table(('rule', 'value', 'source'), rows)}\n"


def _cautions(cautions: tuple[CautionRule, ...]) -> str:
    if not cautions:
        return ""
    rows = (
        (f"`{one.code}`", one.words_in("en"), f"{one.until_week_after_birth:g}", one.source)
        for one in cautions
    )
    head = ("caution", "words", "until week after birth", "source")
    return f"Cautions:\n\n{table(head, rows)}\n"


def _stage_row(stage: Stage) -> tuple[str, ...]:
    dose, window = stage.dose, stage.window
    until = "" if window.until_week is None else f" to {window.until_week:g}"
    when = f"{window.phase.replace('_', ' ')}, week {window.from_week:g}{until}"
    title = stage.words_in("en").title + (" (optional)" if stage.optional else "")
    head = (f"`{stage.id}`", title, when, f"`{stage.mode}`")
    times = "" if stage.times_a_day is None else str(stage.times_a_day.times)
    if dose is None:
        return (*head, "", "", "", "", times)
    numbers = "; ".join(f"{number:g}" for number in dose.pattern_numbers)
    plan = dose.rounds
    rounds = str(plan.count) if plan.kind == "number" else f"`{plan.kind}`"
    tangent = "" if dose.tangent_percent is None else f"{dose.tangent_percent:g} %"
    force = _span(dose.force_percent_mvc, dose.force_range)
    return (*head, f"{force} %", f"({numbers}) {dose.pattern_unit}", tangent, rounds, times)


def _span(written: float, allowed: Range | None) -> str:
    return f"{written:g}" if allowed is None else f"{allowed.lowest:g} to {allowed.highest:g}"


def _stage_part(stage: Stage) -> str:
    dose = stage.dose
    lines = [
        f"Goal: {stage.words_in('en').goal}",
        f"Clearance: `{stage.clearance}`. Locked by pain: {_yes(stage.locked_by_pain)}; by not "
        f"letting go: {_yes(stage.locked_by_tone)}.",
        f"Window: {stage.window.source}.",
    ]
    lines += map(_ability, stage.judged)
    if stage.order:
        order = ", then ".join(f"`{one}`" for one in stage.order)
        lines.append(f"Raised: {order} ({stage.sources['progression']}).")
    if dose is not None:
        lines += [_starts(dose), *_ranges(stage), _rounds(dose.rounds)]
        written = {n: s for n, s in dose.sources.items() if not n.endswith("_range")}
        lines += [f"`{name}`: {source}." for name, source in sorted(written.items())]
    listed = "".join(f"- {line}\n" for line in lines)
    return f"## {stage.id}\n\n{listed}\n" + _caps("Caps", stage.caps)


def _ability(judged: Judged) -> str:
    if judged.shown_in is None and judged.code != "pain_reduced":
        return f"`{judged.code}`: the therapist judges ({judged.source})."
    numbers = (
        ("a hold of", judged.hold_s, " s"),
        ("", judged.force_percent_mvc, " %MVC"),
        ("", judged.in_band_percent, " % in the band"),
        ("no fatigue before round", judged.rounds, ""),
        ("at most", judged.pain_at_most, " of 10"),
    )
    said = [f"{words} {one:g}{unit}".strip() for words, one, unit in numbers if one is not None]
    if judged.shown_in is not None:
        said.append(f"the last {judged.sittings} sittings of `{judged.shown_in}`")
    return f"`{judged.code}`: {', '.join(said)} ({judged.source})."


def _starts(dose: StageDose) -> str:
    tangent = dose.start_tangent_percent
    with_tangent = "" if tangent is None else f", Tangent {tangent:g} %"
    return f"Starts at {dose.force_percent_mvc:g} %, hold {dose.start_hold_s:g} s{with_tangent}."


def _rounds(plan: RoundsPlan) -> str:
    caps = f"at most {plan.max_rounds} rounds and {plan.max_effort_s:g} s of effort"
    shipped = f"Rounds: `{plan.kind}` ({plan.source}), {caps}."
    if plan.kind == plan.seed_rounds:
        return shipped
    week = plan.seed_rounds_from_week_after_birth
    return (
        f"{shipped} The document says `{plan.seed_rounds}` ({plan.seed_source}); that is used "
        f"from week {week:g} after birth on, where there is no pain."
    )


def _ranges(stage: Stage) -> list[str]:
    dose = stage.dose
    if dose is None:
        return []
    rows = (
        ("Force", "%", dose.force_range),
        ("Hold", "s", dose.hold_range_s),
        ("Rest", "s", dose.rest_range_s),
        ("Tangent", "%", dose.tangent_range),
        ("Rounds", "", dose.rounds.count_range),
        ("Times a day", "", stage.times_a_day.allowed if stage.times_a_day else None),
    )
    return [
        f"{name}: {one.lowest:g} to {one.highest:g}{unit and ' ' + unit} in steps of {one.step:g} "
        f"({one.source})."
        for name, unit, one in rows
        if one is not None
    ]


def _caps(title: str, caps: tuple[Cap, ...]) -> str:
    if not caps:
        return ""
    rows = [
        (
            f"`{cap.name}`",
            "" if cap.until_week_after_birth is None else f"{cap.until_week_after_birth:g}",
            _yes(cap.while_pain),
            "" if cap.force_percent_mvc is None else f"{cap.force_percent_mvc:g} %",
            "" if cap.hold_s is None else f"{cap.hold_s:g} s",
            cap.source,
        )
        for cap in caps
    ]
    head = ("cap", "until week after birth", "while pain", "force", "hold", "source")
    return f"{title}:\n\n{table(head, rows)}\n"


# --- Checklists


def checklists_page() -> str:
    """Every checklist with the words that people read, and the source of each item."""
    lists = map(load_checklist, checklist_ids())
    return (
        "# Checklists\n\n"
        "What is asked and told around a birth. A complication asks for a\n"
        "clearance, a red flag revokes it, a caution ends in its week. A record keeps the codes.\n"
        "The red flags are asked before each sitting. Of several that are there the one with the\n"
        "lowest urgency is told first.\n"
        "The files are `src/levator/library/checklists/*.toml`.\n\n"
        + "\n".join(map(_checklist, lists))
    )


def _checklist(one: Checklist) -> str:
    has_cautions = bool(one.cautions)
    has_acts = any(item.act for item in one.items)
    told_acts = ["urgency", "what to do, nl", "what to do, en"]
    more = ["until week"] * has_cautions + told_acts * has_acts
    head = ("code", "nl", "en", *more, "source")
    rows = []
    for item in one.items:
        until = [f"{item.caution.until_week_after_birth:g}" if item.caution else ""] * has_cautions
        acts = [str(item.urgency or ""), item.act_in("nl"), item.act_in("en")] * has_acts
        words = (item.words_in("nl"), item.words_in("en"))
        source = item.source
        if item.act:
            source += f"; what to do: {item.act['source']}"
        rows.append((f"`{item.code}`", *words, *until, *acts, source))
    told = f"Id `{one.id}`, version {one.version}, {one.reviewed_by}."
    return f"## {one.title['en']}\n\n{told}\n\n{table(head, rows)}"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
