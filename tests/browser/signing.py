"""A browser in which somebody is signed in already, without the way through the pages."""

from dataclasses import replace

from playwright.sync_api import Page

from levator.clinic import patients
from levator.live.room import Room
from levator.records.access import Actor
from levator.records.people import Role, User
from levator.records.work import where
from tests.clinic.people import TENANT, signed_in, user_of
from tests.web.forms import new_id
from tests.web.served import Served


def sign_in(server: Served, page: Page, role: Role = "therapist", user_id: str = "") -> Page:
    """Give a page's browser the cookie of a login."""
    token = signed_in(server.clinic.accounts, role, user_id=user_id)
    cookie = {"name": server.login_cookie, "value": token, "url": server.address}
    page.context.add_cookies([cookie])
    return page


def colleague(server: Served) -> str:
    """The account of a therapist of the clinic who treats nobody."""
    bo = replace(user_of("therapist"), id="bo", name="Bo", email="bo@b.example", email_key="bo")
    with server.clinic.repository.work(writes=True) as work:
        if not work.find(User, TENANT, where(id=bo.id)):
            work.put(bo)
    return bo.id


def taken_on_too(server: Served, path: str) -> str:
    """Let a colleague treat a patient beside who made her; return the colleague's account."""
    bo = Actor(colleague(server), TENANT, "therapist")
    patient_id = path.rpartition("/")[2]
    patients.take_on(server.clinic.acts, bo, patient_id, new_id(), "both of us")
    return bo.user_id


def way_in(server: Served, room: Room, role: str, language: str) -> str:
    """Where somebody gets into a room: she who trains with a ticket, others by their account."""

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Mia", language)

    if role == "patient":
        return f"/enter/{server.call(ticket())}?probe=1"
    return f"/rooms/{room.number}/therapist?probe=1&language={language}"
