"""What many have in little room, by account or by address: nobody takes the room of another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Shares(Generic[T]):
    """Things by a key, each of one account or address. of_one, in_all : the most that is kept.

    Where one more of an account is too much, its own oldest goes; where it is too much in all, the
    oldest of the account that has most.
    """

    of_one: int
    in_all: int
    _of: dict[str, dict[Hashable, T]] = field(default_factory=dict)
    _whose: dict[Hashable, str] = field(default_factory=dict)

    def put(self, account: str, key: Hashable, thing: T) -> list[T]:
        """Keep it as the newest of this account; return what made room."""
        self.drop(key)
        self._of.setdefault(account, {})[key] = thing
        self._whose[key] = account
        if len(self._of[account]) > self.of_one:
            return [self._take_oldest(account)]
        if len(self._whose) > self.in_all:
            return [self._take_oldest(max(self._of, key=lambda one: len(self._of[one])))]
        return []

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key."""
        whose = self._whose.get(key)
        return None if whose is None else self._of[whose][key]

    def whose(self, key: Hashable) -> str | None:
        """Return the account that has a key."""
        return self._whose.get(key)

    def drop(self, key: Hashable) -> None:
        """Keep it no longer."""
        whose = self._whose.pop(key, None)
        if whose is not None:
            del self._of[whose][key]
            if not self._of[whose]:
                del self._of[whose]

    def _take_oldest(self, account: str) -> T:
        key, oldest = next(iter(self._of[account].items()))
        self.drop(key)
        return oldest

    def __iter__(self) -> Iterator[tuple[Hashable, T]]:
        """Return every key with its thing, the oldest account first."""
        return iter([(key, one) for held in self._of.values() for key, one in held.items()])
