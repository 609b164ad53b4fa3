"""What a researcher sees: her own page and the file, also over the interface; no more."""

import asyncio
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from starlette.types import Message

from levator.clinic.consenting import RESEARCH, is_research
from levator.clinic.turns import Turns
from levator.records.treatment import Consent
from levator.texts import speaker
from levator.web.desk.research import Sending, _in_turns
from tests.web.two_clinics import Person, TwoClinics, two_clinics
from tests.web.whole_record import CANARIES, HERE, Record, day


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    with two_clinics(tmp_path_factory.mktemp("research")) as both:
        yield both


@pytest.fixture(scope="module")
def she(both: TwoClinics) -> Person:
    return both.person("researcher")


def test_a_researcher_begins_on_her_page_and_reads_plainly_that_nobody_agreed(
    both: TwoClinics, she: Person
) -> None:
    assert both.ask(she, "GET", "/").headers["location"] == "/research"
    page = both.ask(she, "GET", "/research").text
    assert "Nobody in this clinic has agreed to research yet." in page
    assert "Save the file" not in page


def test_what_a_woman_gave_is_there_without_her_name_and_she_sees_it(
    both: TwoClinics, she: Person
) -> None:
    hers, before = agreed(both), both.last_line(HERE)
    page = both.ask(she, "GET", "/research").text
    for words in ("1 woman", "1 session", "Fewer than 10 women", "Save the file"):
        assert words in page
    told = both.ask(she, "GET", "/api/v1/research").json()
    assert (told["women"], told["sessions"], told["is_few"]) == (1, 1, True)
    for path in ("/research", "/api/v1/research/export"):
        answer = both.ask(she, "POST", path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        file = zipfile.ZipFile(io.BytesIO(answer.content))
        content = b"".join(map(file.read, file.namelist())).lower()
        for hidden in (CANARIES[HERE].casefold(), hers.patient, day(0)[:5]):
            assert hidden.encode() not in content
        # The year of her birth; four digits stand in a checksum or in a sample by chance.
        assert not re.search(rb"(?<![0-9a-z.])1991(?![0-9a-z])", content)
    about_her = [one for one in both.told(HERE, before) if one.patient_id == hers.patient]
    assert [one.action for one in about_her] == ["research.read"] * 2
    herself = both.person("patient", patient_id=hers.patient)
    looked = both.ask(herself, "GET", f"/patients/{hers.patient}/looked").text
    assert "read recordings for research" in looked


def agreed(both: TwoClinics) -> Record:
    hers = both.record(treated_by=(both.person("therapist").user,))
    with both.clinic.repository.work(writes=True) as work:
        work.put(replace(work.get(Consent, hers.consent, HERE), what="research"))
    return hers


@pytest.mark.parametrize("path", ["/research", "/api/v1/research/export"])
def test_the_files_of_a_login_wait_for_each_other_and_nobody_elses(
    both: TwoClinics, she: Person, path: str
) -> None:
    turn, other = both.clinic.exports.of(both.login_of(she)), both.person("researcher")

    async def released() -> None:
        turn.release()

    both.server.call(turn.acquire())
    with ThreadPoolExecutor(1) as thread, httpx.Client(base_url=both.server.address) as browser:
        waits = thread.submit(browser.post, path, headers=both._headers(she), timeout=30)
        assert both.ask(other, "POST", path).status_code == 200
        with pytest.raises(TimeoutError):
            waits.result(0.5)
        both.server.call(released())
        assert waits.result().status_code == 200


def test_a_file_that_is_given_up_gives_its_turn_back_and_is_made_beside_the_pages() -> None:
    made_in: list[str] = []

    def pieces() -> Iterator[bytes]:
        while True:
            made_in.append(threading.current_thread().name)
            yield b"x"

    async def given_up() -> bool:
        turn, turns = asyncio.Lock(), Turns("export", 1)
        await turn.acquire()

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message.get("body"):
                await asyncio.Event().wait()

        sending = Sending(_in_turns(turns, pieces()), "2026-11-29", turn)
        await sending({"type": "http"}, receive, send)
        turns.close()
        return turn.locked()

    assert not asyncio.run(given_up())
    assert {name.partition("_")[0] for name in made_in} <= {"export"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_word_that_the_form_offers_is_the_word_that_counts(language: str) -> None:
    word = speaker(language).say("research")
    assert is_research(word)
    assert word in RESEARCH
