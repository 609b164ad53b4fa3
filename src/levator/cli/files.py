"""Files that are named in a command: what cannot be read or written is one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from levator.cli.speaking import say
from levator.errors import CallerError, system_reason


def text_in(file: str) -> str:
    """Return the text of a file; raises CallerError."""
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else say("it is not text")
        raise CallerError(
            "%(file)s cannot be read (%(reason)s); give another file.", file=file, reason=reason
        ) from error


@contextmanager
def writing(file: str | Path) -> Iterator[None]:
    """Raise CallerError where the file that is written meanwhile cannot be."""
    try:
        yield
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be written (%(reason)s); choose another file.",
            file=str(file),
            reason=system_reason(error),
        ) from error


@contextmanager
def for_one_person() -> Iterator[None]:
    """Files made meanwhile can be read by nobody else on this computer: they are of a patient."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
