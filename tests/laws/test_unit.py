"""Law 7, unit: a number without its unit is refused at the door."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levator.errors import CallerError, LevatorError, UnitError
from levator.quantities import (
    UNIT_OF_WORD,
    WORD_OF_UNIT,
    Quantity,
    parse_in,
    parse_quantity,
    unit_symbol,
    whole_of,
)
from levator.signals import samples
from levator.signals import settings as signal_settings
from levator.training import dose, events, inputs, limits, pattern
from levator.training import settings as training_settings
from levator.training.pattern import Pattern, parse_pattern


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3.1N", 3.1, "N"),
        (" 40 % ", 40.0, "%"),
        ("8.0s", 8.0, "s"),
        ("-2e1 hPa", -20.0, "hPa"),
        ("13.6 µV", 13.6, "uV"),
        ("13.6μV", 13.6, "uV"),
        ("5 percent_mvc", 5.0, "%MVC"),
        ("5 mbar", 5.0, "hPa"),
        ("0.5Hz", 0.5, "Hz"),
    ],
)
def test_a_number_with_its_unit(text: str, value: float, unit: str) -> None:
    assert parse_quantity(text) == Quantity(value, unit)
    assert parse_in(text, unit) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_bare_number_is_refused(value: float) -> None:
    with pytest.raises(UnitError, match="has no unit"):
        parse_quantity(repr(value))


@given(st.floats(-1e300, 1e300), st.sampled_from(sorted(WORD_OF_UNIT)))
def test_every_number_comes_through_with_every_unit(value: float, unit: str) -> None:
    assert parse_quantity(f"{value!r} {unit}") == Quantity(value, unit)
    assert unit_symbol(WORD_OF_UNIT[unit]) == unit
    assert UNIT_OF_WORD[WORD_OF_UNIT[unit]] == unit


@pytest.mark.parametrize(
    "text", ["", "N", "force", "inf N", "nan %", "-", "4_0 %", "\u0664\u0660 %"]
)
def test_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnitError, match="is not a number with a unit"):
        parse_quantity(text)


@pytest.mark.parametrize("text", ["3 lbf", "3 %%", "3 N m", "3 mvc"])
def test_an_unknown_unit_is_never_guessed(text: str) -> None:
    with pytest.raises(UnitError, match="is not known; use one of"):
        parse_quantity(text)


def test_another_unit_than_needed_is_refused_and_named() -> None:
    with pytest.raises(UnitError, match="'3 N' is in N; % is needed here"):
        parse_in("3 N", "%")


@pytest.mark.parametrize("unit", [None, "", "ms", "0.1"])
def test_a_pattern_without_a_unit_is_refused(unit: str | None) -> None:
    with pytest.raises(UnitError, match=r"say whether it is in s or in 0\.1s"):
        parse_pattern("40;20;40;60", unit)


def test_the_seeds_pattern_in_both_readings() -> None:
    assert parse_pattern("40;20;40;60", "0.1s") == Pattern(4.0, 2.0, 4.0, 6.0)
    assert parse_pattern("40;20;40;60", "s") == Pattern(40.0, 20.0, 40.0, 60.0)
    assert parse_pattern("3,5; 2 ;1;4", "0.1s") == Pattern(0.35, 0.2, 0.1, 0.4)


@pytest.mark.parametrize(
    "text",
    [
        "40;20;40",
        "40;20;40;60;1",
        "a;b;c;d",
        "",
        "40 20 40 60",
        "4_0;2;4;6",
        "4;2;4;\u0666",
        "inf;2;4;6",
    ],
)
def test_a_pattern_has_four_numbers(text: str) -> None:
    with pytest.raises(CallerError, match="must be four numbers"):
        parse_pattern(text, "s")


@pytest.mark.parametrize(
    "text", ["1e308;1e308;1e308;1e308", "1e-30;20;40;60", "4;2;-4;6", "1e6;2;4;6"]
)
def test_a_phase_is_one_that_a_clock_measures(text: str) -> None:
    with pytest.raises(CallerError, match="zero seconds, or from 1e-06 to 86400 s"):
        parse_pattern(text, "s")


def test_a_tangent_leaves_a_rise_that_a_clock_measures_or_none() -> None:
    assert Pattern(4.0, 2.0, 4.0, 6.0).with_tangent(99.999999999) == Pattern(0.0, 6.0, 4.0, 6.0)
    assert Pattern(4.0, 2.0, 4.0, 6.0).with_tangent(75.0) == Pattern(1.0, 5.0, 4.0, 6.0)


@pytest.mark.parametrize("text", ["1_2", "\u0661", "+3", " 3", "1.0", "", "-", "9" * 5000])
def test_a_whole_number_is_plain_digits(text: str) -> None:
    assert whole_of(text) is None
    assert (whole_of("12"), whole_of("-5"), whole_of("007")) == (12, -5, 7)


#: What ends a name that carries a number, and what needs no unit: counts, shares, places.
ENDINGS = ("_s", "_hz", "_percent", "_percent_mvc", "_percent_mvc_per_s", "_days")
COUNTS = {
    "max_rounds", "count", "last_known_fatigue_round", "at_index", "drawn_index", "effort",
    "set_number", "round", "failures_at_most", "revision", "rounds", "good_rounds",
    "valid_rounds", "warned_round", "established_round", "first_index", "missing", "sets",
    "from_round", "scale", "offset", "raw_minimum", "raw_maximum", "asked", "allowed", "rest",
    "own_rounds", "hold_rounds_running", "effort_at_least", "warned_by", "established_by",
    "unreleased_at_most", "too_strong_bands", "reference_trials", "quick_trials",
    "polarity_clear_rest_sds", "known_within_any_unit", "rest_restless_times",
    "ceiling_dips", "ceiling_dip_steps",
    "flat_line_needs_reversals",
    "cough_times_own_best_rate", "shift_times_own_best_rate", "co_contraction_times_rest",
}  # fmt: skip


@pytest.mark.parametrize(
    "module",
    [dose, events, inputs, limits, pattern, samples, signal_settings, training_settings],
    ids=lambda module: module.__name__,
)
def test_names_of_numbers_carry_their_unit(module: ModuleType) -> None:
    bare = [
        f"{kind.__name__}.{part.name}"
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
        for part in fields(kind)
        if set(str(part.type).replace("|", " ").split())
        & {"float", "int", "Seconds", "Hertz", "Percent", "PercentMvc", "PercentMvcPerSecond"}
        if not part.name.endswith(ENDINGS) and part.name not in COUNTS
    ]
    assert bare == []


def test_every_error_is_in_the_tree_that_is_drawn() -> None:
    source = Path(__file__).parents[2] / "src/levator/errors.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]
    assert len(names) > 5
    drawn = ast.get_docstring(tree) or ""
    assert all(name in drawn for name in names)
    assert issubclass(UnitError, CallerError)
    assert issubclass(CallerError, LevatorError)


def test_a_decimal_comma_is_named() -> None:
    with pytest.raises(UnitError, match="decimal comma"):
        parse_quantity("3,1N")
