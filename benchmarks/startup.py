"""``levator --help`` in two languages against a bare interpreter, CPU time of whole processes."""

from __future__ import annotations

import os
import statistics
import sys
import sysconfig

REPEATS = 15
Row = tuple[str, str, str, bool]


#: What the language of a terminal is read from.
VARIABLES = ("LEVATOR_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGES = {"English": "C", "Dutch": "nl_BE.UTF-8"}


def cpu_ms(command: list[str], language: str = "C") -> float:
    """User and system time of one finished process in a terminal of this language."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    silent = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        command[0],
        command,
        environment | {"LANG": language},
        file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)],
    )
    _, status, used = os.wait4(child, 0)
    os.close(silent)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return (used.ru_utime + used.ru_stime) * 1000


def run() -> list[Row]:
    """Return the rows for the table of figures, measured by turns."""
    levator = os.path.join(sysconfig.get_path("scripts"), "levator")
    bare: list[float] = []
    helps: dict[str, list[float]] = {name: [] for name in LANGUAGES}
    for _ in range(REPEATS):
        bare.append(cpu_ms([sys.executable, "-c", "pass"]))
        for name, language in LANGUAGES.items():
            helps[name].append(cpu_ms([levator, "--help"], language))
    return [_row(name, taken, bare) for name, taken in helps.items()]


def _row(name: str, taken: list[float], bare: list[float]) -> Row:
    best, middle = min(taken) / min(bare), statistics.median(taken) / statistics.median(bare)
    text = f"best {best:.1f} ({min(taken):.0f} ms), median {middle:.1f} times"
    what = f"start: levator --help in {name} against a bare interpreter"
    return (what, text, "6 times", middle <= 6.0)


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
