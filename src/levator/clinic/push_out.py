"""The one call that levator makes to elsewhere: a message without content, to a push service.

Only to hosts that the clinic names, only over TLS to port 443, only to an address of the open
internet, and never on to where an answer points.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from levator.clinic.push_key import PushKey
from levator.quantities import Seconds

TIMEOUT_S: Seconds = 5.0
#: So long a service keeps a message for a browser that is off: an hour later it is no reminder.
_KEPT_S = 3600
#: So long a signature holds; services take a day at most.
_HOLDS_S = 3600
_PORT = 443
#: What the internet gives out of IPv6, and how IPv4 is reached from a network without it.
_UNICAST, _NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")
#: Host -> address and port to connect to; raises OSError.
Resolve = Callable[[str], tuple[str, int]]


def public_address(host: str) -> tuple[str, int]:
    """Return an address of a host in the open internet; raises OSError where one is not.

    A name may be turned to point into the clinic's own network; then nothing is called.
    """
    found = {str(one[4][0]) for one in socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)}
    if not all(map(is_public, found)):
        raise OSError(f"{host} is no address of the open internet")
    # IPv4 first: a clinic without IPv6 has no way out by it.
    return min(found, key=lambda one: (":" in one, one)), _PORT


def is_public(address: str) -> bool:
    """Return whether an address is one of the open internet, and of one computer there."""
    number = ip_address(address.partition("%")[0])
    inner = _inner(number) if isinstance(number, IPv6Address) else number
    return inner is not None and all(
        one.is_global and not one.is_multicast for one in (number, inner)
    )


def _inner(number: IPv6Address) -> IPv4Address | IPv6Address | None:
    """Return what is reached by an address: of the old way over IPv4, the one that stands in it."""
    if number in _NAT64:
        return IPv4Address(int(number) & 0xFFFF_FFFF)
    return number.sixtofour or number if number in _UNICAST else None


class _ToAddress(http.client.HTTPSConnection):
    """Connects to an address that was looked at, and asks for the certificate of the name."""

    def __init__(self, host: str, at: tuple[str, int], trusted: ssl.SSLContext) -> None:
        super().__init__(host, timeout=TIMEOUT_S, context=trusted)
        self._at, self._trusted = at, trusted

    def connect(self) -> None:
        """Connect and check whose it is; raises OSError."""
        plain = socket.create_connection(self._at, TIMEOUT_S)
        try:
            self.sock = self._trusted.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@dataclass(frozen=True, slots=True)
class PushOut:
    """Sends with the keys of a clinic. `now_s` is seconds since 1970."""

    key: PushKey
    now_s: Callable[[], float]
    resolve: Resolve = public_address
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, endpoint: str) -> int | None:
        """Return the status with which a service answers; None where it does not, or where
        nothing may be sent there."""
        host = self.key.service_of(endpoint)
        if host is None:
            return None
        try:
            line = _ToAddress(host, self.resolve(host), self.trusted)
            try:
                line.request("POST", _path(endpoint), headers=self._headers(host))
                return line.getresponse().status
            finally:
                line.close()
        except (OSError, UnicodeError, http.client.HTTPException):
            return None

    def _headers(self, host: str) -> dict[str, str]:
        import jwt

        claims = {
            "aud": f"https://{host}",
            "exp": int(self.now_s()) + _HOLDS_S,
            "sub": self.key.contact,
        }
        signed = jwt.encode(claims, self.key.private, algorithm="ES256")
        return {
            "Authorization": f"vapid t={signed}, k={self.key.public}",
            "TTL": str(_KEPT_S),
            "Content-Length": "0",
        }


def _path(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
