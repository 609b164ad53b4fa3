"""Ids are a clinic's own: the key of every kind is (id, tenant_id), and references keep to it.

Before, an id that another clinic had was told apart from one that nobody had.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from levator.storage.migrations.versions import v0002_people as people

revision = "0006"
down_revision = "0005"

_KEY = ("id", "tenant_id")
#: Every kind as it was then, in the words of 0002.
_TABLES = {
    **people._TABLES,
    "pregnancy": people._TABLES["pregnancy"] + " complications?",
    "login": people._TABLES["login"] + " confirmed_at?",
    "red_flag_answer": """
        id tenant_id version:whole patient_id>patient on_day list_version entered_by entered_at
    """,
    "guess": "id tenant_id version:whole moments until*",
}


def upgrade() -> None:
    """Make every table anew with the longer key."""
    _make_all_anew(_KEY)


def downgrade() -> None:
    """Make every table anew with the short key; refused where two clinics share an id."""
    _make_all_anew(_KEY[:1])


def _make_all_anew(key: tuple[str, ...]) -> None:
    for name, columns in _TABLES.items():
        for word in columns.split():
            if word.endswith(("!", "*")) or ">" in word:
                op.drop_index(f"{name}_by_{people._name(word)}", name)
        op.rename_table(name, f"was_{name}")
    for name, columns in _TABLES.items():
        _make(name, columns.split(), key)
    for name in reversed(_TABLES):
        op.drop_table(f"was_{name}")


def _make(name: str, words: list[str], key: tuple[str, ...]) -> None:
    columns = [_column(word, key) for word in words]
    op.create_table(name, *columns, *_foreign_keys(words, key), **people._BY_KEY)
    names = ", ".join(f'"{column.name}"' for column in columns)
    op.execute(f'INSERT INTO "{name}" ({names}) SELECT {names} FROM "was_{name}"')
    for word in words:
        column = people._name(word)
        if word.endswith("!"):
            op.create_index(f"{name}_by_{column}", name, [column], unique=True)
        elif ">" in word:
            op.create_index(f"{name}_by_{column}", name, [column])
        elif word.endswith("*"):
            op.create_index(f"{name}_by_{column}", name, ["tenant_id", column])


def _column(word: str, key: tuple[str, ...]) -> sa.Column[str]:
    described = word.rstrip("!*").partition(">")[0]
    name, _, kind = described.rstrip("?").partition(":")
    is_optional = described.endswith("?")
    return sa.Column(name, people._TYPES[kind], primary_key=name in key, nullable=is_optional)


def _foreign_keys(words: list[str], key: tuple[str, ...]) -> list[sa.ForeignKeyConstraint]:
    found = []
    for word in words:
        column, table = people._name(word), word.rstrip("!*").partition(">")[2]
        if table:
            own = [column, *key[1:]]
            found.append(sa.ForeignKeyConstraint(own, [f"{table}.{part}" for part in key]))
    return found
