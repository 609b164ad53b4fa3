"""A patient's whole record in one zip, and what may be taken out of it again.

`about.json` names every other file with its SHA-256. `entities/KIND.jsonl` has one entity a line,
without secrets; `recordings/ID.jsonl` a recording bit for bit; beside them lie forms for other
programs. docs/how-to/hand-a-patient-her-data.md describes it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from levator.errors import ContentError, Phrase
from levator.records.entity import Entity, EntityField, fields_of
from levator.records.kinds import KINDS, name_of
from levator.records.model import (
    Block,
    EventRecord,
    InputRecord,
    PlainDict,
    RecordingHeader,
)
from levator.records.repository import Repository

FORMAT = "levator patient 1"
ABOUT = "about.json"
#: A file that grows more than this when unpacked is refused before it does.
GROWTH = 300
_SMALL_BYTES = 2**20
_LINE_BYTES = 2**28
#: A spreadsheet would take a cell that starts so for a formula.
_FORMULA = tuple("=+-@\t\r")


# --- Writing


class PatientFileWriter:
    """Puts one file after the other into the zip, and `about.json` at the end."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        """Take a zip that is open for writing."""
        self._zipped = zipped
        self._digests: dict[str, str] = {}

    def put(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, line by line."""
        digest = hashlib.sha256()
        with self._zipped.open(name, "w", force_zip64=True) as out:
            for line in lines:
                digest.update(line.encode())
                out.write(line.encode())
        self._digests[name] = digest.hexdigest()

    def put_file(self, name: str, file: Path) -> None:
        """Put a file as it is."""
        digest = hashlib.sha256()
        with self._zipped.open(name, "w", force_zip64=True) as out, file.open("rb") as source:
            while piece := source.read(_SMALL_BYTES):
                digest.update(piece)
                out.write(piece)
        self._digests[name] = digest.hexdigest()

    def close(self, about: PlainDict) -> None:
        """Write what the file is and what is in it."""
        told = {"format": FORMAT, **about, "files": self._digests}
        self._zipped.writestr(ABOUT, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def entity_line(entity: Entity) -> str:
    """Return an entity as a line of JSON: every field but the secret ones."""
    fields = [one for one in fields_of(type(entity)) if "secret" not in one.marks]
    told = {one.name: getattr(entity, one.name) for one in fields}
    return json.dumps(told, ensure_ascii=False) + "\n"


def table_lines(entities: Iterable[Entity]) -> Iterator[str]:
    """Yield a table of all entities for a spreadsheet, in which no cell is a formula."""
    yield _row("what", "id", "field", "value")
    for entity in entities:
        kind = name_of(type(entity))
        for name, value in json.loads(entity_line(entity)).items():
            if name not in ("id", "tenant_id", "version") and value not in (None, "", []):
                yield _row(kind, entity.id, name, value)


def _row(*cells: object) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


def recording_lines(repository: Repository, recording_id: str) -> Iterator[str]:
    """Yield a recording bit for bit: its header, blocks, inputs and events."""
    yield json.dumps({"header": asdict(repository.header(recording_id))}) + "\n"
    for block in repository.blocks(recording_id):
        told = asdict(block) | {"values": base64.b64encode(block.values).decode()}
        yield json.dumps({"block": told}) + "\n"
    for given in repository.inputs(recording_id):
        yield json.dumps({"input": asdict(given)}) + "\n"
    for event in repository.events(recording_id):
        yield json.dumps({"event": asdict(event)}) + "\n"


# --- Reading


class PatientFile:
    """A file of which every byte is as it was written. Nothing of it is ever unpacked to a path."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        """Look at everything; raises ContentError for what is no such file."""
        self._path, self._zipped = path, zipped
        self._must_not_be_a_bomb()
        try:
            self.about: PlainDict = json.loads(zipped.read(ABOUT))
            files: Mapping[str, str] = self.about["files"]
            is_ours = self.about["format"] == FORMAT and isinstance(self.about["patient"], str)
        except (KeyError, RecursionError, TypeError, ValueError):
            is_ours, files = False, {}
        if not is_ours:
            raise self.wrong(Phrase("it is no export of a patient"))
        if {*zipped.namelist()} != {ABOUT, *files}:
            raise self.wrong(Phrase("a file in it is missing or was added"))
        for name, digest in files.items():
            if self._digest(name) != digest:
                raise self.wrong(Phrase("a file in it was changed"))

    def _must_not_be_a_bomb(self) -> None:
        size = sum(one.file_size for one in self._zipped.infolist())
        if size > GROWTH * self._path.stat().st_size + _SMALL_BYTES:
            raise self.wrong(Phrase("it grows too much when unpacked"))

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        with self._zipped.open(name) as source:
            while piece := source.read(_SMALL_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    def wrong(self, reason: Phrase) -> ContentError:
        """Return the error for a file that is not as it should be."""
        return ContentError(
            "%(file)s cannot be taken in: %(reason)s; export it again.",
            file=self._path.name,
            reason=reason,
        )

    def entities(self, kind: type[Entity], tenant_id: str) -> Iterator[Entity]:
        """Yield the entities of a kind as new ones of a clinic."""
        name = f"entities/{name_of(kind)}.jsonl"
        if name in self._zipped.namelist():
            for told in self._lines(name):
                yield self._entity(kind, told, tenant_id)

    def _lines(self, name: str) -> Iterator[PlainDict]:
        with self._zipped.open(name) as source:
            while line := source.readline(_LINE_BYTES):
                try:
                    told = json.loads(line)
                except (RecursionError, ValueError):
                    told = None
                if not isinstance(told, dict):
                    raise self.wrong(Phrase("a line of %(name)s is not readable", name=name))
                yield told

    def _entity(self, kind: type[Entity], told: PlainDict, tenant_id: str) -> Entity:
        fields = {field.name: field for field in fields_of(kind)}
        if told.keys() != fields.keys():
            raise self.wrong(Phrase("it was made by another version of levator"))
        if not all(_fits(field, told[name]) for name, field in fields.items()):
            raise self.wrong(
                Phrase("a value in %(name)s is not what it should be", name=name_of(kind))
            )
        values = {name: _plain(told[name]) for name in fields}
        return kind(**values | {"tenant_id": tenant_id, "version": 0})

    def recording_ids(self) -> tuple[str, ...]:
        """Return the ids of the recordings in it."""
        names = [name for name in self.about["files"] if name.startswith("recordings/")]
        return tuple(Path(name).stem for name in names if name.endswith(".jsonl"))

    def recording(
        self, recording_id: str
    ) -> Iterator[RecordingHeader | Block | InputRecord | EventRecord]:
        """Yield the records of a recording, its header first."""
        name = f"recordings/{recording_id}.jsonl"
        for place, line in enumerate(self._lines(name)):
            try:
                [(word, told)] = line.items()
                record = _RECORDS[word](told)
                if record.recording_id != recording_id or (word == "header") != (place == 0):
                    raise ValueError(word)
            except (AttributeError, KeyError, TypeError, ValueError):
                raise self.wrong(Phrase("a line of %(name)s is not readable", name=name)) from None
            yield record


def _fits(field: EntityField, value: object) -> bool:
    if value is None:
        return field.is_optional
    if field.kind is tuple:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if field.kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is field.kind


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _block(told: PlainDict) -> Block:
    return Block(**told | {"values": base64.b64decode(told["values"], validate=True)})


_RECORDS: Mapping[str, Any] = {
    "header": lambda told: RecordingHeader(**told),
    "block": _block,
    "input": lambda told: InputRecord(**told),
    "event": lambda told: EventRecord(**told),
}


def open_for_writing(path: Path) -> IO[bytes]:
    """Return a new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600), "w+b")


def kinds_in_order() -> tuple[type[Entity], ...]:
    """Return the kinds in an order in which each refers to earlier ones only."""
    return tuple(KINDS.values())
