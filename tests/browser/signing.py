"""A browser in which somebody is signed in already, without the way through the pages."""

from playwright.sync_api import Page

from levator.records.people import Role
from tests.clinic.people import signed_in
from tests.web.served import Served


def sign_in(server: Served, page: Page, role: Role = "therapist") -> Page:
    """Give a page's browser the cookie of a login."""
    token = signed_in(server.clinic.accounts, role)
    cookie = {"name": server.login_cookie, "value": token, "url": server.address}
    page.context.add_cookies([cookie])
    return page
