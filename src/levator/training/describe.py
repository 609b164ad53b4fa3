"""One contraction, whatever the mode: what it was, how strong, how long, how let go."""

from __future__ import annotations

from levator.quantities import PercentMvc
from levator.signals.averages import mean
from levator.signals.contraction import Contraction
from levator.training import doubt
from levator.training.events import ContractionEnded, ContractionKind
from levator.training.state import SessionState
from levator.training.verdict import CO_CONTRACTION_NOT_KNOWN


def tell_contraction(state: SessionState, is_followed: bool) -> None:
    """Tell the contraction that has ended, if one waits for the level after it."""
    if state.ended_contraction is not None:
        contraction, _ = state.ended_contraction
        state.ended_contraction = None
        state.tell(describe(state, contraction, is_followed))


def describe(state: SessionState, contraction: Contraction, is_followed: bool) -> ContractionEnded:
    """Return the contraction in numbers and a kind.

    is_followed : another contraction came before the level after this one could be read.
    """
    settings, fs, tape = state.context.settings, state.fs, state.primary.tape
    delay = int(state.primary.use.filter.delay_s * fs + 0.5)
    onset_s, end_s = (contraction.onset - delay) / fs, (contraction.end - delay) / fs
    kind, reasons = _kind(state, contraction, onset_s, end_s)
    after = None if is_followed else _level_after(state, contraction)
    held = tape.cut(contraction.onset, contraction.end)
    return ContractionEnded(
        state.now_s,
        kind,
        reasons,
        onset_s,
        end_s,
        contraction.peak,
        mean([level for level in held if level == level]) or 0.0,
        end_s - onset_s,
        after,
        None if after is None else abs(after) <= settings.verdicts.released_below_percent_mvc,
    )


def _level_after(state: SessionState, contraction: Contraction) -> PercentMvc | None:
    """Return the mean level a moment after a contraction, as far as the session has come."""
    settings = state.context.settings.contraction
    first = contraction.end + state.index(settings.level_after_from_s)
    stop = contraction.end + state.index(settings.level_after_to_s)
    return mean(state.primary.tape.cut(first, min(stop, state.position)))


def _kind(
    state: SessionState, contraction: Contraction, onset_s: float, end_s: float
) -> tuple[ContractionKind, tuple[str, ...]]:
    """Doubt first, then the second muscle, then the sign."""
    second = doubt.is_co_contracted(state, onset_s, end_s)
    unknown = (CO_CONTRACTION_NOT_KNOWN,) if second is None else ()
    if doubt.signal_is_missing(state, onset_s, end_s):
        return "cannot_tell", ("no_signal", *unknown)
    if doubt.is_coughed(state, onset_s, end_s):
        return "cannot_tell", ("coughed", *unknown)
    if state.primary.use.reference is None:
        return "cannot_tell", ("polarity: not known", *unknown)
    if second:
        return "glutes_or_abdomen", ("co_contraction",)
    if contraction.peak < 0.0:
        return "strain", ("strained", *unknown)
    return "lift", unknown
