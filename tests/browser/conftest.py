"""A real browser, accessibility checks, and Python for the browser."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

import dev
from levator.clinic import Clinic
from levator.clinic.accounts import Accounts
from levator.clinic.certificates import Tls, make_authority
from levator.live.room import Room
from levator.storage.memory import MemoryRepository
from levator.web.server import Reach
from tests.browser import chromium
from tests.browser.at_home import PHONE, Days
from tests.browser.desk import Desk
from tests.browser.home_plan import Run
from tests.browser.relay import Relay, relayed
from tests.browser.seat import OPTIONS, Opened, Seat
from tests.clinic.people import clinic_of_all_roles, quick_passwords
from tests.live.seats import SEAT, reference, sitting_at
from tests.outside import is_foreign
from tests.web.served import Served, served

#: So long a busy machine may take to show something; where time counts a test says so itself.
expect.set_options(timeout=15_000)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


#: The host that a certificate of the tests is for.
NAME = "levator.test"
Found = TypeVar("Found")


def or_fail(find: Callable[[], Found]) -> Found:
    """What `find` finds; a test that needs it fails with the reason, it is never skipped."""
    try:
        return find()
    except chromium.NoBrowserError as problem:
        pytest.fail(str(problem), pytrace=False)
    except SystemExit as problem:
        pytest.fail(f"npm could not fetch what this needs ({problem}); see above.", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests; a test opens its own contexts in it."""
    found = or_fail(chromium.find)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found.executable, args=chromium.FLAGS, env=found.environment
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    folder = tmp_path_factory.mktemp("tls")
    return make_authority(folder, "Praktijk Bos", [NAME], datetime.now(UTC))


@pytest.fixture(scope="session")
def trusting(browser: Browser, tls: Tls) -> Iterator[Browser]:
    """A browser that knows the host, and trusts the key of its certificate and no other."""
    key = x509.load_pem_x509_certificate(tls.certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(der).digest()).decode()
    found = or_fail(chromium.find)
    flags = [
        *chromium.FLAGS,
        "--host-resolver-rules=MAP *.test 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={pin}",
    ]
    running = browser.browser_type.launch(
        executable_path=found.executable, args=flags, env=found.environment
    )
    yield running
    running.close()


def base_of(request: Request) -> str:
    """The address of the page, or of the service worker, that asks."""
    worker = request.service_worker
    return worker.url if worker else request.frame.url


@contextmanager
def watched(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open contexts, each as a person of her own, with the options of a context.

    A test fails when a page's script threw an error that nobody caught, or when a page or its
    service worker loaded anything from another origin than its own.
    """
    contexts: list[BrowserContext] = []
    thrown: list[str] = []
    foreign: list[str] = []

    def look_at(request: Request) -> None:
        if request.service_worker is None and request.is_navigation_request():
            return
        if is_foreign(request.url, base_of(request)):
            foreign.append(f"{base_of(request)} loaded {request.url}")

    def open_context(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.on("request", look_at)
        context.on("weberror", lambda error: thrown.append(str(error.error)))
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()
    assert thrown == []
    assert foreign == []


@pytest.fixture
def over_tls(trusting: Browser) -> Iterator[Browser]:
    """The same for one test: what it opened is closed before its server is."""
    yield trusting
    for context in trusting.contexts:
        context.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own, as a second person would; takes context options."""
    with watched(browser) as open_context:
        yield lambda **options: open_context(**options).new_page()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A running server for one file's tests, with her reference measured before any waits."""
    reference()
    with served() as server:
        yield server


@pytest.fixture
def desk(server: Served, new_page: Callable[..., Page]) -> Iterator[Desk]:
    desk = Desk(server, new_page)
    yield desk

    async def ended() -> None:
        desk.room.stop("room", "stop")

    server.call(ended())


@pytest.fixture
def relay(server: Served) -> Iterator[Relay]:
    with relayed(server.address) as relay:
        yield relay


@pytest.fixture
def a_seat(server: Served, relay: Relay, new_page: Callable[..., Page]) -> Iterator[Opened]:
    """Open a room whose pages come through the relay."""
    rooms: list[Room] = []

    def open_seat(pace: str = "", *, is_calibrated: bool = True) -> Seat:
        async def opened() -> Room:
            sitting = sitting_at(server.clinic, SEAT + OPTIONS + pace)
            if is_calibrated:
                sitting = replace(sitting, reference=reference())
            room = await server.clinic.open_room(sitting)
            if is_calibrated:
                room.calibrate()
            return room

        rooms.append(server.call(opened()))
        port = int(relay.address.rpartition(":")[2])
        through = Served(server.clinic, relay.address, port, server._loop)
        return Seat(through, rooms[-1], new_page)

    yield open_seat

    async def ended() -> None:
        for room in rooms:
            room.stop("room", "stop")

    server.call(ended())


@pytest.fixture(scope="module")
def days() -> Days:
    return Days()


@pytest.fixture(scope="module")
def behind(tls: Tls, days: Days) -> Iterator[Served]:
    clinic = Clinic(MemoryRepository(), now=days)
    clinic.accounts = Accounts(clinic.repository, days, clinic.key, quick_passwords())
    clinic_of_all_roles(clinic.accounts)
    with served(clinic, Reach(tls=tls, names=tls.names)) as server:
        yield server


@pytest.fixture(scope="module")
def network(behind: Served) -> Iterator[Relay]:
    """What stands between the phones and the server; a worker too has no other way."""
    with relayed(f"https://127.0.0.1:{behind.port}") as relay:
        yield relay


@pytest.fixture(scope="module")
def home(behind: Served, network: Relay) -> Served:
    """One server for all of these tests; each has a woman of her own."""
    behind.address = f"https://{NAME}:{network.address.rpartition(':')[2]}"
    return behind


@pytest.fixture
def new_phone(over_tls: Browser, network: Relay) -> Iterator[Callable[..., BrowserContext]]:
    """A phone of somebody."""
    with watched(over_tls) as open_context:
        given = {"viewport": PHONE, "locale": "en-GB"}
        yield lambda **options: open_context(**given, **options)
    network.mend()


@pytest.fixture(scope="module")
def modules(server: Served, browser: Any) -> Iterator[Page]:
    """One page for all: nothing here is kept."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/sign-in")
    yield page
    context.close()


@pytest.fixture
def run(modules: Page) -> Run:
    """Run an expression over the names of the modules, and `given`."""

    def running(expression: str, given: object = None) -> Any:
        names = ("phone", "guide", "cues", "store", "sync", "keeper")
        imports = "".join(f'const {one} = await import("/static/home/{one}.js");' for one in names)
        script = f"async (given) => {{ {imports} return await ({expression}); }}"
        return modules.evaluate(script, json.loads(json.dumps(given)))

    return running


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """What axe-core finds wrong with a page (WCAG 2.2 AA and good practice), a line per finding.

    It is brought in through the debugger, so the page keeps its content security policy. `only` is
    the one rule to look at, where the others have been.
    """
    source = (or_fail(dev.npm_packages) / "axe-core/axe.min.js").read_text("utf-8")

    def violations(page: Page, only: str = "") -> list[str]:
        page.wait_for_load_state()  # its style too
        debugger = page.context.new_cdp_session(page)
        if not page.evaluate("'axe' in window"):
            debugger.send("Runtime.evaluate", {"expression": source})
        rules = {"type": "rule", "values": [only]} if only else RULES
        run = f"axe.run({{runOnly: {rules}, resultTypes: ['violations']}})"
        asked = {"expression": run, "awaitPromise": True, "returnByValue": True}
        answer = debugger.send("Runtime.evaluate", asked)
        debugger.detach()
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return [
            f"{found['id']}: {found['help']}: {node['html']}"
            for found in answer["result"]["value"]["violations"]
            for node in found["nodes"]
        ]

    return violations


@pytest.fixture(scope="session")
def pyodide() -> Path:
    """The folder of CPython for the browser, to be served as it is."""
    return or_fail(dev.npm_packages) / "pyodide"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
