"""``levator``: one word picks a command, each command is a module of its own.

A command module has `ABOUT` and `EXAMPLES` for its help, `add_arguments(parser)` and
`run(arguments) -> exit code`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from levator import __version__
from levator.cli.speaking import argparse_speaks, error, hint, say
from levator.errors import LevatorError, mark

#: Word -> what it does. The module is `levator.cli.<word>`.
COMMANDS = {
    "demo": mark("a simulated patient on two screens, on this computer, with one command"),
    "serve": mark("the clinic's server: sign-in, live training, reports"),
    "clinic": mark("set up and look after a clinic: admin, certificate, service"),
    "replay": mark("run the engine over a recording and print what it finds"),
    "report": mark("write the report of a stored session"),
    "devices": mark("list the kinds of device and how to name one"),
    "check": mark("check library files and recordings"),
    "backup": mark("write a backup, also while a server is running"),
    "restore": mark("make a database of a backup"),
    "export": mark("write everything of a patient to a file for her"),
    "import": mark("take in a patient whom another clinic has exported"),
    "erase": mark("erase a patient, down to the bytes"),
    "research": mark("write what women gave to research to a file, without a name"),
    "retention": mark("list the records whose time is past"),
    "audit": mark("check the audit, or show who looked"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors are one plain sentence on standard error and exit code 1."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    with argparse_speaks():
        command, asked = _understood(words)
    try:
        return int(command.run(asked))
    except LevatorError as trouble:
        print(f"levator {words[0]}: {error(trouble)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(say("Stopped."), file=sys.stderr)
        return 130
    except EOFError:
        text = say("Nobody is at a terminal to ask; give --yes, or --passphrase-file for a backup.")
        print(f"levator {words[0]}: {text}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of a pipe has seen enough; that is no error of ours.
        sys.stderr.close()
        return 0


def _understood(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace]:
    """Return the command and what is asked of it; help and wrong words end the program here."""
    if not words or words[0] not in COMMANDS:
        parser = _parser()
        parser.parse_args(words or ["--help"])
        parser.error(say("name a command; levator --help lists them"))
    command = import_module(f"levator.cli.{words[0]}")
    parser = argparse.ArgumentParser(
        prog=f"levator {words[0]}",
        description="\n\n".join([say(command.ABOUT), command.EXAMPLES]).rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    return command, parser.parse_args(_with_signs(words[1:]))


def _with_signs(words: Sequence[str]) -> list[str]:
    """Tie a negative number to its option, so that the command can say what is wrong with it.

    Alone, `-5%` after `--force` would be taken for an option that nobody knows.
    """
    tied: list[str] = []
    for word in words:
        is_number = re.match(r"-[\d.]", word) is not None
        if is_number and tied and tied[-1].startswith("--") and "=" not in tied[-1]:
            tied[-1] = f"{tied[-1]}={word}"
        else:
            tied.append(word)
    return tied


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {word:9} {say(what)}" for word, what in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="levator",
        usage=say("levator [--version] COMMAND ..."),
        description=say(
            "Open software for perinatal pelvic-floor training with live biofeedback.\n"
            "Research and education software; not a medical device."
        ),
        epilog="\n".join([say("commands:"), *lines, "", say("levator COMMAND --help tells more.")]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"levator {__version__}", help=hint("the version")
    )
    parser.add_argument("command", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
