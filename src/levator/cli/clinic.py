"""Set up and look after a clinic from the terminal of its own computer."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.pushed import add_push, settle_push
from levator.cli.serve import PORT
from levator.cli.serving import LOOPBACK, add_port
from levator.cli.settled import add_file, add_settings, begin_protocol, settle
from levator.cli.speaking import hint, language, say
from levator.cli.storing import add_database, folder_of, how_to_start
from levator.cli.unit import add_service, print_unit
from levator.errors import CallerError, mark

if TYPE_CHECKING:
    from levator.clinic import Clinic
    from levator.clinic.certificates import Tls

ABOUT = mark(
    "Set up and look after a clinic: its first admin, a link for who lost everything, the\n"
    "certificate with which tablets open it, and the unit with which systemd runs it."
)
EXAMPLES = """\
levator clinic init --clinic "Praktijk Bos" --name "Anke Bos" --email anke@bos.example
levator clinic certificate --host-name levator.local --host-name 192.168.1.20
levator clinic invite --email anke@bos.example
levator clinic key exchange
levator clinic settings --protocol our-clinic.toml
levator clinic push --contact mailto:it@bos.example
levator clinic service --folder /var/lib/levator > levator.service
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a word for each thing to do."""
    words = parser.add_subparsers(metavar="WHAT", required=True)
    for word, (about, add, run_it) in _WORDS.items():
        one = words.add_parser(word, help=hint(about), description=say(about))
        one.set_defaults(run_it=run_it)
        add(one)


def run(asked: argparse.Namespace) -> int:
    """Do it."""
    return int(asked.run_it(asked))


# --- init


def _add_init(parser: argparse.ArgumentParser) -> None:
    add_database(parser)
    add_port(parser, PORT)
    parser.add_argument("--clinic", required=True, metavar="NAME", help=hint("of the clinic"))
    parser.add_argument("--name", required=True, metavar="NAME", help=hint("of its first admin"))
    parser.add_argument("--email", required=True, metavar="ADDRESS", help=hint("of that admin"))
    parser.add_argument(
        "--therapist-email",
        default="",
        metavar="ADDRESS",
        help=hint("another address of the same person, for a second account, as a therapist"),
    )
    _add_host_names(parser, is_required=False)


def _add_host_names(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        required=is_required,
        metavar="NAME",
        help=hint("or address under which tablets open levator; may be given several times"),
    )


def _init(asked: argparse.Namespace) -> int:
    from levator.clinic.certificates import check_names
    from levator.clinic.setup import NewClinic

    check_names(_folder(asked.database), asked.host_name)
    wish = NewClinic(asked.clinic, asked.name, asked.email, language(), asked.therapist_email)
    with _opened(asked.database, create=True) as clinic:
        links = clinic.setup.init(wish)
        tls = _certificate(asked, asked.clinic) if asked.host_name else _tls_of(asked)
    for email, token in links:
        _print_link(email, _origin(asked, tls), token)
    print(how_to_start(asked.database))
    return 0


# --- invite


def _add_invite(parser: argparse.ArgumentParser) -> None:
    add_database(parser)
    add_port(parser, PORT)
    parser.add_argument("--email", required=True, metavar="ADDRESS", help=hint("of the account"))
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))


def _invite(asked: argparse.Namespace) -> int:
    with _opened(asked.database, create=False) as clinic:
        user, token = clinic.setup.invite(asked.email, asked.clinic)
    _print_link(user.email, _origin(asked, _tls_of(asked)), token)
    return 0


# --- key


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=tuple(_KEY_ACTS),
        metavar="ACT",
        help=hint("make: one where it is lost for good; exchange: another, where others know it"),
    )
    add_database(parser)


def _key(asked: argparse.Namespace) -> int:
    return _KEY_ACTS[asked.act](asked)


def _exchange_key(asked: argparse.Namespace) -> int:
    from levator.clinic import Clinic
    from levator.clinic.new_key import exchange_key
    from levator.live.recorder import wall_clock
    from levator.storage import open_repository

    folder = _folder(asked.database)
    with open_repository(asked.database, create=False) as repository:
        repository.recover_interrupted(wall_clock())  # refused while a server has the database
        count = exchange_key(Clinic(repository).accounts, folder)
    print(say("There is a new key file; apps for codes go on as they are: %(count)s.", count=count))
    return 0


def _make_key(asked: argparse.Namespace) -> int:
    from levator.clinic.seal_key import KEY_FILE, key_beside
    from levator.storage import open_repository

    folder = _folder(asked.database)
    file = folder / KEY_FILE
    was_there = file.exists()
    with open_repository(asked.database, create=False):
        key_beside(folder)
    if was_there:
        print(say("The key %(file)s is there already; nothing was made.", file=str(file)))
    else:
        print(say("The key is %(file)s; keep a copy of it.", file=str(file)))
    return 0


_KEY_ACTS = {"make": _make_key, "exchange": _exchange_key}


# --- certificate


def _add_certificate(parser: argparse.ArgumentParser) -> None:
    add_database(parser)
    _add_host_names(parser, is_required=False)


def _make_certificate(asked: argparse.Namespace) -> int:
    _certificate(asked, asked.host_name[0] if asked.host_name else "")
    return 0


def _certificate(asked: argparse.Namespace, clinic: str) -> Tls:
    from levator.clinic.certificates import fingerprint, made_or_renewed

    tls = made_or_renewed(_folder(asked.database), clinic, asked.host_name, datetime.now(UTC))
    print(say("The certificate is for %(names)s.", names=tls.names))
    print(say("Install it on each tablet from the page /authority of the address that is served."))
    print(say("There compare the fingerprint: %(text)s", text=fingerprint(tls.authority or b"")))
    return tls


# --- What they share


@contextmanager
def _opened(url: str, *, create: bool) -> Iterator[Clinic]:
    from levator.clinic import Clinic
    from levator.clinic.seal_key import key_for
    from levator.storage import open_repository

    folder = _folder(url)
    with open_repository(url, create=create) as repository:
        yield Clinic(repository, key=key_for(repository, folder))


def _folder(url: str) -> Path:
    from levator.storage import check_url
    from levator.storage.folder import check_folder

    check_url(url)
    folder = folder_of(url)
    if folder is None:
        raise CallerError("A clinic needs a database that stays; name one with --database.")
    check_folder(folder)
    return folder


def _tls_of(asked: argparse.Namespace) -> Tls | None:
    from levator.clinic.certificates import tls_in

    return tls_in(_folder(asked.database), datetime.now(UTC))


def _origin(asked: argparse.Namespace, tls: Tls | None) -> str:
    """The address under which the first name is opened."""
    if tls is None:
        return f"http://{LOOPBACK[0]}:{asked.port}"
    return f"https://{tls.names[0]}:{asked.port}"


def _print_link(email: str, origin: str, token: str) -> None:
    link = f"{origin}/invitation/{token}"
    print(say("The link for %(email)s: %(link)s", email=email, link=link))
    print(say("It works once, within a week, and sets the password."))


_Add = Callable[[argparse.ArgumentParser], None]
_Run = Callable[[argparse.Namespace], int]
_WORDS: dict[str, tuple[str, _Add, _Run]] = {
    "init": (mark("make a clinic and its first admin"), _add_init, _init),
    "invite": (
        mark("make a new link for an account that cannot sign in any more"),
        _add_invite,
        _invite,
    ),
    "certificate": (
        mark("make the clinic's own authority and certificate, or renew the certificate"),
        _add_certificate,
        _make_certificate,
    ),
    "settings": (
        mark("the protocol of new courses, and for how many years records are kept"),
        add_settings,
        settle,
    ),
    "protocol": (
        mark("a protocol to begin one of your own from"),
        add_file,
        begin_protocol,
    ),
    "key": (
        mark("make or exchange the key file that seals the secrets of apps; stop the server first"),
        _add_key,
        _key,
    ),
    "push": (
        mark("let browsers of patients be reminded, with keys of the clinic's own; or no more"),
        add_push,
        settle_push,
    ),
    "service": (mark("print the unit with which systemd runs the server"), add_service, print_unit),
}
