"""Her sessions: the list, one session with its rounds, and its report with the trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import courses, sessions
from levator.clinic.results import trained_in
from levator.clinic.sessions import Told
from levator.errors import RecordingError
from levator.records.treatment import Session, Trained
from levator.reports import curve_html, to_html
from levator.texts import Speaker
from levator.texts.reasons import repetition_reasons, verdict_word
from levator.training.events import RepetitionScored
from levator.web.desk.pages import Desk, name_of, new_id, voice
from levator.web.desk.session_words import session_row
from levator.web.leaving import while_there
from levator.web.signed import actor, as_report


class Sessions:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/patients/{patient_id}/sessions", self.all),
            Route("/patients/{patient_id}/sessions/{session_id}", self.one),
            Route("/patients/{patient_id}/sessions/{session_id}/report", self.report),
        ]

    async def all(self, request: Request) -> Response:
        """Show every session, newest first."""
        view = await self._desk.do(courses.view, request.path_params["patient_id"])
        say, kept = voice(request), view.history
        values = {
            "patient": kept.patient,
            "name": name_of(kept.patient),
            "sessions": [
                session_row(say, view.protocol, kept, one) for one in reversed(kept.sessions)
            ],
        }
        return self._desk.page(request, "sessions.html", values)

    async def one(self, request: Request) -> Response:
        """Show one session with the verdict of every round."""
        asked = request.path_params
        told = await self._desk.do(sessions.told, asked["patient_id"], asked["session_id"])
        say, view, kept = voice(request), told.view, told.view.history
        values = {
            "patient": kept.patient,
            "name": name_of(kept.patient),
            "row": session_row(say, view.protocol, kept, told.session),
            "session": told.session,
            "numbers": list(_numbers_by_dose(say, told.session)),
            "sets": [
                (set_heading(say, told.rounds, number), [_round(say, one, told) for one in rounds])
                for number, rounds in groupby(told.rounds, key=lambda one: one.set_number)
            ],
            "report": f"{request.url.path}/report" if told.session.recording_id else "",
            "curve": Markup(await self._curve(request, told, say)),
            "pains": [one for one in kept.pains if one.session_id == told.session.id],
            "written": [one.text for one in kept.notes if one.session_id == told.session.id],
            "tests": [
                " ".join(filter(None, (one.code, _maybe(say, one.score), one.remark)))
                for one in kept.assessments
                if one.session_id == told.session.id
            ],
            "new_id": new_id(),
        }
        return self._desk.page(request, "session.html", values)

    async def report(self, request: Request) -> Response:
        """Write the report of a session: stored events, trace, and what a replay finds."""
        asked = request.path_params
        told = await self._desk.do(
            sessions.told, asked["patient_id"], asked["session_id"], "session.report"
        )
        telling = self._desk.clinic.replays.told(
            actor().login_id,
            told.session.recording_id or "",
            lambda report: to_html(
                report, voice(request).language, name_of(told.view.history.patient)
            ),
        )
        html = await while_there(request, telling)
        return await as_report(self._desk.clinic.accounts.logins, request, html)

    async def _curve(self, request: Request, told: Told, say: Speaker) -> str:
        """Return the drawn curve of a session that is over, as it was replayed; else nothing."""
        if told.session.state == "open" or not told.session.recording_id:
            return ""
        try:
            telling = self._desk.clinic.replays.told(
                actor().login_id,
                told.session.recording_id,
                lambda report: curve_html(report, say.language),
            )
            return await while_there(request, telling)
        except RecordingError:
            return ""


def _maybe(say: Speaker, score: float | None) -> str:
    return "" if score is None else say.number(score)


def _numbers_by_dose(say: Speaker, session: Session) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the numbers of each dose that was trained, under its sets; of one dose alone, once."""
    trained = trained_in(session)
    if len(trained) < 2:
        yield "", _numbers(say, session)
        return
    for one in trained:
        yield _sets(say, one), [(say.say("Rounds"), str(one.rounds)), *_numbers(say, one)]


def _sets(say: Speaker, one: Trained) -> str:
    if one.first_set == one.last_set:
        return say.say("Set %(number)s", number=one.first_set)
    return say.say("Sets %(first)s to %(last)s", first=one.first_set, last=one.last_set)


def _numbers(say: Speaker, one: Session | Trained) -> list[tuple[str, str]]:
    rows = (
        (say.say("Force"), one.force_percent_mvc, "%"),
        (say.say("Hold"), one.hold_s, "s"),
        (say.say("Rest"), one.rest_s, "s"),
        (say.say("Tangent"), one.tangent_percent, "%"),
        (say.say("In the band"), one.in_band_percent, "%"),
        (say.say("Let go"), one.released_percent, "%"),
        (say.say("Mean of the hold"), one.hold_mean_percent_mvc, "%"),
        (say.say("Tired in round"), one.fatigue_round, ""),
    )
    return [
        (name, f"{say.number(value, 0 if unit == '%' else 1)} {unit}".strip())
        for name, value, unit in rows
        if value is not None
    ]


def set_heading(say: Speaker, rounds: Sequence[RepetitionScored], number: int) -> str:
    """Return which set it is and at what force; empty where there was one set at one force."""
    forces = [one.force_percent_mvc for one in rounds if one.set_number == number]
    if len({one.set_number for one in rounds}) == 1:
        return ""
    asked = " – ".join(say.number(force, 0) for force in dict.fromkeys(forces))
    return say.say("Set %(number)s at %(force)s %%", number=number, force=asked)


def _round(say: Speaker, scored: RepetitionScored, told: Told) -> dict[str, Any]:
    return {
        "number": scored.round,
        "word": verdict_word(say, scored),
        "is_good": scored.verdict == "good",
        "detail": repetition_reasons(say, scored, told.band_percent_mvc),
    }
