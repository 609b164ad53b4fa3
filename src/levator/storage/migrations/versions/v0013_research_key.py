"""A clinic has a key of its own for the pseudonyms of research; it is made at the first export."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("research_key", _TEXT, nullable=False, server_default=sa.text("''"))
    op.add_column("tenant", column)


def downgrade() -> None:
    """Forget it: the next export has other pseudonyms."""
    op.drop_column("tenant", "research_key")
