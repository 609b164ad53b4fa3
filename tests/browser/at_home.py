"""A woman who trains at home, and the phone in her hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from playwright.sync_api import BrowserContext, Error, Locator, Page, Worker, expect

from levator.clinic import patients, treatment
from levator.clinic.home import prescribing
from levator.clinic.home.prescribing import HomeWanted
from levator.clinic.invitations import Invitations
from levator.clinic.patients import PatientDetails
from levator.records.access import Actor
from levator.records.entity import Entity
from levator.records.home import HomeSession
from levator.records.people import User
from levator.records.work import where
from tests.browser.relay import Relay
from tests.clinic.people import TENANT
from tests.web.forms import new_id
from tests.web.served import Served
from tests.web.signing import GOOD

Kept = TypeVar("Kept", bound=Entity)
THERAPIST = Actor(f"{TENANT}-therapist", TENANT, "therapist")
#: Short, so that nobody waits for it: three quick ones, and only a few of them.
STRENGTH = {"exercise": "strength", "because": "as agreed", "repetitions": 3, "times_a_day": 2}


@dataclass(frozen=True)
class She:
    """Her record, her account, and the link of her invitation."""

    patient_id: str
    user: User
    link: str


def invited(
    server: Served, *prescribed: dict[str, Any], number: int = 1, language: str = "en"
) -> She:
    """Eight weeks after a birth, cleared, prescribed, and invited."""
    acts = server.clinic.acts
    details = PatientDetails(given_name="Mia", family_name=f"Jansen {number}", language=language)
    her = patients.make(acts, THERAPIST, new_id(), details).id
    born_on = (datetime.now().astimezone().date() - timedelta(weeks=8)).isoformat()
    birth: dict[str, Any] = {"born_on": born_on, "mode": "vaginal", "complications": []}
    treatment.keep_birth(acts, THERAPIST, her, new_id(), **birth)
    signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": born_on}
    treatment.sign_clearance(acts, THERAPIST, her, new_id(), **signed)
    for wanted in prescribed or (STRENGTH,):
        prescribing.prescribe(acts, THERAPIST, her, new_id(), HomeWanted(**wanted))
    invitations = Invitations(server.clinic.accounts)
    user, token = invitations.invite_patient(THERAPIST, her, f"mia{number}@her.example")
    return She(her, user, f"{server.address}/invitation/{token}")


def known(server: Served, *prescribed: dict[str, Any], number: int, language: str = "en") -> She:
    """Somebody who has accepted her invitation before."""
    she = invited(server, *prescribed, number=number, language=language)
    with server.clinic.repository.work(writes=True) as work:
        user = work.get(User, she.user.id, TENANT)
        work.put(replace(user, state="active", language=language))
    return she


PHONE = {"width": 390, "height": 844}
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
_numbers = iter(range(1, 100))


class Days:
    """The clinic's clock, which goes on by days when it is told to."""

    def __init__(self) -> None:
        self.on = timedelta()

    def __call__(self) -> datetime:
        return datetime.now().astimezone() + self.on


def goes(network: Relay, context: BrowserContext) -> None:
    """The phone has no network any more."""
    network.cut()
    context.set_offline(True)


def comes(network: Relay, context: BrowserContext) -> None:
    network.mend()
    context.set_offline(False)


def woman(home: Served, *prescribed: dict[str, object]) -> She:
    return invited(home, *prescribed, number=next(_numbers))


def accepted(context: BrowserContext, she: She) -> Page:
    """She opens the link of her invitation and chooses a password: one touch."""
    page = context.new_page()
    page.goto(she.link)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same password again").fill(GOOD)
    page.get_by_role("button", name="Keep this password").click()
    expect(page).to_have_url(f"{she.link.split('/invitation')[0]}/home")
    return page


def eventually(page: Page | Worker, script: str, given: object = None) -> None:
    """A promise is asked again and again until it gives what is true."""
    for _ in range(100):
        if page.evaluate(script, given):
            return
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    raise AssertionError(script)


def settles(page: Page) -> None:
    """What has just come takes no tap yet, as `static/home/slips.js` has it."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 500))")


#: The first that hears of a tap after `static/home/slips.js`; on another page nobody listens.
LISTENED = """() => {
    window.isCounted = false;
    const counted = () => { window.isCounted = true; };
    document.addEventListener("click", counted, { capture: true, once: true });
}"""


def tap(touched: Locator, passes: Callable[[int], None] | None = None) -> None:
    """Tap as she does: again after a moment, where something came by itself just before.

    Where a test holds the clock, it says what makes so many milliseconds pass.
    """
    for _ in range(10):
        touched.page.evaluate(LISTENED)
        touched.click()
        try:
            if touched.page.evaluate("() => window.isCounted !== false"):
                return
        except Error:  # the page went while it was asked
            return
        (passes or touched.page.wait_for_timeout)(500)
    raise AssertionError(f"no tap counted: {touched}")


def well(page: Page, passes: Callable[[int], None] | None = None) -> None:
    """Nothing of the red flags, and no pain: two touches."""
    tap(page.get_by_role("button", name="None of these"), passes)
    tap(page.get_by_role("button", name="0", exact=True), passes)
    expect(page.get_by_role("link", name="Begin").first).to_be_visible()


def kept_of(home: Served, she: She, kind: type[Kept]) -> list[Kept]:
    """What the clinic keeps of a kind of hers."""
    with home.clinic.repository.work(writes=False) as work:
        return list(work.find(kind, TENANT, where(patient_id=she.patient_id)))


def sessions_of(home: Served, she: She) -> list[HomeSession]:
    return kept_of(home, she, HomeSession)


def rests(page: Page) -> None:
    """The page has sent everything."""
    expect(page.locator("#note-unsent")).to_be_hidden()
    expect(page.locator("#unsent-short")).to_have_text("")


def settled(context: BrowserContext, she: She) -> Page:
    """She is in, well today, and her phone has everything; nothing is under way."""
    page = accepted(context, she)
    well(page)
    page.wait_for_function(CONTROLLED)
    rests(page)
    return page


#: What a browser keeps of the pages at home: databases, caches, workers.
KEPT = """async () => [
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""
#: Something that was done, and never sent.
LEFT_BEHIND = """async ([whose, id, at]) => {
    const { openStore } = await import("/static/home/store.js");
    const done = { exercise: "strength", repetitions: 3, lasted_s: 20, ended_by: "done" };
    const told = { pain: null, leaked: null, was_leased: true };
    const when = { on_day: at.slice(0, 10), started_at: at };
    const one = { list: "sessions", id, ...done, ...told, ...when };
    await (await openStore(whose, false)).keep({ put: [one] });
}"""


def is_told_and_comes(network: Relay, page: Page) -> None:
    """Without a network she stays and reads so; with one again the note goes by itself."""
    far = page.locator("#note-far")
    expect(far).to_have_text("No internet now. Try it again later.")
    expect(far).to_be_visible()
    comes(network, page.context)
    expect(far).to_be_hidden()
    settles(page)
