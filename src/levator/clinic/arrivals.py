"""Records that are sent over the line: one at a time for each clinic, and only so large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from levator.errors import CallerError, mark

#: Of one file; a larger one is taken in at the computer itself.
MOST_BYTES = 2 * 10**9


class TooLargeError(CallerError):
    """The file is larger than is taken over the line."""

    def __init__(self) -> None:
        """Say how large it may be, and what to do."""
        super().__init__(
            mark(
                "The file is larger than %(most)s GB; take it in at the computer that levator runs "
                "on, with levator import."
            ),
            most=MOST_BYTES / 10**9,
        )


class Arrivals:
    """Which clinics take somebody in just now. Asked from the event loop alone."""

    def __init__(self) -> None:
        """Begin with none."""
        self._busy: set[str] = set()

    @contextmanager
    def one_of(self, tenant_id: str) -> Iterator[None]:
        """Hold the place of a clinic; CallerError where it is taken."""
        if tenant_id in self._busy:
            raise CallerError(
                "Somebody of your clinic is taking a record in just now; send the file again once "
                "that is done."
            )
        self._busy.add(tenant_id)
        try:
            yield
        finally:
            self._busy.discard(tenant_id)
