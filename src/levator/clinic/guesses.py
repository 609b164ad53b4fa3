"""How often somebody may guess. Counted before the guess is looked at, so that many at once
count as many, and kept, so that a restart forgets none; a live login is never touched by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from levator.clinic.factors import digest
from levator.clinic.networks import network_of
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError, mark
from levator.records.people import Guess
from levator.records.repository import Repository
from levator.records.work import NotThereError, Term, Work, where

PER_ACCOUNT = 10
#: A clinic may share one address; a password and a code are two.
PER_ADDRESS = 200
WINDOW_MINUTES = 15
#: So many that are over are forgotten with each guess.
_FORGOTTEN_AT_ONCE = 10
_ID_LENGTH = 32


class TooManyGuessesError(CallerError):
    """Too often in a short time; whoever is signed in stays so."""

    def __init__(self) -> None:
        """Say when to try again."""
        super().__init__(
            mark("Too many tries. Wait %(minutes)s minutes; whoever is signed in stays so."),
            minutes=WINDOW_MINUTES,
        )


@dataclass(frozen=True, slots=True)
class Guesses:
    """Per account and per address, over a window that moves. Blocks; call it from a thread."""

    repository: Repository
    now: Callable[[], datetime]
    per_account: int = PER_ACCOUNT
    per_address: int = PER_ADDRESS

    def take(self, account: str, address: str) -> None:
        """Count a guess; raises TooManyGuessesError where it is one too many."""
        with self.repository.work(writes=True) as work:
            self._forget(work)
            self._count(work, f"address {network_of(address)}", self.per_address)
            self._count(work, f"account {account}", self.per_account)

    def forgive(self, account: str) -> None:
        """Forget the last guess at an account, which was right; wrong ones go on counting.

        An address may have an account in another clinic: who signs in to her own here must not
        clear the guesses that she made there.
        """
        number = _id_of(f"account {account}")
        with self.repository.work(writes=True) as work:
            kept = _kept(work, number)
            if len(kept.moments) > 1:
                work.put(replace(kept, moments=kept.moments[:-1]))
            elif kept.version:
                work.erase(Guess, number, INSTALLATION)

    def _count(self, work: Work, whose: str, most: int) -> None:
        now, kept = self.now().timestamp(), _kept(work, _id_of(whose))
        over = now - timedelta(minutes=WINDOW_MINUTES).total_seconds()
        held = tuple(one for one in kept.moments if int(one) > over)
        if len(held) >= most:
            raise TooManyGuessesError
        until = self.now().astimezone(UTC) + timedelta(minutes=WINDOW_MINUTES)
        work.put(replace(kept, moments=(*held, str(int(now))), until=until.isoformat()))

    def _forget(self, work: Work) -> None:
        now = self.now().astimezone(UTC).isoformat()
        terms = (Term("until", "below", now),)
        for one in work.find(Guess, INSTALLATION, terms, limit=_FORGOTTEN_AT_ONCE):
            work.erase(Guess, one.id, INSTALLATION)


def leave_nothing(work: Work, account: str) -> None:
    """Erase the guesses at an account."""
    number = _id_of(f"account {account}")
    if work.find(Guess, INSTALLATION, where(id=number)):
        work.erase(Guess, number, INSTALLATION)


def _kept(work: Work, number: str) -> Guess:
    try:
        return work.get(Guess, number, INSTALLATION)
    except NotThereError:
        return Guess(id=number, tenant_id=INSTALLATION, until="")


def _id_of(whose: str) -> str:
    return digest(whose)[:_ID_LENGTH]
