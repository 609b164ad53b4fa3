"""Browsers of hers that are reminded, and doing so: only where the clinic has keys of its own.

A message has no content; the browser's maker learns that there was one, for which browser and
when. Who has done the exercises of today is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import structlog

from levator.clinic.acting import Act, Acts
from levator.clinic.checking import ID_LENGTH
from levator.clinic.factors import digest
from levator.clinic.hers import all_of_hers, patient_of
from levator.clinic.home.feed import account_of
from levator.clinic.home.planning import plan_of
from levator.clinic.home.reminding import open_days, times_of
from levator.clinic.logins import Logins
from levator.clinic.push_key import PushKey, drop_push, set_push
from levator.clinic.push_out import PushOut
from levator.clinic.terminal import at_terminal
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.reminders import HomeReminders, PushSubscription
from levator.records.work import where

#: Of one woman; the one that was there longest makes place.
MOST_BROWSERS = 10
#: A reminder that could not be sent for so long is none any more.
_LATE = timedelta(minutes=30)
#: What could not be sent is tried once more, so much later.
_AGAIN = timedelta(minutes=5)
_GONE = (404, 410)
#: The clinic of a browser, and its id.
_Browser: TypeAlias = tuple[str, str]
_log = structlog.get_logger("levator.push")


def keep(acts: Acts, actor: Actor, key: PushKey | None, endpoint: str) -> None:
    """Keep a browser of hers to be reminded; raises CallerError where it may not be called."""
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        service = _service(key, endpoint)
        patient, number = patient_of(act), _id_of(actor, endpoint)
        others = [one for one in all_of_hers(act, PushSubscription, "made_at") if one.id != number]
        for old in others[: max(0, len(others) + 1 - MOST_BROWSERS)]:
            act.work.erase(PushSubscription, old.id, old.tenant_id)
        if not act.work.find(PushSubscription, patient.tenant_id, where(id=number)):
            act.put(
                PushSubscription(
                    id=number,
                    tenant_id=patient.tenant_id,
                    patient_id=patient.id,
                    endpoint=endpoint,
                    service=service,
                    made_at=act.at,
                )
            )


def _service(key: PushKey | None, endpoint: str) -> str:
    if key is None:
        raise CallerError("This clinic sends no messages to telephones; use the calendar.")
    service = key.service_of(endpoint)
    if service is None:
        raise CallerError("This browser's messages go by a service that the clinic does not use.")
    return service


def drop(acts: Acts, actor: Actor, endpoint: str) -> None:
    """Remind a browser no more; one that is not kept is none to drop."""
    with acts.on_patient(actor, "home.keep", actor.patient_id or "") as act:
        for one in all_of_hers(act, PushSubscription):
            if one.id == _id_of(actor, endpoint):
                act.work.erase(PushSubscription, one.id, one.tenant_id)


def drop_all(acts: Acts) -> int:
    """Forget every browser, where the clinic's keys are taken away; return how many there were."""
    with acts.repository.work(writes=False) as work:
        found = work.find(PushSubscription, None)
    for one in found:
        with acts.by_itself("home.push_off", one.tenant_id, one.patient_id) as act:
            act.work.erase(PushSubscription, one.id, one.tenant_id)
    return len(found)


def _id_of(actor: Actor, endpoint: str) -> str:
    return digest(f"push {actor.patient_id} {endpoint}")[:ID_LENGTH]


@dataclass(slots=True)
class Pushing:
    """Reminds browsers, each once for a time and once more where that did not arrive."""

    acts: Acts
    out: PushOut
    #: A browser -> the reminder that did not arrive, and when it was tried.
    _failed: dict[_Browser, tuple[str, datetime]] = field(default_factory=dict)
    #: A browser -> the reminder that was begun last: one whose record cannot be read keeps no
    #: other from being reminded.
    _begun: dict[_Browser, str] = field(default_factory=dict)

    def remind_next(self) -> bool:
        """Remind one browser whose time has come; return whether there was one."""
        now = datetime.fromisoformat(self.acts.now())
        with self.acts.repository.work(writes=False) as work:
            browsers = work.find(PushSubscription, None)
            wanted = work.find(HomeReminders, None)
        # Where she was taken along to another clinic she has the same id there.
        chosen = {(one.tenant_id, one.patient_id): one for one in wanted}
        for one in browsers:
            due = _due(chosen.get((one.tenant_id, one.patient_id)), now)
            is_new = due not in (one.reminded_for, self._begun.get(_key(one)))
            if due and (is_new or self._is_again(_key(one), due, now)):
                self._remind(one, due, now)
                return True
        return False

    def _is_again(self, browser: _Browser, due: str, now: datetime) -> bool:
        failed_for, at = self._failed.get(browser, ("", now))
        return failed_for == due and now - at >= _AGAIN

    def _remind(self, browser: PushSubscription, due: str, now: datetime) -> None:
        was_tried = self._failed.pop(_key(browser), None)
        self._begun[_key(browser)] = due
        with self._act(browser) as act:
            # Kept before it is sent: a reminder may be lost, and none comes twice.
            is_wanted = self._is_wanted(act, browser, due)
        if not is_wanted:
            return
        status = self.out.send(browser.endpoint)
        if status in _GONE:
            with self._act(browser) as act:
                act.work.erase(PushSubscription, browser.id, browser.tenant_id)
        elif status is None or not 200 <= status < 300:
            _log.warning("a reminder did not arrive", reason=f"{browser.service}: {status}")
            if was_tried is None or was_tried[0] != due:
                self._failed[_key(browser)] = (due, now)

    def _act(self, browser: PushSubscription) -> AbstractContextManager[Act]:
        return self.acts.by_itself("home.remind", browser.tenant_id, browser.patient_id)

    def _is_wanted(self, act: Act, browser: PushSubscription, due: str) -> bool:
        """Keep that it is reminded now; return whether it still is there with something to do."""
        found = act.work.find(PushSubscription, browser.tenant_id, where(id=browser.id))
        if found and found[0].reminded_for != due:
            act.put(replace(found[0], reminded_for=due))
        user = account_of(act.work, browser)
        if not found or user is None:
            return False
        plan, _ = plan_of(act, user.language or patient_of(act).language)
        return act.at[:10] in open_days(plan)


def _key(browser: PushSubscription) -> _Browser:
    return browser.tenant_id, browser.id


def _due(chosen: HomeReminders | None, now: datetime) -> str:
    """Return the day and time of the reminder that is due, "" where none is."""
    today = now.date().isoformat()
    late = [
        (now - datetime.fromisoformat(f"{today}T{at}").replace(tzinfo=now.tzinfo), at)
        for at in (times_of(chosen) if chosen is not None else ())
    ]
    due = [at for since, at in late if timedelta() <= since < _LATE]
    return f"{today}T{due[-1]}" if due else ""


def set_up(logins: Logins, folder: Path, contact: str, services: Sequence[str]) -> PushKey:
    """Let a clinic send messages with keys of its own; see `set_push`."""
    made = set_push(folder, contact, services)
    _tell(logins, "on")
    return made


def take_down(acts: Acts, logins: Logins, folder: Path) -> int:
    """Take the keys away and forget every browser; return how many there were."""
    drop_push(folder)
    count = drop_all(acts)
    _tell(logins, "off")
    return count


def _tell(logins: Logins, what: str) -> None:
    with logins.repository.work(writes=True) as work:
        address = at_terminal().address
        work.audit(logins.told(None, "key.push", address=address, detail=what))
