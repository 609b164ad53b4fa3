"""docs/reference/engine.md names every setting, code and command, and none that is not there."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from levator.signals import phases, quality, reference, samples
from levator.training import dose, events, inputs, limits
from levator.training.settings import Settings

PAGE = Path(__file__).parents[2] / "docs/reference/engine.md"
GROUPS = get_type_hints(Settings)
SETTINGS = {f"{group}.{field.name}" for group, kind in GROUPS.items() for field in fields(kind)}
CODES = {
    "verdict": events.VerdictCode,
    "sign of fatigue": events.FatigueSign,
    "end of a set": events.SetEnd,
    "kind of contraction": events.ContractionKind,
    "refusal": events.RefusalCode,
    "limit": limits.LimitCode,
    "mode": dose.Mode,
    "rounds rule": dose.RoundsKind,
    "command": inputs.CommandKind,
    "mark": inputs.Mark,
    "kind of channel": samples.ChannelKind,
    "kind of reference": reference.ReferenceKind,
    "calibration instruction": phases.Instruction,
    "calibration failure": phases.Failure,
    "doubt": quality.DoubtCode,
}


def named() -> set[str]:
    """Return everything in code marks on the page."""
    return set(re.findall(r"`([\w. ]+)`", PAGE.read_text("utf-8")))


def test_every_setting_is_named_where_it_is_used() -> None:
    assert SETTINGS - named() == set()


def test_no_setting_is_named_that_is_not_there() -> None:
    known = "|".join(GROUPS)
    said = {word for word in named() if re.match(rf"({known})\.\w+$", word)}
    assert said - SETTINGS == set()


@pytest.mark.parametrize("what", CODES)
def test_every_code_is_named(what: str) -> None:
    codes: Any = CODES[what]
    # `not_a_number` is said in words there and listed on the page of events.
    assert set(get_args(codes)) - named() - {"not_a_number"} == set()


def test_an_unknown_setting_would_be_seen() -> None:
    assert "verdicts.band" not in SETTINGS
    assert "verdicts.band_percent_mvc" in SETTINGS & named()
