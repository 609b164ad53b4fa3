"""A course says why it ended, who said so and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; a course that ended before has no reason of the list."""
    ground = sa.Column("ended_ground", _TEXT, nullable=False, server_default=sa.text("''"))
    op.add_column("course", ground)
    for name in ("ended_by", "ended_at"):
        op.add_column("course", sa.Column(name, _TEXT, nullable=True))


def downgrade() -> None:
    """Forget them."""
    for name in ("ended_at", "ended_by", "ended_ground"):
        op.drop_column("course", name)
