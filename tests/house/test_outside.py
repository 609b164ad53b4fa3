"""The watch over connections sees one that leaves this computer, however it is hidden."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dev
from tests import outside

ROOT = Path(__file__).parents[2]
#: Of a net that is set aside for documents: nobody answers there.
NOBODY = "192.0.2.1"


@pytest.mark.parametrize(
    "address",
    [("127.0.0.1", 80), ("::1", 80, 0, 0), ("", 0), "/tmp/socket", b"\0name", "localhost", None],
)
def test_this_computer_is_here(address: object) -> None:
    assert outside.is_here(address)


@pytest.mark.parametrize("address", [(NOBODY, 80), ("2001:db8::1", 80, 0, 0), "pypi.example"])
def test_any_other_is_not(address: object) -> None:
    assert not outside.is_here(address)


def connect() -> None:
    with socket.socket() as one:
        one.connect((NOBODY, 80))


def send() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"hello", (NOBODY, 9))


def ask_for_a_name() -> None:
    socket.getaddrinfo("levator.example", 443)


async def _open() -> None:
    await asyncio.open_connection(NOBODY, 80)


def connect_later() -> None:
    asyncio.run(_open())


@pytest.mark.parametrize("way", [connect, send, ask_for_a_name, connect_later])
def test_whoever_goes_outside_is_stopped_and_told_of(way: Callable[[], None]) -> None:
    with contextlib.suppress(outside.OutsideError):
        way()
        pytest.fail("it got out")
    assert len(outside.attempts) == 1
    outside.attempts.clear()


PLANTED = f"""
import socket

def test_it_swallows_what_stops_it():
    try:
        socket.create_connection(("{NOBODY}", 80), timeout=1)
    except OSError:
        pass
"""


def test_a_test_that_swallows_the_refusal_is_red(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    (tmp_path / "conftest.py").write_text("from tests.conftest import *  # noqa\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"socket.getaddrinfo {NOBODY}" in done.stdout


def test_a_page_loads_from_its_own_origin_only() -> None:
    page = "http://127.0.0.1:81/rooms"
    for own in ("http://127.0.0.1:81/static/a.js", "ws://127.0.0.1:81/board/line", "data:,x"):
        assert not outside.is_foreign(own, page)
    for foreign in ("http://127.0.0.1:82/a.js", "https://127.0.0.1:81/", "http://fonts.example/a"):
        assert outside.is_foreign(foreign, page)


def test_where_the_network_can_be_taken_away_nothing_gets_out() -> None:
    """Elsewhere than as root on Linux it cannot; the watch above is all there is then."""
    off = dev.network_off()
    look = "import socket; print([name for _, name in socket.if_nameindex()])"
    plant = f"import socket; socket.create_connection(('{NOBODY}', 80), timeout=5)"
    seen, planted = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=off)
        for code in (look, plant)
    )
    assert off is None or seen.stdout.strip() == "['lo']"
    assert off is None or "Network is unreachable" in planted.stderr


#: A server with a sitting open and a page looked at; then what the kernel has counted.
SERVED = """
from tests.outside import no_ways_found
from tests.web.forms import hear, hello, opened
from tests.web.served import served

with served() as server, server.client() as client:
    with server.line(client, f"{opened(client)}/line") as screen:
        hello(screen)
        assert hear(screen)["type"] == "picture"
    assert client.get("/patients").status_code == 200
"""
TRIED = """
import subprocess, sys
code = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))"
subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
"""


@pytest.mark.parametrize("off", [off] if (off := dev.network_off()) else [])
@pytest.mark.parametrize(("code", "ways"), [(SERVED, "0"), (SERVED + TRIED, "1")])
def test_a_whole_server_and_what_it_starts_look_for_no_way_out(
    code: str, ways: str, off: Callable[[], None]
) -> None:
    command = [sys.executable, "-c", code + "print(no_ways_found())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=off)
    assert done.stdout.splitlines()[-1:] == [ways], done.stderr
