"""Channels in words: what drivers of levator name is translated, other names stay as they came."""

from __future__ import annotations

from collections.abc import Mapping

from levator.texts import Speaker, mark

_KNOWN: Mapping[str, str] = {
    "force": mark("force"),
    "emg": mark("muscle activity"),
    "emg_abdomen": mark("belly"),
    "respiration": mark("breathing belt"),
}


def channel_words(name: str, voice: Speaker) -> str:
    """Return the name of a channel as a therapist reads it."""
    known = _KNOWN.get(name)
    return voice.say(known) if known is not None else name.replace("_", " ")


def as_label(words: str) -> str:
    """Return words as they stand at the head of something."""
    return f"{words[:1].upper()}{words[1:]}"
