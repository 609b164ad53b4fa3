"""A recording says whose it is, and holds no name: also one of which no session tells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NAMES = ("tenant_id", "patient_id")
#: By the session that names it.
_BY_SESSION = """
UPDATE recording SET
  tenant_id = (SELECT min(tenant_id) FROM session WHERE recording_id = recording.id),
  patient_id = (SELECT min(patient_id) FROM session WHERE recording_id = recording.id)
WHERE id IN (SELECT recording_id FROM session WHERE recording_id IS NOT NULL)
"""
#: A calibration has no session: by the name in its title, where only one patient has that.
_BY_NAME = """
UPDATE recording SET
  tenant_id = (SELECT min(tenant_id) FROM patient WHERE {name} = recording.title),
  patient_id = (SELECT min(id) FROM patient WHERE {name} = recording.title)
WHERE patient_id = '' AND title <> ''
  AND (SELECT count(*) FROM patient WHERE {name} = recording.title) = 1
""".format(name="trim(given_name || ' ' || family_name)")


def upgrade() -> None:
    """Add whose it is, find that of what is kept, and take her name out of it."""
    for name in _NAMES:
        column = sa.Column(name, _TEXT, nullable=False, server_default=sa.text("''"))
        op.add_column("recording", column)
    op.create_index("recording_by_patient_id", "recording", ["patient_id"])
    op.execute(_BY_SESSION)
    op.execute(_BY_NAME)
    op.execute("UPDATE recording SET title = '' WHERE patient_id <> ''")


def downgrade() -> None:
    """Forget whose they are; a name that was taken out stays out."""
    op.drop_index("recording_by_patient_id", "recording")
    for name in _NAMES:
        op.drop_column("recording", name)
