"""A plan at home as a phone has it, what she told, and the page's modules to run it in."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
DAY = "2026-11-22"
NEXT = "2026-11-23"
LATER = "2026-12-05"

RED = {
    "code": "red_flags",
    "ask": "Is one of these there?",
    "when": ["before"],
    "latest_counts": False,
    "stops": ["bleeding", "chest", "fever"],
    "counts_days": 1,
    "choices": [
        {"answer": "none", "words": "None", "act": ""},
        {"answer": "bleeding", "words": "Bleeding", "act": "Call your midwife.", "urgency": 2},
        {"answer": "chest", "words": "Breathless", "act": "Call 112.", "urgency": 1},
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
    "diary": {"entries": []},
    "adherence": None,
    "advice": [],
}
HERE = {"is_here": True, "days": [DAY, NEXT], "elsewhere": {LATER: "Tablet"}}
STATE = {"plan": PLAN, "lease": HERE, "ahead_s": 0, "latest_day": DAY, "outbox": [], "open": []}


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
