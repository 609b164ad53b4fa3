"""One or a few words for every code that events, states and stages use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from levator.course.prescription import Setting
from levator.course.protocol import Stage
from levator.quantities import PercentMvc, Seconds
from levator.signals.reference import ReferenceKind
from levator.signals.samples import ChannelKind
from levator.texts.speaker import Speaker, mark
from levator.training.dose import Dose, Mode, RoundsRule
from levator.training.events import ContractionKind, FatigueSign, QualityCode, VerdictCode
from levator.training.inputs import Mark
from levator.training.limits import LimitCode, Limits
from levator.training.pattern import Pattern
from levator.training.states import State

Phase = Literal["rise", "hold", "fall", "rest"]

VERDICTS: Mapping[VerdictCode, str] = {
    "no_signal": mark("No signal"),
    "coughed": mark("Coughed"),
    "moved": mark("Moved"),
    "breath_held": mark("Breath held"),
    "strained": mark("Pushed"),
    "co_contraction": mark("Another muscle helped"),
    "unsure": mark("Unsure"),
    "too_strong": mark("Too strong"),
    "not_released": mark("Not released"),
    "weak": mark("Weak"),
    "slow": mark("Slow"),
    "short": mark("Short"),
    "good": mark("Good"),
}
KINDS: Mapping[ChannelKind, str] = {
    "force": mark("force"),
    "pressure": mark("pressure"),
    "emg": mark("EMG"),
    "emg_envelope": mark("EMG envelope"),
    "respiration": mark("breathing"),
    "other": mark("other"),
}
STATES: Mapping[State, str] = {
    "ready": mark("Ready to start"),
    "running": mark("Training"),
    "paused": mark("Paused"),
    "no_signal": mark("No signal"),
    "tare_needed": mark("Sit still first"),
    "taring": mark("Sit still"),
    "set_ended": mark("Between two sets"),
    "ended": mark("Ended"),
}
MODES: Mapping[Mode, str] = {
    "open": mark("Open training"),
    "basic_strength": mark("Basic strength"),
    "endurance": mark("Endurance"),
    "advanced": mark("Advanced"),
}
REFERENCES: Mapping[ReferenceKind, str] = {
    "mvc": mark("own maximum"),
    "comfortable_max": mark("own comfortable maximum"),
    "declared": mark("declared by hand"),
}
FATIGUE_SIGNS: Mapping[FatigueSign, str] = {
    "hold_not_reached": mark("hold not reached two rounds running"),
    "unsteady": mark("hold less steady than at the start"),
    "slower_rise": mark("rise slower than at the start"),
    "rest_not_released": mark("rest does not come down fully"),
    "effort_rated_high": mark("own effort rated high"),
    "tired": mark("she said that she is tired"),
}
QUALITIES: Mapping[QualityCode, str] = {
    "gap": mark("samples missing"),
    "not_a_number": mark("values that are no number"),
    "flat_line": mark("flat line"),
    "clipping": mark("at the end of its scale"),
    "out_of_range": mark("outside what a muscle can do"),
    "noise": mark("noise"),
    "cough": mark("cough"),
    "shift": mark("change of posture"),
}
CONTRACTIONS: Mapping[ContractionKind, str] = {
    "lift": mark("Lift"),
    "strain": mark("Pushing"),
    "glutes_or_abdomen": mark("Buttocks or belly"),
    "cannot_tell": mark("Cannot tell"),
}
MARKS: Mapping[Mark, str] = {
    "cough": mark("cough"),
    "moved": mark("moved"),
    "cushion": mark("cushion changed"),
}
LIMITS: Mapping[LimitCode, str] = {
    "force": mark("Force"),
    "hold": mark("Hold"),
    "cycle": mark("Round"),
    "rounds": mark("Rounds"),
    "effort": mark("Effort time"),
    "strength_not_cleared": mark("Strength training"),
}
SETTINGS: Mapping[Setting, str] = {
    "force": mark("Force"),
    "hold": mark("Hold"),
    "rest": mark("Rest"),
    "tangent": mark("Tangent"),
    "rise": mark("Rise"),
    "fall": mark("Let go"),
    "rounds": mark("Rounds"),
}


def fatigue_signs(speaker: Speaker, signs: tuple[FatigueSign, ...]) -> str:
    """Return the signs in words, as one enumeration."""
    return speaker.listing([speaker.say(FATIGUE_SIGNS[sign]) for sign in signs])


def contractions(speaker: Speaker, kinds: Sequence[ContractionKind]) -> str:
    """Return how many contractions there were, and how many of each kind."""
    if not kinds:
        return speaker.say("No contraction was found.")
    each = [
        speaker.say(
            "%(count)s × %(what)s",
            what=speaker.within(speaker.say(text)),
            count=kinds.count(kind),
        )
        for kind, text in CONTRACTIONS.items()
        if kind in kinds
    ]
    return speaker.say_count(
        "%(count)s contraction: %(kinds)s.",
        "%(count)s contractions: %(kinds)s.",
        len(kinds),
        kinds=speaker.listing(each),
    )


def state(speaker: Speaker, code: str) -> str:
    """Return a state in words."""
    known = {name: STATES[name] for name in get_args(State)}
    return speaker.say(known[code]) if code in known else code


def seconds(speaker: Speaker, length_s: Seconds) -> str:
    """Return a length in seconds, with its unit in words."""
    return speaker.say_count("%(count)s second", "%(count)s seconds", length_s)


#: What a seat is like: its cushion, `other` after a change in the sitting, and the posture.
_SEAT: Mapping[str, str] = {
    "none": mark("No cushion"),
    "soft": mark("Soft cushion"),
    "firm": mark("Firm cushion"),
    "other": mark("Another cushion"),
    "upright": mark("Upright"),
    "leaning_back": mark("Leaning back"),
}


def seat_part(speaker: Speaker, code: str) -> str:
    """Return a cushion or posture in words; what is not known here, as it was recorded."""
    return speaker.say(_SEAT[code]) if code in _SEAT else code or "–"


def dose(speaker: Speaker, asked: Dose) -> str:
    """Return a dose in one line: force, the four phases, Tangent, rounds."""
    if asked.force_percent_mvc is None or asked.pattern is None or asked.rounds is None:
        return speaker.say(MODES[asked.mode])
    parts = [
        *dose_numbers(speaker, asked.force_percent_mvc, asked.pattern),
        rounds(speaker, asked.rounds),
    ]
    if asked.tangent_percent is not None:
        parts.insert(2, speaker.say("Tangent %(tangent)s %%", tangent=asked.tangent_percent))
    return "; ".join(parts)


def dose_numbers(speaker: Speaker, force: PercentMvc, pattern: Pattern) -> tuple[str, str]:
    """Return force and the four phases, each with its unit."""
    phases = (pattern.rise_s, pattern.hold_s, pattern.fall_s, pattern.rest_s)
    return (
        speaker.say("%(force)s %%", force=force),
        speaker.say("%(phases)s s", phases=" · ".join(map(speaker.number, phases))),
    )


def rounds(speaker: Speaker, rule: RoundsRule) -> str:
    """Return a rounds rule in words."""
    if rule.kind == "number" and rule.count is not None:
        return speaker.say_count("%(count)s round", "%(count)s rounds", rule.count)
    if rule.kind == "past_fatigue":
        return speaker.say("one round past fatigue")
    return speaker.say("until just before fatigue")


def stage_name(speaker: Speaker, stage: Stage) -> str:
    """Return what a stage is called in short: its number, or its title where it has none."""
    number = stage.id.removeprefix("step-")
    if not number.isdigit():
        return stage.words_in(speaker.language).title
    return speaker.say("Step %(number)s", number=number)


def limits(speaker: Speaker, bounds: Limits) -> str:
    """Return the bounds in one line."""
    return speaker.say(
        "force at most %(force)s %%, hold at most %(hold)s s, at most %(rounds)s rounds",
        force=bounds.force_percent_mvc,
        hold=bounds.hold_s,
        rounds=bounds.max_rounds,
    )
