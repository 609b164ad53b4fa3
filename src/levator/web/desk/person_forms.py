"""Forms about who she is and who treats her."""

from __future__ import annotations

from collections.abc import Sequence

from levator.clinic import Clinic, patients
from levator.clinic.invitations import Invitations
from levator.clinic.patients import PatientDetails, TwinError
from levator.errors import mark
from levator.records.access import Actor
from levator.records.people import Patient
from levator.texts import LANGUAGES, Speaker
from levator.web.desk.filling import TICKED, Field, Form, labelled, text_field, whole
from levator.web.desk.pages import day_text, name_of
from levator.web.desk.take_along import way_back
from levator.web.forms import Typed
from levator.web.looks import NAMES

SOMEBODY_ELSE = Field(name="is_somebody_else", label=mark("This is somebody else"), kind="tick")


def new_form(voice: Speaker, made: str, name: str = "") -> Form:
    """Ask for a new patient; what was searched for stands in it already."""
    given, _, family = name.rpartition(" ")
    return Form(
        heading=voice.say("New patient"),
        lead=voice.say("A family name is enough to begin; the rest can follow."),
        fields=_details(voice, has_focus=True),
        values={"given_name": given, "family_name": family, "language": voice.language},
        hidden={"id": made},
        button=voice.say("Make the record"),
    )


def details_form(voice: Speaker, patient: Patient) -> Form:
    """Show her details as they are."""
    fields = ("given_name", "family_name", "number", "email", "telephone", "language")
    values = {name: getattr(patient, name) for name in fields}
    return Form(
        heading=voice.say("Details"),
        fields=_details(voice),
        values=values | {"born_on": patient.born_on or ""},
        hidden={"version": str(patient.version)},
        button=voice.say("Keep"),
    )


def _details(voice: Speaker, *, has_focus: bool = False) -> list[Field]:
    number = voice.say("As the clinic numbers its patients; may be empty.")
    languages = [(code, NAMES[code]) for code in LANGUAGES]
    return [
        labelled(voice, "given_name", has_focus=has_focus),
        labelled(voice, "family_name", is_needed=True),
        labelled(voice, "born_on", kind="day"),
        labelled(voice, "number", hint=number),
        labelled(voice, "email"),
        labelled(voice, "telephone"),
        labelled(voice, "language", kind="select", options=languages),
    ]


def with_twins(voice: Speaker, form: Form, refused: TwinError) -> Form:
    """Return the form with the question whether this is somebody else."""
    form.fields = [
        *form.fields,
        Field(name=SOMEBODY_ELSE.name, label=voice.say(SOMEBODY_ELSE.label), kind="tick"),
    ]
    return form


def twin_rows(voice: Speaker, twins: Sequence[Patient]) -> list[dict[str, str]]:
    """Return those who are here already, as links to what who asks may open."""
    return [
        {
            "address": way_back(one.id),
            "name": name_of(one),
            "born_on": day_text(voice, one.born_on) if one.born_on else "",
            "number": one.number,
        }
        for one in twins
    ]


def details_of(typed: Typed) -> PatientDetails:
    """Return what was filled in."""
    return PatientDetails(
        given_name=typed.given_name,
        family_name=typed.family_name,
        born_on=typed.born_on or None,
        number=typed.number,
        email=typed.email,
        telephone=typed.telephone,
        language=typed.language or LANGUAGES[0],
    )


def make(clinic: Clinic, actor: Actor, typed: Typed) -> Patient:
    """Make her."""
    is_else = typed.is_somebody_else == TICKED
    return patients.make(clinic.acts, actor, typed.id, details_of(typed), is_somebody_else=is_else)


def change(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Keep other details."""
    patients.change(
        clinic.acts,
        actor,
        patient_id,
        whole(typed.version) or 0,
        details_of(typed),
        is_somebody_else=typed.is_somebody_else == TICKED,
    )


def take_on_form(voice: Speaker, made: str) -> Form:
    """Ask why another's patient is taken on."""
    return Form(
        heading=voice.say("Take this patient on"),
        lead=voice.say(
            "Another therapist treats her. Your reason is kept in her record, and she can see"
            " that you came in."
        ),
        fields=[text_field(voice, "because", is_needed=True)],
        hidden={"id": made},
        button=voice.say("Take her on"),
    )


def take_on(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Treat her from now on."""
    patients.take_on(clinic.acts, actor, patient_id, typed.id, typed.because)


def hand_over_form(
    voice: Speaker,
    therapists: Sequence[tuple[str, str]],
    treated_by: Sequence[str],
    *,
    is_admin: bool,
) -> Form:
    """Ask who treats her from now on; where nobody else can, only say so.

    An admin is asked in whose place where several treat her.
    """
    several = [one for one in therapists if is_admin and one[0] in treated_by]
    asked = [("user", voice.say("Therapist"), therapists)]
    lead = mark("From then on you see her record only when you take her on again.")
    if is_admin:
        lead = mark(
            "From then on she is the patient of the therapist you choose, and of nobody else."
        )
    if len(several) > 1:
        lead = mark("Several therapists treat her; who is not named here goes on.")
        asked.insert(0, ("in_place_of", voice.say("In whose place"), several))
    if not therapists:
        lead = mark("There is no other therapist here yet; an admin of the clinic invites one.")
    return Form(
        heading=voice.say("Hand her over"),
        lead=voice.say(lead),
        fields=[
            Field(name=name, label=label, kind="choice", options=options, is_needed=True)
            for name, label, options in asked
            if options
        ],
        button=voice.say("Hand over"),
    )


def hand_over(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Let another treat her."""
    patients.hand_over(clinic.acts, actor, patient_id, typed.user, typed.in_place_of)


def close_access_form(voice: Speaker, has_account: bool) -> Form:
    """Ask whether her own access ends; where she has none, only say so."""
    if not has_account:
        lead = voice.say("She has no account, so there is nothing to close.")
        return Form(heading=voice.say("Close her access"), lead=lead, fields=[], button="")
    return Form(
        heading=voice.say("Close her access"),
        lead=voice.say(
            "For a telephone that was lost or stolen: her password, her passkeys, a link that was"
            " not used and every login end at once. She comes in again by a new link, which her"
            " therapist gives her."
        ),
        fields=[],
        button=voice.say("Close her access"),
        is_grave=True,
    )


def close_access(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """End all with which she comes in."""
    Invitations(clinic.accounts).close(actor, patient_id)
