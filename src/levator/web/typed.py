"""What was typed in a form whose login ended before it was sent: whoever typed it finds it again.

It is kept in memory alone, under the account whose form it was; a form knows that by the token
that it carries. It goes once it is sent after all, with its patient, and after a working day. No
password is kept, and nobody else is shown it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Send

from levator.quantities import Seconds
from levator.records.entity import is_plain_id
from levator.web.forms import LONGEST_NOTE, read_form
from levator.web.shares import Shares
from levator.web.signed import FORM_TOKEN, own_path

#: The part of an address that names what was typed.
TYPED_AT = "typed"
KEPT_S: Seconds = 8 * 3600
#: Logins whose forms are known, and forms that are kept, in all and of one account.
MOST_LOGINS = 5000
MOST_FORMS = 400
MOST_OF_ONE = 20
_NEVER = frozenset({FORM_TOKEN, "password", "new", "again", "code", "sealed"})
#: What is asked of the moment itself, or is grave, is typed anew.
_NOT_FORMS = ("/sitting", "/export", "/erase")
#: Of the address that takes a patient in: she has no record yet.
_PARTS_OF_NEW = len(["", "patients", "new"])
#: From here on an answer takes nothing that was sent.
_REFUSED = 400
#: Names the page in what a page sends that clears itself.
_PATH = "typed_path"
#: What she who asks had typed in this form before.
TYPED: ContextVar[Mapping[str, str]] = ContextVar("typed")


@dataclass(frozen=True, slots=True)
class LeftForm:
    """A form that was typed in: by whom, where, and when by the clock of this computer."""

    tenant_id: str
    user_id: str
    path: str
    fields: Mapping[str, str]
    at_s: Seconds

    @property
    def patient_id(self) -> str:
        """Return whose record it is about; empty where she is not kept yet."""
        parts = self.path.split("/")
        return parts[2] if len(parts) > _PARTS_OF_NEW and is_plain_id(parts[2]) else ""

    @property
    def whose(self) -> tuple[str, str]:
        """Return the clinic and the patient: another clinic may have her under the same id."""
        return self.tenant_id, self.patient_id


@dataclass(slots=True)
class KeptTyped:
    """What was typed and not sent, by an id that cannot be guessed."""

    clock: Callable[[], float]
    #: The token of a form -> the clinic of its account.
    _logins: Shares[str] = field(default_factory=lambda: Shares(MOST_OF_ONE, MOST_LOGINS))
    _forms: Shares[LeftForm] = field(default_factory=lambda: Shares(MOST_OF_ONE, MOST_FORMS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def routes(self) -> list[Route]:
        """Return where a page leaves what is typed in it when it clears itself."""
        return [Route("/sign-in/typed", self.leave, methods=["POST"])]

    async def leave(self, request: Request) -> Response:
        """Keep it; return where its author goes on."""
        fields = await read_form(request, LONGEST_NOTE)
        return JSONResponse({"next": self.keep(own_path(fields.pop(_PATH, "")), fields)})

    def note(self, token: str, user_id: str, tenant_id: str) -> None:
        """Know whose forms carry this token."""
        with self._lock:
            self._logins.put(user_id, token, tenant_id)

    def keep(self, path: str, fields: Mapping[str, str]) -> str:
        """Keep a form; return where its author goes on: the page that shows it again."""
        given = {name: text for name, text in fields.items() if name not in _NEVER}
        number = secrets.token_urlsafe(16)
        token = fields.get(FORM_TOKEN, "")
        with self._lock:
            user_id, tenant_id = self._logins.whose(token), self._logins.get(token)
            if user_id is None or tenant_id is None or not may_keep(path):
                return path
            left = LeftForm(tenant_id, user_id, path, given, self.clock())
            self._forms.put(user_id, number, left)
        return f"{path}?{urlencode({TYPED_AT: number})}"

    def is_of(self, token: str, user_id: str) -> bool:
        """Return whether a form was shown to this account, by whichever login."""
        with self._lock:
            return self._logins.whose(token) == user_id

    def of(self, request: Request, user_id: str) -> Mapping[str, str]:
        """Return what this account typed in the page that is asked; empty where it did not."""
        self.drop_old()
        with self._lock:
            kept = self._forms.get(request.query_params.get(TYPED_AT, ""))
        is_hers = kept is not None and (kept.user_id, kept.path) == (user_id, request.url.path)
        return kept.fields if kept is not None and is_hers else {}

    def until_taken(
        self, send: Send, request: Request, user_id: str, fields: Mapping[str, str]
    ) -> Send:
        """Return a `send` that keeps a form no longer once an answer takes it."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _REFUSED:
                at = request.query_params.get(TYPED_AT, "")
                self._drop_sent(user_id, request.url.path, at, fields.get("id"))
            await send(message)

        return sending

    def _drop_sent(self, user_id: str, path: str, at: str, made: str | None) -> None:
        """Drop what was sent: known by its number, or by the id of what it makes."""
        with self._lock:
            for number, one in self._forms:
                is_same = number == at or (made is not None and one.fields.get("id") == made)
                if is_same and (one.user_id, one.path) == (user_id, path):
                    self._forms.drop(number)

    def kept(self) -> list[LeftForm]:
        """Return all that is kept now."""
        self.drop_old()
        with self._lock:
            return [one for _, one in self._forms]

    def drop_old(self) -> None:
        """Keep nothing for longer than a working day."""
        now = self.clock()
        self._drop_where(lambda one: now - one.at_s > KEPT_S)

    def patients(self) -> set[tuple[str, str]]:
        """Return whose records the forms that are kept are about, each with its clinic."""
        return {one.whose for one in self.kept() if one.patient_id}

    def forget(self, patients: Collection[tuple[str, str]]) -> None:
        """Keep nothing about these patients of these clinics: they are erased there."""
        self._drop_where(lambda one: one.whose in patients)

    def _drop_where(self, is_over: Callable[[LeftForm], bool]) -> None:
        with self._lock:
            for number, one in self._forms:
                if is_over(one):
                    self._forms.drop(number)


def may_keep(path: str) -> bool:
    """Return whether a form of this address is one that is shown again with what was typed."""
    return path.startswith("/patients/") and not path.endswith(_NOT_FORMS)
