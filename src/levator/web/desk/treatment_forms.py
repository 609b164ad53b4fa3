"""Forms about pregnancy, birth, clearance and red flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from levator.clinic import Clinic, treatment
from levator.clinic.charts import text_of
from levator.clinic.checking import LABELS
from levator.clinic.courses import View
from levator.course.clearance import open_flag
from levator.errors import CallerError, mark
from levator.library import load_checklist
from levator.records.access import Actor
from levator.records.people import BirthMode, Tear
from levator.records.treatment import Clearance
from levator.texts import Speaker
from levator.web.desk.asked import complications_field, complications_in, items, ticked_for
from levator.web.desk.filling import Field, Form, labelled, text_field, whole
from levator.web.desk.pages import day_text
from levator.web.forms import Typed

MODES: Mapping[BirthMode, str] = {
    "vaginal": mark("Vaginal"),
    "vacuum": mark("Vacuum"),
    "forceps": mark("Forceps"),
    "planned_caesarean": mark("Planned caesarean"),
    "emergency_caesarean": mark("Emergency caesarean"),
}
TEARS: Mapping[Tear, str] = {
    "not_known": mark("Not known"),
    "none": mark("No tear"),
    "first": mark("First-degree tear"),
    "second": mark("Second-degree tear"),
    "third": mark("Third-degree tear"),
    "fourth": mark("Fourth-degree tear"),
    "episiotomy": mark("Episiotomy"),
}
C = TypeVar("C", bound=str)


# --- Pregnancy


def pregnancy_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask when the child is due, or a better day for it, and for each complication by name."""
    kept = view.history.pregnancy
    values = {"expected_on": ""}
    if kept is not None:
        values = {"expected_on": kept.expected_on, **ticked_for(kept.complications)}
    return Form(
        heading=voice.say("Pregnancy"),
        lead=voice.say(
            "The weeks are counted from the due date. After a complication a doctor agrees first,"
            " and so it is while nobody knows whether there was one."
        ),
        fields=[
            labelled(voice, "expected_on", kind="day", is_needed=True),
            complications_field(voice, load_checklist("pregnancy-complications")),
        ],
        values=values,
        hidden={"id": kept.id if kept else made, "version": str(kept.version if kept else 0)},
        button=voice.say("Keep"),
    )


def keep_pregnancy(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it; complications are answered, also where there are none."""
    treatment.keep_pregnancy(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        expected_on=typed.expected_on,
        complications=complications_in(typed),
        version=whole(typed.version) or 0,
    )


# --- Birth


def birth_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask how the child came, and for each complication by name."""
    kept = view.history.birth
    values = {"birth_on": "", "mode": "", "tear": "not_known", "child_grams": ""}
    if kept is not None:
        values = {"birth_on": kept.born_on, "mode": kept.mode, "tear": kept.tear}
        values["child_grams"] = str(kept.child_grams or "")
        values |= ticked_for(kept.complications)
    return Form(
        heading=voice.say("Birth"),
        lead=voice.say(
            "After a complication a doctor agrees first to any training, and so it is while nobody"
            " knows whether there was one."
        ),
        fields=[
            labelled(voice, "birth_on", kind="day", is_needed=True),
            labelled(voice, "mode", kind="choice", options=said(voice, MODES), is_needed=True),
            labelled(voice, "tear", kind="select", options=said(voice, TEARS)),
            complications_field(voice, load_checklist("complications")),
            labelled(
                voice, "child_grams", kind="number", hint=voice.say("In grams; may be empty.")
            ),
        ],
        values=values,
        hidden={"id": kept.id if kept else made, "version": str(kept.version if kept else 0)},
        kept_as=[Field(name="born_on", label=voice.say(LABELS["birth_on"]), kind="day")],
        button=voice.say("Keep"),
    )


def keep_birth(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it; complications are answered, also where there were none."""
    if typed.child_grams and whole(typed.child_grams) is None:
        raise CallerError("The weight of the child is a whole number of grams, such as 3400.")
    treatment.keep_birth(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        born_on=typed.birth_on,
        mode=typed.mode,
        tear=typed.tear or "not_known",
        complications=complications_in(typed),
        child_grams=whole(typed.child_grams),
        version=whole(typed.version) or 0,
    )


# --- Clearance and red flags


def clearance_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask who agreed to what, from when and until when; after a red flag from a later day."""
    flag, begins, hint = open_flag(view.chart), view.chart.today, ""
    if flag is not None:
        begins = max(begins, flag.day + 1)
        hint = voice.say("After a red flag only a clearance from a later day holds.")
    return Form(
        heading=voice.say("Sign a clearance"),
        lead=voice.say(
            "Somebody who may agrees to training. It ends on its day, and with any new red flag."
        ),
        fields=[
            labelled(
                voice,
                "signed_by",
                is_needed=True,
                hint=voice.say("The name of who agreed, as signed."),
            ),
            labelled(
                voice,
                "profession",
                is_needed=True,
                hint=voice.say("Such as gynaecologist, midwife, general practitioner."),
            ),
            text_field(voice, "what", hint=voice.say("In their words; may be empty.")),
            labelled(voice, "from_on", kind="day", is_needed=True, hint=hint),
            labelled(voice, "until_on", kind="day", hint=voice.say("Empty: no last day.")),
        ],
        values={"from_on": text_of(begins)},
        hidden={"id": made},
        button=voice.say("Sign"),
    )


def sign_clearance(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    treatment.sign_clearance(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        signed_by=typed.signed_by,
        profession=typed.profession,
        what=typed.what,
        from_on=typed.from_on,
        until_on=typed.until_on or None,
    )


def revoke_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask why the clearances that stand hold no longer."""
    standing = [one for one in view.history.clearances if one.revoked_on is None]
    options = [(one.id, _from(voice, one)) for one in reversed(standing)]
    return Form(
        heading=voice.say("Revoke a clearance"),
        lead=voice.say("A session under way stops at once."),
        fields=[
            Field(
                name="clearance",
                label=voice.say("Clearance"),
                kind="choice",
                options=options,
                is_needed=True,
            ),
            text_field(voice, "because", is_needed=True),
        ],
        values={"clearance": options[0][0] if len(options) == 1 else ""},
        button=voice.say("Revoke"),
        is_grave=True,
    )


def _from(voice: Speaker, one: Clearance) -> str:
    day = day_text(voice, one.from_on)
    return voice.say("%(name)s, from %(day)s", name=one.signed_by, day=day)


def revoke(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Let it hold no longer."""
    treatment.revoke_clearance(
        clinic.acts, actor, patient_id, typed.clearance, typed.because, clinic.stops(actor)
    )


def red_flag_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for the sign."""
    return Form(
        heading=voice.say("Red flag"),
        lead=voice.say(
            "Such a sign asks for care first: call the doctor or midwife. No clearance holds from"
            " now on, and a session under way stops at once."
        ),
        fields=[
            labelled(
                voice,
                "flag",
                kind="choice",
                options=items(voice, load_checklist("red-flags")),
                is_needed=True,
            ),
            labelled(voice, "on_day", kind="day", is_needed=True),
            text_field(voice, "remark"),
        ],
        values={"on_day": today(view)},
        hidden={"id": made},
        button=voice.say("Report"),
        is_grave=True,
    )


def report_red_flag(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep it."""
    treatment.report_red_flag(
        clinic.acts,
        actor,
        patient_id,
        typed.id,
        on_day=typed.on_day,
        code=typed.flag,
        remark=typed.remark,
        stop=clinic.stops(actor),
    )


def said(voice: Speaker, table: Mapping[C, str]) -> list[tuple[str, str]]:
    """Return codes with their words, to choose from."""
    return [(code, voice.say(words)) for code, words in table.items()]


def today(view: View) -> str:
    """Return today as forms hold it."""
    return text_of(view.chart.today)
