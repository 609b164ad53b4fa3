"""A form sent once more with something else in it: nothing typed is lost, or said wrongly."""

import re

import pytest
from httpx import Client

from tests.web.forms import day_ago, new_id, patient

CLEARANCE = {"signed_by": "dr. Bos", "profession": "midwife", "from_on": day_ago(1), "until_on": ""}


def again(page: str) -> dict[str, str]:
    """What the form of a page sends unseen."""
    form = page[page.index('class="card filled"') :]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.mark.parametrize(
    ("page", "first", "changed"),
    [
        ("clearance", CLEARANCE, {"signed_by": "dr. Vos"}),
        ("note", {"note": "well"}, {"note": "not well"}),
        ("consent", {"what": "photographs", "on_day": day_ago(0)}, {"what": "films"}),
    ],
)
def test_what_was_changed_after_sending_is_kept_as_a_new_entry(
    client: Client, page: str, first: dict[str, str], changed: dict[str, str]
) -> None:
    path = f"{patient(client)}/{page}"
    sent = first | {"id": new_id()}
    assert client.post(path, data=sent).status_code == 303
    answer = client.post(path, data=sent | changed)
    assert answer.status_code == 409
    assert "was sent before and is kept as it was then" in answer.text
    [(name, typed)] = changed.items()
    assert f"<td>{first[name]}</td><td>{typed}</td>" in answer.text
    assert client.post(path, data=first | changed | again(answer.text)).status_code == 303
    kept = client.get(path.rpartition("/")[0]).text
    assert all(words in kept for words in (first[name], typed))
