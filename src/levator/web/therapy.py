"""The therapist's part of a picture: verdicts with reasons, fatigue, dose, people, saving."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from levator.live.asking import Asker
from levator.live.facts import Facts
from levator.live.guidance import Guidance
from levator.live.joining import Request
from levator.live.room import Room
from levator.live.rooms import Rooms
from levator.live.viewer import Person
from levator.quantities import PercentMvc, Seconds, shown_unit
from levator.signals.conditioning import is_activity
from levator.texts import Speaker, mark, speaker
from levator.texts.reasons import for_therapist, repetition_reasons, verdict_word
from levator.texts.words import FATIGUE_SIGNS, MARKS, dose, fatigue_signs
from levator.training.events import (
    DoseAccepted,
    FatigueEstablished,
    FatigueSign,
    Marked,
    RepetitionScored,
    RestScored,
)
from levator.web.channels import as_label, channel_words
from levator.web.dosing import dose_editor
from levator.web.earlier import before_lines, first_dose, reports
from levator.web.guard import LOOPBACK
from levator.web.measuring import is_reference_known, measured
from levator.web.starting import seat_words

_ROLES = {"patient": mark("trains"), "therapist": mark("watches")}
#: Drivers name themselves in English; those that come with levator are translated.
DRIVER_NAMES = (mark("Simulated patient"),)
#: Said once on the screen, not in every round.
_NOT_KNOWN = ": not known"
#: Reason of a round -> role of the channel in which it is seen.
_SEEN_IN = {"co_contraction": "co_contraction", "breath_held": "respiration"}


def therapist_part(
    room: Room, rooms: Rooms, voice: Speaker, address: str, asker: Asker = "therapist"
) -> dict[str, Any]:
    """Return what only the therapist sees; who looks along sees all of it and asks nothing."""
    facts = room.facts
    is_hers = asker == "therapist"
    return {
        "curve_title": _curve_title(room, voice),
        "curve_note": _curve_note(room, voice),
        "is_in_percent": _is_in_percent(room),
        "begin": _begin_words(room, voice),
        "roles": _roles(room, voice) if room.stage == "open" and is_hers else [],
        "verdicts": [_verdict(room, one, voice.language) for one in facts.scored_in_set],
        "fatigue": _fatigue(room, voice),
        "dose": dose_editor(room, voice) if is_hers else None,
        "measured": measured(_guidance(room), voice),
        "marks": [_mark(one, voice) for one in facts.marks],
        "dose_line": dose(voice, facts.dose or room.sitting.dose),
        "why": _why(room, voice),
        "join": _join(room, rooms, address) if is_hers else None,
        "asking": [_asking(one, voice) for one in rooms.knocking(room)] if is_hers else [],
        "people": [_person(one, voice) for one in room.audience.people.values()],
        "saving": _saving(room, voice),
        "seat_line": _seat_line(room, voice),
        "loud": _loud(room),
        "reports": reports(room, voice) if room.is_over and is_hers else [],
        "before": before_lines(room, voice),
        # Her record asks it of a session: what ended before one began is none, but for pain.
        "may_ask_after": room.is_over and is_hers and (room.has_session or room.had_pain),
        "may_go_again": room.is_over and is_hers and not _is_shut(room),
        "seat": seat_words(voice, room.sitting.cushion, room.sitting.posture),
    }


def _is_shut(room: Room) -> bool:
    """Whether what ended it keeps this step shut: pain, unless nothing is asked, or her chart."""
    return bool(room.shut_by) or (room.had_pain and room.sitting.stage.dose is not None)


def _guidance(room: Room) -> Guidance | None:
    """The calibration under way, or the one that was given up, until another begins."""
    return room.gave_up if room.stage == "open" else room.guidance


def _is_in_percent(room: Room) -> bool:
    """Also once the sitting is over, and in open mode: what is drawn is in that percent."""
    return room.state.context.uses[0].reference is not None


def _curve_title(room: Room, voice: Speaker) -> str:
    reference = room.state.context.uses[0].reference
    if reference is not None:
        if not room.state.reference_valid:
            return voice.say("Pelvic floor, %% of a maximum that no longer holds")
        if reference.kind == "comfortable_max":
            return voice.say("Pelvic floor, %% of her comfortable maximum")
        return voice.say("Pelvic floor, %% of her own maximum")
    _, channel = room.trained
    if is_reference_known(room):
        return voice.say("Pelvic floor, in %(unit)s", unit=shown_unit(channel.unit))
    return voice.say("Pelvic floor, not calibrated yet, in %(unit)s", unit=shown_unit(channel.unit))


def _curve_note(room: Room, voice: Speaker) -> str:
    """Muscle activity swings by nature, so a good hold does not look like one (ADR 0015)."""
    primary, asked = room.state.primary, room.facts.dose
    has_band = room.stage == "session" and asked is not None and asked.pattern is not None
    if not has_band or not is_activity(primary.channel, primary.use.filter):
        return ""
    return voice.say(
        "Her line may leave the band for moments: muscle activity swings, and its mean is judged."
    )


def _begin_words(room: Room, voice: Speaker) -> str:
    """Nothing is measured where her maximum is known, so nothing else is promised."""
    return voice.say("Begin") if is_reference_known(room) else voice.say("Begin calibration")


def _roles(room: Room, voice: Speaker) -> list[dict[str, str]]:
    """Every channel with its part, for as long as that can still be changed."""
    return [
        {
            "channel": use.channel,
            "role": use.role,
            "name": as_label(channel_words(use.channel, voice)),
        }
        for use in room.state.context.uses
    ]


def _verdict(room: Room, scored: RepetitionScored, language: str) -> dict[str, Any]:
    rested = room.facts.rested.get((scored.set_number, scored.round))
    planned_s = _planned_rest_s(room, scored.set_number, scored.round)
    longer = None
    if rested is not None and planned_s is not None and rested.next_rest_s > planned_s:
        longer = rested
    return _verdict_words(scored, longer, room.sitting.settings.verdicts.band_percent_mvc, language)


def _planned_rest_s(room: Room, set_number: int, number: int) -> Seconds | None:
    """The rest that a round's own dose asked."""
    asked = room.facts.doses.get((set_number, number))
    return asked.pattern.rest_s if asked is not None and asked.pattern is not None else None


@lru_cache(maxsize=4096)
def _verdict_words(
    scored: RepetitionScored,
    longer: RestScored | None,
    band_percent_mvc: PercentMvc,
    language: str,
) -> dict[str, Any]:
    voice = speaker(language)
    known = tuple(code for code in scored.reasons if not code.endswith(_NOT_KNOWN))
    detail = repetition_reasons(voice, replace(scored, reasons=known), band_percent_mvc)
    if longer is not None:
        more = voice.say("next rest %(rest)s s", rest=longer.next_rest_s)
        detail = f"{detail}; {more}"
    word = verdict_word(voice, scored)
    return {
        "set": scored.set_number,
        "round": scored.round,
        "is_good": scored.verdict == "good",
        "word": word,
        "detail": detail,
        "label": f"{scored.round} {voice.within(word)}",
        "start_s": scored.start_s,
    }


def _mark(marked: Marked, voice: Speaker) -> dict[str, Any]:
    known = {str(name): text for name, text in MARKS.items()}
    return {"at_s": marked.at_s, "text": voice.say(known[marked.mark])}


def _fatigue(room: Room, voice: Speaker) -> dict[str, str]:
    now = room.state.set_state
    signs = now.signs if now is not None else ()
    if room.facts.fatigue is not None:
        signs = room.facts.fatigue.signs
    # That she says so is no sign that is looked for: it establishes fatigue by itself.
    looked_for = FATIGUE_SIGNS.keys() - {"tired"}
    figure = voice.say("%(count)s of %(all)s signs", count=len(signs), all=len(looked_for))
    if isinstance(room.facts.fatigue, FatigueEstablished):
        figure = voice.say("Established in round %(round)s", round=room.facts.fatigue.round)
    words = fatigue_signs(voice, signs) if signs else voice.say("None seen yet")
    how = _fatigue_rule(room, signs, voice)
    return {"figure": figure, "sentence": f"{words[:1].upper()}{words[1:]}. {how}"}


def _fatigue_rule(room: Room, signs: tuple[FatigueSign, ...], voice: Speaker) -> str:
    """What made it so; before that, what would."""
    rule = room.sitting.settings.fatigue
    if not isinstance(room.facts.fatigue, FatigueEstablished):
        return voice.say(
            "%(warned)s warn, %(established)s establish it.",
            warned=rule.warned_by,
            established=rule.established_by,
        )
    if "tired" in signs:
        return voice.say("Her own word is enough.")
    return voice.say("%(count)s signs stand at once.", count=len(signs))


def _why(room: Room, voice: Speaker) -> str:
    """The newest reason for which the next round is not as written."""
    facts = room.facts
    if facts.next_dose is not None:
        return _coming(facts, facts.next_dose, voice)
    if facts.set_started is None and (said := first_dose(room, voice)):
        return said
    rested = [one for one in facts.rested.values() if one.rest_percent_mvc is not None]
    if not rested:
        return ""
    planned_s = _planned_rest_s(room, rested[-1].set_number, rested[-1].round)
    if planned_s is None or rested[-1].next_rest_s <= planned_s:
        return ""
    unreleased = [one for one in rested if one.released is False]
    if not unreleased:
        return ""
    last = unreleased[-1]
    return voice.say(
        "Rest went from %(planned)s to %(next)s s because round %(round)s ended at %(level)s %%.",
        planned=planned_s,
        next=rested[-1].next_rest_s,
        round=last.round,
        level=round(last.rest_percent_mvc or 0.0),
    )


def _coming(facts: Facts, accepted: DoseAccepted, voice: Speaker) -> str:
    """From when an accepted dose holds: a round of this set, or the next set."""
    if facts.is_between_sets or (facts.round or 0) >= accepted.from_round:
        return voice.say("From the next set: %(dose)s.", dose=dose(voice, accepted.dose))
    return for_therapist(voice, accepted) or ""


def _join(room: Room, rooms: Rooms, address: str) -> dict[str, Any] | None:
    code = rooms.code_of(room)
    if code is None or room.is_over:
        return None
    # There a phone would be led to itself: nothing is drawn for it to scan.
    is_here_only = urlsplit(address).hostname in LOOPBACK
    return {
        "code": f"{code.code[:3]} {code.code[3:]}",
        "address": f"{address}/join",
        "qr": None if is_here_only else f"/rooms/{room.number}/therapist/code.svg?{code.code}",
    }


def _asking(request: Request, voice: Speaker) -> dict[str, str]:
    text = {
        "patient": mark("%(name)s wants to come in, to train."),
        "therapist": mark("%(name)s wants to come in, to watch along."),
    }[request.role]
    who = voice.say("Not signed in.")
    if request.signed_as:
        who = voice.say("Signed in as %(account)s.", account=request.signed_as)
    return {"number": request.number, "line": f"{voice.say(text, name=request.name)} {who}"}


def _person(person: Person, voice: Speaker) -> dict[str, Any]:
    parts = [person.name, voice.say(_ROLES[person.role])]
    if not person.is_here:
        parts.append(voice.say("not connected"))
    elif person.screen_ms is not None:
        parts.append(voice.say("%(ms)s ms to screen", ms=person.screen_ms))
    return {"is_here": person.is_here, "line": " · ".join(parts)}


_SAVING = {
    "saving": mark("Everything is being saved."),
    "behind": mark("Saving lags behind; nothing is lost."),
    "not_saving": mark("Nothing is being saved. Check the disk."),
}


def _saving(room: Room, voice: Speaker) -> dict[str, Any]:
    if room.is_saved:
        return {"line": voice.say("Everything is saved."), "is_well": True}
    if room.recording is None:
        text = mark("Recording begins with the calibration.")
        if is_reference_known(room):
            text = mark("Recording begins with the session.")
        return {"line": voice.say(text), "is_well": room.health == "saving"}
    return {"line": voice.say(_SAVING[room.health]), "is_well": room.health == "saving"}


def _seat_line(room: Room, voice: Speaker) -> str:
    stream, _ = room.trained
    name = voice.gettext(room.device.name)
    return f"{name} · {voice.number(stream.sampling_frequency_hz)} Hz"


def _loud(room: Room) -> list[int]:
    """Numbers of the tracks in which the last round shows why it was not good."""
    scored = room.facts.scored_in_set
    roles = {_SEEN_IN[code] for code in (scored[-1].reasons if scored else ()) if code in _SEEN_IN}
    uses = room.state.context.uses
    return [number for number, use in enumerate(uses) if use.role in roles]
