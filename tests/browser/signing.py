"""A browser in which somebody is signed in already, without the way through the pages."""

from playwright.sync_api import Page

from levator.live.room import Room
from levator.records.people import Role
from tests.clinic.people import signed_in
from tests.web.served import Served


def sign_in(server: Served, page: Page, role: Role = "therapist", user_id: str = "") -> Page:
    """Give a page's browser the cookie of a login."""
    token = signed_in(server.clinic.accounts, role, user_id=user_id)
    cookie = {"name": server.login_cookie, "value": token, "url": server.address}
    page.context.add_cookies([cookie])
    return page


def way_in(server: Served, room: Room, role: str, language: str) -> str:
    """Where somebody gets into a room: she who trains with a ticket, others by their account."""

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Mia", language)

    if role == "patient":
        return f"/enter/{server.call(ticket())}?probe=1"
    return f"/rooms/{room.number}/therapist?probe=1&language={language}"
