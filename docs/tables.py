"""A table of a page."""

from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a bar in a cell stays one."""
    head = list(head)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "".join(f"| {' | '.join(map(_in_cell, line))} |\n" for line in lines)


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|")
