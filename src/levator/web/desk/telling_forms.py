"""Forms about what she and her therapist tell: pain, symptoms, tests, notes, consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from levator.clinic import Clinic, telling
from levator.clinic.checking import LONGEST_TEXT
from levator.clinic.consenting import is_research
from levator.clinic.courses import View
from levator.errors import CallerError, mark
from levator.library import load_scales
from levator.records.access import Actor
from levator.records.treatment import Assessment, PainMoment, SymptomScore
from levator.texts import Speaker
from levator.web.desk.asked import pain_in
from levator.web.desk.filling import Field, Form, labelled, number, text_field
from levator.web.desk.pages import moment_text
from levator.web.desk.treatment_forms import said, today
from levator.web.forms import Typed

#: So many sessions are offered to write about.
_NEWEST = 12
MOMENTS: Mapping[PainMoment, str] = {
    "between": mark("In daily life"),
    "before": mark("Before a session"),
    "during": mark("During a session"),
    "after": mark("After a session"),
    "next_morning": mark("The morning after a session"),
}


def pain_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for pain on its scale."""
    return Form(
        heading=voice.say("Pain"),
        lead=voice.say(
            "0 is no pain, %(most)s is the worst that can be thought of.",
            most=load_scales().pain_most,
        ),
        fields=[
            labelled(voice, "moment", kind="select", options=said(voice, MOMENTS)),
            labelled(voice, "on_day", kind="day"),
            labelled(voice, "pain", kind="scale", is_needed=True),
        ],
        values={"on_day": today(view), "moment": "between"},
        hidden={"id": made},
        button="",
    )


def report_pain(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    telling.report_pain(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        score=pain_in(typed),
        moment=typed.moment or "between",
        on_day=typed.on_day or None,
        session_id=typed.session or None,
    )


def note_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for a note."""
    return Form(
        heading=voice.say("Note"),
        lead=voice.say("She can read what is written about her."),
        fields=[text_field(voice, "note", is_needed=True), *_about_session(voice, view)],
        hidden={"id": made},
        button=voice.say("Keep"),
    )


def write_note(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    telling.write_note(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        typed.note[: LONGEST_TEXT + 1],
        session_id=typed.session or None,
    )


# --- Symptoms and tests


def symptom_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for a symptom of a day, as a number."""
    return Form(
        heading=voice.say("Symptom"),
        lead=voice.say("Something that can be counted or scored, such as leaks in a day."),
        fields=[
            labelled(voice, "symptom", is_needed=True, known=_known(view.history.symptoms)),
            labelled(voice, "score", kind="number", is_needed=True),
            labelled(voice, "unit", hint=voice.say("Such as: times a day; may be empty.")),
            labelled(voice, "on_day", kind="day", is_needed=True),
        ],
        values={"on_day": today(view)},
        hidden={"id": made},
        button=voice.say("Keep"),
    )


def report_symptom(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    score = number(typed.score)
    if score is None:
        raise CallerError("A symptom is told as a number; write for example 2.")
    telling.report_symptom(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        code=typed.symptom,
        score=score,
        unit=typed.unit,
        on_day=typed.on_day or None,
    )


def assessment_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for a test or questionnaire with its result."""
    return Form(
        heading=voice.say("Test"),
        lead=voice.say("A test or questionnaire with its result."),
        fields=[
            labelled(voice, "test", is_needed=True, known=_known(view.history.assessments)),
            labelled(voice, "score", kind="number", hint=voice.say("May be empty.")),
            labelled(voice, "on_day", kind="day", is_needed=True),
            text_field(voice, "remark"),
            *_about_session(voice, view),
        ],
        values={"on_day": today(view)},
        hidden={"id": made},
        button=voice.say("Keep"),
    )


def write_assessment(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    score = number(typed.score)
    if score is None and typed.score.strip():
        raise CallerError("A score is a number; leave it empty where there is none.")
    telling.write_assessment(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        code=typed.test,
        score=score,
        remark=typed.remark,
        on_day=typed.on_day or None,
        session_id=typed.session or None,
    )


def _about_session(voice: Speaker, view: View) -> list[Field]:
    """Ask about which session it is, where she has had one; the newest first."""
    newest = view.history.sessions[: -_NEWEST - 1 : -1]
    options = [(one.id, moment_text(voice, one.started_at)) for one in newest]
    if not options:
        return []
    none = ("", voice.say("None in particular"))
    label = voice.say("About the session of")
    return [Field(name="session", label=label, kind="select", options=[none, *options])]


def _known(kept: Iterable[SymptomScore | Assessment]) -> tuple[str, ...]:
    """Return what was told before, to be offered again."""
    return tuple(sorted({one.code for one in kept}))


# --- Consent


def consent_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask what she agreed to, and when."""
    return Form(
        heading=voice.say("Consent"),
        lead=voice.say("What is agreed to beyond the treatment, such as research."),
        fields=[
            labelled(
                voice,
                "what",
                is_needed=True,
                known=(voice.say("research"),),
                hint=voice.say(
                    "With the word research alone, the numbers go to the researchers of this "
                    "clinic, without a name, until it is withdrawn."
                ),
            ),
            labelled(voice, "on_day", kind="day", is_needed=True),
        ],
        values={"on_day": today(view)},
        hidden={"id": made},
        button=voice.say("Keep"),
    )


def consent_words(say: Speaker, what: str) -> str:
    """Return what was agreed to; the one word that opens something, in the page's language."""
    return say.say("research") if is_research(what) else what


def give_consent(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    telling.give_consent(clinic.acts, actor, patient_id, typed.id, typed.what, typed.on_day)


def withdraw_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask which consent holds no longer."""
    standing = [one for one in view.history.consents if one.withdrawn_on is None]
    options = [(one.id, consent_words(voice, one.what)) for one in reversed(standing)]
    return Form(
        heading=voice.say("Withdraw a consent"),
        lead=voice.say("It holds no longer from today on; that it was given stays in the record."),
        fields=[
            Field(
                name="consent",
                label=voice.say("Consent"),
                kind="choice",
                options=options,
                is_needed=True,
            )
        ],
        values={"consent": options[0][0] if len(options) == 1 else ""},
        button=voice.say("Withdraw"),
        is_grave=True,
    )


def withdraw_consent(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Let it hold no longer."""
    telling.withdraw_consent(clinic.acts, actor, patient_id, typed.consent)
