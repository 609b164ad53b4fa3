"""The stretch at birth: what was published at full descent, and geometry for every other head."""

from dataclasses import replace
from itertools import chain
from math import asin, pi

import pytest

from levator.course.stretch import (
    Band,
    SketchPart,
    StretchRule,
    arc_sine,
    loop_mm,
    radius_mm,
    rest_fits,
    rest_mm,
    stretch,
    stretch_grid,
)

#: Lien 2004 (PMC1226707): the highest ratio of four parts of the muscle.
PUBLISHED = {"pubococcygeus": 3.26, "iliococcygeus": 2.73, "other": 2.50, "puborectalis": 2.28}
LEVELS = {"pubococcygeus": 99.0, "iliococcygeus": 60.0, "other": 79.0, "puborectalis": 90.0}
BANDS = tuple(Band(name, LEVELS[name], 20.0, ratio) for name, ratio in PUBLISHED.items())
RULE = StretchRule(90.0, BANDS, (80.0, 90.0, 98.1), (11.0, 29.0, 47.0, 79.0, 99.0))
#: The one that clinical.md §4 works out by hand.
BY_HAND = Band("pubococcygeus", 99.0, 40.0, 3.26)


def test_full_descent_gives_what_was_published_within_one_percent() -> None:
    for one in stretch_grid(RULE):
        assert one.ratios[1][-1] == pytest.approx(PUBLISHED[one.band.id], rel=0.01)


def test_the_values_worked_out_by_hand() -> None:
    assert loop_mm(45.0, 40.0) == pytest.approx(241.3, abs=0.05)
    lengths = [rest_mm(replace(BY_HAND, ratio=one), 90.0) for one in PUBLISHED.values()]
    assert lengths == pytest.approx([74, 88, 96.5, 106], abs=0.5)
    found = [round(stretch(BY_HAND, 90.0, 90.0, down), 2) for down in (60, 70, 79, 90, 99)]
    assert found == [1.24, 2.34, 2.86, 3.18, 3.26]


@pytest.mark.parametrize(("origins_mm", "more"), [(0.0, 0.09), (20.0, 0.097), (50.0, 0.113)])
def test_a_head_nine_percent_wider_stretches_so_much_more(origins_mm: float, more: float) -> None:
    band = Band("any", 99.0, origins_mm, 3.26)
    wider, as_published = (stretch(band, 90.0, head, 99.0) for head in (98.1, 90.0))
    assert wider / as_published - 1 == pytest.approx(more, abs=0.001)


def test_the_grid_is_one_row_a_head_and_one_column_a_depth() -> None:
    found = stretch_grid(RULE)
    assert [one.band for one in found] == list(BANDS)
    for one in found:
        assert one.rest_mm == rest_mm(one.band, 90.0)
        assert one.ratios == tuple(
            tuple(stretch(one.band, 90.0, head, down) for down in RULE.descents_mm)
            for head in RULE.heads_mm
        )


def test_stretch_grows_with_descent_and_with_the_head_and_begins_at_one() -> None:
    for one in stretch_grid(RULE):
        assert {row[0] for row in one.ratios} == {1.0}
        for row in one.ratios:
            assert list(row) == sorted(row)
        for column in zip(*one.ratios, strict=True):
            assert list(column) == sorted(column)


def test_the_lowest_part_is_reached_last() -> None:
    def begins(band: Band) -> int:
        return next(down for down in range(100) if stretch(band, 90.0, 90.0, down) > 1)

    assert max(BANDS, key=begins).id == "pubococcygeus"


def test_past_the_widest_part_it_stays_stretched_so_far() -> None:
    high = Band("iliococcygeus", 60.0, 20.0, 2.73)
    assert stretch(high, 90.0, 90.0, 60.0) == stretch(high, 90.0, 90.0, 99.0)


def test_a_head_that_is_not_there_yet_stretches_nothing() -> None:
    long_at_rest = Band("any", 99.0, 50.0, 3.26)  # shorter at rest than half a circle of its ends
    assert stretch(long_at_rest, 90.0, 90.0, 0.0) == 1.0
    assert stretch(long_at_rest, 90.0, 49.0, 99.0) == 1.0
    assert stretch(long_at_rest, 90.0, 50.1, 99.0) > 1.0


def test_a_loop_over_a_circle_narrower_than_its_ends_is_half_a_circle() -> None:
    assert loop_mm(20.0, 40.0) == pytest.approx(20.0 * pi)
    assert loop_mm(10.0, 40.0) == pytest.approx(10.0 * pi)


def test_the_angle_of_a_sine_to_the_last_digits() -> None:
    for step in range(1001):
        assert arc_sine(step / 1000) == pytest.approx(asin(step / 1000), rel=1e-14, abs=1e-300)


def test_what_is_drawn_is_as_long_as_was_calculated() -> None:
    for one in stretch_grid(RULE):
        for ratio, radius in zip(
            chain.from_iterable(one.ratios), chain.from_iterable(one.radii_mm), strict=True
        ):
            assert loop_mm(radius, one.band.origins_mm) == pytest.approx(ratio * one.rest_mm)


def test_the_radius_of_a_loop_is_found_from_its_length() -> None:
    for rho_mm in (10.0, 15.0, 45.0, 56.0):
        assert radius_mm(loop_mm(rho_mm, 20.0), 20.0) == pytest.approx(rho_mm, rel=1e-9)


def test_a_part_fits_that_is_at_least_half_a_circle_at_rest() -> None:
    assert all(rest_fits(one, RULE.head_mm) for one in BANDS)
    assert rest_fits(Band("any", 99.0, 20.0, 8.0), 90.0)
    assert not rest_fits(Band("any", 99.0, 20.0, 9.0), 90.0)


def test_the_name_of_a_part_in_a_language_that_it_lacks_is_the_english_one() -> None:
    part = SketchPart(BANDS[0], 2, {"en": "at the vagina", "nl": "bij de vagina"}, True, "Lien")
    assert [part.words_in(one) for one in ("nl", "fr")] == ["bij de vagina", "at the vagina"]
