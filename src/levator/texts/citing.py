"""What a file of the library says of itself: source and reviewer, with our own words spoken.

The remarks beside a source are ours, and each of them stands here; titles and names stay as
they were published.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from levator.texts.speaker import Speaker, mark

_PHRASES = (
    mark("a doctor agrees first after serious complications"),
    mark("absolute contraindications, as its summaries give them"),
    mark("Achilles tendon"),
    mark("after five to six months two days a week, rather strong than often"),
    mark("and"),
    mark("article"),
    mark("as a cap"),
    mark("as a percentage"),
    mark("as a percentage, and that it begins lower"),
    mark("as a rule"),
    mark("as early as this"),
    mark("as long as the hold of this step"),
    mark("as she is able"),
    mark("asked of everybody"),
    mark("at first"),
    mark("at home"),
    mark("at least"),
    mark("at least three months with a physiotherapist"),
    mark(
        "at the patient's request, unless another has an interest in keeping it or a law forbids it"
    ),
    mark("besides the strength also the length"),
    mark("between maximal contractions"),
    mark("built up to"),
    mark("close to the largest effort"),
    mark("counted from week 6"),
    mark("daily"),
    mark("eleven points are enough"),
    mark("extra care, nothing heavier than the baby for the first 6 weeks"),
    mark("fast ones after the long"),
    mark("fast voluntary contractions rise at"),
    mark("five rounds in this step"),
    mark("five to six months"),
    mark("for the pelvic floor"),
    mark("force is a share of the maximum that was measured"),
    mark("from low to"),
    mark("from memory, check before it is relied on"),
    mark("from once"),
    mark("from six weeks"),
    mark("from the last change of the record"),
    mark("general anatomy"),
    mark("General Data Protection Regulation"),
    mark("general practice"),
    mark("gentle training early"),
    mark("gentle training early, more when wounds are healed and the bleeding does not grow"),
    mark("hospital leaflet"),
    mark("how far the therapist may go"),
    mark("how fast"),
    mark("how much"),
    mark("Icelandic postpartum trial"),
    mark("in changing postures"),
    mark("in two sessions"),
    mark("is where the next step begins"),
    mark("its sentence names three, its list four"),
    mark("less pain first, then more strength"),
    mark("less pain is the goal of this step"),
    mark("letting go is part of the goal of this step"),
    mark("letting go is the goal of this step"),
    mark("letting go is the goal, nothing is raised"),
    mark("letting go well enough first"),
    mark("longer first"),
    mark("looked back on together on the way and at the end"),
    mark("more time to let go where that is hard"),
    mark("mostly expert opinion"),
    mark("no trial supports the limit"),
    mark("not before three months, nor with complaints"),
    mark("not yet reviewed by a pelvic physiotherapist"),
    mark("numeric rating scale"),
    mark("only while the car stands"),
    mark("pain-monitoring model of"),
    mark("patient leaflet"),
    mark("project default, to be reviewed by a pelvic physiotherapist"),
    mark("project default: no treatment took place"),
    mark(
        "project default: what was done after the last backup is lost with the disk,"
        " so at most a day"
    ),
    mark("on her side"),
    mark("recommendation"),
    mark("rest twice the hold"),
    mark("rise and fall of"),
    mark("seconds 2 to 4 are the most stable between days"),
    mark("section"),
    mark("several times a day"),
    mark("shown before it"),
    mark("shown by the whole hold of step 2"),
    mark("slowly rebuilt"),
    mark("strength comes back slowly"),
    mark("table"),
    mark("that a doctor agrees first"),
    mark("that a doctor agrees first to pelvic-floor training"),
    mark("that it goes on after week 3, until step 6 opens"),
    mark("the best of them"),
    mark("the first week with the least effort"),
    mark("the hold may be lengthened"),
    mark("the hours"),
    mark("the last week"),
    mark("the rest"),
    mark("the step"),
    mark("the step of"),
    mark("this item"),
    mark("three maximal contractions"),
    mark("three sets a day, each with a long and a fast part, counted as two sessions"),
    mark("three times a day"),
    mark("three times that"),
    mark("three to four days a week"),
    mark("trial protocol"),
    mark("twice the hold"),
    mark("until one session shows it"),
    mark("up to"),
    mark("up to the hold of step 5, in such steps"),
    mark("very little in the first three weeks"),
    mark("what is not accurate is erased"),
    mark("with much pain: soft cushions"),
    mark("years"),
)
_LONGEST_FIRST = sorted(_PHRASES, key=len, reverse=True)
_EDGE = re.compile(r"\b")
_PAGES = re.compile(r"\bpage (\d+)\b|\bpages (\d+) and (\d+)\b|\bpages (\d+)-(\d+)\b")
_RANGE = re.compile(r"\b(\d+) to (\d+)\b")
_BEGIN = re.compile(r"\bfrom (\d)")


def cited(speaker: Speaker, text: str) -> str:
    """Return a source as this language says it; titles and names stay as written."""
    text = _PAGES.sub(lambda found: _pages(speaker, *found.groups()), text)
    text = _with_ours(text, speaker.say)
    text = _BEGIN.sub(lambda found: speaker.say("from %(number)s", number=found[1]), text)
    return _RANGE.sub(
        lambda found: speaker.say("%(first)s to %(last)s", first=found[1], last=found[2]), text
    )


def _with_ours(text: str, say: Callable[[str], str]) -> str:
    edges = [found.start() for found in _EDGE.finditer(text)]
    parts, done = [], 0
    for start in edges:
        ours = (one for one in _LONGEST_FIRST if text.startswith(one, start))
        one = next((one for one in ours if start + len(one) in edges), None)
        if one is not None and start >= done:
            parts += [text[done:start], say(one)]
            done = start + len(one)
    return "".join([*parts, text[done:]])


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
