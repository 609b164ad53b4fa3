"""What a file of the library says of itself: source and reviewer, with its known phrases spoken."""

from __future__ import annotations

import re

from levator.texts.speaker import Speaker, mark

_PHRASES = (
    mark("not yet reviewed by a pelvic physiotherapist"),
    mark("project default, to be reviewed by a pelvic physiotherapist"),
)
_PAGES = re.compile(r"\bpage (\d+)\b|\bpages (\d+) and (\d+)\b|\bpages (\d+)-(\d+)\b")


def cited(speaker: Speaker, text: str) -> str:
    """Return a source as this language says it; titles, names and remarks stay as written."""
    for phrase in _PHRASES:
        text = text.replace(phrase, speaker.say(phrase))
    return _PAGES.sub(lambda found: _pages(speaker, *found.groups()), text)


def _pages(
    speaker: Speaker,
    one: str | None,
    first: str | None,
    second: str | None,
    begin: str | None,
    end: str | None,
) -> str:
    if one is not None:
        return speaker.say("page %(page)s", page=one)
    if first is not None and second is not None:
        return speaker.say("pages %(first)s and %(second)s", first=first, second=second)
    return speaker.say("pages %(first)s-%(last)s", first=begin or "", last=end or "")
