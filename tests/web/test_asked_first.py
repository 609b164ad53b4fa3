"""What ends something asks first and names whom it is about; a number keeps its unit."""

import re

from httpx import Client

from levator.web.looks import FOLDER, unbroken
from tests.clinic.people import TENANT, signed_in
from tests.web.forms import colleague, patient, taken_on_too
from tests.web.served import Served

ENGLISH = {"accept-language": "en"}
HER = f"/patients/{TENANT}-record"


def test_a_new_link_and_the_end_of_an_account_stand_behind_a_question(server: Served) -> None:
    with server.client_of("clinic_admin") as admin:
        page = admin.get(f"/users/{TENANT}-therapist", headers=ENGLISH).text
    asked = re.findall(r'<details class="asks">(.*?)</details>', page, re.DOTALL)
    assert len(asked) == 3
    assert all("Therapist" in one for one in asked)
    outside = re.sub(r'<details class="asks">.*?</details>', "", page, flags=re.DOTALL)
    assert "/invite" not in outside
    assert "/disable" not in outside


def test_an_invitation_names_her(client: Client) -> None:
    path = f"{patient(client)}/invite"
    assert "<strong>M. J." in client.get(path).text
    wrong = client.post(path, data={"email": "nowhere"})
    assert wrong.status_code == 422
    assert "<strong>M. J." in wrong.text


def test_who_takes_her_on_sees_whom_and_it_is_told_once(server: Served) -> None:
    token = signed_in(server.clinic.accounts, "therapist", user_id=colleague(server))
    with server.stranger() as other:
        other.cookies.set(server.login_cookie, token)
        page = other.get(f"{HER}/take-on", headers=ENGLISH).text
    assert "<strong>Mia Jansen" in page
    with server.clinic.repository.work(writes=False) as work:
        lines = [one.entry for one in work.audit_lines(TENANT) if one.entry.user_id == "bo"]
    assert [(one.action, one.patient_id) for one in lines if one.patient_id] == [
        ("patient.list", f"{TENANT}-record")
    ]


def test_who_hands_her_over_reads_who_treats_her_from_then_on(
    server: Served, client: Client
) -> None:
    path = f"{patient(client)}/hand-over"
    colleague(server)
    own = client.get(path, headers=ENGLISH).text
    assert "From then on you see her record only when you take her on again." in own
    with server.client_of("clinic_admin") as admin:
        page = admin.get(path, headers=ENGLISH).text
    assert "From then on she is the patient of the therapist you choose" in page
    assert "take her on again" not in page


def test_of_several_therapists_an_admin_says_in_whose_place_another_comes(
    server: Served, client: Client
) -> None:
    path = patient(client)
    with server.client_of("clinic_admin") as admin:
        assert "In whose place" not in admin.get(f"{path}/hand-over", headers=ENGLISH).text
        bo = taken_on_too(server, path)
        page = admin.get(f"{path}/hand-over", headers=ENGLISH).text
        assert "who is not named here goes on" in page
        asked = re.findall(r'name="in_place_of"[^>]*value="([^"]*)"', page)
        mine = f"{TENANT}-therapist"
        assert set(asked) == {bo, mine}
        form = {"in_place_of": mine, "user": bo}
        assert admin.post(f"{path}/hand-over", data=form).status_code == 303
        assert admin.get(f"/api/v1{path}").json()["treated_by"] == [bo]


def test_a_second_factor_is_offered_to_her_as_what_it_is(server: Served) -> None:
    with server.client_of("patient") as her:
        server.confirm(her)
        page = her.get("/account/factor", headers=ENGLISH).text
    assert "A second factor, if you like" in page
    assert page.index("Go on without") < page.index("QR code")
    with server.client() as therapist:
        server.confirm(therapist)
        assert "if you like" not in therapist.get("/account/factor", headers=ENGLISH).text


def test_the_first_field_of_a_page_for_one_thing_is_ready_to_be_typed_in(server: Served) -> None:
    with server.stranger() as browser, server.client() as therapist:
        for who, path in ((browser, "/sign-in"), (browser, "/join"), (therapist, "/patients")):
            [ready] = re.findall(r"<input[^>]*autofocus[^>]*>", who.get(path).text)
            assert re.search(r'id="(email|code|text)"', ready)


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    page = (
        '<p title="50 %">50 % of 3 s, in 2 sets</p><textarea>5 %</textarea><script>"5 s"</script>'
    )
    assert unbroken(page) == page.replace(">50 % of 3 s", ">50\xa0% of 3\xa0s")


def test_every_choice_of_a_page_is_closed() -> None:
    """One left open hides what follows from `unbroken`, which looks for its end each time."""
    for page in (FOLDER / "templates").glob("*.html"):
        text = page.read_text("utf-8")
        assert text.count("<option") == text.count("</option>"), page.name
