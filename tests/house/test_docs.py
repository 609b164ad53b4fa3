"""Pages that lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def dead_links(page: Path) -> list[str]:
    """Links to files of this project that are not there."""
    targets = [m["target"] for m in LINK.finditer(CODE.sub("", page.read_text("utf-8")))]
    here = [t.split("#")[0] for t in targets if not re.match(r"[a-z]+:", t)]
    return [f"{page.name}: {t}" for t in here if t and not (page.parent / t).exists()]


def test_every_link_leads_to_a_file() -> None:
    assert [link for page in pages() for link in dead_links(page)] == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md) and [gone](gone.md) and `[code](x.md)`", "utf-8")
    assert dead_links(page) == ["page.md: gone.md"]


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "python3 dev.py demo" in text
    assert "python3 dev.py test" in text


def test_dev_lists_its_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-I", ROOT / "dev.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    listed = re.findall(r"^  (\w+) +\S", done.stderr, re.MULTILINE)
    assert listed == ["demo", "test", "check", "bench", "lock"]
