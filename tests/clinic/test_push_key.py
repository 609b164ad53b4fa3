"""The clinic's keys for messages stand in one file that only its owner reads."""

import stat
from pathlib import Path

import pytest

from levator.clinic.push_key import PUSH_FILE, SERVICES, drop_push, push_key_in, set_push
from levator.errors import CallerError

CONTACT = "mailto:it@clinic.example"


def test_without_a_file_there_are_no_keys(tmp_path: Path) -> None:
    assert push_key_in(tmp_path) is None
    assert not drop_push(tmp_path)


def test_what_is_made_is_read_back_and_nobody_else_reads_it(tmp_path: Path) -> None:
    made = set_push(tmp_path, CONTACT)
    assert push_key_in(tmp_path) == made
    assert made.services == SERVICES
    assert stat.S_IMODE((tmp_path / PUSH_FILE).stat().st_mode) == 0o600
    assert made.key not in repr(made)
    assert len(made.public) == 87


def test_another_contact_or_other_services_keep_the_key(tmp_path: Path) -> None:
    first = set_push(tmp_path, CONTACT)
    second = set_push(tmp_path, "https://clinic.example/it", ["Push.Example.org", "*.a.example"])
    assert second.public == first.public
    assert second.services == ("push.example.org", "*.a.example")
    assert push_key_in(tmp_path) == second


def test_once_taken_away_another_key_is_made(tmp_path: Path) -> None:
    first = set_push(tmp_path, CONTACT)
    assert drop_push(tmp_path)
    assert push_key_in(tmp_path) is None
    assert set_push(tmp_path, CONTACT).public != first.public


@pytest.mark.parametrize(
    ("contact", "services", "sentence"),
    [
        ("it@clinic.example", (), "Say whom"),
        ("mailto:it", (), "Say whom"),
        ('mailto:"\n@a.b', (), "Say whom"),
        ("http://clinic.example", (), "Say whom"),
        (CONTACT, ("*",), "no name of a push service"),
        (CONTACT, ("*.com",), "no name of a push service"),
        (CONTACT, ("https://push.example.org",), "no name of a push service"),
        (CONTACT, ("127.0.0.1",), "no name of a push service"),
        (CONTACT, ("localhost",), "no name of a push service"),
        (CONTACT, ("a.*.example.org",), "no name of a push service"),
        (CONTACT, (f"{'a' * 64}.example.org",), "no name of a push service"),
    ],
)
def test_what_names_nobody_or_everybody_is_refused(
    tmp_path: Path, contact: str, services: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CallerError, match=sentence):
        set_push(tmp_path, contact, services)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contact = 1",
        "contact = 'mailto:it@clinic.example'\nservices = ['*']\nkey = ''",
        "contact = 'mailto:it@clinic.example'\nservices = ['a.example']\nkey = 'x'",
        "contact = 'mailto:it@clinic.example'\nservices = 1\nkey = 'x'",
        "contact = 'mailto:it@clinic.example'\nservices = ['a.example']\nkey = 1",
        "contact = 1\nservices = ['a.example']\nkey = 'x'",
        "contact = 'mailto:it@clinic.example'\nservices = ['a.example']\nkey = 'x'\nmore = 1",
        "\xff",
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / PUSH_FILE
    file.write_bytes(text.encode("latin-1"))
    file.chmod(0o600)
    with pytest.raises(CallerError, match="no file of keys for messages"):
        push_key_in(tmp_path)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    set_push(tmp_path, CONTACT)
    (tmp_path / PUSH_FILE).chmod(0o640)
    with pytest.raises(CallerError, match="Others can read"):
        push_key_in(tmp_path)
