"""A report as one HTML file: no script, nothing from elsewhere, readable on paper too."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from levator.quantities import PercentMvc, Seconds
from levator.reports import drawing, happened, measured, prescribed
from levator.reports.calibrated import clear_from
from levator.reports.session_report import SessionReport, SetPart
from levator.signals.phases import CalibrationFailed, RestMeasured
from levator.texts import words
from levator.texts.guiding import guided, measured_numbers
from levator.texts.reasons import for_therapist, reason, repetition_reasons, verdict_word
from levator.texts.sentences import for_patient
from levator.texts.speaker import Speaker, mark, speaker
from levator.training.dose import Dose
from levator.training.events import (
    FatigueEstablished,
    FatigueWarned,
    Marked,
    QualityFlagged,
    RepetitionScored,
)

if TYPE_CHECKING:
    from jinja2 import Environment

#: Drawn around a set, so that its beginning and its last verdict are seen whole.
_AROUND_S: Seconds = 2.0

_CALIBRATION_ENDED: Mapping[str, str] = {
    "calibrated": mark("The calibration is done; the session has a recording of its own."),
    "measuring_unclear": mark("A part of the calibration failed as often as it may."),
    "no_signal": mark("The sensor was away, so the calibration was broken off."),
    "presence": mark("The patient's screen was away, so the calibration was broken off."),
    "pain": mark("The calibration was ended: she said it hurts."),
    "not_allowed": mark("The calibration was ended: her record no longer allowed it."),
    "handed_over": mark("The calibration was ended: another therapist treats her now."),
    "stop": mark("The calibration was stopped by hand."),
}


def to_html(report: SessionReport, language: str, name: str = "") -> str:
    """Return the report as a self-contained page in one language.

    name : hers, from her record; a recording of it holds none.
    """
    say = speaker(language)
    page = _environment().get_template("session.html")
    content = _content(say, report)
    title = name or report.header.title or say.say("Session")
    return page.render(**content, title=title, **_voice(say))


def curve_html(report: SessionReport, language: str) -> str:
    """Return the whole curve with its verdicts, for a page; empty where nothing was replayed."""
    say = speaker(language)
    strips = _strips(say, report, float("-inf"), float("inf"))
    if not strips:
        return ""
    content = {
        "strips": strips,
        "heading": say.say("Session"),
        "sheet": drawing,
        "is_percent": measured.is_percent(report),
        "unit": measured.level_unit(report),
    }
    return _environment().get_template("curve.html").render(**content, **_voice(say))


@functools.cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("levator.reports"), PackageLoader("levator.reports", "static")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _voice(say: Speaker) -> dict[str, Any]:
    """What a template needs to speak: texts, counts and numbers, a dash for the unknown."""

    def number(value: float | None, decimals: int = 1) -> str:
        return "–" if value is None else say.number(value, decimals)

    def duration(value: float | None) -> str:
        return "–" if value is None else say.say("%(seconds)s s", seconds=value)

    def fixed(value: float | None, decimals: int = 1) -> str:
        """Return a number of a column: always as many decimals."""
        return "–" if value is None else say.fixed(value, decimals)

    return {
        "_": say.say,
        "say_count": say.say_count,
        "error": say.error,
        "number": number,
        "fixed": fixed,
        "duration": duration,
    }


def _content(say: Speaker, report: SessionReport) -> dict[str, Any]:
    return {
        "language": say.language,
        "report": report,
        "started": measured.moment(say, report.header.started_at),
        "step": _step(say, report),
        "ended": for_therapist(say, report.ended) if report.ended else _calibrated(say, report),
        "neighbours": _neighbours(say, report),
        "is_percent": measured.is_percent(report),
        "unit": measured.level_unit(report),
        "sets": [_set(say, report, one, place) for place, one in enumerate(report.sets)],
        "whole": [] if report.sets else _strips(say, report, float("-inf"), float("inf")),
        "dose_facts": prescribed.dose_facts(say, report),
        "happenings": happened.happenings(say, report),
        "calibration_facts": measured.calibration_facts(say, report),
        "measured": _measured(say, report),
        "channels": measured.channel_rows(say, report),
        "delay_ms": report.primary.filter.delay_s * 1000.0 if report.primary else None,
        "gaps": measured.gap_rows(say, report),
        "doubts": [for_therapist(say, one) for one in report.told if _is_doubt(one)],
        "events": [_event(say, one.data, one.value) for one in report.events],
        "sheet": drawing,
    }


def _calibrated(say: Speaker, report: SessionReport) -> str:
    """Return how the recording of a calibration ended; empty for any other."""
    if not report.is_calibration or report.header.ended_by is None:
        return ""
    how = _CALIBRATION_ENDED.get(report.header.ended_by)
    return say.say(how) if how is not None else ""


def _neighbours(say: Speaker, report: SessionReport) -> list[str]:
    """Name the sessions of the same sitting before and after a new calibration."""
    named = (
        (report.before, mark("A new calibration parts it from the session before, of %(moment)s.")),
        (report.after, mark("A new calibration parts it from the next session, of %(moment)s.")),
    )
    return [
        say.say(text, moment=measured.moment(say, one.started_at))
        + " "
        + say.say("Recording: %(recording)s.", recording=one.id)
        for one, text in named
        if one is not None
    ]


def _measured(say: Speaker, report: SessionReport) -> list[dict[str, Any]]:
    """Return what came of a calibration, a line each: words, and numbers with their unit."""
    unit, spread, out = measured.level_unit(report), 0.0, []
    for one in report.measured:
        if isinstance(one, RestMeasured):
            spread = one.rest_sd
        clear = clear_from(report.context, spread) if report.context is not None else None
        numbers = measured_numbers(say, one, unit, clear)
        is_good = not isinstance(one, CalibrationFailed)
        line = f"{guided(say, one) or ''} {numbers}".strip()
        out.append({"at": one.at_s, "line": line, "is_good": is_good})
    return out


def _is_doubt(event: object) -> bool:
    return isinstance(event, QualityFlagged)


def _step(say: Speaker, report: SessionReport) -> str:
    if report.context is None or report.context.protocol is None:
        return ""
    protocol, stage = prescribed.scheme_of(report.context)
    scheme = protocol.title.get(say.language, protocol.id) if protocol else report.context.protocol
    name = stage.words_in(say.language).title if stage else report.context.stage or ""
    return f"{name}. {scheme}"


def _set(say: Speaker, report: SessionReport, part: SetPart, place: int) -> dict[str, Any]:
    last = place + 1 == len(report.sets)
    until_s = float("inf") if last else report.sets[place + 1].started.at_s
    if part.ended is not None:
        until_s = part.ended.at_s + _AROUND_S
    return {
        "part": part,
        "dose": words.dose(say, part.started.dose),
        "is_open": part.started.dose.mode == "open",
        "strips": _strips(say, report, part.started.at_s - _AROUND_S, until_s),
        "rounds": [_round(say, one.scored, measured.band(report)) for one in part.rounds],
        "asked": _asked(say, part),
        "effort": for_therapist(say, part.effort) if part.effort else "",
        "unknown": _unknown(say, part),
        "contractions": [for_therapist(say, one) for one in part.contractions],
        "fatigue": [for_therapist(say, one) for one in part.fatigue],
        "ended": for_therapist(say, part.ended) if part.ended else "",
    }


def _asked(say: Speaker, part: SetPart) -> list[str]:
    """Return what each round asked, where that changed during the set; else nothing."""
    if all(one.dose in (None, part.started.dose) for one in part.rounds):
        return []
    return [_asked_of(say, one.dose or part.started.dose) for one in part.rounds]


def _asked_of(say: Speaker, dose: Dose) -> str:
    if dose.pattern is None or dose.force_percent_mvc is None:
        return ""
    force = say.say("%(force)s %%", force=dose.force_percent_mvc)
    asked = f"{force}; {prescribed.pattern(say, dose.pattern)}"
    if dose.tangent_percent is None:
        return asked
    return f"{asked}; {say.say('Tangent %(tangent)s %%', tangent=dose.tangent_percent)}"


def _round(say: Speaker, event: RepetitionScored, band: PercentMvc) -> dict[str, Any]:
    known = tuple(code for code in event.reasons if not _is_unknown(code))
    return {
        "event": event,
        "verdict": verdict_word(say, event),
        "said": for_patient(say, event) or "",
        "reasons": repetition_reasons(say, replace(event, reasons=known), band),
    }


def _unknown(say: Speaker, part: SetPart) -> str:
    """Return what was not measured in this set, said once instead of in every round."""
    codes = [code for one in part.rounds for code in one.scored.reasons if _is_unknown(code)]
    return "; ".join(reason(say, code, {}) for code in dict.fromkeys(codes))


def _is_unknown(code: str) -> bool:
    return code.endswith(": not known")


def _strips(
    say: Speaker, report: SessionReport, from_s: Seconds, to_s: Seconds
) -> list[dict[str, Any]]:
    if report.trace is None:
        return []
    gaps = measured.primary_gaps(report)
    return [
        {
            "strip": strip,
            "gaps": drawing.gap_spans(strip, gaps),
            "rounds": [_drawn_round(say, flag) for flag in strip.rounds],
            "flags": list(_drawn_flags(say, strip)),
            "spans": [(span, words.state(say, span.code)) for span in strip.spans],
        }
        for strip in drawing.strips(
            report.trace, report.told, from_s, to_s, is_percent=measured.is_percent(report)
        )
    ]


def _drawn_round(say: Speaker, flag: drawing.Flag) -> dict[str, Any]:
    event = flag.event
    if not isinstance(event, RepetitionScored):
        raise AssertionError("only rounds are drawn here")
    verdict = verdict_word(say, event)
    return {
        "x": flag.x,
        "is_good": event.verdict == "good",
        "text": f"{event.round} {verdict}" if flag.has_room else str(event.round),
        "words": f"{event.round} {verdict}",
    }


def _drawn_flags(say: Speaker, strip: drawing.Strip) -> Iterator[dict[str, Any]]:
    for flag in strip.flags:
        yield {"x": flag.x, "words": for_therapist(say, flag.event), "short": _short(say, flag)}


def _short(say: Speaker, flag: drawing.Flag) -> str:
    """Return what fits beside a line in the drawing; nothing where there is no line."""
    if isinstance(flag.event, FatigueWarned):
        return say.say("fatigue warns")
    if isinstance(flag.event, FatigueEstablished):
        return say.say("fatigue")
    return for_therapist(say, flag.event) or "" if isinstance(flag.event, Marked) else ""


def _event(say: Speaker, data: dict[str, Any], value: Any) -> dict[str, Any]:
    rest = {name: one for name, one in data.items() if name not in ("type", "at_s")}
    return {
        "at_s": data.get("at_s"),
        "kind": str(data.get("type", "–")),
        "said": for_therapist(say, value) if value is not None else "",
        "raw": json.dumps(rest, ensure_ascii=False),
    }
