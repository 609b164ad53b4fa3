"""Nothing is kept or allowed for nobody: every stored field is written by something, and every
action of the table of access is asked by somebody.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.records.access import TABLE
from levator.records.audit import AuditEntry
from levator.records.entity import fields_of
from levator.records.kinds import KINDS
from tests.web.test_matrix_of_rooms import MESSAGES

SOURCE = Path(__file__).parents[2] / "src" / "levator"
#: The table itself, and the words for its rows.
NO_CALLERS = {"records/access.py", "web/desk/looked.py"}
#: What is taken in from elsewhere was written there.
NO_WRITERS = {"clinic/importing.py", "clinic/told_elsewhere.py"}
#: The storage writes these.
OF_STORAGE = {"id", "tenant_id", "version"}


def trees(below: str, without: set[str]) -> Iterator[ast.AST]:
    for path in sorted((SOURCE / below).rglob("*.py")):
        if path.relative_to(SOURCE).as_posix() not in without:
            yield from ast.walk(ast.parse(path.read_text("utf-8")))


def named() -> set[str]:
    """Every text that stands by itself in the code, and the actions of what a screen may ask."""
    nodes = trees("", NO_CALLERS)
    found = {
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    return found.union(*MESSAGES.values())


def written() -> set[tuple[str, str]]:
    """(class, field) of what is made in the clinic; the class is "" where a copy is changed."""
    found = set()
    for node in trees("clinic", NO_WRITERS):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            kind = "" if node.func.id == "replace" else node.func.id
            found |= {(kind, one.arg) for one in node.keywords if one.arg is not None}
        if isinstance(node, ast.Dict):
            found |= {("", key.value) for key in node.keys if isinstance(key, ast.Constant)}
    return found


def unwritten(found: set[tuple[str, str]]) -> set[str]:
    fields = {
        (kind.__name__, field.name) for kind in KINDS.values() for field in fields_of(kind)
    } | {(AuditEntry.__name__, name) for name in AuditEntry.__dataclass_fields__}
    return {
        f"{kind}.{name}"
        for kind, name in fields
        if name not in OF_STORAGE and not found & {(kind, name), ("", name)}
    }


def test_every_stored_field_is_written_by_something() -> None:
    assert unwritten(written()) == set()


def test_every_action_of_the_table_is_asked_by_somebody() -> None:
    assert set(TABLE) - named() == set()


@pytest.mark.parametrize("field", ["ended_ground", "responsible_id"])
def test_a_field_that_nothing_writes_is_found(field: str) -> None:
    found = {one for one in written() if one[1] != field}
    assert {one.partition(".")[2] for one in unwritten(found)} == {field}


def test_an_action_that_nobody_asks_is_found() -> None:
    assert {*TABLE, "tea.read"} - named() == {"tea.read"}
