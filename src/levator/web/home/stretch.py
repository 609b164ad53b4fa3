"""How far each part of the muscle stretches at birth: a sketch to move, drawn as it is calculated.

Everything that can be shown is calculated here; the page looks up a head and a descent. Nothing on
it is about one woman.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from math import sqrt
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.course.stretch import BandStretch, Sketch, SketchPart, stretch_grid
from levator.library import load_stretch
from levator.texts import Speaker, mark, speaker
from levator.texts.citing import cited
from levator.web.desk.pages import Desk
from levator.web.looks import language_of

#: Of the drawing: units for a mm, how flat a loop is seen, where its middle and the spines are.
SCALE, TILT, MIDDLE, SPINES = 1.5, 0.32, 150.0, 44.0
#: How long in words, by the whole times; the last is for all that is more.
LONGER: tuple[str, ...] = (
    mark("as long as at rest"),
    mark("longer than at rest"),
    mark("more than twice as long"),
    mark("more than three times as long"),
    mark("more than four times as long"),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A loop as it is drawn: behind the head, before it, and where its number points to."""

    back: str
    front: str
    left: float
    y: float


class StretchPage:
    """The handler of the page."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route("/home/stretch", self.show)]

    async def show(self, request: Request) -> Response:
        """Show the sketch at full descent; a script lets it be moved."""
        values = await asyncio.to_thread(shown_in, language_of(request))
        return self._desk.page(request, "home-stretch.html", values)


@cache
def grid() -> tuple[BandStretch, ...]:
    """Return everything that can be shown, part by part, as they are numbered."""
    sketch = load_stretch()
    by_id = {one.band.id: one for one in stretch_grid(sketch.rule)}
    return tuple(by_id[part.band.id] for part in sketch.parts)


@cache
def shown_in(language: str) -> dict[str, Any]:
    """Return what the page shows in a language: the same for everybody, and long to calculate."""
    return shown(speaker(language), load_stretch())


def shown(say: Speaker, sketch: Sketch) -> dict[str, Any]:
    """Return what the page shows: the sketch at full descent, what moves it, and its numbers."""
    rule = sketch.rule
    head, down = rule.heads_mm.index(rule.head_mm), len(rule.descents_mm) - 1
    return {
        "label": sketch.label.get(say.language, sketch.label["en"]),
        "source": cited(say, sketch.source),
        "reviewed_by": cited(say, sketch.reviewed_by),
        "ball": ball(rule.head_mm, rule.descents_mm[down]),
        "parts": [
            _part(say, part, one, head, down)
            for part, one in zip(sketch.parts, grid(), strict=True)
        ],
        "head": (head, len(rule.heads_mm) - 1, _cm(say, rule.heads_mm[head])),
        "descent": (down, down, _cm(say, rule.descents_mm[down])),
        "by_head": [
            _row(say, rule.heads_mm[at], at, down) for at in range(0, len(rule.heads_mm), 2)
        ],
        "by_descent": [_row(say, rule.descents_mm[at], head, at) for at in range(0, down + 1, 3)],
        "findings": [
            (one.words_in(say.language), cited(say, one.source)) for one in sketch.findings
        ],
        "grid": _data(say, sketch),
    }


def _part(say: Speaker, part: SketchPart, one: BandStretch, head: int, down: int) -> dict[str, Any]:
    ratio, radius_mm = one.ratios[head][down], one.radii_mm[head][down]
    return {
        "number": part.number,
        "name": part.words_in(say.language),
        "is_marked": part.is_marked,
        "source": cited(say, part.source),
        "ratio": say.fixed(ratio),
        "words": say.say(LONGER[times(ratio)]),
        **asdict(loop(radius_mm, part.band.level_mm, part.band.origins_mm)),
    }


def times(ratio: float) -> int:
    """Return the place in `LONGER`; a part that the head has not reached is as at rest."""
    return 0 if ratio <= 1.0 else min(int(ratio), len(LONGER) - 1)


def loop(radius_mm: float, level_mm: float, origins_mm: float) -> Drawn:
    """Return a loop as two curves, its ends at the right; see `loop` in static/home/stretch.js."""
    wide, half = radius_mm * SCALE, origins_mm / 2 * SCALE
    y, high = _y(level_mm), wide * TILT
    left, end = MIDDLE - wide, MIDDLE + sqrt(max(0.0, wide * wide - half * half))
    arc = f"M{left:.2f} {y:.2f}A{wide:.2f} {high:.2f} 0 0"
    return Drawn(
        f"{arc} 1 {end:.2f} {y - half * TILT:.2f}",
        f"{arc} 0 {end:.2f} {y + half * TILT:.2f}",
        round(left, 2),
        round(y, 2),
    )


def ball(head_mm: float, descent_mm: float) -> Mapping[str, str]:
    """Return the head as it is drawn."""
    return {"y": f"{_y(descent_mm):.2f}", "r": f"{head_mm / 2 * SCALE:.2f}"}


def _y(depth_mm: float) -> float:
    return SPINES + depth_mm * SCALE


def _row(say: Speaker, where_mm: float, head: int, down: int) -> tuple[str, list[str]]:
    """Return where, in cm, and how long each part is there."""
    return _cm(say, where_mm), [say.fixed(one.ratios[head][down]) for one in grid()]


def _cm(say: Speaker, length_mm: float) -> str:
    return say.fixed(length_mm / 10, 1)


def _data(say: Speaker, sketch: Sketch) -> Markup:
    """Return all that can be looked up as JSON, safe inside a script element."""
    rule = sketch.rule
    found = {
        "drawing": {"scale": SCALE, "tilt": TILT, "middle": MIDDLE, "spines": SPINES},
        "heads_mm": rule.heads_mm,
        "descents_mm": rule.descents_mm,
        "heads": [_cm(say, one) for one in rule.heads_mm],
        "descents": [_cm(say, one) for one in rule.descents_mm],
        "words": [say.say(one) for one in LONGER],
        "parts": [
            {
                "level_mm": one.band.level_mm,
                "origins_mm": one.band.origins_mm,
                "radii_mm": [[round(radius, 3) for radius in row] for row in one.radii_mm],
                "ratios": [[say.fixed(ratio) for ratio in row] for row in one.ratios],
                "longer": [[times(ratio) for ratio in row] for row in one.ratios],
            }
            for one in grid()
        ],
    }
    return Markup(json.dumps(found, separators=(",", ":")).replace("<", "\\u003c"))
