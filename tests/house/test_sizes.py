"""Sizes that stay readable: a module fits in one sitting."""

import ast
from pathlib import Path
from statistics import median, quantiles

SOURCE = Path(__file__).parents[2] / "src/levator"
KINDS = ("py", "js", "css")
LONGEST_MODULE = 400
MEDIAN_FUNCTION = 6
P90_FUNCTION = 25


def function_lengths(source: str) -> list[int]:
    """Lines of body in each function: the docstring is not counted."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            found.append((body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0)
    return found


def test_no_module_is_too_long() -> None:
    modules = [path for kind in KINDS for path in SOURCE.rglob(f"*.{kind}")]
    lines = {path: path.read_text("utf-8").count("\n") for path in modules}
    too_long = {str(path.relative_to(SOURCE)): n for path, n in lines.items() if n > LONGEST_MODULE}
    assert too_long == {}


def test_functions_are_short() -> None:
    lengths = [
        n for path in SOURCE.rglob("*.py") for n in function_lengths(path.read_text("utf-8"))
    ]
    assert median(lengths) <= MEDIAN_FUNCTION
    assert quantiles(lengths, n=10)[8] <= P90_FUNCTION


def test_lengths_are_counted_without_the_docstring() -> None:
    assert function_lengths('def f():\n    """What."""\n    a = 1\n    return a\n') == [2]
