"""A PostgreSQL server on another computer: only over TLS, and only where its certificate holds."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from levator.clinic.certificates import Tls, make_authority
from levator.errors import StorageError
from levator.storage import open_repository
from levator.storage.sql.line_to_server import check_line
from tests.postgresql import Cluster

SECRET = "canary-password"
ELSEWHERE = [
    f"levator:{SECRET}@db.example/clinic",
    f"levator:{SECRET}@10.0.0.7/clinic",
    f"levator:{SECRET}@10.0.0.7/clinic?sslmode=require",
    f"levator:{SECRET}@10.0.0.7/clinic?sslmode=verify-ca",
    f"levator:{SECRET}@localhost/clinic?hostaddr=10.0.0.7",
    f"levator:{SECRET}@/clinic?host=10.0.0.7",
    f"levator:{SECRET}@/clinic?host=localhost&host=10.0.0.7",
    f"levator:{SECRET}@localhost/clinic?service=other",
    f"levator:{SECRET}@127.0.0.1.example/clinic",
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_server_elsewhere_without_a_checked_certificate_is_refused(place: str) -> None:
    with pytest.raises(StorageError, match="add sslmode=verify-full") as raised:
        open_repository(f"postgresql://{place}")
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR"])
def test_what_the_environment_adds_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check_line({"dbname": "clinic"})
    monkeypatch.setenv(name, "10.0.0.7")
    with pytest.raises(StorageError):
        check_line({"dbname": "clinic"})
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    check_line({"dbname": "clinic"})
    with pytest.raises(StorageError):
        check_line({"dbname": "clinic", "sslmode": "prefer"})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"host": "localhost"},
        {"host": "127.0.0.1", "port": 5432},
        {"host": "::1"},
        {"host": "/var/run/postgresql"},
        {"host": "@levator"},
        {"host": "/run/a,127.0.0.2"},
        {"host": "db.example", "sslmode": "verify-full"},
        {"host": "db.example,10.0.0.7", "sslmode": "verify-full"},
        {"service": "clinic", "sslmode": "verify-full"},
    ],
)
def test_here_and_with_a_checked_certificate_it_is_let_through(given: dict[str, object]) -> None:
    check_line(given)


# --- With a server behind TLS


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return make_authority(tmp_path, "Praktijk Bos", ["db.test"], datetime.now(UTC))


@contextlib.contextmanager
def behind(cluster: Cluster, tls: Tls | None) -> Iterator[int]:
    """A port before the tests' server that speaks TLS as PostgreSQL does, or says it has none."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                _answer(listening.accept()[0], cluster, tls)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)


def _answer(came: socket.socket, cluster: Cluster, tls: Tls | None) -> None:
    came.recv(8)  # the question whether there is TLS
    came.sendall(b"S" if tls else b"N")
    if tls is None:
        came.close()
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with contextlib.suppress(OSError):
        sealed = context.wrap_socket(came, server_side=True)
        there = socket.socket(socket.AF_UNIX)
        there.connect(str(cluster.socket / ".s.PGSQL.5432"))
        for one, other in ((sealed, there), (there, sealed)):
            Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while part := one.recv(65_536):
            other.sendall(part)
    for end in (one, other):
        end.close()


def address(port: int, host: str, authority: Path) -> str:
    line = f"host={host}&hostaddr=127.0.0.1&port={port}"
    return f"postgresql://levator@/sealed?{line}&sslmode=verify-full&sslrootcert={authority}"


def test_a_certificate_of_its_name_and_of_the_authority_is_taken_and_no_other(
    postgresql: Cluster, tls: Tls, tmp_path: Path
) -> None:
    postgresql.database("sealed")
    authority = tls.certificate.with_name("authority.crt")
    (tmp_path / "other").mkdir()
    other = make_authority(tmp_path / "other", "Bo", ["db.test"], datetime.now(UTC))
    with behind(postgresql, tls) as port:
        open_repository(address(port, "db.test", authority)).close()
        foreign = other.certificate.with_name("authority.crt")
        for wrong in (
            address(port, "elsewhere.test", authority),
            address(port, "db.test", foreign),
            address(port, "db.test", tmp_path / "nothing.crt"),
        ):
            with pytest.raises(StorageError, match="certificate that can be trusted"):
                open_repository(wrong)


def test_a_server_without_tls_is_not_talked_to(postgresql: Cluster, tls: Tls) -> None:
    authority = tls.certificate.with_name("authority.crt")
    with behind(postgresql, None) as port, pytest.raises(StorageError, match="has no TLS"):
        open_repository(address(port, "db.test", authority))
