"""A reminder as it reaches her phone: one neutral sign at a time, whatever came with it.

The push is Chromium's own, delivered to the worker of the page. The Chromium of the tests has no
notifications (it grants the permission, and says it is denied), so that what the worker wants to
be shown is written down in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Worker

from levator.texts import LANGUAGES, speaker
from levator.web.home.pages import NAME
from tests.browser.at_home import She, known
from tests.browser.signing import sign_in
from tests.web.served import Served

Opener = Callable[..., Page]
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
#: What the worker asks its browser for, in the order in which it asks.
WRITTEN_DOWN = """() => {
    self.asked = [];
    const asks = (what) => async (...given) => { self.asked.push([what, ...given]); };
    ServiceWorkerRegistration.prototype.showNotification = asks("show");
    WindowClient.prototype.focus = asks("focus");
    Clients.prototype.openWindow = asks("open");
}"""
#: Her finger on it.
TOUCHED = """() => {
    const touched = new ExtendableEvent("notificationclick");
    const notification = { close: () => self.asked.push(["close"]) };
    Object.defineProperty(touched, "notification", { value: notification });
    self.dispatchEvent(touched);
}"""


def registration(page: Page, debugger: CDPSession) -> str:
    """How the browser calls the worker of the page."""
    found: list[dict[str, Any]] = []
    told = "ServiceWorker.workerRegistrationUpdated"
    debugger.on(told, lambda told: found.extend(told["registrations"]))
    debugger.send("ServiceWorker.enable")
    for _ in range(100):
        if found:
            return str(found[-1]["registrationId"])
        page.wait_for_timeout(20)
    raise AssertionError("no worker is registered")


def asked(page: Page, worker: Worker, count: int) -> list[list[Any]]:
    """What the worker has asked for, once it is as much as this."""
    for _ in range(100):
        found: list[list[Any]] = worker.evaluate("self.asked")
        if len(found) >= count:
            return found
        page.wait_for_timeout(20)
    raise AssertionError(found)


@pytest.fixture
def she(server: Served) -> She:
    return known(server, number=80, language="nl")


def test_a_push_shows_one_neutral_sign_and_a_touch_leads_home(
    server: Served, she: She, new_page: Opener
) -> None:
    page = sign_in(server, new_page(locale="nl"), "patient", she.user.id)
    page.goto(f"{server.address}/home")
    page.wait_for_function(CONTROLLED)
    [worker] = page.context.service_workers
    worker.evaluate(WRITTEN_DOWN)
    debugger = page.context.new_cdp_session(page)
    to = {"origin": server.address, "registrationId": registration(page, debugger)}
    for data in ("", "Mia Jansen: bekkenbodem"):
        debugger.send("ServiceWorker.deliverPushMessage", {**to, "data": data})
    first, second = asked(page, worker, 2)
    icon = first[2]["icon"]
    # No body, nothing of what came; the same tag, so that the second takes the place of the first.
    assert first == second == ["show", speaker("nl").say(NAME), {"tag": "reminder", "icon": icon}]
    assert page.request.get(f"{server.address}{icon}").ok

    worker.evaluate(TOUCHED)
    assert asked(page, worker, 4)[2:] == [["close"], ["focus"]]
    page.goto("about:blank")
    while worker.evaluate("async () => (await clients.matchAll({ type: 'window' })).length"):
        page.wait_for_timeout(20)
    worker.evaluate(TOUCHED)
    assert asked(page, worker, 6)[4:] == [["close"], ["open", "/home"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_names_no_treatment_in_any_language(language: str) -> None:
    name = speaker(language).say(NAME).lower()
    assert name
    for telling in ("bekken", "pelvi", "plancher", "becken", "train", "oefen", "exerc", "übung"):
        assert telling not in name
