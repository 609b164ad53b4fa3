"""Sessions and pain in words: rows of a list, the trend, and what was not asked yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from levator.clinic.hers import place_of
from levator.clinic.history import History
from levator.clinic.home.doses import YES_OR_NO
from levator.clinic.results import trained_in
from levator.course.home import QuestionCode
from levator.course.protocol import Protocol
from levator.records.treatment import Session, Trained
from levator.texts import Speaker, mark
from levator.texts.words import stage_name
from levator.web.desk.pages import day_text, moment_text
from levator.web.desk.telling_forms import MOMENTS, consent_words

#: Why a session ended, in a few words.
ENDED: Mapping[str, str] = {
    "rounds": mark("all rounds done"),
    "past_fatigue": mark("one round past fatigue"),
    "before_fatigue": mark("before fatigue"),
    "round_limit": mark("the longest set reached"),
    "not_released": mark("not let go, so rest first"),
    "limits": mark("the limits changed"),
    "stop": mark("stopped"),
    "pain": mark("stopped for pain"),
    "clearance_revoked": mark("clearance revoked"),
    "signal_lost": mark("the sensor was gone"),
    "recalibrate": mark("the seat changed"),
    "end_of_recording": mark("the recording ended"),
    "not_allowed": mark("her record no longer allowed it"),
    "handed_over": mark("handed over to another therapist"),
    "interrupted": mark("broken off"),
    "fault": mark("a fault in levator"),
}
_LATEST = 14
#: What she says at home with yes; no is not listed.
_TOLD_AT_HOME: Mapping[QuestionCode, str] = {
    "birth": mark("Tells that she gave birth"),
    "leak": mark("Leaked more than usual"),
}


def session_row(say: Speaker, protocol: Protocol, kept: History, one: Session) -> dict[str, Any]:
    """Return a session for a list."""
    known = {stage.id: stage for stage in protocol.stages}
    stage = known.get(one.stage)
    return {
        "address": f"/patients/{one.patient_id}/sessions/{one.id}",
        "when": moment_text(say, one.started_at),
        "stage": stage_name(say, stage) if stage else one.stage,
        "state": one.state,
        "is_well": one.state == "ended" and not one.had_pain,
        "ended": _ended(say, one),
        "rounds": _rounds(say, one),
        "dose": "; ".join(_dose(say, part) for part in trained_in(one) or (one,)),
        "in_band": "" if one.in_band_percent is None else f"{say.number(one.in_band_percent, 0)} %",
        "released": ""
        if one.released_percent is None
        else f"{say.number(one.released_percent, 0)} %",
        "pain": _pain_of(kept, one),
    }


def _ended(say: Speaker, one: Session) -> str:
    if one.state == "open":
        return say.say("under way")
    if one.state == "interrupted":
        return say.say(ENDED["interrupted"])
    code = "pain" if one.had_pain else one.ended_by or ""
    return say.say(ENDED[code]) if code in ENDED else code


def _rounds(say: Speaker, one: Session) -> str:
    if one.rounds is None:
        return ""
    return say.say("%(good)s of %(all)s good", good=one.good_rounds or 0, all=one.rounds)


def _dose(say: Speaker, one: Session | Trained) -> str:
    """Return a force and a hold in short; empty in open mode."""
    if one.force_percent_mvc is None or one.hold_s is None:
        return ""
    return f"{say.number(one.force_percent_mvc, 0)} %, {say.number(one.hold_s, 1)} s"


def _pain_of(kept: History, one: Session) -> str:
    asked = [pain.score for pain in kept.pains if pain.session_id == one.id]
    return str(asked[-1]) if asked else ""


def pain_rows(say: Speaker, kept: History) -> list[dict[str, str]]:
    """Return the newest pain scores, newest first."""
    latest = sorted(kept.pains, key=lambda one: (one.on_day, place_of(one.entered_at)))[-_LATEST:]
    return [
        {
            "day": day_text(say, one.on_day),
            "score": str(one.score),
            "moment": say.say(MOMENTS[one.moment]),
        }
        for one in reversed(latest)
    ]


def told_rows(say: Speaker, kept: History) -> list[dict[str, str]]:
    """Return symptoms and tests, newest first: what it was, its number, remark and day."""
    found = [
        (one.on_day, place_of(one.entered_at), one.code, _number(say, one.score, one.unit), "")
        for one in kept.symptoms
        if one.code not in YES_OR_NO
    ]
    found += [
        (one.on_day, place_of(one.entered_at), say.say(_TOLD_AT_HOME[code]), "", "")
        for one in kept.symptoms
        for code in YES_OR_NO
        if one.code == code and one.score
    ]
    found += [
        (one.on_day, place_of(one.entered_at), one.code, _number(say, one.score), one.remark)
        for one in kept.assessments
    ]
    return [
        {"what": what, "number": number, "remark": remark, "day": day_text(say, day)}
        for day, _, what, number, remark in sorted(found, reverse=True)
    ]


def _number(say: Speaker, value: float | None, unit: str = "") -> str:
    return "" if value is None else f"{say.number(value)} {unit}".strip()


def consent_rows(say: Speaker, kept: History) -> list[dict[str, str]]:
    """Return what she agreed to, newest first, and what she took back."""
    return [
        {
            "what": consent_words(say, one.what),
            "day": day_text(say, one.given_on),
            "withdrawn": day_text(say, one.withdrawn_on),
        }
        for one in reversed(kept.consents)
    ]


def unasked(say: Speaker, kept: History) -> dict[str, str] | None:
    """Return the last session if nobody asked for the pain after it."""
    last = kept.sessions[-1] if kept.sessions else None
    if last is None or last.state == "open" or _pain_of(kept, last):
        return None
    return {"id": last.id, "when": moment_text(say, last.started_at)}
