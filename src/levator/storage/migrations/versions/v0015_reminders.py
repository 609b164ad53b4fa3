"""Reminders of training at home: her times, the link of her calendar, her browsers."""

from __future__ import annotations

from alembic import op

from levator.storage.migrations.versions.v0014_home import make

revision = "0015"
down_revision = "0014"

#: In the words of 0002.
_TABLES = {
    "home_reminders": """
        id tenant_id version:whole patient_id>patient is_on:whole times quiet_begins
        quiet_ends changed_at
    """,
    "calendar_feed": """
        id tenant_id version:whole patient_id>patient secret_digest! made_at revoked_at?
    """,
    "push_subscription": """
        id tenant_id version:whole patient_id>patient endpoint service made_at reminded_for
    """,
}


def upgrade() -> None:
    """Make the tables."""
    for name, columns in _TABLES.items():
        make(name, columns.split())


def downgrade() -> None:
    """Drop them."""
    for name in reversed(_TABLES):
        op.drop_table(name)
