"""The course's picture with its words: what the template draws, and what it says to a reader."""

from __future__ import annotations

from typing import Any

from levator.clinic.courses import View
from levator.texts import Speaker, mark
from levator.texts.words import stage_name
from levator.web.desk import timeline as lines
from levator.web.desk.course_words import day_words, ended_on, stage_line
from levator.web.desk.timeline import Bar, Timeline, timeline

_KINDS = {"past": mark("was"), "now": mark("now"), "ahead": mark("to come")}


def drawn(say: Speaker, view: View) -> dict[str, Any] | None:
    """Return what is drawn; None where no day is known to count from."""
    found = timeline(view)
    if found is None:
        return None
    return {
        "width": lines.WIDTH,
        "height": lines.HEIGHT,
        "left": lines.LEFT,
        "right": lines.WIDTH - lines.RIGHT,
        "bar_top": lines.BAR_TOP,
        "bar_height": lines.BAR_HEIGHT,
        "pain_top": lines.PAIN_TOP,
        "pain_bottom": lines.PAIN_TOP + lines.PAIN_HEIGHT,
        "dots_bottom": lines.DOTS_BOTTOM,
        "ticks": [(x, f"+{week}" if week > 0 else str(week)) for x, week in found.ticks if week],
        "zero_x": found.zero_x,
        "zero": say.say("birth") if found.is_born else say.say("due"),
        "today_x": found.today_x,
        "bars": [_bar(say, one) for one in found.bars],
        "pain": found.pain,
        "pain_line": found.pain_line,
        "dots": found.dots,
        "ends": found.ends,
        "words": _words(say, view, found),
    }


def _bar(say: Speaker, bar: Bar) -> dict[str, Any]:
    title, short = stage_name(say, bar.stage), bar.stage.words_in(say.language).short
    if not bar.fits(title, is_title=True):
        title = bar.stage.id.removeprefix("step-") if bar.width > 2 * lines.BAR_HEIGHT / 5 else ""
        title = title if title.isdigit() else ""
    return {
        "x": bar.x,
        "width": bar.width,
        "kind": bar.kind,
        "title": title,
        "short": short if bar.fits(short, is_title=False) else "",
    }


def _words(say: Speaker, view: View, found: Timeline) -> str:
    """Return the picture in one paragraph, for who does not see it."""
    stages = [
        say.say(
            "%(stage)s (%(kind)s)", stage=stage_line(say, one.stage), kind=say.say(_KINDS[one.kind])
        )
        for one in found.bars
    ]
    parts = [say.say("Course on %(day)s", day=day_words(say, view.chart.today))]
    parts.append(say.listing(stages) if stages else say.say("no step yet"))
    if ended := ended_on(say, view):
        parts.append(say.say("ended on %(day)s", day=ended))
    if found.pain:
        parts.append(say.say("last pain score %(score)s", score=found.pain[-1][2]))
    parts.append(
        say.say_count("%(count)s session", "%(count)s sessions", len(view.history.sessions))
    )
    return "; ".join(parts) + "."
