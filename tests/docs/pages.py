"""What stands in code blocks on the pages."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^([ ]*)```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A command on a page, and the lines of output that the page shows for it."""

    page: str
    command: str
    shown: tuple[str, ...] = ()


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(page: Path, language: str | None = None) -> list[str]:
    """Return the code blocks of a page, all or those in one language."""
    found = _BLOCK.findall(page.read_text("utf-8"))
    return [text for _, kind, text in found if language in (None, kind)]


def examples_in(page: Path) -> list[Example]:
    """Return every line that begins with `levator`, with `$` before it or not."""
    found: list[Example] = []
    for block in blocks(page):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ")
            if words.startswith("levator ") and "..." not in words:
                found.append(Example(str(page.relative_to(ROOT)), words))
            elif found and block.startswith("$ ") and line.strip():
                last = found[-1]
                found[-1] = Example(last.page, last.command, (*last.shown, line))
    return found
