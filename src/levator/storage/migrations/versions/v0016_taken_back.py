"""A mark of a habit and a line of the diary say when she took them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_TABLES = ("habit_mark", "diary_entry")
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; of nothing from before is it known."""
    for table in _TABLES:
        op.add_column(table, sa.Column("taken_back_at", _TEXT, nullable=True))


def downgrade() -> None:
    """Forget it."""
    for table in _TABLES:
        op.drop_column(table, "taken_back_at")
