"""Complications of a pregnancy are kept, and that the red flags were asked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
_TEXTS = ("on_day", "list_version", "entered_by", "entered_at")


def upgrade() -> None:
    """Make room for both; of a pregnancy that is kept nobody knows, as nobody was asked."""
    op.add_column("pregnancy", sa.Column("complications", _TEXT, nullable=True))
    op.create_table(
        "red_flag_answer",
        sa.Column("id", _TEXT, primary_key=True, nullable=False),
        sa.Column("tenant_id", _TEXT, nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("patient_id", _TEXT, sa.ForeignKey("patient.id"), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in _TEXTS),
        **_BY_KEY,
    )
    op.create_index("red_flag_answer_by_patient_id", "red_flag_answer", ["patient_id"])


def downgrade() -> None:
    """Take both away."""
    op.drop_table("red_flag_answer")
    op.drop_column("pregnancy", "complications")
