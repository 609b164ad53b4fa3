"""How often somebody may guess. Counted before the guess is looked at, so that many at once
count as many; a live login is never touched by it.
"""

from __future__ import annotations

from levator.errors import CallerError, mark

PER_ACCOUNT = 10
#: A clinic may share one address; a password and a code are two.
PER_ADDRESS = 200
WINDOW_MINUTES = 15


class TooManyGuessesError(CallerError):
    """Too often in a short time; whoever is signed in stays so."""

    def __init__(self) -> None:
        """Say when to try again."""
        super().__init__(
            mark("Too many tries. Wait %(minutes)s minutes; whoever is signed in stays so."),
            minutes=WINDOW_MINUTES,
        )


class Guesses:
    """Per account and per address, over a window that moves, in the memory of this run."""

    def __init__(self, per_account: int = PER_ACCOUNT, per_address: int = PER_ADDRESS) -> None:
        """Begin with none."""
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._account = RateLimitItemPerMinute(per_account, WINDOW_MINUTES, "account")
        self._address = RateLimitItemPerMinute(per_address, WINDOW_MINUTES, "address")
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def take(self, account: str, address: str) -> None:
        """Count a guess; raises TooManyGuessesError where it is one too many."""
        if not self._windows.hit(self._address, address):
            raise TooManyGuessesError
        if not self._windows.hit(self._account, account):
            raise TooManyGuessesError

    def forgive(self, account: str) -> None:
        """Forget the guesses of an account whose owner has shown who she is."""
        self._windows.clear(self._account, account)
