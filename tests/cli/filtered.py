"""`python -m tests.cli.filtered PROGRAM WORDS`: a program under the system calls of the unit.

The same filter that systemd lays on the service, by the same library; no rights are needed for it.
"""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys

GROUP = "@system-service"
_KILL, _ALLOW = 0x80000000, 0x7FFF0000


def analyze() -> str | None:
    """Return the program that knows systemd's groups, where both it and the library are."""
    return shutil.which("systemd-analyze") if ctypes.util.find_library("seccomp") else None


def calls(group: str) -> set[str]:
    """Return the names in a group of systemd's and in the groups in it."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    ).stdout
    names = {line.strip() for line in told.splitlines()[1:] if line.strip()[:1] not in ("", "#")}
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*map(calls, inner))


def lay_on(names: set[str]) -> None:
    """Let this process and all that it starts ask for these calls; another one ends it."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"))
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    add = library.seccomp_rule_add
    add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    rules = library.seccomp_init(_KILL)
    for name in sorted(names):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert add(rules, _ALLOW, number, 0) == 0
    assert library.seccomp_load(rules) == 0


if __name__ == "__main__":
    lay_on(calls(GROUP))
    os.execv(sys.argv[1], sys.argv[1:])
