"""All rooms of a clinic: opening them, letting people in, and closing them down.

She who trains is known by an unguessable token, one per room; a therapist by the account that
is signed in, in any browser.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from levator.devices.device import Device
from levator.errors import LevatorError
from levator.live.asking import Asker
from levator.live.joining import Door, Request, ViewerRole
from levator.live.keeping import Keeper, NoKeeper
from levator.live.recorder import Recorder
from levator.live.room import Painter, Room
from levator.live.sitting import Sitting
from levator.live.tasks import Tasks
from levator.live.viewer import Person
from levator.quantities import Seconds
from levator.signals.samples import Stream

#: A room that is over stays to be looked at until so many newer ones are over too.
OVER_KEPT = 40
#: Together with the patience of the recorder less than a service manager has with a program.
SAVED_WITHIN_S: Seconds = 10.0
#: To hold what came of a sitting that is not saved.
LET_GO_WITHIN_S: Seconds = 2.0


def unpainted(room: Room, asker: Asker, language: str) -> str:
    """Return the picture of a room that nobody has given words to yet."""
    return "{}"


@dataclass(slots=True)
class Entry:
    """One person's way into one room."""

    room: Room
    person: Person


@dataclass(slots=True)
class Code:
    """The code that a room shows now."""

    code: str
    until_s: Seconds


@dataclass(slots=True)
class Rooms:
    """The registry. Everything runs on one event loop."""

    recorder: Recorder
    paint: Painter = unpainted
    clock: Callable[[], Seconds] = time.monotonic
    keeper: Keeper = field(default_factory=NoKeeper)
    rooms: dict[str, Room] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _redeemed: dict[str, Entry] = field(default_factory=dict)
    _tasks: Tasks = field(default_factory=Tasks)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        """Open the door for those who come with a code."""
        self.door = Door(
            self.clock, secrets.choice, lambda: secrets.token_urlsafe(16), self._is_taken
        )

    def _is_taken(self, number: str) -> bool:
        room = self.rooms.get(number)
        return room is not None and room.audience.has_patient

    # --- Rooms

    async def open(self, sitting: Sitting, device: Device) -> Room:
        """Reach for the device and open a room around it.

        Raises DeviceError if it is not there, UnitError where known levels do not fit it.
        """
        streams = await device.open()
        try:
            return self.start(sitting, device, streams)
        except LevatorError:
            await device.close()
            raise

    def start(self, sitting: Sitting, device: Device, streams: tuple[Stream, ...]) -> Room:
        """Open a room around an opened device and let it run."""
        number = secrets.token_urlsafe(9)
        room = Room(
            number,
            sitting,
            device,
            streams,
            self.recorder,
            lambda room, role, language: self.paint(room, role, language),
            self.clock,
        )
        room.keeper = self.keeper
        self.rooms[number] = room
        self._tasks.start(_kept(room))
        self._forget_old()
        return room

    def _forget_old(self) -> None:
        over = [room for room in self.rooms.values() if room.is_over]
        for room in over[:-OVER_KEPT]:
            self.forget(room)

    def forget(self, room: Room) -> None:
        """Drop a room and every token that opens it."""
        self.rooms.pop(room.number, None)
        self.codes.pop(room.number, None)
        self.door.forget(room.number)
        self._entries = _without(room, self._entries)
        self._redeemed = _without(room, self._redeemed)

    async def close(self) -> None:
        """End every sitting and wait until each is saved; no disk holds up the end for ever.

        What still waits for it then stays with the recorder.
        """
        if not await self._tasks.end(SAVED_WITHIN_S):
            await self._tasks.end(LET_GO_WITHIN_S)

    def of_patient(self, tenant_id: str, patient_id: str) -> list[Room]:
        """Return the rooms of a patient of a clinic that are not over."""
        rooms = self.rooms.values()
        return [
            one for one in rooms if one.sitting.is_of(tenant_id, patient_id) and not one.is_over
        ]

    def of_tenant(self, tenant_id: str) -> list[Room]:
        """Return every room of a clinic, those that are over too, oldest first."""
        return [one for one in self.rooms.values() if one.sitting.tenant_id == tenant_id]

    def in_tenant(self, number: str, tenant_id: str) -> Room | None:
        """Return a room of a clinic; None where it is another's, or nobody's."""
        room = self.rooms.get(number)
        return room if room is not None and room.sitting.tenant_id == tenant_id else None

    def withdraw(self, tenant_id: str, patient_id: str) -> None:
        """End what a patient does: she is not cleared any more."""
        for room in self.of_patient(tenant_id, patient_id):
            room.stop("room", "clearance_revoked")

    # --- People

    def admit(self, room: Room, name: str, language: str) -> str:
        """Let her in who trains; return the ticket that opens the room for her."""
        token = secrets.token_urlsafe(32)
        person = Person(secrets.token_urlsafe(6), name, "patient", language)
        self._entries[token] = Entry(room, person)
        room.audience.admit(person)
        return token

    def seat(
        self, room: Room, account: str, name: str, language: str, *, is_watcher: bool = False
    ) -> Person:
        """Let a therapist in: one person for each account, in however many browsers.

        is_watcher : she looks along in a room that is another's.
        """
        known = self.seated(room, account)
        person = known or Person(
            secrets.token_urlsafe(6), name, "therapist", language, account=account
        )
        person.is_watcher, person.language = is_watcher, language
        room.audience.admit(person)
        return person

    @staticmethod
    def seated(room: Room, account: str) -> Person | None:
        """Return the therapist of an account who was let into a room."""
        people = room.audience.people.values()
        return next((one for one in people if account and one.account == account), None)

    def lead_on(self, before: Room, room: Room) -> None:
        """Let her who trained in a room that is over come into the next one by herself."""
        hers = [one for one in before.audience.people.values() if one.role == "patient"]
        if hers:
            # Where another screen of hers was let in later, the one that is here.
            her = max(hers, key=lambda one: one.is_here)
            before.next_ticket = self.admit(room, her.name, her.language)
            before.changed()

    def redeem(self, ticket: str) -> tuple[Entry, str] | None:
        """Take a ticket, which works once; return what it opens and the screen's own token.

        None for a ticket that is not known, or was taken before.
        """
        entry = self._entries.pop(ticket, None)
        if entry is None:
            return None
        token = secrets.token_urlsafe(32)
        self._entries[token] = self._redeemed[ticket] = entry
        return entry, token

    def redeemed(self, ticket: str) -> Entry | None:
        """Return what a ticket has opened before; it opens nothing any more."""
        return self._redeemed.get(ticket)

    def entry(self, token: str, number: str) -> Entry | None:
        """Return what the token opens; None unless it is this room."""
        entry = self._entries.get(token)
        return None if entry is None or entry.room.number != number else entry

    # --- The second screen

    def show_code(self, room: Room) -> Code:
        """Give out a new code for a room."""
        code, until_s = self.door.open(room.number)
        self.codes[room.number] = Code(code, until_s)
        room.changed()
        return self.codes[room.number]

    def code_of(self, room: Room) -> Code | None:
        """Return the code that holds now, if any."""
        code = self.codes.get(room.number)
        return code if code is not None and code.until_s > self.clock() else None

    def behind(self, code: str) -> Room | None:
        """Return the room that a code would open now."""
        return self.rooms.get(self.door.behind(code))

    def knock(
        self,
        code: str,
        name: str,
        role: ViewerRole,
        language: str,
        guesser: str,
        signed_as: str = "",
    ) -> Request:
        """Ask to come in; raises JoinRefusedError for a wrong code."""
        request = self.door.ask(code, name, role, language, guesser, signed_as)
        self.codes.pop(request.room, None)
        self.rooms[request.room].changed()
        return request

    def answer(self, room: Room, number: str, is_yes: bool) -> None:
        """Say yes or no to somebody who waits."""
        request = self.door.who_waits(number, room.number)
        if request is None:
            return
        if is_yes and not self.door.has_place(request.role, room.number):
            is_yes, room.refusal = False, "place_taken"
        is_hers = is_yes and request.role == "patient"
        request.settle(is_yes, self.admit(room, request.name, request.language) if is_hers else "")
        room.changed()

    def knocking(self, room: Room) -> list[Request]:
        """Everybody who waits for this room's yes."""
        return self.door.waiting(room.number)


async def _kept(room: Room) -> None:
    """Let a room run, then let it be kept what came of it."""
    try:
        await room.run()
    finally:
        await room.keeper.end(room.number, had_pain=room.had_pain)


def _without(room: Room, entries: dict[str, Entry]) -> dict[str, Entry]:
    return {token: entry for token, entry in entries.items() if entry.room is not room}
