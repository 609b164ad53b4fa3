"""The board: every running room of the clinic, ten times a second, the newest only."""

from __future__ import annotations

import asyncio
import contextlib
import json
from math import isnan
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from levator.clinic import Clinic
from levator.live.room import Room
from levator.quantities import Seconds
from levator.records.access import Actor
from levator.texts import Speaker
from levator.texts.reasons import verdict_word
from levator.texts.words import stage_name, state
from levator.web.looks import voice_of
from levator.web.measuring import is_reference_known
from levator.web.signed import actor
from levator.web.troubles import error_words, pain_words

BOARD_EVERY_S: Seconds = 0.1


async def show_board(socket: WebSocket, clinic: Clinic) -> None:
    """Send tiles when they change and levels ten times a second, until the screen goes."""
    await socket.accept()
    who, voice = actor(), voice_of(socket)
    leaving = asyncio.create_task(_wait_for_leaving(socket))
    last = ""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while not leaving.done():
            rooms = running(clinic, who, voice)
            tiles = json.dumps([tile(room, voice) for room in rooms], ensure_ascii=False)
            levels = {room.number: level(room) for room in rooms}
            message = f'{{"levels": {json.dumps(levels)}'
            message += "}" if tiles == last else f', "tiles": {tiles}}}'
            last = tiles
            await socket.send_text(message)
            await asyncio.sleep(BOARD_EVERY_S)
    leaving.cancel()


async def _wait_for_leaving(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, KeyError):
        while True:
            await socket.receive_text()


def running(clinic: Clinic, who: Actor, voice: Speaker) -> list[Room]:
    """The rooms of her clinic that run, and those of hers that ended in pain."""
    return [
        room
        for room in clinic.rooms.of_tenant(who.tenant_id)
        if not room.is_over or (clinic.rooms.seated(room, who.user_id) and pain_words(room, voice))
    ]


def level(room: Room) -> float | None:
    """The newest level, %MVC; None before there is a session."""
    newest = room.frames.tracks[0].newest
    return None if room.stage != "session" or isnan(newest) else round(newest, 1)


def tile(room: Room, voice: Speaker) -> dict[str, Any]:
    return {
        "number": room.number,
        "name": room.sitting.patient,
        "stage": stage_name(voice, room.sitting.stage),
        "line": _line(room, voice),
        "address": f"/rooms/{room.number}/therapist",
        "is_well": room.trouble is None
        and room.facts.state != "no_signal"
        and not pain_words(room, voice),
    }


def _line(room: Room, voice: Speaker) -> str:
    """What is the matter, in a few words: state or round, and the last verdict."""
    facts = room.facts
    if hurts := pain_words(room, voice):
        return hurts
    if room.trouble is not None:
        return error_words(voice, room.trouble)
    if room.stage == "calibrating":
        return voice.say("Calibrating")
    if room.stage == "open":
        if is_reference_known(room):
            return voice.say("Ready to begin")
        return voice.say("Not calibrated yet")
    if room.is_void:
        return voice.say("To be calibrated again")
    if facts.state != "running" or facts.round is None:
        return state(voice, facts.state)
    line = voice.say("Round %(number)s", number=facts.round)
    if facts.scored_in_set:
        word = verdict_word(voice, facts.scored_in_set[-1])
        line = f"{line} · {voice.say('last: %(verdict)s', verdict=voice.within(word))}"
    return line
