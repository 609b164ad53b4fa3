"""Writes the pages that are drawn from code and library: `python -m docs.make_pages`.

`tests/docs/test_drawn_pages.py` is red while a page is not what this writes.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from docs.access_page import access_page
from docs.advice_page import advice_page
from docs.api_page import api_page
from docs.asvs_page import asvs_page
from docs.exercises_page import exercises_page
from docs.hazards_page import hazards_page
from docs.library_pages import checklists_page, protocol_page
from docs.seed_coverage_page import seed_coverage_page
from docs.tables import table
from levator.library import load_protocol, protocol_ids
from levator.records.entity import Entity, EntityField, fields_of
from levator.records.kinds import KINDS
from levator.training.states import TRANSITIONS, State, Trigger

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"
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
    ("_grams", "g"),
)
DRAWN = "<!-- Drawn by docs/make_pages.py; change the code or the library, not this page. -->\n"


def pages() -> dict[str, str]:
    """Return path below docs -> text of every drawn page."""
    made = {
        "reference/states.md": states_page(),
        "reference/measures.md": measures_page(),
        "reference/records.md": records_page(),
        "reference/asvs.md": asvs_page(_told("asvs")),
        "reference/seed-coverage.md": seed_coverage_page(_told("seed-coverage")),
        "explanations/access.md": access_page(),
        "reference/advice.md": advice_page(),
        "reference/api.md": api_page(),
        "reference/hazards.md": hazards_page(),
    }
    for name in protocol_ids():
        made[f"reference/protocol-{name}.md"] = protocol_page(load_protocol(name))
    made["reference/checklists.md"] = checklists_page()
    made["reference/exercises.md"] = exercises_page()
    return {path: DRAWN + text for path, text in made.items()}


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads((REFERENCE / f"{name}.toml").read_text("utf-8"))


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
    singles = ("limits", "asking", "reminders", "retention", "scales")
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


if __name__ == "__main__":
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")
