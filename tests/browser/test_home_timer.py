"""The timer at home and what is heard of it: `static/home/guide.js` and `cues.js`, in a browser."""

import os

import pytest

from tests.browser.home_plan import ITEM, PARTS, Run

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
            nowS += guide.AGAIN_S;
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


def test_the_shape_grows_stays_and_shrinks_to_where_it_began(run: Run) -> None:
    found = run(
        """(async () => {
            const { shapeSize } = await import("/static/home/shape.js");
            return given.map((part) => [0, 1].map((share) => shapeSize(part, share)));
        })()""",
        ["rise", "hold", "fall", "rest"],
    )
    small = found[0][0]
    assert 0 < small < 1
    assert found == [[small, 1], [1, 1], [1, pytest.approx(small)], [small, small]]


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
            const begun = heard.at(-1)[0];
            cue.follow();
            const same = heard.length;
            moved = guide.LEAD_S + 6;
            cue.follow();
            const again = heard.slice(same);
            const beside = Math.abs(cue.nowAheadS() - cue.aheadS);
            cue.hush();
            const left = cue.sounding.length;
            cue.fall();
            const last = heard.at(-1)[0];
            cue.hush();
            await cue.audio.close();
            return { first, begun, same, again: again.map(([name]) => name), beside, left, last };
        })()""",
        ITEM,
    )
    assert found["first"] == found["same"] == 8
    # Before the first part: whether there is sound, and how loud.
    assert found["begun"] == "ready"
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
            cue.hush();
            await cue.audio.close();
            return beside;
        })()""",
        float(os.environ.get("LEV_TIMER_S", "0.3")),
    )
    assert beside <= 0.05
