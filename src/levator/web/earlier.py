"""What a room recorded: reports to open, what a session came to, where the next one begins."""

from __future__ import annotations

from datetime import datetime

from levator.live.recording import CameTo
from levator.live.room import Room
from levator.texts import Speaker
from levator.texts.words import dose


def reports(room: Room, voice: Speaker) -> list[dict[str, str]]:
    """What can be read of this room, oldest first; the time tells one from another."""
    last = room.recordings[-1:]
    saved = [one for one in room.recordings if one.is_saved and (one.is_session or one in last)]
    return [
        {
            "address": f"/recordings/{one.number}/report?language={voice.language}",
            "words": voice.say("Open the report")
            if len(saved) == 1
            else voice.say(
                "Report of %(time)s", time=voice.time(datetime.fromisoformat(one.started_at))
            ),
        }
        for one in saved
    ]


def before_lines(room: Room, voice: Speaker) -> list[str]:
    """What the sessions came to that ended for a new calibration in this room."""
    left = [one.came_to for one in room.recordings if one.came_to is not None]
    return [_before(one, voice) for one in left]


def _before(left: CameTo, voice: Speaker) -> str:
    rounds = voice.say_count("%(count)s round", "%(count)s rounds", left.rounds)
    if left.tired_in_round is None:
        return voice.say("Before the new calibration: %(rounds)s.", rounds=rounds)
    return voice.say(
        "Before the new calibration: %(rounds)s, tired in round %(round)s.",
        rounds=rounds,
        round=left.tired_in_round,
    )


def first_dose(room: Room, voice: Speaker) -> str:
    """Where the session begins: at the scheme's dose again, or at another one that was kept."""
    sitting, left = room.sitting, [one.came_to for one in room.recordings if one.came_to]
    scheme = sitting.scheme_dose
    if sitting.dose != scheme:
        return voice.say(
            "Kept from the session before; the scheme says %(dose)s.", dose=dose(voice, scheme)
        )
    if room.recording is None or not left or left[-1].dose in (None, scheme):
        return ""
    return voice.say(
        "New calibration: back to %(dose)s, the scheme's dose; change it if you want.",
        dose=dose(voice, scheme),
    )
