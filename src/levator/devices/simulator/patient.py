"""The simulated patient: what she wants, what her muscle makes of it, and what goes wrong.

Pure: time is handed in, randomness comes from the generator given. All forces are shares of
her own fresh maximum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, pi, sin, sqrt
from random import Random
from typing import Literal, TypeAlias, get_args

from levator.devices.device import Breakpoints
from levator.devices.simulator.muscle import Muscle, work
from levator.devices.simulator.parameters import Parameters
from levator.quantities import Hertz, Seconds
from levator.signals.phases import Instruction

#: What she can be asked to do. `lift` is doing it right; `cough` and `move` happen once.
Behaviour: TypeAlias = Literal[
    "lift",
    "strain",
    "over_squeeze",
    "glutes",
    "abdomen",
    "tire",
    "lag",
    "hold_breath",
    "practise",
    "cough",
    "move",
]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
ONCE = frozenset({"cough", "move"})
_HOLDS: frozenset[Instruction] = frozenset({"hold_hard", "hold_comfortably"})
#: The part of a hold that she remembers as what she can.
_PLATEAU_S = (1.5, 4.0)
_RELEASED: frozenset[Instruction] = frozenset({"rest", "let_go"})
#: The muscle model is stepped at most this far at once.
_LONGEST_STEP_S = 0.02
_PRACTISE_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Body:
    """What she does at one moment; shares of her fresh maximum, breath from -1 to 1.

    effort : central drive of the pelvic floor, which a tired muscle no longer follows.
    """

    lift: float
    push: float
    glutes: float
    abdomen: float
    cough: float
    posture: float
    breath: float
    effort: float


class _Wander:
    """Noise of unit variance that forgets with a corner frequency."""

    def __init__(self, rng: Random, corner_hz: Hertz) -> None:
        self._rng, self._corner_hz, self.value = rng, corner_hz, 0.0

    def advance(self, dt_s: Seconds) -> float:
        keep = exp(-2 * pi * self._corner_hz * dt_s)
        self.value = keep * self.value + sqrt(1 - keep * keep) * self._rng.gauss(0, 1)
        return self.value


class _Held:
    """Her reference: the best plateau of the holds she was asked for, 1.0 before the first."""

    def __init__(self) -> None:
        self.best = 1.0
        self._plateaus: list[float] = []
        self._began_s, self._count, self._total = 0.0, 0, 0.0

    def begin(self, at_s: Seconds) -> None:
        if self._count:
            self._plateaus.append(self._total / self._count)
            self.best = max(self._plateaus)
        self._began_s, self._count, self._total = at_s, 0, 0.0

    def note(self, at_s: Seconds, level: float) -> None:
        if _PLATEAU_S[0] <= at_s - self._began_s < _PLATEAU_S[1]:
            self._count, self._total = self._count + 1, self._total + level


class Patient:
    """She sees a target, hears instructions, and moves as well as she can."""

    def __init__(self, parameters: Parameters, rng: Random, lag_s: Seconds | None = None) -> None:
        self.muscle = Muscle()
        self.behaviours: set[str] = set()
        self._p, self._rng = parameters, rng
        faster = parameters.muscle.fatigue_per_s * parameters.mishaps.tire_times
        self._tiring = replace(parameters.muscle, fatigue_per_s=faster)
        self._lag_s = parameters.following.lag_s if lag_s is None else lag_s
        self._now_s = 0.0
        self._breakpoints: Breakpoints = ()
        self._valid_until_s = 0.0
        self._instruction: Instruction = "rest"
        self._next: tuple[Seconds, Instruction] | None = None
        self._held = _Held()
        self._wish = self._push = self._glutes = self._abdomen = 0.0
        self._tremor = [
            _Wander(rng, parameters.movement.tremor_slow_hz),
            _Wander(rng, parameters.movement.tremor_fast_hz),
        ]
        self._breaths = _Wander(rng, parameters.breathing.rate_hz / 4)
        self._breath_phase = rng.uniform(0, 2 * pi)
        self._cough: tuple[Seconds, float] | None = None
        self._posture = self._creep = 0.0
        self._creep_s = parameters.mishaps.move_creep_shortest_s

    # --- What reaches her

    def see(self, breakpoints: Breakpoints, valid_until_s: Seconds) -> None:
        """Show her the target in % of her reference; it replaces what was asked before."""
        self._breakpoints, self._valid_until_s = breakpoints, valid_until_s
        if breakpoints:
            self._instruction, self._next = "rest", None

    def hear(self, instruction: Instruction) -> None:
        """Say an instruction; she reacts after her reaction time."""
        self._next = (self._now_s + self._p.following.reaction_s, instruction)

    def behave(self, behaviour: Behaviour, on: bool = True) -> None:
        """Begin or end a behaviour; `lift` ends all others."""
        if behaviour == "lift":
            self.behaviours.clear()
        elif behaviour == "cough":
            height = self._rng.uniform(self._p.mishaps.cough_lowest, self._p.mishaps.cough_highest)
            self._cough = (self._now_s, height * self._rng.choice((-1, 1)))
        elif behaviour == "move":
            self._move()
        elif on:
            self.behaviours.add(behaviour)
        else:
            self.behaviours.discard(behaviour)

    def _move(self) -> None:
        p = self._p.mishaps
        step = self._rng.uniform(p.move_lowest, p.move_highest) * self._rng.choice((-1, 1))
        self._posture += step * (1 - p.move_creep_share)
        self._creep += step * p.move_creep_share
        self._creep_s = self._rng.uniform(p.move_creep_shortest_s, p.move_creep_longest_s)

    # --- What she wants

    def wanted(self, at_s: Seconds) -> float:
        """Return the share of her maximum that she means to reach; negative is pushing."""
        lag_s = self._p.following.late_lag_s if "lag" in self.behaviours else self._lag_s
        if at_s <= self._valid_until_s and self._breakpoints:
            return _on_line(self._breakpoints, at_s - lag_s) / 100 * self._held.best
        if self._instruction in _RELEASED and "practise" in self.behaviours:
            return self._practised(at_s)
        return self._instructed()

    def _instructed(self) -> float:
        p = self._p.following
        return {
            "lift": p.lift_share,
            "push": -p.push_share,
            "hold_hard": 1.0,
            "hold_comfortably": p.comfortable_share,
            "quick": p.quick_share,
        }.get(self._instruction, 0.0)

    def _practised(self, at_s: Seconds) -> float:
        p = self._p.following
        since_s = at_s % p.practise_every_s - _PRACTISE_AFTER_S
        return p.practise_share if 0 <= since_s < p.practise_hold_s else 0.0

    # --- What comes of it

    def advance(self, at_s: Seconds, dt_s: Seconds) -> Body:
        """Live until `at_s`, `dt_s` after the last time, and return what she does then."""
        self._now_s = at_s
        if self._next and at_s >= self._next[0]:
            self._instruction, self._next = self._next[1], None
            self._held.begin(at_s)
        wanted = self.wanted(at_s)
        wish = self._meant(wanted, dt_s)
        self._contract(wish, dt_s)
        if self._instruction in _HOLDS:
            self._held.note(at_s, self.muscle.active)
        return Body(
            lift=self._force(dt_s),
            push=self._push,
            glutes=self._glutes,
            abdomen=self._abdomen,
            cough=self._coughed(),
            posture=self._settled(dt_s),
            breath=self._breathed(wanted, dt_s),
            effort=min(1.0, self.muscle.active / max(self.muscle.capacity, 0.05)),
        )

    def _meant(self, wanted: float, dt_s: Seconds) -> float:
        """Return what the pelvic floor is to do; other muscles take over when she does it wrong."""
        p = self._p.mishaps
        push, glutes, abdomen = max(0.0, -wanted), 0.0, max(0.0, -wanted)
        wish = max(0.0, wanted)
        if wish and "over_squeeze" in self.behaviours:
            wish = wish * p.over_squeeze_times + p.over_squeeze_more
        if wish and "strain" in self.behaviours:
            push = abdomen = wish * p.strain_times
            wish = 0.0
        if wish and "glutes" in self.behaviours:
            glutes, wish = p.glutes_share, wish * p.glutes_lift_times
        if wish and "abdomen" in self.behaviours:
            abdomen = p.abdomen_share
        move = self._p.movement
        self._push = _toward(self._push, push, move.rise_per_s * dt_s, move.release_per_s * dt_s)
        slow = p.glutes_share / p.glutes_rise_s * dt_s
        self._glutes = _toward(self._glutes, glutes, slow, slow)
        self._abdomen = _toward(
            self._abdomen, abdomen, move.rise_per_s * dt_s, move.release_per_s * dt_s
        )
        return min(1.0, wish)

    def _contract(self, wish: float, dt_s: Seconds) -> None:
        p, tired = self._p.movement, self.muscle.fatigued
        rise = p.rise_per_s * max(p.slowest, 1 - p.slower_rise_per_fatigued * tired)
        release = p.release_per_s * max(p.slowest, 1 - p.slower_release_per_fatigued * tired)
        rising = wish > self._wish
        late_s = tired * tired * (p.late_rise_s if rising else p.late_release_s)
        goal = self._wish + (wish - self._wish) * min(1.0, dt_s / max(late_s, dt_s))
        self._wish = _toward(self._wish, goal, rise * dt_s, release * dt_s)
        rates = self._tiring if "tire" in self.behaviours else self._p.muscle
        steps = max(1, -int(-dt_s // _LONGEST_STEP_S))
        for _ in range(steps):
            self.muscle = work(self.muscle, self._wish, rates, dt_s / steps)

    def _force(self, dt_s: Seconds) -> float:
        p = self._p.movement
        unsteady = sum(wander.advance(dt_s) for wander in self._tremor) / sqrt(len(self._tremor))
        more = 1 + p.more_tremor_per_fatigued * self.muscle.fatigued
        spread = p.tremor_at_rest + p.tremor * more * self.muscle.active
        return max(0.0, self.muscle.active + spread * unsteady)

    def _coughed(self) -> float:
        if self._cough is None:
            return 0.0
        began_s, height = self._cough
        share = (self._now_s - began_s) / self._p.mishaps.cough_lasts_s
        if share > 1:
            self._cough = None
            return 0.0
        return height * sin(pi * share)

    def _settled(self, dt_s: Seconds) -> float:
        self._creep *= exp(-dt_s / self._creep_s)
        return self._posture + self._creep

    def _breathed(self, wanted: float, dt_s: Seconds) -> float:
        p = self._p.breathing
        rate_hz = p.rate_hz * (1 + p.rate_varies * self._breaths.advance(dt_s))
        if not (wanted and "hold_breath" in self.behaviours):
            self._breath_phase += 2 * pi * rate_hz * dt_s
        return sin(self._breath_phase)


def _toward(now: float, goal: float, up: float, down: float) -> float:
    return min(goal, now + up) if goal > now else max(goal, now - down)


def _on_line(breakpoints: Breakpoints, at_s: Seconds) -> float:
    """Return the target at a time: straight between breakpoints, rest outside them."""
    for (from_s, before), (to_s, after) in pairwise(breakpoints):
        if from_s <= at_s < to_s:
            return before + (after - before) * (at_s - from_s) / (to_s - from_s)
    return 0.0
