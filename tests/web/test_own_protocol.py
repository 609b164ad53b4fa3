"""A clinic's own protocol on the screens: its steps have titles, and no number, in every place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from levator.cli.settled import EXAMPLE
from levator.library import take_in_protocols
from levator.records.people import Tenant
from levator.texts import speaker
from levator.web.painting import stage_line
from tests.clinic.people import TENANT
from tests.web import forms
from tests.web.served import Served

WITH_TARGET = EXAMPLE.read_text("utf-8").index('[[stages]]\nid = "stronger"')


@pytest.fixture(scope="module")
def own(running: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """New courses begin with a file of the clinic's own: Feeling, Stronger, and Quicker."""
    folder: Path = tmp_path_factory.mktemp("levator-protocols")
    text = EXAMPLE.read_text("utf-8")
    third = text[WITH_TARGET:].replace('id = "stronger"', 'id = "quick-ones"')
    third = third.replace("6.0\nneeds", "12.0\nneeds").replace("Stronger", "Quicker")
    (folder / EXAMPLE.name).write_text(f"{text}\n{third}", "utf-8")
    take_in_protocols(folder)
    with running.clinic.acts.repository.work(writes=True) as work:
        work.put(replace(work.get(Tenant, TENANT, TENANT), protocol="our-clinic"))
    yield
    take_in_protocols(folder / "none")


def begun(server: Served, weeks: int, stage: str) -> str:
    """A woman so many weeks after a birth, at a step of the clinic's own."""
    with server.client() as client:
        path = f"/patients/{forms.new_id()}"
        born_on = forms.day_ago(7 * weeks)
        forms.put(client, path, given_name="M.", family_name="J.", is_somebody_else=True)
        birth = {"born_on": born_on, "mode": "vaginal", "complications": []}
        forms.put(client, f"{path}/births/{forms.new_id()}", **birth)
        signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": born_on}
        forms.put(client, f"{path}/clearances/{forms.new_id()}", **signed)
        forms.put(client, f"{path}/pains/{forms.new_id()}", score=0)
        answer = forms.decided(client, path, stage=stage, because="felt by hand")
        assert answer.status_code == 303, answer.text
    return path


@pytest.mark.usefixtures("own")
def test_its_steps_are_called_by_their_titles_on_every_screen(server: Served) -> None:
    path = begun(server, 8, "stronger")
    with server.client() as client:
        form = client.get(f"{path}/sitting").text.replace("\N{NO-BREAK SPACE}", " ")
        assert "40 %; 2 · 2 · 2 · 10 s" in form
        answer = forms.asked(client, path, stage="stronger")
        assert answer.status_code == 303
        room = server.the_room()
        said = stage_line(room, speaker("en")).replace("\N{NO-BREAK SPACE}", " ")
        assert said == "Stronger · 40 %"


@pytest.mark.usefixtures("own")
def test_a_step_whose_week_has_come_stands_before_the_one_that_opens_later(server: Served) -> None:
    """In week 8 she is at the first step: the second is open by its week, the third is not."""
    path = begun(server, 8, "begin")
    with server.client() as client:
        page = client.get(path).text
    [words] = re.findall(r"Course on [^<]*", page)
    assert "Feeling (now), Stronger (to come), and Quicker (to come)" in words
