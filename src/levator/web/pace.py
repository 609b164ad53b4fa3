"""How fast one socket may talk: a bucket of tokens that fills again with time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from levator.quantities import Seconds

PER_S = 20.0
AT_ONCE = 40.0
#: Messages over the pace that are passed over before the socket is closed.
PASSED_OVER = 200


@dataclass(slots=True)
class Pace:
    """One socket's bucket. What ends a sitting is never held up by it."""

    clock: Callable[[], Seconds]
    passed_over: int = 0
    _tokens: float = AT_ONCE
    _at_s: Seconds = field(init=False)

    def __post_init__(self) -> None:
        """Start with a full bucket."""
        self._at_s = self.clock()

    def allows(self) -> bool:
        """Return whether one more message is within the pace."""
        now_s = self.clock()
        self._tokens = min(AT_ONCE, self._tokens + (now_s - self._at_s) * PER_S)
        self._at_s = now_s
        if self._tokens < 1.0:
            self.passed_over += 1
            return False
        self._tokens -= 1.0
        return True

    @property
    def is_abused(self) -> bool:
        """Whether the socket went on and on over the pace."""
        return self.passed_over > PASSED_OVER
