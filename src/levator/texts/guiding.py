"""What she is asked during the guided calibration, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import singledispatch

from levator.quantities import shown_unit
from levator.signals.phases import (
    Calibrated,
    CalibrationEvent,
    CalibrationFailed,
    Failure,
    Instruction,
    PhaseStarted,
    PolarityMeasured,
    RestMeasured,
    TrialMeasured,
)
from levator.texts import words
from levator.texts.speaker import Speaker, mark

_INSTRUCTIONS: Mapping[Instruction, str] = {
    "rest": mark("Sit comfortably and let everything go. Breathe calmly."),
    "lift": mark("Close and lift, towards your head."),
    "push": mark("Now push down very gently, as if you were blowing on your hand."),
    "hold_comfortably": mark("Tighten as far as it is comfortable, without pain, and hold."),
    "hold_hard": mark("Tighten as hard as you can, and hold. Keep breathing."),
    "quick": mark("Tighten fast, and let go at once."),
    "let_go": mark("Let go completely."),
}
_FAILURES: Mapping[Failure, str] = {
    "restless": mark("You were not at rest yet. Sit still and let go; we take the rest again."),
    "lift_unclear": mark("We could hardly see you lift. We try it once more."),
    "lift_and_push_alike": mark("Lift and push look alike. We try both once more."),
    "no_reference": mark("We did not clearly see you tighten. We try it once more."),
    "gap": mark("The sensor was away for a moment. We try it once more."),
}
#: The last time it is allowed to fail: nothing is tried once more.
_LAST_FAILURES: Mapping[Failure, str] = {
    "restless": mark("It did not become quite calm."),
    "lift_unclear": mark("The lift could hardly be seen."),
    "lift_and_push_alike": mark("Lift and push look alike."),
    "no_reference": mark("No clear contraction was seen."),
    "gap": mark("The sensor was away for a moment."),
}


#: The same, as the therapist and a report read it.
_SHE_IS_ASKED: Mapping[Instruction, str] = {
    "rest": mark("She sits comfortably and lets everything go."),
    "lift": mark("She closes and lifts, towards her head."),
    "push": mark("She pushes down very gently, as if she were blowing on her hand."),
    "hold_comfortably": mark("She tightens as far as it is comfortable, without pain, and holds."),
    "hold_hard": mark("She tightens as hard as she can, and holds. She keeps breathing."),
    "quick": mark("She tightens fast, and lets go at once."),
    "let_go": mark("She lets go completely."),
}


@singledispatch
def _say(event: object, speaker: Speaker) -> str | None:
    return None


def guiding(speaker: Speaker, event: CalibrationEvent) -> str | None:
    """Return what the patient reads and hears; None where nothing needs saying."""
    return _say(event, speaker)


def guided(speaker: Speaker, event: CalibrationEvent) -> str | None:
    """Return what the therapist reads of the same, and what a report prints."""
    match event:
        case PhaseStarted():
            return speaker.say(_SHE_IS_ASKED[event.phase.instruction])
        case RestMeasured():
            return speaker.say("Her resting tone is known.")
        case PolarityMeasured():
            return speaker.say("Lift and push are well told apart.")
        case Calibrated():
            kind = speaker.say(words.REFERENCES[event.reference.kind])
            return speaker.say("All is measured. 100 %% is her %(kind)s.", kind=kind)
        case CalibrationFailed():
            if event.failure == "restless":
                said = speaker.say("She was not at rest.")
                again = speaker.say("Let her sit still; the rest is taken again.")
                return said if event.is_last else f"{said} {again}"
            said = speaker.say(_LAST_FAILURES[event.failure])
            return said if event.is_last else f"{said} {speaker.say('It is tried once more.')}"
        case _:
            return guiding(speaker, event)


@_say.register
def _(event: PhaseStarted, speaker: Speaker) -> str | None:
    return speaker.say(_INSTRUCTIONS[event.phase.instruction])


@_say.register
def _(event: RestMeasured, speaker: Speaker) -> str | None:
    return speaker.say("Your resting tone is known.")


@_say.register
def _(event: PolarityMeasured, speaker: Speaker) -> str | None:
    return speaker.say("We can see well whether you lift or push.")


@_say.register
def _(event: TrialMeasured, speaker: Speaker) -> str | None:
    return speaker.say("Attempt %(trial)s is measured.", trial=event.trial)


@_say.register
def _(event: Calibrated, speaker: Speaker) -> str | None:
    kind = speaker.say(words.REFERENCES[event.reference.kind])
    return speaker.say("All is measured. 100 %% is your %(kind)s.", kind=kind)


@_say.register
def _(event: CalibrationFailed, speaker: Speaker) -> str | None:
    said = _LAST_FAILURES if event.is_last else _FAILURES
    return speaker.say(said[event.failure])


def measured_numbers(
    speaker: Speaker, result: CalibrationEvent, unit: str, clear: float | None = None
) -> str:
    """Return the numbers of a result in a sentence; empty where there are none.

    clear : from how far off rest a change counts, in the same unit.
    """

    def number(value: float) -> str:
        return f"{speaker.number(value, 2)} {shown_unit(unit)}"

    match result:
        case RestMeasured():
            text = mark("Rest %(rest)s, spread %(spread)s.")
            return speaker.say(text, rest=number(result.rest), spread=number(result.rest_sd))
        case PolarityMeasured():
            text = mark("From rest: lift %(lift)s, push %(push)s.")
            return speaker.say(text, lift=number(result.lift), push=number(result.push))
        case TrialMeasured():
            return speaker.say("%(height)s above rest.", height=number(result.height))
        case Calibrated():
            ends = result.reference
            text = mark("0 %% is %(rest)s, 100 %% is %(reference)s.")
            return speaker.say(text, rest=number(ends.rest), reference=number(ends.reference))
        case CalibrationFailed():
            return " ".join(_why_failed(result, number, speaker, clear))
        case _:
            return ""


def _why_failed(
    failed: CalibrationFailed,
    number: Callable[[float], str],
    speaker: Speaker,
    clear: float | None,
) -> Iterator[str]:
    if failed.lift is not None and failed.push is not None:
        text = mark("From rest: lift %(lift)s, push %(push)s.")
        yield speaker.say(text, lift=number(failed.lift), push=number(failed.push))
    if failed.best is not None:
        yield speaker.say("Best attempt: %(height)s above rest.", height=number(failed.best))
    if failed.rest_sd is not None and failed.failure != "gap":
        yield speaker.say("Spread at rest: %(spread)s.", spread=number(failed.rest_sd))
        if failed.calm_sd is not None:
            yield speaker.say("In her calmest seconds: %(spread)s.", spread=number(failed.calm_sd))
        elif clear is not None:
            yield speaker.say("From %(clear)s on it counts.", clear=number(clear))
