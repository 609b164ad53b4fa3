"""What her therapist sees and prescribes of training at home: one page, and a form per exercise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic import Clinic, courses, history
from levator.clinic.charts import text_of
from levator.clinic.courses import View
from levator.clinic.home import planning, prescribing
from levator.clinic.home.doses import all_exercises, dose_of, standing
from levator.clinic.home.prescribing import HomeWanted
from levator.course.exercise import Exercise
from levator.course.home_dose import HomeDose
from levator.course.protocol import Range
from levator.errors import CallerError, mark
from levator.records.access import Actor
from levator.records.home import HomePrescription
from levator.records.work import NotThereError
from levator.texts import Speaker
from levator.web.desk import home_words
from levator.web.desk.filling import Field, Form, labelled, number, text_field, whole
from levator.web.desk.pages import allowed, day_text, name_of, new_id, voice, who_is
from levator.web.desk.patient_forms import PatientForms
from levator.web.forms import Typed
from levator.web.signed import actor

T = TypeVar("T")
#: Exercises as they were done, on one page; all of them are in her export.
MOST_DONE = 100
_BASE = "/patients/{patient_id}/home"
_EXERCISE = f"{_BASE}/exercises/{{exercise}}"


class HomeForms(PatientForms):
    """Handlers over one clinic."""

    def routes(self) -> list[Route]:
        """Return the page and the forms with their addresses."""
        both = ["GET", "POST"]
        return [
            Route(_BASE, self.show),
            Route(_EXERCISE, self.prescribe, methods=both),
            Route(f"{_EXERCISE}/withdraw", self.withdraw, methods=both),
        ]

    async def show(self, request: Request) -> Response:
        """Show what is prescribed and what was done, the diary and the habits."""
        view = await self._desk.do(planning.look, request.path_params["patient_id"])
        say = voice(request)
        patient, kept = view.history.patient, view.history
        writers = [one.made_by for one in kept.home_prescriptions if one.made_by]
        names = await self._desk.do(history.names, patient.id, writers)
        values = {
            "patient": patient,
            "name": name_of(patient),
            "about": who_is(say, patient),
            "today": day_text(say, text_of(view.chart.today)),
            "may": allowed(actor(), patient, "home.prescribe"),
            "home": home_words.at_home(say, view, MOST_DONE),
            "offered": home_words.offered(say, view),
            "past": home_words.past_rows(say, kept, names),
            "diary": home_words.diary(say, kept),
            "habits": home_words.habit_rows(say, view),
        }
        return self._desk.page(request, "at-home.html", values)

    async def prescribe(self, request: Request) -> Response:
        """Show the form of an exercise, or keep what is prescribed of it."""
        exercise = _exercise_of(request)

        async def form() -> Form:
            view = await self._desk.do(courses.view, request.path_params["patient_id"])
            now = _current(view, exercise, _named(request))
            made = prescribe_form(voice(request), view, exercise, now, new_id())
            dose = dose_of(now) if now else HomeDose(exercise.id)
            made.today = home_words.today_rows(voice(request), view, dose)
            made.about, made.back = who_is(voice(request), view.history.patient), _back(request)
            return made

        return await self._either(request, partial(_prescribe, exercise.id), form, _back(request))

    async def withdraw(self, request: Request) -> Response:
        """Ask why an exercise is taken away, or take it away."""
        exercise = _exercise_of(request)

        async def form() -> Form:
            view = await self._desk.do(courses.view, request.path_params["patient_id"])
            now = _current(view, exercise, _named(request))
            made = withdraw_form(voice(request), view, exercise, now, new_id())
            made.about, made.back = who_is(voice(request), view.history.patient), _back(request)
            return made

        return await self._either(request, partial(_withdraw, exercise.id), form, _back(request))


def _back(request: Request) -> str:
    return f"/patients/{request.path_params['patient_id']}/home"


def _named(request: Request) -> str:
    """Return the id of the prescription that a link is about; empty where it names none."""
    return request.query_params.get("given", "")


def _exercise_of(request: Request) -> Exercise:
    """Return the exercise in the address; NotThereError for one that the library has not."""
    asked = request.path_params["exercise"]
    found = next((one for one in all_exercises() if one.id == asked), None)
    if found is None:
        raise NotThereError
    return found


# --- The forms


def prescribe_form(
    say: Speaker, view: View, exercise: Exercise, now: HomePrescription | None, made: str
) -> Form:
    """Ask for the dose, within the ranges of the library, and for the reason.

    now : the prescription that it changes; its dose stands in the form.
    """
    words = exercise.words_in(say.language)
    usual = {
        "hold_s": exercise.pattern.hold_s,
        "repetitions": exercise.repetitions,
        "times_a_day": exercise.times_a_day,
    }
    given = {name: getattr(now, name, None) for name in usual}
    numbers = usual | {name: one for name, one in given.items() if one is not None}
    values = {name: say.number(one, 2) for name, one in numbers.items()}
    values |= {
        "posture": (now.posture if now else None) or exercise.postures[0].id,
        "from_on": _from_on(view, now),
        "until_on": (now.until_on if now else None) or "",
    }
    also = mark("This also replaces what was prescribed from %(day)s.")
    button = say.say("Change") if now else say.say("Prescribe")
    return Form(
        heading=words.title,
        lead=f"{words.goal} {words.how}",
        caution=_also(say, view, now, also),
        fields=[
            *_dose_fields(say, exercise),
            *_days(say),
            _because(say),
        ],
        values=values,
        hidden={"id": made, "last": _last(view, exercise)},
        kept_as=[_away(say)],
        button=button,
    )


def _last(view: View, exercise: Exercise) -> str:
    """Return the id of the newest prescription of an exercise, taken away or not."""
    kept = [one for one in view.history.home_prescriptions if one.exercise == exercise.id]
    return kept[-1].id if kept else ""


def _current(view: View, exercise: Exercise, named: str) -> HomePrescription | None:
    """Return the prescription of hers that a link names, while it stands; else the one that holds
    first. Raises NotThereError for one that is not hers, or of another exercise."""
    kept = [one for one in view.history.home_prescriptions if one.exercise == exercise.id]
    if named and named not in {one.id for one in kept}:
        raise NotThereError
    found = _standing(view, exercise.id)
    return next((one for one in found if one.id == named), found[0] if found else None)


def _standing(view: View, exercise: str) -> list[HomePrescription]:
    """Return what is prescribed of an exercise for today or later, the first to hold first."""
    found = standing(view.history.home_prescriptions, view.chart.today)
    return sorted((one for one, _ in found if one.exercise == exercise), key=_begins)


def _begins(one: HomePrescription) -> str:
    return one.from_on


def _from_on(view: View, now: HomePrescription | None) -> str:
    """Return from when a change holds: today, or as soon as what it changes begins."""
    today = text_of(view.chart.today)
    return today if now is None else max(today, now.from_on)


def _also(say: Speaker, view: View, now: HomePrescription | None, text: str) -> str:
    """Return that all that begins after `now` goes with it; empty where nothing does."""
    if now is None:
        return ""
    later = [one for one in _standing(view, now.exercise) if one.from_on > now.from_on]
    days = [day_text(say, one.from_on) for one in later]
    return say.say(text, day=say.listing(days)) if days else ""


def _dose_fields(say: Speaker, exercise: Exercise) -> list[Field]:
    rows: list[tuple[str, str, Range | None]] = [
        ("repetitions", say.say("Repetitions"), exercise.repetitions_range),
        ("times_a_day", say.say("Times a day"), exercise.times_range),
    ]
    if exercise.hold_range_s is not None:
        rows.insert(0, ("hold_s", say.say("Hold, s"), exercise.hold_range_s))
    options = [(one.id, home_words.posture_words(say, one.id)) for one in exercise.postures]
    posture = Field(name="posture", label=say.say("Posture"), kind="select", options=options)
    return [
        posture,
        *(
            Field(name=name, label=label, kind="number", hint=_range(say, allowed_there))
            for name, label, allowed_there in rows
        ),
    ]


def _range(say: Speaker, one: Range | None) -> str:
    if one is None:
        return ""
    return say.say("%(lowest)s to %(highest)s", lowest=one.lowest, highest=one.highest)


def _days(say: Speaker) -> list[Field]:
    return [labelled(say, "from_on", kind="day"), labelled(say, "until_on", kind="day")]


def _away(say: Speaker) -> Field:
    words = [(str(True), say.say("yes")), (str(False), say.say("no"))]
    return Field(name="is_withdrawn", label=say.say("Taken away"), options=words)


def _because(say: Speaker) -> Field:
    return text_field(say, "because", is_needed=True)


def withdraw_form(
    say: Speaker, view: View, exercise: Exercise, now: HomePrescription | None, made: str
) -> Form:
    """Ask why it is taken away; where it is not prescribed, only say so."""
    title = exercise.words_in(say.language).title
    heading = say.say("Take away: %(title)s", title=title)
    if now is None:
        lead = say.say("It is not prescribed, so there is nothing to take away.")
        return Form(heading=heading, lead=lead, fields=[], button="", is_over=True)
    also = mark("This also takes away what was prescribed from %(day)s.")
    return Form(
        heading=heading,
        lead=say.say("Her phone hears of it when it is next in touch. What she did stays."),
        caution=_also(say, view, now, also),
        fields=[labelled(say, "from_on", kind="day"), _because(say)],
        values={"from_on": _from_on(view, now)},
        hidden={"id": made, "last": _last(view, exercise)},
        kept_as=[*_dose_fields(say, exercise), labelled(say, "until_on", kind="day"), _away(say)],
        button=say.say("Take away"),
        is_grave=True,
    )


# --- What takes them


def _prescribe(exercise: str, clinic: Clinic, who: Actor, patient_id: str, typed: Typed) -> None:
    """Keep what was typed; raises CallerError."""
    wanted = HomeWanted(
        exercise=exercise,
        because=typed.because,
        from_on=typed.from_on or None,
        until_on=typed.until_on or None,
        posture=typed.posture or None,
        hold_s=_given(typed.hold_s, number),
        repetitions=_given(typed.repetitions, whole),
        times_a_day=_given(typed.times_a_day, whole),
        last=typed.fields.get("last"),
    )
    prescribing.prescribe(clinic.acts, who, patient_id, typed.id, wanted)


def _withdraw(exercise: str, clinic: Clinic, who: Actor, patient_id: str, typed: Typed) -> None:
    """Keep what was typed; raises CallerError."""
    wanted = HomeWanted(
        exercise=exercise,
        because=typed.because,
        from_on=typed.from_on or None,
        is_withdrawn=True,
        last=typed.fields.get("last"),
    )
    prescribing.prescribe(clinic.acts, who, patient_id, typed.id, wanted)


def _given(text: str, read: Callable[[str], T | None]) -> T | None:
    """Return a number that was typed, None where nothing was; raises CallerError for words."""
    found = read(text)
    if found is None and text.strip():
        raise CallerError("A dose is told in numbers; write for example 3, or leave it empty.")
    return found
