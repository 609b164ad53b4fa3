"""Drawings of our own: part of the page, so that they take its colours, each with its words.

A drawing names its colours by the tokens `--pic-...` of the style sheet, and holds nothing
from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from levator.texts import Speaker, mark

FOLDER = Path(__file__).parent / "templates/pictures"
#: What is to be seen on each, for who does not see it.
PICTURES: Mapping[str, str] = {
    "back": mark("A woman on hands and knees, one leg slid back, her back straight"),
    "bend-knees": mark("A woman bends her knees and lifts a box, her back straight"),
    "carry-baby": mark("A woman stands and carries her baby against her chest"),
    "coordination": mark("A woman coughs in her hand; her pelvic floor lifts first"),
    "deep-abdomen": mark("A woman on hands and knees draws her lower belly in"),
    "endurance": mark(
        "A woman lies with her knees bent; a line rises, stays up long and goes down"
    ),
    "feeding": mark("A woman sits in an easy chair and feeds her baby"),
    "footstool": mark("A woman sits on the toilet with her feet on a stool"),
    "hands-and-knees": mark("A woman on hands and knees"),
    "lean-forward": mark("A woman on the toilet leans forward and blows on her hand"),
    "lying": mark("A woman lies on her back with her knees bent"),
    "muscle-stretch": mark("Four numbered loops of muscle round a ball; number 2 is marked"),
    "pelvic-floor-layers": mark(
        "The pelvis from the side: three layers of muscle hang from pubic bone to tailbone, "
        "under the bladder, the womb and the bowel"
    ),
    "recovery-weeks": mark("A woman lies, later she sits, later she walks; dots rise above her"),
    "relaxation": mark("A woman lies with her knees bent; a line rises a little and slowly sinks"),
    "scar": mark("A scar with its stitches on skin"),
    "sit-upright": mark("A woman sits upright on the toilet with her feet flat on the floor"),
    "sitting": mark("A woman sits upright on a chair with her feet flat on the floor"),
    "standing": mark("A woman stands upright"),
    "strength": mark("A woman lies with her knees bent; a line goes up and down three times"),
    "telephone": mark("A woman calls with her telephone"),
    "where-it-hurts": mark("A woman from the front; belly, hip and pelvic floor are marked"),
    "with-therapist": mark("A woman and her therapist sit at a screen with a line"),
}


def picture(voice: Speaker, name: str) -> Markup:
    """Return a drawing to be put into a page, with its words in the page's language."""
    begin = Markup('<svg class="picture" role="img" aria-label="')
    return begin + voice.say(PICTURES[name]) + Markup('"') + _drawn(name)


@cache
def _drawn(name: str) -> Markup:
    drawn = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return Markup(drawn.removeprefix("<svg"))
