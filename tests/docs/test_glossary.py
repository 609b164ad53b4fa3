"""One word, one meaning: public names are explained, refused words are in none of them."""

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/levator"
GLOSSARY = ROOT / "GLOSSARY.md"
#: Rooms and modules whose public classes are part of the language that everybody here speaks.
SPOKEN = (
    "quantities.py",
    "errors.py",
    "signals",
    "training",
    "course",
    "records",
    "devices/device.py",
    "formats/content.py",
)
#: Codes are told, stored and typed; drawings and catalogues only repeat them.
CODED = ("signals", "training", "course", "records", "devices", "live")
#: Refused words that stay: inside the engine, where the name never crosses a boundary.
STAYS = {"SessionState.fs", "rise_rate(fs)", "release_rate(fs)"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def modules(places: tuple[str, ...]) -> list[Path]:
    found = []
    for place in places:
        path = SOURCE / place
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def classes(path: Path) -> list[str]:
    """Return the public classes of a module, those that are not private to it."""
    found = [node.name for node in tree(path).body if isinstance(node, ast.ClassDef)]
    return [name for name in found if not name.startswith("_")]


def codes(path: Path) -> set[str]:
    """Return every text inside a Literal of a module."""
    return {
        constant.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal")
        for constant in ast.walk(node.slice)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


@functools.cache
def explained() -> frozenset[str]:
    """Return everything in code marks in the glossary and on the reference pages."""
    pages = [GLOSSARY, *(ROOT / "docs/reference").glob("*.md")]
    texts = [re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL) for page in pages]
    marked = {word for text in texts for word in re.findall(r"`([^`\n]+)`", text)}
    headings = {word for text in texts for word in re.findall(r"^### (\w+)$", text, re.MULTILINE)}
    return frozenset(marked | headings)


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def section(title: str) -> str:
    text = GLOSSARY.read_text("utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


# --- Everything is explained


@pytest.mark.parametrize("path", modules(SPOKEN), ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_class_is_explained(path: Path) -> None:
    assert set(classes(path)) - explained() == set()


@pytest.mark.parametrize("path", modules(CODED), ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_code_is_explained(path: Path) -> None:
    assert codes(path) - explained() == set()


def test_codes_are_found() -> None:
    found = codes(SOURCE / "training/events.py")
    assert {"not_released", "hold_not_reached", "cannot_tell", "silence"} <= found


# --- One word


def headwords() -> list[str]:
    """Return each word of the tables that have a column *not*."""
    entries = [row for row in rows(GLOSSARY.read_text("utf-8")) if len(row) == 3]
    return [word for row in entries for word in re.split(r", ", row[0]) if word not in ("word",)]


def test_no_word_is_explained_twice() -> None:
    names = {row[0] for row in rows(section("Names that occur twice"))}
    twice = {word for word, count in Counter(headwords()).items() if count > 1}
    assert twice - names == set()


def test_a_class_name_means_one_thing_or_the_glossary_says_which() -> None:
    places: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for name in classes(path):
            module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
            places.setdefault(name, []).append(module)
    twice = {name: sorted(where) for name, where in places.items() if len(where) > 1}
    said = {
        row[0].strip("`"): sorted(re.findall(r"`([\w.]+)`", row[1]))
        for row in rows(section("Names that occur twice"))[1:]
    }
    assert twice == said


# --- Refused words


def refused() -> set[str]:
    """Return the words in code marks in the column *not*."""
    entries = [row for row in rows(GLOSSARY.read_text("utf-8")) if len(row) == 3]
    return {word for row in entries for word in re.findall(r"`(\w+)`", row[2])} - set(
        re.findall(r"`([\w.]+)`", section("Names that occur twice"))
    )


def public_names(path: Path) -> Iterator[str]:
    """Yield every name of a module that somebody else may write."""
    yield path.stem
    for node in tree(path).body:
        yield from _names_of(node, "")


def _names_of(node: ast.stmt, inside: str) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if node.name.startswith("_") and node.name != "__init__":
            return
        yield inside + node.name
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        yield from (f"{inside}{node.name}({one.arg})" for one in every)
    elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
        yield node.name
        for one in node.body:
            yield from _names_of(one, f"{node.name}.")
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        yield from (inside + name for name in names if not name.startswith("_"))


def parts(name: str) -> set[str]:
    """Return the words that the last part of a name is made of."""
    last = re.split(r"[.(]", name.rstrip(")"))[-1]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower()
    return {spaced, *spaced.split("_")}


def test_no_public_name_holds_a_refused_word() -> None:
    found = {
        name
        for path in SOURCE.rglob("*.py")
        for name in public_names(path)
        if parts(name) & refused()
    }
    assert found == STAYS


def test_no_key_of_the_library_holds_a_refused_word() -> None:
    keys = {
        key
        for path in (SOURCE / "library").rglob("*.toml")
        for key in re.findall(r"^\[*([\w.]+)\]*\s*(?:=|$)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {key for key in keys if parts(key) & refused()} == set()


def test_the_refused_words_are_those_of_the_house() -> None:
    assert {"chunk", "srate", "fs", "sfreq", "workout", "approval"} <= refused()


@pytest.mark.parametrize("name", ["Chunk", "n_chunks".removesuffix("s"), "Stream.srate", "f(fs)"])
def test_a_refused_word_would_be_seen(name: str) -> None:
    assert parts(name) & refused()
