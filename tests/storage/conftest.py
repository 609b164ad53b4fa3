"""What cannot run here is named at the end of the run, with its reason: nothing is left out in
silence."""

import os
import sys

import pytest

HAS_A_DISK_OF_ITS_OWN = sys.platform == "linux" and os.geteuid() == 0
collect_ignore = [] if HAS_A_DISK_OF_ITS_OWN else ["test_power_cut.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in collect_ignore:
        terminalreporter.write_line(
            f"Not run: tests/storage/{name}. Only root on Linux can have a disk of its own and cut "
            "its power; test_cut_at_writes and test_cut_at_flush cut one anywhere."
        )
