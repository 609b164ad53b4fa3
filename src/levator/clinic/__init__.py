"""The composition root: which storage, library, devices and clock one installation runs with,
and what the shells (`web`, `cli`) may ask of it.

What may not live here: pages, sockets and words for people (those are the shells'), SQL, and
any clinical rule (that is `course`). Everything here asks `records.access` first and tells the
audit in the same transaction.
"""

from __future__ import annotations

from levator.clinic.clinic import (
    POSTURES,
    Clinic,
    open_clinic,
    simulated_reference,
)

__all__ = [
    "POSTURES",
    "Clinic",
    "open_clinic",
    "simulated_reference",
]
