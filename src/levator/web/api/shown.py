"""What is sent back besides the kept kinds: lists, courses, and what is kept as a whole."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, create_model

from levator.clinic.todo import TaskCode
from levator.course.gates import GateCode, GateKind
from levator.course.protocol import Parameter
from levator.course.reasons import ReasonCode
from levator.records.audit import Outcome
from levator.records.model import RecordingState
from levator.records.people import Role, UserState
from levator.records.treatment import Session
from levator.training.dose import RoundsKind
from levator.training.events import VerdictCode
from levator.web.api.shown_record import Given, listed, shown


class ListedShown(Given):
    """A patient in a list: by what one tells her from another. The rest is read one by one,
    with a line in her audit."""

    id: str
    given_name: str
    family_name: str
    born_on: str | None
    number: str


PatientListShown = create_model(
    "PatientList",
    __base__=Given,
    __doc__="Some of the patients, by name, and how many there are in all.",
    patients=(list[ListedShown], ...),
    total=(int, ...),
    offset=(int, ...),
)


class LookedShown(Given):
    """One line of the audit. name, patient: as they are called now, "" where nobody is there."""

    number: int
    at: str
    user_id: str
    name: str
    role: str
    action: str
    outcome: Outcome
    patient_id: str | None
    patient: str
    address: str


class LookedListShown(Given):
    """Who did what, newest first."""

    lines: list[LookedShown]
    total: int
    offset: int


class GateShown(Given):
    """One condition of a step, open or shut."""

    kind: GateKind
    code: GateCode
    is_open: bool
    needed: float | str | None
    given: float | str | None
    from_day: str | None
    source: str
    overruled_by: str | None


class ReasonShown(Given):
    """Why: a code with the number needed, the one that is there, and where that stands."""

    code: ReasonCode
    needed: float | str | None
    given: float | str | None
    source: str


class ChangeShown(Given):
    """The one thing that would change."""

    parameter: Parameter | Literal["stage", "rest"]
    was: float | str | None
    becomes: float | str


class ProposalShown(Given):
    """What the system proposes; the therapist decides."""

    kind: Literal["Advance", "StepBack", "Hold", "Refuse"]
    change: ChangeShown | None
    reasons: list[ReasonShown]


class CautionShown(Given):
    """What to heed until a day."""

    code: str
    words: str
    until_day: str
    source: str


class DoseShown(Given):
    """The dose that is in force."""

    force_percent_mvc: float | None
    hold_s: float | None
    rest_s: float | None
    tangent_percent: float | None
    rounds: int | None
    rounds_rule: RoundsKind | None
    times_a_day: int | None


class CourseShown(Given):
    """Where a course stands. seen : goes along with a decision on it."""

    protocol: str
    phase: str | None
    stage: str | None
    week: float | None
    settings: DoseShown
    adherence: float | None
    cautions: list[CautionShown]
    proposal: ProposalShown
    seen: str
    gates: dict[str, list[GateShown]]


class RoundShown(Given):
    """One round as it was scored."""

    set_number: int
    round: int
    verdict: VerdictCode
    reasons: tuple[str, ...]
    valid: bool


RoundsShown = create_model(
    "SessionWithRounds",
    __base__=Given,
    __doc__="A session and its rounds.",
    session=(shown(Session), ...),
    rounds=(list[RoundShown], ...),
)


class RoomShown(Given):
    """An open room, and the address of its therapist screen."""

    room: str
    enter: str


class TaskShown(Given):
    """One thing to do; `day` where it is about one."""

    code: TaskCode
    day: str | None


class TodoShown(Given):
    """What is to be done for one woman, the gravest first."""

    patient_id: str
    given_name: str
    family_name: str
    stage: str | None
    tasks: list[TaskShown]


class TodayShown(Given):
    """A therapist's day."""

    today: str
    todos: list[TodoShown]


class ForeseenShown(Given):
    """What an erasure would take away. is_past : her time is over, and no ground is needed."""

    last_on: str
    until: str
    is_past: bool
    entities: int
    recordings: int
    backups: list[str]
    grounds: list[str]


class ImportedShown(Given):
    """Who was taken in, and how much of hers was new here."""

    patient_id: str
    entities: int
    recordings: int
    to_sign: list[str]


class ErasedShown(Given):
    """What went; the backups may still hold her. No entity: she was erased before, as the audit
    has it, and the bytes were looked after once more."""

    entities: int
    recordings: int
    backups: list[str]


class PastShown(Given):
    """A record whose time is over."""

    patient_id: str
    last_on: str
    until: str


class OverShown(Given):
    """The records whose time is over, and the years that the clinic keeps one."""

    years: int
    records: list[PastShown]


class ResearchShown(Given):
    """How much women of the clinic gave to research."""

    women: int
    sessions: int
    since: str
    is_few: bool


class BackupShown(Given):
    """A backup that is there. checked_at : when it was read back whole, null where nobody did."""

    name: str
    made_at: str
    size_bytes: int
    is_locked: bool
    checked_at: str | None


class ShelfShown(Given):
    """The backups, newest first. is_late : the newest is too old, or there is none.

    done : so many `of` the steps of a new one are behind it; step : "" while none is made.
    trouble : why the last try failed, in a sentence.
    """

    backups: tuple[BackupShown, ...]
    is_late: bool
    step: str
    done: int
    of: int
    trouble: str


class UserShown(Given):
    """Somebody who signs in."""

    id: str
    version: int
    name: str
    email: str
    role: Role
    state: UserState
    language: str
    made_at: str


class UserListShown(Given):
    """The accounts of the clinic by name, those of patients left out."""

    users: list[UserShown]


class LinkShown(Given):
    """A link that works once, for so many days; it is in no other answer."""

    user: UserShown
    path: str
    days: int


class PasskeyShown(Given):
    """A key of a device with which somebody signs in."""

    id: str
    name: str
    made_at: str


class LoginShown(Given):
    """A browser or program that is signed in."""

    id: str
    browser: str
    made_at: str
    seen_at: str
    is_this: bool


class AccountShown(Given):
    """One's own account."""

    user: UserShown
    patient_id: str | None
    clinic: str
    has_app: bool
    codes_left: int
    passkeys: list[PasskeyShown]
    logins: list[LoginShown]
    is_confirmed: bool
    form_token: str


class RunningShown(Given):
    """A room of the clinic that runs."""

    room: str
    name: str
    stage: str
    line: str
    level_percent_mvc: float | None
    is_well: bool
    enter: str


class BoardShown(Given):
    """The rooms of the clinic that run, and those of one's own that ended in pain."""

    rooms: list[RunningShown]


SessionListShown = create_model(
    "SessionList",
    __base__=Given,
    __doc__="Her sessions, oldest first.",
    sessions=(listed(shown(Session)), ...),
)


class EventShown(BaseModel):
    """One stored event with the fields of its type; docs/reference/events.md has them all."""

    model_config = ConfigDict(extra="allow")

    type: str


class ReportShown(Given):
    """What is stored of a session, and whether replaying it gives the same."""

    recording_id: str
    started_at: str
    state: RecordingState
    ended_by: str | None
    versions: dict[str, str]
    replayed_by: str
    is_identical: bool | None
    trouble: str
    events: list[EventShown]
