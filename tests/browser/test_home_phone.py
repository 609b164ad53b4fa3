"""What a phone at home may offer, by itself: the pure modules of her pages, in a browser."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.served import Served

Run = Callable[..., Any]
DAY = "2026-11-22"
NEXT = "2026-11-23"
LATER = "2026-12-05"

RED = {
    "code": "red_flags",
    "ask": "Is one of these there?",
    "when": ["before"],
    "latest_counts": False,
    "stops": ["bleeding", "fever"],
    "counts_days": 1,
    "choices": [
        {"answer": "none", "words": "None", "act": ""},
        {"answer": "bleeding", "words": "Bleeding", "act": "Call your midwife."},
    ],
    "stopped": "Do not train.",
}
PAIN = {
    "code": "pain",
    "ask": "How much pain?",
    "when": ["before", "after"],
    "stops": [4, 5, 6],
    "counts_days": 1,
    "latest_counts": True,
    "choices": [{"answer": n, "words": str(n)} for n in range(7)],
    "stopped": "Rest now.",
}
LEAK = {
    "code": "leak",
    "ask": "Did you leak?",
    "when": ["after"],
    "latest_counts": False,
    "stops": ["yes"],
    "counts_days": 1,
    "choices": [{"answer": "no", "words": "No"}, {"answer": "yes", "words": "Yes"}],
    "stopped": "Enough for today.",
}
PARTS = ["rise", "hold", "fall", "rest", "rise", "hold"]
BEGINS = [0, 1, 4, 5, 25, 26]
ITEM = {
    "exercise": "endurance",
    "title": "Endurance",
    "repetitions": 2,
    "times_a_day": 2,
    "breakpoints": [[begins, part] for begins, part in zip(BEGINS, PARTS, strict=True)],
    "lasts_s": 50,
}
PLAN = {
    "made_at": f"{DAY}T08:00:00",
    "valid_until": LATER,
    "revision": "r",
    "questions": [RED, PAIN, LEAK],
    "answered": [],
    "days": [
        {"on_day": one, "items": ["a"], "shut": [], "cautions": []} for one in (DAY, NEXT, LATER)
    ],
    "items": {"a": ITEM},
    "shut": {},
    "done": {},
    "closed": [],
    "stopped": None,
    "habits": [],
    "adherence": None,
    "advice": [],
}
HERE = {"is_here": True, "days": [DAY, NEXT], "elsewhere": {LATER: "Tablet"}}
STATE = {"plan": PLAN, "lease": HERE, "ahead_s": 0, "latest_day": DAY, "outbox": []}


def answer(code: str, given: object, on_day: str = DAY, list_: str = "answers") -> dict[str, Any]:
    at = f"{on_day}T09:00:00"
    return {
        "list": list_,
        "id": f"{code}-{given}-{on_day}",
        "on_day": on_day,
        "at": at,
        "code": code,
        "answer": given,
    }


def session(number: int, ended_by: str = "done", on_day: str = DAY) -> dict[str, Any]:
    done = {"exercise": "endurance", "repetitions": 2, "lasted_s": 50, "pain": None, "leaked": None}
    own = {"list": "sessions", "id": f"s{number}", "on_day": on_day, "ended_by": ended_by}
    return {**own, **done, "started_at": f"{on_day}T09:00:00", "was_leased": True}


ASKED = [answer("red_flags", "none"), answer("pain", 0)]


@pytest.fixture(scope="module")
def modules(server: Served, browser: Any) -> Any:
    """One page for all: nothing here is kept."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/sign-in")
    yield page
    context.close()


@pytest.fixture
def run(modules: Page) -> Run:
    """Run an expression over the names of the modules, and `given`."""

    def running(expression: str, given: object = None) -> Any:
        names = ("phone", "guide", "cues", "store", "sync")
        imports = "".join(f'const {one} = await import("/static/home/{one}.js");' for one in names)
        script = f"async (given) => {{ {imports} return await ({expression}); }}"
        return modules.evaluate(script, json.loads(json.dumps(given)))

    return running


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
        ("red_flags", "bleeding", "Call your midwife. Do not train."),
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


def test_after_pain_in_an_exercise_nothing_more_is_offered_that_day(run: Run) -> None:
    """Without a network as with one, and whatever she tells of pain later."""
    told = [*ASKED, session(1, "pain"), answer("pain", 0)]
    assert offer(run, outbox=told) == {"is": "pained"}
    assert offer(run, NEXT, outbox=told)["is"] == "asks"
    sent = {**PLAN, "stopped": "It hurt.", "closed": [DAY]}
    assert offer(run, outbox=ASKED, plan=sent) == {"is": "stopped", "why": "It hurt.", "again": []}


def test_what_to_do_for_a_red_flag_stays_when_the_clinic_knows_of_it(run: Run) -> None:
    told = [{"code": "red_flags", "answer": "bleeding", "on_day": DAY}]
    stopped = offer(run, plan={**PLAN, "answered": told, "stopped": "Get help first."})
    assert stopped["why"] == "Call your midwife. Do not train."


def test_pain_may_be_told_again_and_the_last_score_counts_but_a_red_flag_stays(run: Run) -> None:
    more, less = answer("pain", 6), answer("pain", 2)
    stopped = offer(run, outbox=[*ASKED, more])
    assert [one["code"] for one in stopped["again"]] == ["pain"]
    assert offer(run, outbox=[*ASKED, more, less])["is"] == "items"
    assert offer(run, outbox=[*ASKED, less, more])["is"] == "stopped"
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


# --- The timer


POSITIONS = [
    (-3.5, "ready", 1, 4),
    (0, "rise", 1, 1),
    (1, "hold", 1, 3),
    (3.999, "hold", 1, 1),
    (4, "fall", 1, 1),
    (5, "rest", 1, 20),
    (24.5, "rest", 1, 1),
    (25, "rise", 2, 1),
    (40, "hold", 2, 10),
    (50, "over", 2, 0),
    (4000, "over", 2, 0),
]


@pytest.mark.parametrize(("at_s", "part", "repetition", "left_s"), POSITIONS)
def test_where_she_is(run: Run, at_s: float, part: str, repetition: int, left_s: int) -> None:
    at = run("guide.positionAt(given.breakpoints, given.lasts_s, given.at)", {**ITEM, "at": at_s})
    assert (at["part"], at["repetition"], at["left_s"]) == (part, repetition, left_s)
    assert at["repetitions"] == 2


def test_ten_minutes_hidden_and_shown_drift_by_nothing(run: Run) -> None:
    """The clock jumps as it does for a page that sleeps; a look is right whenever it comes."""
    worst = run(
        """(() => {
            let nowS = 1234.5;
            const numbers = Array.from({ length: 24 }, (_, number) => 25 * number);
            const breakpoints = numbers.flatMap((atS) => [[atS, "rise"], [atS + 1, "hold"]]);
            const timer = new guide.Guide(breakpoints, 600, () => nowS);
            timer.start();
            const beganS = nowS + guide.LEAD_S;
            let worst = 0;
            let seed = 7;
            while (nowS < beganS + 600) {
                seed = (seed * 16807) % 2147483647;
                nowS += (seed % 3 === 0 ? 61 : 0.016) * ((seed % 1000) / 1000 + 0.1);
                worst = Math.max(worst, Math.abs(timer.atS - (nowS - beganS)));
            }
            return worst;
        })()"""
    )
    assert worst < 1e-9


def test_a_pause_goes_back_to_the_beginning_of_its_repetition(run: Run) -> None:
    found = run(
        """(() => {
            let nowS = 0;
            const timer = new guide.Guide(given.breakpoints, given.lasts_s, () => nowS);
            timer.start();
            const seen = [];
            nowS = guide.LEAD_S + 27;
            timer.pause();
            seen.push(timer.atS, timer.isRunning, timer.nextS);
            nowS += 1000; seen.push(timer.atS);
            timer.resume();
            seen.push(timer.atS);
            nowS += guide.LEAD_S;
            seen.push(timer.atS, timer.isRunning);
            nowS += 30; seen.push(timer.isOver, timer.end());
            return seen.map((one) => (one === Infinity ? "never" : one));
        })()""",
        ITEM,
    )
    assert found == [25, False, "never", 25, 21, 25, True, True, 2]


def test_stop_counts_whole_repetitions_and_asks_nothing_more(run: Run) -> None:
    found = run(
        """(() => {
            let nowS = 0;
            const timer = new guide.Guide(given.breakpoints, given.lasts_s, () => nowS);
            timer.start();
            nowS = guide.LEAD_S + 30;
            const done = timer.end();
            nowS += 100; timer.resume();
            return [done, timer.atS, timer.isRunning, timer.isOver];
        })()""",
        ITEM,
    )
    assert found == [1, 30, False, True]


# --- What is heard


def test_every_part_has_its_cue_and_only_effort_its_tone(run: Run) -> None:
    cues, tones = run(
        "[cues.cuesOf(given.breakpoints, 50), cues.tonesOf(given.breakpoints, 50)]", ITEM
    )
    assert [one["name"] for one in cues] == [*PARTS, "set_ended"]
    assert tones[0] == {"riseS": 0, "holdS": 1, "fallS": 4, "endS": 5}
    assert tones[1] == {"riseS": 25, "holdS": 26, "fallS": 50, "endS": 50}


def test_all_cues_are_given_to_the_device_ahead_and_put_right_where_the_clocks_part(
    run: Run,
) -> None:
    """The page's clock is moved; the sound's goes on by itself."""
    found = run(
        """(async () => {
            const heard = [];
            let moved = 0;
            const clock = () => performance.now() / 1000 + moved;
            const timer = new guide.Guide(given.breakpoints, given.lasts_s, clock);
            timer.start();
            const cue = new cues.Cues((name, atS) => heard.push([name, atS]));
            cue.start(timer);
            const first = heard.length;
            cue.follow();
            const same = heard.length;
            moved = 10;
            cue.follow();
            const again = heard.slice(same);
            const beside = Math.abs(cue.nowAheadS() - cue.aheadS);
            cue.hush();
            const left = cue.sounding.length;
            cue.fall();
            const last = heard.at(-1)[0];
            await cue.close();
            return { first, same, again: again.map(([name]) => name), beside, left, last };
        })()""",
        ITEM,
    )
    assert found["first"] == found["same"] == 7
    assert found["again"] == ["rise", "hold", "set_ended"]
    assert found["beside"] < 0.05
    assert (found["left"], found["last"]) == (0, "falling")


def test_the_tones_keep_the_pages_time_in_real_time(run: Run) -> None:
    """A short sample of two real clocks; LEV_TIMER_S makes it a long one."""
    beside = run(
        """(async () => {
            const timer = new guide.Guide([[0, "rise"]], 1e5, () => performance.now() / 1000);
            timer.start();
            const cue = new cues.Cues();
            cue.start(timer);
            await new Promise((done) => setTimeout(done, 1000 * given));
            cue.follow();
            const beside = Math.abs(cue.nowAheadS() - cue.aheadS);
            await cue.close();
            return beside;
        })()""",
        float(os.environ.get("LEV_TIMER_S", "0.3")),
    )
    assert beside <= 0.05


# --- What is kept


def test_what_is_said_to_be_kept_is_there_for_the_next_page(run: Run) -> None:
    found = run(
        """(async () => {
            const one = await store.openStore("mia", false);
            const isKept = await one.keep({ put: [given], facts: { plan: { revision: "r" } } });
            const next = await (await store.openStore("mia", false)).load();
            await (await store.openStore("mia", false)).keep({ drop: [given.id] });
            const last = await (await store.openStore("mia", false)).load();
            const other = await (await store.openStore("bo", false)).load();
            await store.forgetAll();
            const left = (await indexedDB.databases()).length;
            const [first, plan] = [next.outbox[0].id, next.facts.plan.revision];
            return [isKept, first, plan, last.outbox.length, other.outbox.length, left];
        })()""",
        session(1),
    )
    assert found == [True, "s1", "r", 0, 0, 0]


def test_a_full_disk_is_told_and_a_shared_device_keeps_nothing(run: Run) -> None:
    found = run(
        """(async () => {
            const one = await store.openStore("mia", false);
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...given) {
                this.transaction.abort();
                throw new DOMException("full", "QuotaExceededError");
            };
            const full = await one.keep({ put: [given] });
            IDBObjectStore.prototype.put = put;
            const left = (await one.load()).outbox.length;
            const shared = await store.openStore("bo", true);
            const kept = await shared.keep({ put: [given] });
            const inPage = (await shared.load()).outbox.length;
            const bases = (await indexedDB.databases()).map((base) => base.name);
            await store.forgetAll();
            return [full, left, kept, inPage, bases];
        })()""",
        session(1),
    )
    assert found == [False, 0, False, 1, ["levator-home-mia"]]


def test_of_somebody_else_only_what_is_not_sent_yet_is_left(run: Run) -> None:
    found = run(
        """(async () => {
            const plan = { facts: { plan: { revision: "r" } } };
            await (await store.openStore("mia", false)).keep({ put: [given], ...plan });
            await (await store.openStore("ada", false)).keep(plan);
            await store.openStore("bo", false);
            await store.forgetOthers("bo");
            const names = (await indexedDB.databases()).map((base) => base.name).sort();
            const mia = await (await store.openStore("mia", false)).load();
            await store.forgetAll();
            return [names, mia.outbox.length, mia.facts.plan];
        })()""",
        session(1),
    )
    assert found == [["levator-home-bo", "levator-home-mia"], 1, None]


def test_the_pages_that_somebody_else_read_are_not_left_for_the_next(run: Run) -> None:
    pages = [
        "/home",
        "/home/advice",
        "/home/advice/scars",
        "/home/parts/1/home.js",
        "/static/a.css",
    ]
    found = run(
        """(async () => {
            const kept = await caches.open("levator-home-1");
            for (const page of given) await kept.put(page, new Response("of mia"));
            const left = async () => (await kept.keys()).map((one) => new URL(one.url).pathname);
            const mia = await store.openStore("mia", false);
            await mia.keep({ put: [{ id: "s1" }], facts: { plan: { revision: "r" } } });
            await store.openStore("bo", false);
            await store.forgetOthers("bo");
            const first = await left();
            await kept.put("/home/advice", new Response("of bo"));
            await store.forgetOthers("bo");
            const later = await left();
            await store.forgetAll();
            return [first.sort(), later.includes("/home/advice")];
        })()""",
        pages,
    )
    assert found == [["/home", "/home/parts/1/home.js", "/static/a.css"], True]
