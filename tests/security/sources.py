"""The source as text and as trees, for claims about what is nowhere in it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/levator"
STATIC = SOURCE / "web/static"
TEMPLATES = SOURCE / "web/templates"


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the source by its path."""
    return {
        str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module, with the path of its module."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            yield path, node


def imports() -> Iterator[tuple[str, str]]:
    """(path of the module, what it imports), wherever the import stands."""
    for path, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((path, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield path, node.module
            yield from ((path, f"{node.module}.{one.name}") for one in node.names)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """(path of the module, dotted name of what is called, the call)."""
    for path, node in nodes():
        if isinstance(node, ast.Call):
            yield path, ast.unparse(node.func), node


def scripts() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(STATIC.glob("*.js"))}


def templates() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.html"))}
