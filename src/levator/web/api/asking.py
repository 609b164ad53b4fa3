"""What may be sent: strict forms, nothing unknown in them. What the words mean is checked by
the clinic, in `levator.clinic.checking`; here are only kinds, lengths and signs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from levator.clinic import POSTURES, ending
from levator.clinic.checking import LONGEST_LINE, LONGEST_TEXT
from levator.clinic.erasing import grounds
from levator.clinic.invitations import INVITED
from levator.clinic.passwords import LONGEST as LONGEST_PASSWORD
from levator.clinic.patients import MOST_AT_ONCE
from levator.course.chart import DecisionKind
from levator.library import load_checklist, load_scales
from levator.live.asking import CUSHIONS
from levator.records.people import BirthMode, Role, Tear
from levator.records.treatment import PainMoment
from levator.texts import LANGUAGES
from levator.training.dose import RoundsKind

ID_SIGNS = "^[0-9a-f]{32}$"
Id = Annotated[str, Path(pattern=ID_SIGNS)]
IdField = Annotated[str, Field(pattern=ID_SIGNS)]
IdOrEmpty = Annotated[str, Field(pattern=f"{ID_SIGNS}|^$")]
DAY_SIGNS = r"^\d{4}-\d{2}-\d{2}$"
Day = Annotated[str, Field(pattern=DAY_SIGNS, json_schema_extra={"format": "date"})]
Line = Annotated[str, Field(max_length=LONGEST_LINE)]
FilledLine = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
FilledText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
#: The version that was read, as its ETag; left out for what is new.
_ETAG = r'^"[0-9]{1,9}"$'
IfMatch = Annotated[str | None, Header(pattern=_ETAG)]
#: The same, for what is never new.
IfMatchNeeded = Annotated[str, Header(pattern=_ETAG)]
PainScored = Annotated[int, Field(ge=0, le=load_scales().pain_most)]
#: A password; what is wrong with it the clinic says.
Secret = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD)]
MOST_ITEMS = 50
#: So many times the fields of a form are no form with a slip in it.
MOST_FORMS = 2
#: At the first item that is none of ours the others are not looked at: a body has room for many.
MANY = Field(max_length=MOST_ITEMS, strict=False, fail_fast=True)
Limit = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


def one_of(codes: Iterable[str]) -> Any:
    """Return the field of a text that is one of a few codes."""
    return Field(pattern=f"^({'|'.join(codes)})$")


def on(checklist: str) -> Any:
    """Return the field of a text that is a code of a checklist."""
    return one_of(item.code for item in load_checklist(checklist).items)


def version_of(if_match: str | None) -> int:
    """Return the version in an If-Match header, 0 without one."""
    return int(if_match.strip('"')) if if_match else 0


class Sent(BaseModel):
    """Base of what is sent."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _has_no_more_fields(cls, given: Any) -> Any:
        """Refuse at once what cannot be this form, instead of each field that is not in it.

        With a few too many it may be: those are named.
        """
        if isinstance(given, dict) and len(given) > MOST_FORMS * len(cls.model_fields):
            raise ValueError("more fields than the form has")
        return given


class PatientAsked(Sent):
    """A patient's details. `is_somebody_else`: another patient of this name is known of."""

    given_name: Line = ""
    family_name: FilledLine
    born_on: Day | None = None
    number: Line = ""
    email: Line = ""
    telephone: Line = ""
    language: Annotated[str, one_of(LANGUAGES)] = "nl"
    is_somebody_else: bool = False


class SearchAsked(Sent):
    """Whom to look for."""

    text: Line
    mine: bool = False
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class TakeOnAsked(Sent):
    """Why another's patient is taken on; the reason is kept as a note."""

    note_id: IdField
    because: FilledText


class HandOverAsked(Sent):
    """Who treats her from now on; an admin says in whose place where several treat her."""

    user_id: IdField
    in_place_of: IdOrEmpty = ""


class PregnancyAsked(Sent):
    """A pregnancy; `complications` are codes of its checklist: [] is none, left out not known."""

    expected_on: Day
    complications: Annotated[
        tuple[Annotated[str, on("pregnancy-complications")], ...] | None, MANY
    ] = None


class BirthAsked(Sent):
    """A birth; `complications` are codes of the checklist: [] is none, left out is not known."""

    born_on: Day
    mode: BirthMode
    tear: Tear = "not_known"
    complications: Annotated[tuple[Annotated[str, on("complications")], ...] | None, MANY] = None
    child_grams: Annotated[int | None, Field(ge=1, le=10_000)] = None


class ClearanceAsked(Sent):
    """Who agreed to training, to what, from when and until when."""

    signed_by: FilledLine
    profession: FilledLine
    what: Text = ""
    from_on: Day
    until_on: Day | None = None


class BecauseAsked(Sent):
    """A reason."""

    because: FilledText


class RedFlagAsked(Sent):
    """A sign that asks for care first; `code` of the checklist."""

    on_day: Day
    code: Annotated[str, on("red-flags")]
    remark: Text = ""


class PainAsked(Sent):
    """Pain on its scale; of today where no day is named."""

    score: PainScored
    moment: PainMoment = "between"
    on_day: Day | None = None
    session_id: IdField | None = None


class SymptomAsked(Sent):
    """A symptom of a day."""

    code: FilledLine
    score: Annotated[float, Field(allow_inf_nan=False)]
    unit: Line = ""
    on_day: Day | None = None


class AssessmentAsked(Sent):
    """A test or questionnaire; `answers` is JSON in a text."""

    code: FilledLine
    answers: Annotated[str, Field(min_length=2, max_length=LONGEST_TEXT)] = "{}"
    score: Annotated[float | None, Field(allow_inf_nan=False)] = None
    remark: Text = ""
    on_day: Day | None = None
    session_id: IdField | None = None


class NoteAsked(Sent):
    """What a therapist writes."""

    text: FilledText
    on_day: Day | None = None
    session_id: IdField | None = None


class ConsentAsked(Sent):
    """What she agreed to, and when."""

    what: FilledLine
    given_on: Day


class ErasureAsked(Sent):
    """Who is erased and why. name : hers, in full. ground : of the checklist, "" where her time is
    over."""

    name: FilledLine
    ground: Annotated[str, one_of(("", *grounds()))] = ""


class SettingsAsked(Sent):
    """A dose; what is left out is as the step begins."""

    force_percent_mvc: Annotated[float | None, Field(ge=0, le=100)] = None
    hold_s: Annotated[float | None, Field(ge=0, le=600)] = None
    rest_s: Annotated[float | None, Field(ge=0, le=600)] = None
    tangent_percent: Annotated[float | None, Field(ge=0, le=100)] = None
    rounds: Annotated[int | None, Field(ge=1, le=1000)] = None
    times_a_day: Annotated[int | None, Field(ge=1, le=100)] = None
    rounds_rule: RoundsKind | None = None


class DecisionAsked(Sent):
    """What is decided. seen : that of the course on which it is decided."""

    kind: DecisionKind
    seen: FilledLine
    because: Text = ""
    stage: FilledLine | None = None
    settings: SettingsAsked | None = None


class EndAsked(Sent):
    """Why a course ends, and its last day; in own words too where the reason is `other`."""

    ended_on: Day
    ended_ground: Annotated[str, one_of(ending.reasons())]
    ended_because: Text = ""


class SittingAsked(Sent):
    """Where she sits, and what was asked before: pain, and which red flags are there, [] for
    none. Without an answer nothing opens. asked_id : under which both answers are kept."""

    device_url: FilledLine
    cushion: Annotated[str, one_of(CUSHIONS)]
    posture: Annotated[str, one_of(POSTURES)]
    stage: Line = ""
    pain: PainScored
    red_flags: Annotated[tuple[Annotated[str, on("red-flags")], ...], MANY]
    asked_id: IdField


class SignInAsked(Sent):
    """Who signs in. code : of the app, or a recovery code; "" where the account has neither."""

    email: FilledLine
    password: Secret
    code: Line = ""
    clinic_id: Line = ""


class ConfirmAsked(Sent):
    """What the account asks for, once more."""

    password: Secret
    code: Line = ""


class PasswordAsked(Sent):
    """The password from now on."""

    new: Secret


class LanguageAsked(Sent):
    """The language of one's own pages; "" is that of the browser."""

    language: Annotated[str, one_of(("", *LANGUAGES))]


class InviteeAsked(Sent):
    """For whom an account is made."""

    name: FilledLine
    email: FilledLine
    role: Annotated[Role, one_of(INVITED)]
    language: Annotated[str, one_of(("", *LANGUAGES))] = ""


class UserAsked(Sent):
    """What an account is from now on, whole."""

    name: FilledLine
    role: Role
    language: Annotated[str, one_of(("", *LANGUAGES))]


class AgainAsked(Sent):
    """What was lost: the password, or everything with which she signed in."""

    lost: Literal["password", "everything"]


class AddressAsked(Sent):
    """The address of the account; one that she has already keeps its own."""

    email: FilledLine
