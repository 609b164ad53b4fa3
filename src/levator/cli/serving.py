"""What `serve` and `demo` share: under which address to answer, one recorder, plain words."""

from __future__ import annotations

import argparse
import errno
import gc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.speaking import hint, say, whole
from levator.cli.storing import folder_of, know_own_protocols
from levator.errors import CallerError, Phrase, system_reason

if TYPE_CHECKING:
    from levator.clinic import Clinic
    from levator.clinic.certificates import Tls
    from levator.web.app import App
    from levator.web.server import Reach

LOOPBACK = ("127.0.0.1", "localhost")
EVERYWHERE = "0.0.0.0"
_HIGHEST_PORT = 65_535


def add_port(parser: argparse.ArgumentParser, default_port: int) -> None:
    """Add the word --port."""
    parser.add_argument(
        "--port", type=whole, default=default_port, metavar="N", help=hint("0 takes a free one")
    )


def add_reach(parser: argparse.ArgumentParser) -> None:
    """Add the words that say from where levator may be opened."""
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        help=hint("answer on this address; default: this computer only, all with a certificate"),
    )
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE", help=hint("of the clinic, PEM, with its chain")
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help=hint("of the certificate, PEM"))
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help=hint("of a proxy before levator that does TLS; may be given several times"),
    )
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        metavar="NAME",
        help=hint("under which the proxy is opened; may be given several times"),
    )


def check_port(port: int) -> None:
    """Refuse a port that is none."""
    if not 0 <= port <= _HIGHEST_PORT:
        raise CallerError(
            "--port %(port)s is no port; take one from 0 to %(highest)s.",
            port=port,
            highest=_HIGHEST_PORT,
        )


def reach_of(asked: argparse.Namespace) -> Reach:
    """Return where to answer and how; raises CallerError for an open door."""
    from levator.clinic.showing import Showing
    from levator.web.server import Reach

    if asked.proxy:
        return _behind_proxy(asked)
    tls = _tls(asked)
    if tls is None:
        _check_loopback(asked.host)
        return Reach(asked.host or LOOPBACK[0])
    return Reach(asked.host or EVERYWHERE, tls, tls.names, showing=Showing(tls))


def _tls(asked: argparse.Namespace) -> Tls | None:
    from levator.clinic.certificates import check_name, checked, tls_in

    now, folder = datetime.now(UTC), folder_of(asked.database)
    if not asked.certificate and not asked.key:
        tls = tls_in(folder, now) if folder is not None else None
    elif asked.certificate and asked.key:
        tls = checked(asked.certificate, asked.key, now)
    else:
        raise CallerError("--certificate and --key belong together; give both.")
    for name in asked.host_name:
        if tls is None:
            raise CallerError(
                "--host-name belongs to a certificate or to --proxy; make one with levator clinic "
                "certificate, or leave it out."
            )
        check_name(tls, name)
    return tls


def _behind_proxy(asked: argparse.Namespace) -> Reach:
    from levator.web.server import Reach

    if asked.certificate or asked.key or not asked.host_name:
        raise CallerError(
            "Behind a proxy the proxy has the certificate: leave out --certificate and --key, "
            "and say with --host-name under which name it is opened."
        )
    for proxy in asked.proxy:
        _check_address(proxy)
    names = tuple(name.lower() for name in asked.host_name)
    return Reach(asked.host or LOOPBACK[0], None, names, tuple(asked.proxy))


def _check_address(proxy: str) -> None:
    from ipaddress import ip_network

    try:
        ip_network(proxy)
    except ValueError as error:
        raise CallerError(
            "--proxy %(text)r is no address; write for example 127.0.0.1.", text=proxy
        ) from error


def _check_loopback(host: str | None) -> None:
    if host is not None and host not in LOOPBACK:
        raise CallerError(
            "Without a certificate levator answers on this computer only (%(own)s), not on "
            "%(host)s: anybody on the network could read along. Make one with levator clinic "
            "certificate, give --certificate and --key, or leave out --host.",
            own=LOOPBACK[0],
            host=host,
        )


def opened_clinic(url: str) -> Clinic:
    """Open the storage for recording; tell what an earlier run had left open.

    Raises StorageError here, in a sentence, where another levator records into it.
    """
    from levator.clinic import open_clinic
    from levator.live.recorder import wall_clock

    know_own_protocols(url)
    clinic = open_clinic(url, folder_of(url))
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


def serve_clinic(
    clinic: Clinic, port: int, on_start: Callable[[App, str], None], reach: Reach | None = None
) -> None:
    """Serve until Ctrl-C; `on_start` gets the address once pages can be opened.

    Raises StorageError where something could not be saved before the end.
    """
    from levator.web.app import create_app
    from levator.web.server import Reach, serve

    reach = reach or Reach()
    authority = reach.tls.authority if reach.tls else None
    clinic.setup.in_browser = not reach.proxies
    if reach.showing is not None:
        clinic.showing = reach.showing
        clinic.tasks.append(reach.showing.look)
    app = create_app(clinic, names=reach.names, authority=authority)
    # What is loaded by now stays: a full collection that walks it would stop every room.
    gc.collect()
    gc.freeze()

    def started(address: str) -> None:
        app.painter.address = address
        on_start(app, address)

    try:
        serve(app, port, started, reach=reach, is_well=lambda: app.trouble is None)
    except OSError as error:
        raise CallerError(
            "Port %(port)s cannot be used (%(reason)s); choose another with --port.",
            port=port,
            reason=_why(error),
        ) from error
    except KeyboardInterrupt:
        # Ctrl-C is how a server is meant to be stopped.
        if app.trouble is None:
            print(say("Stopped; what was recorded is kept."))
    if app.trouble is not None:
        raise app.trouble
