"""The chain of the audit: what shows by itself, and what only against a head kept elsewhere."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from levator.records.audit import BEGINNING, AuditEntry, AuditLine, Break, chained, find_break

Lines = list[AuditLine]
Spoil = Callable[[Lines], Lines]


def an_entry(number: int = 0, **values: str) -> AuditEntry:
    at = f"2026-11-29T10:{number:02}:00+01:00"
    return replace(
        AuditEntry(at=at, tenant_id="here", user_id="u", role="therapist", action="patient.read"),
        **values,
    )


def a_chain(length: int = 6, action: str = "patient.read") -> Lines:
    lines: Lines = []
    for number in range(1, length + 1):
        previous = lines[-1].digest if lines else BEGINNING
        lines.append(chained(an_entry(number, action=action), number, previous))
    return lines


def head(lines: Lines) -> tuple[int, str]:
    return lines[-1].number, lines[-1].digest


def edited(lines: Lines) -> Lines:
    lines[2] = replace(lines[2], entry=replace(lines[2].entry, user_id="somebody"))
    return lines


def edited_with_its_digest(lines: Lines) -> Lines:
    entry = replace(lines[2].entry, user_id="somebody")
    lines[2] = chained(entry, lines[2].number, lines[2].previous)
    return lines


def deleted(lines: Lines) -> Lines:
    return lines[:2] + lines[3:]


def deleted_and_renumbered(lines: Lines) -> Lines:
    rest = [replace(line, number=line.number - 1) for line in lines[3:]]
    return lines[:2] + rest


def beginning_cut_off(lines: Lines) -> Lines:
    return lines[1:]


def reordered(lines: Lines) -> Lines:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def inserted(lines: Lines) -> Lines:
    return [*lines[:3], chained(an_entry(30), 4, lines[2].digest), *lines[3:]]


def tail_cut_off(lines: Lines) -> Lines:
    return lines[:-1]


def made_anew(lines: Lines) -> Lines:
    return a_chain(len(lines), action="patient.change")


def all_gone(lines: Lines) -> Lines:
    return []


def test_an_untouched_chain_holds() -> None:
    lines = a_chain()
    assert find_break(lines) is None
    assert find_break(lines, head(lines)) is None
    assert find_break(lines, head(lines[:3])) is None
    assert find_break([]) is None


@pytest.mark.parametrize(
    "spoil",
    [
        edited,
        edited_with_its_digest,
        deleted,
        deleted_and_renumbered,
        beginning_cut_off,
        reordered,
        inserted,
    ],
)
def test_a_change_inside_shows_by_itself(spoil: Spoil) -> None:
    found = find_break(spoil(a_chain()))
    assert isinstance(found, Break)
    assert 1 <= found.number <= 5


@pytest.mark.parametrize("spoil", [tail_cut_off, made_anew, all_gone])
def test_a_cut_tail_and_a_chain_made_anew_show_only_against_a_head_kept_elsewhere(
    spoil: Spoil,
) -> None:
    kept_elsewhere = head(a_chain())
    lines = spoil(a_chain())
    assert find_break(lines) is None
    assert find_break(lines, kept_elsewhere) is not None


@pytest.mark.parametrize("field", [field.name for field in fields(AuditEntry)])
def test_every_field_of_a_line_is_in_its_digest(field: str) -> None:
    line = chained(an_entry(), 1, BEGINNING)
    other = replace(line, entry=replace(line.entry, **{field: "other"}))
    found = find_break([other])
    assert found is not None
    assert found.found == line.digest


def test_the_first_break_is_told() -> None:
    lines = a_chain()
    for place in (1, 4):
        lines[place] = replace(lines[place], entry=an_entry(59))
    found = find_break(lines)
    assert found is not None
    assert found.number == 2


def test_text_that_runs_over_into_the_next_field_has_another_digest() -> None:
    one = chained(an_entry(user_id="ab", role="c"), 1, BEGINNING)
    other = chained(an_entry(user_id="a", role="bc"), 1, BEGINNING)
    assert one.digest != other.digest
