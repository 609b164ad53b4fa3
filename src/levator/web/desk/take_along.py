"""Everything that is kept of a patient as one file, for herself or for who hands it to her."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from levator.clinic import patients
from levator.clinic.exporting import export_unnamed
from levator.errors import StorageError
from levator.web.desk.pages import Desk, name_of, voice
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
            "is_hers": actor().role == "patient",
            "back": way_back(patient.id),
            "trouble": trouble,
        }
        return self._desk.page(request, "take-along.html", values, status)

    async def give(self, request: Request) -> Response:
        """Put the file together and send it; it is kept nowhere here."""
        patient_id = request.path_params["patient_id"]
        try:
            made = await self._desk.do(export_unnamed, patient_id)
        except StorageError as error:
            return await self._page(request, voice(request).error(error), 503)
        return download(made, f"levator-{patient_id[:8]}-{self._desk.clinic.now():%Y-%m-%d}.zip")


def way_back(patient_id: str) -> str:
    """Return where somebody came from: an admin reads who she is, not how she is treated."""
    return f"/patients/{patient_id}{'/details' if actor().role == 'clinic_admin' else ''}"


def download(made: IO[bytes], name: str) -> Response:
    """Return a file as something to be saved; it is gone once it is sent, or given up."""
    size = made.seek(0, 2)
    made.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(made), media_type=ZIP, headers=headers)


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE_BYTES):
            yield piece
