"""Routes about the people of the clinic, and the links by which they and patients come in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from levator.clinic.invitations import LASTS, Invitations, Invitee
from levator.clinic.users import Users
from levator.records.entity import Entity
from levator.records.people import User
from levator.web.api import asking
from levator.web.api.asking import Id, IfMatchNeeded
from levator.web.api.routes import Asking, Bounded, Here, route, tagged
from levator.web.api.shown import LinkShown, UserListShown, UserShown

router = APIRouter(route_class=Bounded, tags=["people"])


@router.get("/users", **route("user.list", model=UserListShown))
def list_users(here: Here, actor: Asking) -> dict[str, Any]:
    """List the accounts of the clinic by name, those of patients left out."""
    return {"users": Users(here.accounts).all(actor)}


@router.post("/users", **route("user.invite", model=LinkShown))
def invite_user(here: Here, actor: Asking, asked: asking.InviteeAsked) -> dict[str, Any]:
    """Make an account and the link with which its owner sets a password.

    The link is in this answer and nowhere else. Sent twice: the address has an account by then,
    which is refused; a new link is asked for with `/users/{user_id}/invite`.
    """
    wanted = Invitee(**asked.model_dump())
    return _link(*Invitations(here.accounts).invite(actor, wanted))


@router.get("/users/{user_id}", **route("user.list", 404, model=UserShown))
def read_user(here: Here, actor: Asking, user_id: Id, answer: Response) -> Entity:
    """Read one account."""
    return tagged(answer, Users(here.accounts).one(actor, user_id))


@router.put("/users/{user_id}", **route("user.change", 404, 409, model=UserShown))
def change_user(
    here: Here,
    actor: Asking,
    user_id: Id,
    asked: asking.UserAsked,
    answer: Response,
    if_match: IfMatchNeeded,
) -> Entity:
    """Give an account another name, role or language; another role ends its logins."""
    version = asking.version_of(if_match)
    users = Users(here.accounts)
    kept = users.change(actor, user_id, asked.name, asked.role, asked.language, version)
    return tagged(answer, kept)


@router.post("/users/{user_id}/disable", **route("user.disable", 404, model=UserShown))
def disable_user(here: Here, actor: Asking, user_id: Id) -> Entity:
    """End an account and its logins; it is kept, for the audit names it."""
    return Users(here.accounts).disable(actor, user_id)


@router.post("/users/{user_id}/invite", **route("user.invite", 404, model=LinkShown))
def invite_user_again(
    here: Here, actor: Asking, user_id: Id, asked: asking.AgainAsked
) -> dict[str, Any]:
    """Make a new link: for who has forgotten the password, or has lost everything.

    Sent twice it makes a second link, and the first ends.
    """
    invitations = Invitations(here.accounts)
    make = invitations.for_password if asked.lost == "password" else invitations.again
    return _link(*make(actor, user_id))


@router.post("/patients/{patient_id}/invite", **route("patient.invite", 404, model=LinkShown))
def invite_patient(
    here: Here, actor: Asking, patient_id: Id, asked: asking.AddressAsked
) -> dict[str, Any]:
    """Make her account and its link, or a new link for the one she has.

    The new link ends the password, the passkeys and every login of the account that she has,
    and every earlier link.
    """
    return _link(*Invitations(here.accounts).invite_patient(actor, patient_id, asked.email))


@router.post(
    "/patients/{patient_id}/close-access",
    **route("patient.close_access", 404),
    status_code=204,
)
def close_access(here: Here, actor: Asking, patient_id: Id) -> None:
    """End all with which she comes in, a stolen telephone too; a new link opens it again."""
    Invitations(here.accounts).close(actor, patient_id)


def _link(user: User, token: str) -> dict[str, Any]:
    return {"user": user, "path": f"/invitation/{token}", "days": LASTS.days}
