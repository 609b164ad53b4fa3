"""Mistakes in what a protocol says of the course: each with file, line and reason."""

import re
from pathlib import Path

import pytest

from levator.library import check_file, read_protocol
from levator.library.loader import FOLDER

SEED = (FOLDER / "protocols" / "bekken-zwanger-fit.toml").read_text("utf-8")
PACK = (FOLDER / "protocols" / "dutch-evidence.toml").read_text("utf-8")
RANGE = "[stages.times_a_day.range]\nlowest = 1.0"


@pytest.mark.parametrize(
    ("text", "old", "new", "place", "sentence"),
    [
        (SEED, "[pain]", "[pian]", "pian:", "is pain meant?"),
        (SEED, "[progression]\nsittings_up", "[progress]\nsittings_up", "progress:",
         "is progression meant?"),
        (SEED, "safe_at_most = { value = 3", "safe_at_most = { value = 8", "pain.safe_at_most:",
         "safe_at_most is above stop_above"),
        (SEED, "stop_above = { value = 5", "stop_above = { value = 11", "pain.stop_above.value:",
         "this must be at most 10"),
        (SEED, "rising_days = { value = 3", "rising_days = { value = 1", "pain.rising_days:",
         "a rise takes at least 2 days"),
        (SEED, "in_band_percent = { value = 80.0", "in_band_percent = { value = 180.0",
         "progression.in_band_percent.value:", "this must be at most 100"),
        (SEED, "sittings_up = { value = 2", "sittings_up = { value = 0",
         "progression.sittings_up.value:", "this must be at least 1"),
        (SEED, "valid_rounds = { value = 3, source =", "valid_rounds = { value = 3, sauce =",
         "progression.valid_rounds.sauce:", "is source meant?"),
        (SEED, "locked_by_tone = {", "# {", "stage step-1.locked_by_tone:", "missing"),
        (SEED, 'shown_in = "step-5", sittings = 2, hold', 'shown_in = "step-7", sittings = 2, hold',
         "stage step-6.judged.1.shown_in:", "holds_long is shown in step-7, which is no earlier"),
        (SEED, 'shown_in = "step-5", sittings = 2, hold', 'shown_in = "step-2", sittings = 2, hold',
         "stage step-6.judged.1.shown_in:", "which is no earlier stage of the same phase"),
        (SEED, 'shown_in = "step-6", sittings = 2', 'shown_in = "step-6"',
         "stage step-7.judged.0:", "shown_in and sittings belong together"),
        (SEED, "hold = 50.0, pattern_unit", "hold = 50.0, unit", "stage step-6.judged.1",
         "unit is not a known name"),
        (SEED, "rounds = 5, source", "source", "stage step-3.judged.2:",
         "lasts is shown by rounds; write these and no others"),
        (SEED, 'code = "lasts", shown_in = "step-2", sittings = 2, rounds = 5',
         'code = "releases_well", shown_in = "step-2", sittings = 2, rounds = 5',
         "stage step-3.judged.2:", "releases_well is shown by shown_in"),
        (SEED, 'code = "lasts"', 'code = "strong"', "stage step-3.judged.2.code:",
         "this must be one of 'holds_long'"),
        (SEED, 'order = ["hold", "force"]', 'order = ["hold", "hold"]',
         "stage step-5.progression.order:", "stands in the order once"),
        (SEED, 'order = ["hold", "force"]', 'order = ["hold", "speed"]',
         "stage step-5.progression.order", "this must be one of 'hold'"),
        (SEED, 'order = ["force"]', 'order = ["rounds"]', "stage step-3.progression.order:",
         "progression raises rounds, which has no range"),
        (PACK, 'order = ["times", ', 'order = ["tangent", ',
         "stage gentle-after-birth.progression.order:",
         "progression raises tangent, which has no range"),
        (PACK, "lowest = 8.0\nhighest = 12.0", "lowest = 8.0\nhighest = 13.0",
         "stage long-in-pregnancy.rounds.count_range:", "count_range goes over max_rounds"),
        (PACK, "lowest = 8.0\nhighest = 12.0", "lowest = 9.0\nhighest = 12.0",
         "stage long-in-pregnancy.rounds.count:", "count 8 is outside its own range"),
        (PACK, "lowest = 8.0\nhighest = 12.0", "lowest = 7.5\nhighest = 12.0",
         "stage long-in-pregnancy.rounds.count_range:", "this counts; write whole numbers"),
        (PACK, RANGE, RANGE.replace("1.0", "4.0"), "stage long-in-pregnancy.times_a_day.value:",
         "value 3 is outside its own range"),
        (PACK, 'code = "running"', 'code = "Running!"', "cautions.0.code:", "does not fit"),
        (PACK, "until_week_after_birth = 12.0\n", "", "cautions.0.until_week_after_birth:",
         "missing"),
        (PACK, 'code = "running"', 'code = "running"\nbirth = "home"', "cautions.0.birth:",
         "this must be one of 'vaginal'"),
        (SEED, 'id = "step-2"', 'id = "step-1"', "stage step-1.id:", "step-1 is written twice"),
    ],
    ids=lambda one: one if isinstance(one, str) and len(one) < 60 else "",
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_reason(
    tmp_path: Path, text: str, old: str, new: str, place: str, sentence: str
) -> None:
    name = "bekken-zwanger-fit.toml" if text is SEED else "dutch-evidence.toml"
    mine = tmp_path / name
    assert old in text
    mine.write_text(text.replace(old, new, 1), "utf-8")
    found = [one for one in check_file(mine) if sentence in str(one)]
    assert found, list(map(str, check_file(mine)))
    said = str(found[0])
    assert said.startswith(name)
    assert place in said
    assert re.search(r" line \d+: ", said), said


def test_the_line_is_the_one_that_is_wrong(tmp_path: Path) -> None:
    mine = tmp_path / "bekken-zwanger-fit.toml"
    text = SEED.replace('order = ["hold", "force"]', 'order = ["hold", "hold"]', 1)
    mine.write_text(text, "utf-8")
    (problem,) = check_file(mine)
    assert problem.line is not None
    assert text.splitlines()[problem.line - 1] == 'order = ["hold", "hold"]'


def test_the_numbers_arrive_in_the_course(tmp_path: Path) -> None:
    mine = tmp_path / "bekken-zwanger-fit.toml"
    text = SEED.replace("stop_above = { value = 5", "stop_above = { value = 4", 1)
    text = text.replace("sittings_up = { value = 2", "sittings_up = { value = 3", 1)
    mine.write_text(text, "utf-8")
    protocol = read_protocol(mine)
    assert (protocol.pain.stop_above, protocol.progression.sittings_up) == (4, 3)
    step_6 = protocol.stage("step-6")
    assert step_6.locked_by_tone
    assert step_6.order == ("force", "hold")
    holds = next(one for one in step_6.judged if one.code == "holds_long")
    assert (holds.hold_s, holds.shown_in, holds.sittings) == (5.0, "step-5", 2)
    assert "measures/rest.toml" in protocol.progression.sources["released_percent"]
