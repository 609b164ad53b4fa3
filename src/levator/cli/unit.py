"""`levator clinic service`: the unit with which systemd runs the server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from levator.cli.serve import PORT
from levator.cli.serving import add_port
from levator.cli.speaking import hint
from levator.cli.storing import VARIABLE, url_of
from levator.errors import CallerError


def add_service(parser: argparse.ArgumentParser) -> None:
    """Add the words of the unit."""
    add_port(parser, PORT)
    parser.add_argument(
        "--folder",
        default="/var/lib/levator",
        metavar="DIR",
        help=hint("of the database; default %(default)s", default="/var/lib/levator"),
    )
    parser.add_argument(
        "--user",
        default="levator",
        metavar="NAME",
        help=hint("under which it runs; default %(default)s", default="levator"),
    )
    parser.add_argument(
        "--database-file",
        metavar="FILE",
        help=hint("with %(variable)s=URL in it, for a PostgreSQL server", variable=VARIABLE),
    )
    parser.add_argument("--backups", metavar="DIR", help=hint("make a backup there every day"))


#: It may write its own folder and nothing else, reaches private networks only, and gets no new
#: rights. Seats on a serial line need the devices, so these stay. However long its database is
#: away, it comes back.
_UNIT = """\
[Unit]
Description=levator
After=network-online.target postgresql.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
User={user}
SupplementaryGroups=dialout
WorkingDirectory={folder}
{environment}ExecStart={program} serve {words}--port {port}
Restart=on-failure
RestartSec=1
KillSignal=SIGINT
TimeoutStopSec=30
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateDevices=no
PrivateTmp=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
ReadWritePaths={writes}
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_BLUETOOTH
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
# This computer and private networks. Add what else opens levator, or where its database is.
IPAddressDeny=any
IPAddressAllow=localhost link-local 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7

[Install]
WantedBy=multi-user.target
"""


def print_unit(asked: argparse.Namespace) -> int:
    """Print the unit; its database is a file in the folder, or what a file of its own says."""
    folders = [one for one in (asked.folder, asked.backups) if one is not None]
    files = [one for one in (asked.database_file,) if one is not None]
    _check((*folders, *files), asked.user)
    database = url_of(Path(asked.folder) / "levator.db")
    words = "" if files else f"--database {database} "
    if asked.backups is not None:
        words += f"--backups {asked.backups} "
    unit = _UNIT.format(
        user=asked.user,
        folder=asked.folder,
        environment="".join(f"EnvironmentFile={one}\n" for one in files),
        program=Path(sys.executable).with_name("levator"),
        words=words,
        port=asked.port,
        writes=" ".join(folders),
    )
    print(unit, end="")
    return 0


def _check(places: tuple[str, ...], user: str) -> None:
    for given in (*places, user):
        if not given or any(sign.isspace() or sign in "%\"'\\" for sign in given):
            raise CallerError("%(text)r does not fit a service unit; leave out spaces.", text=given)
    for place in places:
        if not Path(place).is_absolute():
            raise CallerError(
                "%(text)r does not fit a service unit; begin at the root, such as "
                "/var/lib/levator.",
                text=place,
            )
