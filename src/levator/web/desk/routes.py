"""All pages of the record."""

from __future__ import annotations

from starlette.routing import Route

from levator.clinic import Clinic
from levator.web.desk.backups import BackupsPage
from levator.web.desk.day import Day
from levator.web.desk.erase import ErasePages
from levator.web.desk.home_forms import HomeForms
from levator.web.desk.invite import InvitePage
from levator.web.desk.looked import LookedPages
from levator.web.desk.pages import Desk
from levator.web.desk.patient_file import FilePage
from levator.web.desk.patient_forms import PatientForms
from levator.web.desk.patient_list import PatientList
from levator.web.desk.pieces import PiecesPage
from levator.web.desk.research import ResearchPage
from levator.web.desk.sessions import Sessions
from levator.web.desk.sitting_page import SittingPage
from levator.web.desk.take_along import TakeAlongPage
from levator.web.desk.take_in import TakeInPage
from levator.web.looks import Looks
from levator.web.seating import Seats


def desk_routes(clinic: Clinic, looks: Looks) -> list[Route]:
    """Return every page with its address."""
    desk, seats = Desk(clinic, looks), Seats(clinic)
    return [
        *Day(desk).routes(),
        *PatientList(desk).routes(),
        *TakeInPage(desk).routes(),
        *SittingPage(desk, seats).routes(),
        *Sessions(desk).routes(),
        *LookedPages(desk).routes(),
        *PatientForms(desk).routes(),
        *HomeForms(desk).routes(),
        *TakeAlongPage(desk).routes(),
        *ErasePages(desk).routes(),
        *BackupsPage(desk).routes(),
        *ResearchPage(desk).routes(),
        *InvitePage(desk).routes(),
        *FilePage(desk).routes(),
        *PiecesPage(desk).routes(),
    ]
