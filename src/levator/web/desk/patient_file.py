"""Her file on one page: course timeline, proposal, gates, dose, pain, sessions, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import courses, history
from levator.clinic.charts import clearance_of, is_of_here, prescribed
from levator.clinic.courses import View
from levator.clinic.history import History
from levator.course import clearance
from levator.course.caution import Caution
from levator.course.chart import Chart
from levator.course.clearance import NotHeld
from levator.course.progression import asks_nothing
from levator.library import load_checklist
from levator.records.treatment import Choice, Clearance, Course, Decision, RedFlag
from levator.texts import Speaker, mark
from levator.texts.words import stage_name
from levator.web.desk import course_words, home_words
from levator.web.desk.her_day import shut_today, today_line
from levator.web.desk.next_thing import next_thing
from levator.web.desk.pages import Desk, allowed, day_text, name_of, new_id, voice
from levator.web.desk.session_words import (
    consent_rows,
    pain_rows,
    session_row,
    told_rows,
    unasked,
)
from levator.web.desk.sitting_page import is_refused
from levator.web.desk.timeline_words import drawn
from levator.web.desk.treatment_forms import MODES, TEARS
from levator.web.signed import actor

T = TypeVar("T")
#: Sessions, decisions and notes on her page; the rest is behind a link.
NEWEST = 6
_ACTIONS = (
    "session.open",
    "session.read",
    "session.train",
    "home.prescribe",
    "home.read",
    "course.decide",
    "course.end",
    "pregnancy.write",
    "birth.write",
    "clearance.sign",
    "clearance.revoke",
    "red_flag.report",
    "pain.report",
    "symptom.report",
    "assessment.write",
    "consent.write",
    "note.write",
    "patient.change",
    "patient.hand_over",
    "patient.invite",
    "patient.export",
    "patient.close_access",
    "audit.own",
    "audit.read",
)
_NOT_TODAY = mark("Does not hold today.")
_WHY_NOT: Mapping[NotHeld, str] = {
    "ended": mark("Does not hold any more: it has ended."),
    "before_birth": mark("Does not hold: it is from before the birth."),
    "flagged": mark(
        "Does not hold: it is not from after the red flag of %(day)s. One from a later day does."
    ),
    "later": mark("Does not hold yet: it begins later."),
}
_YESTERDAY = mark("Yesterday %(done)s of %(asked)s sessions.")
_LAST_DAYS = mark("In the last %(days)s days %(done)s of %(asked)s sessions.")
_FROM_ELSEWHERE = mark("Taken in from another clinic; it counts once a therapist here signs one.")
CHOICES: Mapping[Choice, str] = {
    "accepted": mark("Accepted"),
    "overruled": mark("Decided otherwise"),
    "released": mark("Let go on"),
}


class FilePage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route("/patients/{patient_id}", self.show)]

    async def show(self, request: Request) -> Response:
        """Show her file."""
        view = await self._desk.do(courses.view, request.path_params["patient_id"])
        say, patient = voice(request), view.history.patient
        names = await self._desk.do(history.names, patient.id, _writers(view.history))
        values = _who(say, view) | _course(say, view) | _kept(say, view, names)
        values["has_account"] = await self._desk.do(history.has_account, patient.id)
        running = self._desk.clinic.rooms.of_patient(patient.tenant_id, patient.id)
        values["room"] = running[0].number if running else ""
        if actor().role == "patient":
            today = today_line(say, view, is_open=bool(running))
            values |= {"today": today, "may_train": not shut_today(view)}
            return self._desk.page(request, "her_file.html", values)
        return self._desk.page(request, "patient_file.html", values)


def _writers(kept: History) -> list[str]:
    ends = [one.ended_by for one in kept.courses if one.ended_by]
    return ends + [one.made_by for one in kept.decisions] + [one.written_by for one in kept.notes]


def _who(say: Speaker, view: View) -> dict[str, Any]:
    patient = view.history.patient
    return {
        "patient": patient,
        "name": name_of(patient),
        "facts": facts_line(say, view),
        "may": allowed(actor(), patient, *_ACTIONS),
        "ids": [new_id() for _ in range(3)],
    }


def facts_line(say: Speaker, view: View) -> list[str]:
    """Return who she is in a few words: birthday, week, birth, complications, clearance."""
    kept, week = view.history, view.chart.week
    found = []
    if kept.patient.born_on:
        found.append(say.say("born %(day)s", day=day_text(say, kept.patient.born_on)))
    if kept.birth is not None:
        birth = (day_text(say, kept.birth.born_on), say.within(say.say(MODES[kept.birth.mode])))
        found.append(say.say("birth %(day)s, %(mode)s", day=birth[0], mode=birth[1]))
        if kept.birth.tear not in ("not_known", "none"):
            found.append(say.within(say.say(TEARS[kept.birth.tear])))
        found += _complications(say, kept.birth.complications, "complications")
        if kept.birth.child_grams is not None:
            found.append(say.say("child of %(grams)s g", grams=kept.birth.child_grams))
        found.append(say.say("week %(week)s after birth", week=int(week or 0)))
    elif kept.pregnancy is not None:
        due = day_text(say, kept.pregnancy.expected_on)
        found.append(
            say.say("week %(week)s of pregnancy, due %(day)s", week=int(week or 0), day=due)
        )
        listed = kept.pregnancy.complications
        found += _complications(say, listed, "pregnancy-complications")
    held = clearance.current(view.chart)
    if held is not None:
        found.append(say.say("cleared by %(name)s", name=held.signed_by))
    if kept.patient.number:
        found.append(say.say("number %(number)s", number=kept.patient.number))
    return found


def _complications(say: Speaker, codes: Sequence[str] | None, checklist: str) -> list[str]:
    """Return the complications that were ticked, in words."""
    words = {one.code: one.words_in(say.language) for one in load_checklist(checklist).items}
    return [say.within(words.get(code, code)) for code in codes or ()]


def _course(say: Speaker, view: View) -> dict[str, Any]:
    following, card = course_words.next_stage(view), course_words.proposal_card(say, view)
    gates = course_words.gate_rows(say, view, view.stage) if view.stage else []
    rests = asks_nothing(view.protocol, view.chart, view.proposal)
    asked = None if rests else view.stage
    return {
        "drawn": drawn(say, view),
        "proposal": card,
        "thing": next_thing(say, view),
        "acts": course_words.flag_acts(say, view),
        "has_course": view.history.course is not None,
        "may_start": view.history.course is not None and not is_refused(view),
        "ended": course_words.ended_on(say, view),
        "stage": course_words.stage_line(say, view.stage) if view.stage else "",
        "instruction": asked.words_in(say.language).instruction if asked else "",
        "dose": course_words.dose_rows(say, view.in_force) if asked else [],
        "gates": gates,
        "shut": [one for one in gates if not one["is_open"] and one["line"] not in card["reasons"]],
        "next": course_words.stage_line(say, following) if following else "",
        "next_gates": course_words.gate_rows(say, view, following) if following else [],
        "is_later": following is not None and following.window.phase != view.chart.phase,
        "next_goal": following.words_in(say.language).goal if following else "",
        "cautions": [_caution(say, one) for one in view.cautions],
        "often": _often(say, view) if asked else "",
    }


def _often(say: Speaker, view: View) -> str:
    """Return how many sessions she did of those asked; empty where none was asked yet."""
    kept = view.adherence
    if kept is None:
        return ""
    text = _YESTERDAY if kept.days == 1 else _LAST_DAYS
    return say.say(text, done=kept.done, asked=kept.asked, days=kept.days)


def _caution(say: Speaker, one: Caution) -> str:
    until = course_words.day_words(say, one.until_day)
    return say.say("%(caution)s Until %(day)s.", caution=one.rule.words_in(say.language), day=until)


def _kept(say: Speaker, view: View, names: Mapping[str, str]) -> dict[str, Any]:
    kept = view.history
    return {
        "pain_today": view.chart.pain_today,
        "pains": pain_rows(say, kept),
        "told": told_rows(say, kept)[:NEWEST],
        "consents": consent_rows(say, kept),
        "unasked": unasked(say, kept),
        "sessions": [session_row(say, view.protocol, kept, one) for one in _newest(kept.sessions)],
        "session_count": len(kept.sessions),
        "home": home_words.at_home(say, view, NEWEST),
        "last_decision": kept.decisions[-1].id if kept.decisions else "",
        "decisions": [_decision(say, view, one, names) for one in _newest(kept.decisions)],
        "ends": [_end(say, names, one) for one in kept.courses if one.ended_on],
        "clearances": [_clearance(say, view, one) for one in _newest(kept.clearances)],
        "asked_on": day_text(say, _asked_on(kept)),
        "red_flags": [_red_flag(say, one) for one in _newest(kept.red_flags)],
        "notes": [_written(say, names, one.text, one) for one in _newest(kept.notes)],
    }


def _newest(kept: Sequence[T]) -> list[T]:
    return list(reversed(kept[-NEWEST:]))


def _written(say: Speaker, names: Mapping[str, str], text: str, one: Any) -> dict[str, str]:
    by = " · ".join(filter(None, (names.get(one.written_by, ""), day_text(say, one.on_day))))
    return {"text": text, "by": by}


def _decision(say: Speaker, view: View, one: Decision, names: Mapping[str, str]) -> dict[str, str]:
    given = [kept for kept in view.history.prescriptions if kept.decision_id == one.id]
    known = {stage.id: stage for stage in view.protocol.stages}
    stages = [stage_name(say, known[p.stage]) for p in given if p.stage in known]
    made = [
        f"{say.within(name)} {value}"
        for p in given
        for name, value in course_words.dose_rows(say, prescribed(p))
    ]
    by = " · ".join(filter(None, (names.get(one.made_by, ""), day_text(say, one.on_day))))
    return {
        "choice": say.say(CHOICES[one.choice]),
        "what": ", ".join((*stages, *made)),
        "because": one.because,
        "by": by,
    }


def _end(say: Speaker, names: Mapping[str, str], one: Course) -> dict[str, str]:
    """Return that a course ended, why, and who said so."""
    day = day_text(say, one.ended_on)
    by = " · ".join(filter(None, (names.get(one.ended_by or "", ""), day)))
    return {
        "why": course_words.end_words(say, one.ended_ground),
        "because": one.ended_because,
        "by": by,
    }


def _asked_on(kept: History) -> str | None:
    here = [one.on_day for one in kept.red_flag_answers if is_of_here(one)]
    return max(here, default=None)


def _clearance(say: Speaker, view: View, one: Clearance) -> dict[str, Any]:
    until = say.say("until %(day)s", day=day_text(say, one.until_on)) if one.until_on else ""
    begin = say.say("from %(day)s", day=day_text(say, one.from_on))
    revoked = ""
    if one.revoked_on:
        because = course_words.revoked_words(say, one.revoked_because)
        day = day_text(say, one.revoked_on)
        revoked = say.say("Revoked on %(day)s: %(because)s", day=day, because=because)
    return {
        "line": f"{one.signed_by}, {one.profession}",
        "when": " ".join(filter(None, (begin, until))),
        "what": one.what,
        "revoked": revoked,
        "why": _why_not(say, view.chart, one) if is_of_here(one) else say.say(_FROM_ELSEWHERE),
        "holds": not revoked and courses.is_current(view.chart, one),
    }


def _why_not(say: Speaker, chart: Chart, one: Clearance) -> str:
    """Return why a clearance does not hold today; empty where it does."""
    why = clearance.why_not(clearance_of(one), chart)
    if why is None:
        return ""
    flag = max((each.day for each in chart.red_flags), default=chart.today)
    return say.say(_WHY_NOT.get(why, _NOT_TODAY), day=course_words.day_words(say, flag))


def _red_flag(say: Speaker, one: RedFlag) -> dict[str, str]:
    return {
        "line": course_words.flag_words(say, one.code),
        "day": day_text(say, one.on_day),
        "remark": one.remark,
    }
