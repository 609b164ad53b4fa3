"""Pages that are drawn from code and library say what code and library say now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from levator.library import protocol_ids
from levator.training.states import TRANSITIONS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pages", DOCS / "make_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawn_pages_are_fresh(maker: ModuleType) -> None:
    """Red after a change of states or library: run `python docs/make_pages.py`."""
    stale = [
        path
        for path, text in maker.pages().items()
        if not (DOCS / path).exists() or (DOCS / path).read_text("utf-8") != text
    ]
    assert stale == []


def test_every_way_between_states_is_in_the_diagram(maker: ModuleType) -> None:
    text = maker.states_page()
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


def test_every_protocol_has_its_page(maker: ModuleType) -> None:
    assert {f"reference/protocol-{name}.md" for name in protocol_ids()} <= set(maker.pages())


def test_a_changed_table_would_be_seen(maker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = maker.states_page()
    monkeypatch.setattr(maker, "TRANSITIONS", {**TRANSITIONS, ("ended", "start"): "running"})
    assert maker.states_page() != before
