"""Women who train at home, their phones, and what these send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from levator.clinic import treatment
from levator.clinic.acting import Acts
from levator.clinic.home import prescribing, syncing
from levator.clinic.home.keeping import ToldAnswer, ToldSession
from levator.clinic.home.prescribing import HomeWanted
from levator.clinic.home.syncing import FromPhone, Synced
from levator.course.home import QuestionCode
from levator.records.access import Actor
from levator.records.entity import Entity
from levator.records.home import HomePrescription
from levator.records.people import Patient
from tests.clinic.desk import NOW, TENANT, TODAY, actor, made, new_id

EVERYTHING = {"exercise": "endurance", "because": "as agreed"}


def nobody_trains(patient_id: str) -> None:
    """There is no sitting to stop."""


def at(acts: Acts, now: str) -> Acts:
    """The same clinic at another moment."""
    return replace(acts, now=lambda: now)


def days_later(days: int, now: str = NOW) -> str:
    return (datetime.fromisoformat(now) + timedelta(days=days)).isoformat()


def day(days: int) -> str:
    return days_later(days)[:10]


def ago(acts: Acts, days: int) -> str:
    """A day before today, by the clock of the clinic."""
    return days_later(-days, acts.now())[:10]


def woman(acts: Acts, name: str = "Jansen", **birth: object) -> tuple[Patient, Actor]:
    """Somebody eight weeks after a birth, cleared, and herself signed in."""
    patient = made(acts, family_name=name)
    given: dict[str, Any] = {"born_on": ago(acts, 56), "mode": "vaginal", "complications": []}
    treatment.keep_birth(acts, actor(), patient.id, new_id(), **given | birth)
    signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": ago(acts, 40)}
    treatment.sign_clearance(acts, actor(), patient.id, new_id(), **signed)
    return patient, Actor("9" * 32, TENANT, "patient", patient_id=patient.id)


def prescribed(acts: Acts, patient: Patient, **wanted: Any) -> HomePrescription:
    given: dict[str, Any] = {**EVERYTHING, **wanted}
    return prescribing.prescribe(acts, actor(), patient.id, new_id(), HomeWanted(**given))


class Phone:
    """A phone of hers, with a clock of its own."""

    def __init__(self, acts: Acts, she: Actor, name: str = "Firefox, Android") -> None:
        self.acts, self.she, self.name, self.id = acts, she, name, new_id()
        self.is_shared = False

    def sync(
        self, *sent: Entity | Any, take_over: bool = False, now: str = "", **more: Any
    ) -> Synced:
        stop: Callable[[str], None] = more.pop("stop", nobody_trains)
        told = FromPhone(
            phone=self.id,
            phone_name=self.name,
            is_shared=self.is_shared,
            now=now or self.acts.now(),
            take_over=take_over,
            sessions=[one for one in sent if isinstance(one, ToldSession)],
            answers=[one for one in sent if isinstance(one, ToldAnswer)],
            **more,
        )
        return syncing.sync(self.acts, self.she, told, "en", stop)


def session(on_day: str = TODAY, **more: Any) -> ToldSession:
    given: dict[str, Any] = {
        "id": new_id(),
        "exercise": "endurance",
        "on_day": on_day,
        "started_at": f"{on_day}T09:00:00+01:00",
        "repetitions": 10,
        "lasted_s": 270.0,
        "ended_by": "done",
    }
    return ToldSession(**given | more)


def answer(code: QuestionCode, told: int | str, on_day: str = TODAY) -> ToldAnswer:
    at = f"{on_day}T08:00:00"
    return ToldAnswer(id=new_id(), on_day=on_day, at=at, code=code, answer=told)


def lines_of(acts: Acts, patient_id: str) -> list[tuple[str, str]]:
    with acts.repository.work(writes=False) as work:
        lines = work.audit_lines(TENANT, patient_id=patient_id)
    return [(line.entry.action, line.entry.outcome) for line in lines]


def titles(told: Synced, place: int = 0) -> list[str]:
    return [told.plan.items[key].title for key in told.plan.days[place].items]
