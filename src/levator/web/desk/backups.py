"""The backups of the installation: which there are, one more, and how to go back to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from levator.clinic.acting import RefusedError
from levator.clinic.backup import KeptBackup, NoFolderError, Shelf, begin_one, shelf
from levator.errors import CallerError
from levator.texts import Speaker
from levator.web.desk.pages import Desk, day_text, moment_text, voice
from levator.web.signed import actor

_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


class BackupsPage:
    """Handlers over one installation."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/backups", self.show),
            Route("/backups", self.make, methods=["POST"]),
            Route("/backups/progress", self.progress),
        ]

    async def show(self, request: Request) -> Response:
        """Show what there is, and what is being made."""
        return await self._page(request)

    async def _page(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        clinic, say = self._desk.clinic, voice(request)
        found = await self._desk.do(shelf, clinic.backups)
        values = _shown(say, found, clinic.now()) | {"trouble": trouble}
        if found.trouble is not None and not trouble:
            values["trouble"] = say.error(found.trouble)
        return self._desk.page(request, "backups.html", values, status)

    async def make(self, request: Request) -> Response:
        """Begin one; it is made in a thread, and the page tells how far it is."""
        try:
            await begin_one(self._desk.clinic.acts, actor(), self._desk.clinic.backups)
        except RefusedError:
            raise
        except CallerError as error:
            return await self._page(request, voice(request).error(error), 422)
        return RedirectResponse("/backups", 303)

    async def progress(self, request: Request) -> Response:
        """Tell a script of ours how far it is; nothing of what is kept is looked at."""
        kept = self._desk.clinic.backups
        step, done = kept.progress if kept is not None else ("", 0)
        return JSONResponse({"step": voice(request).say(step) if step else "", "done": done})


def _shown(say: Speaker, found: Shelf, now: datetime) -> dict[str, Any]:
    rows = [_row(say, one, now, found.folder) for one in found.backups]
    return {
        "rows": rows,
        "is_late": found.is_late,
        "newest": rows[0]["age"] if rows else "",
        "folder": found.folder,
        "no_folder": say.error(NoFolderError()),
        "step": say.say(found.step) if found.step else "",
        "done": found.done,
        "of": found.of,
        "file": f"{found.backups[0].folder}/{found.backups[0].name}" if rows else "",
    }


def _row(say: Speaker, one: KeptBackup, now: datetime, folder: str | None) -> dict[str, Any]:
    is_same_day = (one.checked_at or "")[:10] == one.made_at[:10]
    return {
        "age": say.ago(now - datetime.fromisoformat(one.made_at)),
        "made": moment_text(say, one.made_at),
        "size": size_text(say, one.size_bytes),
        "is_checked": one.checked_at is not None,
        "checked": "" if is_same_day else day_text(say, one.checked_at),
        "is_locked": one.is_locked,
        "file": one.name if one.folder == folder else f"{one.folder}/{one.name}",
    }


def size_text(say: Speaker, size_bytes: int) -> str:
    """Return a size as people read it: ``12.4 MB``."""
    unit, size = next((one for one in _UNITS if size_bytes >= one[1]), _UNITS[-1])
    return f"{say.number(size_bytes / size)} {unit}"
