"""The states of a session and every way between them, as one table.

House rule: a transition that is not in TRANSITIONS does not exist; nobody sets a state by
hand. The docs draw their diagram from this table.
"""

from __future__ import annotations

from typing import Literal

State = Literal[
    "ready",  # calibrated, nothing asked
    "running",  # a set is under way; the only state in which effort is asked
    "paused",  # by a person or because the patient's page is gone; the target is rest
    "no_signal",  # silence; the target is rest
    "tare_needed",  # samples are back after a long silence; the resting tone is in doubt
    "taring",  # sitting still while the resting tone is taken
    "set_ended",  # between sets; effort rating is asked
    "ended",  # the sitting is over
]
Trigger = Literal[
    "start",
    "pause",
    "resume",
    "signal_lost",
    "signal_back",  # a set waits for its resume
    "signal_back_idle",  # no set was under way
    "signal_back_late",  # after so long that the resting tone is in doubt
    "tare",
    "tared",
    "tared_idle",
    "set_over",
    "session_over",
]

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    ("ready", "start"): "running",
    ("ready", "signal_lost"): "no_signal",
    ("ready", "tare"): "taring",
    ("ready", "session_over"): "ended",
    ("running", "pause"): "paused",
    ("running", "signal_lost"): "no_signal",
    ("running", "set_over"): "set_ended",
    ("paused", "resume"): "running",
    ("paused", "signal_lost"): "no_signal",
    ("paused", "tare"): "taring",
    ("paused", "set_over"): "set_ended",
    ("no_signal", "signal_back"): "paused",
    ("no_signal", "signal_back_idle"): "ready",
    ("no_signal", "signal_back_late"): "tare_needed",
    ("no_signal", "session_over"): "ended",
    ("tare_needed", "tare"): "taring",
    ("tare_needed", "signal_lost"): "no_signal",
    ("tare_needed", "session_over"): "ended",
    ("taring", "tared"): "paused",
    ("taring", "tared_idle"): "ready",
    ("taring", "signal_lost"): "no_signal",
    ("taring", "session_over"): "ended",
    ("set_ended", "start"): "running",
    ("set_ended", "signal_lost"): "no_signal",
    ("set_ended", "tare"): "taring",
    ("set_ended", "session_over"): "ended",
}


def after(state: State, trigger: Trigger) -> State | None:
    """Return the state that the trigger leads to, or None where it leads nowhere."""
    return TRANSITIONS.get((state, trigger))
