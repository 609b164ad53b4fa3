"""A release of pain that was told before any course began stands without one."""

from __future__ import annotations

from alembic import op

from levator.storage.migrations.versions import v0002_people as people
from levator.storage.migrations.versions import v0006_ids_of_a_clinic as ids

revision = "0012"
down_revision = "0011"

_NEEDED = people._TABLES["decision"].split()
_MAY_BE_NONE = [word.replace("course_id>", "course_id?>") for word in _NEEDED]


def upgrade() -> None:
    """Make the table anew: SQLite changes no column in place."""
    _make_anew(_MAY_BE_NONE)


def downgrade() -> None:
    """Give such a release to a course of hers; where she has none it had no place before."""
    op.execute(
        "UPDATE decision SET course_id = (SELECT min(course.id) FROM course"
        " WHERE course.tenant_id = decision.tenant_id"
        " AND course.patient_id = decision.patient_id) WHERE course_id IS NULL"
    )
    op.execute("DELETE FROM decision WHERE course_id IS NULL")
    _make_anew(_NEEDED)


def _make_anew(words: list[str]) -> None:
    for name in ("patient_id", "course_id", "on_day"):
        op.drop_index(f"decision_by_{name}", "decision")
    op.rename_table("decision", "was_decision")
    ids._make("decision", words, ids._KEY)
    op.drop_table("was_decision")
