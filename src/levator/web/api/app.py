"""The interface as one application, with its own document at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from levator import __version__
from levator.clinic import Clinic
from levator.web.api import (
    account,
    courses,
    home,
    importing,
    keeping,
    looking,
    patients,
    reminders,
    research,
    rooms,
    sessions,
    telling,
    treatment,
    users,
)
from levator.web.api.document import worded
from levator.web.api.refusing import speak_problems

PREFIX = "/api/v1"
#: In the order of the document.
PARTS = (
    account,
    patients,
    treatment,
    telling,
    courses,
    home,
    reminders,
    sessions,
    rooms,
    looking,
    keeping,
    importing,
    research,
    users,
)
ABOUT = (
    "Everything the screens of levator do. Ids are made by the caller, so that everything may be "
    "sent twice; a change names the version that was read, as the ETag in If-Match."
)


class _Api(FastAPI):
    """Gives its document out with the words beside what follows from the routes."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made once."""
        if self.openapi_schema is None:
            self.openapi_schema = worded(super().openapi())
        return self.openapi_schema


def create_api(clinic: Clinic) -> FastAPI:
    """Return the interface over a clinic, to be mounted under PREFIX."""
    app = _Api(
        title="levator",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": PREFIX}],
        generate_unique_id_function=lambda one: one.name,
    )
    app.state.clinic = clinic
    for module in PARTS:
        app.include_router(module.router)
    speak_problems(app)
    return app
