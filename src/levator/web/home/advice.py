"""Advice: what is for her today by topic, and each page with where its facts come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.clinic.charts import text_of
from levator.clinic.home.advising import advised_today
from levator.course.advice import Advice, Advised, ParagraphKind, Topic
from levator.course.exercise import Disagreement, Passage
from levator.library import load_checklist
from levator.records.work import NotThereError
from levator.texts import Speaker, mark
from levator.texts.citing import cited
from levator.web.desk.pages import Desk, day_text, voice
from levator.web.home.bundle import packed
from levator.web.home.hers import her_id

TOPICS: Mapping[Topic, str] = {
    "body": mark("Your body"),
    "birth": mark("Pregnancy, birth and after"),
    "daily_life": mark("Every day"),
    "toilet": mark("On the toilet"),
    "help": mark("Complaints and help"),
}
#: The short numbers for help that every telephone calls, as they stand in the words of the library.
_SHORT_NUMBER = re.compile(r"\b1\d\d\b")
#: What stands above a paragraph that is more than text.
KINDS: Mapping[ParagraphKind, str] = {"tip": mark("Tip"), "call": mark("When to call")}


class AdvicePages:
    """Handlers over one clinic."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return every page with its address."""
        return [
            Route("/home/advice", self.all),
            Route("/home/advice/{page}", self.one),
        ]

    async def all(self, request: Request) -> Response:
        """Show what is for her today, by topic."""
        found, say = await self._desk.do(advised_today, her_id()), voice(request)
        calm = [one for one in found if not one.advice.checklist]
        values = {
            "urgent": _urgent(say, found),
            "topics": [
                (topic, say.say(TOPICS[topic]), [_listed(say, one.advice) for one in pages])
                for topic, pages in by_topic(calm)
            ],
        }
        return self._desk.page(request, "home-advice.html", values)

    async def one(self, request: Request) -> Response:
        """Show one page; what is not for her today is not there."""
        found, name = await self._desk.do(advised_today, her_id()), request.path_params["page"]
        here = next((one for one in found if one.advice.id == name), None)
        if here is None:
            raise NotThereError
        say = voice(request)
        order = [one.advice for _, pages in by_topic(found) for one in pages]
        after = next((two for one, two in pairwise(order) if one is here.advice), None)
        values = shown(say, here) | {
            "next": after and _listed(say, after),
            "urgent": _urgent(say, found),
        }
        page = self._desk.page(request, "home-advice-page.html", values)
        # As the page at home: nothing that was sent comes back in it.
        return packed(request, bytes(page.body), "text/html", {})


def by_topic(found: Sequence[Advised]) -> list[tuple[Topic, list[Advised]]]:
    """Return the pages under their topics, in the order of the topics."""
    order = list(TOPICS)
    ranked = sorted(found, key=lambda one: order.index(one.advice.topic))
    groups = groupby(ranked, key=lambda one: one.advice.topic)
    return [(topic, list(pages)) for topic, pages in groups]


def shown(say: Speaker, here: Advised) -> dict[str, Any]:
    """Return a page in her language: paragraphs, both sides of a disagreement, what to call for."""
    advice, until = here.advice, here.until_day
    return _listed(say, advice) | {
        "parts": [
            (kind, say.say(KINDS[kind]) if kind in KINDS else "", _all_told(say, kind, told))
            for kind, told in _parts(advice)
        ],
        "disagreements": [_both(say, one) for one in advice.disagreements],
        "until": "" if until is None else day_text(say, text_of(until - 1)),
        "checklist": _items(say, advice.checklist) if advice.checklist else [],
        "reviewed_by": cited(say, advice.reviewed_by),
    }


def _parts(advice: Advice) -> list[tuple[ParagraphKind, list[Passage]]]:
    """Return what stands together: paragraphs of one kind that follow each other."""
    groups = groupby(advice.paragraphs, key=lambda one: one.kind)
    return [(kind, [one.told for one in paragraphs]) for kind, paragraphs in groups]


def _listed(say: Speaker, advice: Advice) -> dict[str, Any]:
    language = say.language
    return {
        "id": advice.id,
        "title": advice.title.get(language, advice.title["en"]),
        "short": advice.short.get(language, advice.short["en"]),
        "drawing": advice.picture,
    }


def _urgent(say: Speaker, found: Sequence[Advised]) -> list[dict[str, Any]]:
    """Return the pages with a checklist: what to call for comes before all topics."""
    return [_listed(say, one.advice) for one in found if one.advice.checklist]


def _told(say: Speaker, told: Passage) -> tuple[str, str]:
    return told.words_in(say.language), cited(say, told.source)


def _all_told(say: Speaker, kind: ParagraphKind, told: Sequence[Passage]) -> list[tuple[str, str]]:
    found = [_told(say, one) for one in told]
    return [(to_call(words), source) for words, source in found] if kind == "call" else found


def to_call(words: str) -> Markup:
    """Return words in which a short number for help is called by a tap."""
    return Markup(_SHORT_NUMBER.sub(r'<a href="tel:\g<0>">\g<0></a>', str(escape(words))))


def _both(say: Speaker, one: Disagreement) -> tuple[tuple[str, str], ...]:
    return tuple(_told(say, part) for part in (one.leads, one.other, one.because))


def _items(say: Speaker, checklist_id: str) -> list[tuple[str, str, str]]:
    language = say.language
    return [
        (one.words_in(language), to_call(one.act_in(language)), cited(say, one.source))
        for one in load_checklist(checklist_id).items
    ]
