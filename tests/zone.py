"""Another time zone than this computer's, for as long as a test is in it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

#: The zone of a program is its computer's where it cannot be chosen.
needs_zones = pytest.mark.skipif(not hasattr(time, "tzset"), reason="no zone can be chosen here")


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """Be in a zone, by the name that `TZ` has for it."""
    before = os.environ.get("TZ")
    _choose(name)
    try:
        yield
    finally:
        _choose(before)


def _choose(name: str | None) -> None:
    if name is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = name
    time.tzset()
