"""An address of e-mail is unique in its clinic: nobody is told that another clinic has it."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0007"

_INDEX, _TABLE = "user_by_email_key", "user"


def upgrade() -> None:
    """Let another clinic have the same address."""
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, ["email_key", "tenant_id"], unique=True)


def downgrade() -> None:
    """Make it unique over all; refused where two clinics have the same address."""
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, ["email_key"], unique=True)
