"""The people of `levator demo`: a clinic of its own, whose links need no password."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from levator.clinic import courses, telling, treatment
from levator.clinic.accounts import Accounts, Browser
from levator.clinic.acting import Acts
from levator.clinic.settings import new_clinic
from levator.course.chart import DAYS_A_WEEK, DAYS_TO_EXPECTED
from levator.errors import CallerError, mark
from levator.records.access import Actor
from levator.records.people import Patient, Role, Tenant, User, search_key
from levator.records.work import NotThereError, Work

_TENANT = "demonstration"
#: Why she is at her step, as it stands in her record.
WHY = mark("Holds long and lets go; made up for the demonstration.")
#: Between the steps of her made-up course.
_WEEKS_BETWEEN = 4
E = TypeVar("E", Tenant, User, Patient)


@dataclass(frozen=True, slots=True)
class People:
    """Who plays in a demonstration."""

    therapist: User
    patient: User

    @property
    def record(self) -> str:
        """The id of the patient's record."""
        return self.patient.patient_id or ""


def people(accounts: Accounts, therapist: str, patient: str, language: str = "") -> People:
    """Make the demonstration's clinic, or find it again; raises CallerError in a real one."""
    with accounts.repository.work(writes=True) as work:
        if any(one.id != _TENANT for one in work.find(Tenant, None)):
            raise CallerError(
                "This folder holds the records of a clinic; choose another for a demonstration."
            )
        at = accounts.now().isoformat()
        _put(work, new_clinic(_TENANT, "levator demo", at))
        led_by = _put(work, _user("therapist", therapist, at, language))
        record = Patient(
            id=f"{_TENANT}-record",
            tenant_id=_TENANT,
            given_name=patient,
            family_name="",
            search_key=search_key(patient),
            treated_by=(led_by.id,),
            made_at=at,
        )
        kept = _put(work, record)
        trains = _put(work, replace(_user("patient", patient, at, language), patient_id=kept.id))
    return People(led_by, trains)


def actor_of(made: People) -> Actor:
    """Return the demonstration's therapist as who asks."""
    user = made.therapist
    return Actor(user.id, user.tenant_id, user.role, name=user.name)


def her_of(made: People) -> Actor:
    """Return the demonstration's patient as who asks."""
    user = made.patient
    return Actor(user.id, user.tenant_id, user.role, patient_id=user.patient_id, name=user.name)


def begin_course(acts: Acts, made: People, stage: str, week: float, because: str) -> None:
    """Let her be so many weeks pregnant, without pain or red flag, at a step; once in a folder.

    She came by the steps before it, each a few weeks earlier, with a little pain at first.
    """
    actor, record = actor_of(made), made.record
    now = courses.view(acts, actor, record)
    if now.history.pregnancy is None:
        due = date.fromisoformat(acts.now()[:10])
        due += timedelta(days=DAYS_TO_EXPECTED - round(week * DAYS_A_WEEK))
        number = uuid.uuid4().hex
        treatment.keep_pregnancy(
            acts, actor, record, number, expected_on=due.isoformat(), complications=()
        )
    if now.history.course is None:
        steps = [one.id for one in now.protocol.stages_of("pregnancy")]
        earlier = steps[: steps.index(stage)]
        for place, step in enumerate(earlier):
            then = _ago(acts, (len(earlier) - place) * _WEEKS_BETWEEN)
            pain = len(earlier) - place - 1
            telling.report_pain(then, actor, record, uuid.uuid4().hex, score=pain)
            _decided(then, made, step, because)
    if now.chart.pain_today is None:
        telling.report_pain(acts, actor, record, uuid.uuid4().hex, score=0, moment="before")
    if now.chart.today not in now.chart.red_flags_asked:
        treatment.answer_red_flags(acts, actor, record, uuid.uuid4().hex, (), _nothing_runs)
    if now.history.course is None:
        _decided(acts, made, stage, because)


def _nothing_runs(patient_id: str) -> None:
    """Stop nothing: there is no room yet."""


def _decided(acts: Acts, made: People, stage: str, because: str) -> None:
    actor = actor_of(made)
    seen = courses.view(acts, actor, made.record).seen
    wanted = courses.Wanted(kind="overrule", seen=seen, stage=stage, because=because)
    courses.decided(acts, actor, made.record, uuid.uuid4().hex, wanted)


def _ago(acts: Acts, weeks: int) -> Acts:
    """Return acts as they would have been some weeks ago."""
    then = datetime.fromisoformat(acts.now()) - timedelta(weeks=weeks)
    return replace(acts, now=then.isoformat)


def let_in(accounts: Accounts, user: User, browser: Browser) -> str:
    """Return the token of a whole login, without a password: only where all is made up."""
    if user.tenant_id != _TENANT:
        raise AssertionError("only the demonstration's people come in without a password")
    with accounts.repository.work(writes=True) as work:
        _, token = accounts.logins.begin(
            work, user, is_strong=True, browser=browser.name, address=browser.address
        )
    return token


def _user(role: Role, name: str, at: str, language: str) -> User:
    address = f"{role}@{_TENANT}.example"
    return User(
        id=f"{_TENANT}-{role}",
        tenant_id=_TENANT,
        name=name,
        email=address,
        email_key=address,
        role=role,
        state="active",
        language=language,
        made_at=at,
    )


def _put(work: Work, entity: E) -> E:
    try:
        return work.get(type(entity), entity.id, _TENANT)
    except NotThereError:
        return work.put(entity)
