"""Play a stored session with the engine alone: `python play.py SESSION.json`.

Standard library only, so that any Python from 3.11 on can run it with nothing but `src` on its
path, and a browser too. What it prints is what the engine tells, a line of JSON per event.
"""

import json
import sys
from collections.abc import Iterator
from math import nan
from typing import Any

from levator.signals.samples import Samples
from levator.training.context import SessionContext
from levator.training.inputs import Command, Input, Tick
from levator.training.plain import event_to_plain, from_plain
from levator.training.replay import run
from levator.training.summary import summarise


def play(text: str) -> str:
    """Return the events and the summary of a session: equal text is equal bits."""
    session = json.loads(text)
    context = from_plain(SessionContext, session["context"])
    events = list(run(context, map(read_input, session["inputs"])))
    told = [*map(event_to_plain, events), summarise(context, events)]
    return "".join(json.dumps(event, allow_nan=False) + "\n" for event in told)


def read_input(plain: dict[str, Any]) -> Input:
    """Return a block, a command or a tick; in samples, null is no number."""
    match plain["type"]:
        case "Samples":
            return Samples(
                plain["stream"], plain["first_index"], tuple(map(_column, plain["values"]))
            )
        case "Command":
            return from_plain(Command, plain)
        case _:
            return from_plain(Tick, plain)


def _column(values: list[float | None]) -> list[float]:
    return [nan if value is None else value for value in values]


def foreign_modules() -> Iterator[str]:
    """Yield what was loaded besides the standard library and the engine's rooms."""
    rooms = ["quantities", "errors", "signals", "training"]
    for name in [*sys.modules]:
        top, *rest = name.split(".")
        known = rest[:1] == [] or rest[0] in rooms if top == "levator" else is_standard(top)
        if not known:
            yield name


def is_standard(top: str) -> bool:
    """Whether a module belongs to Python, or is this file."""
    return top in sys.stdlib_module_names or top == "__main__"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        # Bytes, so that no system puts line ends of its own.
        sys.stdout.buffer.write(play(file.read()).encode())
    if extra := sorted(foreign_modules()):
        sys.exit(f"Loaded besides the engine: {', '.join(extra)}")
