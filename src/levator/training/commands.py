"""What people ask of a session, one function per kind of command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from levator.quantities import Seconds
from levator.signals.averages import median
from levator.signals.quality import NO_EDGE
from levator.training import judging, rounds
from levator.training.describe import tell_contraction
from levator.training.dose import Dose
from levator.training.events import (
    CommandRefused,
    EffortNoted,
    LimitsChanged,
    Marked,
    RefusalCode,
    SessionEnded,
    SetEnd,
    SignalLost,
    Tared,
)
from levator.training.inputs import EFFORT_MOST, Command, CommandKind, Tick
from levator.training.limits import Breach, breaches
from levator.training.state import SessionState
from levator.training.states import after


def apply(state: SessionState, command: Command) -> None:
    """Do what the command asks, or tell why not."""
    if state.name == "ended":
        refuse(state, command, "session_ended")
        return
    _DO[command.kind](state, command)


def refuse(
    state: SessionState,
    command: Command,
    reason: RefusalCode,
    over: tuple[Breach, ...] = (),
) -> None:
    """Tell that and why a command is not done."""
    state.tell(CommandRefused(state.now_s, command.kind, command.by, reason, over))


def _start(state: SessionState, command: Command) -> None:
    dose = command.dose or state.next_dose or state.context.dose
    if after(state.name, "start") is None or dose is None:
        refuse(state, command, _why_not(state))
        return
    if not _may_train(state, command, dose):
        return
    state.next_dose = None
    state.go("start", command.by)
    first_rise_s = command.first_rise_s
    if first_rise_s is None:
        first_rise_s = state.now_s + state.context.settings.session.lead_in_s
    rounds.begin_set(state, dose, first_rise_s)


def _may_train(state: SessionState, command: Command, dose: Dose) -> bool:
    """Check a dose before effort is asked: its reference, then its limits."""
    if dose.mode != "open" and not (
        state.reference_valid and state.primary.use.reference is not None
    ):
        refuse(state, command, "reference_invalid")
        return False
    over = breaches(dose, state.limits)
    if over:
        refuse(state, command, "over_limits", over)
        return False
    return True


def _why_not(state: SessionState) -> RefusalCode:
    if state.name in ("tare_needed", "taring"):
        return "tare_first"
    return "no_signal" if state.name == "no_signal" else "not_now"


def _pause(state: SessionState, command: Command) -> None:
    if state.name != "running":
        refuse(state, command, _why_not(state))
        return
    rounds.interrupt(state, signal_lost=False)
    rounds.tell_rest(state)
    state.go("pause", command.reason or command.by)


def _resume(state: SessionState, command: Command) -> None:
    if after(state.name, "resume") is None or state.set_state is None:
        refuse(state, command, _why_not(state))
        return
    state.go("resume", command.by)
    rounds.resume_set(state, state.now_s + state.context.settings.session.lead_in_s)


def _stop(state: SessionState, command: Command) -> None:
    """End the sitting; `reason` end_of_recording lets a round whose effort is over be judged."""
    at_end = command.kind == "stop" and command.reason == "end_of_recording"
    cause = command.reason or command.kind
    tell_contraction(state, is_followed=False)
    if state.set_state is not None:
        rounds.leave_round(state, is_cut_off=at_end)
        rounds.end_set(state, "end_of_recording" if at_end else _SET_ENDED_BY[command.kind])
    else:
        rounds.tell_rest(state)
    state.go("session_over", cause)
    total = state.totals
    state.tell(
        SessionEnded(
            state.now_s,
            cause,
            total.sets,
            total.rounds,
            total.good_rounds,
            total.valid_rounds,
            total.effort_s,
        )
    )


def _tired(state: SessionState, command: Command) -> None:
    now = state.set_state
    if now is None or now.plan is None:
        refuse(state, command, "not_now")
        return
    if now.established_round is None:
        round_number = now.plan.round if state.now_s > now.plan.start_s else now.rounds
        judging.establish_fatigue(state, (*now.signs, "tired"), max(1, round_number))


def _effort(state: SessionState, command: Command) -> None:
    if command.effort is None or not 0 <= command.effort <= EFFORT_MOST:
        refuse(state, command, "not_now")
        return
    state.effort = command.effort
    state.tell(EffortNoted(state.now_s, command.effort))


def _mark(state: SessionState, command: Command) -> None:
    if command.mark is None:
        refuse(state, command, "not_now")
        return
    state.marks = (*state.marks, (state.now_s, command.mark))
    state.tell(Marked(state.now_s, command.mark, command.by))
    if command.mark == "cushion":
        _void_reference(state)


def _void_reference(state: SessionState) -> None:
    """Another cushion is another seat: nothing may be asked in %MVC until it is taken anew."""
    state.reference_valid = False
    now = state.set_state
    if now is not None and now.dose.mode != "open":
        rounds.leave_round(state)
        rounds.end_set(state, "recalibrate")


def _dose(state: SessionState, command: Command) -> None:
    if command.dose is None or command.dose.mode == "open":
        refuse(state, command, "not_now")
        return
    if _may_train(state, command, command.dose):
        rounds.accept_dose(state, command.dose, command.by)


def _limits(state: SessionState, command: Command) -> None:
    if command.limits is None:
        refuse(state, command, "not_now")
        return
    state.limits = command.limits
    state.tell(LimitsChanged(state.now_s, command.limits))
    now = state.set_state
    if now is not None and breaches(now.dose, command.limits):
        rounds.leave_round(state)
        rounds.end_set(state, "limits")
    elif now is not None and now.plan is not None and state.name == "running":
        rounds.announce(state)


def _signal_lost(state: SessionState, command: Command) -> None:
    lose_signal(state, "driver")


def lose_signal(state: SessionState, cause: Literal["silence", "driver"]) -> None:
    """Silence: the round is over, nothing is asked."""
    if after(state.name, "signal_lost") is None:
        return
    rounds.interrupt(state, signal_lost=True)
    rounds.tell_rest(state)
    state.lost_position = state.position
    state.tare_from = None
    # Which required stream is behind depends on how they were cut; the session as a whole is.
    state.tell(SignalLost(state.now_s, state.primary_stream, cause))
    state.go("signal_lost", cause)


def _tare(state: SessionState, command: Command) -> None:
    if not state.go("tare", command.by):
        refuse(state, command, _why_not(state))
        return
    state.tare_from = state.position


def finish_tare(state: SessionState) -> None:
    """Move the resting tone to the median of the last quiet seconds."""
    settings = state.context.settings.calibration
    first = max(state.tare_from or 0, state.position - state.index(settings.rest_median_s))
    levels = [level for level in state.primary.tape.cut(first, state.position) if level == level]
    shift = median(levels) or 0.0
    state.tare_from = state.moved_by = None
    # Levels from here on are on another scale: the step between them is not hers.
    state.tared_at, state.cough_edges, state.shift_edges = state.position, NO_EDGE, NO_EDGE
    _shift_primary(state, shift)
    reference = state.primary.use.reference
    rest = shift
    if reference is not None:
        total = state.primary.scale.shifts
        span = (reference.reference - reference.rest) / 100.0
        rest = reference.rest
        for part in total:
            rest += part * span
    state.tell(Tared(state.now_s, rest))
    state.go("tared" if state.set_state is not None else "tared_idle", "tare")


def _shift_primary(state: SessionState, shift: float) -> None:
    """Apply a tare from this position on: to what was fed ahead, and to what comes."""
    feed, primary = state.feeds[state.primary_stream], state.primary
    tape = primary.tape
    ahead = [level - shift for level in tape.cut(state.position, tape.end)]
    cut = replace(tape, end=state.position)
    after_tare = replace(
        primary,
        tape=cut.append(ahead),
        scale=replace(primary.scale, shifts=(*primary.scale.shifts, shift)),
    )
    channels = tuple(after_tare if c is primary else c for c in feed.channels)
    state.feeds[state.primary_stream] = replace(feed, channels=channels)


def tick(state: SessionState, now: Tick) -> None:
    """Notice silence: the clock goes on and no sample of a required stream has come."""
    state.alive_s = _alive_s(state.alive_s, state.ticked_position, now)
    state.ticked_position, state.ticked_s = now.at_index, now.elapsed_s
    if now.elapsed_s - state.alive_s >= state.context.settings.quality.silence_s:
        lose_signal(state, "silence")


def _alive_s(alive_s: Seconds | None, ticked_position: int | None, now: Tick) -> Seconds:
    """When a sample was last seen to have come, by the shell's clock."""
    if alive_s is None or ticked_position is None or now.at_index > ticked_position:
        return now.elapsed_s
    return alive_s


def is_urgent(state: SessionState) -> bool:
    """Whether something is due that a verdict, waiting for a late stream, must not hold up."""
    alive_s, ticked = state.alive_s, state.ticked_position
    for given in state.waiting:
        if given.at_index > state.reached:
            return False
        if isinstance(given, Command):
            if given.kind in _URGENT:
                return True
            continue
        alive_s, ticked = _alive_s(alive_s, ticked, given), given.at_index
        if given.elapsed_s - alive_s >= state.context.settings.quality.silence_s:
            return True
    return False


_SET_ENDED_BY: dict[CommandKind, SetEnd] = {
    "stop": "stop",
    "pain": "pain",
    "clearance_revoked": "clearance_revoked",
}

#: Effort is taken back, or the sensor is gone.
_URGENT: tuple[CommandKind, ...] = ("pause", "stop", "pain", "clearance_revoked", "signal_lost")

_DO: dict[CommandKind, Callable[[SessionState, Command], None]] = {
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
    "pain": _stop,
    "clearance_revoked": _stop,
    "tired": _tired,
    "effort": _effort,
    "mark": _mark,
    "dose": _dose,
    "limits": _limits,
    "signal_lost": _signal_lost,
    "tare": _tare,
}
