"""``levator``: one word picks a command, each command is a module of its own.

A command module has `add_arguments(parser)` and `run(arguments) -> exit code`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from levator import __version__
from levator.errors import LevatorError

#: Word -> what it does. The module is `levator.cli.<word>`.
COMMANDS = {
    "demo": "a simulated patient on two screens, on this computer, with one command",
    "serve": "the clinic's server: live training on this computer",
    "replay": "run the engine over a recording and print what it finds",
    "report": "write the report of a stored session",
    "devices": "list the kinds of device and how to name one",
    "check": "check library files and recordings",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors are one plain sentence on standard error and exit code 1."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not words or words[0] not in COMMANDS:
        parser.parse_args(words or ["--help"])
        parser.error("name a command; levator --help lists them")
    try:
        return _run(words[0], words[1:])
    except LevatorError as error:
        print(f"levator {words[0]}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of a pipe has seen enough; that is no error of ours.
        sys.stderr.close()
        return 0


def _run(word: str, words: Sequence[str]) -> int:
    command = import_module(f"levator.cli.{word}")
    parser = argparse.ArgumentParser(
        prog=f"levator {word}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    return int(command.run(parser.parse_args(words)))


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {word:8} {what}" for word, what in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="levator",
        usage="levator [--version] COMMAND ...",
        description="Open software for perinatal pelvic-floor training with live biofeedback.\n"
        "Research and education software; not a medical device.",
        epilog="commands:\n" + "\n".join(lines) + "\n\nlevator COMMAND --help tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"levator {__version__}")
    parser.add_argument("command", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
