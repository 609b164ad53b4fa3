"""The certificate that a running server shows: renewed while it runs, and told before it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from levator.clinic.certificates import Tls, again, end_of
from levator.errors import mark

#: So long before a certificate ends it is told to whoever can renew it.
TOLD_BEFORE = timedelta(days=30)
ENDS = mark(
    "The certificate of this server expires on %(day)s; renew it before then, or nobody can open "
    "levator."
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Showing:
    """What is shown now. `use` takes another certificate into the server that runs."""

    tls: Tls
    now: Callable[[], datetime] = _now
    use: Callable[[Tls], object] = field(default=lambda tls: None)
    _shown: bytes = b""

    def __post_init__(self) -> None:
        """Keep what the server began with."""
        self._shown = self.tls.certificate.read_bytes()

    def look(self) -> bool:
        """Renew what ends soon, and show what is new on the disk; a task of the upkeep."""
        self.tls = again(self.tls, self.now())
        found = self.tls.certificate.read_bytes()
        if found != self._shown:
            self._shown = found
            self.use(self.tls)
        return False

    def ends_on(self) -> date | None:
        """Return the day on which it ends, where that is soon."""
        end = end_of(self.tls)
        return end.date() if end - self.now() < TOLD_BEFORE else None
