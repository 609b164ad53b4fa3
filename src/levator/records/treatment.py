"""What is kept of a treatment: clearances, courses, doses, sittings, scores, notes, consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from levator.records.entity import Entity, Indexed, Personal, Refers

PainMoment = Literal["before", "during", "after", "next_morning", "between"]
SessionState = Literal["open", "ended", "interrupted"]
Choice = Literal["accepted", "overruled", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance(Entity):
    """Somebody who may agrees to training after a birth: who, what, from, until.

    signed_by : the name as signed; entered_by : id of the user who entered it.
    revoked_on, revoked_by, revoked_because : set when it no longer holds.
    """

    patient_id: Annotated[str, Refers("patient")]
    birth_id: Annotated[str | None, Refers("birth")] = None
    signed_by: Personal[str]
    profession: Personal[str]
    what: Personal[str] = ""
    from_on: Personal[str]
    until_on: Personal[str | None] = None
    entered_by: str
    entered_at: str
    revoked_on: Personal[str | None] = None
    revoked_by: str | None = None
    revoked_because: Personal[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag(Entity):
    """A sign for which training stops until a clinician clears her again.

    code : of `library/checklists/red-flags.toml`.
    """

    patient_id: Annotated[str, Refers("patient")]
    on_day: Personal[str]
    code: Personal[str]
    remark: Personal[str] = ""
    entered_by: str
    entered_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagAnswer(Entity):
    """Every red flag was asked on a day, and she had none; one that she has is a `RedFlag`.

    list_version : of the checklist that was asked.
    """

    patient_id: Annotated[str, Refers("patient")]
    on_day: Personal[str]
    list_version: str
    entered_by: str
    entered_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Entity):
    """The weeks of one treatment by one protocol; `stage` is where she is now.

    ended_on : the last day that it held, None while it runs. ended_ground : code of
        `library/checklists/course-ends.toml`. ended_because : in the therapist's own words.
    """

    patient_id: Annotated[str, Refers("patient")]
    protocol: str
    protocol_version: str
    stage: str
    begun_on: str
    ended_on: str | None = None
    ended_ground: Personal[str] = ""
    ended_because: Personal[str] = ""
    ended_by: str | None = None
    ended_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription(Entity):
    """A dose from a day on; it is never changed, a newer one takes its place.

    Numbers are None where the stage has none (open mode). rounds : the rule that ends a set.
    rounds_count : the number of rounds. In `course.chart.Prescribed` they are called `rounds_rule`
    and `rounds`, as in the settings of a decision.
    """

    patient_id: Annotated[str, Refers("patient")]
    course_id: Annotated[str, Refers("course")]
    stage: str
    from_on: Indexed[str]
    force_percent_mvc: float | None = None
    hold_s: float | None = None
    rest_s: float | None = None
    tangent_percent: float | None = None
    rounds: str | None = None
    rounds_count: int | None = None
    times_a_day: int | None = None
    because: Personal[str] = ""
    decision_id: str | None = None
    made_by: str
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Entity):
    """What the system proposed, with its reasons, and what the therapist made of it.

    proposal : as plain JSON text, with engine and library version in it. because : her
        reason, never empty where she overruled. course_id : None for a release of what held
        the programme before any course began.
    """

    patient_id: Annotated[str, Refers("patient")]
    course_id: Annotated[str | None, Refers("course")] = None
    on_day: Indexed[str]
    proposal: str
    choice: Choice
    because: Personal[str] = ""
    made_by: str
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Entity):
    """One clinical sitting: its recording, the dose that held, and what came of it.

    on_day, started_at : by the clinic's clock; durations are in the recording. The numbers
        are those of the stored events; None until it has ended, or where unknown.
    rounds to hold_mean_percent_mvc : of all its rounds. force_percent_mvc to tangent_percent : the
        dose that was asked last. trained : each dose with its own rounds, in their order, as JSON:
        see `Trained`.
    """

    patient_id: Annotated[str, Refers("patient")]
    course_id: Annotated[str | None, Refers("course")] = None
    prescription_id: Annotated[str | None, Refers("prescription")] = None
    recording_id: Indexed[str | None] = None
    on_day: Indexed[str]
    started_at: str
    stage: str
    state: SessionState = "open"
    ended_by: str | None = None
    device: str = ""
    led_by: str = ""
    rounds: int | None = None
    valid_rounds: int | None = None
    good_rounds: int | None = None
    in_band_percent: float | None = None
    released_percent: float | None = None
    fatigue_round: int | None = None
    hold_mean_percent_mvc: float | None = None
    force_percent_mvc: float | None = None
    hold_s: float | None = None
    rest_s: float | None = None
    tangent_percent: float | None = None
    trained: str = "[]"
    had_pain: Personal[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Rounds running at one dose. Numbers are None where the dose has none, or nobody knows.

    first_set, last_set : of which they are. in_band_percent, hold_mean_percent_mvc : medians of
        the rounds that could be judged. released_percent : rounds after which she let go, of
        those where it is known.
    """

    first_set: int
    last_set: int
    force_percent_mvc: float | None = None
    hold_s: float | None = None
    rest_s: float | None = None
    tangent_percent: float | None = None
    rounds: int
    valid_rounds: int
    good_rounds: int
    in_band_percent: float | None = None
    released_percent: float | None = None
    fatigue_round: int | None = None
    hold_mean_percent_mvc: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PainScore(Entity):
    """Pain from 0 to 10 at a moment; the day decides, not the hour."""

    patient_id: Annotated[str, Refers("patient")]
    session_id: Annotated[str | None, Refers("session")] = None
    on_day: Indexed[str]
    score: Personal[int]
    moment: Personal[PainMoment]
    entered_by: str
    entered_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomScore(Entity):
    """A symptom on a day, such as leaks counted. `code` is of the clinic's own list."""

    patient_id: Annotated[str, Refers("patient")]
    on_day: Indexed[str]
    code: Personal[str]
    score: Personal[float]
    unit: Personal[str] = ""
    entered_by: str
    entered_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Entity):
    """A test or questionnaire with its result; wording and scoring come from the library."""

    patient_id: Annotated[str, Refers("patient")]
    session_id: Annotated[str | None, Refers("session")] = None
    on_day: Indexed[str]
    code: str
    answers: Personal[str] = "{}"
    score: Personal[float | None] = None
    remark: Personal[str] = ""
    entered_by: str
    entered_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Entity):
    """What a therapist writes about her."""

    patient_id: Annotated[str, Refers("patient")]
    session_id: Annotated[str | None, Refers("session")] = None
    on_day: Indexed[str]
    text: Personal[str]
    written_by: str
    written_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Entity):
    """What she agreed to, such as research; withdrawn on a day or standing."""

    patient_id: Annotated[str, Refers("patient")]
    what: Personal[str]
    given_on: Personal[str]
    withdrawn_on: Personal[str | None] = None
    entered_by: str
    entered_at: str
