"""Every pair of colours that meets on a screen, against WCAG 2.2 AA, light and dark."""

import re
from pathlib import Path

import pytest

from levator.web.app import STATIC

TEXT, PART = 4.5, 3.0
#: (what is drawn, on what, ratio needed)
PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "soft", "sage-text", "sun-text")
        for ground in ("paper", "card")
    ),
    ("ink", "sun-field", TEXT),
    ("on-sage", "sage", TEXT),
    ("stop", "stop-field", TEXT),
    ("stop", "paper", PART),
    ("edge", "card", PART),
    ("edge", "paper", PART),
    ("sage", "paper", PART),
    ("sage", "card", PART),
    ("focus", "paper", PART),
    ("focus", "card", PART),
    ("night", "paper", PART),
    ("night", "card", PART),
    ("night", "band", PART),
    ("night", "band-ahead", PART),
    ("middle", "band", PART),
    ("late", "paper", PART),
    ("late", "card", PART),
    ("stale", "paper", PART),
    ("stale", "card", PART),
]


def tokens(css: str) -> dict[str, dict[str, str]]:
    """The tokens of both colour schemes; dark takes over what it does not name."""
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks[:2]]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


CSS = tokens((Path(STATIC) / "app.css").read_text("utf-8"))


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("drawn", "ground", "needed"), PAIRS)
def test_contrast(scheme: str, drawn: str, ground: str, needed: float) -> None:
    colours = CSS[scheme]
    assert contrast(colours[drawn], colours[ground]) >= needed
