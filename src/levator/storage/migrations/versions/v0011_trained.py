"""A session says dose by dose what was trained; of one from before only the last dose is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("trained", _TEXT, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("session", column)


def downgrade() -> None:
    """Forget it."""
    op.drop_column("session", "trained")
