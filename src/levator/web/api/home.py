"""Routes about training at home: what a phone sends and gets, her plan, and what is prescribed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from levator.clinic.home import planning, prescribing, syncing
from levator.clinic.home.keeping import ToldAnswer, ToldEntry, ToldHabit, ToldMark, ToldSession
from levator.clinic.home.prescribing import HomeWanted
from levator.clinic.home.syncing import FromPhone
from levator.clinic.home.taking_back import ToldBack
from levator.records.entity import Entity
from levator.records.home import HomePrescription
from levator.web.api import asking_home as asking
from levator.web.api.asking import Id
from levator.web.api.routes import Asking, Bounded, Doing, Here, route
from levator.web.api.shown_home import HomeShown, SyncedShown
from levator.web.api.shown_record import shown
from levator.web.home.bundle import packed
from levator.web.looks import language_of

router = APIRouter(route_class=Bounded, tags=["home"])


@router.post("/home/sync", **route("home.keep", 404, model=SyncedShown))
async def sync_phone(
    request: Request, here: Here, actor: Asking, asked: asking.HomeSyncAsked
) -> Response:
    """Keep what her phone sends, each thing once by its id, and give it the plan of now.

    What is in `kept` or in `refused` need not be sent again. A day belongs to one phone.
    """
    told = FromPhone(
        phone=asked.phone,
        phone_name=asked.phone_name,
        is_shared=asked.is_shared,
        now=asked.now,
        take_over=asked.take_over,
        sessions=[ToldSession(**one.model_dump()) for one in asked.sessions],
        answers=[ToldAnswer(**one.model_dump()) for one in asked.answers],
        habits=[ToldHabit(**one.model_dump()) for one in asked.habits],
        marks=[ToldMark(**one.model_dump()) for one in asked.marks],
        entries=[ToldEntry(**one.model_dump()) for one in asked.entries],
        taken_back=[ToldBack(**one.model_dump()) for one in asked.taken_back],
    )
    language, stop = language_of(request), here.stops(actor)

    def keep() -> Response:
        done = syncing.sync(here.acts, actor, told, language, stop)
        # A long plan is written down here and not where live sessions wait.
        text = SyncedShown.model_validate(done, from_attributes=True).model_dump_json()
        # Its packed size tells nobody anything: who chooses what comes back in it has her token.
        return packed(request, text.encode(), "application/json", {})

    async with here.syncs.of(actor.patient_id or ""):
        return await here.syncs.work(keep)


@router.get("/patients/{patient_id}/home", **route("home.read", 404, model=HomeShown))
def read_home(request: Request, acts: Doing, actor: Asking, patient_id: Id) -> dict[str, Any]:
    """Read her plan at home, everything that was prescribed for it, and what was done."""
    plan, history = planning.read(acts, actor, patient_id, language_of(request))
    return {
        "plan": plan,
        "prescriptions": history.home_prescriptions,
        "sessions": history.home_sessions,
    }


@router.put(
    "/patients/{patient_id}/home/exercises/{entity_id}",
    **route("home.prescribe", 404, 409, model=shown(HomePrescription)),
)
def prescribe_exercise(
    acts: Doing,
    actor: Asking,
    patient_id: Id,
    entity_id: Id,
    asked: asking.HomePrescriptionAsked,
) -> Entity:
    """Prescribe an exercise of the library, another dose of it, or take it away."""
    return prescribing.prescribe(
        acts, actor, patient_id, entity_id, HomeWanted(**asked.model_dump())
    )
