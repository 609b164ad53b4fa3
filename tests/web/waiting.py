"""Waiting in a test for what a server does in its own time."""

import time
from collections.abc import Callable

PATIENCE_S = 20.0


def wait_for(is_so: Callable[[], bool], every_s: float = 0.02) -> None:
    """Return once it is so; on a busy machine that may take a while."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError("it did not come")
        time.sleep(every_s)
