"""Taking in a patient whom another clinic has exported: her file is sent here by a script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from levator.clinic.acting import RefusedError
from levator.clinic.arrivals import MOST_BYTES, TooLargeError
from levator.clinic.importing import Imported
from levator.errors import LevatorError, StorageError
from levator.web.arriving import take_in_sent
from levator.web.desk.pages import Desk, name_of, voice
from levator.web.signed import signed_in

_PATH = "/patients/import"


class TakeInPage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        return [Route(_PATH, self.show), Route(_PATH, self.take_in, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Ask for the file, and say what it will not open."""
        return self._asking(request)

    def _asking(self, request: Request, error: LevatorError | None = None) -> Response:
        say = voice(request)
        values = {
            "most_bytes": MOST_BYTES,
            "most": say.number(MOST_BYTES / 10**9),
            "too_large": say.error(TooLargeError()),
            "trouble": say.error(error) if error else "",
            "texts": self._desk.looks.texts(say.language),
        }
        status = 503 if isinstance(error, StorageError) else 422
        return self._desk.page(request, "take-in.html", values, status if error else 200)

    async def take_in(self, request: Request) -> Response:
        """Take her in whole or not at all, and say who came."""
        try:
            done = await take_in_sent(self._desk.clinic, request, signed_in())
        except RefusedError:
            raise
        except LevatorError as error:
            return self._asking(request, error)
        if done is None:
            return RedirectResponse(f"/sign-in?next={_PATH}", 303)
        return self._desk.page(request, "taken-in.html", _shown(done))


def _shown(done: Imported) -> dict[str, object]:
    return {
        "patient_id": done.patient.id,
        "name": name_of(done.patient),
        "is_treated": bool(done.patient.treated_by),
        "is_new": bool(done.entities or done.recordings),
        "done": done,
    }
