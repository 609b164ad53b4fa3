"""What `serve` and `demo` share: this computer only, one recorder, plain words."""

from __future__ import annotations

import argparse
import errno
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

from levator.cli.speaking import hint, say, whole
from levator.errors import CallerError, Phrase, system_reason

if TYPE_CHECKING:
    from levator.clinic import Clinic

LOOPBACK = ("127.0.0.1", "localhost")
_HIGHEST_PORT = 65_535


def add_address(parser: argparse.ArgumentParser, default_port: int) -> None:
    """Add the words --host and --port."""
    parser.add_argument(
        "--port", type=whole, default=default_port, metavar="N", help=hint("0 takes a free one")
    )
    parser.add_argument("--host", default=LOOPBACK[0], help=hint("this computer only: 127.0.0.1"))


def check_address(asked: argparse.Namespace) -> None:
    """Refuse another host, and a port that is none."""
    if asked.host not in LOOPBACK:
        raise CallerError(
            "levator answers on this computer only (%(own)s), not on %(host)s: there are "
            "no accounts yet, so anybody on the network could see a patient. Leave out "
            "--host.",
            own=LOOPBACK[0],
            host=asked.host,
        )
    if not 0 <= asked.port <= _HIGHEST_PORT:
        raise CallerError(
            "--port %(port)s is no port; take one from 0 to %(highest)s.",
            port=asked.port,
            highest=_HIGHEST_PORT,
        )


def opened_clinic(url: str) -> Clinic:
    """Open the storage for recording; tell what an earlier run had left open.

    Raises StorageError here, in a sentence, where another levator records into it.
    """
    from levator.clinic import open_clinic
    from levator.live.recorder import wall_clock

    clinic = open_clinic(url)
    try:
        interrupted = clinic.repository.recover_interrupted(wall_clock())
    except BaseException:
        clinic.repository.close()
        raise
    for header in interrupted:
        text = say(
            "Recording %(recording)s had been interrupted; it is closed and kept as it is.",
            recording=header.id,
        )
        print(text)
    return clinic


def _why(error: OSError) -> Phrase:
    if error.errno == errno.EADDRINUSE:
        return Phrase("another program uses it")
    return system_reason(error)


def serve_clinic(clinic: Clinic, port: int, on_start: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `on_start` gets the address once pages can be opened."""
    from levator.web.app import create_app
    from levator.web.server import serve

    app = create_app(clinic)
    # What is loaded by now stays: a full collection that walks it would stop every room.
    gc.collect()
    gc.freeze()

    def started(address: str) -> None:
        app.painter.address = address
        on_start(address)

    try:
        serve(app, port, started)
    except OSError as error:
        raise CallerError(
            "Port %(port)s cannot be used (%(reason)s); choose another with --port.",
            port=port,
            reason=_why(error),
        ) from error
    except KeyboardInterrupt:
        # Ctrl-C is how a server is meant to be stopped.
        print(say("Stopped; what was recorded is kept."))
