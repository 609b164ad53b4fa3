"""Purity and same bits: what the innermost rooms may use.

They run unchanged on a server and inside a browser, and must give the same digits there. So no
input or output, no clock, no chance, and no arithmetic that differs between C libraries.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/levator"
PURE_ROOMS = ("quantities", "errors", "signals", "training", "course")
# Coefficients are designed here once, outside the step, and travel in the session's context.
DESIGN = SOURCE / "signals/design.py"

MODULES = {
    "__future__",
    "array",
    "bisect",
    "copy",
    "collections.abc",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "types",
    "typing",
}
MATH = {"sqrt", "fsum", "ceil", "floor", "isfinite", "isnan", "inf", "nan"}
# `sum` over floats changed in Python 3.12; `pow` and `hash` differ between machines or runs.
BUILTINS = {"sum", "pow", "hash", "id", "open", "print", "input", "eval", "exec", "__import__"}


def pure_files() -> list[Path]:
    files = [SOURCE / f"{room}.py" for room in PURE_ROOMS]
    files += [path for room in PURE_ROOMS for path in (SOURCE / room).rglob("*.py")]
    return sorted(path for path in files if path.exists())


def is_allowed_module(module: str) -> bool:
    if module == "levator" or module.startswith("levator."):
        return module == "levator" or module.split(".")[1] in PURE_ROOMS
    return module in MODULES


def is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def refusals_in(node: ast.AST, *, any_math: bool) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import {n.name}" for n in names if not is_allowed_module(n.name))
            yield from ("math under another name" for n in names if n.name == "math" and n.asname)
        case ast.ImportFrom(module="math", names=names) if not any_math:
            yield from (f"math.{n.name}" for n in names if n.name not in MATH)
        case ast.ImportFrom(module="levator", names=names):
            wanted = [n.name for n in names if n.name != "__version__"]
            yield from (f"levator.{name}" for name in wanted if name not in PURE_ROOMS)
        case ast.ImportFrom(module=module) if not is_allowed_module(module or ""):
            yield f"from {module} import"
        case ast.Attribute(value=ast.Name(id="math"), attr=name) if not any_math:
            if name not in MATH:
                yield f"math.{name}"
        case ast.Name(id=name, ctx=ast.Load()) if name in BUILTINS:
            yield f"{name}()"
        case ast.BinOp(op=ast.Pow(), left=left, right=right) if not any_math:
            if not (is_whole(left) and is_whole(right)):
                yield "**"
        case ast.AugAssign(op=ast.Pow()) if not any_math:
            yield "**="
        case ast.Global():
            yield "global"


def refusals(source: str, *, any_math: bool = False) -> list[str]:
    return [
        f"line {getattr(node, 'lineno', '?')}: {what}"
        for node in ast.walk(ast.parse(source))
        for what in refusals_in(node, any_math=any_math)
    ]


@pytest.mark.parametrize("path", pure_files(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure(path: Path) -> None:
    assert refusals(path.read_text("utf-8"), any_math=path == DESIGN) == []


@pytest.mark.parametrize(
    "source",
    [
        "import numpy",
        "import time",
        "from datetime import datetime",
        "import random",
        "import collections",
        "from levator.storage import memory",
        "from levator import live",
        "from math import tan",
        "import math\nmath.exp(1)",
        "import math as m",
        "total = sum(values)",
        "total = functools.reduce(f, map(sum, rows))",
        "x = y ** 0.5",
        "x = y ** 2",
        "x **= 2",
        "pow(x, 2)",
        "print(x)",
        "open('f')",
        "def f():\n    global x",
    ],
)
def test_impure(source: str) -> None:
    assert refusals(source) != []


def test_design_may_use_any_function_of_math_and_nothing_more() -> None:
    assert refusals("from math import tan\nx = y ** 2", any_math=True) == []
    assert refusals("import numpy", any_math=True) != []
