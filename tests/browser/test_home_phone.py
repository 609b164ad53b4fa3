"""What a phone offers at home and has not sent yet: `static/home/phone.js`, in a browser."""

from typing import Any

import pytest

from tests.browser.home_plan import (
    ASKED,
    DAY,
    HERE,
    LATER,
    NEXT,
    PAIN,
    PLAN,
    RED,
    STATE,
    Run,
    answer,
    session,
)


def offer(run: Run, day: str = DAY, **changes: Any) -> dict[str, Any]:
    state = {**STATE, **changes}
    found: dict[str, Any] = run(
        "phone.offered(given.state, given.day)", {"state": state, "day": day}
    )
    return found


# --- What is offered


def test_without_a_plan_nothing_is_offered(run: Run) -> None:
    assert run("phone.offered(phone.empty(), given)", DAY) == {"is": "no_plan"}


def test_first_what_is_asked_before_then_the_items(run: Run) -> None:
    asked = offer(run)
    assert [one["code"] for one in asked["questions"]] == ["red_flags", "pain"]
    asked = offer(run, outbox=ASKED[:1])
    assert [one["code"] for one in asked["questions"]] == ["pain"]
    shown = offer(run, outbox=ASKED)
    assert (shown["is"], shown["items"][0]["done"]) == ("items", 0)
    told = [{"code": one["code"], "answer": one["answer"], "on_day": DAY} for one in ASKED]
    assert offer(run, plan={**PLAN, "answered": told})["is"] == "items"


def test_an_answer_counts_for_its_days_and_no_longer(run: Run) -> None:
    assert [one["code"] for one in offer(run, NEXT, outbox=ASKED)["questions"]] == [
        "red_flags",
        "pain",
    ]
    weekly = {**PLAN, "questions": [{**RED, "counts_days": 7}, PAIN]}
    assert [one["code"] for one in offer(run, NEXT, outbox=ASKED, plan=weekly)["questions"]] == [
        "pain"
    ]
    tomorrow = [answer("red_flags", "none", NEXT), answer("pain", 0, NEXT)]
    assert offer(run, outbox=tomorrow)["is"] == "asks"


@pytest.mark.parametrize(
    ("code", "given", "words"),
    [
        ("red_flags", "bleeding", "Do not train."),
        ("pain", 4, "Rest now."),
        ("pain", "4", "Rest now."),
        ("leak", "yes", "Enough for today."),
    ],
)
def test_an_answer_that_stops_leaves_advice_only(
    run: Run, code: str, given: object, words: str
) -> None:
    stopping = answer(code, given)
    stopped = offer(run, outbox=[*ASKED, stopping])
    assert (stopped["is"], stopped["why"]) == ("stopped", words)
    told = [{"code": code, "answer": given, "on_day": DAY}]
    assert offer(run, plan={**PLAN, "answered": told})["is"] == "stopped"
    assert offer(run, NEXT, outbox=[*ASKED, stopping])["is"] == "asks"


@pytest.mark.parametrize(
    ("told", "words"),
    [({"pain": 5}, "Rest now."), ({"leaked": True}, "Enough for today."), ({"pain": 3}, "")],
)
def test_what_she_told_after_an_exercise_stops_as_well(
    run: Run, told: dict[str, Any], words: str
) -> None:
    shown = offer(run, outbox=[*ASKED, {**session(1), **told}])
    assert shown.get("why", "") == words
    assert shown["is"] == ("stopped" if words else "items")


def test_pain_after_an_exercise_was_told_at_its_end_in_whatever_order_it_is_kept(run: Run) -> None:
    hurt, before = {**session(1), "pain": 5}, {**answer("pain", 0), "at": f"{DAY}T09:00:40"}
    assert offer(run, outbox=[hurt, ASKED[0], before])["is"] == "stopped"
    later = {**before, "at": f"{DAY}T09:00:51"}
    assert offer(run, outbox=[later, ASKED[0], hurt])["is"] == "items"


def test_after_pain_in_an_exercise_nothing_more_is_offered_that_day(run: Run) -> None:
    """Without a network as with one, and whatever she tells of pain later."""
    told = [*ASKED, session(1, "pain"), answer("pain", 0)]
    assert offer(run, outbox=told) == {"is": "pained"}
    assert offer(run, NEXT, outbox=told)["is"] == "asks"
    sent = {**PLAN, "stopped": "It hurt.", "closed": [DAY]}
    held = {"is": "stopped", "why": "It hurt.", "acts": [], "told": "", "again": []}
    assert offer(run, outbox=ASKED, plan=sent) == held


def test_what_to_do_for_a_red_flag_stays_when_the_clinic_knows_of_it(run: Run) -> None:
    told = [{"code": "red_flags", "answer": "bleeding", "on_day": DAY}]
    stopped = offer(run, plan={**PLAN, "answered": told, "stopped": "Get help first."})
    assert (stopped["why"], stopped["told"]) == ("Do not train.", "red_flags")
    assert [one["act"] for one in stopped["acts"]] == ["Call your midwife."]


def test_of_several_red_flags_all_are_told_the_most_urgent_first(run: Run) -> None:
    """Told here and elsewhere, on any of its days; each once."""
    told = [{"code": "red_flags", "answer": "bleeding", "on_day": DAY}]
    here = [answer("red_flags", one) for one in ("fever", "chest")]
    stopped = offer(run, plan={**PLAN, "answered": [*told, *told]}, outbox=here)
    acts = [(one["words"], one["act"]) for one in stopped["acts"]]
    assert acts == [("Breathless", "Call 112."), ("Bleeding", "Call your midwife.")]
    assert stopped["why"] == "Do not train."


def test_pain_may_be_told_again_and_the_last_score_counts_but_a_red_flag_stays(run: Run) -> None:
    more, less = answer("pain", 6), {**answer("pain", 2), "at": f"{DAY}T09:00:01"}
    stopped = offer(run, outbox=[*ASKED, more])
    assert [one["code"] for one in stopped["again"]] == ["pain"]
    # Whatever the order: from the disk they come by their ids.
    assert offer(run, outbox=[*ASKED, more, less])["is"] == "items"
    assert offer(run, outbox=[less, more, *ASKED])["is"] == "items"
    more["at"] = less["at"]
    assert offer(run, outbox=[*ASKED, more, less])["is"] == "stopped"
    told = [{"code": "pain", "answer": 6, "on_day": DAY}]
    assert offer(run, outbox=[*ASKED, less], plan={**PLAN, "answered": told})["is"] == "items"
    flag = answer("red_flags", "fever")
    flagged = offer(run, outbox=[ASKED[1], flag, ASKED[0]])
    assert (flagged["is"], flagged["again"]) == ("stopped", [])


def test_an_answer_just_below_does_not_stop(run: Run) -> None:
    assert offer(run, outbox=[*ASKED, answer("pain", 3), answer("leak", "no")])["is"] == "items"


def test_held_by_the_clinic_the_days_after_the_plan_and_before_it(run: Run) -> None:
    held = offer(run, outbox=ASKED, plan={**PLAN, "stopped": "Ask first."})
    assert (held["is"], held["why"]) == ("stopped", "Ask first.")
    assert offer(run, "2026-12-06")["is"] == "over"
    assert offer(run, "2026-11-21")["is"] == "over"
    short = {**PLAN, "valid_until": DAY}
    assert offer(run, NEXT, plan=short)["is"] == "over"
    assert offer(run, DAY, plan=short)["is"] == "asks"


def test_a_day_without_a_lease_is_elsewhere(run: Run) -> None:
    assert offer(run, LATER) == {"is": "elsewhere", "phone": "Tablet"}
    gone = {"is_here": True, "days": [], "elsewhere": {}}
    assert offer(run, lease=gone) == {"is": "elsewhere", "phone": ""}
    assert offer(run, lease={**HERE, "is_here": False})["is"] == "elsewhere"


def test_what_was_done_here_and_elsewhere_is_counted_once(run: Run) -> None:
    done = {DAY: {"endurance": 1}}
    shown = offer(run, outbox=ASKED, plan={**PLAN, "done": done})["items"][0]
    assert (shown["done"], shown["is_done"]) == (1, False)
    shown = offer(run, outbox=[*ASKED, session(1)], plan={**PLAN, "done": done})["items"][0]
    assert (shown["done"], shown["is_done"]) == (2, True)
    half = {**session(2, "stopped"), "repetitions": 1}
    shown = offer(run, outbox=[*ASKED, half, session(4, "tapped", NEXT)])["items"][0]
    assert (shown["done"], shown["is_done"]) == (0, False)
    shown = offer(run, outbox=[*ASKED, half, {**half, "id": "s3"}])["items"][0]
    assert (shown["done"], shown["is_done"]) == (1, False)
    assert offer(run, outbox=ASKED, plan={**PLAN, "closed": [DAY]})["is"] == "closed"


# --- What happens


def test_what_the_clinic_named_is_kept_there_and_the_rest_stays(run: Run) -> None:
    """Half of it arrived: the rest is sent again, and the count never doubles."""
    told = {
        "kept": ["s1"],
        "refused": [{"id": "s2", "why": "It was kept as it first was."}],
        "now": f"{DAY}T09:30:00",
        "clock": None,
        "lease": HERE,
        "plan": {**PLAN, "done": {DAY: {"endurance": 1}}},
    }
    state = {**STATE, "outbox": [*ASKED, session(1), session(2), session(3)]}
    after = run("phone.synced(given.state, given.told, Date.now())", {"state": state, "told": told})
    assert [one["id"] for one in after["outbox"]] == [*(one["id"] for one in ASKED), "s3"]
    shown = offer(run, **after)["items"][0]
    assert shown["done"] == 2


def test_the_same_thing_is_not_kept_twice(run: Run) -> None:
    expression = "phone.happened(phone.happened(phone.empty(), given), given).outbox.length"
    assert run(expression, session(1)) == 1


def test_a_clock_that_is_a_day_off_is_put_right_by_the_clinics(run: Run) -> None:
    for off_s in (86_400, -86_400):
        now, day, is_off = run(
            """(() => {
                const at = Date.parse("2026-11-22T10:00:00") + 1000 * given.off;
                const told = { kept: [], refused: [], now: "2026-11-22T10:00:00+01:00",
                    lease: given.state.lease, plan: given.state.plan };
                const state = phone.synced(given.state, told, at);
                const { clinicTime, dayAt, isClockOff } = phone;
                return [clinicTime(state, at), dayAt(state, at), isClockOff(state, at)];
            })()""",
            {"state": STATE, "off": off_s},
        )
        assert (now, day, is_off) == ("2026-11-22T10:00:00", DAY, True)


def test_a_clock_set_back_brings_no_day_back(run: Run) -> None:
    found = run(
        """(() => {
            const state = phone.dayCame(given, "2026-11-23");
            const at = Date.parse("2026-11-22T10:00:00");
            const back = phone.dayCame(state, "2026-11-22").latest_day;
            return [phone.dayAt(state, at), phone.isClockOff(state, at), back];
        })()""",
        STATE,
    )
    assert found == [NEXT, True, NEXT]


def test_so_much_is_sent_at_once_and_without_the_name_of_its_list(run: Run) -> None:
    sent = run("sync.piece(given)", [session(number) for number in range(53)])
    assert (len(sent["sessions"]), sent["answers"]) == (50, [])
    assert "list" not in sent["sessions"][0]
    # What may stop her goes first, however much was done before it.
    answer = {"list": "answers", "id": "a", "on_day": DAY, "at": f"{DAY}T09:00:00"}
    sent = run("sync.piece(given)", [*[session(number) for number in range(53)], answer])
    assert [one["id"] for one in sent["answers"]] == ["a"]
    assert sum(map(len, sent.values())) == 50


def mark(name: str, on_day: str = DAY) -> dict[str, Any]:
    return {"list": "marks", "id": name, "habit": "h", "on_day": on_day}


def back(of: str) -> dict[str, Any]:
    return {"list": "taken_back", "id": f"back-{of}", "of": of}


def test_what_was_taken_back_stands_no_more_whether_the_clinic_has_it_or_not(run: Run) -> None:
    """A habit on its day, and the lines of the diary."""
    habit = {"id": "h", "marked": [{"id": "there", "on_day": DAY}, {"id": "old", "on_day": NEXT}]}
    entry = {"list": "entries", "id": "e", "on_day": DAY, "at": "09:00"}
    plan = {**PLAN, "diary": {"entries": [{"id": "f", "on_day": DAY, "at": "10:00"}]}}
    told = [mark("here"), mark("here too", NEXT), entry]

    def stand(*taken: str) -> Any:
        state = {**STATE, "plan": plan, "outbox": [*told, *map(back, taken)]}
        lines = "phone.linesOf(given.state).map((one) => one.id)"
        marks = "phone.marksOf(given.state, given.habit, given.day)"
        return run(f"[{marks}, {lines}]", {"state": state, "habit": habit, "day": DAY})

    assert stand() == [["there", "here"], ["f", "e"]]
    assert stand("there", "e") == [["here"], ["f"]]
    assert stand("there", "here", "e", "f") == [[], []]


def test_what_is_taken_back_is_not_sent_before_what_it_is_of(run: Run) -> None:
    marks = [mark(str(number)) for number in range(51)]
    told = [back("50"), back("0"), back("kept there")]
    # Fifty go: not the last mark, so that it is not taken back before it is there.
    sent = run("sync.piece(given)", [*marks, *told])
    assert (len(sent["marks"]), sent["taken_back"]) == (50, [])
    sent = run("sync.piece(given)", [*marks[:48], *told, *marks[50:]])
    assert [one["of"] for one in sent["taken_back"]] == ["50"]
    sent = run("sync.piece(given)", [*marks[50:], *told])
    assert [one["of"] for one in sent["taken_back"]] == ["50", "0", "kept there"]


def test_of_what_another_page_wrote_the_newer_plan_counts_and_what_it_sent_is_gone(
    run: Run,
) -> None:
    """The two moments are of the hour that clocks show twice: as text the later is the smaller."""
    first, later = "2026-10-25T02:45:00+02:00", "2026-10-25T02:30:00+01:00"
    known = "phone.alsoKnown(given.state, given.facts, given.kept, new Set(given.gone))"

    def plan_of(here: str, there: str) -> Any:
        state = {**STATE, "plan": {**PLAN, "made_at": here}, "outbox": [session(1), session(2)]}
        facts = {"plan": {**PLAN, "made_at": there}, "lease": HERE, "ahead_s": 0}
        given = {"state": state, "facts": facts, "kept": [session(3)], "gone": ["s1"]}
        found = run(known, given)
        return found["plan"]["made_at"], [one["id"] for one in found["outbox"]]

    assert plan_of(first, later) == (later, ["s2", "s3"])
    assert plan_of(later, first) == (later, ["s2", "s3"])
