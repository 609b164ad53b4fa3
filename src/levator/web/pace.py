"""How fast one socket may talk: a bucket of tokens that fills again with time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from levator.quantities import Seconds

PER_S = 20.0
AT_ONCE = 40.0
#: Of the ordinary requests of one login: more than anybody clicks, less than a script that
#: copies a clinic. Live screens talk over their socket and are not counted here.
REQUESTS_AT_ONCE = 1000.0
#: Logins whose bucket may be full again are forgotten beyond so many.
_MOST_LOGINS = 1000
#: Messages over the pace that are passed over before the socket is closed.
PASSED_OVER = 200


@dataclass(slots=True)
class Pace:
    """One socket's bucket. What ends a sitting is never held up by it."""

    clock: Callable[[], Seconds]
    at_once: float = AT_ONCE
    per_s: float = PER_S
    passed_over: int = 0
    _tokens: float = field(init=False)
    _at_s: Seconds = field(init=False)

    def __post_init__(self) -> None:
        """Start with a full bucket."""
        self._at_s, self._tokens = self.clock(), self.at_once

    def allows(self) -> bool:
        """Return whether one more message is within the pace."""
        now_s = self.clock()
        self._tokens = min(self.at_once, self._tokens + (now_s - self._at_s) * self.per_s)
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


class Paces:
    """The buckets of all logins for their ordinary requests, or of all links for being read."""

    def __init__(
        self,
        clock: Callable[[], Seconds],
        at_once: float = REQUESTS_AT_ONCE,
        per_s: float = PER_S,
    ) -> None:
        """Begin with none."""
        self._clock, self._at_once, self._per_s = clock, at_once, per_s
        self._of: dict[str, Pace] = {}

    def allow(self, login_id: str) -> bool:
        """Return whether one more request of one of them is within the pace."""
        pace = self._of.pop(login_id, None) or Pace(self._clock, self._at_once, self._per_s)
        self._of[login_id] = pace  # the one that asked last stands last
        if len(self._of) > _MOST_LOGINS:
            del self._of[next(iter(self._of))]
        return pace.allows()
