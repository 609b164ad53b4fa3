"""Recordings: headers, sample blocks, inputs and events."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

revision = "0001"
down_revision = None

#: In the order of code points in both, whatever language a server was set up in.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DOUBLE: sa.types.TypeEngine[float] = sa.REAL().with_variant(DOUBLE_PRECISION(), "postgresql")
_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
#: "LEVA", kept in the file's own header.
_APPLICATION_ID = 0x4C455641


def upgrade() -> None:
    """Make the first four tables."""
    _make_recording()
    _make_sample_block()
    _make_session_input()
    _make_session_event()
    _claim_file(_APPLICATION_ID)


def downgrade() -> None:
    """Leave nothing."""
    for table in ("session_event", "session_input", "sample_block", "recording"):
        op.drop_table(table)
    _claim_file(0)


def _claim_file(application_id: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {application_id}")


def _key() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column(
            "recording_id", _TEXT, sa.ForeignKey("recording.id"), primary_key=True, nullable=False
        ),
        sa.Column("sequence", _WHOLE, primary_key=True, nullable=False, autoincrement=False),
    ]


def _make_recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", _TEXT, primary_key=True, nullable=False),
        sa.Column("started_at", _TEXT, nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("context", _TEXT, nullable=False),
        sa.Column("versions", _TEXT, nullable=False),
        sa.Column("facts", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("closed_at", _TEXT),
        sa.Column("ended_by", _TEXT),
        sa.CheckConstraint("state IN ('open', 'closed', 'interrupted')", name="recording_state"),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL) AND (state = 'open') = (ended_by IS NULL)",
            name="recording_ending",
        ),
        **_BY_KEY,
    )


def _make_sample_block() -> None:
    op.create_table(
        "sample_block",
        *_key(),
        sa.Column("stream", _TEXT, nullable=False),
        sa.Column("first_index", _WHOLE, nullable=False),
        sa.Column("sample_format", _TEXT, nullable=False),
        sa.Column("n_channels", _WHOLE, nullable=False),
        sa.Column("n_samples", _WHOLE, nullable=False),
        sa.Column("arrived_s", _DOUBLE),
        sa.Column("sample_values", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "sample_format IN ('int16', 'int32', 'float32', 'float64')", name="sample_block_format"
        ),
        sa.CheckConstraint("n_channels > 0 AND n_samples >= 0", name="sample_block_size"),
        **_BY_KEY,
    )


def _make_session_input() -> None:
    op.create_table(
        "session_input",
        *_key(),
        sa.Column("at_index", _WHOLE, nullable=False),
        sa.Column("data", _TEXT, nullable=False),
        **_BY_KEY,
    )


def _make_session_event() -> None:
    op.create_table("session_event", *_key(), sa.Column("data", _TEXT, nullable=False), **_BY_KEY)
