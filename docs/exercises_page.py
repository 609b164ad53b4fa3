"""Draws the page of the home exercises."""

from __future__ import annotations

from docs.tables import table
from levator.course.exercise import Disagreement, Exercise, Passage
from levator.course.protocol import Range
from levator.library import exercise_ids, load_exercise

ENTRY = (
    ("phases", "for whom"),
    ("from_week_after_birth", "from week after birth"),
    ("until_week_after_birth", "until week after birth"),
    ("gentle_until_week_after_birth", "gently until week after birth"),
    ("clearance", "clearance"),
    ("clearance_in_pregnancy", "clearance in pregnancy"),
    ("asks_strength", "asks for strength"),
)


def exercises_page() -> str:
    """Every exercise with its numbers, the words that people read, and their sources."""
    return (
        "# Exercises at home\n\n"
        "What a patient can do without a sensor, as the library has it. A therapist prescribes it\n"
        "within the ranges. The words are here in Dutch and English; French and German are in\n"
        "the files, `src/levator/library/exercises/*.toml`. Where two sources disagree, both are\n"
        "shown, and the careful one leads.\n\n" + "\n".join(map(_exercise, _all()))
    )


def _all() -> list[Exercise]:
    return [load_exercise(name) for name in exercise_ids()]


def _exercise(one: Exercise) -> str:
    nl, en = one.words_in("nl"), one.words_in("en")
    names = [name for name in ("title", "short", "goal", "how", "how_gently") if getattr(en, name)]
    words = [(f"`{name}`", getattr(nl, name), getattr(en, name)) for name in names]
    told = [(f"posture `{posture.id}`", posture.told) for posture in one.postures]
    told += [(f"cue `{cue.part}`", cue.told) for cue in one.cues]
    return (
        f"## {en.title}\n\n"
        f"Id `{one.id}`, `{one.kind}`, version {one.version}, {one.reviewed_by}. "
        f"Source: {one.sources['exercise']}.\n\n"
        f"{table(('number', 'value', 'range', 'source'), _numbers(one))}\n"
        f"{table(('entry', 'value', 'source'), _entry(one))}\n"
        f"{table(('text', 'nl', 'en'), words)}\n"
        f"{table(('told', 'nl', 'en', 'source'), (_told(*pair) for pair in told))}\n"
        + "".join(map(_disagreement, one.disagreements))
    )


def _numbers(one: Exercise) -> list[tuple[str, str, str, str]]:
    ranges = {
        "hold_s": one.hold_range_s,
        "repetitions": one.repetitions_range,
        "times_a_day": one.times_range,
    }
    values = {name: getattr(one.pattern, name) for name in ("rise_s", "hold_s", "fall_s", "rest_s")}
    values |= {"repetitions": one.repetitions, "times_a_day": one.times_a_day}
    return [
        (f"`{name}`", f"{value:g}", *_range(ranges.get(name), one.sources[name]))
        for name, value in values.items()
    ]


def _range(allowed: Range | None, source: str) -> tuple[str, str]:
    if allowed is None:
        return "", source
    said = f"{allowed.lowest:g} to {allowed.highest:g} in steps of {allowed.step:g}"
    return said, f"{source}; range: {allowed.source}"


def _entry(one: Exercise) -> list[tuple[str, str, str]]:
    return [
        (words, _value(getattr(one.entry, name)), one.entry.sources[name])
        for name, words in ENTRY
        if name in one.entry.sources
    ]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(f"`{one}`" for one in (value if isinstance(value, tuple) else [value]))


def _told(what: str, told: Passage) -> tuple[str, str, str, str]:
    return what, told.words_in("nl"), told.words_in("en"), told.source


def _disagreement(one: Disagreement) -> str:
    rows = (("leads", one.leads), ("beside it", one.other), ("because", one.because))
    head = ("", "nl", "en", "source")
    return f"Disagreement {one.code}:\n\n{table(head, (_told(*row) for row in rows))}\n"
