"""Writes the pages that are drawn from code and library: `python docs/make_pages.py`.

`tests/docs/test_drawn_pages.py` is red while a page is not what this writes.
"""

from __future__ import annotations

import importlib.util
import inspect
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

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
from levator.library import checklist_ids, load_checklist, load_protocol, protocol_ids
from levator.records.access import RELATIONS, ROLES, TABLE
from levator.records.entity import Entity, EntityField, fields_of
from levator.records.kinds import KINDS
from levator.training.states import TRANSITIONS, State, Trigger

DOCS = Path(__file__).parent
ASVS = DOCS / "reference/asvs.toml"
LIBRARY = DOCS.parent / "src/levator/library"
MEASURES = (
    "conditioning",
    "calibration",
    "contraction",
    "quality",
    "verdicts",
    "rest",
    "fatigue",
    "session",
)
STATES: Mapping[State, str] = {
    "ready": "The session has its context; nothing is asked.",
    "running": "A set is under way. The only state in which effort is asked.",
    "paused": "By a person, or because the patient's page is gone. The target is rest.",
    "no_signal": "No samples come. The target is rest.",
    "tare_needed": "Samples are back after a long silence; the resting tone is in doubt.",
    "taring": "Sitting still while the resting tone is taken again.",
    "set_ended": "Between two sets. Her own effort rating may be asked.",
    "ended": "The sitting is over. Every further command is refused.",
}
TRIGGERS: Mapping[Trigger, str] = {
    "start": "Command `start`, for a dose within limits and a valid reference.",
    "pause": "Command `pause`: by a person, or by the room when the patient's page is silent for "
    "`session.presence_s`.",
    "resume": "Command `resume`.",
    "signal_lost": "No samples for `quality.silence_s` by the ticks, or the driver says so.",
    "signal_back": "The first sample after a loss, while a set waits for its resume.",
    "signal_back_idle": "The first sample after a loss, with no set under way.",
    "signal_back_late": "The first sample after more than `quality.tare_after_s`.",
    "tare": "Command `tare`.",
    "tared": "`calibration.tare_s` of sitting still are over, while a set waits.",
    "tared_idle": "The same, with no set under way.",
    "set_over": "The rounds rule, a limit, unreleased rests or another cushion end the set.",
    "session_over": "Command `stop`, `pain` or `clearance_revoked`, or the end of a recording.",
}
UNITS = (
    ("_percent_mvc_per_s", "%MVC/s"),
    ("_percent_mvc", "%MVC"),
    ("_percent", "%"),
    ("_per_s", "1/s"),
    ("_hz", "Hz"),
    ("_s", "s"),
    ("_days", "days"),
    ("_hours", "hours"),
    ("_years", "years"),
)
ROLE: Mapping[str, str] = {
    "patient": "A woman in treatment; her account names her record.",
    "therapist": "A pelvic-floor physiotherapist of the clinic.",
    "researcher": "Reads what consenting patients gave to research, without names.",
    "clinic_admin": "Runs the clinic's accounts and its files; no screen of treatment is hers.",
    "system_admin": "Runs the installation; sees no record of anybody.",
}
RELATION: Mapping[str, str] = {
    "self": "She herself, or one's own account.",
    "treating": "A therapist in the patient's list `treated_by`.",
    "clinic": "Of the same clinic.",
    "other": "Of another clinic, or of another patient.",
}
WHY: Mapping[str, str] = {
    "treatment.read": "What is said in treatment is between her and who treats her; an "
    "administrator sees who she is and no screen about her body.",
    "patient.take_on": "A colleague falls ill: any therapist of the clinic may take a patient on, "
    "with a reason. It stands in the audit under its own name, and she sees it.",
    "patient.export": "Her file is hers: she takes it herself from her own page, without asking "
    "anybody; who treats her and an administrator may hand it to her. The audit tells who made "
    "it, and she sees that.",
    "patient.invite": "Who holds the link could be her, so only a therapist who treats her makes "
    "one; see below.",
    "patient.close_access": "Her telephone is stolen on a day on which her therapist is away: an "
    "administrator may end all with which she comes in, and open none of it again.",
    "clearance.sign": "Only who treats her enters that somebody cleared her; no administrator "
    "and not she herself.",
    "red_flag.report": "She may report one at any time; it can only stop training.",
    "session.stop": "Every therapist of the clinic may stop a sitting; stopping harms nobody.",
    "session.watch": "The board shows all rooms of the clinic; she sees the name of who watches, "
    "and each time somebody begins to is a line of the audit.",
    "patient.erase": "Held back while the care record must be kept; never by one who treats, and "
    "not by herself: the clinic answers for what the law says. Her name is typed, and who "
    "asks shows once more who she is.",
    "retention.read": "Whose time is over leads to erasing, so it is seen by who may erase.",
    "backup.read": "In a clinic on its own computer its administrator looks after the backups. "
    "What is seen is when, how large and where, never what is in one, which may be more than "
    "one clinic's.",
    "backup.make": "It goes to the folder that was named at the computer, and no page and no "
    "route gives it out; so many stay of those made by hand, beside the daily ones, that nobody "
    "fills the disk or pushes out older days by pressing. Restoring is done at the computer only.",
    "research.read": "Pseudonymised, and only of patients whose consent stands.",
    "audit.own": "She sees who looked into her record.",
    "tenant.make": "The installation's own administrator makes clinics and sees into none.",
    "health.read": "Whether the server runs tells nothing about anybody.",
}
OWN_ACCOUNT = """\
## Who can become her

Context: a link opens an account to whoever holds it. An administrator who made one for a patient
could take it, be her, and read what the table keeps from administrators.

Decision: only a therapist who treats her makes a link for her, for a new account and for one that
is there; it is her in-person code, shown once, to be taken with her in the room. She may read all
that the link opens, so it gives her nothing. Accounts of patients are not there for what an
administrator does with accounts, nor for `levator clinic invite`. A new link ends her password, her
passkeys, her logins and an earlier link at once, so that she notices. Making a link and taking it
both stand in the audit with her id, and she sees them under *Who looked*.

Consequence: a patient whose therapist is away waits for a colleague who takes her on; until then an
administrator can close her access and not open it. What stays possible: an administrator makes
herself an account as a therapist, or a new link for one, and reads as that therapist. The link, the
taking on or handing over, and each reading stand in the audit; what is done on a record, she sees.
"""
WHO_LEADS = """\
## A room whose leader may lead no more

Context: a room is opened once, and may stay open for an hour. Meanwhile her record may be changed,
she may be handed over, the account of who leads it may be disabled.

Decision: after every act that writes in her record or in that account, after the sensor is open,
and before each thing that asks effort of her, her chart and who leads are looked at again
(`levator.clinic.standing`); each look is a line of the audit, `session.check`. Where her chart
shuts the step, the session ends and both screens say why; where it lowers a bound, the lower one
holds. Where another therapist treats her now, the session ends. Where the account was disabled, it
pauses and says so, and nothing is begun or resumed in it: whoever is there ends it, and a therapist
who treats her opens a new room. Where it cannot be looked up, nothing more is asked of her.

Consequence: a session that has begun is kept whoever treats her by then, with the name of who led
it: what happened is the house's to keep.
"""
TURNED_AWAY = """\
## What is turned away, and where it is told

Context: the table refuses somebody who is known; the guard, a form without its token, a guess too
many and input that does not fit are turned away before, often of nobody who is known. The audit
only grows, and is chained: who may fill it without signing in may fill the disk.

Decision: a refusal by the table stands in the audit of the clinic, as does each guess that was
wrong, up to the last that is taken. All else that is turned away goes to the log of the program
(`turned away`): the moment, why, the row of the route, the address of the computer, and the id of
the login where there is one. Never the address as it was typed, a field, a name or a token. The log
has at most 60 such lines a minute and says how many it left out.

Consequence: the log is read by who runs the computer, not by the admin of the clinic. What she
needs, who tried an account and who asked for a record, stands in the audit.
"""
DRAWN = "<!-- Drawn by docs/make_pages.py; change the code or the library, not this page. -->\n"


def pages() -> dict[str, str]:
    """Return path below docs -> text of every drawn page."""
    made = {
        "reference/states.md": states_page(),
        "reference/measures.md": measures_page(),
        "reference/records.md": records_page(),
        "reference/asvs.md": asvs_page(tomllib.loads(ASVS.read_text("utf-8"))),
        "explanations/access.md": access_page(),
        "reference/api.md": drawn_by("api_page"),
        "reference/hazards.md": drawn_by("hazards_page"),
    }
    for name in protocol_ids():
        made[f"reference/protocol-{name}.md"] = protocol_page(load_protocol(name))
    made["reference/checklists.md"] = checklists_page()
    return {path: DRAWN + text for path, text in made.items()}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


# --- States


def states_page() -> str:
    """The states of a session, what leads from one to another, and what they mean."""
    leads: dict[tuple[State, State], list[str]] = {}
    for (start, trigger), end in TRANSITIONS.items():
        leads.setdefault((start, end), []).append(trigger)
    arrows = [f"    {a} --> {b} : {', '.join(on)}" for (a, b), on in leads.items()]
    diagram = "\n".join(["stateDiagram-v2", "    [*] --> ready", *arrows, "    ended --> [*]"])
    states = table(("state", "meaning"), ((f"`{s}`", STATES[s]) for s in get_args(State)))
    triggers = table(("trigger", "when"), ((f"`{t}`", TRIGGERS[t]) for t in get_args(Trigger)))
    rows = ((f"`{a}`", f"`{on}`", f"`{b}`") for (a, on), b in TRANSITIONS.items())
    return (
        "# States of a session\n\n"
        "One table in `levator.training.states` holds every way from one state to another. What\n"
        "is not in it does not exist: a command that leads nowhere is answered with\n"
        "`CommandRefused`, and every change is told as `StateChanged` ([events](events.md)).\n\n"
        f"```mermaid\n{diagram}\n```\n\n"
        f"## States\n\n{states}\n## Triggers\n\n{triggers}\n"
        f"## The table\n\n{table(('from', 'on', 'to'), rows)}"
    )


# --- Measures


def measures_page() -> str:
    """Every threshold and hard limit, with unit, source and note."""
    parts = [
        "# Measures and limits\n\n"
        "Every number that judges a sitting, as it stands in `src/levator/library`. A sitting\n"
        "takes them along in its context, so an old recording keeps those it was made with.\n"
        "Numbers without a published source say *project default*. How the engine uses them:\n"
        "[the engine](engine.md).\n"
    ]
    files = [(name, LIBRARY / "measures" / f"{name}.toml") for name in MEASURES]
    singles = ("limits", "asking", "reminders", "retention")
    others = [(name, LIBRARY / f"{name}.toml") for name in singles]
    for name, path in [*files, *others]:
        data = tomllib.loads(path.read_text("utf-8"))
        parts.append(
            f"## {name}\n\n{data['title']}. Version {data['version']}, {data['reviewed_by']}.\n\n"
            + table(("setting", "value", "unit", "source and note"), _rows(name, data))
        )
    return "\n".join(parts)


def _rows(name: str, data: Mapping[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    for key, entry in data.items():
        if isinstance(entry, dict):
            said = ". ".join(filter(None, (entry["source"], entry.get("note", ""))))
            yield f"`{name}.{key}`", f"{entry['value']:g}", _unit(key), said


def _unit(key: str) -> str:
    return next((unit for ending, unit in UNITS if key.endswith(ending)), "")


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
        "The red flags are asked before each sitting.\n"
        "The files are `src/levator/library/checklists/*.toml`.\n\n"
        + "\n".join(map(_checklist, lists))
    )


def _checklist(one: Checklist) -> str:
    has_cautions = bool(one.cautions)
    has_acts = any(item.act for item in one.items)
    more = ["until week"] * has_cautions + ["what to do, nl", "what to do, en"] * has_acts
    head = ("code", "nl", "en", *more, "source")
    rows = []
    for item in one.items:
        until = [f"{item.caution.until_week_after_birth:g}" if item.caution else ""] * has_cautions
        acts = [item.act_in("nl"), item.act_in("en")] * has_acts
        words = (item.words_in("nl"), item.words_in("en"))
        source = item.source
        if item.act:
            source += f"; what to do: {item.act['source']}"
        rows.append((f"`{item.code}`", *words, *until, *acts, source))
    told = f"Id `{one.id}`, version {one.version}, {one.reviewed_by}."
    return f"## {one.title['en']}\n\n{told}\n\n{table(head, rows)}"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


# --- Records


def records_page() -> str:
    """Every kind of entity with its fields, as the tables and the export have them."""
    return (
        "# Records\n\n"
        "What a clinic keeps besides recordings, kind by kind. Each kind is a table of the\n"
        "database under the same name, with one column per field ([the database](database.md)),\n"
        "and lies in the audit and in an export under that name. Every entity has an `id` (a UUID\n"
        "in hexadecimal, made by whoever makes the entity, so that the same write may come\n"
        "twice), the `tenant_id` of the clinic that it belongs to, and a `version` that counts\n"
        "its changes. An id is a clinic's own: another may have something else under it. A change\n"
        "under a version that is not the newest is refused, with the difference.\n\n"
        "Days and times are ISO 8601 text; times carry their offset. A field that is *personal*\n"
        "is in the patient's export and goes with her when she is erased; *secret* never leaves;\n"
        "*unique* means that no two in the whole installation have the same; *indexed* is what\n"
        "is looked for. Who may read and write what is in [access](../explanations/access.md).\n\n"
        + "\n".join(_kind_part(name, kind) for name, kind in KINDS.items())
    )


def _kind_part(name: str, kind: type[Entity]) -> str:
    said = inspect.cleandoc(kind.__doc__ or "")
    head = ("field", "holds", "notes")
    rows = [_field_row(kind, field) for field in fields_of(kind)[3:]]
    return f"### {kind.__name__}\n\nTable `{name}`. {said}\n\n{table(head, rows)}"


def _field_row(kind: type[Entity], field: EntityField) -> tuple[str, str, str]:
    codes = _codes(get_type_hints(kind)[field.name])
    plain = {"str": "text", "int": "whole number", "float": "number", "bool": "yes or no"}
    holds = ", ".join(f"`{code}`" for code in codes) or plain.get(field.kind.__name__, "texts")
    notes = sorted(field.marks) + [f"id of `{field.refers}`"] * (field.refers is not None)
    return f"`{field.name}`", holds + " or null" * field.is_optional, ", ".join(notes)


def _codes(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(code for part in get_args(hint) for code in _codes(part))


# --- Access


def drawn_by(module: str) -> str:
    """Return the page that a file beside this one draws."""
    spec = importlib.util.spec_from_file_location(module, DOCS / f"{module}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"docs/{module}.py is not there.")
    drawer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawer)
    return str(getattr(drawer, module)())


def access_page() -> str:
    """The table of access: a row for every action, a column for every role."""
    head = ("action", *(f"`{role}`" for role in ROLES))
    rows = ((f"`{action}`", *map(_relations, map(row.get, ROLES))) for action, row in TABLE.items())
    why = table(("action", "why"), ((f"`{action}`", words) for action, words in WHY.items()))
    return (
        "# Access\n\n"
        "Who may do what stands in one table, `levator.records.access.TABLE`: action, role,\n"
        "relation. What no cell allows is refused; an action that is not in it is refused to\n"
        "everybody. Every route and every message of a socket names its action.\n\n"
        f"## Roles\n\n{table(('role', 'who'), ((f'`{r}`', ROLE[r]) for r in ROLES))}\n"
        "## Relations\n\n"
        "How the person who asks stands to the patient, the account or the clinic in question.\n\n"
        f"{table(('relation', 'when'), ((f'`{r}`', RELATION[r]) for r in RELATIONS))}\n"
        "What stands in relation `other` is not there: the answer is the same as for an id that\n"
        "nobody has, so that no question tells what another clinic keeps. What is there and not\n"
        "allowed is refused in words. Act, refusal and the line of the audit that tells of them\n"
        "are stored together (`levator.clinic.acting`): no act without its line.\n\n"
        f"## The table\n\n{table(head, rows)}\n## Why\n\n{why}\n"
        f"{OWN_ACCOUNT}\n{WHO_LEADS}\n{TURNED_AWAY}"
    )


# --- ASVS


def asvs_page(told: Mapping[str, Any]) -> str:
    """The answers to a published list of security, a table for each chapter of it."""
    levels = {number: level for level, held in told["levels"].items() for number in held}
    answers = {number: one for one in told["answer"] for number in one["numbers"]}
    parts = (
        f"## {chapter}: {title}\n\n{_asvs_table(chapter, levels, answers)}"
        for chapter, title in told["chapters"].items()
    )
    return (
        "# ASVS\n\n"
        "The points of levels 1 and 2 of the OWASP Application Security Verification Standard\n"
        "5.0, each answered by what levator does. The texts of the standard are not here; look\n"
        "a number up [at OWASP](https://owasp.org/www-project-application-security-verification-"
        "standard/).\n"
        "A test beside *not met yet* shows the part that is there; beside *not applicable*, that\n"
        "nothing of the kind is in the source. Change `asvs.toml`, not this page.\n\n"
        f"{asvs_counts(answers.values())}\n" + "\n".join(parts)
    )


def asvs_counts(answers: Iterable[Mapping[str, Any]]) -> str:
    """How many points stand how, and how many of these have a test."""
    held = list(answers)
    states = ("shown by a test", "by construction", "not applicable", "not met yet")
    of = {state: [one for one in held if _asvs_state(one) == state] for state in states}
    rows = [
        (f"{state}{' (no test)' * (state == 'by construction')}", len(found), _with_test(found))
        for state, found in [*of.items(), ("all", held)]
    ]
    return table(("state", "points", "with a test"), (map(str, row) for row in rows))


def _with_test(answers: Iterable[Mapping[str, Any]]) -> int:
    return sum(bool(one.get("tests")) for one in answers)


def _asvs_state(answer: Mapping[str, Any]) -> str:
    return str(answer.get("state", "shown by a test"))


def _asvs_table(
    chapter: str, levels: Mapping[str, str], answers: Mapping[str, Mapping[str, Any]]
) -> str:
    numbers = sorted(
        (number for number in answers if number.partition(".")[0] == chapter),
        key=lambda number: [int(part) for part in number.split(".")],
    )
    rows = (_asvs_row(number, levels[number], answers[number]) for number in numbers)
    return table(("point", "level", "answer", "tests"), rows)


def _asvs_row(number: str, level: str, answer: Mapping[str, Any]) -> tuple[str, str, str, str]:
    state = f"*{answer['state']}*: " if "state" in answer else ""
    tests = "<br>".join(f"`{one.removeprefix('tests/')}`" for one in answer.get("tests", ()))
    return number, level, state + answer["says"], tests


def _relations(allowed: tuple[str, ...] | None) -> str:
    return ", ".join(allowed or ())


if __name__ == "__main__":
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")
