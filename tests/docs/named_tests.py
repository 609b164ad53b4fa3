"""Tests that a page names: whether they are there."""

import ast
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def held_in(path: str) -> frozenset[str]:
    """Names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


@cache
def cases_beside(path: str) -> frozenset[str]:
    """Ids of the cases that stand in data files in the same folder as a test."""
    read = (tomllib.loads(one.read_text("utf-8")) for one in (ROOT / path).parent.glob("*.toml"))
    lists = [value for data in read for value in data.values() if isinstance(value, list)]
    return frozenset(one["id"] for each in lists for one in each if "id" in one)


def is_there(test: str) -> bool:
    """Whether a test is there, and where it is named with a case the case too."""
    path, _, name = test.partition("::")
    name, bracket, case = name.partition("[")
    if not (ROOT / path).is_file() or name not in held_in(path):
        return False
    case = case.removesuffix("]")
    written = (ROOT / path).read_text("utf-8")
    return not bracket or f'"{case}"' in written or case in cases_beside(path)
