"""A login knows when its owner showed once more who she is; guesses outlast a restart."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    """Add a column and a table."""
    op.add_column("login", sa.Column("confirmed_at", _TEXT, nullable=True))
    op.create_table(
        "guess",
        sa.Column("id", _TEXT, primary_key=True, nullable=False),
        sa.Column("tenant_id", _TEXT, nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("moments", _TEXT, nullable=False),
        sa.Column("until", _TEXT, nullable=False),
        **_BY_KEY,
    )
    op.create_index("guess_by_until", "guess", ["tenant_id", "until"])


def downgrade() -> None:
    """Forget both."""
    op.drop_table("guess")
    op.drop_column("login", "confirmed_at")
