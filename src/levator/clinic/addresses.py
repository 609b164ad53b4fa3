"""Addresses of e-mail: how they are compared, and what may be one."""

from __future__ import annotations

from levator.errors import CallerError
from levator.records.people import search_key


def email_key(email: str) -> str:
    """Return an address as it is compared."""
    return search_key(email)


def check_email(email: str) -> str:
    """Return an address that may be one, trimmed; raises CallerError."""
    name, _, domain = email.strip().rpartition("@")
    is_one = name and "." in domain.strip(".") and not any(map(str.isspace, email.strip()))
    if not is_one or not email.strip().isprintable():
        raise CallerError(
            "%(email)r is no e-mail address; write for example me@clinic.nl.", email=email
        )
    return email.strip()
