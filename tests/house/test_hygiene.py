"""What must not be in any file, and what every room must say about itself."""

import ast
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/levator"
NEVER = {
    "a path of one machine": re.compile(
        r"(?<![\w.*~-])/(?:work|root)/\w|/tmp/(?:brief)|C:\\\\?Users"
    ),
    "a registry's host": re.compile(
        r"\bpypi\.(?:org|python)|pythonhosted\.|npmjs\.(?:org|com)|\byarnpkg\.com|deb\.debian\."
    ),
    "a type that is not looked at": re.compile(r"#\s*type:\s*ignore"),
    "an emoji": re.compile(
        r"[\U0001f000-\U0001faff\u2600-\u26ff\u2705\u2728\u274c\u274e\u2b50\ufe0f]"
    ),
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}


def project_files() -> list[Path]:
    """Files that git tracks or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """The file's text; empty for a binary file."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8")


def rooms() -> list[Path]:
    return sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


@pytest.mark.parametrize("what", NEVER)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in project_files()
        for match in NEVER[what].finditer(text_of(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "see " + "/work" + "/main"),
        ("a registry's host", "https://" + "pypi" + ".org/simple"),
        ("a type that is not looked at", "x = 1  # type" + ": ignore"),
        ("an emoji", "done " + chr(0x1F389)),
    ],
)
def test_each_pattern_finds_what_it_names(what: str, text: str) -> None:
    assert NEVER[what].search(text)


def test_locks_name_no_index_and_there_is_one_kind_of_lock() -> None:
    names = {path.name for path in project_files()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock"}
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")


def test_the_lock_vouches_for_the_pip_in_the_repository() -> None:
    [wheel] = (ROOT / "third-party").iterdir()
    hashes = (ROOT / "requirements.lock").read_text("utf-8")
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in hashes


def test_no_vague_module_names() -> None:
    assert {path.stem for path in SOURCE.rglob("*")} & VAGUE_NAMES == set()


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_says_what_may_not_live_there(room: Path) -> None:
    tree = ast.parse((room / "__init__.py").read_text("utf-8"))
    said = " ".join((ast.get_docstring(tree) or "").replace("*", "").lower().split())
    assert "may not" in said or "does not" in said
