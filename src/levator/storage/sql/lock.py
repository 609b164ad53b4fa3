"""One recorder per database: a lock beside the file, which the system drops with its owner.

Without it a second levator on the same file would end the recordings of the first.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from levator.errors import StorageError, system_reason

if sys.platform == "win32":
    import msvcrt

    def lock(descriptor: int) -> None:
        """Lock a file that is open; raises OSError while another process has it."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def lock(descriptor: int) -> None:
        """Lock a file that is open; raises OSError while another process has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class RecorderLock:
    """The right to record into one database file."""

    def __init__(self, database: Path) -> None:
        """Name the lock; nothing is taken yet."""
        self._database = database
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock; raises StorageError while another process has it."""
        if self._descriptor is not None:
            return
        file = self._database.with_name(self._database.name + "-recorder")
        try:
            descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StorageError(
                "The lock %(file)s cannot be opened (%(reason)s); it belongs to who runs levator.",
                file=str(file),
                reason=system_reason(error),
            ) from error
        try:
            lock(descriptor)
        except OSError:
            os.close(descriptor)
            raise StorageError(
                "Another levator is recording into %(file)s; stop that one, or choose another "
                "file.",
                file=str(self._database),
            ) from None
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go, if it was taken. The empty file stays: removing it would let two in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
