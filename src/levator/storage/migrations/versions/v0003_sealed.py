"""Recordings that have ended lie sealed, in parts instead of blocks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    """Make room for parts; what has ended is sealed later, while levator runs."""
    op.add_column(
        "recording", sa.Column("is_sealed", _WHOLE, nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "sealed_part",
        sa.Column(
            "recording_id", _TEXT, sa.ForeignKey("recording.id"), primary_key=True, nullable=False
        ),
        sa.Column("first_sequence", _WHOLE, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("last_sequence", _WHOLE, nullable=False),
        sa.Column("stream", _TEXT, nullable=False),
        sa.Column("n_blocks", _WHOLE, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        **_BY_KEY,
    )


def downgrade() -> None:
    """Put every block back where it was."""
    connection = op.get_bind()
    part, block = _parts(), _blocks()
    sealed = connection.execute(sa.text("SELECT id FROM recording WHERE is_sealed = 1")).all()
    for [recording_id] in sealed:
        connection.execute(block.delete().where(block.c.recording_id == recording_id))
        wanted = sa.select(part.c.content).where(part.c.recording_id == recording_id)
        for [content] in connection.execute(wanted).all():
            connection.execute(block.insert(), _rows(bytes(content)))
    op.drop_table("sealed_part")
    op.drop_column("recording", "is_sealed")


def _rows(content: bytes) -> list[dict[str, Any]]:
    # Brings the codecs, which only this way back needs.
    from levator.formats.sealed import unseal

    return [
        {
            "recording_id": one.recording_id,
            "sequence": one.sequence,
            "stream": one.stream,
            "first_index": one.first_index,
            "sample_format": one.sample_format,
            "n_channels": one.n_channels,
            "n_samples": one.n_samples,
            "arrived_s": one.arrived_s,
            "sample_values": one.values,
        }
        for one in unseal(content)
    ]


def _parts() -> sa.TableClause:
    return sa.table("sealed_part", sa.column("recording_id"), sa.column("content"))


def _blocks() -> sa.TableClause:
    names = (
        "recording_id sequence stream first_index sample_format n_channels n_samples arrived_s "
        "sample_values"
    )
    return sa.table("sample_block", *map(sa.column, names.split()))
