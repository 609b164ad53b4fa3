"""The patient of a scenario: what her muscle, her breath and her seat do at a time.

She sees the target that the session shows and follows it as the scenario says: how strongly,
how late, how long, and how completely she lets go.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import nan, pi, sin
from random import Random
from typing import Any

from levator.training.events import TargetSet


@dataclass(frozen=True)
class Way:
    """How she does a round; what a scenario leaves out is done well."""

    reaches_percent_of_target: float = 100.0
    late_s: float = 0.0
    rises_in_s: float | None = None
    holds_s: float | None = None
    lets_go_late_s: float = 0.0
    keeps_percent_mvc: float = 0.0
    trembles_percent_mvc: float = 0.0
    pushes_percent_mvc: float = 0.0
    second_muscle_percent_mvc: float = 0.0
    holds_her_breath: bool = False

    @classmethod
    def read(cls, given: dict[str, Any], usual: Way | None = None) -> Way:
        known = {part.name for part in fields(cls)}
        assert not set(given) - known, f"unknown: {sorted(set(given) - known)}"
        base = {name: getattr(usual, name) for name in known} if usual else {}
        return cls(**{**base, **given})


@dataclass
class Patient:
    """State of the body: the target she sees, and what happens to the seat at set times."""

    usual: Way
    in_round: dict[int, Way]
    moments: list[dict[str, Any]]
    noise_percent_mvc: float = 0.2
    target: TargetSet | None = None
    random: Random = field(default_factory=lambda: Random(5))
    last: float = 0.0

    def way(self) -> Way:
        number = self.target.round if self.target is not None else None
        return self.in_round.get(number or 0, self.usual)

    def muscle(self, at_s: float) -> float:
        """Level in %MVC above rest, as the seat would show it."""
        way = self.way()
        level = self._follow(way, at_s - way.late_s)
        for moment in self.moments:
            level = self._happens(moment, at_s, level)
        if level == level and not self._is_stuck(at_s):
            level += self.random.gauss(0.0, self.noise_percent_mvc)
        return level

    def _follow(self, way: Way, at_s: float) -> float:
        if self.target is None or not self.target.breakpoints:
            return way.keeps_percent_mvc if self.target is not None else 0.0
        (start, _), (reach, force), (let_go, _), (end, _) = self.target.breakpoints[:4]
        top = force * way.reaches_percent_of_target / 100.0
        if way.pushes_percent_mvc:
            top = -way.pushes_percent_mvc
        rise_s = way.rises_in_s if way.rises_in_s is not None else reach - start
        stops = let_go + way.lets_go_late_s
        if way.holds_s is not None:
            stops = start + rise_s + way.holds_s
        fall_s = end - let_go
        if at_s < start:
            level = self.kept_before
        elif at_s < start + rise_s:
            level = (
                max(top * (at_s - start) / rise_s, self.kept_before)
                if top > 0.0
                else top * (at_s - start) / rise_s
            )
        elif at_s < stops:
            level = top + way.trembles_percent_mvc * sin(2 * pi * 4.0 * at_s)
        elif at_s < stops + fall_s:
            level = top * (1 - (at_s - stops) / fall_s)
        else:
            level = 0.0
        if at_s >= reach and not way.pushes_percent_mvc:
            level = max(level, way.keeps_percent_mvc)
        return level

    @property
    def kept_before(self) -> float:
        """What she kept from the round before this one."""
        number = self.target.round if self.target is not None else None
        if number is None or number == 1:
            return 0.0
        return self.in_round.get(number - 1, self.usual).keeps_percent_mvc

    def _happens(self, moment: dict[str, Any], at_s: float, level: float) -> float:
        since_s = at_s - moment["at_s"]
        what, size = moment["what"], moment.get("size_percent_mvc", 0.0)
        during = 0.0 <= since_s < moment.get("lasts_s", 0.0)
        if what == "cough":
            return level + size * sin(pi * since_s / 0.3) if 0.0 <= since_s < 0.3 else level
        if what == "sits differently":
            return level + size * min(1.0, since_s / 0.05) if since_s >= 0.0 else level
        if what == "contraction":
            lasts_s = moment["lasts_s"]
            edge = max(0.0, min(1.0, since_s / 0.4, (lasts_s - since_s) / 0.4))
            return level + size * edge
        if what == "no number":
            return nan if during else level
        if what == "stuck":
            if since_s < 0.0:
                self.last = level
            return self.last if during else level
        if what == "noise":
            return level + self.random.gauss(0.0, size) if during else level
        assert what in ("second muscle", "unplugged"), what
        return level

    def _is_stuck(self, at_s: float) -> bool:
        return any(
            moment["what"] == "stuck" and 0.0 <= at_s - moment["at_s"] < moment["lasts_s"]
            for moment in self.moments
        )

    def second_muscle(self, at_s: float) -> float:
        """Level of the muscle that should stay quiet, in %MVC of its own."""
        level = self.way().second_muscle_percent_mvc if self._in_effort(at_s) else 0.0
        for moment in self.moments:
            if moment["what"] == "second muscle":
                during = 0.0 <= at_s - moment["at_s"] < moment["lasts_s"]
                level = max(level, moment["size_percent_mvc"] if during else 0.0)
        return 2.0 + level + self.random.gauss(0.0, 0.1)

    def belt(self, at_s: float) -> float:
        """A breathing belt: one breath in four seconds."""
        depth = 0.1 if self.way().holds_her_breath and self._in_effort(at_s) else 1.0
        return depth * sin(2 * pi * 0.25 * at_s)

    def _in_effort(self, at_s: float) -> bool:
        if self.target is None or not self.target.breakpoints:
            return False
        points = self.target.breakpoints
        return points[0][0] <= at_s < points[3][0]

    def is_unplugged(self, at_s: float) -> bool:
        return any(
            moment["what"] == "unplugged" and 0.0 <= at_s - moment["at_s"] < moment["lasts_s"]
            for moment in self.moments
        )
