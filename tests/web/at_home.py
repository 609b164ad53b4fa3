"""A woman whose phone sends what she did, as the pages of her therapist show it."""

import re
from datetime import datetime
from typing import Any

from httpx import Client

from levator.clinic.home.keeping import ToldAnswer, ToldEntry, ToldHabit, ToldMark, ToldSession
from levator.clinic.home.syncing import FromPhone, Synced, sync
from levator.clinic.home.taking_back import ToldBack
from levator.records.access import Actor
from tests.clinic.people import TENANT
from tests.web.forms import day_ago, new_id, put
from tests.web.served import Served


def prescribe(client: Client, path: str, exercise: str = "endurance", **dose: Any) -> None:
    told = {"exercise": exercise, "because": "as agreed", **dose}
    put(client, f"{path}/home/exercises/{new_id()}", **told)


def sent(server: Served, path: str, *things: Any, phone: str = "") -> Synced:
    """Let her phone send some things."""
    kinds = {"sessions": ToldSession, "answers": ToldAnswer, "entries": ToldEntry}
    kinds |= {"habits": ToldHabit, "marks": ToldMark, "taken_back": ToldBack}
    lists: dict[str, Any] = {
        name: [one for one in things if isinstance(one, kind)] for name, kind in kinds.items()
    }
    told = FromPhone(
        phone=phone or new_id(),
        phone_name="Firefox",
        is_shared=False,
        now=datetime.now().astimezone().isoformat(),
        take_over=False,
        **lists,
    )
    she = Actor("5" * 32, TENANT, "patient", patient_id=path.rpartition("/")[2])
    return sync(server.clinic.acts, she, told, "en", lambda _: None)


def done(ago: int = 0, **more: Any) -> ToldSession:
    given: dict[str, Any] = {
        "id": new_id(),
        "exercise": "endurance",
        "on_day": day_ago(ago),
        "started_at": f"{day_ago(ago)}T00:00:00",
        "repetitions": 10,
        "lasted_s": 270.0,
        "ended_by": "done",
    }
    return ToldSession(**given | more)


def everything(server: Served, client: Client, path: str) -> None:
    """Something of all that is kept of training at home."""
    prescribe(client, path, times_a_day=2)
    habit = ToldHabit(id=new_id(), on_day=day_ago(0), code="feeding")
    slip = ToldEntry(id=new_id(), on_day=day_ago(0), at="00:05", kind="drink", amount_ml=2000)
    sent(
        server,
        path,
        *(done() for _ in range(3)),
        done(ended_by="pain", pain=7, leaked=True, was_leased=False),
        habit,
        ToldMark(id=new_id(), habit=habit.id, on_day=day_ago(0)),
        ToldEntry(id=new_id(), on_day=day_ago(0), at="00:10", kind="void", amount_ml=250, urge=2),
        slip,
        ToldBack(id=new_id(), of=slip.id),
    )


def card(client: Client, path: str) -> str:
    """What her file shows of it."""
    page = client.get(path).text
    found = re.search(r'<section[^>]*"home-title".*?</section>', page, re.DOTALL)
    return spaced(found[0]) if found else ""


def spaced(text: str) -> str:
    """A text with plain spaces before its units."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def day(client: Client) -> str:
    """Today as the pages say it."""
    found = re.search(r'class="soft">(\d+ \w+ \d{4})<', client.get("/").text)
    assert found
    return found[1]
