"""The page: complete, in two languages, well formed, and nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from levator.course.facts import StartFacts
from levator.reports import measured, session_report, to_html
from levator.signals.reference import Reference, ReferenceContext
from levator.storage import open_repository
from levator.texts import speaker
from levator.training import session
from levator.training.plain import to_plain
from tests.reports.recording import Live, begin, eventful

VOID = {"meta", "br", "link", "img", "hr", "input"}
SHAPES = {"rect", "circle", "line", "polygon", "polyline"}


class Outline(HTMLParser):
    """Holds a page to matching tags and keeps what is in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(live: Live, language: str = "en", ended_by: str | None = "stop") -> str:
    repository = open_repository("memory://")
    name = live.stored(repository, ended_by)
    if ended_by is None:
        repository.recover_interrupted("2026-11-23T10:05:00+01:00")
    return to_html(session_report(repository, name), language)


@pytest.fixture(scope="module")
def live() -> Live:
    return eventful()


@pytest.fixture(scope="module")
def page(live: Live) -> str:
    return page_of(live)


def test_it_is_one_file_without_script_and_asks_nothing_of_anybody(page: str) -> None:
    outline = Outline(page)
    for tag in ("script", "img", "link", "iframe", "object"):
        assert outline.all(tag) == []
    assert [a["href"] for a in outline.all("a") if not str(a["href"]).startswith("#")] == []
    assert "url(" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_it_has_what_a_reader_of_any_kind_needs(page: str) -> None:
    outline = Outline(page)
    assert outline.all("html") == [{"lang": "en"}]
    assert "M. Jansen" in page[page.index("<title>") : page.index("</title>")]
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(header.get("scope") in ("col", "row") for header in outline.all("th"))
    drawings = outline.all("svg")
    assert len(drawings) >= 3
    assert all(one["role"] == "img" and one["aria-label"] for one in drawings)
    assert "1 Good." in str(drawings[0]["aria-label"])


def test_every_round_has_its_verdict_reasons_and_numbers(live: Live, page: str) -> None:
    text = Outline(page).text
    repository = open_repository("memory://")
    report = session_report(repository, live.stored(repository))
    scored = [one.scored for one in report.sets[0].rounds]
    assert {one.verdict for one in scored} >= {"good", "no_signal", "unsure", "moved"}
    for one in scored:
        assert f" {one.round} " in text
        if one.hold_mean_percent_mvc is not None:
            assert f" {one.hold_mean_percent_mvc:.1f} " in text
    for words in (
        "Held 5 of 5 seconds. Well done.",
        "signal missing",
        "not scored",
        "Throughout: breathing not measured; no second muscle measured.",
        "Own effort: 6 of 10.",
        "No warning of fatigue.",
    ):
        assert words in text


def test_it_says_how_the_dose_came_about_and_who_changed_it(page: str) -> None:
    text = Outline(page).text
    for words in (
        "Seven steps, from pregnancy to three months after birth",
        "the scheme writes (30; 50; 30; 40) in tenths of a second: 3 · 5 · 3 · 4 s",
        "not yet reviewed by a pelvic physiotherapist",
        "one round past fatigue",
        "limits that hold for everybody and Strength and endurance",
        "asked for another dose: 55 %; 3 · 5 · 3 · 4 s; one round past fatigue. From round",
        "asked for another dose: 95 %; 3 · 5 · 3 · 4 s; one round past fatigue. Refused: over",
        "Force 95 % is over the limit of 70 %.",
        "rated the effort 6 of 10",
        "own maximum",
        "simulator://?seed=7",
        "rising: lifting raises the signal",
        "delay 21.8 ms",
        "30 samples (0.3 s)",
        "not a medical device",
        "identical",
    ):
        assert words in text, words


def test_a_dose_changed_on_the_way_is_a_column_of_its_own(live: Live, page: str) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    asked = [row for row in rows if 'class="verdict"' in row]
    doses = [re.findall(r'<td class="asked">(\d+ %; [^<]*)</td>', row) for row in asked]
    assert all(len(one) == 1 for one in doses)
    assert doses[0] == ["50 %; 3 · 5 · 3 · 4 s"]
    assert doses[-1] == ["55 %; 3 · 5 · 3 · 4 s"]
    plain = begin()
    plain.do("start")
    plain.live(40.0)
    plain.do("stop")
    assert ">Asked<" in page
    assert ">Asked<" not in page_of(plain)


def test_where_the_rounds_differ_from_the_source_both_are_shown() -> None:
    facts = StartFacts(weeks_since_birth=2.0, cleared_by="M. Peeters", pain_now=False)
    live = begin("step-5", facts=facts)
    text = Outline(page_of(live)).text
    assert "Rounds until just before fatigue" in text
    assert "Rounds in the source one round past fatigue Bekken Zwanger Fit" in text
    assert "very light, until three weeks after birth" in text


def test_dutch_speaks_dutch(live: Live) -> None:
    page = page_of(live, "nl")
    text = Outline(page).text
    assert '<html lang="nl">' in page
    assert "geen medisch hulpmiddel" in text
    for english in ("Research", "Rounds", "How it was", "Who did", "identical", "Numbers of"):
        assert english not in text, english
    for english in ("other", "upright", "No cushion", "reviewed", "page ", "pages "):
        assert f" {english}" not in text, english
    assert "nog niet beoordeeld door een bekkenfysiotherapeut" in text
    assert "© Msys AG 2017, bladzijde 6" in text
    assert re.search(r" \d+,\d ", text)


@pytest.mark.parametrize(
    ("cushion", "posture", "said"),
    [
        ("other", "upright", "Kussen Ander kussen Houding Rechtop"),
        ("rubber ring", "", "Kussen rubber ring Houding –"),
    ],
)
def test_a_seat_is_said_and_one_of_a_foreign_file_is_shown(
    live: Live, cushion: str, posture: str, said: str
) -> None:
    seat = ReferenceContext("seat 3", cushion, posture, "2026-11-20T09:00:00+01:00")
    reference = Reference("mvc", 5.0, 45.0, "N", context=seat)
    facts = measured._reference(speaker("nl"), reference)
    assert said in " ".join(f"{one.label} {one.value}" for one in facts)


def test_differences_are_listed(live: Live) -> None:
    event = live.events[10]
    forged = replace(event, data=event.data | {"at_s": 1.25})
    text = Outline(
        page_of(replace(live, events=[*live.events[:10], forged, *live.events[11:]]))
    ).text
    assert "it differs in 1 place" in text
    assert "1.25" in text
    assert "identical" not in text


def test_an_interrupted_recording_says_so() -> None:
    live = begin()
    live.do("start")
    live.live(30.0)
    text = Outline(page_of(live, ended_by=None)).text
    assert "This recording was interrupted." in text
    assert "the recording breaks off here" in text
    assert "The end of this set is not stored." in text
    assert "How the session ended is not stored." in text


def test_a_session_without_reference_set_or_scheme_has_its_page() -> None:
    live = begin()
    use = replace(live.context.uses[0], reference=None)
    bare = replace(
        live.context, uses=(use,), dose=None, protocol=None, protocol_version=None, stage=None
    )
    header = replace(live.begun, context=to_plain(bare), title="", versions={})
    live = replace(live, context=bare, state=session.begin(bare), begun=header)
    live.live(5.0)
    live.do("stop")
    text = Outline(page_of(live)).text
    assert "No set was trained" in text
    assert "none: the level is in the sensor's own unit" in text
    assert "none: a dose of its own" in text


def test_a_calibration_says_so_and_its_axis_is_in_the_channels_own_unit() -> None:
    live = begin()
    use = replace(live.context.uses[0], reference=None)
    bare = replace(live.context, uses=(use,))
    header = replace(live.begun, context=to_plain(bare))
    live = replace(live, context=bare, state=session.begin(bare), begun=header)
    live.live(5.0)
    page = page_of(live, ended_by="calibrated")
    text = Outline(page).text
    assert "This is the recording of a calibration." in text
    assert "The calibration is done; the session has a recording of its own." in text
    assert "in N as the sensor gives it" in text
    levels = re.findall(r'<text class="level"[^>]*>([^<]*)<', page)
    assert len(levels) == 5
    assert all(level.endswith(" N") for level in levels)
    assert len(set(levels)) == 5


def test_what_people_typed_cannot_become_markup() -> None:
    live = begin()
    header = replace(live.begun, title="<script>alert(1)</script>")
    page = page_of(replace(live, begun=header))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_open_mode_says_what_each_contraction_was() -> None:
    live = begin("step-1")
    live.sitting.patient.behave("practise", True)
    live.do("start")
    live.live(40.0)
    live.do("stop")
    text = Outline(page_of(live)).text
    assert "1. Lift: peak" in text
    assert "Rounds" not in text.split("How the dose")[0]


def test_every_strip_of_the_curve_fills_its_sheet(page: str) -> None:
    """Also the last one, and a set that is shorter than a strip may be."""
    strips = re.findall(r'<svg class="strip".*?</svg>', page, re.DOTALL)
    assert len(strips) > 1
    drawn = [float(x) for strip in strips for x in re.findall(r'x2="([\d.]+)"', strip)]
    assert max(drawn) == 952.0
    for strip in strips:
        lines = re.findall(r'<polyline class="line" points="([^"]*)"', strip)
        xs = [float(point.partition(",")[0]) for line in lines for point in line.split()]
        assert min(xs) < 60.0
        assert max(xs) > 940.0
        assert len(re.findall(r'class="time"', strip)) >= 3


def test_microvolts_are_written_in_one_way(live: Live) -> None:
    repository = open_repository("memory://")
    report = session_report(repository, live.stored(repository, "stop"))
    assert report.context is not None
    [stream] = report.context.streams
    channels = tuple(replace(one, unit="uV") for one in stream.channels)
    uses = tuple(
        replace(one, reference=one.reference and replace(one.reference, unit="uV"))
        for one in report.context.uses
    )
    context = replace(report.context, streams=(replace(stream, channels=channels),), uses=uses)
    facts = to_html(replace(report, context=context), "en")
    text = Outline(re.sub(r"<code>.*?</code>", "", facts, flags=re.DOTALL)).text
    assert "µV" in text
    assert "uV" not in text


def test_what_she_read_stands_in_quotation_marks(page: str) -> None:
    """It speaks to her; all else in the report speaks of her."""
    assert "<q>" in page
    rest = re.sub(r"<q>.*?</q>", "", page)
    assert not re.search(r"\b([Yy]ou|[Yy]our)\b", Outline(rest).text)
