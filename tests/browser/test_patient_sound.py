"""The patient's screen with eyes shut: what is heard, and that silence asks for nothing."""

from collections.abc import Callable
from typing import get_args

from playwright.sync_api import Page, expect

from levator.live.facts import PhaseName
from levator.signals.phases import Instruction
from tests.browser.relay import Relay
from tests.browser.seat import HEARD, HIDE, Opened, heard, patient_of, started, until
from tests.web.served import Served

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

FELL_SINCE = """([since, times]) =>
    levatorProbe.heard.slice(since).filter((one) => one[1] === "falling").length >= times"""


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
    until(patient, FELL_SINCE, [before, 2])
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
    seat.hold_up(1.5)  # told once, though the picture stands still in between
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
