"""The link under which a calendar reads when she wants to be reminded.

It is made once and kept as a digest; she may end it, and closing her access ends it. What it
gives says nothing of her, and no more than that there is something on a day.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from levator.clinic.acting import Act, Acts
from levator.clinic.checking import ID_LENGTH
from levator.clinic.factors import digest
from levator.clinic.guesses import Guesses, TooManyGuessesError
from levator.clinic.hers import patient_of
from levator.clinic.home.planning import plan_of
from levator.clinic.home.reminding import open_days, reminders_of, times_of
from levator.clinic.logins import new_id
from levator.clinic.networks import network_of
from levator.errors import CallerError, mark
from levator.formats.calendar_feed import CalendarEntry, calendar_of
from levator.records.access import Actor
from levator.records.people import User
from levator.records.reminders import CalendarFeed, PushSubscription
from levator.records.work import Work, where
from levator.texts import speaker

#: Nobody who looks over her shoulder learns from it what it is about.
TITLE = mark("Time for yourself")


class NoFeedError(CallerError):
    """The link was ended, never was, or is of a patient whose access is closed."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(mark("There is no calendar at this address."))


def make(acts: Acts, actor: Actor) -> str:
    """Return the secret of a new link; an earlier one ends."""
    secret = secrets.token_urlsafe(32)
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        patient = patient_of(act)
        for one in feeds_of(act.work, patient.tenant_id, patient.id):
            act.put(replace(one, revoked_at=act.at))
        act.put(
            CalendarFeed(
                id=new_id(),
                tenant_id=patient.tenant_id,
                patient_id=patient.id,
                secret_digest=digest(secret),
                made_at=act.at,
            )
        )
    return secret


def revoke(acts: Acts, actor: Actor) -> None:
    """End her link; where there is none, nothing is to be done."""
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        patient = patient_of(act)
        for one in feeds_of(act.work, patient.tenant_id, patient.id):
            act.put(replace(one, revoked_at=act.at))


def feeds_of(work: Work, tenant_id: str, patient_id: str) -> list[CalendarFeed]:
    """Return the links of a patient that hold."""
    return work.find(CalendarFeed, tenant_id, where(patient_id=patient_id, revoked_at=None))


def end_all(work: Work, user: User, at: str) -> None:
    """End everything by which a patient is reminded: her access is closed."""
    if user.patient_id is None:
        return
    for feed in feeds_of(work, user.tenant_id, user.patient_id):
        work.put(replace(feed, revoked_at=at))
    for push in work.find(PushSubscription, user.tenant_id, where(patient_id=user.patient_id)):
        work.erase(PushSubscription, push.id, user.tenant_id)


def calendar(
    acts: Acts, guesses: Guesses, allow: Callable[[str], bool], secret: str, address: str
) -> bytes:
    """Return the calendar of a link. allow : whether the one of an id may be read once more.

    Raises NoFeedError, always the same, and TooManyGuessesError for who tries many, or reads one
    again and again: each time is kept in the audit.
    """
    try:
        return _calendar(acts, allow, secret, address)
    except NoFeedError:
        guesses.take(f"feed {network_of(address)}", address)
        raise


def _calendar(acts: Acts, allow: Callable[[str], bool], secret: str, address: str) -> bytes:
    with acts.repository.work(writes=False) as work:
        found = work.find(CalendarFeed, None, where(secret_digest=digest(secret), revoked_at=None))
        user = account_of(work, found[0]) if found else None
    if user is None:
        raise NoFeedError
    feed = found[0]
    if not allow(feed.id):
        raise TooManyGuessesError
    with acts.by_itself("home.feed", feed.tenant_id, feed.patient_id, address=address) as act:
        return _written(act, feed, user.language or patient_of(act).language)


def account_of(work: Work, kept: CalendarFeed | PushSubscription) -> User | None:
    """Return the account of her whom something reminds, while it is hers to open."""
    terms = where(patient_id=kept.patient_id, state="active")
    return next(iter(work.find(User, kept.tenant_id, terms, limit=1)), None)


def _written(act: Act, feed: CalendarFeed, language: str) -> bytes:
    reminders = reminders_of(act)
    plan, _ = plan_of(act, language)
    moments = [f"{day}T{at}" for day in open_days(plan) for at in times_of(reminders)]
    entries = [
        CalendarEntry(digest(f"{feed.id} {at}")[:ID_LENGTH], datetime.fromisoformat(at))
        for at in moments
    ]
    changed_at = datetime.fromisoformat(reminders.changed_at)
    return calendar_of(speaker(language).say(TITLE), entries, changed_at)
