"""What a calendar reads by her link: moments of the days on which there is something, no more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from levator.clinic.accounts import Accounts
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.guesses import Guesses, TooManyGuessesError
from levator.clinic.home import feed, reminding
from levator.clinic.home.feed import NoFeedError
from levator.clinic.home.keeping import ToldAnswer
from levator.clinic.invitations import Invitations
from levator.clinic.seal_key import SealKey
from levator.formats.calendar_feed import CalendarEntry, calendar_of
from levator.records.access import Actor
from levator.records.people import Patient, User
from levator.records.reminders import CalendarFeed
from levator.records.treatment import Course
from levator.records.work import where
from tests.clinic.desk import NOW, TENANT, actor, new_id
from tests.clinic.home.test_reminding import wanted
from tests.clinic.home.test_syncing import lines_of
from tests.clinic.home.women import Phone, answer, day, prescribed, session, woman

FROM = "192.0.2.7"


def with_account(acts: Acts, name: str = "Jansen", language: str = "en") -> tuple[Patient, Actor]:
    """A woman with an exercise for today, who is reminded at nine and at two."""
    patient, she = woman(acts, name)
    address = f"{patient.id}@example.org"
    with acts.repository.work(writes=True) as work:
        user = work.put(
            User(
                id=new_id(),
                tenant_id=TENANT,
                name=name,
                email=address,
                email_key=address,
                role="patient",
                state="active",
                language=language,
                patient_id=patient.id,
            )
        )
    she = replace(she, user_id=user.id)
    prescribed(acts, patient)
    reminding.choose(acts, she, wanted("09:00", "14:00"))
    return patient, she


def read(acts: Acts, secret: str) -> bytes:
    guesses = Guesses(acts.repository, lambda: datetime.fromisoformat(acts.now()))
    return feed.calendar(acts, guesses, lambda _: True, secret, FROM)


def uids(written: bytes) -> list[str]:
    return [str(one["uid"]) for one in Calendar.from_ical(written).walk("VEVENT")]


def moments(written: bytes) -> list[str]:
    events = Calendar.from_ical(written).walk("VEVENT")
    return [f"{one.decoded('dtstart'):%Y-%m-%d %H:%M}" for one in events]


def test_it_has_her_times_on_the_days_of_her_plan(anywhere: Acts) -> None:
    patient, she = with_account(anywhere)
    found = moments(read(anywhere, feed.make(anywhere, she)))
    assert found == [f"{day(n)} {at}" for n in range(14) for at in ("09:00", "14:00")]
    assert lines_of(anywhere, patient.id)[-1] == ("home.feed", "done")
    with anywhere.repository.work(writes=False) as work:
        last = work.audit_lines(TENANT, patient_id=patient.id)[-1].entry
    assert (last.user_id, last.role, last.address) == ("", "", FROM)


def test_each_reading_leaves_one_line(acts: Acts) -> None:
    patient, she = with_account(acts)
    secret = feed.make(acts, she)
    before = len(lines_of(acts, patient.id))
    assert read(acts, secret) == read(acts, secret)
    assert lines_of(acts, patient.id)[before:] == [("home.feed", "done")] * 2


def test_a_day_on_which_nothing_is_left_to_do_is_not_in_it(acts: Acts) -> None:
    _, she = with_account(acts)
    secret, phone = feed.make(acts, she), Phone(acts, she)
    phone.sync(session(), session())
    assert moments(read(acts, secret))[0].startswith(day(0))
    phone.sync(session())
    assert moments(read(acts, secret))[0].startswith(day(1))


STOPS = [(answer("leak", "yes"), 1), (answer("red_flags", "fever"), None)]


@pytest.mark.parametrize(("told", "first"), STOPS)
def test_an_answer_that_stops_leaves_its_days_out(
    acts: Acts, told: ToldAnswer, first: int | None
) -> None:
    _, she = with_account(acts)
    secret = feed.make(acts, she)
    Phone(acts, she).sync(told)
    found = moments(read(acts, secret))
    assert found[:1] == ([] if first is None else [f"{day(first)} 09:00"])


def test_while_she_turned_it_off_it_is_empty(acts: Acts) -> None:
    _, she = with_account(acts)
    secret = feed.make(acts, she)
    reminding.choose(acts, she, wanted("09:00", is_on=False))
    assert moments(read(acts, secret)) == []


def test_after_her_course_ended_it_is_empty(acts: Acts) -> None:
    patient, she = with_account(acts)
    secret = feed.make(acts, she)
    ended = {"ended_on": day(0), "ended_ground": "goals_reached", "ended_at": acts.now()}
    with acts.repository.work(writes=True) as work:
        work.put(
            Course(
                id=new_id(),
                tenant_id=TENANT,
                patient_id=patient.id,
                protocol="bekken-zwanger-fit",
                protocol_version="1",
                stage="step-6",
                begun_on=day(-30),
                **ended,
            )
        )
    assert moments(read(acts, secret)) == []


def test_it_says_nothing_of_her_nor_of_what_it_is_about(acts: Acts) -> None:
    patient, she = with_account(acts, "Zonderling")
    secret = feed.make(acts, she)
    written = read(acts, secret).decode()
    ids = (patient.id, she.user_id, TENANT, secret)
    for word in (*ids, "zonderling", "levator", "pelvi", "bekken", "clinic", "floor", "endurance"):
        assert word not in written.lower()


TITLES = {
    "nl": "Tijd voor jezelf",
    "en": "Time for yourself",
    "fr": "Un moment pour vous",
    "de": "Zeit für Sie",
}


@pytest.mark.parametrize("language", TITLES)
def test_its_titles_are_in_her_language(acts: Acts, language: str) -> None:
    _, she = with_account(acts, language=language)
    calendar = Calendar.from_ical(read(acts, feed.make(acts, she)))
    titles = {str(one["summary"]) for one in calendar.walk("VEVENT")}
    assert titles == {TITLES[language], str(calendar["x-wr-calname"])}


def test_its_times_are_those_of_the_clock_on_the_wall_and_its_names_stay(acts: Acts) -> None:
    _, she = with_account(acts)
    secret = feed.make(acts, she)
    first = read(acts, secret)
    assert f"DTSTART:{day(0).replace('-', '')}T090000\r\n".encode() in first
    assert b"TZID" not in first
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in first
    names = uids(first)
    assert len(set(names)) == len(names) == 28
    tomorrow = replace(acts, now=lambda: (datetime.fromisoformat(NOW) + timedelta(1)).isoformat())
    assert uids(read(tomorrow, secret))[:26] == names[2:]
    assert not {*uids(read(acts, feed.make(acts, she)))} & {*names}


def test_a_new_link_ends_the_one_before_and_she_may_end_it(acts: Acts) -> None:
    _, she = with_account(acts)
    assert reminding.read(acts, she).feed_made_at is None
    first, second = feed.make(acts, she), feed.make(acts, she)
    assert reminding.read(acts, she).feed_made_at == acts.now()
    assert read(acts, second)
    refused: Mapping[str, str] = {"ended before": first, "never made": "x" * 43}
    feed.revoke(acts, she)
    feed.revoke(acts, she)
    assert reminding.read(acts, she).feed_made_at is None
    sentences = set()
    for secret in (*refused.values(), second):
        with pytest.raises(NoFeedError) as error:
            read(acts, secret)
        sentences.add(str(error.value))
    assert sentences == {"There is no calendar at this address."}


def test_closing_her_access_ends_it_also_once_she_is_let_in_again(acts: Acts) -> None:
    patient, she = with_account(acts)
    secret = feed.make(acts, she)
    accounts = Accounts(acts.repository, lambda: datetime.fromisoformat(acts.now()), SealKey())
    Invitations(accounts).close(actor(), patient.id)
    with pytest.raises(NoFeedError):
        read(acts, secret)
    with acts.repository.work(writes=True) as work:
        [user] = work.find(User, TENANT, where(patient_id=patient.id))
        work.put(replace(user, state="active"))
    with pytest.raises(NoFeedError):
        read(acts, secret)


def test_an_account_that_is_not_hers_to_open_gives_nothing_out(acts: Acts) -> None:
    patient, she = with_account(acts)
    secret = feed.make(acts, she)
    with acts.repository.work(writes=True) as work:
        [user] = work.find(User, TENANT, where(patient_id=patient.id))
        work.put(replace(user, state="disabled"))
    with pytest.raises(NoFeedError):
        read(acts, secret)


def test_only_a_digest_of_the_link_is_kept(acts: Acts) -> None:
    _, she = with_account(acts)
    secret = feed.make(acts, she)
    with acts.repository.work(writes=False) as work:
        [kept] = work.find(CalendarFeed, None)
    assert secret not in repr(kept)
    assert len(secret) >= 43


def test_who_tries_many_links_waits_and_who_has_one_does_not(acts: Acts) -> None:
    _, she = with_account(acts)
    secret = feed.make(acts, she)
    for number in range(10):
        with pytest.raises(NoFeedError):
            read(acts, str(number))
    with pytest.raises(TooManyGuessesError):
        read(acts, "11")
    assert read(acts, secret)


def test_nobody_makes_or_ends_it_for_her(acts: Acts) -> None:
    patient, _ = with_account(acts)
    for role in ("therapist", "clinic_admin"):
        who = replace(actor(), role=role, patient_id=patient.id)
        for act in (feed.make, feed.revoke):
            with pytest.raises(RefusedError):
                act(acts, who)


def test_long_lines_are_folded_and_signs_escaped_as_the_standard_asks() -> None:
    at = datetime(2026, 12, 1, 9)  # noqa: DTZ001, of the clock on the wall
    title = "Moment; pour, vous\\" + "é漢" * 40
    written = calendar_of(title, [CalendarEntry("1", at)], datetime.fromisoformat(NOW))
    assert written.endswith(b"END:VCALENDAR\r\n")
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    unfolded = written.replace(b"\r\n ", b"")
    assert "SUMMARY:Moment\\; pour\\, vous\\\\é漢é".encode() in unfolded
    [event] = Calendar.from_ical(written).walk("VEVENT")
    assert str(event["summary"]) == title
