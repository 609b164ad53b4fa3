"""The work per block of EMG: our plain Python against scipy and numpy doing the same.

Same work on both sides, per push of 20 samples at 2000 Hz: band-pass of two sections with
carried state, rectifier, 100 ms moving mean, %MVC, target of (4; 2; 4; 6 s) at 40 %, in-band
flags and a counter of contractions. Both answers are compared before anything is timed.
The whole `step` of the engine, with everything a sitting needs, is reported apart.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import sub

import numpy as np
from scipy import signal

from levator import __version__
from levator.library.loader import library_version, load_hard_limits, load_settings
from levator.signals.conditioning import AT_REST, Scale
from levator.signals.conditioning import run as conditioned
from levator.signals.contraction import NOTHING_FOUND, detect, detector_limits
from levator.signals.design import filter_for
from levator.signals.reference import Reference
from levator.signals.samples import Channel, Samples, Stream
from levator.signals.tape import index_at
from levator.training import session
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose, RoundsRule
from levator.training.inputs import Command
from levator.training.pattern import Pattern
from levator.training.target import plan_of

FS, PUSH, SECONDS, REPEATS = 2000.0, 20, 40, 7
FORCE, BAND = 40.0, 10.0
SETTINGS = load_settings()
#: The work that is compared has a mean of 100 ms, whatever the library says.
CHAIN = filter_for("emg", "uV", FS, replace(SETTINGS.conditioning, emg_mean_s=0.1))
LIMITS = detector_limits(SETTINGS.contraction, FS)
DOSE = Dose(
    "basic_strength",
    FORCE,
    Pattern(4.0, 2.0, 4.0, 6.0),
    None,
    RoundsRule("number", 15, 240.0, 15),
)

Row = tuple[str, str, str, bool]
Pushed = tuple[Sequence[float], Sequence[float], Sequence[bool]]


class Ours:
    """The engine's own pieces, as `step` uses them."""

    def __init__(self) -> None:
        self.state, self.scale = AT_REST, Scale(100.0, 0.0)
        self.detector, self.found, self.index = NOTHING_FOUND, 0, 0
        self.next_round(0.0)

    def next_round(self, start_s: float) -> None:
        self.plan = plan_of(DOSE, 1, start_s, 0.0)
        self.curve, self.end = self.plan.curve(FS), index_at(self.plan.end_s, FS)

    def push(self, block: list[float]) -> Pushed:
        start = self.index
        if start >= self.end:
            self.next_round(self.plan.end_s)
        self.index = stop = start + len(block)
        levels, self.state = conditioned(CHAIN, self.scale, self.state, block)
        target = self.curve.levels(start, stop)
        low, high = -BAND, BAND
        in_band = [low <= apart <= high for apart in map(sub, levels, target)]
        self.detector, finding, seen = detect(self.detector, levels, start, LIMITS, True)
        while finding is not None:
            self.found += finding.ended is not None
            self.detector, finding, seen = detect(
                self.detector, levels[seen - start :], seen, LIMITS
            )
        return levels, target, in_band


class Scipy:
    """sosfilt with carried state, numpy for the rest."""

    def __init__(self) -> None:
        self.sos = np.array([[*s[:3], 1.0, *s[3:]] for s in CHAIN.sections])
        self.zi = np.zeros((len(self.sos), 2))
        width = CHAIN.rectify_mean_samples
        self.before, self.scale = np.zeros(width), 100.0 / width
        self.corners, self.heights = (
            np.array([0.0, 4.0, 6.0, 10.0, 16.0]),
            np.array([0.0, FORCE, FORCE, 0.0, 0.0]),
        )
        self.index, self.active, self.found, self.peak = 0, False, 0, 0.0

    def push(self, block: np.ndarray) -> Pushed:
        filtered, self.zi = signal.sosfilt(self.sos, block, zi=self.zi)
        sizes = np.concatenate((self.before, np.abs(filtered)))
        sums = np.cumsum(np.concatenate(([0.0], sizes)))
        width = len(self.before)
        levels = (sums[width + 1 :] - sums[1:-width]) * self.scale
        self.before = sizes[-width:]
        times = (self.index + np.arange(len(block))) / FS % self.corners[-1]
        self.index += len(block)
        target = np.interp(times, self.corners, self.heights)
        in_band = np.abs(levels - target) <= BAND
        above, below = levels >= LIMITS.found, levels < LIMITS.ended
        if self.active or above.any():
            for high, low in zip(above.tolist(), below.tolist(), strict=True):
                if not self.active:
                    self.active = high
                elif low:
                    self.active, self.found = False, self.found + 1
        return levels, target, in_band


def emg(seconds: int) -> np.ndarray:
    """Noise whose size is that of a woman who follows the target."""
    rng = np.random.default_rng(1)
    times = np.arange(int(seconds * FS)) / FS % 16.0
    size = 0.02 + np.interp(times, [0, 4, 6, 10, 16], [0, 0.45, 0.45, 0, 0])
    return np.ascontiguousarray(rng.standard_normal(len(times)) * size)


def microseconds(push: Callable[[object], object], blocks: Sequence[object]) -> float:
    """CPU time per push."""
    began = time.process_time()
    for block in blocks:
        push(block)
    return (time.process_time() - began) / len(blocks) * 1e6


def check_same(arrays: list[np.ndarray], lists: list[list[float]]) -> float:
    """Return the largest difference of the levels, %MVC; both must do the same work."""
    ours, scipy, worst = Ours(), Scipy(), 0.0
    settled = CHAIN.rectify_mean_samples * 4 // PUSH
    for n, (block, values) in enumerate(zip(arrays, lists, strict=True)):
        mine, theirs = ours.push(values), scipy.push(block)
        if n > settled:
            worst = max(worst, float(np.max(np.abs(np.array(mine[0]) - theirs[0]))))
            worst = max(worst, float(np.max(np.abs(np.array(mine[1]) - theirs[1]))))
    return worst


def kernel() -> list[Row]:
    samples = emg(SECONDS)
    arrays = [samples[i : i + PUSH] for i in range(0, len(samples), PUSH)]
    lists = [block.tolist() for block in arrays]
    apart = check_same(arrays, lists)
    ours, scipy = [], []
    for _ in range(REPEATS):  # in turn, so that both meet the same neighbours on the machine
        ours.append(microseconds(Ours().push, lists))
        scipy.append(microseconds(Scipy().push, arrays))
    ratios = [theirs / mine for mine, theirs in zip(ours, scipy, strict=True)]
    best, middle = min(scipy) / min(ours), statistics.median(ratios)
    text = (
        f"best {min(ours):.1f} against {min(scipy):.1f} us: 1/{best:.2f}; "
        f"median {statistics.median(ours):.1f} against {statistics.median(scipy):.1f} us: "
        f"1/{middle:.2f}"
    )
    return [
        ("kernel: levels and targets differ by at most", f"{apart:.1e} %MVC", "1e-9", apart < 1e-9),
        ("kernel: 20 samples at 2000 Hz, ours against scipy + numpy", text, "1/3.5", best >= 3.5),
    ]


def whole_step() -> list[Row]:
    stream = Stream("emg", FS, (Channel("emg", "emg", "uV"),), "int16")
    reference = Reference("declared", 5.0, 205.0, "uV")
    context = SessionContext(
        (stream,),
        (ChannelUse("emg", "emg", "primary", CHAIN, reference),),
        ("emg",),
        DOSE,
        load_hard_limits(),
        SETTINGS,
        False,
        True,
        None,
        None,
        None,
        __version__,
        library_version(),
    )
    values = [int(value) for value in (emg(SECONDS) * 450.0).tolist()]
    times = []
    for _ in range(3):
        state = session.begin(context)
        state, _ = session.step(state, Command("start", 0, "room", first_rise_s=0.0))
        began = time.process_time()
        for i in range(0, len(values), PUSH):
            state, _ = session.step(state, Samples("emg", i, (values[i : i + PUSH],)))
        times.append(SECONDS / (time.process_time() - began))
    text = f"best {max(times):.0f}, median {statistics.median(times):.0f} times real time"
    return [("step: a whole sitting, EMG at 2000 Hz", text, "50 times", max(times) >= 50.0)]


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    random.seed(1)
    return kernel() + whole_step()


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
