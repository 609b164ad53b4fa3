"""The published JSON Schemas are what the models check."""

import json
import tomllib

import pytest

from levator.library.loader import FOLDER
from levator.library.schema import FOLDER as SCHEMAS
from levator.library.schema import published_schemas

CONTENT = sorted(FOLDER.rglob("*.toml"))


def test_the_published_schemas_are_fresh() -> None:
    published = {path.name: path.read_text("utf-8") for path in SCHEMAS.glob("*.json")}
    assert published == published_schemas(), "run: python -m levator.library.schema"


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_file_names_its_schema(path) -> None:  # type: ignore[no-untyped-def]
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    assert (path.parent / first.removeprefix("#:schema ")).resolve().is_file()


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.stem)
def test_every_name_in_a_file_is_in_its_schema(path) -> None:  # type: ignore[no-untyped-def]
    data = tomllib.loads(path.read_text("utf-8"))
    target = path.read_text("utf-8").splitlines()[0].removeprefix("#:schema ")
    schema = json.loads((path.parent / target).read_text("utf-8"))
    assert set(data) <= set(schema["properties"])
    assert set(schema["required"]) <= set(data)
