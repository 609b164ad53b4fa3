"""People, treatments and the audit: a table for each kind, as the kinds were then."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": _TEXT,
    "whole": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    "double": sa.REAL().with_variant(DOUBLE_PRECISION(), "postgresql"),
}
_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
#: A column is `name:type?>table*`: text where no type stands, `?` may be null, `>table` refers
#: to the id of another, `*` is looked for within a tenant, `!` is unique.
_TABLES = {
    "tenant": """
        id tenant_id version:whole name made_at protocol retention_years:whole
    """,
    "patient": """
        id tenant_id version:whole given_name family_name born_on? number* email telephone
        language search_key* treated_by made_at last_seen_on?* erase_after?
    """,
    "user": """
        id tenant_id version:whole name email email_key! role* state language
        patient_id?>patient password_hash? totp_sealed? totp_last_step:whole recovery_hashes
        made_at
    """,
    "passkey": """
        id tenant_id version:whole user_id>user name credential_id! public_key sign_count:whole
        made_at used_at?
    """,
    "login": """
        id tenant_id version:whole user_id>user token_digest! made_at seen_at until
        is_strong:whole revoked_at? browser
    """,
    "invitation": """
        id tenant_id version:whole user_id>user token_digest! made_by until used_at?
    """,
    "pregnancy": """
        id tenant_id version:whole patient_id>patient expected_on ended_on? made_at
    """,
    "birth": """
        id tenant_id version:whole patient_id>patient pregnancy_id?>pregnancy born_on mode tear
        complications? child_grams:whole? made_by made_at
    """,
    "clearance": """
        id tenant_id version:whole patient_id>patient birth_id?>birth signed_by profession what
        from_on until_on? entered_by entered_at revoked_on? revoked_by? revoked_because
    """,
    "red_flag": """
        id tenant_id version:whole patient_id>patient on_day code remark entered_by entered_at
    """,
    "course": """
        id tenant_id version:whole patient_id>patient protocol protocol_version stage begun_on
        ended_on? ended_because
    """,
    "decision": """
        id tenant_id version:whole patient_id>patient course_id>course on_day* proposal choice
        because made_by made_at
    """,
    "prescription": """
        id tenant_id version:whole patient_id>patient course_id>course stage from_on*
        force_percent_mvc:double? hold_s:double? rest_s:double? tangent_percent:double? rounds?
        rounds_count:whole? times_a_day:whole? because decision_id? made_by made_at
    """,
    "session": """
        id tenant_id version:whole patient_id>patient course_id?>course
        prescription_id?>prescription recording_id?* on_day* started_at stage state ended_by?
        device led_by rounds:whole? valid_rounds:whole? good_rounds:whole?
        in_band_percent:double? released_percent:double? fatigue_round:whole?
        hold_mean_percent_mvc:double? force_percent_mvc:double? hold_s:double? rest_s:double?
        tangent_percent:double? had_pain:whole
    """,
    "pain_score": """
        id tenant_id version:whole patient_id>patient session_id?>session on_day* score:whole
        moment entered_by entered_at
    """,
    "symptom_score": """
        id tenant_id version:whole patient_id>patient on_day* code score:double unit entered_by
        entered_at
    """,
    "assessment": """
        id tenant_id version:whole patient_id>patient session_id?>session on_day* code answers
        score:double? remark entered_by entered_at
    """,
    "note": """
        id tenant_id version:whole patient_id>patient session_id?>session on_day* text
        written_by written_at
    """,
    "consent": """
        id tenant_id version:whole patient_id>patient what given_on withdrawn_on? entered_by
        entered_at
    """,
}
_AUDIT = """
    at user_id role action outcome responsible_id patient_id? kind entity_id login_id address
    detail previous digest
"""


def upgrade() -> None:
    """Make a table for every kind, and the audit's."""
    for name, columns in _TABLES.items():
        _make(name, columns.split())
    told = [_column(word) for word in _AUDIT.split()]
    keys = [
        sa.Column("tenant_id", _TEXT, primary_key=True, nullable=False),
        sa.Column("number", _TYPES["whole"], primary_key=True, nullable=False, autoincrement=False),
    ]
    op.create_table("audit_line", *keys, *told, **_BY_KEY)
    op.create_index("audit_line_by_patient_id", "audit_line", ["tenant_id", "patient_id"])


def downgrade() -> None:
    """Leave the recordings alone."""
    op.drop_table("audit_line")
    for name in reversed(_TABLES):
        op.drop_table(name)


def _make(name: str, words: list[str]) -> None:
    op.create_table(name, *(_column(word) for word in words), **_BY_KEY)
    for word in words:
        column = _name(word)
        if word.endswith("!"):
            op.create_index(f"{name}_by_{column}", name, [column], unique=True)
        elif ">" in word:
            op.create_index(f"{name}_by_{column}", name, [column])
        elif word.endswith("*"):
            op.create_index(f"{name}_by_{column}", name, ["tenant_id", column])


def _name(word: str) -> str:
    return word.rstrip("!*").partition(">")[0].rstrip("?").partition(":")[0]


def _column(word: str) -> sa.Column[Any]:
    described, _, table = word.rstrip("!*").partition(">")
    name, _, kind = described.rstrip("?").partition(":")
    keys = [sa.ForeignKey(f"{table}.id")] if table else []
    return sa.Column(
        name, _TYPES[kind], *keys, primary_key=name == "id", nullable=described.endswith("?")
    )
