"""What waits to be saved: lossless, in order, bounded in bytes.

Nothing leaves before it is durable: the writer looks at the front, stores it, and only
then takes it away. Putting never waits for the disk; the lock is held for moments.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from levator.quantities import Seconds
from levator.records.model import Record


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record and since when it waits, on the monotonic clock."""

    record: Record
    size: int
    since_s: Seconds


class WaitingRecords:
    """A queue with one putting thread per room at most and one writer."""

    def __init__(self, limit_bytes: int) -> None:
        """Start empty. limit_bytes : sample blocks beyond it are not taken."""
        self._limit = limit_bytes
        self._bytes = 0
        self._records: deque[Waiting] = deque()
        self._lock = Lock()

    def put(self, waiting: Waiting, *, always: bool) -> bool:
        """Add at the back and return True; when full only what must `always` be taken."""
        with self._lock:
            if not always and self._bytes + waiting.size > self._limit:
                return False
            self._records.append(waiting)
            self._bytes += waiting.size
            return True

    def front(self, count: int) -> list[Record]:
        """Return the first records without taking them away."""
        with self._lock:
            return [waiting.record for waiting in islice(self._records, count)]

    def take_away(self, count: int) -> None:
        """Forget the first records."""
        with self._lock:
            self._bytes -= sum(self._records.popleft().size for _ in range(count))

    def oldest_since_s(self) -> Seconds | None:
        """Return since when the front waits; None when nothing does."""
        with self._lock:
            return self._records[0].since_s if self._records else None

    def __len__(self) -> int:
        """Return how many records wait."""
        return len(self._records)
