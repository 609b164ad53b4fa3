"""A patient's whole record in one zip, and what may be taken out of it again.

`about.json` names every other file with its SHA-256. `entities/KIND.jsonl` has one entity a line,
without secrets; `recordings/ID.jsonl` a recording bit for bit; beside them lie forms for other
programs. docs/how-to/hand-a-patient-her-data.md describes it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import IO, Any

from levator.errors import ContentError, Phrase, Value
from levator.formats.exact_recording import Kept, records_in
from levator.records.entity import Entity, EntityField, fields_of, is_plain_id
from levator.records.kinds import KINDS, name_of
from levator.records.model import PlainDict
from levator.records.people import Patient

_NAME, _NUMBER = "levator patient", "1"
FORMAT = f"{_NAME} {_NUMBER}"
ABOUT = "about.json"
#: A file that grows more than this when unpacked is refused before it does, and so is one with
#: more members, or with more beside its recordings, which are read line by line.
GROWTH = 100
MOST_MEMBERS = 1000
MOST_BYTES = 2**28
_SMALL_BYTES = 2**20
#: The list of so many members, each with a long name.
_LIST_BYTES = MOST_MEMBERS * 1024
#: The longest line of a recording and of anything else: plain data takes many times its text.
_RECORDING_LINE_BYTES, _LINE_BYTES = 2**23, 2**21
#: What an earlier levator wrote and never gave a value.
_NO_MORE: Mapping[type[Entity], tuple[str, ...]] = {Patient: ("last_seen_on", "erase_after")}
_RECORDINGS, _EXACT = "recordings/", ".jsonl"
#: A spreadsheet would take a cell that starts so for a formula.
_FORMULA = tuple("=+-@\t\r")


# --- Writing


class PatientFileWriter:
    """Puts one file after the other into the zip, and `about.json` at the end."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        """Take a zip that is open for writing."""
        self._zipped = zipped
        self._digests: dict[str, str] = {}

    @property
    def names(self) -> Collection[str]:
        """What was put into it."""
        return self._digests.keys()

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


# --- Reading


class _Short(io.BufferedIOBase):
    """A file that is never read in one long piece: a zip's list of members is, whatever is in it,
    and each of a million members takes far more memory than its place in the list.

    has_list : whether the list was read; a long piece of a member then comes in short ones.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.has_list = False

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        most = _LIST_BYTES + 1
        piece = self._source.read(most if size is None or size < 0 else min(size, most))
        if len(piece) == most and not self.has_list:
            raise zipfile.BadZipFile
        return piece


class PatientFile:
    """A file of which every byte is as it was written. Nothing of it is ever unpacked to a path."""

    def __init__(self, name: Value, source: IO[bytes]) -> None:
        """Look at everything; raises ContentError for what is no such file.

        name : what it is called in a sentence.
        """
        self._name, self._size = name, source.seek(0, os.SEEK_END)
        short = _Short(source)
        try:
            self._zipped = zipfile.ZipFile(short)
        except (
            NotImplementedError,
            OSError,
            RuntimeError,
            ValueError,
            zipfile.BadZipFile,
        ) as error:
            raise self.wrong(Phrase("it is no export of a patient")) from error
        short.has_list = True
        self._must_not_be_a_bomb()
        self.about = self._about()
        files: Mapping[str, str] = self.about["files"]
        if {*self._zipped.namelist()} != {ABOUT, *files}:
            raise self.wrong(Phrase("a file in it is missing or was added"))
        for name, digest in files.items():
            if self._digest(name) != digest:
                raise self.wrong(Phrase("a file in it was changed"))

    def _must_not_be_a_bomb(self) -> None:
        """Look at what the list of members says, before anything is unpacked."""
        members = self._zipped.infolist()
        size = sum(one.file_size for one in members)
        beside = sum(one.file_size for one in members if not one.filename.startswith(_RECORDINGS))
        about = [one.file_size for one in members if one.filename == ABOUT]
        is_large = size > GROWTH * self._size + _SMALL_BYTES
        if is_large or beside > MOST_BYTES or sum(about) > _SMALL_BYTES:
            raise self.wrong(Phrase("it grows too much when unpacked"))
        if len(members) > MOST_MEMBERS:
            raise self.wrong(Phrase("it holds too many files"))

    def _about(self) -> PlainDict:
        try:
            with self._zipped.open(ABOUT) as source:
                about = json.loads(source.read(_SMALL_BYTES))
            name, _, number = about["format"].rpartition(" ")
            files = about["files"].items()
            is_ours = name == _NAME and is_plain_id(about["patient"])
            is_ours &= all(isinstance(digest, str) for _, digest in files)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            is_ours = False
        if not is_ours:
            raise self.wrong(Phrase("it is no export of a patient"))
        if number != _NUMBER:
            raise self._newer()
        found: PlainDict = about
        return found

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
            file=self._name,
            reason=reason,
        )

    def entities(self, kind: type[Entity], tenant_id: str) -> Iterator[tuple[str, Entity]]:
        """Yield the entities of a kind as new ones of a clinic, each with its place."""
        name = f"entities/{name_of(kind)}.jsonl"
        if name in self._zipped.namelist():
            for number, told in enumerate(self._lines(name, _LINE_BYTES), start=1):
                yield f"{name}:{number}", self._entity(kind, told, tenant_id, f"{name}:{number}")

    def _lines(self, name: str, longest: int) -> Iterator[PlainDict]:
        with self._zipped.open(name) as source:
            while line := source.readline(longest):
                try:
                    told = json.loads(line)
                except (RecursionError, ValueError):
                    told = None
                if not isinstance(told, dict):
                    raise self._unreadable(name)
                yield told

    def _unreadable(self, name: str) -> ContentError:
        return self.wrong(Phrase("a line of %(name)s is not readable", name=name))

    def _entity(self, kind: type[Entity], told: PlainDict, tenant_id: str, place: str) -> Entity:
        """Return what a line tells. What it lacks is as in a new one: a field came later; what an
        earlier levator wrote and this one has no use for is passed over."""
        known = {field.name: field for field in fields_of(kind)}
        given = {name: one for name, one in told.items() if name not in _NO_MORE.get(kind, ())}
        if not given.keys() <= known.keys():
            raise self._newer()
        if not _needed(kind) <= given.keys():
            raise self.wrong(Phrase("something in it is missing"))
        for name, value in given.items():
            if not _fits(known[name], value):
                raise self.wrong_value(place, name)
        values = {name: _plain(value) for name, value in given.items()}
        return kind(**values | {"tenant_id": tenant_id, "version": 0})

    def _newer(self) -> ContentError:
        return ContentError(
            "%(file)s was made by a newer levator; update this one, then take it in.",
            file=self._name,
        )

    def wrong_value(self, place: str, field: str) -> ContentError:
        """Return the error for a value that cannot be; it is not said, it is hers."""
        return self.wrong(Phrase("%(field)s in %(place)s cannot be", field=field, place=place))

    def to_come(self, place: str, field: str) -> ContentError:
        """Return the error for a day that lies ahead where none may."""
        return ContentError(
            "%(file)s cannot be taken in: %(field)s in %(place)s lies after today; correct it "
            "where it was kept, or wait until that day.",
            file=self._name,
            field=field,
            place=place,
        )

    def recording_ids(self) -> tuple[str, ...]:
        """Return the ids of the recordings in it."""
        names = [name for name in self.about["files"] if name.startswith(_RECORDINGS)]
        ids = [name[len(_RECORDINGS) : -len(_EXACT)] for name in names if name.endswith(_EXACT)]
        if not all(map(is_plain_id, ids)):
            raise self.wrong(Phrase("something in it is not hers"))
        return tuple(ids)

    def recording(self, recording_id: str) -> Iterator[Kept]:
        """Yield the records of a recording, its header first."""
        name = f"{_RECORDINGS}{recording_id}{_EXACT}"
        try:
            yield from records_in(self._lines(name, _RECORDING_LINE_BYTES), recording_id)
        except ValueError:
            raise self._unreadable(name) from None


def _needed(kind: type[Entity]) -> set[str]:
    """Return the fields that a line must tell: a new entity cannot do without them."""
    return {
        one.name
        for one in fields(kind)
        if one.default is MISSING and one.default_factory is MISSING
    }


def _fits(field: EntityField, value: object) -> bool:
    if value is None:
        return field.is_optional
    if field.kind is tuple:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if field.kind is float:
        return type(value) in (int, float)
    return type(value) is field.kind


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def open_for_writing(path: Path) -> IO[bytes]:
    """Return a new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600), "w+b")


def kinds_in_order() -> tuple[type[Entity], ...]:
    """Return the kinds in an order in which each refers to earlier ones only."""
    return tuple(KINDS.values())
