"""Pages that are drawn from code and library say what code and library say now."""

from pathlib import Path

import pytest

from docs import make_pages
from levator.library import protocol_ids
from levator.training.states import TRANSITIONS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_drawn_pages_are_fresh() -> None:
    """Red after a change of states or library: run `python -m docs.make_pages`."""
    stale = [
        path
        for path, text in make_pages.pages().items()
        if not (DOCS / path).exists() or (DOCS / path).read_text("utf-8") != text
    ]
    assert stale == []


def test_every_way_between_states_is_in_the_diagram() -> None:
    text = make_pages.states_page()
    diagram = text[text.index("```mermaid") : text.index("```\n", text.index("```mermaid") + 3)]
    arrows = {
        (start, trigger.strip(), end)
        for line in diagram.splitlines()
        if " --> " in line and " : " in line
        for start, rest in [line.strip().split(" --> ")]
        for end, triggers in [rest.split(" : ")]
        for trigger in triggers.split(",")
    }
    assert arrows == {(start, trigger, end) for (start, trigger), end in TRANSITIONS.items()}


def test_every_protocol_has_its_page() -> None:
    assert {f"reference/protocol-{name}.md" for name in protocol_ids()} <= set(make_pages.pages())


def test_a_changed_table_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_pages.states_page()
    monkeypatch.setattr(make_pages, "TRANSITIONS", {**TRANSITIONS, ("ended", "start"): "running"})
    assert make_pages.states_page() != before
