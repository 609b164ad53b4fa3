"""A real Chromium: the machine's own, or the one that package-lock.json pins."""

import os
import platform
import shutil
import tarfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import brotli

import dev

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


class NoBrowserError(Exception):
    """There is no Chromium to test with; the message says what to do."""


@dataclass(frozen=True)
class Chromium:
    executable: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))


def find() -> Chromium:
    """LEV_CHROMIUM, else a Chromium or Chrome on PATH, else the bundled one (Linux, x86-64)."""
    found = dev.system_browser()
    if found and not Path(found).is_file():
        raise NoBrowserError(
            f"LEV_CHROMIUM is {found}, and no such file exists: correct or unset it."
        )
    return Chromium(Path(found)) if found else bundled()


def bundled() -> Chromium:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NoBrowserError(
            "No Chromium or Chrome found: install one, or set LEV_CHROMIUM to its full path."
        )
    home = unpacked(dev.npm_packages(browser=True) / "@sparticuz/chromium")
    places = {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_PATH": str(home)}
    return Chromium(home / "chromium", {**os.environ, **places})


def unpacked(package: Path) -> Path:
    """The folder with the browser, its libraries and its font, unpacked once."""
    home = dev.CACHE / "chromium-147.0.0"
    if home.exists():
        return home
    unfinished = home.with_suffix(f".{os.getpid()}")
    unfinished.mkdir(parents=True)
    for name in ("al2023", "swiftshader", "fonts"):
        packed = (package / f"bin/{name}.tar.br").read_bytes()
        with tarfile.open(fileobj=BytesIO(brotli.decompress(packed))) as archive:
            # The packages are held to their hashes; Python 3.11.2 knows no `filter=` yet.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(unfinished, **safely)
    binary = unfinished / "chromium"
    binary.write_bytes(brotli.decompress((package / "bin/chromium.br").read_bytes()))
    binary.chmod(0o755)
    fonts = unfinished / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=home / "fonts", cache=home / "font-cache"), "utf-8")
    try:
        unfinished.rename(home)
    except OSError:  # another run was first
        shutil.rmtree(unfinished)
    return home


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
