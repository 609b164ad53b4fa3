"""What a phone sends and gets: everything done is kept once, and it goes home with a fresh plan.

One call is one act with one line in the audit. Whatever cannot be kept is named with its reason
and keeps nothing else from being kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from levator.clinic.acting import Act, Acts
from levator.clinic.home.ahead import FLAGS
from levator.clinic.home.clock import Clocks
from levator.clinic.home.keeping import (
    ToldAnswer,
    ToldEntry,
    ToldHabit,
    ToldMark,
    ToldSession,
    keep_answer,
    keep_entry,
    keep_habit,
    keep_mark,
    keep_session,
)
from levator.clinic.home.leasing import Leases, keep_phone, lease
from levator.clinic.home.plan import PhonePlan
from levator.clinic.home.planning import plan_of
from levator.clinic.home.taking_back import ToldBack, take_back
from levator.clinic.treatment import Stop, stopped_first
from levator.errors import CallerError
from levator.library import load_checklist, load_home
from levator.records.access import Actor
from levator.records.home import Phone
from levator.texts import speaker

_ACTION = "home.keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPhone:
    """What a phone sends. phone : the id that the page made. now : by the phone's clock."""

    phone: str
    phone_name: str
    is_shared: bool
    now: str
    take_over: bool
    sessions: Sequence[ToldSession] = ()
    answers: Sequence[ToldAnswer] = ()
    habits: Sequence[ToldHabit] = ()
    marks: Sequence[ToldMark] = ()
    entries: Sequence[ToldEntry] = ()
    taken_back: Sequence[ToldBack] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not kept as it was sent, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """The answer. kept : ids; neither they nor those in `refused` have to be sent again.

    clock : what to say where the phone's clock is wrong, None where it is right.
    """

    kept: tuple[str, ...]
    refused: tuple[Refused, ...]
    now: str
    clock: str | None
    lease: Leases
    plan: PhonePlan


def sync(acts: Acts, actor: Actor, told: FromPhone, language: str, stop: Stop) -> Synced:
    """Keep what a phone sends, once, and return the plan of now with the days that are its own.

    stop : ends a sitting under way where she tells of a red flag.
    """
    with _begun(acts, actor, told, stop) as act:
        clocks = Clocks.of(told.now, act.at, load_home().clock_tolerance_s)
        phone = keep_phone(act, told.phone, told.phone_name, is_shared=told.is_shared)
        kept, refused = _keep_all(act, told, phone, clocks, language)
        plan, _ = plan_of(act, language)
        days = [one.on_day for one in plan.days]
        act.detail = f"kept={len(kept)} refused={len(refused)}"
        return Synced(
            kept=tuple(kept),
            refused=tuple(refused),
            now=act.at,
            clock=clocks.sentence(speaker(language)),
            lease=lease(act, phone, days, take_over=told.take_over),
            plan=plan,
        )


def _begun(acts: Acts, actor: Actor, told: FromPhone, stop: Stop) -> AbstractContextManager[Act]:
    """Begin the act; where a red flag is told, what runs is stopped first."""
    patient_id = actor.patient_id or ""
    flags = {item.code for item in load_checklist(FLAGS).items}
    if not any(one.code == "red_flags" and one.answer in flags for one in told.answers):
        return acts.on_patient(actor, _ACTION, patient_id)
    acts.check(actor, _ACTION, patient_id)
    return stopped_first(acts, actor, _ACTION, patient_id, stop)


def _keep_all(
    act: Act, told: FromPhone, phone: Phone, clocks: Clocks, language: str
) -> tuple[list[str], list[Refused]]:
    tasks: list[tuple[str, Callable[[], object]]] = [
        *((one.id, lambda one=one: keep_session(act, one, phone, clocks)) for one in told.sessions),
        *((one.id, lambda one=one: keep_answer(act, one, clocks)) for one in told.answers),
        *((one.id, lambda one=one: keep_habit(act, one, clocks)) for one in told.habits),
        *((one.id, lambda one=one: keep_mark(act, one, clocks)) for one in told.marks),
        *((one.id, lambda one=one: keep_entry(act, one, clocks)) for one in told.entries),
        *((one.id, lambda one=one: take_back(act, one)) for one in told.taken_back),
    ]
    kept, refused, say = [], [], speaker(language)
    for number, task in tasks:
        try:
            task()
            kept.append(number)
        except CallerError as error:
            refused.append(Refused(number, say.error(error)))
    return kept, refused
