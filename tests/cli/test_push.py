"""`levator clinic push`: off until the clinic makes its keys, and off again at once."""

from pathlib import Path

import pytest

from levator.cli.main import main
from levator.clinic.push_key import PUSH_FILE, SERVICES
from levator.clinic.terminal import INSTALLATION
from levator.records.reminders import PushSubscription
from levator.storage import open_repository
from levator.testing.entities import a_patient
from tests.cli.test_clinic import INIT, database

CONTACT = "mailto:it@bos.example"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    words = ["--database", database(tmp_path)]
    assert main(["clinic", "init", *INIT, *words]) == 0
    return words


def said(capsys: pytest.CaptureFixture[str], words: list[str], *more: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["clinic", "push", *more, *words]) == code
    told = capsys.readouterr()
    return told.err if code else told.out


def test_it_is_off_until_there_are_keys(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "calls nobody" in said(capsys, words)
    assert not (tmp_path / PUSH_FILE).exists()
    told = said(capsys, words, "--contact", CONTACT)
    assert CONTACT in told
    assert all(one in told for one in SERVICES)
    made = (tmp_path / PUSH_FILE).read_text("utf-8")
    assert "PRIVATE" not in told + said(capsys, words)
    narrowed = said(capsys, words, "--contact", CONTACT, "--service", "push.example.org")
    assert "go to push.example.org." in narrowed
    assert made.partition("key =")[2] in (tmp_path / PUSH_FILE).read_text("utf-8")


def test_taken_down_it_forgets_every_browser_and_the_audit_has_it(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, words, "--contact", CONTACT)
    push = {"endpoint": "https://a.example/1", "service": "a.example", "made_at": ""}
    with open_repository(words[1]) as repository, repository.work(writes=True) as work:
        she = work.put(a_patient())
        work.put(PushSubscription(id="1", tenant_id=she.tenant_id, patient_id=she.id, **push))
    told = said(capsys, words, "--off")
    assert "forgotten: 1." in told
    assert "calls nobody" in told
    assert not (tmp_path / PUSH_FILE).exists()
    with open_repository(words[1]) as repository, repository.work(writes=False) as work:
        assert work.find(PushSubscription, None) == []
        lines = [one.entry for one in work.audit_lines(INSTALLATION)]
    assert [(one.action, one.detail) for one in lines] == [("key.push", "on"), ("key.push", "off")]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--contact", "bos"), "Say whom"),
        (("--service", "push.example.org"), "belongs to --contact"),
        (("--off", "--contact", CONTACT), "stands alone"),
        (("--contact", CONTACT, "--service", "*"), "no name of a push service"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_makes_nothing(
    tmp_path: Path,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    asked: tuple[str, ...],
    sentence: str,
) -> None:
    told = said(capsys, words, *asked, code=1)
    assert sentence in told
    assert told.count("\n") == 1
    assert not (tmp_path / PUSH_FILE).exists()
