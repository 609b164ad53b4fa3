"""What is said while the storage does not answer or is full: the same to everybody.

The exact reason holds the path of the database, so it goes to the log and to no page.
"""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from levator.errors import StorageError
from levator.texts import mark
from levator.web.api import PREFIX
from levator.web.api.refusing import not_saved
from levator.web.looks import Looks, voice_of

HEADING = mark("Nothing can be saved now")
SENTENCE = mark(
    "Wait a moment and try again. If it stays so, tell who keeps the clinic's computer; the "
    "reason is in its log."
)
_log = structlog.get_logger()


def no_storage(request: Request, looks: Looks, error: StorageError) -> Response:
    """Answer 503 in the form that whoever asks can show, and tell the log."""
    _log.warning("the storage does not do its part", reason=str(error))
    voice = voice_of(request)
    if request.url.path.startswith(f"{PREFIX}/"):
        return not_saved(request)
    if request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"trouble": voice.say(SENTENCE)}, 503)
    return looks.notice(voice.language, voice.say(HEADING), voice.say(SENTENCE), 503)
