"""What the therapist reads of an event: the fact, the numbers behind it, the reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from levator.quantities import PercentMvc
from levator.texts import words
from levator.texts.answers import breach
from levator.texts.speaker import Speaker, mark
from levator.training.events import (
    CommandRefused,
    ContractionEnded,
    DoseAccepted,
    EffortAsked,
    EffortNoted,
    Event,
    FatigueEstablished,
    FatigueWarned,
    GapFound,
    LimitsChanged,
    Marked,
    QualityFlagged,
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
)
from levator.training.inputs import EFFORT_MOST

#: Reasons of a repetition, a rest or a contraction; the numbers come from the event.
_REASONS: Mapping[str, str] = {
    "no_signal": mark("signal missing"),
    "coughed": mark("a cough"),
    "moved": mark("a change of posture"),
    "breath_held": mark("breathing stopped during the hold"),
    "strained": mark("pushed down, below rest"),
    "co_contraction": mark("another muscle was active"),
    "unsure": mark("the signal is in doubt"),
    "too_strong": mark("held at %(mean)s %%, asked %(force)s %%"),
    "not_released": mark("%(level)s %% when judged at rest"),
    "weak": mark("reached %(mean)s of %(force)s %%"),
    "slow": mark("rose at %(rate)s of %(rate_asked)s %% per second"),
    "short": mark("%(in_band)s %% of the hold in the band"),
    "good": mark("held %(held)s of %(hold_asked)s s"),
    "interrupted": mark("this round does not count"),
    "breath_held: not known": mark("breathing not measured"),
    "co_contraction: not known": mark("no second muscle measured"),
    "polarity: not known": mark("lift and push not told apart: no calibration"),
}
_OVERSHOT = mark(
    "held at %(mean)s %%, asked %(force)s %%, but for a while more than two bands above"
)
_SET_ENDED: Mapping[SetEnd, str] = {
    "rounds": mark("all rounds done"),
    "past_fatigue": mark("one round past fatigue"),
    "before_fatigue": mark("just before fatigue"),
    "round_limit": mark("the cap on rounds or effort time"),
    "not_released": mark("not released, twice running, at the longest rest"),
    "limits": mark("the limits have changed"),
    "stop": mark("stopped by hand"),
    "pain": mark("pain"),
    "clearance_revoked": mark("clearance revoked"),
    "signal_lost": mark("signal lost"),
    "recalibrate": mark("the seat has changed"),
    "end_of_recording": mark("end of the recording"),
}
#: Why a sitting ended: as a set does, or because the room ended it by itself.
_ENDED: Mapping[str, str] = {str(name): text for name, text in _SET_ENDED.items()} | {
    "not_allowed": mark("what she may train today has changed"),
    "handed_over": mark("another therapist treats her now"),
}
_REFUSED: Mapping[RefusalCode, str] = {
    "not_now": mark("Refused: not possible in this state."),
    "over_limits": mark("Refused: over the limits."),
    "tare_first": mark("Refused: take the resting tone first."),
    "no_signal": mark("Refused: there is no signal."),
    "reference_invalid": mark(
        "Refused: the reference contraction does not hold for this seat any more; take it again."
    ),
    "session_ended": mark("Refused: this session has ended."),
}


@singledispatch
def _say(event: object, speaker: Speaker) -> str | None:
    """Return None: the other events are drawn, not said."""
    return None


def for_therapist(speaker: Speaker, event: Event) -> str | None:
    """Return an event as the therapist reads it; None for what is drawn only."""
    return _say(event, speaker)


def ended_for_therapist(speaker: Speaker, cause: str) -> str:
    """Return why it ended, where nothing was trained; empty where nobody asked for it."""
    if cause not in _ENDED:
        return ""
    return speaker.say("Session ended: %(why)s.", why=speaker.say(_ENDED[cause]))


def reason(speaker: Speaker, code: str, numbers: Mapping[str, float | None]) -> str:
    """Return one reason in words; a number that is not known is a dash."""
    text = _REASONS.get(code)
    if text is None:
        return code
    known = {name: "–" if one is None else one for name, one in numbers.items()}
    return speaker.say(text, **known)


def repetition_reasons(
    speaker: Speaker, event: RepetitionScored, band_percent_mvc: PercentMvc = 0.0
) -> str:
    """Return all reasons of a repetition with their numbers, the verdict's own first.

    band_percent_mvc : half width of the band. A hold whose mean is not above it was not too
        strong as a whole, only for a while.
    """
    numbers = {
        "mean": _whole(event.hold_mean_percent_mvc),
        "force": event.force_percent_mvc,
        "level": _whole(event.judged_level_percent_mvc),
        "rate": _whole(event.rise_rate_percent_mvc_per_s),
        "rate_asked": _whole(event.rise_rate_asked_percent_mvc_per_s),
        "in_band": _whole(event.time_in_band_percent),
        "held": event.held_s,
        "hold_asked": event.hold_asked_s,
    }
    codes = [code for code in event.reasons if not (code == "unsure" and is_broken_off(event))]
    said = {code: reason(speaker, code, numbers) for code in codes}
    if event.verdict == "coughed" and "coughed" in said:
        # The verdict says the cough already; what is new is what became of the round.
        said["coughed"] = reason(speaker, "interrupted", numbers)
    mean = event.hold_mean_percent_mvc
    is_high = mean is None or mean > event.force_percent_mvc + band_percent_mvc
    if "too_strong" in said and not is_high:
        asked = round(event.force_percent_mvc, 1)
        said["too_strong"] = speaker.say(_OVERSHOT, mean=round(mean or 0.0), force=asked)
    return "; ".join(said.values())


def is_broken_off(event: RepetitionScored) -> bool:
    """Return whether the round was broken off while its signal was sound."""
    return event.verdict == "unsure" and "interrupted" in event.reasons


def verdict_word(speaker: Speaker, event: RepetitionScored) -> str:
    """Return the verdict in a word or two; a round broken off is not one in doubt."""
    if is_broken_off(event):
        return speaker.say("Broken off")
    return speaker.say(words.VERDICTS[event.verdict])


def _whole(number: float | None) -> float | None:
    return None if number is None else round(number)


@_say.register
def _(event: RepetitionScored, speaker: Speaker) -> str | None:
    verdict = verdict_word(speaker, event)
    return f"{verdict}{speaker.colon}{repetition_reasons(speaker, event)}."


@_say.register
def _(event: RestScored, speaker: Speaker) -> str | None:
    if event.rest_percent_mvc is None:
        return speaker.say("The rest was not measured.")
    text = mark("%(level)s %% at the end of the rest; the next rest is %(next)s s.")
    said = speaker.say(text, level=round(event.rest_percent_mvc), next=event.next_rest_s)
    extra = "; ".join(reason(speaker, code, {}) for code in event.reasons)
    return f"{said} ({extra})" if extra else said


@_say.register
def _(event: ContractionEnded, speaker: Speaker) -> str | None:
    said = speaker.say(
        "%(kind)s: peak %(peak)s %%, mean %(mean)s %%, %(duration)s s.",
        kind=speaker.say(words.CONTRACTIONS[event.kind]),
        peak=round(event.peak_percent_mvc),
        mean=round(event.mean_percent_mvc),
        duration=event.duration_s,
    )
    parts = [said, _after(event, speaker)]
    parts += [reason(speaker, code, {}).capitalize() + "." for code in event.reasons]
    return " ".join(parts)


def _after(event: ContractionEnded, speaker: Speaker) -> str:
    if event.level_after_percent_mvc is None:
        return speaker.say("Release not known.")
    left = round(event.level_after_percent_mvc)
    if event.released:
        return speaker.say("Released, %(left)s %% left.", left=left)
    return speaker.say("Not released, %(left)s %% left.", left=left)


@_say.register
def _(event: FatigueWarned, speaker: Speaker) -> str | None:
    signs = words.fatigue_signs(speaker, event.signs)
    return speaker.say_count(
        "Fatigue warns in round %(round)s, %(count)s sign: %(signs)s.",
        "Fatigue warns in round %(round)s, %(count)s signs: %(signs)s.",
        len(event.signs),
        round=event.round,
        signs=signs,
    )


@_say.register
def _(event: FatigueEstablished, speaker: Speaker) -> str | None:
    signs = words.fatigue_signs(speaker, event.signs)
    text = mark("Fatigue established in round %(round)s: %(signs)s.")
    return speaker.say(text, round=event.round, signs=signs)


@_say.register
def _(event: SetStarted, speaker: Speaker) -> str | None:
    text = mark("Set %(set)s begins: %(dose)s.")
    return speaker.say(text, set=event.set_number, dose=words.dose(speaker, event.dose))


@_say.register
def _(event: SetEnded, speaker: Speaker) -> str | None:
    why = speaker.say(_SET_ENDED[event.ended_by])
    if not event.rounds:
        return speaker.say("Set %(set)s ended: %(why)s.", set=event.set_number, why=why)
    return speaker.say_count(
        "Set %(set)s ended after %(count)s round: %(why)s. %(good)s good of %(valid)s scored.",
        "Set %(set)s ended after %(count)s rounds: %(why)s. %(good)s good of %(valid)s scored.",
        event.rounds,
        set=event.set_number,
        why=why,
        good=event.good_rounds,
        valid=event.valid_rounds,
    )


@_say.register
def _(event: EffortAsked, speaker: Speaker) -> str | None:
    return speaker.say("She is asked how hard it was.")


@_say.register
def _(event: EffortNoted, speaker: Speaker) -> str | None:
    return speaker.say("Own effort: %(effort)s of %(most)s.", effort=event.effort, most=EFFORT_MOST)


@_say.register
def _(event: StateChanged, speaker: Speaker) -> str | None:
    return f"{words.state(speaker, event.state)}."


@_say.register
def _(event: QualityFlagged, speaker: Speaker) -> str | None:
    return speaker.say(
        "%(channel)s: %(what)s, from %(from)s to %(to)s s.",
        **{"from": event.from_s, "to": event.to_s},
        channel=event.channel,
        what=speaker.say(words.QUALITIES[event.quality]),
    )


@_say.register
def _(event: GapFound, speaker: Speaker) -> str | None:
    return speaker.say_count(
        "%(stream)s: %(count)s sample never came.",
        "%(stream)s: %(count)s samples never came.",
        event.missing,
        stream=event.stream,
    )


@_say.register
def _(event: SignalLost, speaker: Speaker) -> str | None:
    if event.cause == "driver":
        return speaker.say("%(stream)s: the sensor is gone. Paused.", stream=event.stream)
    return speaker.say("%(stream)s: no samples. Paused.", stream=event.stream)


@_say.register
def _(event: SignalReturned, speaker: Speaker) -> str | None:
    silent = speaker.number(event.silent_s)
    if event.tare_needed:
        text = mark("%(stream)s is back after %(silent)s s; take the resting tone again first.")
        return speaker.say(text, stream=event.stream, silent=silent)
    text = mark("%(stream)s is back after %(silent)s s.")
    return speaker.say(text, stream=event.stream, silent=silent)


@_say.register
def _(event: Tared, speaker: Speaker) -> str | None:
    return speaker.say("Resting tone taken again.")


@_say.register
def _(event: DoseAccepted, speaker: Speaker) -> str | None:
    text = mark("From round %(round)s: %(dose)s.")
    return speaker.say(text, round=event.from_round, dose=words.dose(speaker, event.dose))


@_say.register
def _(event: LimitsChanged, speaker: Speaker) -> str | None:
    limits = words.limits(speaker, event.limits)
    return speaker.say("Limits from now on: %(limits)s.", limits=limits)


@_say.register
def _(event: CommandRefused, speaker: Speaker) -> str | None:
    said = speaker.say(_REFUSED[event.reason])
    return " ".join([said, *(breach(speaker, one) for one in event.breaches)])


@_say.register
def _(event: Marked, speaker: Speaker) -> str | None:
    known = {str(name): text for name, text in words.MARKS.items()}
    what = speaker.say(known[event.mark]) if event.mark in known else event.mark
    return speaker.say("Marked: %(what)s.", what=what)


@_say.register
def _(event: SessionEnded, speaker: Speaker) -> str | None:
    known = event.ended_by in _ENDED
    why = speaker.say(_ENDED[event.ended_by]) if known else event.ended_by
    if not event.rounds:
        return speaker.say("Session ended: %(why)s.", why=why)
    return speaker.say_count(
        "Session ended: %(why)s. %(good)s good of %(valid)s scored, %(count)s round.",
        "Session ended: %(why)s. %(good)s good of %(valid)s scored, %(count)s rounds.",
        event.rounds,
        why=why,
        good=event.good_rounds,
        valid=event.valid_rounds,
    )
