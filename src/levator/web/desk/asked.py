"""What is asked of her health: complications and red flags item by item, and pain.

That there is nothing is an answer too, and has to be given.
"""

from __future__ import annotations

from levator.course.checklist import Checklist
from levator.errors import CallerError
from levator.library import load_checklist, load_scales
from levator.texts import Speaker
from levator.web.desk.filling import TICKED, Field, labelled, ticked, whole
from levator.web.forms import Typed

NONE_OF_THESE, NOT_KNOWN = "none_of_these", "not_known"


def complications_field(voice: Speaker, listed: Checklist) -> Field:
    """Ask for every complication by name, and whether nobody knows."""
    rest = ((NONE_OF_THESE, voice.say("None of these")), (NOT_KNOWN, voice.say("Not known yet")))
    return labelled(
        voice,
        "complications",
        kind="ticks",
        options=[*items(voice, listed), *rest],
        hint=voice.say(
            "Tick what there was, or say that there was none or that you do not know. What is new"
            " asks for a new clearance."
        ),
    )


def ticked_for(complications: tuple[str, ...] | None) -> dict[str, str]:
    """Return what stands ticked for what is kept."""
    codes = (NOT_KNOWN,) if complications is None else complications or (NONE_OF_THESE,)
    return {f"complications.{code}": TICKED for code in codes}


def complications_in(typed: Typed) -> list[str] | None:
    """Return the codes that were ticked, None where it is said that nobody knows."""
    codes = set(ticked(typed, "complications"))
    if not codes:
        raise CallerError("Tick every complication there was, or “None of these”.")
    if codes & {NONE_OF_THESE, NOT_KNOWN} and len(codes) > 1:
        raise CallerError(
            "“None of these” or “Not known yet” is ticked beside another answer; keep one of them."
        )
    return None if NOT_KNOWN in codes else sorted(codes - {NONE_OF_THESE})


def pain_in(typed: Typed) -> int:
    """Return the number that was chosen for the pain."""
    score = whole(typed.pain)
    if score is None:
        raise CallerError(
            "Choose a number for the pain, from 0 to %(most)s.", most=load_scales().pain_most
        )
    return score


def red_flags_field(voice: Speaker) -> Field:
    """Ask for every red flag by name, before a sitting."""
    none = (NONE_OF_THESE, voice.say("None of these today"))
    return Field(
        name="flags",
        label=voice.say("Is one of these there today?"),
        kind="ticks",
        options=[*items(voice, load_checklist("red-flags")), none],
    )


def red_flags_in(typed: Typed) -> tuple[str, ...]:
    """Return the red flags that were ticked, none where it is said that there is none."""
    codes = set(ticked(typed, "flags"))
    if not codes:
        raise CallerError("Ask about the red flags: tick what is there, or “None of these today”.")
    if NONE_OF_THESE in codes and len(codes) > 1:
        raise CallerError("“None of these today” is ticked beside a red flag; keep one of them.")
    return tuple(sorted(codes - {NONE_OF_THESE}))


def items(voice: Speaker, checklist: Checklist) -> list[tuple[str, str]]:
    """Return the codes of a checklist with their words, to choose from."""
    return [(one.code, one.words_in(voice.language)) for one in checklist.items]
