"""The wheel, made without a network, holds all that levator needs, and runs where it is alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest

from dev import ROOT, pip
from tests.cli.test_serving import links_in, running

#: Jinja2's own, and of the tests' suites for makers of drivers and storages.
TAKEN_ALONG = {"markupsafe"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "flit_core.wheel", ROOT, "--outdir", folder]
    subprocess.run(command, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on is lent by that of the tests."""
    home = tmp_path_factory.mktemp("alone")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin/python"
    install = [*pip(python), "install", "-qq", "--no-index", "--no-deps", wheel]
    subprocess.run([str(part) for part in install], check=True, cwd=home)
    [packages] = home.glob("lib/python*/site-packages")
    [lent] = {Path(one) for one in sys.path if one.endswith("site-packages")}
    (packages / "lent.pth").write_text(f"{lent}\n")
    return home


def test_it_holds_every_file_of_the_source(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = {name for name in packed.namelist() if name.startswith("levator/")}
    files = subprocess.run(
        ["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert inside >= {name.removeprefix("src/") for name in files}


def imported() -> set[str]:
    """Every package that a file of the source imports, and that is not Python's own."""
    trees = [ast.parse(file.read_bytes()) for file in (ROOT / "src").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    firsts = {name.partition(".")[0] for name in names}
    return firsts - sys.stdlib_module_names - {"levator", "_typeshed"}


def test_every_package_that_the_source_imports_is_asked_for(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        [metadata] = [name for name in packed.namelist() if name.endswith("/METADATA")]
        text = packed.read(metadata).decode()
    asked = {plain(name) for name in re.findall(r"^Requires-Dist: ([\w.-]+)", text, re.MULTILINE)}
    makers = packages_distributions()
    needed = {name: {plain(one) for one in makers[name]} for name in imported()}
    assert {name for name, by in needed.items() if not by & asked} - TAKEN_ALONG == set()


def plain(name: str) -> str:
    return name.lower().replace("_", "-")


def test_it_runs_alone_and_serves_pages_and_files(alone: Path, tmp_path: Path) -> None:
    where = [alone / "bin/python", "-c", "import levator; print(levator.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).is_relative_to(alone)
    words = ["serve", "--database", f"sqlite:///{tmp_path}/levator.db", "--port", "0"]
    with running(*words, program=(str(alone / "bin/levator"),)) as lines:
        address, set_up = links_in(lines)
        for path in (set_up, f"{address}/static/app.css", f"{address}/static/passkey.js"):
            assert httpx.get(path).status_code == 200
        assert "Name of the clinic" in httpx.get(set_up, headers={"accept-language": "en"}).text
        assert "Naam van de praktijk" in httpx.get(set_up, headers={"accept-language": "nl"}).text
