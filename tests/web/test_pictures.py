"""Drawings: one for every name of the library, small, in the page's own colours, with words."""

import re
from xml.etree import ElementTree

import pytest

from levator.library import advice_ids, exercise_ids, load_advice, load_exercise
from levator.texts import LANGUAGES, speaker
from levator.web.pictures import FOLDER, PICTURES, picture

#: Bytes of a drawing.
MOST = 3072
STYLES = FOLDER.parents[1] / "static/app.css"
COLOURS = {"none", "currentColor", "var(--card)"}


def named_by_the_library() -> set[str]:
    exercises = [load_exercise(one) for one in exercise_ids()]
    found = {one.picture for one in exercises} | {load_advice(one).picture for one in advice_ids()}
    return found | {posture.id for one in exercises for posture in one.postures}


def test_every_picture_the_library_names_is_drawn_and_no_other() -> None:
    assert named_by_the_library() == set(PICTURES)
    assert {one.stem for one in FOLDER.iterdir()} == set(PICTURES)


def strange(drawn: str) -> list[str]:
    """What a drawing may not hold: anything but shapes in the colours of the tokens."""
    tokens = set(re.findall(r"--pic-[a-z]+", STYLES.read_text(encoding="utf-8")))
    allowed = COLOURS | {f"var({one})" for one in tokens}
    wrong = []
    for element in ElementTree.fromstring(drawn).iter():
        name = element.tag.rpartition("}")[2]
        wrong += [name] * (name not in {"svg", "g", "path", "rect", "text"})
        for attribute, value in element.attrib.items():
            is_colour = attribute in {"fill", "stroke"}
            wrong += [f"{attribute}={value}"] * (is_colour and value not in allowed)
            wrong += [attribute] * bool(re.search(r"href|style|^on|^id$|url\(", attribute + value))
    return wrong


@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_is_small_and_holds_nothing_from_elsewhere(name: str) -> None:
    drawn = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert strange(drawn) == []
    assert len(drawn.encode()) <= MOST


@pytest.mark.parametrize(
    ("inside", "wrong"),
    [
        ('<path fill="#ff69b4" d="M0 0"/>', "fill=#ff69b4"),
        ('<image href="https://elsewhere.example/x.png"/>', "href"),
        ('<path style="fill:red" d="M0 0"/>', "style"),
        ("<script/>", "script"),
    ],
)
def test_what_a_drawing_may_not_hold_is_found(inside: str, wrong: str) -> None:
    assert wrong in strange(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>')


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_says_in_words_what_is_to_be_seen(language: str) -> None:
    voice = speaker(language)
    seen = [ElementTree.fromstring(picture(voice, one)) for one in PICTURES]
    assert {one.get("role") for one in seen} == {"img"}
    assert [one.get("aria-label") for one in seen] == [voice.say(PICTURES[one]) for one in PICTURES]
    assert len({one.get("aria-label") for one in seen}) == len(PICTURES)
