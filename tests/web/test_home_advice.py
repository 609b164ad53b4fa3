"""Advice on her pages: what is for her today, each fact with its source, both sides, help first."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from httpx import Client

from levator.course.advice import Advised, Paragraph
from levator.course.exercise import Passage
from levator.library import advice_ids, load_advice, load_checklist
from levator.texts import LANGUAGES, speaker
from levator.texts.citing import cited
from levator.web.home.advice import TOPICS, by_topic, shown, to_call
from tests.clinic.people import told
from tests.web.forms import day_ago, patient
from tests.web.served import Served
from tests.web.test_her_page import of_her

#: For nobody who gave birth without a caesarean.
NOT_HERS = {"caesarean"}


@pytest.fixture(scope="module")
def she(running: Served) -> Iterator[Client]:
    with running.client() as client, of_her(running, patient(client)) as she:
        yield she


def read(she: Client, page: str = "", language: str = "en") -> str:
    answer = she.get(f"/home/advice{page}", headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text).replace("\xa0", " ")


def linked(page: str) -> list[str]:
    return re.findall(r'href="/home/advice/([\w-]+)"', page)


def test_the_list_has_all_that_is_for_her_by_topic_and_help_before_it(she: Client) -> None:
    page = read(she)
    first, *others = linked(page)
    assert first == "red-flags"
    assert set(others) == set(advice_ids()) - {"red-flags"} - NOT_HERS
    assert len(others) == len(set(others))
    heads = re.findall(r'<h2 id="topic-(\w+)">', page)
    assert heads == list(TOPICS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(advice_ids()) - NOT_HERS))
def test_a_page_says_all_of_it_in_her_language_with_its_sources(
    she: Client, name: str, language: str
) -> None:
    page = without_calls(read(she, f"/{name}", language))
    advice, say = load_advice(name), speaker(language)
    assert f'<h1 id="title">{advice.title[language]}</h1>' in page
    passages = [one.told for one in advice.paragraphs]
    for one in advice.disagreements:
        passages += [one.leads, one.other, one.because]
    for one in passages:
        words, source = (
            re.escape(text.replace("\xa0", " "))
            for text in (one.words[language], cited(say, one.source))
        )
        assert re.search(rf"<p>{words}</p><details[^>]*><summary>[^<]+</summary><p>{source}", page)


def test_where_sources_disagree_the_careful_one_leads_and_both_are_shown(she: Client) -> None:
    [sides] = load_advice("physiotherapy").disagreements
    page = read(she, "/physiotherapy")
    said = [page.index(one.words["en"]) for one in (sides.leads, sides.other, sides.because)]
    assert said == sorted(said)
    assert page.index("We follow the careful one") < said[0] < page.index("The other source")
    # Who says what is not folded away.
    assert page.count('<details class="source" open>') == 2


def test_the_page_to_call_shows_every_sign_with_what_to_do(she: Client) -> None:
    page = read(she, "/red-flags")
    plain = without_calls(page)
    for one in load_checklist("red-flags").items:
        assert f"<strong>{one.words['en']}</strong><p>{one.act_in('en')}</p>" in plain


def without_calls(page: str) -> str:
    return re.sub(r'<a href="tel:\d+">(\d+)</a>', r"\1", page)


def test_a_number_for_help_is_called_by_a_tap_and_no_other_number_is(she: Client) -> None:
    called = re.findall(r'href="tel:(\d+)"', read(she, "/red-flags"))
    assert set(called) == {"112", "113"}
    assert "tel:" not in read(she, "/recovery")
    assert to_call("<b> 112 & 1120, 21 12") == (
        '&lt;b&gt; <a href="tel:112">112</a> &amp; 1120, 21 12'
    )


def test_a_number_in_what_is_no_call_for_help_calls_nobody() -> None:
    told, parts = Passage({"en": "Not more than 150 ml."}, "a test"), ("text", "tip", "call")
    page = replace(load_advice("recovery"), paragraphs=tuple(Paragraph(one, told) for one in parts))
    found = shown(speaker("en"), Advised(page, None))["parts"]
    assert [(one, "tel:150" in str(lines)) for one, _, lines in found] == [
        ("text", False),
        ("tip", False),
        ("call", True),
    ]


def test_a_page_with_something_to_call_for_leads_to_the_signs(she: Client) -> None:
    assert "red-flags" in linked(read(she, "/scars"))
    assert "red-flags" not in linked(read(she, "/urination"))


def test_what_ends_says_until_when_and_is_gone_after(server: Served) -> None:
    with server.client() as client:
        path = patient(client, weeks=1, mode="planned_caesarean", is_cleared=False)
        with of_her(server, path) as she:
            until = speaker("en").date(date.fromisoformat(day_ago(-34)))
            assert f"This is for you until {until}." in read(she, "/caesarean")
        old = patient(client, weeks=6, mode="planned_caesarean", is_cleared=False)
        with of_her(server, old) as she:
            assert "caesarean" not in linked(read(she))
            assert she.get("/home/advice/caesarean").status_code == 404


def test_a_page_is_read_on_in_another_language_where_it_was(server: Served) -> None:
    with server.client() as client, of_her(server, patient(client)) as she:
        page = she.get("/home/advice/urination", headers={"accept-language": "en"}).text
        token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
        here = re.findall(r'name="next" value="([^"]+)"', page)[0]
        form = {"form_token": token, "next": here, "language": "fr"}
        gone = she.post("/account/language", data=form).headers["location"]
        assert gone == "/home/advice/urination"
        assert '<html lang="fr">' in she.get(gone).text


def test_each_page_is_one_line_of_the_audit(server: Served, she: Client) -> None:
    for page in ("", "/urination"):
        before = told(server.clinic.accounts)
        read(she, page)
        assert told(server.clinic.accounts)[len(before) :] == ["home.read"]


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fsecret", "a" * 300, "caesarean"])
def test_a_page_that_is_not_for_her_is_not_there(she: Client, name: str) -> None:
    answer = she.get(f"/home/advice/{name}")
    assert answer.status_code == 404


def test_who_has_no_record_of_her_own_has_no_such_pages(server: Served) -> None:
    with server.client() as therapist, server.client_of("researcher") as researcher:
        assert therapist.get("/home/advice").status_code == 404
        assert researcher.get("/home/advice").status_code == 403
    with server.stranger() as stranger:
        assert stranger.get("/home/advice").headers["location"].startswith("/sign-in")


def test_topics_keep_their_order_whatever_the_order_of_the_pages() -> None:
    pages = [Advised(load_advice(one), None) for one in reversed(advice_ids())]
    assert [topic for topic, _ in by_topic(pages)] == list(TOPICS)
