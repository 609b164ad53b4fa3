"""The interface as one application, with its own document at /api/v1/openapi.json."""

from __future__ import annotations

from fastapi import FastAPI

from levator import __version__
from levator.clinic import Clinic
from levator.web.api import (
    account,
    courses,
    keeping,
    looking,
    patients,
    rooms,
    sessions,
    telling,
    treatment,
    users,
)
from levator.web.api.refusing import speak_problems

PREFIX = "/api/v1"
#: In the order of the document.
_PARTS = (
    account,
    patients,
    treatment,
    telling,
    courses,
    sessions,
    rooms,
    looking,
    keeping,
    users,
)
ABOUT = (
    "Everything the screens of levator do. Ids are made by the caller, so that everything may be "
    "sent twice; a change names the version that was read, as the ETag in If-Match."
)


def create_api(clinic: Clinic) -> FastAPI:
    """Return the interface over a clinic, to be mounted under PREFIX."""
    app = FastAPI(
        title="levator",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": PREFIX}],
    )
    app.state.clinic = clinic
    for module in _PARTS:
        app.include_router(module.router)
    speak_problems(app)
    return app
