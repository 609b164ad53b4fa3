"""What the interface says no with: a code for programs, and one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from levator.clinic.accounts import ChooseClinicError, SignInError
from levator.clinic.acting import RefusedError
from levator.clinic.courses import ChangedMeanwhileError, UndecidedError
from levator.clinic.guesses import TooManyGuessesError
from levator.clinic.logins import LoginEndedError, NotConfirmedError
from levator.clinic.patients import TwinError
from levator.clinic.sittings import StageShutError
from levator.course.gates import Gate
from levator.course.reasons import Reason
from levator.errors import CallerError, LevatorError, StorageError
from levator.records.work import ConflictError, NotThereError
from levator.texts import Speaker, mark
from levator.web.looks import voice_of

Code = Literal[
    "not_signed_in",
    "not_right",
    "stale_token",
    "not_confirmed",
    "refused",
    "not_there",
    "changed_meanwhile",
    "twin",
    "choose_clinic",
    "not_as_asked",
    "wrong_form",
    "too_often",
    "not_saved",
    "no_such_address",
    "our_fault",
]


class NotSignedInError(CallerError):
    """Nobody is signed in in this browser, or not with all that the account asks for."""

    def __init__(self) -> None:
        """Say where."""
        super().__init__(mark("Sign in first; this address needs to know who asks."))


class StaleTokenError(CallerError):
    """A change without the token of the login."""

    def __init__(self) -> None:
        """Say where it is."""
        super().__init__(
            mark("Send the token of your login as x-form-token; it is in every form of the pages.")
        )


class Differing(BaseModel):
    """One field of which two sides differ."""

    kept: Any
    given: Any


class Twin(BaseModel):
    """A patient of the same name and date of birth, or number."""

    id: str
    given_name: str
    family_name: str
    born_on: str | None
    number: str


class Why(BaseModel):
    """One reason of the course: a code with the number needed and the one that is there."""

    code: str
    needed: float | str | None
    given: float | str | None


class ClinicNamed(BaseModel):
    """A clinic to be chosen."""

    id: str
    name: str


class Refusal(BaseModel):
    """Why not. `differs`: what another has changed, under which `id` and `version` it is kept now;
    `twins`: who is here already."""

    code: Code
    sentence: str
    where: list[str] = Field(default_factory=list)
    id: str | None = None
    version: int | None = None
    differs: dict[str, Differing] = Field(default_factory=dict)
    twins: list[Twin] = Field(default_factory=list)
    reasons: list[Why] = Field(default_factory=list)
    clinics: list[ClinicNamed] = Field(default_factory=list)


#: The first class that fits speaks.
_STATUS: tuple[tuple[type[LevatorError], int, Code], ...] = (
    (NotSignedInError, 401, "not_signed_in"),
    (LoginEndedError, 401, "not_signed_in"),
    (SignInError, 401, "not_right"),
    (TooManyGuessesError, 429, "too_often"),
    (StaleTokenError, 403, "stale_token"),
    (NotConfirmedError, 403, "not_confirmed"),
    (RefusedError, 403, "refused"),
    (NotThereError, 404, "not_there"),
    (ConflictError, 409, "changed_meanwhile"),
    (ChangedMeanwhileError, 409, "changed_meanwhile"),
    (TwinError, 409, "twin"),
    (ChooseClinicError, 409, "choose_clinic"),
    (LevatorError, 422, "not_as_asked"),
)
#: For the document: what every route may answer with.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": text}
    for status, text in {
        401: "Nobody is signed in, or what was shown is not right.",
        403: "The table of access does not allow it, the token for changes is missing or old, or "
        "POST /account/confirm has to come first.",
        404: "Not there, or not yours.",
        409: "Somebody changed it in the meantime, or there is such a patient already.",
        422: "It cannot be done as asked.",
        429: "More than anybody asks; wait as long as Retry-After says.",
        503: "Nothing can be saved now.",
    }.items()
}
_log = structlog.get_logger()
#: So many places of a form that is wrong are named; who sends more begins with those.
_PLACES = 10
_WRONG_FORM = mark("“%(field)s” is not in the form that is asked for; see openapi.json.")
_NO_ADDRESS = mark("There is nothing at this address, or not with this method; see openapi.json.")
_TOO_OFTEN = mark("That is too much at once; wait as long as Retry-After says.")
_NOT_SAVED = mark("Nothing can be saved now; try again in a moment. The log says why.")
_OUR_FAULT = mark("Something went wrong inside levator; nothing of this request was kept.")


def problem_of(error: LevatorError, voice: Speaker) -> tuple[int, Refusal]:
    """Return the status and what is said about an error."""
    status, code = next(row[1:] for row in _STATUS if isinstance(error, row[0]))
    problem = Refusal(code=code, sentence=voice.error(error))
    if isinstance(error, ConflictError):
        problem.id, problem.version = error.kept.id, error.kept.version
    if isinstance(error, (ConflictError, ChangedMeanwhileError)):
        problem.differs = {
            name: Differing(kept=kept, given=given) for name, (kept, given) in error.differs.items()
        }
    if isinstance(error, TwinError):
        names = Twin.model_fields
        problem.twins = [Twin(**{n: getattr(one, n) for n in names}) for one in error.twins]
    if isinstance(error, ChooseClinicError):
        problem.clinics = [ClinicNamed(id=one, name=name) for one, name in error.clinics]
    problem.reasons = [
        Why(code=one.code, needed=one.needed, given=one.given) for one in _reasons(error)
    ]
    return status, problem


def _reasons(error: LevatorError) -> Sequence[Reason | Gate]:
    if isinstance(error, UndecidedError):
        return error.reasons
    return error.gates if isinstance(error, StageShutError) else ()


def speak_problems(app: FastAPI) -> None:
    """Answer every refusal as a `Refusal`, in the language of whoever asks."""

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, LevatorError):
            raise error
        if isinstance(error, StorageError):
            _log.warning("the storage does not do its part", reason=str(error))
            return not_saved(request)
        return _answer(*problem_of(error, voice_of(request)))

    async def wrong_form(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        where = [".".join(map(str, one["loc"])) for one in found[:_PLACES]] or ["body"]
        sentence = voice_of(request).say(_WRONG_FORM, field=where[0])
        return _answer(422, Refusal(code="wrong_form", sentence=sentence, where=where))

    async def no_address(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status == 400:  # a body that is no text
            return await wrong_form(request, error)
        headers = {"Allow": _methods_at(app, request)} if status == 405 else None
        return no_such_address(request, status, headers)

    async def our_fault(request: Request, error: Exception) -> Response:
        sentence = voice_of(request).say(_OUR_FAULT)
        return _answer(500, Refusal(code="our_fault", sentence=sentence))

    app.add_exception_handler(LevatorError, refused)
    app.add_exception_handler(RequestValidationError, wrong_form)
    app.add_exception_handler(HTTPException, no_address)
    app.add_exception_handler(Exception, our_fault)


def _methods_at(app: FastAPI, request: Request) -> str:
    """Return every method of an address; a route by itself knows only its own."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    known = app.openapi()["paths"]
    templates = [path] if path in known else [one for one in known if _is_of(one, path)]
    here = [known[template] for template in templates]
    return ", ".join(sorted(method.upper() for methods in here for method in methods))


def _is_of(template: str, path: str) -> bool:
    return compile_path(template)[0].match(path) is not None


def no_such_address(
    request: Request, status: int = 404, headers: Mapping[str, str] | None = None
) -> Response:
    """Return what is said at an address that is none."""
    sentence = voice_of(request).say(_NO_ADDRESS)
    return _answer(status, Refusal(code="no_such_address", sentence=sentence), headers)


def too_often(request: Request) -> Response:
    """Return what is said to who asks far more than a person does."""
    sentence = voice_of(request).say(_TOO_OFTEN)
    return _answer(429, Refusal(code="too_often", sentence=sentence))


def not_saved(request: Request) -> Response:
    """Return what is said while the storage does not do its part; its path is nobody's here."""
    sentence = voice_of(request).say(_NOT_SAVED)
    return _answer(503, Refusal(code="not_saved", sentence=sentence))


def _answer(
    status: int, problem: Refusal, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(problem.model_dump(mode="json"), status, headers)
