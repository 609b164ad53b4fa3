"""The published JSON Schemas are what the models check."""

import json
import tomllib
from pathlib import Path

import pytest

from levator.library import schema
from levator.library.loader import FOLDER
from levator.library.schema import FOLDER as SCHEMAS
from levator.library.schema import published_schemas

CONTENT = sorted(FOLDER.rglob("*.toml"))


def test_the_published_schemas_are_fresh() -> None:
    published = {path.name: path.read_text("utf-8") for path in SCHEMAS.glob("*.json")}
    assert published == published_schemas(), "run: python -m levator.library.schema"


def test_the_command_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FOLDER", tmp_path)
    schema.main()
    assert {path.name for path in tmp_path.iterdir()} == set(published_schemas())


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_file_names_its_schema(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    assert (path.parent / first.removeprefix("#:schema ")).resolve().is_file()


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_name_in_a_file_is_in_its_schema(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    target = path.read_text("utf-8").splitlines()[0].removeprefix("#:schema ")
    published = json.loads((path.parent / target).read_text("utf-8"))
    assert set(data) <= set(published["properties"])
    assert set(published["required"]) <= set(data)
