"""Look-down: rooms import only what lies below them."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("levator", cache_dir=None)


def imports_between(graph: grimp.ImportGraph, importer: str, imported: str) -> set[str]:
    """`a -> b` for every direct import from one room into another."""
    return {
        f"{module} -> {target}"
        for module in graph.modules
        if (module + ".").startswith(importer + ".")
        for target in graph.find_modules_directly_imported_by(module)
        if (target + ".").startswith(imported + ".")
    }


def test_import_linter_keeps_every_contract() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_live_knows_the_device_interface_and_no_driver(graph: grimp.ImportGraph) -> None:
    interface = {"levator.devices", "levator.devices.device"}
    seen = imports_between(graph, "levator.live", "levator.devices")
    assert {line for line in seen if line.split(" -> ")[1] not in interface} == set()


def test_live_knows_no_database(graph: grimp.ImportGraph) -> None:
    assert imports_between(graph, "levator.live", "levator.storage") == set()


def test_nothing_but_testing_imports_testing(graph: grimp.ImportGraph) -> None:
    seen = imports_between(graph, "levator", "levator.testing")
    assert {line for line in seen if not line.startswith("levator.testing")} == set()


def test_streaming_modules_do_not_design_filters(graph: grimp.ImportGraph) -> None:
    """Designing needs tan and cos, which differ between machines; it happens before a session."""
    seen = imports_between(graph, "levator.signals", "levator.signals.design")
    seen |= imports_between(graph, "levator.training", "levator.signals.design")
    seen |= imports_between(graph, "levator.course", "levator.signals.design")
    assert seen == set()


def test_a_forbidden_import_would_be_seen() -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer="levator.live.room", imported="levator.storage.sql")
    assert imports_between(graph, "levator.live", "levator.storage") == {
        "levator.live.room -> levator.storage.sql"
    }
