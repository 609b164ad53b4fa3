"""Whose records they are, and who may work with them: tenants, users, patients, births."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal

from levator.records.entity import Entity, Indexed, Personal, Refers, Secret, Unique, UniqueHere

Role = Literal["patient", "therapist", "researcher", "clinic_admin", "system_admin"]
UserState = Literal["invited", "active", "disabled"]
BirthMode = Literal["vaginal", "vacuum", "forceps", "planned_caesarean", "emergency_caesarean"]
Tear = Literal["none", "first", "second", "third", "fourth", "episiotomy", "not_known"]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long records must be kept, for a clinic that begins (`library/retention.toml`)."""

    record_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Entity):
    """A clinic whose records are kept apart from all others'. `tenant_id` is its own id."""

    name: str
    made_at: str
    #: Protocol proposed for a new course.
    protocol: str
    #: Years for which records are kept after the last day on which anything happened in them.
    retention_years: int
    #: Of which the pseudonyms of research are made; empty before the first export.
    research_key: Secret[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Entity):
    """A woman in treatment.

    treated_by : ids of the therapists who treat her. search_key : her names and number as
        they are looked for, see `search_key`. Two patients of one name are told apart by
        number and date of birth.
    """

    given_name: Personal[str]
    family_name: Personal[str]
    born_on: Personal[str | None] = None
    number: Personal[Indexed[str]] = ""
    email: Personal[str] = ""
    telephone: Personal[str] = ""
    language: str = "nl"
    search_key: Personal[Indexed[str]] = ""
    treated_by: tuple[str, ...] = ()
    made_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Entity):
    """Somebody who signs in. A patient's user names her record in `patient_id`.

    email_key : the address as it is compared, unique in its clinic. One person may have an account
        in two, each with a password of its own.
    recovery_hashes : one per code that was not used yet. totp_last_step : the last period
        whose code was taken, so that none works twice.
    """

    name: str
    email: str
    email_key: UniqueHere[str]
    role: Indexed[Role]
    state: UserState = "invited"
    language: str = "nl"
    patient_id: Annotated[str | None, Refers("patient")] = None
    password_hash: Secret[str | None] = None
    totp_sealed: Secret[str | None] = None
    totp_last_step: Secret[int] = 0
    recovery_hashes: Secret[tuple[str, ...]] = ()
    made_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey(Entity):
    """A key of a device with which somebody signs in. `credential_id` in base64url."""

    user_id: Annotated[str, Refers("user")]
    name: str = ""
    credential_id: Unique[str]
    public_key: Secret[str]
    sign_count: Secret[int] = 0
    made_at: str = ""
    used_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Entity):
    """One browser that is signed in. Only a digest of its token is kept.

    is_strong : whether a second factor or a passkey was shown. confirmed_at : when all of it
        was shown once more, before something that matters.
    """

    user_id: Annotated[str, Refers("user")]
    token_digest: Unique[Secret[str]]
    made_at: str
    seen_at: str
    until: str
    is_strong: bool
    revoked_at: str | None = None
    browser: str = ""
    confirmed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess(Entity):
    """Guesses of late at one account, or from one address; the id is a digest of which.

    moments : seconds since 1970, in whole numbers. until : when the last of them is over.
    """

    moments: tuple[str, ...] = ()
    until: Indexed[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(Entity):
    """A link with which an invited user sets her password, once."""

    user_id: Annotated[str, Refers("user")]
    token_digest: Unique[Secret[str]]
    made_by: str
    until: str
    used_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pregnancy(Entity):
    """A pregnancy. `expected_on`: the day on which the child is due. `complications`: codes of
    `library/checklists/pregnancy-complications.toml`, None unknown."""

    patient_id: Annotated[str, Refers("patient")]
    expected_on: Personal[str]
    complications: Personal[tuple[str, ...] | None] = None
    ended_on: Personal[str | None] = None
    made_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth(Entity):
    """A birth. `complications`: codes of `library/checklists/complications.toml`, None unknown."""

    patient_id: Annotated[str, Refers("patient")]
    pregnancy_id: Annotated[str | None, Refers("pregnancy")] = None
    born_on: Personal[str]
    mode: Personal[BirthMode]
    tear: Personal[Tear] = "not_known"
    complications: Personal[tuple[str, ...] | None] = None
    child_grams: Personal[int | None] = None
    made_by: str = ""
    made_at: str = ""


def search_key(*parts: str) -> str:
    """Return text as it is compared: one case, no accents, one form of every sign.

    Twins of one name in different Unicode forms have the same key.
    """
    text = unicodedata.normalize("NFKD", " ".join(parts).casefold())
    bare = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join("".join(sign for sign in bare if sign.isprintable()).split())
