"""Pages for what the web itself refuses: no such address, a form that is none, a fault of ours."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from levator.clinic.acting import RefusedError
from levator.clinic.logins import NotConfirmedError
from levator.errors import LevatorError, StorageError
from levator.records.work import ConflictError, NotThereError
from levator.texts import mark
from levator.web.api import PREFIX
from levator.web.api.refusing import no_such_address
from levator.web.confirming import to_confirm
from levator.web.looks import SIGNED, Looks, voice_of
from levator.web.no_storage import no_storage

_NO_SUCH_PAGE = (
    mark("There is no such page"),
    mark("Check the address, or begin at the start page."),
)
_NOT_READABLE = (
    mark("That could not be read"),
    mark("Go back and fill it in again, a little shorter."),
)
_OUR_FAULT = (
    mark("Something went wrong inside levator"),
    mark("What was recorded is kept. Begin again at the start page."),
)
#: What an act refuses, where no form shows it: status and heading; the sentence is its own.
_ACTS: tuple[tuple[type[LevatorError], int, str], ...] = (
    (NotThereError, 404, mark("There is nothing here")),
    (RefusedError, 403, mark("Another therapist treats her")),
    (ConflictError, 409, mark("Somebody else changed it")),
    (LevatorError, 422, mark("This cannot be done as asked")),
)
_WORDS = {404: _NO_SUCH_PAGE, 405: _NO_SUCH_PAGE, 500: _OUR_FAULT}


def speak_refusals(app: Starlette, looks: Looks) -> None:
    """Answer in the language of whoever asked; the status stays what it is."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404 and request.url.path.startswith(f"{PREFIX}/"):
            return no_such_address(request)  # with a line end in it, which no mount takes
        heading, sentence = _WORDS.get(status, _NOT_READABLE)
        voice = voice_of(request)
        return looks.notice(voice.language, voice.say(heading), voice.say(sentence), status)

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, LevatorError):
            raise error
        if isinstance(error, NotConfirmedError):
            return to_confirm(request, error)
        if isinstance(error, StorageError):
            return no_storage(request, looks, error)
        status, heading = next(row[1:] for row in _ACTS if isinstance(error, row[0]))
        voice = voice_of(request)
        values = {"heading": voice.say(heading), "sentence": voice.error(error), "take_on": ""}
        patient_id = request.path_params.get("patient_id", "")
        may_take_on = isinstance(error, RefusedError) and _is_therapist()
        if patient_id and may_take_on:
            values["take_on"] = f"/patients/{patient_id}/take-on"
        return looks.page("notice.html", voice.language, values, status)

    app.add_exception_handler(LevatorError, refused)
    app.add_exception_handler(HTTPException, answer)
    app.add_exception_handler(Exception, answer)


def _is_therapist() -> bool:
    signed = SIGNED.get()
    return signed is not None and signed.user.role == "therapist"
