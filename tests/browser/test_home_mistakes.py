"""What she told by mistake at home: read back before it stops her, or taken back the same day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from levator.clinic import treatment
from levator.records.home import DiaryEntry, HabitMark
from levator.records.treatment import PainScore, RedFlag
from tests.browser.at_home import (
    CONTROLLED,
    THERAPIST,
    accepted,
    comes,
    goes,
    kept_of,
    rests,
    sessions_of,
    settled,
    settles,
    tap,
    well,
    woman,
)
from tests.browser.relay import Relay
from tests.web.forms import new_id
from tests.web.served import Served

#: Where the first button that she may press stands, as often as it is another place or button.
PLACES = """() => {
    const buttons = "#questions button, #items .primary, #after-questions button";
    window.places = [];
    const note = () => {
        const first = [...document.querySelectorAll(buttons)].find((one) => one.offsetParent);
        const top = first?.getBoundingClientRect().top + scrollY;
        const told = [first?.textContent, top];
        if (first && String(told) !== String(places.at(-1))) places.push(told);
        requestAnimationFrame(note);
    };
    note();
}"""


@pytest.mark.parametrize("has_line", [True, False])
def test_nothing_moves_from_under_her_thumb_while_what_she_told_is_kept_and_sent(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext], *, has_line: bool
) -> None:
    """One question comes where another was; a tap that is on its way must not meet a third."""
    page = accepted(new_phone(), woman(home))
    expect(page.get_by_role("button", name="None of these")).to_be_visible()
    page.wait_for_function(CONTROLLED)
    if not has_line:
        network.cut()
    page.evaluate(PLACES)
    for name in ("None of these", "0", "Done without the timer", "0"):
        page.get_by_role("button", name=re.compile(rf"^{name}\b")).click()
        page.wait_for_timeout(400)
        if has_line:
            rests(page)
        else:
            expect(page.locator("#unsent")).to_contain_text("not sent yet. No internet now.")
    places = page.evaluate("places")
    assert [name for name, _ in places] == ["None of these", "0", "Begin", "0", "No"], places


def test_a_slip_of_the_thumb_is_taken_back_but_not_what_she_told(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    well(page)
    tap(page.get_by_role("button", name="Done without the timer"))
    slip = page.get_by_role("button", name="Pressed by mistake: not done")
    tap(slip)
    expect(page.get_by_role("heading", name="2 more times today")).to_be_visible()
    page.reload()
    tap(page.get_by_role("button", name="Done without the timer"))
    question = page.get_by_role("group", name="How much pain do you have now?")
    expect(question).to_contain_text("worst")
    tap(question.get_by_role("button", name="0", exact=True))
    expect(slip).to_be_hidden()
    tap(page.get_by_role("button", name="To today"))
    expect(page.get_by_role("heading", name="Once more today")).to_be_visible()
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["tapped"]


def test_a_habit_and_a_line_of_the_diary_are_taken_back_the_same_day(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    page.goto(f"{home.address}/home/settings")
    page.get_by_label("During or after a feed").check()
    tap(page.get_by_role("link", name="Today", exact=True))
    habit = page.get_by_role("button", name="During or after a feed Do one of your exercises")
    tap(habit)
    expect(habit).to_have_attribute("aria-pressed", "true")
    rests(page)
    # The clinic has it already; without a network it is taken back, and marked again, and back.
    goes(network, page.context)
    for is_marked in ("false", "true", "false"):
        tap(habit)
        expect(habit).to_have_attribute("aria-pressed", is_marked)
    tap(page.get_by_role("link", name="Diary"))
    urge = page.get_by_label("How strong was the urge")
    for amount, kind in (("150", "Something to drink"), ("200", "On the toilet")):
        expect(urge).to_be_hidden()
        page.get_by_label(kind).check()
        if kind == "On the toilet":
            urge.fill("3")
        page.get_by_label("How much, in ml").fill(amount)
        tap(page.get_by_role("button", name="Keep", exact=True))
    lines = page.locator("#entries li")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text="200 ml")).to_contain_text("On the toilet · 200 ml · urge 3 of 4")
    tap(lines.filter(has_text="150 ml").get_by_role("button"))
    expect(page.locator("#entry-kept")).to_be_focused()
    expect(lines).to_have_count(1)
    comes(network, page.context)
    page.reload()
    rests(page)
    expect(lines).to_have_count(1)
    kept = kept_of(home, she, DiaryEntry)
    assert {one.amount_ml: one.taken_back_at is None for one in kept} == {150: False, 200: True}
    assert [one.taken_back_at is None for one in kept_of(home, she, HabitMark)] == [False, False]


def test_a_line_of_the_diary_is_kept_once_and_never_of_a_time_to_come(
    home: Served, network: Relay, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    # The clinic's clock would put this one right.
    goes(network, page.context)
    noon = datetime.now().astimezone().replace(hour=12, minute=0)
    page.clock.set_fixed_time(noon)
    tap(page.get_by_role("link", name="Diary"))
    at, amount = page.locator("#entry-at"), page.locator("#entry-amount")
    expect(at).to_have_value("12:00")
    at.fill("12:01")
    amount.fill("150")
    amount.press("Enter")
    assert at.evaluate("(one) => one.validity.rangeOverflow")
    expect(page.locator("#entries li")).to_have_count(0)
    at.fill("12:00")
    amount.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#entry-kept")).to_be_focused()
    expect(page.locator("#entry-kept")).to_have_text("Kept on this phone.")
    comes(network, page.context)
    page.reload()
    rests(page)
    assert [one.amount_ml for one in kept_of(home, she, DiaryEntry)] == [150]


def test_what_stops_her_is_read_back_once_before_it_is_told(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    rests(page)
    chest = page.get_by_role("button", name="Breathlessness or chest pain")
    tap(chest)
    told = page.get_by_role("group", name="You told us: Breathlessness or chest pain.")
    # What to do does not wait for her yes.
    expect(told).to_contain_text("Call 112 now")
    assert told.get_by_role("link").get_attribute("href") == "tel:112"
    tap(told.get_by_role("button", name="No, back to the question"))
    assert kept_of(home, she, RedFlag) == []
    tap(chest)
    # The other question is answered meanwhile; this one waits.
    tap(page.get_by_role("button", name="0", exact=True))
    expect(told).to_be_visible()
    assert page.get_by_role("link", name="Begin").count() == 0
    tap(told.get_by_role("button", name="Yes, this is right"))
    expect(page.get_by_role("heading", name="Do not train now")).to_be_visible()
    assert page.locator("#acts a").get_attribute("href") == "tel:112"
    expect(page.locator("#stays")).to_contain_text("Call your therapist, who can put it right.")
    assert page.locator("#questions button").count() == 0
    rests(page)
    assert [one.code for one in kept_of(home, she, RedFlag)] == ["chest"]
    # Another, from elsewhere and less urgent: both are there, and 112 comes first.
    told_there = {"on_day": datetime.now().astimezone().date().isoformat(), "code": "bleeding"}
    treatment.report_red_flag(
        home.clinic.acts, THERAPIST, she.patient_id, new_id(), stop=lambda _: None, **told_there
    )
    page.reload()
    expect(page.locator("#acts li")).to_have_count(2)
    expect(page.locator("#acts li").first).to_contain_text("Call 112 now")


def test_pain_after_an_exercise_is_read_back_and_counts_where_she_leaves_it_so(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(), she)
    well(page)
    tap(page.get_by_role("link", name="Begin"))
    tap(page.get_by_role("button", name="Pain", exact=True))
    pressed = page.get_by_role("group", name="You pressed Pain. Is this right?")
    tap(pressed.get_by_role("button", name="No, I only wanted to stop"))
    expect(page.get_by_role("heading", name="Stopped")).to_be_focused()
    tap(page.get_by_role("button", name="8", exact=True))
    sure = page.get_by_role("group", name="You told us: pain 8. Is this right?")
    tap(sure.get_by_role("button", name="No, back to the question"))
    tap(page.get_by_role("button", name="7", exact=True))
    expect(page.get_by_role("group", name="You told us: pain 7.")).to_be_visible()
    tap(page.get_by_role("button", name="To today"))
    expect(page.get_by_role("heading", name="Do not train now")).to_be_visible()
    rests(page)
    [done] = sessions_of(home, she)
    assert (done.ended_by, done.pain) == ("stopped", 7)


def test_pain_in_an_exercise_reaches_her_therapist_before_she_is_asked_more(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    tap(page.get_by_role("link", name="Begin"))
    tap(page.get_by_role("button", name="Pain", exact=True))
    with page.expect_response("**/api/v1/home/sync"):
        tap(page.get_by_role("button", name="Yes, this is right"))
    rests(page)
    assert [(one.ended_by, one.pain) for one in sessions_of(home, she)] == [("pain", None)]
    tap(page.get_by_role("button", name="7", exact=True))
    tap(page.get_by_role("button", name="Yes, this is right"))
    tap(page.get_by_role("button", name="No", exact=True))
    rests(page)
    assert [one.ended_by for one in sessions_of(home, she)] == ["pain"]
    assert max(one.score for one in kept_of(home, she, PainScore)) == 7


@pytest.mark.parametrize("by", ["To today", "another page"])
def test_pain_that_is_read_back_after_pain_was_told_counts_where_she_leaves_it_so(
    home: Served, new_phone: Callable[..., BrowserContext], by: str
) -> None:
    she = woman(home)
    page = settled(new_phone(), she)
    tap(page.get_by_role("link", name="Begin"))
    tap(page.get_by_role("button", name="Pain", exact=True))
    tap(page.get_by_role("button", name="Yes, this is right"))
    rests(page)
    tap(page.get_by_role("button", name="8", exact=True))
    tap(page.get_by_role("button", name="No, back to the question"))
    tap(page.get_by_role("button", name="6", exact=True))
    expect(page.get_by_role("group", name="You told us: pain 6.")).to_be_visible()
    if by == "To today":
        tap(page.get_by_role("button", name="To today"))
    else:
        page.goto(f"{home.address}/home/advice")
        page.goto(f"{home.address}/home")
    expect(page.get_by_role("heading", name="Do not train now")).to_be_visible()
    rests(page)
    assert max(one.score for one in kept_of(home, she, PainScore)) == 6
    assert [(one.ended_by, one.pain) for one in sessions_of(home, she)] == [("pain", None)]


def test_a_red_flag_that_another_page_hears_of_ends_an_exercise_with_what_to_do(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she, context = woman(home), new_phone()
    page = settled(context, she)
    tap(page.get_by_role("link", name="Begin"))
    expect(page.locator("#pause")).to_be_visible()
    flag = {"on_day": datetime.now().astimezone().date().isoformat(), "code": "chest"}
    treatment.report_red_flag(
        home.clinic.acts, THERAPIST, she.patient_id, new_id(), stop=lambda _: None, **flag
    )
    context.new_page().goto(f"{home.address}/home")
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(page.locator("#after-line")).to_contain_text("Do not train now. Call 112 now")


#: Two touches at one spot, as a thumb that trembles or doubts gives them.
GAP_MS = 120
#: What the clinic answers comes to the page when the test lets it.
HELD = """
    const ask = window.fetch;
    window.fetch = async (...asked) => {
        const answer = await ask(...asked);
        const isHeld = String(asked[0]).endsWith("/sync");
        if (isHeld) await new Promise((done) => { window.lets = done; });
        return answer;
    };
"""


def twice(page: Page, touched: Locator) -> None:
    """Touched, and once more before she can have seen what came there."""
    box = touched.bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.touchscreen.tap(*at)
    page.wait_for_timeout(GAP_MS)
    page.touchscreen.tap(*at)


def test_a_double_tap_answers_no_question_that_she_never_saw(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    she = woman(home)
    page = accepted(new_phone(has_touch=True), she)
    twice(
        page, page.get_by_role("button", name="Headache with disturbed sight, nausea or vomiting")
    )
    told = page.locator(".question", has_text="You told us:")
    settles(page)
    told.get_by_role("button", name="No, back to the question").tap()
    twice(page, page.get_by_role("button", name="None of these"))
    pain = page.get_by_role("group", name="How much pain do you have now?")
    expect(pain).to_be_visible()
    settles(page)
    pain.get_by_role("button", name="0", exact=True).tap()
    # Begun, it waits for her: the second touch is none that lets it go on or pauses it.
    twice(page, page.get_by_role("link", name="Begin"))
    expect(page.locator("#pause")).to_be_focused()
    # What stops needs no moment.
    page.locator("#stop").tap()
    twice(page, page.locator("#after").get_by_role("button", name="0", exact=True))
    expect(page.get_by_role("button", name="Yes", exact=True)).to_be_visible()
    page.get_by_role("link", name="Diary").tap()
    keep = page.get_by_role("button", name="Keep", exact=True)
    expect(keep).to_be_visible()
    # Not behind the places at the bottom, where no thumb reaches it.
    keep.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    settles(page)
    twice(page, keep)
    expect(page.locator("#entries li")).to_have_count(1)
    rests(page)
    assert kept_of(home, she, RedFlag) == []
    assert [one.score for one in kept_of(home, she, PainScore)] == [0, 0]
    assert [one.leaked for one in sessions_of(home, she)] == [None]
    assert len(kept_of(home, she, DiaryEntry)) == 1


def test_a_tap_that_was_on_its_way_when_something_came_above_is_none(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone(has_touch=True)
    page = accepted(context, woman(home))
    page.wait_for_function(CONTROLLED)
    rests(page)
    context.clear_cookies()
    page.add_init_script(HELD)
    page.clock.install()
    page.goto(f"{home.address}/home")
    page.wait_for_function("() => window.lets")
    page.clock.pause_at(datetime.now().astimezone() + timedelta(seconds=10))
    bleeding = page.get_by_role("button", name="Sudden, heavy or growing bleeding")
    box = bleeding.bounding_box()
    assert box is not None
    page.evaluate("lets()")
    page.wait_for_function("() => document.querySelector('#notes #sign-in:not([hidden])')")
    page.touchscreen.tap(box["x"] + 60, box["y"] + 16)
    now = bleeding.bounding_box()
    assert now is not None
    assert now["y"] > box["y"]
    assert page.locator(".question", has_text="You told us:").count() == 0
    # What stops or hides is always there; and so are keys, and the rest after a moment.
    page.locator("#hide").tap()
    page.locator(".cover").dblclick()
    page.clock.run_for(600)
    bleeding.tap()
    expect(page.locator(".question", has_text="You told us:")).to_be_visible()


def test_where_what_she_aimed_at_went_by_itself_a_tap_on_what_came_is_none(
    home: Served, new_phone: Callable[..., BrowserContext]
) -> None:
    context = new_phone(has_touch=True)
    first = accepted(context, woman(home))
    rests(first)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{home.address}/home")
    begin = page.get_by_role("link", name="Begin")
    expect(page.get_by_role("button", name="None of these")).to_be_visible()
    # One clock for both pages: it stands still in the first too.
    page.clock.pause_at(datetime.now().astimezone() + timedelta(seconds=10))
    well(first, page.clock.run_for)
    expect(begin).to_be_visible()
    begin.tap()
    assert page.url.endswith("/home")
    page.clock.run_for(600)
    begin.tap()
    expect(page.locator("#pause")).to_be_focused()
