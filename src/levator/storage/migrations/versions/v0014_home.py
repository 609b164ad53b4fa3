"""Training at home: what is prescribed, on which phone, and what was done; habits and a diary."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from levator.storage.migrations.versions import v0002_people as people

revision = "0014"
down_revision = "0013"

_KEY = ("id", "tenant_id")
#: In the words of 0002.
_TABLES = {
    "home_prescription": """
        id tenant_id version:whole patient_id>patient exercise from_on* until_on? posture?
        hold_s:double? repetitions:whole? times_a_day:whole? is_withdrawn:whole because made_by
        made_at
    """,
    "phone": """
        id tenant_id version:whole patient_id>patient name is_shared:whole made_at seen_on
    """,
    "home_lease": """
        id tenant_id version:whole patient_id>patient phone_id>phone leased_day* taken_at
    """,
    "home_session": """
        id tenant_id version:whole patient_id>patient phone_id?>phone exercise on_day* started_at
        phone_time repetitions:whole lasted_s:double ended_by pain:whole? leaked:whole?
        is_over_limit:whole is_clock_unsure:whole was_leased:whole kept_at
    """,
    "habit": """
        id tenant_id version:whole patient_id>patient code moment words from_on until_on? made_at
    """,
    "habit_mark": """
        id tenant_id version:whole patient_id>patient habit_id>habit on_day* kept_at
    """,
    "diary_entry": """
        id tenant_id version:whole patient_id>patient on_day* at kind amount_ml:whole? urge:whole?
        remark kept_at
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


def make(name: str, words: list[str]) -> None:
    """Make one table, its references and its indexes; a clinic's own ids are its key."""
    op.create_table(name, *map(_column, words), *_references(words), **people._BY_KEY)
    for word in words:
        column = people._name(word)
        if word.endswith("!"):
            op.create_index(f"{name}_by_{column}", name, [column], unique=True)
        elif ">" in word:
            op.create_index(f"{name}_by_{column}", name, [column])
        elif word.endswith("*"):
            op.create_index(f"{name}_by_{column}", name, ["tenant_id", column])


def _column(word: str) -> sa.Column[str]:
    described = word.rstrip("!*").partition(">")[0]
    name, _, kind = described.rstrip("?").partition(":")
    is_optional = described.endswith("?")
    return sa.Column(name, people._TYPES[kind], primary_key=name in _KEY, nullable=is_optional)


def _references(words: list[str]) -> list[sa.ForeignKeyConstraint]:
    leading = [(people._name(one), one.rstrip("!*").partition(">")[2]) for one in words]
    return [
        sa.ForeignKeyConstraint([column, "tenant_id"], [f"{table}.{part}" for part in _KEY])
        for column, table in leading
        if table
    ]
