"""Whose pages these are."""

from __future__ import annotations

from levator.records.work import NotThereError
from levator.web.signed import actor


def her_id() -> str:
    """Return the id of the record of who is signed in; NotThereError where she has none."""
    found = actor().patient_id
    if found is None:
        raise NotThereError
    return found
