"""How a route is written: the action of the table that it is, and what it may answer."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Response
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection, Request
from starlette.types import Message, Receive

from levator.clinic import Clinic
from levator.clinic.acting import Acts
from levator.clinic.arrivals import MOST_BYTES
from levator.clinic.logins import Signed
from levator.records.access import TABLE, Actor
from levator.records.entity import Entity
from levator.web.api.refusing import RESPONSES, NotSignedInError, StaleTokenError
from levator.web.guard import SAFE_METHODS
from levator.web.looks import SIGNED, TOKEN
from levator.web.signed import FORM_TOKEN_HEADER

#: More than the longest texts of any form, with every sign written as an escape.
LONGEST_BODY_BYTES = 512 * 1024


class Bounded(APIRoute):
    """A route that reads no more than anybody sends; what is longer is no form of ours."""

    longest_body_bytes = LONGEST_BODY_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with an end to what it reads."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handle(
                Request(request.scope, _bounded(request.receive, self.longest_body_bytes))
            )

        return bounded


class Short(Bounded):
    """A route for who may be nobody yet: its form is short, and what is longer is not read."""

    longest_body_bytes = 8 * 1024


class Arriving(Bounded):
    """A route to which a whole record is sent, read piece by piece; its handler says the same
    limit in words."""

    longest_body_bytes = 2 * MOST_BYTES


def _bounded(receive: Receive, longest: int) -> Receive:
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > longest:
            raise HTTPException(400)
        return message

    return receiving


def clinic_of(connection: HTTPConnection) -> Clinic:
    """Return the clinic that the application was made for."""
    found = connection.app.state.clinic
    if not isinstance(found, Clinic):
        raise TypeError("an interface without a clinic")
    return found


def acts_of(connection: HTTPConnection) -> Acts:
    """Return the acts of the clinic."""
    return clinic_of(connection).acts


async def actor_of(connection: HTTPConnection) -> Actor:
    """Return who asks; raises NotSignedInError, and StaleTokenError for a change without the
    token of the login: a page of another site cannot know it."""
    signed = SIGNED.get()
    if signed is None or not signed.is_whole:
        raise NotSignedInError
    sent = connection.headers.get(FORM_TOKEN_HEADER, "")
    is_safe = connection.scope["method"] in SAFE_METHODS
    if not is_safe and not hmac.compare_digest(sent.encode(), TOKEN.get().encode()):
        raise StaleTokenError
    return signed.actor


async def signed_of(actor: Annotated[Actor, Depends(actor_of)]) -> Signed:
    """Return the login of who asks, where it is asked again who that is."""
    signed = SIGNED.get()
    if signed is None:
        raise NotSignedInError
    return signed


Here = Annotated[Clinic, Depends(clinic_of)]
Doing = Annotated[Acts, Depends(acts_of)]
Asking = Annotated[Actor, Depends(actor_of)]
Self = Annotated[Signed, Depends(signed_of)]


def route(
    action: str, *statuses: int, model: Any = None, is_public: bool = False
) -> dict[str, Any]:
    """Return what every route is declared with; KeyError for an action without a row.

    statuses : what it may answer besides 401, 403, 422, 429 and 503. is_public : nobody has to be
        signed in.
    """
    TABLE[action]
    return {
        "response_model": model,
        "openapi_extra": {"x-action": action, "x-public": is_public},
        "responses": {status: RESPONSES[status] for status in (401, 403, 422, 429, 503, *statuses)},
    }


def tagged(answer: Response, entity: Entity) -> Entity:
    """Return the entity, its version as the ETag."""
    answer.headers["ETag"] = f'"{entity.version}"'
    return entity
