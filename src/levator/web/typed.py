"""What was typed in a form whose login ended before it was sent: whoever typed it finds it again.

It is kept in memory alone, for a working day, under the account whose form it was; a form knows
that by the token that it carries. No password is kept, and nobody else is shown it.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from levator.quantities import Seconds
from levator.web.forms import LONGEST_NOTE, read_form
from levator.web.signed import FORM_TOKEN, own_path

#: The part of an address that names what was typed.
TYPED_AT = "typed"
KEPT_S: Seconds = 8 * 3600
#: Logins whose forms are known, and forms that are kept, in all and of one account: the oldest make
#: room, so that nobody who sends many pushes out those of another.
MOST_LOGINS = 5000
MOST_FORMS = 400
MOST_OF_ONE = 20
_NEVER = frozenset({FORM_TOKEN, "password", "new", "again", "code", "sealed"})
#: What is asked of the moment itself, or is grave, is typed anew.
_NOT_FORMS = ("/sitting", "/export", "/erase")
#: Names the page in what a page sends that clears itself.
_PATH = "typed_path"
#: What she who asks had typed in this form before.
TYPED: ContextVar[Mapping[str, str]] = ContextVar("typed")


@dataclass(frozen=True, slots=True)
class LeftForm:
    """A form that was typed in: by whom, where, and when by the clock of this computer."""

    user_id: str
    path: str
    fields: Mapping[str, str]
    at_s: Seconds


@dataclass(slots=True)
class KeptTyped:
    """What was typed and not sent, by an id that cannot be guessed."""

    clock: Callable[[], float]
    _users: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _forms: OrderedDict[str, LeftForm] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def routes(self) -> list[Route]:
        """Return where a page leaves what is typed in it when it clears itself."""
        return [Route("/sign-in/typed", self.leave, methods=["POST"])]

    async def leave(self, request: Request) -> Response:
        """Keep it; return where its author goes on."""
        fields = await read_form(request, LONGEST_NOTE)
        return JSONResponse({"next": self.keep(own_path(fields.pop(_PATH, "")), fields)})

    def note(self, token: str, user_id: str) -> None:
        """Know whose forms carry this token."""
        with self._lock:
            self._users[token] = user_id
            self._users.move_to_end(token)
            _trim(self._users, MOST_LOGINS)

    def keep(self, path: str, fields: Mapping[str, str]) -> str:
        """Keep a form; return where its author goes on: the page that shows it again."""
        user_id = self._users.get(fields.get(FORM_TOKEN, ""))
        if user_id is None or not may_keep(path):
            return path
        given = {name: text for name, text in fields.items() if name not in _NEVER}
        number = secrets.token_urlsafe(16)
        with self._lock:
            self._forms[number] = LeftForm(user_id, path, given, self.clock())
            hers = [key for key, one in self._forms.items() if one.user_id == user_id]
            for old in hers[:-MOST_OF_ONE]:
                del self._forms[old]
            _trim(self._forms, MOST_FORMS)
        return f"{path}?{urlencode({TYPED_AT: number})}"

    def is_of(self, token: str, user_id: str) -> bool:
        """Return whether a form was shown to this account, by whichever login."""
        return self._users.get(token) == user_id

    def of(self, request: Request, user_id: str) -> Mapping[str, str]:
        """Return what this account typed in the page that is asked; empty where it did not."""
        with self._lock:
            self._drop_old()
            kept = self._forms.get(request.query_params.get(TYPED_AT, ""))
        is_hers = kept is not None and (kept.user_id, kept.path) == (user_id, request.url.path)
        return kept.fields if kept is not None and is_hers else {}

    def kept(self) -> list[LeftForm]:
        """Return all that is kept now."""
        with self._lock:
            self._drop_old()
            return list(self._forms.values())

    def _drop_old(self) -> None:
        while self._forms and self.clock() - next(iter(self._forms.values())).at_s > KEPT_S:
            self._forms.popitem(last=False)


def may_keep(path: str) -> bool:
    """Return whether a form of this address is one that is shown again with what was typed."""
    return path.startswith("/patients/") and not path.endswith(_NOT_FORMS)


def _trim(kept: OrderedDict[str, str] | OrderedDict[str, LeftForm], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
