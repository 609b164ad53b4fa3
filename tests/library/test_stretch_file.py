"""What the sketch of the stretch at birth is calibrated to: the published ratios, and slips."""

from itertools import pairwise
from pathlib import Path

import pytest

from levator.course.stretch import stretch_grid
from levator.library import check_file, load_stretch
from levator.library.loader import FOLDER

FILE = FOLDER / "levator-stretch.toml"
#: Lien 2004 (PMC1226707): the highest ratio of four parts of the muscle.
PUBLISHED = {
    "pubococcygeus": 3.26,
    "iliococcygeus": 2.73,
    "pubococcygeus-rest": 2.50,
    "puborectalis": 2.28,
}


def test_at_full_descent_each_part_is_as_published_within_one_percent() -> None:
    rule = load_stretch().rule
    head = rule.heads_mm.index(rule.head_mm)
    found = {one.band.id: one.ratios[head][-1] for one in stretch_grid(rule)}
    assert found == pytest.approx(PUBLISHED, rel=0.01)


def test_number_two_is_marked_stretches_three_times_and_more_and_is_reached_last() -> None:
    sketch = load_stretch()
    assert [one.number for one in sketch.parts] == [1, 2, 3, 4]
    [marked] = [one for one in sketch.parts if one.is_marked]
    assert (marked.number, marked.band.id) == (2, "pubococcygeus")
    assert marked.band.ratio >= 3
    assert marked.band.level_mm == max(one.band.level_mm for one in sketch.parts)


def test_the_heads_are_those_that_were_measured() -> None:
    """Circumference 253 to 351 mm."""
    heads = load_stretch().rule.heads_mm
    assert (heads[0], heads[-1]) == (81.0, 111.0)
    assert {round(after - before, 6) for before, after in pairwise(heads)} == {3}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('value = "pubococcygeus"', 'value = "biceps"', "there is no part biceps; there is"),
        ("lowest = 81.0", "lowest = 82.5", "the head of 90 mm is not among those"),
        ("highest = 99.0", "highest = 90.0", "does not come down to the deepest part, at 99 mm"),
        ("value = 3.26", "value = 9.0", "shorter than half a circle between its ends"),
        ("value = 3.26", "value = 0.5", "ratio"),
        ("number = 2", "number = 0", "number"),
        ("origins_mm]", "origins]", "origins_mm"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = FILE.read_text("utf-8")
    assert before in text
    wrong = tmp_path / "levator-stretch.toml"
    wrong.write_text(text.replace(before, after, 1), "utf-8")
    assert any(said in str(one) for one in check_file(wrong)), check_file(wrong)
