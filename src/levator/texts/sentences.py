"""What the patient hears of an event: at most two short, calm sentences, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import get_args

from levator.texts import words
from levator.texts.speaker import Speaker, mark
from levator.training.events import (
    CommandRefused,
    ContractionEnded,
    ContractionKind,
    EffortAsked,
    EffortNoted,
    Event,
    FatigueEstablished,
    FatigueWarned,
    RefusalCode,
    RepetitionScored,
    RestScored,
    SessionEnded,
    SetEnd,
    SetEnded,
    SetStarted,
    SignalLost,
    SignalReturned,
    StateChanged,
    Tared,
    VerdictCode,
)
from levator.training.inputs import EFFORT_MOST
from levator.training.states import State

_AFTER_ROUND: Mapping[VerdictCode, str] = {
    "no_signal": mark("The sensor was away for a moment. This round does not count."),
    "coughed": mark("You coughed. This round does not count; just go on."),
    "moved": mark("You moved on the seat. This round does not count."),
    "breath_held": mark("Keep breathing while you hold. This round does not count."),
    "strained": mark("That was pushing. Close and lift, towards your head."),
    "co_contraction": mark("Another muscle helped. Keep your buttocks and belly relaxed."),
    "unsure": mark("We could not see this one clearly. This round does not count."),
    "too_strong": mark("That was stronger than needed. A little lighter is fine."),
    "not_released": mark("Let go a little sooner."),
    "weak": mark("A little stronger next time, up into the band."),
    "slow": mark("Go up a little faster next time."),
    "short": mark("A little longer next time, if you can."),
    "good": mark("Well done."),
}
#: Verdicts after which she first hears how long she held.
_WITH_HOLD: frozenset[VerdictCode] = frozenset({"good", "not_released", "slow", "short"})
_CONTRACTION: Mapping[ContractionKind, str] = {
    "lift": mark("A lift of %(peak)s %%, for %(duration)s."),
    "strain": mark("That was pushing, %(peak)s %% for %(duration)s. Close and lift instead."),
    "glutes_or_abdomen": mark(
        "Buttocks or belly helped: %(peak)s %% for %(duration)s. Keep them relaxed."
    ),
    "cannot_tell": mark("We could not see what this was: %(peak)s %% for %(duration)s."),
}
_SET_ENDED: Mapping[SetEnd, str] = {
    "rounds": mark("All rounds done. Rest now."),
    "past_fatigue": mark("Done: your muscle has worked enough. Rest now."),
    "before_fatigue": mark("Done, before it gets too much. Rest now."),
    "round_limit": mark("Done: this is enough for one set. Rest now."),
    "not_released": mark("We stop here: letting go comes first. Rest as long as you like."),
    "limits": mark("We stop here: your limits have changed. Your therapist explains it."),
    "stop": mark("Rest as long as you like."),
    "pain": mark("It is good that you say it hurts; tell your therapist more."),
    "clearance_revoked": mark("We stop here for today. Your therapist explains why."),
    "signal_lost": mark("The sensor is gone, so we stop here."),
    "recalibrate": mark("The seat has changed, so we measure again first."),
    "end_of_recording": mark("The recording ends here."),
}
#: Why a room ended a sitting by itself, as she reads it.
_ROOM_ENDED: Mapping[str, str] = {
    "not_allowed": mark(
        "What you may train today has changed, so we stop here. Your therapist explains why."
    ),
    "handed_over": mark("Another therapist treats you from now on, so we stop here."),
}
_STATE: Mapping[State, str] = {
    "ready": mark("Everything is ready."),
    "running": mark("We go on."),
    "paused": mark("Paused. You do not have to do anything now."),
    "no_signal": mark("The sensor is silent. You do not have to do anything now."),
    "tare_needed": mark("The sensor is back. Sit still for a moment first."),
    "taring": mark("Sit still and let everything go."),
    "set_ended": mark("Rest now."),
    "ended": mark("This session is over."),
}
_REFUSED: Mapping[RefusalCode, str] = {
    "not_now": mark("That cannot be done now."),
    "over_limits": mark("That is more than is allowed now."),
    "tare_first": mark("Sit still for a moment first."),
    "no_signal": mark("There is no signal from the sensor yet."),
    "reference_invalid": mark("Measure your own maximum again first."),
    "session_ended": mark("This session has ended."),
}


@singledispatch
def _say(event: object, speaker: Speaker) -> str | None:
    """Return None: she does not hear of the other events."""
    return None


def for_patient(speaker: Speaker, event: Event) -> str | None:
    """Return what the patient reads and hears of an event; None where silence is better."""
    return _say(event, speaker)


def ended_for_patient(speaker: Speaker, cause: str) -> str:
    """Return why a sitting ended, where somebody asked for it; empty otherwise."""
    asked: tuple[SetEnd, ...] = ("stop", "pain", "clearance_revoked")
    known = dict(_ROOM_ENDED) | {str(one): _SET_ENDED[one] for one in asked}
    return speaker.say(known[cause]) if cause in known else ""


@_say.register
def _(event: RepetitionScored, speaker: Speaker) -> str | None:
    if event.verdict == "unsure" and "interrupted" in event.reasons:
        return speaker.say("Broken off. This round does not count.")
    advice = speaker.say(_AFTER_ROUND[event.verdict])
    if event.held_s is None or event.verdict not in _WITH_HOLD:
        return advice
    held = speaker.say_count(
        "Held %(held)s of %(count)s second.",
        "Held %(held)s of %(count)s seconds.",
        event.hold_asked_s,
        held=event.held_s,
    )
    return f"{held} {advice}"


@_say.register
def _(event: RestScored, speaker: Speaker) -> str | None:
    return speaker.say("Take your time to let go completely.") if event.released is False else None


@_say.register
def _(event: ContractionEnded, speaker: Speaker) -> str | None:
    return " ".join(part for part in (_strength(event, speaker), _release(event, speaker)) if part)


def _strength(event: ContractionEnded, speaker: Speaker) -> str:
    """Return what it was, how strong and how long."""
    return speaker.say(
        _CONTRACTION[event.kind],
        peak=abs(round(event.peak_percent_mvc)),  # tenths of a percent only look exact
        duration=words.seconds(speaker, round(event.duration_s, 1)),
    )


def _release(event: ContractionEnded, speaker: Speaker) -> str:
    if event.released is None:
        return ""
    if event.released:
        return speaker.say("Then let go completely.")
    if event.level_after_percent_mvc is None:
        return speaker.say("Not let go completely yet.")
    left = abs(round(event.level_after_percent_mvc))
    return speaker.say("Not let go completely yet: %(left)s %% is left.", left=left)


@_say.register
def _(event: FatigueWarned, speaker: Speaker) -> str | None:
    return speaker.say("It is getting harder. That is part of it.")


@_say.register
def _(event: FatigueEstablished, speaker: Speaker) -> str | None:
    return speaker.say("Your muscle is tired now. Almost done.")


@_say.register
def _(event: SetStarted, speaker: Speaker) -> str | None:
    if event.dose.mode == "open":
        return speaker.say("There is no target now. Tighten and let go, and watch your own line.")
    return speaker.say("We begin. Follow the band.")


@_say.register
def _(event: SetEnded, speaker: Speaker) -> str | None:
    return speaker.say(_SET_ENDED[event.ended_by])


@_say.register
def _(event: EffortAsked, speaker: Speaker) -> str | None:
    return speaker.say("How hard was it for you, from 0 to %(most)s?", most=EFFORT_MOST)


@_say.register
def _(event: EffortNoted, speaker: Speaker) -> str | None:
    return speaker.say(
        "Thank you: %(effort)s out of %(most)s. Rest as long as you like.",
        effort=event.effort,
        most=EFFORT_MOST,
    )


@_say.register
def _(event: StateChanged, speaker: Speaker) -> str | None:
    texts = {name: _STATE[name] for name in get_args(State)}
    return speaker.say(texts[event.state]) if event.state in texts else None


@_say.register
def _(event: SignalLost, speaker: Speaker) -> str | None:
    silent = _STATE["no_signal"]
    return speaker.say(silent)


@_say.register
def _(event: SignalReturned, speaker: Speaker) -> str | None:
    if event.tare_needed:
        still = _STATE["tare_needed"]
        return speaker.say(still)
    return speaker.say("The sensor is back.")


@_say.register
def _(event: Tared, speaker: Speaker) -> str | None:
    return speaker.say("Thank you. You can go on.")


@_say.register
def _(event: CommandRefused, speaker: Speaker) -> str | None:
    return speaker.say(_REFUSED[event.reason]) if event.by == "patient" else None


@_say.register
def _(event: SessionEnded, speaker: Speaker) -> str | None:
    """All rounds done are counted; those that could be judged are told apart."""
    if not event.rounds:
        return speaker.say("This session is over.")
    done = speaker.say_count(
        "This session is over: %(count)s round.",
        "This session is over: %(count)s rounds.",
        event.rounds,
    )
    parts = [done, _how_many_count(event, speaker)]
    if event.ended_by != "pain":
        parts.append(_how_many_went_well(event, speaker))
    return " ".join(part for part in parts if part)


def _how_many_count(event: SessionEnded, speaker: Speaker) -> str:
    if event.valid_rounds == event.rounds:
        return ""
    if not event.valid_rounds:
        one, several = mark("We could not judge it."), mark("We could judge none.")
        return speaker.say(one if event.rounds == 1 else several)
    return speaker.say_count("%(count)s counts.", "%(count)s count.", event.valid_rounds)


def _how_many_went_well(event: SessionEnded, speaker: Speaker) -> str:
    if not event.good_rounds:
        return ""
    if event.good_rounds < event.rounds:
        return speaker.say_count(
            "%(count)s went well.", "%(count)s of them went well.", event.good_rounds
        )
    return speaker.say("It went well.") if event.rounds == 1 else speaker.say("All went well.")
