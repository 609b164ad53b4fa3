"""How much of what her phones send is kept: more than anybody does, and an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.clinic import history, treatment
from levator.clinic.acting import Acts
from levator.clinic.home import bounds
from levator.clinic.home.keeping import ToldEntry, ToldHabit, ToldMark
from levator.clinic.home.reminding import open_days
from levator.clinic.home.syncing import Synced
from levator.course.home import QuestionCode
from levator.errors import CallerError
from levator.library import load_home
from levator.records.home import HomeLease, Phone
from levator.storage import open_repository
from levator.testing.entities import at_once
from tests.clinic import desk
from tests.clinic.desk import TENANT, TODAY, actor, new_id
from tests.clinic.home import women
from tests.clinic.home.women import answer, at, day, days_later, prescribed, session, woman
from tests.postgresql import Cluster

A_DAY, IN_ALL = 3, 5
OF_A_DAY = (
    f"For this day {A_DAY} of these are kept already. One more is not kept; nothing that was kept "
    "is lost."
)
OF_ALL = (
    f"In your record {IN_ALL} of these are kept already. One more is not kept; nothing that was "
    "kept is lost."
)
HABIT = new_id()
LESS = replace(answer("pain", 0), at=f"{TODAY}T08:30:00")


@pytest.fixture(params=[*desk.BACK_ENDS, "postgresql"])
def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acts]:
    """A clinic on each back end, the server's own among them."""
    if request.param != "postgresql":
        with desk.opened(request.param, tmp_path) as repository:
            yield desk.clinic(repository)
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with open_repository(cluster.database("bounds")) as repository:
        yield desk.clinic(repository)
    cluster.ask("DROP DATABASE bounds WITH (FORCE)")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of the library with so small numbers that they can be met."""
    rules = replace(load_home(), most_a_day=A_DAY, most_in_all=IN_ALL)
    monkeypatch.setattr(bounds, "load_home", lambda: rules)


def entry(on_day: str) -> ToldEntry:
    return ToldEntry(id=new_id(), on_day=on_day, at="09:00", kind="drink")


def habit(on_day: str) -> ToldHabit:
    return ToldHabit(id=new_id(), on_day=on_day, code="feeding")


#: One more of a thing on a day, under the name of its list.
KINDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "exercises": ("sessions", session),
    "no red flag": ("answers", lambda on_day: answer("red_flags", "none", on_day)),
    "a red flag": ("answers", lambda on_day: answer("red_flags", "calf", on_day)),
    "pain": ("answers", lambda on_day: answer("pain", 0, on_day)),
    "no leaking": ("answers", lambda on_day: answer("leak", "no", on_day)),
    "habits": ("habits", habit),
    "marks": ("marks", lambda on_day: ToldMark(id=new_id(), habit=HABIT, on_day=on_day)),
    "lines of the diary": ("entries", entry),
}


def refused(told: Synced) -> list[str]:
    return [one.why for one in told.refused]


def is_over(told: Synced) -> bool:
    """Whether nothing more is offered today."""
    return TODAY not in open_days(told.plan)


def send(phone: women.Phone, name: str, *sent: Any) -> Synced:
    """Send things of one list."""
    if name in ("sessions", "answers"):
        return phone.sync(*sent)
    return phone.sync(**{name: sent})


@pytest.mark.usefixtures("few")
def test_of_each_kind_so_many_are_kept_of_a_day_and_in_all(everywhere: Acts) -> None:
    _, she = woman(everywhere)
    phone = women.Phone(everywhere, she)
    phone.sync(habits=[replace(habit(day(-3)), id=HABIT)])
    for kind, (name, make) in KINDS.items():
        first = [make(TODAY) for _ in range(A_DAY)]
        assert refused(send(phone, name, *first, make(TODAY))) == [OF_A_DAY], kind
        # What is kept is passed over as before, and other days have room of their own.
        again = send(phone, name, *first)
        assert (again.kept, again.refused) == (tuple(one.id for one in first), ()), kind
        others = [make(day(-30)) for _ in range(IN_ALL - A_DAY - (name == "habits"))]
        assert refused(send(phone, name, *others, make(day(-31)))) == [OF_ALL], kind
        # What was sent for days long ago takes no room from what is of late.
        assert refused(send(phone, name, make(day(-1)))) == [], kind


def test_what_one_day_holds_is_more_than_a_phone_sends_at_once(acts: Acts) -> None:
    patient, she = woman(acts)
    most = load_home().most_a_day
    done = [session() for _ in range(most)]
    told = women.Phone(acts, she).sync(*done, session())
    assert (len(told.kept), len(told.refused)) == (most, 1)
    kept = history.read(acts, actor(), patient.id).home_sessions
    assert {one.id for one in kept} == {one.id for one in done}


@pytest.mark.usefixtures("few")
def test_an_answer_that_stops_is_kept_and_holds_however_much_was_answered(
    acts: Acts,
) -> None:
    asked: tuple[tuple[QuestionCode, int | str, int | str], ...] = (
        ("leak", "no", "yes"),
        ("pain", 0, 8),
        ("red_flags", "none", "calf"),
    )
    for code, no, yes in asked:
        patient, she = woman(acts, f"Jansen {code}")
        prescribed(acts, patient)
        phone = women.Phone(acts, she)
        assert len(phone.sync(*(answer(code, no) for _ in range(A_DAY + 1))).refused) == 1
        told = phone.sync(stop := replace(answer(code, yes), at=f"{TODAY}T08:01:00"))
        assert (told.kept, told.plan.stopped is None) == ((stop.id,), False)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("before", "stop"),
    [
        ([session(ended_by="stopped", repetitions=0)], session(ended_by="pain")),
        ([session(ended_by="stopped", repetitions=0)], session(ended_by="stopped", leaked=True)),
        ([session(ended_by="stopped", repetitions=0)], session(ended_by="stopped", pain=8)),
        ([answer("pain", 8), LESS, LESS], replace(answer("pain", 8), at=f"{TODAY}T09:30:00")),
    ],
    ids=["ended by pain", "leaked", "pain after it", "pain again"],
)
def test_a_stop_is_kept_and_holds_after_as_much_of_the_like_as_there_may_be(
    acts: Acts, before: list[Any], stop: Any
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = women.Phone(acts, she)
    sent = [replace(one, id=new_id()) for one in before for _ in range(A_DAY // len(before))]
    told = phone.sync(*sent)
    assert not is_over(told), "still open, or this shows nothing"
    told = phone.sync(stop)
    assert told.kept == (stop.id,)
    assert is_over(told)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("code", "yes"), [("leak", "yes"), ("red_flags", "calf")])
def test_what_was_sent_for_long_ago_keeps_no_stop_of_today_out(
    acts: Acts, code: QuestionCode, yes: str
) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phone = women.Phone(acts, she)
    long_ago = [answer(code, yes, day(-400 - place)) for place in range(IN_ALL)]
    assert phone.sync(*long_ago).refused == ()
    signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": TODAY}
    treatment.sign_clearance(at(acts, days_later(0)), actor(), patient.id, new_id(), **signed)
    told = phone.sync(stop := answer(code, yes))
    assert told.kept == (stop.id,)
    assert is_over(told)


@pytest.mark.usefixtures("few")
def test_an_exercise_is_kept_with_its_pain_where_no_more_answers_are(acts: Acts) -> None:
    patient, she = woman(acts)
    phone = women.Phone(acts, she)
    phone.sync(*(answer("pain", 7) for _ in range(A_DAY)))
    done = session(ended_by="pain", pain=7, leaked=True)
    told = phone.sync(done)
    assert (told.kept, told.refused) == ((done.id,), ())
    kept = history.read(acts, actor(), patient.id)
    assert [one.id for one in kept.pains if one.id == done.id] == [done.id]
    assert [one.id for one in kept.symptoms] == [done.id]


@pytest.mark.usefixtures("few")
def test_one_more_phone_is_refused_as_a_whole_and_those_before_go_on(acts: Acts) -> None:
    patient, she = woman(acts)
    phones = [women.Phone(acts, she, f"phone {place}") for place in range(A_DAY + 1)]
    for one in phones[:-1]:
        one.sync()
    with pytest.raises(CallerError) as refusal:
        phones[-1].sync(session())
    assert str(refusal.value) == (
        "You have used more phones and browsers than can be kept here; go on with one of those."
    )
    assert history.read(acts, actor(), patient.id).home_sessions == ()
    done = session()
    assert phones[0].sync(done).kept == (done.id,)
    phones[-1].acts = at(acts, days_later(1))
    assert phones[-1].sync().lease.elsewhere != {}


def test_a_day_has_one_lease_however_often_it_is_taken_over(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    phones = [women.Phone(acts, she, f"phone {place}") for place in range(3)]
    for one in phones * 2:
        one.sync(take_over=True)
    with acts.repository.work(writes=False) as work:
        assert work.count(HomeLease, TENANT) == load_home().plan_days
        assert work.count(Phone, TENANT) == len(phones)


@pytest.mark.usefixtures("few")
def test_phones_that_send_at_once_do_not_pass_it(postgresql: Cluster) -> None:
    with open_repository(postgresql.database("bounds_at_once")) as repository:
        acts = desk.clinic(repository)
        patient, she = woman(acts)
        phones = [women.Phone(acts, she, f"phone {place}") for place in range(A_DAY)]
        for one in phones:
            one.sync()
        at_once(*(lambda one=one: one.sync(session(), session()) for one in phones))
        kept = history.read(acts, actor(), patient.id).home_sessions
        assert len(kept) == A_DAY
    postgresql.ask("DROP DATABASE bounds_at_once WITH (FORCE)")
