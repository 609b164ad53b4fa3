"""What a restored database must not bring back: who was signed in, and links that were open."""

from __future__ import annotations

from dataclasses import replace

from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.records.audit import AuditEntry
from levator.records.people import Invitation, Login
from levator.records.repository import Repository

ACTION = "backup.restore"


def end_what_was_open(repository: Repository, at: str) -> None:
    """End every login and every open link (at: ISO 8601), and tell the audit.

    Whoever had signed out, or lost a tablet, since the backup was made must not be in again.
    """
    with repository.work(writes=True) as work:
        logins = [one for one in work.find(Login, None) if one.revoked_at is None]
        links = [one for one in work.find(Invitation, None) if one.used_at is None]
        for login in logins:
            work.put(replace(login, revoked_at=at))
        for link in links:
            work.put(replace(link, used_at=at))
        itself = at_terminal()
        entry = AuditEntry(
            at=at,
            tenant_id=INSTALLATION,
            user_id=itself.user_id,
            role=itself.role,
            action=ACTION,
            outcome="done",
            address=itself.address,
            detail=f"logins={len(logins)} links={len(links)}",
        )
        work.audit(entry)
