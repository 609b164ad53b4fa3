"""`levator clinic settings` and `levator clinic protocol`: what a clinic settles for itself."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from levator.cli.files import writing
from levator.cli.speaking import hint, say, whole
from levator.cli.storing import add_database, open_existing, protocols_of
from levator.errors import CallerError

#: A whole protocol, as short as one can be, to begin from.
EXAMPLE = Path(__file__).with_name("our-clinic.toml")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what can be settled; without any of it the settings are printed."""
    add_database(parser)
    parser.add_argument("--clinic", metavar="NAME", help=hint("where there are several"))
    parser.add_argument(
        "--protocol",
        metavar="PROTOCOL",
        help=hint("of new courses: the id of one, or a .toml file of the clinic's own"),
    )
    parser.add_argument(
        "--retention-years",
        type=whole,
        metavar="N",
        help=hint("for which a record is kept after the last day on which anything happened"),
    )


def settle(asked: argparse.Namespace) -> int:
    """Change what is asked, then print what holds."""
    from levator.clinic import settings
    from levator.clinic.acting import Acts
    from levator.clinic.terminal import at_terminal, the_tenant
    from levator.live.recorder import wall_clock

    with open_existing(asked.database) as repository:
        acts = Acts(repository, wall_clock)
        actor = at_terminal(the_tenant(repository, asked.clinic).id)
        if asked.protocol is not None or asked.retention_years is not None:
            file = _file_of(asked.protocol)
            tenant = settings.change(
                acts,
                actor,
                protocol=asked.protocol,
                file=file,
                folder=protocols_of(asked.database),
                retention_years=asked.retention_years,
            )
            print(say("Changed; a server that runs knows it once it is started again."))
        else:
            tenant = settings.read(acts, actor)
    print(say("New courses begin with the protocol %(protocol)s.", protocol=tenant.protocol))
    print(say("Records are kept for %(years)s years.", years=tenant.retention_years))
    return 0


def _file_of(word: str | None) -> Path | None:
    if word is None or not word.endswith(".toml"):
        return None
    from levator.storage.folder import check_folder

    file = Path(word)
    check_folder(file.parent)
    if not file.is_file():
        raise CallerError("There is no file %(file)s; mend the name.", file=word)
    return file


def add_file(parser: argparse.ArgumentParser) -> None:
    """Add where the protocol goes."""
    parser.add_argument("file", metavar="FILE", nargs="?", help=hint("to write; none prints it"))


def begin_protocol(asked: argparse.Namespace) -> int:
    """Print the protocol to begin from, or write it under a name of the clinic's own."""
    text = EXAMPLE.read_text("utf-8")
    if asked.file is None:
        print(text, end="")
        return 0
    file = Path(asked.file)
    if file.suffix != ".toml" or not re.fullmatch("[a-z0-9-]+", file.stem):
        raise CallerError(
            "%(file)s is no name for a protocol; write small letters, digits and hyphens, and "
            ".toml behind them.",
            file=file.name,
        )
    with writing(file), file.open("x", encoding="utf-8") as kept:
        kept.write(text.replace(EXAMPLE.stem, file.stem, 1))
    print(say("%(file)s is yours now; open it in a text editor.", file=file.name))
    return 0
