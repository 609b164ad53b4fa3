"""A storage that does not answer, or is full: 503 in her language with our headers, and no path."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from levator.web.admission import COME_AGAIN
from levator.web.guard import HEADERS
from tests.web.two_clinics import TwoClinics, two_clinics
from tests.web.whole_record import HERE, new_id


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("geheim")


@pytest.fixture(scope="module")
def both(folder: Path) -> Iterator[TwoClinics]:
    with two_clinics(folder) as both:
        yield both


@contextmanager
def without_storage(both: TwoClinics, folder: Path) -> Iterator[None]:
    """Take the disk away, as far as the server sees."""
    both.clinic.repository.close()
    [database] = folder.glob("*.db")
    for file in folder.glob("*.db*"):
        file.rename(file.with_name(f"away-{file.name}"))
    try:
        yield
    finally:
        for file in folder.glob("away-*"):
            file.rename(file.with_name(file.name.removeprefix("away-")))
        assert database.exists()


def is_ours(answer: httpx.Response, words: str) -> None:
    assert answer.status_code == 503
    assert words in answer.text
    assert "geheim" not in answer.text
    assert ".db" not in answer.text
    assert all(answer.headers[name] == value for name, value in HEADERS.items())


ADDRESSES = ("/", "/patients", "/account", "/sign-in/code")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_of_who_is_signed_in_says_so(
    both: TwoClinics, folder: Path, address: str
) -> None:
    who = both.person("therapist")
    with without_storage(both, folder):
        is_ours(both.ask(who, "GET", f"{address}?language=nl"), "Nu kan niets bewaard worden")
    assert both.ask(who, "GET", "/patients").status_code == 200


def test_strangers_learn_no_path(both: TwoClinics, folder: Path) -> None:
    with without_storage(both, folder):
        for method, address, sent in (
            ("GET", "/", {}),
            ("POST", "/sign-in", {"data": {"email": "a@b.nl", "password": "x" * 12}}),
            ("GET", f"/invitation/{new_id()}", {}),
        ):
            answer = both.ask(None, method, f"{address}?language=en", **sent)
            is_ours(answer, "Nothing can be saved now")


def test_programs_get_a_refusal(both: TwoClinics, folder: Path) -> None:
    who = both.person("therapist")
    to = both.record(HERE, (who.user,))
    with without_storage(both, folder):
        for address in ("/api/v1/patients", f"/api/v1/patients/{to.patient}"):
            answer = both.ask(who, "GET", address)
            is_ours(answer, "log")
            assert answer.json()["code"] == "not_saved"


def test_a_socket_comes_again_later(both: TwoClinics, folder: Path) -> None:
    who = both.person("therapist")
    with (
        without_storage(both, folder),
        both.line(who, "/board/line") as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == COME_AGAIN
