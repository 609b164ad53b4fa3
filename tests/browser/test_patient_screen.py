"""The patient's screen: what it says to someone who looks, listens, or has lost the line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, expect

from levator.live.facts import PhaseName
from levator.live.room import Room
from levator.signals.phases import Instruction
from tests.browser.relay import Relay, relayed
from tests.browser.test_live_screens import HITS, OPTIONS, Opener, Seat
from tests.live.seats import SEAT, reference, sitting_at
from tests.web.served import Served, served

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 568}
LYING = {"width": 740, "height": 360}

#: What really reaches the loudspeaker: all that is connected to it is connected to an ear too.
EAR = """(() => {
    const connect = AudioNode.prototype.connect;
    let ear = null;
    AudioNode.prototype.connect = function (to, ...more) {
        if (to === this.context.destination) {
            ear ??= new AnalyserNode(this.context, { fftSize: 2048 });
            connect.call(this, ear);
        }
        return connect.call(this, to, ...more);
    };
    window.loudness = () => {
        if (!ear) return 0;
        const heard = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(heard);
        return Math.hypot(...heard) / Math.sqrt(heard.length);
    };
})()"""
#: Voices as a phone has them: one that sends its words away, and one of its own.
VOICES = """(() => {
    const voices = [
        { name: "far", lang: "en-GB", localService: false },
        { name: "other", lang: "nl-NL", localService: true },
        { name: "near", lang: "en-US", localService: true },
    ];
    window.said = [];
    const speak = (words) => said.push([words.voice?.name, words.text]);
    const own = { getVoices: () => voices.slice(0, window.howMany ?? 3), speak, cancel() {} };
    Object.defineProperty(window, "speechSynthesis", { value: own });
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})()"""
AWAKE = """(() => {
    window.locks = { asked: 0, held: 0 };
    navigator.wakeLock.request = async () => {
        const lock = new EventTarget();
        lock.released = false;
        lock.release = async () => {
            locks.held -= lock.released ? 0 : 1;
            lock.released = true;
        };
        locks.asked += 1;
        locks.held += 1;
        window.lock = lock;
        return lock;
    };
})()"""
HIDE = """(isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    reference()
    with served() as server:
        yield server


@pytest.fixture
def relay(server: Served) -> Iterator[Relay]:
    with relayed(server.address) as relay:
        yield relay


Opened = Callable[..., Seat]


@pytest.fixture
def a_seat(server: Served, relay: Relay, new_page: Opener) -> Iterator[Opened]:
    """Open a room whose pages come through the relay."""
    rooms: list[Room] = []

    def open_seat(pace: str = "", *, is_calibrated: bool = True) -> Seat:
        async def opened() -> Room:
            sitting = sitting_at(server.clinic, SEAT + OPTIONS + pace)
            if is_calibrated:
                sitting = replace(sitting, reference=reference())
            room = await server.clinic.open_room(sitting)
            if is_calibrated:
                room.calibrate()
            return room

        rooms.append(server.call(opened()))
        port = int(relay.address.rpartition(":")[2])
        through = Served(server.clinic, relay.address, port, server._loop)
        return Seat(through, rooms[-1], new_page)

    yield open_seat

    async def ended() -> None:
        for room in rooms:
            room.stop("room", "stop")

    server.call(ended())


def patient_of(seat: Seat, *scripts: str, **options: Any) -> Page:
    """Her page, with scripts that run before its own."""
    new_page = seat._new_page

    def opened(**asked: Any) -> Page:
        page = new_page(**asked)
        for script in scripts:
            page.add_init_script(script)
        return page

    seat._new_page = opened
    try:
        page = seat.page("patient", **options)
    finally:
        seat._new_page = new_page
    until(page, "levatorProbe.drawn.at(-1)?.[1] >= 0")
    return page


def started(page: Page) -> Page:
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Get ready")).to_be_visible()
    return page


def until(page: Page, is_so: str, given: Any = None) -> None:
    """Wait for something that must come. Asked from outside: the page's own policy forbids eval."""
    for _ in range(600):
        if page.evaluate(is_so, given):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"it did not come: {is_so} {given}")


def heard(page: Page) -> list[tuple[str, str]]:
    found = page.evaluate("levatorProbe.heard.map(([, name, sign]) => [name, sign])")
    return [(name, sign) for name, sign in found]


HEARD = "([name, sign]) => levatorProbe.heard.some((one) => one[1] === name && one[2] === sign)"
TIMES = "([name, times]) => levatorProbe.heard.filter((one) => one[1] === name).length >= times"


# --- With eyes shut


def test_a_dead_line_never_sounds_like_a_hold(a_seat: Opened, relay: Relay) -> None:
    patient = patient_of(a_seat(), EAR)
    sound = patient.get_by_role("button", name="Sound off")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(patient.get_by_role("button", name="Sound on")).to_have_attribute("aria-pressed", "true")
    assert heard(patient)[0] == ("on", "")
    until(patient, HEARD, ["press", "press"])  # what comes next is a press of hers
    until(patient, "loudness() > 0.02")
    until(patient, "loudness() < 0.001")  # nothing is asked: silence
    started(patient)
    until(patient, HEARD, ["ready", "ready"])
    until(patient, HEARD, ["rise", "rise"])
    until(patient, HEARD, ["hold", "hold"])
    patient.wait_for_timeout(700)
    assert patient.evaluate("loudness()") > 0.005  # holding is never silent
    before = len(heard(patient))
    relay.cut()
    until(patient, HEARD, ["falling", "still"])
    until(patient, "loudness() > 0.02")
    until(patient, "loudness() < 0.001")
    until(patient, TIMES, ["falling", 2])
    assert {name for name, _ in heard(patient)[before:]} <= {"falling", "silence", "beside"}
    assert heard(patient)[-1][0] == "falling"


def test_a_page_that_hangs_falls_silent(a_seat: Opened) -> None:
    """The tone goes on only as long as frames are drawn."""
    patient = patient_of(a_seat(), EAR)
    patient.locator("#sound").click()
    started(patient)
    until(patient, HEARD, ["hold", "hold"])
    patient.wait_for_timeout(700)
    before, after = patient.evaluate(
        """() => {
            const before = loudness(), until = performance.now() + 1500;
            while (performance.now() < until);
            return [before, loudness()];
        }"""
    )
    assert before > 0.005
    assert after < 0.001


def test_stop_pause_and_a_hidden_page_have_the_falling_notes(a_seat: Opened) -> None:
    seat = a_seat()
    patient, therapist = patient_of(seat), seat.page("therapist")
    patient.locator("#sound").click()
    started(patient)
    therapist.get_by_role("button", name="Pause").click()
    until(patient, HEARD, ["falling", "paused"])
    until(patient, HEARD, ["press", "paused"])
    assert heard(patient).count(("falling", "paused")) == 1
    patient.get_by_role("button", name="Go on").click()
    until(patient, HEARD, ["rise", "rise"])
    patient.evaluate(HIDE, True)
    until(patient, HEARD, ["falling", "rise"])
    patient.evaluate(HIDE, False)
    expect(patient.locator("#away")).to_contain_text("Your screen was away")
    before = len(heard(patient))
    seat.hold_up(1.0)  # before the room has answered
    patient.get_by_role("button", name="Stop", exact=True).click()
    until(patient, HEARD, ["falling", "stopped"])
    patient.wait_for_timeout(200)
    after = [name for name, _ in heard(patient)[before:]]
    assert set(after[after.index("falling") :]) <= {"falling", "silence"}


def test_the_measuring_is_heard_too(a_seat: Opened, server: Served) -> None:
    patient = patient_of(a_seat(is_calibrated=False))
    patient.locator("#sound").click()
    expect(patient.get_by_role("heading", name="Sit comfortably")).to_be_visible()
    patient.get_by_role("button", name="Begin").click()
    until(patient, HEARD, ["rest", "rest"])
    cues = patient.evaluate("import('/static/sound.js').then(({ CUES }) => [...CUES.keys()])")
    assert {*get_args(PhaseName), *get_args(Instruction)} <= set(cues)


def test_the_tone_does_not_flutter_at_the_edge_of_the_band(
    relay: Relay, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{relay.address}/join")
    seen = page.evaluate(
        """async () => {
            const { Edge } = await import("/static/sound.js");
            const edge = new Edge();
            const steps = [[9, 0], [10.5, 1], [11.5, 2], [9.5, 3], [8.5, 4], [12, 4.1], [12, 4.3]];
            return steps.map(([off, nowS]) => edge.at(off, 10, nowS));
        }"""
    )
    assert seen == [True, True, False, False, True, True, False]


def test_at_rest_no_tone_asks_for_more(relay: Relay, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"{relay.address}/join")
    page.locator("h1").click()
    tones = page.evaluate(
        """async () => {
            const { Sound } = await import("/static/sound.js");
            const tone = (sign, level, target) => {
                const sound = new Sound(() => {});
                sound.toggle();
                sound.follow(sign, level, target, 10);
                return sound.tone;
            };
            return [tone("rest", -30, 0), tone("rest", 30, 0), tone("hold", 30, 60),
                    tone("hold", 60, 60), tone("ready", -30, 0), tone("lift", NaN, 0),
                    tone("hold", NaN, 60), tone("still", 30, 60), tone("", 30, 60)];
        }"""
    )
    assert tones == ["", "beside", "beside", "steady", "", "steady", "", "", ""]


def test_only_a_voice_of_this_device_reads_aloud(a_seat: Opened) -> None:
    patient = patient_of(a_seat(), VOICES)
    asked: list[str] = []
    patient.on("request", lambda request: asked.append(request.url))
    started(patient)
    assert patient.evaluate("said") == []
    patient.locator("#sound").click()
    until(patient, "said.some(([, text]) => text.startsWith('Tighten'))")
    assert {voice for voice, _ in patient.evaluate("said")} == {"near"}
    patient.evaluate("howMany = 1")
    before = len(patient.evaluate("said"))
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    expect(patient.get_by_role("heading", name="Hold")).to_be_visible()
    assert len(patient.evaluate("said")) == before
    assert [url for url in asked if "127.0.0.1" not in url] == []


def test_a_device_without_a_voice_says_so_and_a_page_that_comes_back_is_not_silent_unsaid(
    a_seat: Opened,
) -> None:
    patient = patient_of(a_seat(is_calibrated=False), VOICES)
    note = patient.locator("#sound-note")
    patient.evaluate("howMany = 0")
    patient.locator("#sound").click()
    expect(note).to_contain_text("No voice on this device: tones only; look at the screen")
    patient.reload()
    expect(note).to_contain_text("The sound is off: this page was opened anew. Press Sound.")
    patient.locator("#sound").click()
    expect(note).to_be_empty()
    patient.locator("#sound").click()
    patient.reload()
    expect(patient.get_by_role("heading", name="Sit comfortably")).to_be_visible()
    expect(note).to_be_empty()


def test_what_waits_for_a_press_is_said_a_few_times_and_then_it_is_quiet(
    relay: Relay, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{relay.address}/join")
    page.locator("h1").click()
    cues = page.evaluate(
        """async () => {
            const { Sound } = await import("/static/sound.js");
            const after = (sign) => {
                const told = [];
                const sound = new Sound((name) => told.push(name));
                sound.start();
                sound.change(sign);
                for (let s = 0; s < 120; s += 1) sound.fall(s);
                return told.filter((name) => name !== "on");
            };
            return [after("paused"), after("ended"), after("still").length];
        }"""
    )
    assert cues == [["falling", "press", "press", "press"], ["falling", "falling"], 20]


# --- The line


def test_a_stop_on_a_dead_line_is_done_here_and_sent_later(a_seat: Opened, relay: Relay) -> None:
    seat = a_seat()
    patient = started(patient_of(seat, AWAKE))
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    relay.cut()
    expect(patient.locator("#no-line")).to_contain_text("The connection is gone")
    patient.get_by_role("button", name="Stop", exact=True).click()
    expect(patient.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(patient.locator("#sentence")).to_have_text("Rest as long as you like.")
    expect(patient.locator("#curve")).not_to_be_visible()
    until(patient, "locks.held === 0")
    assert patient.locator("#late").text_content() == ""
    assert not seat.room.is_over
    relay.mend()
    expect(patient.get_by_role("button", name="Stop", exact=True)).not_to_be_visible()
    assert seat.room.facts.cause == "stop"


def test_a_pause_for_a_lost_screen_is_explained_to_her(a_seat: Opened, relay: Relay) -> None:
    seat = a_seat()
    patient = started(patient_of(seat))
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    relay.cut()
    for _ in range(80):
        if seat.room.facts.state == "paused":
            break
        patient.wait_for_timeout(100)
    relay.mend()
    expect(patient.locator("#sentence")).to_have_text(
        "Your screen was away for a moment, so we paused. That round does not count."
    )
    expect(patient.get_by_role("button", name="Go on")).to_be_visible()


def test_a_late_picture_has_a_word(a_seat: Opened) -> None:
    seat = a_seat()
    patient = started(patient_of(seat))
    assert patient.locator("#late").text_content() == ""
    patient.evaluate("levatorProbe.view.freshness.greyS = 60")
    seat.hold_up(0.8)
    expect(patient.locator("#late")).to_have_text("Picture a little late")
    expect(patient.locator("#late")).to_have_text("")


def test_the_waiting_page_finds_its_words_again(
    a_seat: Opened, relay: Relay, new_page: Callable[..., Page]
) -> None:
    seat = a_seat()

    async def code() -> str:
        return seat.server.clinic.rooms.show_code(seat.room).code

    page = new_page(viewport=NARROW)
    page.goto(f"{relay.address}/join?language=en")
    page.get_by_label("Code").fill("zzzzzz")
    page.get_by_label("Your name").fill("Mia")
    page.get_by_role("button", name="Ask to come in").click()
    expect(page.get_by_label("Code")).to_be_focused()
    for choice in page.locator(".choice").all():
        box = choice.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.get_by_label("Code").fill(seat.server.call(code()).lower())
    page.get_by_label("Your name").fill(" ")
    page.get_by_role("button", name="Ask to come in").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.get_by_label("Your name").fill("Mia")
    with page.expect_response("**/join/answer"):  # its script is there
        page.get_by_role("button", name="Ask to come in").click()
    asked = "The therapist sees your name, Mia, and lets you in."
    expect(page.locator("#more")).to_have_text(asked)
    relay.cut()
    expect(page.locator("#more")).to_contain_text("The connection is gone")
    relay.mend()
    expect(page.locator("#more")).to_have_text(asked)


# --- The screen itself


def test_the_screen_stays_awake_from_begin_to_end(a_seat: Opened) -> None:
    patient = patient_of(a_seat(is_calibrated=False), AWAKE)
    assert patient.evaluate("locks") == {"asked": 0, "held": 0}
    patient.get_by_role("button", name="Begin").click()
    until(patient, "locks.held === 1")
    patient.evaluate("lock.release()")  # as a browser does when the page goes out of sight
    patient.evaluate(HIDE, False)
    until(patient, "locks.held === 1")
    assert patient.evaluate("locks.asked") == 2
    patient.get_by_role("button", name="Stop", exact=True).click()
    until(patient, "locks.held === 0")
    patient.evaluate(HIDE, False)
    patient.wait_for_timeout(100)
    assert patient.evaluate("locks.held") == 0


def test_without_a_lock_on_the_screen_it_goes_on(a_seat: Opened) -> None:
    refused = "navigator.wakeLock.request = async () => { throw new DOMException('no'); }"
    started(patient_of(a_seat(), refused))
    absent = "delete Navigator.prototype.wakeLock"
    started(patient_of(a_seat(), absent))


READ = """(() => {
    window.read = [];
    addEventListener("DOMContentLoaded", () => {
        const region = document.getElementById("spoken");
        const note = () => read.push(region.textContent);
        new MutationObserver(note).observe(region, { childList: true });
    });
})()"""


def test_one_region_reads_everything_once(a_seat: Opened) -> None:
    patient = patient_of(a_seat(), READ)
    assert patient.locator("[role=status], [aria-live], [role=alert]").count() == 1
    started(patient)
    expect(patient.get_by_role("heading", name="Tighten")).to_be_visible()
    expect(patient.get_by_role("heading", name="Hold")).to_be_visible()
    # What was said at the beginning has done its work.
    expect(patient.locator("#sentence")).to_have_text("")
    read = patient.evaluate("read")
    assert [one for one in read if "Training" in one] == []
    assert [one for one in read if "We begin" in one] == ["Get ready. We begin. Follow the band."]
    assert read[-2:] == ["Tighten.", "Hold."]


SEEN = """(() => {
    window.seen = [];
    const text = (id) => document.getElementById(id)?.textContent ?? "";
    const note = () => {
        const now = `${text("phase")}: ${text("sentence")}`;
        if (now !== seen.at(-1)) seen.push(now);
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
})()"""


def test_what_was_said_of_a_round_does_not_stand_under_the_next_hold(a_seat: Opened) -> None:
    patient = patient_of(a_seat("&speed=4"), SEEN)
    started(patient)
    until(patient, "() => seen.filter((one) => /^Rest: Held 5 of 5/.test(one)).length > 2")
    seen = patient.evaluate("seen")
    assert [one for one in seen if re.match(r"(Hold|Let go): \S", one)] == []
    assert any(one.startswith("Tighten: Held") for one in seen)


@pytest.mark.parametrize("size", [NARROW, LYING, PHONE], ids=["narrow", "lying", "phone"])
def test_every_effort_can_be_tapped(a_seat: Opened, size: dict[str, int]) -> None:
    seat = a_seat()
    patient = patient_of(seat, viewport=size)

    async def ask() -> None:
        seat.room.facts.asks_effort = True
        seat.room.changed()

    seat.server.call(ask())
    expect(patient.get_by_role("heading", name="How hard was that?")).to_be_visible()
    buttons = [f"[data-effort='{number}']" for number in range(11)]
    for button in [*buttons, "#skip", "#stop"]:
        assert patient.evaluate(HITS, button) == [True] * 3, button
        box = patient.locator(button).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40
    patient.evaluate("document.documentElement.style.fontSize = '200%'")
    for button in buttons:
        patient.locator(button).scroll_into_view_if_needed()
        patient.locator(button).click(trial=True)
    patient.evaluate("document.documentElement.style.fontSize = ''")
    patient.locator("#skip").click()
    expect(patient.locator("#effort")).not_to_be_visible()
    expect(patient.get_by_role("button", name="Start")).to_be_visible()


def test_the_dot_shows_whether_somebody_watches(a_seat: Opened) -> None:
    seat = a_seat()
    patient = patient_of(seat)
    expect(patient.locator("#watched")).to_have_class(re.compile("open"))
    seat.page("therapist")
    expect(patient.locator("#watched")).not_to_have_class(re.compile("open"))
