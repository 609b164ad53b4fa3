"""One visual language: colours, sizes of text and roundings are tokens, in one place."""

import re
from pathlib import Path

import pytest

from levator.web.app import STATIC
from levator.web.looks import FOLDER

APP = STATIC / "app.css"
SHEETS = sorted(STATIC.rglob("*.css"))
REPORT = FOLDER.parent / "reports"
#: Pages and scripts; an icon is no part of a page and has no tokens.
PAGES = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.js"), *FOLDER.rglob("*.py")]
BLOCK = re.compile(r":root \{([^}]*)\}")
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(")
NAMED = re.compile(
    r"(?:color|background|fill|stroke|border[a-z-]*|outline|shadow): [^;]*"
    r"\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|pink|purple|teal|navy)\b"
)
#: What a length of text is made of when it follows the screen.
FLUID = re.compile(r"(?:clamp|min|max)\([^;]*\)")


def without_blocks(sheet: str) -> str:
    return BLOCK.sub("", sheet)


def raw(sheet: str) -> list[str]:
    """Colours, sizes of text and roundings outside the blocks of tokens."""
    rules = without_blocks(sheet)
    found = LITERAL.findall(rules) + [one[0] for one in NAMED.finditer(rules)]
    sizes = re.findall(r"font-size: ([^;]+);", rules) + re.findall(r"font: ([^;]+);", rules)
    found += [one for one in sizes if re.search(r"\d(?:rem|em|pt)\b", FLUID.sub("", one))]
    rounds = re.findall(r"border-radius: ([^;]+);", rules)
    # Up to 4 px it is a mark, and half of it a circle.
    return found + [one for one in rounds if re.search(r"\b(?:[5-9]|\d\d+)px", one)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_has_a_colour_or_a_size_of_its_own(path: Path) -> None:
    text = path.read_text("utf-8")
    assert raw(text) == []
    assert path == APP or not BLOCK.search(text)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("p { color: #ff69b4; }", "#ff69b4"),
        ("p { background: rgb(1 2 3); }", "rgb("),
        ("p { border: 1px solid red; }", "border: 1px solid red"),
        ("p { font-size: 1.3rem; }", "1.3rem"),
        ("p { border-radius: 7px; }", "7px"),
    ],
)
def test_what_is_no_token_is_found(rule: str, found: str) -> None:
    assert found in raw(rule)


def test_what_is_a_token_or_follows_the_screen_is_not() -> None:
    assert (
        raw("p { color: var(--ink); font-size: clamp(1rem, 3vw, 2rem); border-radius: 4px; }") == []
    )
    assert raw(":root { --ink: #1e2b2a; }") == []


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", block))


def test_every_token_is_used_and_none_is_used_that_is_not_there() -> None:
    light, *others = (tokens(one) for one in BLOCK.findall(APP.read_text("utf-8")))
    given = light.keys() | {name for one in others for name in one}
    everything = "".join(path.read_text("utf-8") for path in (*SHEETS, *FOLDER.rglob("*.svg")))
    asked = set(re.findall(r"var\(--([a-z-]+)", everything))
    read = set(re.findall(r'token\("([a-z-]+)"\)', (STATIC / "sheet.js").read_text("utf-8")))
    own = set(re.findall(r"--([a-z-]+):", without_blocks(everything)))
    report = set(re.findall(r"--([a-z-]+):", (REPORT / "templates/session.css").read_text("utf-8")))
    assert asked | read <= given | own | report
    assert given <= asked | read
    # A dark colour or one that the reader forces stands for one of the light ones.
    assert {name for one in others for name in one} - light.keys() <= {"band-edge"}


def test_no_page_and_no_script_has_a_colour_of_its_own() -> None:
    """A manifest takes a colour of paper as it is."""
    known = set(LITERAL.findall(APP.read_text("utf-8")))
    for path in PAGES:
        found = [
            one
            for line in path.read_text("utf-8").splitlines()
            for one in re.findall(r"""["'](#[0-9a-fA-F]{3,8})["']|\b(?:rgb|hsl)a?\(\d""", line)
        ]
        assert set(found) <= known, path
        assert not re.search(r"<style|\sstyle=", path.read_text("utf-8")), path


def test_a_report_has_the_same_colours_and_travels_alone() -> None:
    """It is one file, so it holds its own copy of what it uses."""
    ours = BLOCK.findall(APP.read_text("utf-8"))
    theirs = BLOCK.findall((REPORT / "templates/session.css").read_text("utf-8"))
    for mine, copied in zip(ours[:2], theirs[:2], strict=True):
        given = tokens(mine)
        same = {name: one for name, one in tokens(copied).items() if name in given}
        assert {name: given[name] for name in same} == same
        assert tokens(copied).keys() - given.keys() <= {"quiet"}
