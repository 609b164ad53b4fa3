"""One file for research, put together woman by woman while it is sent, each in a transaction of
her own with her line of the audit. So it is never whole in memory, and who withdraws meanwhile is
not in it. docs/how-to/hand-data-to-research.md describes it.
"""

from __future__ import annotations

import hashlib
import hmac
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from levator import __version__
from levator.clinic.acting import Act, Acts
from levator.clinic.consenting import takes_part
from levator.clinic.exporting import WORKPLACE, for_other_programs
from levator.clinic.hers import all_of_hers, patient_of
from levator.clinic.research_words import known_words
from levator.clinic.results import trained_in
from levator.clinic.whole import recordings_of
from levator.errors import RecordingError, mark
from levator.formats.exact_recording import line_of, records_of
from levator.formats.patient_file import PatientFileWriter
from levator.formats.research_recording import Bare, bare
from levator.formats.research_tables import LISTED, TABLES, Telling, columns, dictionary, line
from levator.library import load_scales
from levator.records.access import Actor
from levator.records.entity import Entity
from levator.records.kinds import KINDS
from levator.records.model import RecordingHeader
from levator.records.people import Birth, Patient
from levator.records.replay import load_session
from levator.records.repository import Repository
from levator.records.treatment import Course, Session, Trained
from levator.records.work import NotThereError
from levator.reports.stored import stored_event
from levator.storage.workplace import workplace
from levator.texts import speaker
from levator.training.events import RepetitionScored

FORMAT = "levator research 1"
ACTION = "research.read"
#: Of a pseudonym; as long as the ids of the record.
_SIGNS = 32
#: The bands of ages; what is younger or older is rare among them, and one band.
_BAND_YEARS, _YOUNGEST, _OLDEST = 5, 20, 45
_README = mark(
    "Training and sessions of the women who agreed to research: no names, no dates, no free text."
    "\n\n"
    "fields.csv      every column of every table: its unit, and what it is\n"
    "woman.csv       one line a woman; the other tables name her by her pseudonym\n"
    "round.csv       every round with its verdict and its numbers\n"
    "recordings      .edf (EDF+) and .csv open in other programs and are replayed with levator "
    "check; .jsonl is exact\n"
    "about.json      a checksum of every file\n\n"
    "Days are counted from each woman's own day 0. An empty cell is not known; other is a word of "
    "the clinic's own.\n"
    "Notes, questionnaires and symptoms stay in the clinic: what stands in them is typed by hand."
    "\n\n"
    "It is pseudonymised, not anonymous: who knows a woman may know her again by her numbers. Keep "
    "it where only the researchers can read it, and erase it when the research is done. Who "
    "withdraws is not in the next export; erase her pseudonym from the earlier ones too."
)
_NOBODY = mark("Nobody here has agreed to research yet, so the tables are empty.")


@dataclass(frozen=True, slots=True)
class _Hers:
    """Her record, read at one moment: kind -> what is kept of it, and her recordings."""

    patient: Patient
    kept: Mapping[str, list[Entity]]
    recordings: tuple[str, ...]

    @property
    def sessions(self) -> list[Session]:
        return [one for one in self.kept["session"] if isinstance(one, Session)]

    def session_of(self, recording: str) -> Session | None:
        return next((one for one in self.sessions if one.recording_id == recording), None)

    @property
    def zero(self) -> tuple[str, date | None]:
        """What her day 0 is, and when: the last birth, else the first course, else session."""
        births = sorted(one.born_on for one in self.kept["birth"] if isinstance(one, Birth))
        courses = sorted(one.begun_on for one in self.kept["course"] if isinstance(one, Course))
        sessions = sorted(one.on_day for one in self.sessions)
        found = {"birth": births[-1:], "course": courses[:1], "session": sessions[:1]}
        for name, days in found.items():
            if days:
                return name, date.fromisoformat(days[0])
        return "", None


class _Pieces:
    """Where a zip is written to, and from where it is sent on."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> bytes:
        piece = b"".join(self._waiting)
        self._waiting.clear()
        return piece


@dataclass(slots=True)
class Making:
    """One file for research. key : of the clinic; has_ages : whether there are enough women."""

    acts: Acts
    actor: Actor
    key: str
    has_ages: bool
    tables: dict[str, IO[str]] = field(default_factory=dict)

    def pieces(self, women: list[str], language: str) -> Iterator[bytes]:
        """Yield the zip: recordings as they are read, then the tables, which wait on the disk."""
        out, say = _Pieces(), speaker(language).say
        with ExitStack() as until_sent, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
            writer = PatientFileWriter(zipped)
            readme = [say(_README), "\n", *([say(_NOBODY), "\n"] if not women else [])]
            writer.put("README.txt", readme)
            self._begin_tables(until_sent)
            for patient_id in sorted(women, key=self.pseudonym):
                for _ in self._put_woman(writer, patient_id):
                    yield out.taken()
            for name, waits in self.tables.items():
                waits.seek(0)
                writer.put(f"{name}.csv", waits)
                yield out.taken()
            writer.put("fields.csv", dictionary(say, load_scales().pain_most))
            writer.close({"format": FORMAT, "levator": __version__})
        yield out.taken()

    def pseudonym(self, number: str) -> str:
        """Return what an id is called outside: nobody finds the way back without the key."""
        return hmac.new(self.key.encode(), number.encode(), hashlib.sha256).hexdigest()[:_SIGNS]

    def _begin_tables(self, until_sent: ExitStack) -> None:
        for name in TABLES:
            waits = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
            self.tables[name] = until_sent.enter_context(waits)
            self._tell(name, line(list(columns(name))))

    def _tell(self, table: str, text: str) -> None:
        self.tables[table].write(text)

    def _put_woman(self, writer: PatientFileWriter, patient_id: str) -> Iterator[None]:
        hers = self._read(patient_id)
        if hers is None:
            return
        named, zero = hers.zero
        telling = Telling(self.pseudonym, known_words(), zero)
        woman = self.pseudonym(patient_id)
        age = _age_band(hers.patient.born_on, zero) if self.has_ages else ""
        self._tell("woman", line([woman, age, named]))
        for kind, entities in hers.kept.items():
            for entity in entities:
                self._tell(kind, telling.row(kind, [woman], entity))
        for session in hers.sessions:
            first = [woman, self.pseudonym(session.id)]
            for trained in _trained_in(session):
                self._tell("trained", telling.row("trained", first, trained))
        yield
        for number in hers.recordings:
            self._put_recording(writer, telling, hers, number)
            yield

    def _read(self, patient_id: str) -> _Hers | None:
        """Read her record, with its line of the audit; None where she takes part no longer."""
        try:
            with self.acts.on_patient(self.actor, ACTION, patient_id) as act:
                if takes_part(act.work, self.actor.tenant_id, patient_id):
                    return _hers(act)
                act.detail = "no_consent"
        except NotThereError:
            pass
        return None

    def _put_recording(
        self, writer: PatientFileWriter, telling: Telling, hers: _Hers, number: str
    ) -> None:
        repository = self.acts.repository
        header = _header(repository, number)
        if header is None:
            return
        before = self.pseudonym(header.follows) if header.follows else ""
        told = bare(header, self.pseudonym(number), before, telling.words)
        file = _put_samples(writer, repository, number, told)
        woman, session = self.pseudonym(hers.patient.id), hers.session_of(number)
        self._tell("recording", telling.row("recording", [woman, told.number, file], header))
        first = [woman, self.pseudonym(session.id) if session else "", told.number]
        for event in repository.events(number):
            scored = stored_event(event.data).value
            if isinstance(scored, RepetitionScored):
                self._tell("round", telling.row("round", first, scored))


def _trained_in(session: Session) -> tuple[Trained, ...]:
    """Return its doses; none where what is kept cannot be read: that hides nobody else's."""
    try:
        return trained_in(session)
    except (RecordingError, ValueError):
        return ()


def _hers(act: Act) -> _Hers:
    patient = patient_of(act)
    kept = {name: all_of_hers(act, KINDS[name]) for name in LISTED if name in KINDS}
    sessions = [one for one in kept["session"] if isinstance(one, Session)]
    return _Hers(patient, kept, recordings_of(act.work, patient, sessions))


def _header(repository: Repository, number: str) -> RecordingHeader | None:
    """Return the header of a recording that has ended; None for any other."""
    try:
        header = repository.header(number)
    except RecordingError:
        return None
    return header if header.state != "open" else None


def _put_samples(writer: PatientFileWriter, repository: Repository, number: str, told: Bare) -> str:
    """Write a recording in a form that loses no bit; return the name of its file."""
    with workplace(None, WORKPLACE) as folder:
        made = for_other_programs(lambda: told.session(load_session(repository, number)), folder)
        for one in made:
            writer.put_file(f"recordings/{one.name}", one)
        if made:
            return made[0].name
    lines = (line_of(told.record(one)) for one in records_of(repository, number))
    writer.put(f"recordings/{told.number}.jsonl", lines)
    return f"{told.number}.jsonl"


def _age_band(born_on: str | None, zero: date | None) -> str:
    """Return her age on day 0 in a band of five years; the rare ages are one band each side."""
    if born_on is None or zero is None:
        return ""
    born = date.fromisoformat(born_on)
    years = zero.year - born.year - ((zero.month, zero.day) < (born.month, born.day))
    if years < _YOUNGEST:
        return f"under {_YOUNGEST}"
    if years >= _OLDEST:
        return f"{_OLDEST} and over"
    first = years - years % _BAND_YEARS
    return f"{first}-{first + _BAND_YEARS - 1}"
