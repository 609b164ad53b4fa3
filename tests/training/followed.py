"""A session that follows one dose, for tests that say what is different."""

from __future__ import annotations

from levator.training.context import SessionContext
from levator.training.events import (
    CommandRefused,
    Event,
)
from levator.training.inputs import Command, Input
from levator.training.pattern import Pattern
from tests import sitting

PATTERN = (1.0, 2.0, 1.0, 2.0)
DOSE = sitting.dose(40.0, PATTERN)


def sit(
    commands: list[Command], made: SessionContext | None = None, lasts_s: float = 30.0
) -> list[Event]:
    """Follow a dose of DOSE's pattern whose first rise is at 4 s."""
    starts = [4.0 + 6.0 * n for n in range(5)]
    levels = sitting.trapezoid(Pattern(*PATTERN), 40.0, starts, lasts_s, 100.0)
    given: list[Input] = [*commands, *sitting.blocks(levels, 20)]
    return sitting.run(made or sitting.context(DOSE), given)[1]


def at(kind: str, at_s: float, **more: object) -> Command:
    return Command(kind, round(at_s * 100), "therapist", **more)


START = at("start", 0.0)


def refusals(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.command, one.reason) for one in sitting.of(CommandRefused, events)]
