"""Pages for what the web itself refuses: no such address, a form that is none, a fault of ours."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from levator.texts import mark
from levator.web.looks import Looks, voice_of

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
_WORDS = {404: _NO_SUCH_PAGE, 405: _NO_SUCH_PAGE, 500: _OUR_FAULT}


def speak_refusals(app: Starlette, looks: Looks) -> None:
    """Answer in the language of whoever asked; the status stays what it is."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        heading, sentence = _WORDS.get(status, _NOT_READABLE)
        voice = voice_of(request)
        return looks.notice(voice.language, voice.say(heading), voice.say(sentence), status)

    app.add_exception_handler(HTTPException, answer)
    app.add_exception_handler(Exception, answer)
