"""The line to a PostgreSQL server: on another computer over TLS only, with its certificate checked.

On this computer, over loopback or a socket file, nobody else hears it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from levator.errors import StorageError

#: The one way in which libpq checks who answers: the certificate and the name in it.
CHECKED = "verify-full"


def check_line(given: Mapping[str, Any]) -> None:
    """Raise StorageError unless the server is here or its certificate is checked.

    given : what the address says, in the words of libpq. What it leaves out libpq takes from
        the environment.
    """
    asked = _by_default() | {name: str(value) for name, value in given.items()}
    if _is_here(asked) or asked.get("sslmode") == CHECKED:
        return
    raise StorageError(
        "A PostgreSQL server on another computer is reached only over TLS with its certificate "
        "checked: add sslmode=verify-full to its address, and sslrootcert=FILE for an authority "
        "of your own."
    )


def _by_default() -> dict[str, str]:
    from psycopg.pq import Conninfo

    options = Conninfo.get_defaults()
    return {one.keyword.decode(): one.val.decode() for one in options if one.val is not None}


def _is_here(asked: Mapping[str, str]) -> bool:
    """Whether all servers that may be meant are on this computer; a service names any."""
    if asked.get("service"):
        return False
    places = asked.get("hostaddr") or asked.get("host") or ""
    return all(map(_is_of_this_computer, places.split(",")))


def _is_of_this_computer(place: str) -> bool:
    if place == "localhost" or place[:1] in ("", "/", "@"):
        return True
    try:
        return ip_address(place).is_loopback
    except ValueError:
        return False
