"""Routes about being reminded of training at home: all of them her own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from levator.clinic import Clinic
from levator.clinic.home import feed, pushing, reminding
from levator.clinic.home.reminding import Reminded, RemindersWanted
from levator.web.api.asking_home import HomeRemindersAsked, PushAsked
from levator.web.api.routes import Asking, Bounded, Doing, Here, route
from levator.web.api.shown_home import FeedShown, HomeRemindersShown
from levator.web.signing_in import origin_of

router = APIRouter(route_class=Bounded, tags=["home"])


@router.get("/home/reminders", **route("home.read", 404, model=HomeRemindersShown))
def read_reminders(here: Here, actor: Asking) -> dict[str, Any]:
    """Read when she is reminded; before she chose, what is proposed to her."""
    return _shown(here, reminding.read(here.acts, actor))


@router.put("/home/reminders", **route("home.keep", 404, model=HomeRemindersShown))
def choose_reminders(here: Here, actor: Asking, asked: HomeRemindersAsked) -> dict[str, Any]:
    """Choose when she is reminded, or turn it off."""
    wanted = RemindersWanted(**asked.model_dump())
    return _shown(here, reminding.choose(here.acts, actor, wanted))


def _shown(here: Clinic, chosen: Reminded) -> dict[str, Any]:
    return {**asdict(chosen), "push_key": here.push.public if here.push else None}


@router.post("/home/feed", **route("home.keep", 404, model=FeedShown))
def make_feed(request: Request, acts: Doing, actor: Asking) -> dict[str, Any]:
    """Make the link under which her calendar reads her reminders; it is told this once.

    An earlier link ends.
    """
    return {"link": f"{origin_of(request)}/feed/{feed.make(acts, actor)}.ics"}


@router.post("/home/feed/revoke", **route("home.keep", 404), status_code=204)
def revoke_feed(acts: Doing, actor: Asking) -> None:
    """End the link of her calendar."""
    feed.revoke(acts, actor)


@router.post("/home/push", **route("home.keep", 404), status_code=204)
def add_push(here: Here, actor: Asking, asked: PushAsked) -> None:
    """Remind this browser too, by the service of its maker; only where the clinic has keys."""
    pushing.keep(here.acts, actor, here.push, asked.endpoint)


@router.post("/home/push/remove", **route("home.keep", 404), status_code=204)
def remove_push(acts: Doing, actor: Asking, asked: PushAsked) -> None:
    """Remind this browser no more."""
    pushing.drop(acts, actor, asked.endpoint)
