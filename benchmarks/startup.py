"""``levator --help`` against a bare interpreter, CPU time of whole processes."""

from __future__ import annotations

import os
import statistics
import sys
import sysconfig

REPEATS = 15
Row = tuple[str, str, str, bool]


def cpu_ms(command: list[str]) -> float:
    """User and system time of one finished process."""
    silent = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        command[0], command, dict(os.environ), file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)]
    )
    _, status, used = os.wait4(child, 0)
    os.close(silent)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return (used.ru_utime + used.ru_stime) * 1000


def run() -> list[Row]:
    """Return the row for the table of figures."""
    levator = os.path.join(sysconfig.get_path("scripts"), "levator")
    help_, bare = [], []
    for _ in range(REPEATS):
        bare.append(cpu_ms([sys.executable, "-c", "pass"]))
        help_.append(cpu_ms([levator, "--help"]))
    best, middle = min(help_) / min(bare), statistics.median(help_) / statistics.median(bare)
    text = f"best {best:.1f} ({min(help_):.0f} ms), median {middle:.1f} times"
    return [("start: levator --help against a bare interpreter", text, "6 times", middle <= 6.0)]


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
