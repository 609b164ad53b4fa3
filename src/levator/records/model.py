"""A recording: a header that travels first, records in the order in which they were put,
and an ending that says how it ended.

Everything is a frozen value of plain data, so that it can be stored, sent and compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from levator.quantities import Seconds
from levator.signals.samples import SampleFormat

#: What JSON can hold: None, bool, int, float, str, and lists and string-keyed dicts of them.
#: Floats keep every bit; a NaN or infinity is written as Python's `json` writes it.
PlainDict: TypeAlias = dict[str, Any]
#: `interrupted`: the process died while recording; what was acknowledged is here.
RecordingState = Literal["open", "closed", "interrupted"]
#: In `facts`: the recording of the session before a new calibration in the same sitting.
FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What is known before the first sample, and afterwards how it ended.

    id : unique for ever (a UUID in hexadecimal); storage never invents one.
    started_at, closed_at : wall-clock, ISO 8601 with its offset from UTC. Durations are
        never taken from these, only from sample indices.
    title : what the clinic calls it, such as the name of the seat; never of a patient of the
        record, whose `patient_id`, with that of her clinic, says whose it is.
    context : the session's context as plain data; `context["streams"]` describes the
        streams, each with `name`, `sampling_frequency_hz`, `first_index`, `sample_format`
        and `channels`.
    versions : name -> version of what made it (`levator`, `library`, ...).
    facts : what was known before the sitting (weeks, clearance, what it follows), as plain data.
    ended_by : None while open; otherwise the word the session ended with.
    """

    id: str
    started_at: str
    title: str
    context: PlainDict
    versions: Mapping[str, str]
    state: RecordingState = "open"
    closed_at: str | None = None
    ended_by: str | None = None
    facts: PlainDict = field(default_factory=dict)
    tenant_id: str = ""
    patient_id: str = ""

    @property
    def recording_id(self) -> str:
        """Return the id, under the name that every other record has for it."""
        return self.id

    @property
    def follows(self) -> str | None:
        """Return the recording of the session before, where a new calibration parted them."""
        before = self.facts.get(FOLLOWS)
        return before if isinstance(before, str) else None

    def as_begun(self) -> RecordingHeader:
        """Return the header as it was when the recording began."""
        return replace(self, state="open", closed_at=None, ended_by=None)


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive samples of one stream, bit for bit as the device delivered them.

    sequence : place in the recording, counted over blocks, inputs and events together, so
        that the order in which the session met them can be walked again.
    values : little endian, channel after channel: all samples of the first channel, then
        all of the second; n_channels * n_samples * size of `sample_format` bytes.
    arrived_s : monotonic seconds of the machine that received it; None if unknown.
    """

    recording_id: str
    stream: str
    sequence: int
    first_index: int
    sample_format: SampleFormat
    n_channels: int
    n_samples: int
    values: bytes
    arrived_s: Seconds | None = None

    @property
    def next_index(self) -> int:
        """Return the index of the sample after this block."""
        return self.first_index + self.n_samples


@dataclass(frozen=True, slots=True)
class InputRecord:
    """A command or a tick. `at_index`: the primary stream's next sample when it took effect."""

    recording_id: str
    sequence: int
    at_index: int
    data: PlainDict


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What the session told. Stored events are the record; a replay is compared with them."""

    recording_id: str
    sequence: int
    data: PlainDict


@dataclass(frozen=True, slots=True)
class Ending:
    """Closes a recording; after it nothing can be added.

    One that is taken in from elsewhere may have been `interrupted` there, and stays so.
    """

    recording_id: str
    closed_at: str
    ended_by: str

    @property
    def state(self) -> RecordingState:
        """Return the state that the recording gets."""
        return "interrupted" if self.ended_by == "interrupted" else "closed"


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that are not there: `missing` of them from `first_index` on.

    `missing` is None where a recording was interrupted: nobody knows how many followed.
    """

    recording_id: str
    stream: str
    first_index: int
    missing: int | None


Record: TypeAlias = RecordingHeader | Block | InputRecord | EventRecord | Ending


@dataclass(frozen=True, slots=True)
class Batch:
    """What is stored in one transaction, for any number of recordings.

    It takes effect in the order of its fields: recordings begin, get their records, end.
    is_live : it is recorded now, so that a patient whom it names must be there; a file that is
    taken in comes before her.
    """

    begun: tuple[RecordingHeader, ...] = ()
    blocks: tuple[Block, ...] = ()
    inputs: tuple[InputRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    endings: tuple[Ending, ...] = ()
    is_live: bool = False
    recording_ids: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Note whose records these are."""
        ids = {header.id for header in self.begun}
        ids.update(record.recording_id for record in self.blocks)
        ids.update(record.recording_id for record in self.inputs)
        ids.update(record.recording_id for record in self.events)
        ids.update(ending.recording_id for ending in self.endings)
        object.__setattr__(self, "recording_ids", frozenset(ids))

    def of(self, recording_ids: Set[str]) -> Batch:
        """Return the part that belongs to these recordings."""
        if recording_ids >= self.recording_ids:
            return self
        return Batch(
            tuple(header for header in self.begun if header.id in recording_ids),
            tuple(block for block in self.blocks if block.recording_id in recording_ids),
            tuple(record for record in self.inputs if record.recording_id in recording_ids),
            tuple(record for record in self.events if record.recording_id in recording_ids),
            tuple(ending for ending in self.endings if ending.recording_id in recording_ids),
            self.is_live,
        )


def batch_of(records: list[Record], *, is_live: bool = False) -> Batch:
    """Sort records by kind, each kind in the order given."""
    return Batch(
        tuple(record for record in records if isinstance(record, RecordingHeader)),
        tuple(record for record in records if isinstance(record, Block)),
        tuple(record for record in records if isinstance(record, InputRecord)),
        tuple(record for record in records if isinstance(record, EventRecord)),
        tuple(record for record in records if isinstance(record, Ending)),
        is_live,
    )
