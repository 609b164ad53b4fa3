"""No test reaches beyond this computer: whoever tries is told so, and its test is red.

A watch over every connection that Python makes in the tests' own process. What other programs
try finds no way out where `python3 dev.py test` takes the network away; see CONTRIBUTING. There
the kernel counts who looked for one (a browser does so by itself, so not every test is held to it).
"""

from __future__ import annotations

import ipaddress
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

#: What was tried since the last test, in words.
attempts: list[str] = []
_HERE = {"", "localhost", "localhost.localdomain"}
#: Event of the audit of Python -> place of the address among its arguments.
_EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


class OutsideError(OSError):
    """Something in a test wanted to go beyond this computer."""


def is_here(address: object) -> bool:
    """Return whether an address is on this computer: loopback, a file's socket, or none."""
    if isinstance(address, tuple):
        address = address[0]
    if isinstance(address, (bytes, bytearray)):
        address = bytes(address).decode("utf-8", "replace")
    if not isinstance(address, str) or "/" in address or address in _HERE or "\0" in address:
        return True
    with suppress(ValueError):
        found = ipaddress.ip_address(address.partition("%")[0])
        return found.is_loopback or found.is_unspecified
    return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    place = _EVENTS.get(event)
    if place is None or is_here(arguments[place]):
        return
    attempts.append(f"{event} {arguments[place]}")
    raise OutsideError(f"a test may not reach {arguments[place]}")


def watch() -> None:
    """Begin, for as long as this process lives."""
    sys.addaudithook(_watch)


def no_ways_found(net: Path = Path("/proc/net")) -> int:
    """Return how often any program here looked for a way out and found none.

    0 where there is one, and where nobody counts.
    """
    if not (net / "snmp").exists() or len((net / "route").read_text().splitlines()) > 1:
        return 0
    names, counts = (
        line.split() for line in (net / "snmp").read_text().splitlines() if line[:3] == "Ip:"
    )
    found = int(dict(zip(names, counts, strict=True))["OutNoRoutes"])
    rows = (line.split() for line in (net / "snmp6").read_text().splitlines())
    return found + sum(int(count) for name, count in rows if name == "Ip6OutNoRoutes")


def is_foreign(url: str, page: str) -> bool:
    """Return whether a page loads from another origin than its own."""
    asked, own = urlsplit(url), urlsplit(page)
    if asked.scheme in ("data", "blob", "about"):
        return False
    return (asked.scheme.replace("ws", "http"), asked.netloc) != (own.scheme, own.netloc)
