"""How far each part of the muscle stretches at birth: a sketch that is calculated, not anatomy.

Each part is a loop round a ball, the head, with its two ends a little apart. Its length at rest is
what makes the widest loop as much longer as was published; so the published figure comes out at
full descent, and everything before it, and every other head, is geometry. No number stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from levator.course.exercise import Passage

#: Each halving of an arc brings its chord four times nearer to it; after these the digits stand.
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Band:
    """One part of the muscle.

    level_mm : how far below the ischial spines it lies. origins_mm : between its two ends.
    ratio : its length over that at rest, at full descent of the head that it was published for.
    """

    id: str
    level_mm: float
    origins_mm: float
    ratio: float


@dataclass(frozen=True, slots=True)
class StretchRule:
    """What the sketch is calibrated to, and what it is drawn for.

    head_mm : the diameter for which the ratios were published. heads_mm, descents_mm : diameters
    and depths of the middle of the head, below the ischial spines, of the grid.
    """

    head_mm: float
    bands: tuple[Band, ...]
    heads_mm: tuple[float, ...]
    descents_mm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BandStretch:
    """One part over the grid: `ratios[head][descent]`, 1.0 where the head does not reach it.

    radii_mm : of the loop that is so long, in the same order.
    """

    band: Band
    rest_mm: float
    ratios: tuple[tuple[float, ...], ...]
    radii_mm: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class SketchPart:
    """A part as it is shown: its number in the drawing and its name. source : of its ratio."""

    band: Band
    number: int
    words: Mapping[str, str]
    is_marked: bool
    source: str

    def words_in(self, language: str) -> str:
        """Return its name in a language, English where that language has none."""
        return self.words.get(language, self.words["en"])


@dataclass(frozen=True, slots=True)
class Sketch:
    """All that is drawn, by number. label : what it is and what it is not. findings : of others."""

    reviewed_by: str
    label: Mapping[str, str]
    source: str
    rule: StretchRule
    parts: tuple[SketchPart, ...]
    findings: tuple[Passage, ...]


def stretch_grid(rule: StretchRule) -> tuple[BandStretch, ...]:
    """Return every part over the grid of head sizes and descents."""
    return tuple(_over_grid(band, rule) for band in rule.bands)


def _over_grid(band: Band, rule: StretchRule) -> BandStretch:
    rest = rest_mm(band, rule.head_mm)
    at_rest_mm = radius_mm(rest, band.origins_mm)
    ratios = tuple(
        tuple(stretch(band, rule.head_mm, head, down) for down in rule.descents_mm)
        for head in rule.heads_mm
    )
    # Longer than at rest it lies on the head.
    radii = tuple(
        tuple(
            reach_mm(band, head, down) if ratio > 1.0 else at_rest_mm
            for down, ratio in zip(rule.descents_mm, row, strict=True)
        )
        for head, row in zip(rule.heads_mm, ratios, strict=True)
    )
    return BandStretch(band, rest, ratios, radii)


def rest_fits(band: Band, head_mm: float) -> bool:
    """Return whether a part at rest still goes round: at least half a circle between its ends."""
    return rest_mm(band, head_mm) >= loop_mm(band.origins_mm / 2, band.origins_mm)


def rest_mm(band: Band, head_mm: float) -> float:
    """Return the length at rest of a part, for the head that its ratio was published for."""
    return loop_mm(head_mm / 2, band.origins_mm) / band.ratio


def stretch(band: Band, published_mm: float, head_mm: float, descent_mm: float) -> float:
    """Return how far a part has been stretched by then: its length over that at rest.

    published_mm, head_mm : diameters of the head of its ratio, and of this one.
    """
    rho_mm = reach_mm(band, head_mm, descent_mm)
    if rho_mm <= band.origins_mm / 2:
        return 1.0
    return max(1.0, loop_mm(rho_mm, band.origins_mm) / rest_mm(band, published_mm))


def reach_mm(band: Band, head_mm: float, descent_mm: float) -> float:
    """Return the radius of the head where a part lies, 0 where it has not come so far.

    Once the widest part of the head has reached it, it stays as far as that.
    """
    away_mm, half = max(0.0, band.level_mm - descent_mm), head_mm / 2
    return sqrt(max(0.0, half * half - away_mm * away_mm))


def loop_mm(rho_mm: float, origins_mm: float) -> float:
    """Return the length of a loop over a circle of radius rho, with its ends s apart.

    rho (2 pi - 2 asin(s / 2 rho)); half a circle where its ends are farther apart than that.
    """
    return rho_mm * (4 * arc_sine(1.0) - 2 * arc_sine(min(1.0, origins_mm / 2 / rho_mm)))


def radius_mm(length_mm: float, origins_mm: float) -> float:
    """Return the radius of a loop that is so long, at least half a circle between its ends.

    It is between two bounds, which come half as near to each other each time.
    """
    low, high = origins_mm / 2, length_mm
    for _ in range(2 * _HALVINGS):
        middle = (low + high) / 2
        is_short = loop_mm(middle, origins_mm) < length_mm
        low, high = (middle, high) if is_short else (low, middle)
    return (low + high) / 2


def arc_sine(x: float) -> float:
    """Return the angle of a sine from 0 to 1, in radians, the same digits on every machine.

    The arc over a chord of 2 x is halved until chord and arc are the same.
    """
    chord, times = 2 * x, 0.5
    for _ in range(_HALVINGS):
        chord /= sqrt(2 + sqrt(max(0.0, 4 - chord * chord)))
        times *= 2
    return chord * times
