"""Every Python from 3.11 on that this machine has, by what it says of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).parents[2]
ASK = "import sys, platform; print(*sys.version_info[:3], platform.python_implementation())"


@dataclass(frozen=True, order=True)
class Python:
    """An interpreter that runs with the engine's source and nothing else on its path."""

    version: tuple[int, ...]
    program: str

    def __str__(self) -> str:
        return ".".join(map(str, self.version))

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
        """Run without site-packages: what needs a third-party package fails."""
        places = {"PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        environment = {**os.environ, **places}
        command = [self.program, "-S", "-W", "error", *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, check=False)


def found() -> list[Python]:
    """Return one interpreter per version, oldest first; the running one is among them."""
    by_version: dict[tuple[int, ...], Python] = {}
    for program in (sys.executable, *candidates()):
        version = version_of(program)
        if version is not None and version >= OLDEST:
            by_version.setdefault(version, Python(version, program))
    return sorted(by_version.values())


def candidates() -> list[str]:
    """Programs called python3 or python3.N: on the path, of pyenv and of uv."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for home in (
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python")),
    ):
        folders += sorted(home.glob("*/bin"))
    names = ["python3", *(f"python3.{minor}" for minor in range(OLDEST[1], 20))]
    programs = [folder / name for folder in folders for name in names]
    return [str(program) for program in programs if os.access(program, os.X_OK)]


def version_of(program: str) -> tuple[int, ...] | None:
    """Return what the program says; None for a shim without its Python, or another kind."""
    try:
        asked = [program, "-S", "-c", ASK]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    *numbers, kind = said.split() or ["?"]
    return tuple(map(int, numbers)) if kind == "CPython" else None
