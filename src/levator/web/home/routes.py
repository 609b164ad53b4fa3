"""All pages of the patient's side."""

from __future__ import annotations

from starlette.routing import Route

from levator.clinic import Clinic
from levator.web.desk.pages import Desk
from levator.web.home.advice import AdvicePages
from levator.web.home.feed import FeedPage
from levator.web.home.pages import HomePages
from levator.web.home.stretch import StretchPage
from levator.web.looks import Looks


def home_routes(clinic: Clinic, looks: Looks) -> list[Route]:
    """Return every page with its address."""
    desk = Desk(clinic, looks)
    pages = [*HomePages(looks).routes(), *AdvicePages(desk).routes()]
    return [*pages, *StretchPage(desk).routes(), *FeedPage(clinic).routes()]
