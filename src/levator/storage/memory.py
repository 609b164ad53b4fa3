"""Recordings in memory, for trials and tests: gone when the process ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from levator.records.gaps import Span
from levator.records.model import (
    Batch,
    Block,
    Ending,
    EventRecord,
    InputRecord,
    RecordingHeader,
)
from levator.records.people import Patient
from levator.records.repository import (
    Repository,
    contradiction,
    nobody_here,
    recording_ended,
    unknown_recording,
)
from levator.records.values import is_same
from levator.records.work import Work
from levator.storage.memory_work import Kept, MemoryWork

_Kept = TypeVar("_Kept", Block, InputRecord, EventRecord)


@dataclass(slots=True)
class _Recording:
    header: RecordingHeader
    blocks: dict[int, Block] = field(default_factory=dict)
    inputs: dict[int, InputRecord] = field(default_factory=dict)
    events: dict[int, EventRecord] = field(default_factory=dict)


class MemoryRepository(Repository):
    """The shortest complete back end: dictionaries behind a lock."""

    def __init__(self) -> None:
        """Start empty."""
        self._recordings: dict[str, _Recording] = {}
        self._kept_entities = Kept()
        self._lock = Lock()

    def append(self, batch: Batch) -> None:
        """Work on copies of the recordings concerned and put them in place at the end."""
        with self._lock:
            if batch.is_live:
                self._must_know_patients(batch.begun)
            changed = {
                name: _copy(self._recordings[name])
                for name in batch.recording_ids & self._recordings.keys()
            }
            for header in batch.begun:
                _begin(changed, header)
            for block in batch.blocks:
                recording = _recording(changed, block.recording_id)
                _add(recording, recording.blocks, block)
            for given in batch.inputs:
                recording = _recording(changed, given.recording_id)
                _add(recording, recording.inputs, given)
            for event in batch.events:
                recording = _recording(changed, event.recording_id)
                _add(recording, recording.events, event)
            for ending in batch.endings:
                _end(_recording(changed, ending.recording_id), ending)
            self._recordings.update(changed)

    def _must_know_patients(self, begun: tuple[RecordingHeader, ...]) -> None:
        for header in begun:
            whose = Patient, header.patient_id, header.tenant_id
            if header.patient_id and whose not in self._kept_entities.entities:
                raise nobody_here()

    def recordings(self, since: str = "") -> list[RecordingHeader]:
        """Return copies of headers, newest first."""
        with self._lock:
            kept = [recording.header for recording in self._recordings.values()]
            headers = [deepcopy(one) for one in kept if one.started_at >= since]
        headers.sort(key=lambda header: header.id)
        return sorted(headers, key=lambda header: header.started_at, reverse=True)

    def header(self, recording_id: str) -> RecordingHeader:
        """Return a copy of one header."""
        return deepcopy(self._kept(recording_id).header)

    def blocks(self, recording_id: str) -> Iterator[Block]:
        """Yield the blocks."""
        return iter(_in_order(self._kept(recording_id).blocks))

    def spans(self, recording_id: str) -> list[Span]:
        """Return the blocks without their values."""
        return [
            Span(block.stream, block.first_index, block.n_samples)
            for block in self.blocks(recording_id)
        ]

    def inputs(self, recording_id: str) -> list[InputRecord]:
        """Return copies of the inputs."""
        return deepcopy(_in_order(self._kept(recording_id).inputs))

    def events(self, recording_id: str) -> list[EventRecord]:
        """Return copies of the events."""
        return deepcopy(_in_order(self._kept(recording_id).events))

    def recover_interrupted(self, at: str) -> list[RecordingHeader]:
        """End what is open."""
        with self._lock:
            left_open = [
                recording
                for recording in self._recordings.values()
                if recording.header.state == "open"
            ]
            for recording in left_open:
                recording.header = replace(
                    recording.header, state="interrupted", closed_at=at, ended_by="interrupted"
                )
            return [deepcopy(recording.header) for recording in left_open]

    @contextmanager
    def work(self, *, writes: bool) -> Iterator[Work]:
        """Hold the lock for as long as the work lasts."""
        with self._lock:
            work = MemoryWork(
                self._kept_entities, self._headers, self._erase_recording, writes=writes
            )
            yield work
            work.store()

    def _headers(self) -> list[RecordingHeader]:
        return [one.header for one in self._recordings.values()]

    def _erase_recording(self, recording_id: str) -> None:
        self._recordings.pop(recording_id, None)

    def expunge(self) -> None:
        """Do nothing: what is erased is gone."""

    def free_bytes(self) -> int | None:
        """Return None: memory has no disk to fill."""
        return None

    def close(self) -> None:
        """Do nothing; the recordings go with the object."""

    def _kept(self, recording_id: str) -> _Recording:
        with self._lock:
            if recording_id not in self._recordings:
                raise unknown_recording(recording_id)
            return _copy(self._recordings[recording_id])


def _copy(kept: _Recording) -> _Recording:
    return _Recording(kept.header, dict(kept.blocks), dict(kept.inputs), dict(kept.events))


def _recording(recordings: dict[str, _Recording], recording_id: str) -> _Recording:
    if recording_id not in recordings:
        raise unknown_recording(recording_id)
    return recordings[recording_id]


def _begin(recordings: dict[str, _Recording], header: RecordingHeader) -> None:
    kept = recordings.setdefault(header.id, _Recording(deepcopy(header)))
    if not is_same(kept.header.as_begun(), header.as_begun()):
        raise contradiction(header.id)


def _add(recording: _Recording, kept: dict[int, _Kept], record: _Kept) -> None:
    same_place = kept.get(record.sequence)
    if same_place is None and recording.header.state != "open":
        raise recording_ended(record.recording_id)
    if same_place is not None and not is_same(same_place, record):
        raise contradiction(record.recording_id)
    kept[record.sequence] = deepcopy(record)


def _end(recording: _Recording, ending: Ending) -> None:
    header = recording.header
    ended = replace(
        header, state=ending.state, closed_at=ending.closed_at, ended_by=ending.ended_by
    )
    if header.state != "open" and header != ended:
        raise recording_ended(ending.recording_id)
    recording.header = ended


def _in_order(kept: dict[int, _Kept]) -> list[_Kept]:
    return [kept[sequence] for sequence in sorted(kept)]
