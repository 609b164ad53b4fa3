"""From what is kept of a woman to what the course knows of her on one day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar, get_args

from levator.clinic.hers import seconds_of
from levator.clinic.history import History
from levator.clinic.results import trained_in
from levator.course import chart as course
from levator.course.chart import DAYS_TO_EXPECTED, Chart, Day, Prescribed, SittingResult
from levator.course.past import complications_of, first_day, in_this_pregnancy
from levator.records import home, people, treatment
from levator.training.events import SetEnd

_MODES: Mapping[people.BirthMode, course.BirthMode] = {
    "vaginal": "vaginal",
    "vacuum": "instrumental",
    "forceps": "instrumental",
    "planned_caesarean": "caesarean",
    "emergency_caesarean": "caesarean",
}
_GRAVER: tuple[course.BirthMode, ...] = ("vaginal", "instrumental", "caesarean")
_MOMENTS: Mapping[treatment.PainMoment, course.PainMoment] = {
    "before": "before",
    "during": "after",
    "after": "after",
    "next_morning": "next_morning",
    "between": "between",
}
_KINDS: Mapping[treatment.Choice, course.DecisionKind] = {
    "accepted": "accept",
    "overruled": "overrule",
    "released": "release",
}
#: Why a clearance is revoked of which who signed did not know what is known now.
TOLD_LATER = "complication_told"
_Told = TypeVar("_Told", treatment.PainScore, treatment.RedFlag)
_ENDS: tuple[SetEnd, ...] = get_args(SetEnd)


def day_of(text: str) -> Day:
    """Return a day of the record as the course counts it."""
    return date.fromisoformat(text[:10]).toordinal()


def text_of(day: Day) -> str:
    """Return a day of the course as the record keeps it."""
    return date.fromordinal(day).isoformat()


def chart_of(history: History, today: str) -> Chart:
    """Return what the course knows of her today."""
    return in_this_pregnancy(_whole(history, today), bool(history.births))


def _whole(history: History, today: str) -> Chart:
    """Return all that is kept of her and that somebody here stands for."""
    running = history.course
    return Chart(
        today=day_of(today),
        expected_on=_expected_on(history),
        birth=birth_of(history),
        clearances=tuple(clearance_of(one) for one in history.clearances if is_of_here(one)),
        red_flags=tuple(
            course.RedFlag(day_of(one.on_day), one.code) for one in _in_order(history.red_flags)
        ),
        pains=tuple(_pain(one) for one in _in_order(history.pains)),
        sittings=tuple(_sitting(one, history) for one in history.sessions),
        stage=running.stage if running else None,
        settings=settings_of(history),
        decisions=tuple(_decision(one, history) for one in history.decisions if is_of_here(one)),
        complications=history.pregnancy.complications if history.pregnancy else None,
        red_flags_asked=tuple(
            day_of(one.on_day) for one in history.red_flag_answers if is_of_here(one)
        ),
        has_ended=history.ended is not None,
        stage_since=_stage_since(history),
    )


def _stage_since(history: History) -> Day | None:
    """Return the first day of the doses that were given in the present stage without a break."""
    since, running = None, history.course
    for one in reversed(history.prescriptions):
        if not running or (one.course_id, one.stage) != (running.id, running.stage):
            break
        since = day_of(one.from_on) if is_of_here(one) else since
    return since


def _expected_on(history: History) -> Day | None:
    return day_of(history.pregnancy.expected_on) if history.pregnancy else None


def counted(history: History) -> tuple[treatment.Decision, ...]:
    """Return the decisions that the course knows of, as they were kept."""
    begin = first_day(_expected_on(history), bool(history.births))
    return tuple(
        one for one in history.decisions if day_of(one.on_day) >= begin and is_of_here(one)
    )


def is_of_here(
    one: treatment.Clearance
    | treatment.RedFlagAnswer
    | treatment.Decision
    | treatment.Prescription
    | treatment.Session
    | home.HomePrescription,
) -> bool:
    """Return whether somebody of this clinic stands for it; what was taken in opens nothing."""
    if isinstance(one, (treatment.Clearance, treatment.RedFlagAnswer)):
        return bool(one.entered_by)
    if isinstance(one, treatment.Session):
        return bool(one.led_by)
    return bool(one.made_by)


def prescription_of(history: History) -> treatment.Prescription | None:
    """Return the dose that holds in the stage where the course stands, as it was kept."""
    running = history.course
    fitting = (
        one
        for one in reversed(history.prescriptions)
        if running and one.course_id == running.id and one.stage == running.stage
        if is_of_here(one)
    )
    return next(fitting, None)


def settings_of(history: History) -> Prescribed:
    """Return what is prescribed now; empty where the stage begins."""
    newest = prescription_of(history)
    if newest is None:
        return Prescribed()
    made = (_decision(one, history) for one in history.decisions if one.id == newest.decision_id)
    chosen = next((one.settings.rounds_rule for one in made if one.settings is not None), None)
    return replace(prescribed(newest), rounds_rule=chosen)


def prescribed(kept: treatment.Prescription) -> Prescribed:
    """Return the numbers of a prescription; the rounds rule that was chosen is in its decision."""
    return Prescribed(
        force_percent_mvc=kept.force_percent_mvc,
        hold_s=kept.hold_s,
        rest_s=kept.rest_s,
        tangent_percent=kept.tangent_percent,
        rounds=kept.rounds_count,
        times_a_day=kept.times_a_day,
    )


def birth_of(history: History) -> course.Birth | None:
    """Return her last birth as the course looks at it; None where none counts.

    Kept twice, such as here and by another clinic, it is as grave as the graver of the two.
    """
    if history.birth is None:
        return None
    last = day_of(history.birth.born_on)
    each = [_birth(one) for one in history.births if last - day_of(one.born_on) < DAYS_TO_EXPECTED]
    codes = {code for one in each for code in one.complications or ()}
    is_known = codes or all(one.complications is not None for one in each)
    mode = max((one.mode for one in each), key=_GRAVER.index)
    return course.Birth(last, mode, tuple(sorted(codes)) if is_known else None)


def _birth(kept: people.Birth) -> course.Birth:
    mode = _MODES[kept.mode]
    codes = complications_of(mode, kept.tear, kept.complications)
    return course.Birth(day_of(kept.born_on), mode, codes)


def clearance_of(kept: treatment.Clearance) -> course.Clearance:
    """Return a clearance as the course looks at it.

    One that something was told after has ended: what it answered before stays answered.
    """
    until = day_of(kept.until_on) if kept.until_on else None
    revoked = day_of(kept.revoked_on) if kept.revoked_on else None
    if revoked is not None and kept.revoked_because == TOLD_LATER:
        until, revoked = min(revoked - 1, until or revoked), None
    return course.Clearance(
        signed_by=kept.signed_by,
        from_day=day_of(kept.from_on),
        until_day=until,
        revoked_on=revoked,
        entered_on=day_of(kept.entered_at),
    )


def _in_order(told: tuple[_Told, ...]) -> list[_Told]:
    return sorted(told, key=lambda one: (one.on_day, seconds_of(one.entered_at)))


def _pain(kept: treatment.PainScore) -> course.PainReport:
    return course.PainReport(day_of(kept.on_day), kept.score, _MOMENTS[kept.moment])


def _sitting(kept: treatment.Session, history: History) -> SittingResult:
    """Return a sitting as the course looks at it; what a file says of one opens nothing."""
    counts, of_last = is_of_here(kept), _at_the_last_dose(kept)
    rounds, valid = (of_last.rounds or 0, of_last.valid_rounds or 0) if counts else (0, 0)
    ended_by = next((one for one in _ENDS if one == kept.ended_by), None)
    return SittingResult(
        day=day_of(kept.on_day),
        stage=kept.stage,
        asked=Prescribed(
            kept.force_percent_mvc,
            kept.hold_s,
            kept.rest_s,
            kept.tangent_percent,
            _rounds_asked(kept, history),
        ),
        rounds=rounds,
        valid=valid,
        in_band_percent=of_last.in_band_percent if counts else None,
        released_percent=of_last.released_percent if counts else None,
        flagged_percent=100.0 * (rounds - valid) / rounds if rounds else None,
        fatigue_round=of_last.fatigue_round if counts else None,
        ended_by="pain" if kept.had_pain else ended_by or "stop",
        pain_before=_pain_before(kept, history),
        pain_after=_pain_after(kept, history),
        is_over=kept.state != "open",
    )


def _at_the_last_dose(kept: treatment.Session) -> treatment.Session | treatment.Trained:
    """Return what has the numbers of the rounds at the dose that was asked last."""
    trained = trained_in(kept)
    return trained[-1] if len(trained) > 1 else kept


def _rounds_asked(kept: treatment.Session, history: History) -> int | None:
    known = (one for one in history.prescriptions if one.id == kept.prescription_id)
    return next((one.rounds_count for one in known), None)


def _pain_before(kept: treatment.Session, history: History) -> int | None:
    """Return the last score of that day that was asked before it began."""
    asked = [
        one.score
        for one in _in_order(history.pains)
        if one.on_day == kept.on_day
        and one.moment == "before"
        and seconds_of(one.entered_at) <= seconds_of(kept.started_at)
    ]
    return asked[-1] if asked else None


def _pain_after(kept: treatment.Session, history: History) -> int | None:
    asked = [one.score for one in history.pains if one.session_id == kept.id]
    return max(asked) if asked else None


def _decision(kept: treatment.Decision, history: History) -> course.Decision:
    """Return a decision as the course looks at it; an ended course keeps no gate open."""
    told = json.loads(kept.proposal)
    is_over = any(one.id == kept.course_id and one.ended_on for one in history.courses)
    settings = told.get("settings")
    return course.Decision(
        day=day_of(kept.on_day),
        by=kept.made_by,
        kind=_KINDS[kept.choice],
        reason=kept.because,
        stage=told.get("stage"),
        settings=Prescribed(**settings) if settings is not None else None,
        opens=() if is_over else tuple(told.get("opens", ())),
    )
