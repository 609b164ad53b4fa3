"""A checklist speaks the languages it has, and knows which of its items end."""

from dataclasses import replace

from levator.course.checklist import Checklist, ChecklistItem
from levator.course.protocol import CautionRule

LIFT = CautionRule("lifting", "caesarean", 6.0, {"en": "Lift little."}, "a leaflet")
LIST = Checklist(
    "mine",
    "1",
    "nobody yet",
    {"en": "Mine"},
    (
        ChecklistItem(
            "fever", {"en": "Fever", "nl": "Koorts"}, "a guideline", act={"en": "Call a doctor."}
        ),
        ChecklistItem("lifting", LIFT.words, LIFT.source, LIFT),
    ),
)


def test_words_in_a_language_that_it_has_or_in_english() -> None:
    assert [one.words_in("nl") for one in LIST.items] == ["Koorts", "Lift little."]


def test_what_to_do_in_the_same_languages_and_nothing_where_nothing_is_told() -> None:
    assert [one.act_in("nl") for one in LIST.items] == ["Call a doctor.", ""]


def test_only_what_ends_is_a_caution() -> None:
    assert LIST.cautions == (LIFT,)


def test_what_to_do_comes_by_its_urgency_and_else_in_the_order_of_the_list() -> None:
    items = [
        ChecklistItem(code, {"en": code}, "a guideline", act={"en": "Call."}, urgency=urgency)
        for code, urgency in (("late", 3), ("none", None), ("first", 1), ("as late", 3))
    ]
    told = replace(LIST, items=tuple(items)).by_urgency
    assert [one.code for one in told] == ["first", "late", "as late"]
