"""Draws the answers to each point of the ASVS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docs.tables import table


def asvs_page(told: Mapping[str, Any]) -> str:
    """The answers to a published list of security, a table for each chapter of it."""
    levels = {number: level for level, held in told["levels"].items() for number in held}
    answers = {number: one for one in told["answer"] for number in one["numbers"]}
    parts = (
        f"## {chapter}: {title}\n\n{_asvs_table(chapter, levels, answers)}"
        for chapter, title in told["chapters"].items()
    )
    return (
        "# ASVS\n\n"
        "The points of levels 1 and 2 of the OWASP Application Security Verification Standard\n"
        "5.0, each answered by what levator does. The texts of the standard are not here; look\n"
        "a number up [at OWASP](https://owasp.org/www-project-application-security-verification-"
        "standard/).\n"
        "A test beside *not met yet* shows the part that is there; beside *not applicable*, that\n"
        "nothing of the kind is in the source. Change `asvs.toml`, not this page.\n\n"
        f"{asvs_counts(answers.values())}\n" + "\n".join(parts)
    )


def asvs_counts(answers: Iterable[Mapping[str, Any]]) -> str:
    """How many points stand how, and how many of these have a test."""
    held = list(answers)
    states = ("shown by a test", "by construction", "not applicable", "not met yet")
    of = {state: [one for one in held if _asvs_state(one) == state] for state in states}
    rows = [
        (f"{state}{' (no test)' * (state == 'by construction')}", len(found), _with_test(found))
        for state, found in [*of.items(), ("all", held)]
    ]
    return table(("state", "points", "with a test"), (map(str, row) for row in rows))


def _with_test(answers: Iterable[Mapping[str, Any]]) -> int:
    return sum(bool(one.get("tests")) for one in answers)


def _asvs_state(answer: Mapping[str, Any]) -> str:
    return str(answer.get("state", "shown by a test"))


def _asvs_table(
    chapter: str, levels: Mapping[str, str], answers: Mapping[str, Mapping[str, Any]]
) -> str:
    numbers = sorted(
        (number for number in answers if number.partition(".")[0] == chapter),
        key=lambda number: [int(part) for part in number.split(".")],
    )
    rows = (_asvs_row(number, levels[number], answers[number]) for number in numbers)
    return table(("point", "level", "answer", "tests"), rows)


def _asvs_row(number: str, level: str, answer: Mapping[str, Any]) -> tuple[str, str, str, str]:
    state = f"*{answer['state']}*: " if "state" in answer else ""
    tests = "<br>".join(f"`{one.removeprefix('tests/')}`" for one in answer.get("tests", ()))
    return number, level, state + answer["says"], tests
