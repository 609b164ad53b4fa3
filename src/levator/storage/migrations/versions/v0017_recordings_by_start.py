"""Recordings are found by when they began: as levator starts it looks at the last ones alone."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

_INDEX = "recording_by_started_at"


def upgrade() -> None:
    """Make the index."""
    op.create_index(_INDEX, "recording", ["started_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(_INDEX, "recording")
