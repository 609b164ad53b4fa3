"""How a second screen comes in: a short code, a name, and a yes from the first screen.

A code is single use and short-lived, guesses are counted, and nothing of the room is shown
before the first screen says yes. Clock and randomness are handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from levator.errors import CallerError, mark
from levator.quantities import Seconds

#: Without letters and digits that look alike when read aloud or from a screen.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
NAME_LENGTH = 80
CODE_LASTS_S: Seconds = 300.0
GUESSES = 5
GUESSES_PER_S: Seconds = 60.0
ViewerRole = Literal["patient", "therapist"]
JoinRefusal = Literal["wrong_code", "too_many_guesses", "name_missing", "place_taken"]


class JoinRefusedError(CallerError):
    """The second screen may not come in; `code` says why."""

    def __init__(self, code: JoinRefusal) -> None:
        """Keep the code; the page that asks has the words for each."""
        super().__init__(mark("The second screen may not come in (%(code)s)."), code=code)
        self.code: JoinRefusal = code


@dataclass(slots=True)
class Request:
    """Someone who typed the right code and waits for a yes.

    signed_as : name and clinic of the account that is signed in there; "" where none is.
    """

    number: str
    room: str
    name: str
    role: ViewerRole
    language: str
    signed_as: str = ""
    answer: Literal["waiting", "yes", "no"] = "waiting"
    ticket: str = ""

    def settle(self, is_yes: bool, ticket: str = "") -> None:
        """Say yes or no; she who trains is let in with a ticket."""
        self.answer, self.ticket = "yes" if is_yes else "no", ticket


@dataclass(slots=True)
class _Guesses:
    times: deque[Seconds] = field(default_factory=deque)

    def count(self, now_s: Seconds) -> int:
        while self.times and self.times[0] <= now_s - GUESSES_PER_S:
            self.times.popleft()
        return len(self.times)


def tidy(code: str) -> str:
    """Return the code as it was given out, however it was typed."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def shown_name(name: str) -> str:
    """Return a name without signs that nobody sees, at most `NAME_LENGTH` long."""
    seen = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(seen.split())[:NAME_LENGTH].rstrip()


class Door:
    """All codes that are open now, and everybody who waits."""

    def __init__(
        self,
        now_s: Callable[[], Seconds],
        pick: Callable[[str], str],
        token: Callable[[], str],
        is_taken: Callable[[str], bool] = lambda room: False,
    ) -> None:
        """Start without codes.

        pick : draws one sign of an alphabet. token : makes an unguessable name. is_taken :
            whether somebody trains in a room; there is one such place.
        """
        self._is_taken = is_taken
        self._now_s, self._pick, self._token = now_s, pick, token
        self._codes: dict[str, tuple[str, Seconds]] = {}
        self._guesses: dict[str, _Guesses] = {}
        self.requests: dict[str, Request] = {}

    def open(self, room: str) -> tuple[str, Seconds]:
        """Give out a code for the room and the clock time until which it holds.

        An earlier code of the same room stops holding.
        """
        self.shut(room)
        code = "".join(self._pick(ALPHABET) for _ in range(CODE_LENGTH))
        until_s = self._now_s() + CODE_LASTS_S
        self._codes[code] = (room, until_s)
        return code, until_s

    def shut(self, room: str) -> None:
        """Let no code of the room hold any longer."""
        self._codes = {code: held for code, held in self._codes.items() if held[0] != room}

    def behind(self, code: str) -> str:
        """Return the room that a code would open now; "" for a wrong one."""
        room, until_s = self._codes.get(tidy(code), ("", 0.0))
        return room if until_s >= self._now_s() else ""

    def ask(
        self,
        code: str,
        name: str,
        role: ViewerRole,
        language: str,
        guesser: str,
        signed_as: str = "",
    ) -> Request:
        """Knock with a code; raises JoinRefusedError for anything but the right one.

        guesser : where the guesses are counted; many of them hold up nobody else.
        """
        now_s = self._now_s()
        self._guesses = {who: one for who, one in self._guesses.items() if one.count(now_s)}
        guesses = self._guesses.get(guesser, _Guesses())
        if guesses.count(now_s) >= GUESSES:
            raise JoinRefusedError("too_many_guesses")
        name = shown_name(name)
        if not name:
            raise JoinRefusedError("name_missing")
        room = self.behind(code)
        if not room:
            guesses.times.append(now_s)
            self._guesses[guesser] = guesses
            raise JoinRefusedError("wrong_code")
        if not self.has_place(role, room):
            raise JoinRefusedError("place_taken")
        self.shut(room)
        request = Request(self._token(), room, name, role, language, signed_as)
        self.requests[request.number] = request
        return request

    def has_place(self, role: ViewerRole, room: str) -> bool:
        """Return whether one more may come in as this."""
        return role != "patient" or not self._is_taken(room)

    def who_waits(self, number: str, room: str) -> Request | None:
        """Return who waits for this room's answer under a number; None if nobody does."""
        return next((one for one in self.waiting(room) if one.number == number), None)

    def waiting(self, room: str) -> list[Request]:
        """Everybody who waits for this room's yes."""
        return [
            request
            for request in self.requests.values()
            if request.room == room and request.answer == "waiting"
        ]

    def forget(self, room: str) -> None:
        """Drop the room's code and everybody who knocked on it."""
        self.shut(room)
        self.requests = {
            number: request for number, request in self.requests.items() if request.room != room
        }
