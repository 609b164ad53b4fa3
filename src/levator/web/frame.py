"""The frame of every page behind a login: who asks, and where she or he can go from here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from levator.records.access import Actor
from levator.texts import Speaker
from levator.web.looks import voice_of
from levator.web.signed import actor


def framed(request: Request, path: str = "") -> dict[str, Any]:
    """Return what the frame shows; path : of the page itself, where a form was sent elsewhere."""
    who = actor()
    return {
        "me": who.name,
        "role": who.role,
        "path": path or request.url.path,
        "here": path or _here(request),
        "places": places(who, voice_of(request)),
    }


def _here(request: Request) -> str:
    """Return the page's address with all that was looked for; a language in it would stay."""
    asked = [one for one in request.query_params.multi_items() if one[0] != "language"]
    return f"{request.url.path}?{urlencode(asked)}" if asked else request.url.path


def places(who: Actor, say: Speaker) -> list[tuple[str, str]]:
    """Return where somebody can go from every page: address and words."""
    found = []
    if who.role == "therapist":
        found.append(("/", say.say("Today")))
    if who.role == "researcher":
        found.append(("/research", say.say("Research")))
    if who.role in ("therapist", "clinic_admin"):
        found += [("/patients", say.say("Patients")), ("/users", say.say("People"))]
    if who.role == "clinic_admin":
        found.append(("/audit", say.say("Who looked")))
        found.append(("/retention", say.say("Retention")))
    if who.role in ("clinic_admin", "system_admin"):
        found.append(("/backups", say.say("Backups")))
    if who.role == "patient" and who.patient_id is not None:
        found.append(("/home", say.say("At home")))
        found.append((f"/patients/{who.patient_id}", say.say("Your record")))
        found.append(("/join", say.say("Join a session")))
    return found
