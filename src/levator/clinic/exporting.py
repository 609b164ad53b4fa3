"""A patient's whole record in her own hands: one file, readable, and to be taken in elsewhere."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import IO

from levator import __version__
from levator.clinic.acting import Acts
from levator.clinic.hers import patient_of
from levator.clinic.whole import Whole, whole_of
from levator.errors import CallerError, ContentError, StorageError, mark
from levator.formats.exact_recording import recording_lines
from levator.formats.patient_file import (
    PatientFileWriter,
    entity_line,
    open_for_writing,
    table_lines,
)
from levator.formats.session_file import write_session
from levator.records.access import Actor
from levator.records.audit import AuditLine
from levator.records.kinds import name_of
from levator.records.people import Tenant, User
from levator.records.replay import StoredSession, load_session
from levator.records.repository import Repository
from levator.records.work import Work, where
from levator.storage.backup import disk_reason
from levator.storage.folder import check_new
from levator.storage.workplace import workplace
from levator.texts import Speaker, speaker

#: Where recordings are written before they are in the file: it goes also after a kill.
WORKPLACE = "levator-export"
_README = mark(
    "This is everything that %(clinic)s keeps of you, as it was on %(day)s.\n\n"
    "record.csv      what is in your record, for a spreadsheet\n"
    "%(recordings)s"
    "audit.jsonl     who looked at your record, and when\n"
    "entities        the same record, for programs; another clinic with levator can take it in\n"
    "about.json      a checksum of every file\n\n"
    "It holds data about your health. Keep it where nobody else can read it."
)
_RECORDINGS = mark(
    "recordings      your sessions: .edf and .csv open in other programs, .jsonl is exact\n"
)


def export(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    file: Path,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Write everything of a patient to a zip, whole or not at all.

    told : is given how many of her recordings are written. A sitting that is under way is
        left out, and named in `about.json`. Raises StorageError where it cannot be written.
    """
    with whole_or_not(file) as out:
        write(acts, actor, patient_id, out, told)


@contextmanager
def whole_or_not(file: Path) -> Iterator[IO[bytes]]:
    """Give a new file to write; it gets its name once it is whole. Raises StorageError."""
    check_new(file)
    unfinished = file.with_name(file.name + ".part")
    try:
        with open_for_writing(unfinished) as out:
            yield out
        os.replace(unfinished, file)
    except OSError as error:
        raise StorageError(
            "%(file)s cannot be written (%(reason)s); check the folder and the room on its disk.",
            file=str(file),
            reason=disk_reason(error),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def export_unnamed(acts: Acts, actor: Actor, patient_id: str) -> IO[bytes]:
    """Return everything of a patient in a file without a name: it goes when it is closed.

    Raises StorageError where it cannot be written.
    """
    try:
        with ExitStack() as until_whole:
            out = until_whole.enter_context(tempfile.TemporaryFile())
            write(acts, actor, patient_id, out)
            until_whole.pop_all()
    except OSError as error:
        raise StorageError(
            "What is kept of her cannot be put together (%(reason)s); make room on the disk of "
            "%(folder)s.",
            reason=disk_reason(error),
            folder=tempfile.gettempdir(),
        ) from error
    return out


def write(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    out: IO[bytes],
    told: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Write everything of a patient; see `export`."""
    with acts.on_patient(actor, "patient.export", patient_id) as act:
        patient = patient_of(act)
        whole = whole_of(act.work, patient)
        clinic = act.work.get(Tenant, patient.tenant_id, patient.tenant_id).name
        looks = list(
            _looks(act.work, act.work.audit_lines(patient.tenant_id, patient_id=patient_id))
        )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        writer = PatientFileWriter(zipped)
        _put_entities(writer, whole)
        writer.put("audit.jsonl", looks)
        left_out = _put_recordings(acts.repository, writer, whole, told)
        readme = _readme(speaker(patient.language), clinic, acts.now()[:10], writer.names)
        writer.put("README.txt", [readme + "\n"])
        writer.close(
            {
                "levator": __version__,
                "made_at": acts.now(),
                "clinic": clinic,
                "patient": patient.id,
                "left_out": left_out,
            }
        )


def _put_entities(out: PatientFileWriter, whole: Whole) -> None:
    out.put("record.csv", table_lines(whole.entities))
    by_kind = sorted(whole.entities, key=lambda one: name_of(type(one)))
    for name, entities in groupby(by_kind, key=lambda one: name_of(type(one))):
        out.put(f"entities/{name}.jsonl", map(entity_line, entities))


def _looks(work: Work, lines: list[AuditLine]) -> Iterator[str]:
    """Yield who looked, by name as far as an account has one."""
    for line in lines:
        users = work.find(User, line.entry.tenant_id, where(id=line.entry.user_id), limit=1)
        told = {"number": line.number, **asdict(line.entry), "name": users[0].name if users else ""}
        yield json.dumps(told, ensure_ascii=False) + "\n"


def _readme(voice: Speaker, clinic: str, day: str, names: Iterable[str]) -> str:
    """Return what is in the file, for her; a folder is named where it is there."""
    has_recordings = any(name.startswith("recordings/") for name in names)
    recordings = voice.say(_RECORDINGS) if has_recordings else ""
    return voice.say(_README, clinic=clinic, day=day, recordings=recordings)


def _put_recordings(
    repository: Repository, out: PatientFileWriter, whole: Whole, told: Callable[[int, int], None]
) -> list[str]:
    left_out = []
    headers = [repository.header(name) for name in whole.recording_ids]
    for place, header in enumerate(headers):
        told(place, len(headers))
        name = header.id
        if header.state == "open":
            left_out.append(name)
            continue
        out.put(f"recordings/{name}.jsonl", recording_lines(repository, name))
        with workplace(None, WORKPLACE) as folder:
            for made in for_other_programs(partial(load_session, repository, name), folder):
                out.put_file(f"recordings/{made.name}", made)
    told(len(headers), len(headers))
    return left_out


def for_other_programs(load: Callable[[], StoredSession], folder: Path) -> list[Path]:
    """Write a recording as EDF+ or as CSV with its companion; as neither where both lose bits."""
    for ending in (".edf", ".csv"):
        try:
            session = load()
            write_session(folder / f"{session.header.id}{ending}", session)
        except (CallerError, ContentError, KeyError, TypeError, ValueError):
            continue
        return sorted(folder.iterdir())
    return []
