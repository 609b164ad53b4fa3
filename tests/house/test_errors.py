"""Every error is a sentence of the catalogue: written where it is raised, and there in Dutch."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from levator import errors
from levator.texts.catalogue import catalogue

SOURCE = Path(__file__).parents[2] / "src/levator"
PLACE = re.compile(r"%\((\w+)\)[sr]")
#: Sentences that come out of a table; every text of the table is marked.
FROM_TABLES = {
    ("clinic/checking.py", "LABELS[label]"): "LABELS",
    ("cli/foreign.py", "_LIMITS[first.limit]"): "_LIMITS",
    ("errors.py", "words"): "_OF_SYSTEM",
    ("formats/edf_header.py", "_NAMES[field]"): "_NAMES",
    ("library/problems.py", "_MISSING.get(last, _IS_MISSING)"): "_MISSING",
    ("library/problems.py", "_REASONS.get(kind, _OTHER)"): "_REASONS",
    ("storage/sql/postgresql.py", "_sentence(error.orig)"): "_SENTENCES",
    ("storage/sql/sqlite.py", "sentence"): "_SENTENCES",
}
#: `say` of the command line is itself a keyword of the catalogue.
PASSED_ON = {("cli/speaking.py", "message")}


def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


TREES = trees()


def classes() -> dict[str, ast.ClassDef]:
    """Return every class that comes from LevatorError, wherever it is written."""
    known = {"LevatorError"}
    found: dict[str, ast.ClassDef] = {}
    everywhere = [
        node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    for _ in everywhere:
        for node in everywhere:
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if node.name not in known and bases & known:
                known.add(node.name)
                found[node.name] = node
    return found


CLASSES = classes()
#: These make their sentence themselves, in `super().__init__`.
OWN = {
    name
    for name, node in CLASSES.items()
    if any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in node.body)
}
SPEAKING = (CLASSES.keys() | {"LevatorError", "Phrase"}) - OWN


def is_sentence(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in SPEAKING
    return False


def sentences(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call that makes an error or a part of one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_sentence(node):
            yield node
        if isinstance(node, ast.ClassDef) and node.name in OWN:
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                    yield call


def mistakes(file: str, tree: ast.AST) -> list[str]:
    """Return what is wrong with the sentences of a file."""
    dutch, found = catalogue("nl"), []
    for call in sentences(tree):
        first: ast.AST | None = call.args[0] if len(call.args) == 1 else None
        if isinstance(first, ast.Call) and ast.unparse(first.func) == "mark":
            first = first.args[0]
        text = first.value if isinstance(first, ast.Constant) else None
        if isinstance(text, str):
            names = {one.arg for one in call.keywords}
            if set(PLACE.findall(text)) != names and None not in names:
                found.append(f"line {call.lineno}: other values than places")
            message = dutch.get(text)
            if message is None or not message.string:
                found.append(f"line {call.lineno}: not in Dutch: {text}")
        elif first is None or (file, ast.unparse(first)) not in {*FROM_TABLES, *PASSED_ON}:
            found.append(f"line {call.lineno}: not a sentence of the catalogue")
    return found


@pytest.mark.parametrize("file", TREES)
def test_every_error_is_a_sentence_of_the_catalogue(file: str) -> None:
    assert mistakes(file, TREES[file]) == []


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ('raise CallerError(f"There is no {name}.")', "not a sentence"),
        ("raise CallerError(text)", "not a sentence"),
        ('raise CallerError("There is no " + name)', "not a sentence"),
        ("raise CallerError()", "not a sentence"),
        ('raise CallerError("Nobody translated this.")', "not in Dutch"),
        ('raise UnitError("A set needs at least one round.", n=1)', "other values"),
        ('x = Phrase("%(what)s is %(text)r", what=1)', "other values"),
        (
            "class JoinRefusedError(CallerError):\n"
            "    def __init__(self, code):\n"
            "        super().__init__(code)",
            "not a sentence",
        ),
    ],
)
def test_what_is_no_sentence_of_the_catalogue_is_seen(code: str, mistake: str) -> None:
    [found] = mistakes("live/joining.py", ast.parse(code))
    assert mistake in found


def test_all_errors_of_the_tree_are_looked_at() -> None:
    names = {name for name in vars(errors) if name.endswith("Error")}
    assert names - {"LevatorError"} <= CLASSES.keys()
    assert sum(len(list(sentences(tree))) for tree in TREES.values()) > 150


@pytest.mark.parametrize(("place", "table"), FROM_TABLES.items(), ids=str)
def test_every_text_of_a_table_is_marked(place: tuple[str, str], table: str) -> None:
    file, expression = place
    tree = TREES[file]
    used = {ast.unparse(call.args[0]) for call in sentences(tree) if call.args}
    assert expression in used, "no longer there: take it out of FROM_TABLES"
    [value] = [
        node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and re.match(rf"{table}\b", ast.unparse(node))
    ]
    assert unmarked(value) == []


def unmarked(value: ast.AST | None) -> list[str]:
    """Return the texts of a table that are not inside `mark(...)`; its keys do not count."""
    match value:
        case ast.Dict(values=parts) | ast.Tuple(elts=parts):
            return [text for part in parts for text in unmarked(part)]
        case ast.Constant(value=str(text)):
            return [text]
    return []


def test_a_text_that_is_not_marked_is_seen() -> None:
    table = ast.parse('{"a": mark("one"), "b": "two"}', mode="eval").body
    assert unmarked(table) == ["two"]
