"""The tables as the newest migration leaves them.

Types are those that a STRICT SQLite table takes and PostgreSQL has too: text, whole
numbers of 64 bits, doubles, bytes. Times of day are ISO 8601 text with their offset; plain
data is JSON text, so that every float keeps its bits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy import text as sqltext
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION
from sqlalchemy.types import TypeEngine

metadata = MetaData()

#: 64 bits in both; SQLite's INTEGER is that already and STRICT tables know no BIGINT.
WHOLE = BigInteger().with_variant(Integer(), "sqlite")
#: In the order of code points in both, whatever language a server was set up in.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
DOUBLE: TypeEngine[float] = REAL().with_variant(DOUBLE_PRECISION(), "postgresql")
# Rows lie in the order of their key, so that one recording is read in one sweep.
BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}

recording = Table(
    "recording",
    metadata,
    Column("id", TEXT, primary_key=True, nullable=False),
    Column("started_at", TEXT, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("context", TEXT, nullable=False),
    Column("versions", TEXT, nullable=False),
    Column("facts", TEXT, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("closed_at", TEXT),
    Column("ended_by", TEXT),
    Column("is_sealed", WHOLE, nullable=False, server_default=sqltext("0")),
    Column("tenant_id", TEXT, nullable=False, server_default=sqltext("''")),
    Column("patient_id", TEXT, nullable=False, server_default=sqltext("''")),
    CheckConstraint("state IN ('open', 'closed', 'interrupted')", name="recording_state"),
    CheckConstraint(
        "(state = 'open') = (closed_at IS NULL) AND (state = 'open') = (ended_by IS NULL)",
        name="recording_ending",
    ),
    Index("recording_by_patient_id", "patient_id"),
    Index("recording_by_started_at", "started_at"),
    **BY_KEY,
)

sample_block = Table(
    "sample_block",
    metadata,
    Column("recording_id", TEXT, ForeignKey("recording.id"), primary_key=True, nullable=False),
    Column("sequence", WHOLE, primary_key=True, nullable=False, autoincrement=False),
    Column("stream", TEXT, nullable=False),
    Column("first_index", WHOLE, nullable=False),
    Column("sample_format", TEXT, nullable=False),
    Column("n_channels", WHOLE, nullable=False),
    Column("n_samples", WHOLE, nullable=False),
    Column("arrived_s", DOUBLE),
    Column("sample_values", LargeBinary, nullable=False),
    CheckConstraint(
        "sample_format IN ('int16', 'int32', 'float32', 'float64')", name="sample_block_format"
    ),
    CheckConstraint("n_channels > 0 AND n_samples >= 0", name="sample_block_size"),
    **BY_KEY,
)

sealed_part = Table(
    "sealed_part",
    metadata,
    Column("recording_id", TEXT, ForeignKey("recording.id"), primary_key=True, nullable=False),
    Column("first_sequence", WHOLE, primary_key=True, nullable=False, autoincrement=False),
    Column("last_sequence", WHOLE, nullable=False),
    Column("stream", TEXT, nullable=False),
    Column("n_blocks", WHOLE, nullable=False),
    Column("content", LargeBinary, nullable=False),
    **BY_KEY,
)

session_input = Table(
    "session_input",
    metadata,
    Column("recording_id", TEXT, ForeignKey("recording.id"), primary_key=True, nullable=False),
    Column("sequence", WHOLE, primary_key=True, nullable=False, autoincrement=False),
    Column("at_index", WHOLE, nullable=False),
    Column("data", TEXT, nullable=False),
    **BY_KEY,
)

session_event = Table(
    "session_event",
    metadata,
    Column("recording_id", TEXT, ForeignKey("recording.id"), primary_key=True, nullable=False),
    Column("sequence", WHOLE, primary_key=True, nullable=False, autoincrement=False),
    Column("data", TEXT, nullable=False),
    **BY_KEY,
)

#: What belongs to one recording, besides its header.
OF_RECORDING = (session_event, session_input, sample_block, sealed_part)
