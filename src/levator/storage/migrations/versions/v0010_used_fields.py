"""A course says why it ended, who said so and when; a patient has no days that nobody wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_LAST_SEEN = "patient_by_last_seen_on"


def upgrade() -> None:
    """Add and drop columns; a course that ended before has no reason of the list."""
    ground = sa.Column("ended_ground", _TEXT, nullable=False, server_default=sa.text("''"))
    op.add_column("course", ground)
    for name in ("ended_by", "ended_at"):
        op.add_column("course", sa.Column(name, _TEXT, nullable=True))
    op.drop_index(_LAST_SEEN, "patient")
    for name in ("last_seen_on", "erase_after"):
        op.drop_column("patient", name)


def downgrade() -> None:
    """Forget what was added; what was dropped was empty."""
    for name in ("last_seen_on", "erase_after"):
        op.add_column("patient", sa.Column(name, _TEXT, nullable=True))
    op.create_index(_LAST_SEEN, "patient", ["tenant_id", "last_seen_on"])
    for name in ("ended_at", "ended_by", "ended_ground"):
        op.drop_column("course", name)
