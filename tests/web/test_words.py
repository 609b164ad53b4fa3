"""What goes wrong is said in the language of who asked."""

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient, Client, Response
from starlette.applications import Starlette
from starlette.routing import Route

from levator.errors import DeviceLostError, StorageError
from levator.texts import speaker
from levator.web.looks import Looks
from levator.web.refusals import speak_refusals
from levator.web.troubles import exact_words
from tests.web.forms import DUTCH, asked


@pytest.mark.parametrize(
    ("changes", "dutch"),
    [
        (
            {"rest": "3N", "reference": "41N"},
            "Dit kan niet zoals gevraagd. Met de hand ingevulde niveaus zijn voor opnamen; "
            "laat ze leeg, de zitting wordt geijkt.",
        ),
        (
            {"device": "nothing://x"},
            "De sensor antwoordt niet. Geen stuurprogramma voor &#39;nothing://x&#39;;",
        ),
        ({"pain": ""}, "Kies een getal voor de pijn, van 0 tot 10."),
    ],
)
def test_the_exact_reason_is_in_the_language_of_the_page(
    client: Client, changes: dict[str, str], dutch: str
) -> None:
    answer = asked(client, headers=DUTCH, **changes)
    assert dutch in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [("/nowhere", "Die pagina is er niet"), ("/static/nowhere.js", "Die pagina is er niet")],
)
def test_an_unknown_address_is_answered_in_the_language_of_who_asked(
    client: Client, path: str, words: str
) -> None:
    answer = client.get(path, headers=DUTCH)
    assert answer.status_code == 404
    assert words in answer.text
    assert "There is no such page" in client.get(path, headers={"accept-language": "en"}).text


def test_a_form_that_is_none_is_answered_in_words(client: Client) -> None:
    answer = client.post("/join", data={"name": "x" * 100_000}, headers=DUTCH)
    assert answer.status_code == 413
    assert "Dat was niet te lezen" in answer.text


@pytest.mark.parametrize(("method", "path"), [("PUT", "/join"), ("GET", "/sign-out")])
def test_a_page_that_takes_no_such_request_is_no_such_page(
    client: Client, method: str, path: str
) -> None:
    answer = client.request(method, path, headers=DUTCH)
    assert answer.status_code == 405
    assert '<html lang="nl"' in answer.text
    assert "Die pagina is er niet" in answer.text


@pytest.mark.parametrize("asked", ["xx", "", "../nl", "<script>"])
def test_a_language_that_is_not_there_is_that_of_who_asked(client: Client, asked: str) -> None:
    for path in ("/", "/join"):
        page = client.get(path, params={"language": asked}, headers=DUTCH)
        assert page.status_code == 200
        assert '<html lang="nl"' in page.text
        assert "<script>" not in page.text
        page = client.get(path, params={"language": asked}, headers={"accept-language": "en"})
        assert '<html lang="en"' in page.text


def test_a_fault_of_ours_is_a_page_in_words_and_still_a_fault() -> None:
    app = Starlette(routes=[Route("/", lambda request: 1 / 0)])
    speak_refusals(app, Looks())

    async def asked(*, is_raised: bool) -> Response:
        transport = ASGITransport(app, raise_app_exceptions=is_raised)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            return await browser.get("/", headers=DUTCH)

    answer = asyncio.run(asked(is_raised=False))
    assert answer.status_code == 500
    assert "Er ging iets mis in levator" in answer.text
    with pytest.raises(ZeroDivisionError):
        asyncio.run(asked(is_raised=True))


def test_nothing_is_said_twice() -> None:
    error = StorageError("Nothing can be saved now; check the disk before a session.")
    assert exact_words(speaker("en"), error) == str(error)
    assert exact_words(speaker("nl"), error).count("Er kan nu niets bewaard worden") == 1
    lost = DeviceLostError("100% gone")
    assert exact_words(speaker("nl"), lost) == "De sensor is weg. 100% gone"
