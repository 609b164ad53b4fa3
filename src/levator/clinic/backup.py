"""Backups of an installation: made while it runs, told to the audit, and one a day by itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from levator.clinic.acting import Act, Acts
from levator.clinic.hers import seconds_of
from levator.clinic.kept_values import DAMAGED
from levator.clinic.terminal import INSTALLATION, at_terminal
from levator.clinic.upkeep import Task
from levator.errors import CallerError, LevatorError, StorageError, mark
from levator.formats.backup_file import header_in
from levator.library import load_reminders
from levator.records.access import Actor
from levator.records.audit import AuditEntry
from levator.records.repository import Repository
from levator.storage.backup import COPYING, STEPS, Told, back_up, disk_reason
from levator.storage.workplace import has_workplace, remove_left_over

ACTION, CHECKED = "backup.make", "backup.check"
_DAILY = re.compile(r"levator-\d{4}-\d{2}-\d{2}\.backup")
_BY_HAND = re.compile(r"levator-\d{4}-\d{2}-\d{2}-\d{6}\.backup")
#: What is raised by looking at a file that is gone, or is no backup whatever its beginning says.
_NO_BACKUP = (OSError, StorageError, RecursionError, *DAMAGED)
#: How the audit says where a backup went.
_FILE = "file="


class NoFolderError(CallerError):
    """Nobody has said where backups go."""

    def __init__(self) -> None:
        """Say how."""
        super().__init__(
            mark(
                "No folder for backups is set; start levator with --backups and the folder, best "
                "on another disk."
            )
        )


def make_backup(
    acts: Acts,
    actor: Actor,
    url: str,
    file: Path,
    passphrase: str | None = None,
    told: Told = lambda _: None,
) -> None:
    """Write a backup of the database of `acts`, which `url` names and others may be using.

    The line of the audit comes first, so that no backup is ever made without it, and is in it;
    that it was read back whole is told once it was.
    """
    file = file.absolute()
    _tell(acts, actor, ACTION, file)
    back_up(url, file, acts.now(), passphrase, told)
    _tell(acts, actor, CHECKED, file)


def _tell(acts: Acts, actor: Actor, action: str, file: Path) -> None:
    with acts.in_installation(actor, action) as act:
        act.detail = f"{_FILE}{file}"


def backups_since(repository: Repository, since: str, until: str | None = None) -> list[Path]:
    """Return the backups of this moment (ISO) or later that are where they were made, or begun,
    or may be: where nobody of here can look.

    until : the last moment; None is now. Of a `since` without its offset the day before counts
    too; "" is not known, so that all do.
    Copies that somebody took elsewhere are not known here.
    """
    made = [file for file, at in _made_of(repository) if _is_between(since, at, until)]
    # One that is being made is asked for first: it is there before its workplace goes.
    return [file for file in dict.fromkeys(made) if has_workplace(file) or _is_there(file)]


def folders_of_backups(repository: Repository) -> list[Path]:
    """Return every folder into which one was made, or begun."""
    return list(dict.fromkeys(file.parent for file, _ in _made_of(repository)))


def _made_of(repository: Repository) -> list[tuple[Path, str]]:
    """Return every backup that was made, or begun, and when."""
    with repository.work(writes=False) as work:
        return list(_told_of([line.entry for line in work.audit_lines(INSTALLATION)], ACTION))


def _is_there(file: Path) -> bool:
    """Return whether a file is there; one in a folder that is closed to us may well be."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _is_between(since: str, at: str, until: str | None) -> bool:
    moment = datetime.fromisoformat(at)
    if until is not None and moment > datetime.fromisoformat(until):
        return False
    first = datetime.fromisoformat(since) if since else moment
    if first.tzinfo is None:
        return moment + timedelta(days=1) >= first.replace(tzinfo=UTC)
    return moment >= first


def _told_of(lines: list[AuditEntry], action: str) -> Iterator[tuple[Path, str]]:
    """Yield the file and the moment of every line about one, oldest first."""
    for entry in lines:
        if entry.action == action and entry.detail.startswith(_FILE):
            yield Path(entry.detail.removeprefix(_FILE)), entry.at


# --- Those that are there


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """A backup that is there. checked_at : when it was read back whole; None: nobody did here."""

    name: str
    folder: str
    made_at: str
    size_bytes: int
    is_locked: bool
    checked_at: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backups that are there, newest first. is_late : the newest is too old, or there is none;
    what says that it is of a time to come tells nothing of how old it is.

    step : what is being done for a new one, "" while none is made; `done` of `of` steps are
    behind it. trouble : why the last try failed.
    """

    backups: tuple[KeptBackup, ...]
    is_late: bool
    folder: str | None
    step: str = ""
    done: int = 0
    of: int = 0
    trouble: LevatorError | None = None


def shelf(acts: Acts, actor: Actor, kept: Backups | None) -> Shelf:
    """Return what there is to go back to."""
    with acts.in_installation(actor, "backup.read") as act:
        found = _found(act, kept.folder if kept else None)
    good_for = timedelta(hours=load_reminders().backup_old_hours).total_seconds()
    now = seconds_of(acts.now())
    is_late = not any(now - good_for <= _moment(one) <= now for one in found)
    if kept is None:
        return Shelf(found, is_late, None)
    step, done = kept.progress
    return Shelf(found, is_late, str(kept.folder), step, done, STEPS, kept.trouble)


def _found(act: Act, folder: Path | None) -> tuple[KeptBackup, ...]:
    lines = [line.entry for line in act.work.audit_lines(INSTALLATION)]
    checked = dict(_told_of(lines, CHECKED))
    files = [file for file, _ in _told_of(lines, ACTION)]
    files += folder.glob("*.backup") if folder is not None else ()
    found = [_looked_at(file, checked.get(file)) for file in dict.fromkeys(files)]
    there = [one for one in found if one is not None]
    return tuple(sorted(there, key=_moment, reverse=True))


def _looked_at(file: Path, checked_at: str | None) -> KeptBackup | None:
    """Return what a file says of itself; None for one that is gone or no backup."""
    try:
        header, size = header_in(file), file.stat().st_size
        made = datetime.fromisoformat(header["made_at"])
        # One without its offset was made by the clock of here.
        made_at = (made if made.tzinfo else made.astimezone()).isoformat()
        is_checked = checked_at is not None and seconds_of(checked_at) >= seconds_of(made_at)
    except _NO_BACKUP:
        return None
    is_locked = header.get("encryption") is not None
    return KeptBackup(
        file.name,
        str(file.parent),
        made_at,
        size,
        is_locked,
        checked_at if is_checked else None,
    )


def _moment(one: KeptBackup) -> float:
    return seconds_of(one.made_at)


# --- Making them while it runs


@dataclass(slots=True)
class Backups:
    """The clinic's wish: a backup every day in `folder`, and when somebody asks for one.

    `kept` of each sort stay. One is made at a time, in a thread. trouble : why the last try
    failed.
    """

    url: str
    folder: Path
    kept: int
    passphrase: str | None = None
    trouble: LevatorError | None = None
    _step: str = ""
    _done: int = 0
    _one: Lock = field(default_factory=Lock)
    _making: asyncio.Task[None] | None = None

    @property
    def progress(self) -> tuple[str, int]:
        """What is being done now, "" for nothing, and how many steps are behind it."""
        is_asked = self._making is not None and not self._making.done()
        is_busy = is_asked or self._one.locked()
        return self._step or (COPYING if is_busy else ""), max(0, self._done - 1)

    def task(self, acts: Acts) -> Task:
        """Return the task that makes today's backup, if it is not there yet.

        What a backup that was killed left behind goes.
        """

        def daily_backup() -> bool:
            remove_left_over(self.folder)
            file = self.folder / f"levator-{acts.now()[:10]}.backup"
            if not file.exists():
                self._make(acts, at_terminal(), file, _DAILY)
            return False

        return daily_backup

    def begin(self, acts: Acts, actor: Actor) -> None:
        """Begin one more in a thread; nothing where one is being made already."""
        if not self.progress[0]:
            self._making = asyncio.create_task(asyncio.to_thread(self._by_hand, acts, actor))

    async def settled(self) -> None:
        """Wait for the one that was begun."""
        if self._making is not None:
            await self._making

    def _by_hand(self, acts: Acts, actor: Actor) -> None:
        moment = datetime.fromisoformat(acts.now())
        file = self.folder / f"levator-{moment:%Y-%m-%d-%H%M%S}.backup"
        try:
            self._make(acts, actor, file, _BY_HAND)
        except LevatorError:
            return  # it stands in `trouble`

    def _make(self, acts: Acts, actor: Actor, file: Path, sort: re.Pattern[str]) -> None:
        if not self._one.acquire(blocking=False):
            return
        try:
            self.trouble = None
            make_backup(acts, actor, self.url, file, self.passphrase, self._told)
            try:
                self._remove_old(sort, file, seconds_of(acts.now()))
            except OSError as error:
                raise StorageError(
                    "The backup is made, but an old one in %(folder)s cannot be removed "
                    "(%(reason)s); remove it yourself.",
                    folder=str(self.folder),
                    reason=disk_reason(error),
                ) from error
        except LevatorError as error:
            self.trouble = error
            raise
        finally:
            self._step, self._done = "", 0
            self._one.release()

    def _told(self, step: str) -> None:
        self._step, self._done = step, self._done + 1

    def _remove_old(self, sort: re.Pattern[str], made: Path, now: float) -> None:
        """Remove the oldest of its own sort beyond `kept`; every other file stays.

        Which is older it says itself: a name has no offset. One that says nothing stays, and so
        does one of a time to come, which a clock that was wrong has made: it is no newer than
        what is made now.
        """
        own = [one for one in self.folder.iterdir() if sort.fullmatch(one.name)]
        known = [one for one in (_looked_at(file, None) for file in own) if one is not None]
        past = [one for one in known if _moment(one) <= now]
        for old in sorted(past, key=lambda one: (_moment(one), one.name))[: -self.kept]:
            if old.name != made.name:
                (self.folder / old.name).unlink()


def must_rest(kept: Backups | None) -> None:
    """Raise CallerError while a backup is made: it may hold who is erased meanwhile."""
    if kept is not None and kept.progress[0]:
        raise CallerError("A backup is being made; erase when it is done.")


async def begin_one(acts: Acts, actor: Actor, kept: Backups | None) -> None:
    """Begin a backup, for who may; raises NoFolderError where none was named."""
    await asyncio.to_thread(acts.check_in_installation, actor, ACTION)
    if kept is None:
        raise NoFolderError
    kept.begin(acts, actor)
