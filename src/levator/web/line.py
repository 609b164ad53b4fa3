"""The socket between a live screen and its room."""

from __future__ import annotations

import asyncio
import contextlib
import json

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from levator.clinic import Clinic
from levator.live.asking import MAY_ASK
from levator.live.joining import ViewerRole
from levator.live.room import Room
from levator.live.rooms import Entry, Rooms
from levator.live.viewer import Person, Viewer
from levator.web.looks import PATIENT, cookie_of
from levator.web.messages import (
    AnyMessage,
    CommandMessage,
    Hello,
    Present,
    Sync,
    read,
    rescued,
    unreadable,
)
from levator.web.pace import Pace
from levator.web.seating import Seats

#: Codes of our own: this screen was not let in; the room is gone.
NOT_LET_IN = 4401
#: Said with it where nobody is signed in any more.
SIGNED_OUT = "signed out"
#: Something failed here; the page comes back by itself.
BROKEN = 1011
TOO_MUCH = 1008
#: For a message that is no text.
NO_TEXT = 1003

_log = structlog.get_logger()


def entry_of(connection: WebSocket, clinic: Clinic, role: ViewerRole) -> Entry | None:
    """Return what her cookie or the therapist's account opens, for the room in its path."""
    if role == "therapist":
        return Seats(clinic).entry(connection)
    number = connection.path_params["number"]
    return clinic.rooms.entry(cookie_of(connection, PATIENT), number)


async def talk(socket: WebSocket, clinic: Clinic, role: ViewerRole) -> None:
    """Serve one screen until it goes."""
    await socket.accept()
    entry = entry_of(socket, clinic, role)
    if entry is None or entry.room.audience.is_held_by_another(entry.person):
        await socket.close(NOT_LET_IN)
        return
    viewer = entry.room.audience.enter(entry.person)
    sending = asyncio.create_task(_send(socket, entry.room, viewer))
    pace = Pace(clinic.clock)
    try:
        while True:
            text = await socket.receive_text()
            message = read(text) or rescued(text)
            if pace.allows() or _is_end(message):
                if message is not None:
                    _hear(clinic, entry, viewer, message)
                elif number := unreadable(text):
                    viewer.answer(json.dumps({"type": "answer", "id": number, "is_read": False}))
            elif pace.is_abused:
                _log.warning("a screen that floods was closed", room=entry.room.number)
                await socket.close(TOO_MUCH)
                break
    except (WebSocketDisconnect, RuntimeError):
        pass  # it is gone
    except KeyError:  # bytes, which no page of ours sends
        await socket.close(NO_TEXT)
    finally:
        entry.room.audience.leave(viewer)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending


async def _send(socket: WebSocket, room: Room, viewer: Viewer) -> None:
    """Send until cancelled. A screen that can be sent nothing must not stay open, frozen."""
    try:
        await viewer.serve(room, socket.send_text, socket.send_bytes)
    except WebSocketDisconnect:
        pass  # it is gone, which the hearing end notices
    except Exception:  # noqa: BLE001, whatever it was, the page has to come back
        _log.exception("a screen could not be sent its picture", room=room.number)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(BROKEN)


def _is_end(message: AnyMessage | None) -> bool:
    """Whether somebody wants it to end; that is heard at any pace."""
    return isinstance(message, CommandMessage) and message.kind in ("stop", "pain")


def _hear(clinic: Clinic, entry: Entry, viewer: Viewer, message: AnyMessage) -> None:
    match message:
        case Hello() as hello:
            viewer.ready(hello.generation, tuple(hello.cursor))
        case Sync() as sync:
            now_s = clinic.clock()
            viewer.answer(json.dumps({"type": "sync", "at_s": sync.at_s, "server_s": now_s}))
        case Present() as present:
            entry.room.confirm(entry.person, present.drawn_index, present.age_ms)
        case CommandMessage() as command:
            _do_once(clinic, entry.room, entry.person, command)
            viewer.answer(json.dumps({"type": "answer", "id": command.id}))


def _do_once(clinic: Clinic, room: Room, person: Person, command: CommandMessage) -> None:
    """A command is sent until it is answered, so it may come twice."""
    if command.id in person.handled:
        return
    person.handled.append(command.id)
    asked = command.asked()
    if asked.kind in ("code", "answer") and asked.kind in MAY_ASK[person.asker]:
        _open_door(clinic.rooms, room, command)
    else:
        room.ask(asked, person.asker)


def _open_door(rooms: Rooms, room: Room, command: CommandMessage) -> None:
    if command.kind == "code":
        rooms.show_code(room)
    elif command.number is not None:
        rooms.answer(room, command.number, command.is_yes)
