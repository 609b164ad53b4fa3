"""Backups of an installation: made while it runs, told to the audit, and one a day by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from levator.clinic.acting import Acts
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.clinic.upkeep import Task
from levator.records.access import Actor
from levator.records.repository import Repository
from levator.storage.backup import Told, back_up

ACTION = "backup.make"
KEPT = 14
_NAME = re.compile(r"levator-\d{4}-\d{2}-\d{2}\.backup")
#: How the audit says where a backup went.
_FILE = "file="


def make_backup(
    acts: Acts,
    actor: Actor,
    url: str,
    file: Path,
    passphrase: str | None = None,
    told: Told = lambda _: None,
) -> None:
    """Write a backup of the database of `acts`, which `url` names and others may be using.

    The line of the audit comes first, so that no backup is ever made without it, and is in it.
    """
    file = file.absolute()
    with acts.in_tenant(actor, ACTION) as act:
        act.detail = f"{_FILE}{file}"
    back_up(url, file, acts.now(), passphrase, told)


def backups_since(repository: Repository, since: str) -> list[Path]:
    """Return the backups that are still where they were made, of this moment (ISO) or later.

    Copies that somebody took elsewhere are not known here.
    """
    with repository.work(writes=False) as work:
        lines = work.audit_lines(INSTALLATION)
    moment = datetime.fromisoformat(since)
    made = [
        Path(line.entry.detail.removeprefix(_FILE))
        for line in lines
        if line.entry.action == ACTION and line.entry.detail.startswith(_FILE)
        if datetime.fromisoformat(line.entry.at) >= moment
    ]
    return [file for file in dict.fromkeys(made) if file.exists()]


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """The clinic's wish: a backup every day in `folder`, of which `kept` stay."""

    url: str
    folder: Path
    kept: int = KEPT
    passphrase: str | None = None

    def task(self, acts: Acts) -> Task:
        """Return the task that makes today's backup, if it is not there yet."""

        def daily_backup() -> bool:
            file = self.folder / f"levator-{acts.now()[:10]}.backup"
            if not file.exists():
                make_backup(acts, at_terminal(), self.url, file, self.passphrase)
                self._remove_old()
            return False

        return daily_backup

    def _remove_old(self) -> None:
        """Remove the oldest of its own beyond `kept`; every other file stays."""
        own = sorted(one for one in self.folder.iterdir() if _NAME.fullmatch(one.name))
        for file in own[: -self.kept]:
            file.unlink()
