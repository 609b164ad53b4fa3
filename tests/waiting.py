"""Waiting in a test for what happens in its own time, in a thread or on a server."""

import time
from collections.abc import Callable

# for a machine that stalls; no figure that anything promises
PATIENCE_S = 30.0


def wait_for(is_so: Callable[[], bool], every_s: float = 0.02) -> None:
    """Return once it is so; on a busy machine that may take a while."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError("it did not come")
        time.sleep(every_s)
