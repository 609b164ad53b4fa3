"""A form sent once more with something else in it: nothing typed is lost, or said wrongly."""

import re

import pytest
from httpx import Client

from tests.web.forms import day_ago, hidden, new_id, patient
from tests.web.served import Served

CLEARANCE = {"signed_by": "dr. Bos", "profession": "midwife", "from_on": day_ago(1), "until_on": ""}


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
    assert client.post(path, data=first | changed | hidden(answer.text)).status_code == 303
    kept = client.get(path.rpartition("/")[0]).text
    assert all(words in kept for words in (first[name], typed))


EVA = {"given_name": "Eva", "family_name": "Twaalf", "born_on": "1990-02-01", "language": "nl"}


def test_a_new_patient_sent_again_under_another_name_is_where_she_was_made(client: Client) -> None:
    sent = EVA | {"id": new_id()}
    made = client.post("/patients/new", data=sent).headers["location"]
    answer = client.post("/patients/new", data=sent | {"given_name": "Ida"})
    assert answer.status_code == 409
    assert "This form has made her record already" in answer.text
    assert f'<a href="{made}">Eva Twaalf, 1 February 1990</a>' in answer.text


def test_whoever_is_told_that_she_is_here_can_open_what_the_link_names(server: Served) -> None:
    for role in ("clinic_admin", "therapist"):
        with server.client_of(role) as client:
            for _ in range(2):
                answer = client.post(
                    "/patients/new", data=EVA | {"id": new_id(), "given_name": role}
                )
            assert answer.status_code == 409
            [link] = re.findall(rf'<a href="([^"]+)">{role} Twaalf', answer.text)
            assert client.get(link).status_code == 200


def test_a_clearance_that_was_revoked_since_is_not_offered_once_more(client: Client) -> None:
    path = patient(client)
    sent = CLEARANCE | {"id": new_id()}
    assert client.post(f"{path}/clearance", data=sent).status_code == 303
    birth = {"birth_on": day_ago(40), "mode": "forceps", "complications.infection": "yes"}
    seen = hidden(client.get(f"{path}/birth").text)
    assert client.post(f"{path}/birth", data=birth | seen).status_code == 303
    answer = client.post(f"{path}/clearance", data=sent)
    assert answer.status_code == 409
    assert "It was kept, and is revoked since: something was told after it" in answer.text
    assert "complication_told" not in answer.text
    assert "dr. Bos" not in answer.text
