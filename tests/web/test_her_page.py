"""Her own page: what to do today in her words, her open session first, the rest folded."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from httpx import Client

from levator.records.people import User
from levator.records.treatment import Prescription, Session
from levator.records.work import where
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import TENANT, signed_in, user_of
from tests.web.forms import asked, day_ago, new_id, patient, put
from tests.web.served import Served

ENGLISH = {"accept-language": "en"}


def of_her(server: Served, path: str) -> Client:
    """A browser in which she is signed in whose record it is."""
    number = path.rpartition("/")[2]
    hers = replace(user_of("patient"), id=number[:12], patient_id=number)
    hers = replace(hers, email=f"{number}@b.example", email_key=number)
    with server.clinic.repository.work(writes=True) as work:
        if not work.find(User, TENANT, where(id=hers.id)):
            work.put(hers)
    token = signed_in(server.clinic.accounts, "patient", user_id=hers.id)
    she = server.stranger()
    she.headers[FORM_TOKEN_HEADER] = form_token_for(token)
    she.cookies.set(server.login_cookie, token)
    return she


@pytest.fixture
def path(client: Client) -> str:
    """A record at step 6, with no pain today."""
    return patient(client)


@pytest.fixture
def she(server: Served, path: str) -> Iterator[Client]:
    with of_her(server, path) as she:
        yield she


def page_of(she: Client, path: str) -> str:
    """Her page as it is read, without what no line breaks in."""
    return unescape(she.get(path, headers=ENGLISH).text).replace("\xa0", " ")


def unfolded(page: str) -> str:
    return re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)


def test_she_reads_one_sentence_for_today_and_who_reads_along(she: Client, path: str) -> None:
    page = unfolded(page_of(she, path))
    assert "You can do this step today; so far 0 of 3 times." in page
    assert "Your therapist reads this in your record. levator alerts nobody" in page
    assert "Go up with the band" in page
    for others in ('class="gates"', "Not shown yet", "She ", "doctor", "Decided otherwise"):
        assert others not in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"score": 1}, "Leave this step while there is pain."),
        ({"score": 8}, "Rest, and tell it here when the pain has become less."),
        (
            {"code": "fever", "on_day": day_ago(0)},
            "Do not train now, and call your doctor or midwife.",
        ),
    ],
)
def test_where_nothing_may_be_trained_she_reads_so_and_no_dose(
    client: Client, she: Client, path: str, asked: dict[str, object], words: str
) -> None:
    put(client, f"{path}/{'pains' if 'score' in asked else 'red-flags'}/{new_id()}", **asked)
    page = unfolded(page_of(she, path))
    assert words in page
    assert "You can do this step" not in page
    assert "Go up with the band" not in page
    assert "<dt>Force</dt>" not in page


def test_before_her_first_step_she_reads_what_is_missing(client: Client, server: Served) -> None:
    path = patient(client, is_cleared=False)
    with of_her(server, path) as she:
        assert "A clearance has to be signed first" in unfolded(page_of(she, path))


def test_what_the_therapist_reads_is_folded_once(she: Client, path: str) -> None:
    page = page_of(she, path)
    folded = "".join(re.findall(r"<details.*?</details>", page, re.DOTALL))
    assert "As your therapist reads it" in folded
    assert "dr. Bos" in folded
    assert "Decided otherwise" in folded
    lines = re.findall(r"<li[^>]*>(Not shown yet[^<]*)", page)
    assert len(lines) == len(set(lines))


def test_her_open_session_heads_her_page_and_no_other(
    client: Client, server: Served, she: Client, path: str
) -> None:
    assert "Your session is open" not in page_of(she, path)
    assert asked(client, path).status_code == 303
    page = page_of(she, path)
    assert page.index("Your session is open") < page.index('id="today-title"')
    assert "Your session is open: join it to begin." in page
    assert "times." not in page.split('id="today-title"')[1].split("</section>")[0]
    assert "Your session is open" not in client.get(path).text
    with of_her(server, other := patient(client)) as another:
        assert "Your session is open" not in page_of(another, other)


def test_after_a_session_she_is_asked_for_pain_once(server: Served, she: Client, path: str) -> None:
    at = f"{day_ago(0)}T09:00:00+00:00"
    mine = {"tenant_id": TENANT, "patient_id": path.rpartition("/")[2], "started_at": at}
    made = Session(id=new_id(), on_day=at[:10], stage="step-6", state="ended", **mine)
    with server.clinic.repository.work(writes=True) as work:
        work.put(made)
    page = unfolded(page_of(she, path))
    assert "How much pain after the session of" in page
    assert page.count('class="numbers"') == 1
    form = {"id": new_id(), "session": made.id, "moment": "after", "pain": "2"}
    she.post(f"{path}/pain", data=form | {"on_day": made.on_day})
    page = unfolded(page_of(she, path))
    assert "Today you told of pain 2. Has it changed?" in page
    assert page.count('class="numbers"') == 1


def test_her_session_page_speaks_to_her(server: Served, she: Client, path: str) -> None:
    number, at = path.rpartition("/")[2], f"{day_ago(0)}T09:00:00+00:00"
    mine = {"tenant_id": TENANT, "patient_id": number}
    made = Session(
        id=new_id(), on_day=at[:10], started_at=at, stage="step-6", state="ended", **mine
    )
    with server.clinic.repository.work(writes=True) as work:
        work.put(made)
    form = {"id": new_id(), "session": made.id, "moment": "after", "pain": "2"}
    assert she.post(f"{path}/pain", data=form | {"on_day": made.on_day}).status_code == 303
    page = page_of(she, f"{path}/sessions/{made.id}")
    assert "After this session you told of pain 2. Has it changed?" in page
    assert "Ask again" not in page


def test_how_often_she_trained_counts_whole_sessions_from_the_first_day_of_her_step(
    server: Served, she: Client, path: str
) -> None:
    """On that day nothing was missed yet."""
    assert " sessions.</p>" not in page_of(she, path)
    with server.clinic.repository.work(writes=True) as work:
        (given,) = work.find(Prescription, TENANT, where(patient_id=path.rpartition("/")[2]))
        work.put(replace(given, from_on=day_ago(2)))
    assert "In the last 2 days 0 of 6 sessions." in page_of(she, path)


def test_who_looked_shows_her_others_first_and_equal_lines_of_a_day_once(
    client: Client, she: Client, path: str
) -> None:
    for _ in range(3):
        client.get(path)
        she.get(path)
    page = page_of(she, f"{path}/looked")
    assert page.index("<h2>Others</h2>") < page.index("<h2>You yourself</h2>")
    others, own = page.split("<h2>You yourself</h2>")
    assert "Therapist" in others
    assert others.count("read the record") == own.count("read the record") == 1
    assert re.search(r"read the record <span[^>]*>· 3 times", own)
    assert "Therapist" not in own
    rows = re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    often = [re.search(r"· (\d+) times", row) for row in rows]
    in_all = sum(int(found[1]) if found else 1 for found in often)
    assert f"{in_all} times in all. What was alike on a day stands there once." in page
    assert len(rows) < in_all
    assert "of your record is kept here" in page
