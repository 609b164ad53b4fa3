"""Everything that is kept of a patient as one file, for herself or for who hands it to her."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from levator.clinic import Clinic, patients
from levator.clinic.exporting import export_unnamed
from levator.errors import StorageError
from levator.records.access import Actor
from levator.web.desk.pages import Desk, name_of, voice, who_is
from levator.web.leaving import while_there
from levator.web.signed import actor

_PIECE_BYTES = 2**18
ZIP = "application/zip"


class TakeAlongPage:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return the page with its address."""
        path = "/patients/{patient_id}/export"
        return [Route(path, self.show), Route(path, self.give, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Say what is in the file, and what to do with it."""
        return await self._page(request)

    async def _page(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        await self._desk.check("patient.export", request)
        patient = await self._desk.do(patients.read, request.path_params["patient_id"])
        values = {
            "name": name_of(patient),
            "about": who_is(voice(request), patient),
            "is_hers": actor().role == "patient",
            "back": way_back(patient.id),
            "trouble": trouble,
        }
        return self._desk.page(request, "take-along.html", values, status)

    async def give(self, request: Request) -> Response:
        """Put the file together and send it; it is kept nowhere here."""
        patient_id = request.path_params["patient_id"]
        try:
            name = f"levator-{patient_id[:8]}-{self._desk.clinic.now():%Y-%m-%d}.zip"
            making = given(self._desk.clinic, actor(), patient_id, name)
            return await while_there(request, making)
        except StorageError as error:
            return await self._page(request, voice(request).error(error), 503)


def way_back(patient_id: str) -> str:
    """Return where somebody came from: an admin reads who she is, not how she is treated."""
    return f"/patients/{patient_id}{'/details' if actor().role == 'clinic_admin' else ''}"


async def given(clinic: Clinic, who: Actor, patient_id: str, name: str) -> Response:
    """Return everything of a patient as something to be saved, one at a time for a login.

    Raises StorageError where it cannot be written, and as an act on her record does.
    """
    turn = clinic.exports.of(who.login_id)
    await turn.acquire()
    try:
        making = partial(export_unnamed, clinic.acts, who, patient_id)
        made = await clinic.exports.work(making, unwanted=_close)
    except BaseException:
        turn.release()
        raise
    return Download(made, name, turn)


def _close(made: IO[bytes]) -> None:
    made.close()  # `IO.close` itself closes nothing: it is a type


class Download(StreamingResponse):
    """A file that is gone once it is sent, or given up; the turn that made it ends with it."""

    def __init__(self, made: IO[bytes], name: str, turn: asyncio.Lock) -> None:
        """Take a file, the name under which it is saved, and a turn that is held."""
        size = made.seek(0, 2)
        made.seek(0)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
        }
        super().__init__(_pieces(made), media_type=ZIP, headers=headers)
        self._made, self._turn = made, turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as far as anybody takes it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._made.close()
            self._turn.release()


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    while piece := made.read(_PIECE_BYTES):
        yield piece
