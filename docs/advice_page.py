"""Draws the page of advice."""

from __future__ import annotations

from docs.tables import table
from levator.course.advice import Advice
from levator.course.exercise import Disagreement, Passage
from levator.library import advice_ids, load_advice

HEAD = ("kind", "nl", "en", "source")


def advice_page() -> str:
    """Every page of advice with the words that people read, and the source of each."""
    pages = sorted(map(load_advice, advice_ids()), key=lambda one: one.order)
    listed = table(("page", "under", "for whom", "nl", "en"), map(_line, pages))
    return (
        "# Advice\n\n"
        "What a patient can read at home, page by page and in this order. Each stands in Dutch,\n"
        "English, French and German; the first two are shown here. A page is there for as long as\n"
        "it is for her, and ends by itself. The leaflet prints no page numbers: its pages are\n"
        "counted. The files are `src/levator/library/advice/*.toml`.\n\n"
        f"{listed}\n" + "\n".join(map(_part, pages))
    )


def _line(page: Advice) -> tuple[str, ...]:
    titles = (page.title["nl"], page.title["en"])
    return f"[{page.id}](#{page.id})", f"`{page.topic}`", _for_whom(page), *titles


def _for_whom(page: Advice) -> str:
    phases = [one.replace("_", " ") for one in page.when.phases]
    birth = [] if page.when.birth is None else [f"`{page.when.birth}`"]
    week = page.when.until_week_after_birth
    until = [] if week is None else [f"until week {week:g}"]
    return ", ".join([*phases, *birth, *until]) or "everybody"


def _part(page: Advice) -> str:
    rows = [_row(one.kind, one.told) for one in page.paragraphs]
    rows += [row for one in page.disagreements for row in _sides(one)]
    shown = "" if page.checklist is None else f" It shows the checklist `{page.checklist}`."
    told = f"Version {page.version}, {page.reviewed_by}. Picture `{page.picture}`.{shown}"
    return f"## {page.id}\n\n{page.short['en']}. {told}\n\n{table(HEAD, rows)}"


def _sides(one: Disagreement) -> list[tuple[str, ...]]:
    sides = (("leads", one.leads), ("other", one.other), ("because", one.because))
    return [_row(f"{one.code} {name}", told) for name, told in sides]


def _row(kind: str, told: Passage) -> tuple[str, ...]:
    return f"`{kind}`", told.words["nl"], told.words["en"], told.source
