"""The document is enough to write a client with: words, keys, examples and errors everywhere."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from levator.clinic import Clinic
from levator.records.access import TABLE
from levator.storage.memory import MemoryRepository
from levator.web.api import asking, asking_home, create_api
from levator.web.api.asking import Sent
from levator.web.api.examples import EXAMPLES
from levator.web.api.words import WORDS

DOCUMENT = create_api(Clinic(MemoryRepository())).openapi()
SENT = {
    name: one
    for module in (asking, asking_home)
    for name, one in vars(module).items()
    if name.endswith("Asked")
}


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            yield f"{method.upper()} {path}", one


def fields(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, model in document["components"]["schemas"].items():
        for field, one in model.get("properties", {}).items():
            yield f"{name}.{field}", one


def unclear(document: Mapping[str, Any]) -> set[str]:
    """Operations, parameters and fields about which a stranger has to guess."""
    found = {name for name, one in fields(document) if not one.get("description")}
    for key, one in operations(document):
        if not (one.get("summary") and one["description"] and "security" in one):
            found.add(key)
        given = one.get("parameters", [])
        found |= {f"{key} {p['name']}" for p in given if not p.get("description")}
    return found


def loose(document: Mapping[str, Any]) -> set[str]:
    """Fields whose kind nobody says."""
    return {name for name, one in fields(document) if is_loose(one)}


def is_loose(one: Mapping[str, Any]) -> bool:
    kinds = one.get("anyOf", [one])
    return any(
        not {"type", "$ref"} & kind.keys()
        or (kind.get("type") == "object" and kind.get("additionalProperties") in (None, True))
        for kind in kinds
    )


def test_nothing_is_left_without_words() -> None:
    assert unclear(DOCUMENT) == set()


def test_words_that_are_missing_are_found() -> None:
    broken = copy.deepcopy(DOCUMENT)
    del broken["components"]["schemas"]["PainAsked"]["properties"]["score"]["description"]
    del broken["paths"]["/todo"]["get"]["summary"]
    assert unclear(broken) == {"PainAsked.score", "GET /todo"}


def test_no_words_are_left_over() -> None:
    known = {word for name, _ in fields(DOCUMENT) for word in (name, name.partition(".")[2])}
    assert set(WORDS) <= known


def test_every_field_has_its_kind_but_the_two_sides_of_a_difference() -> None:
    assert loose(DOCUMENT) == {"Differing.kept", "Differing.given"}


def test_every_operation_has_a_name_of_its_own_and_its_refusals() -> None:
    names = [one["operationId"] for _, one in operations(DOCUMENT)]
    assert len(set(names)) == len(names)
    for key, one in operations(DOCUMENT):
        told = {status for status in one["responses"] if status >= "400"}
        assert told >= {"401", "403", "422", "429", "503"}, key
        for status in told:
            content = one["responses"][status]["content"]["application/json"]
            assert content["schema"]["$ref"].endswith("/Refusal")
        assert one["x-action"] in TABLE


def test_who_changes_something_shows_the_login_and_its_token_and_signing_in_shows_neither() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {one["in"] for one in schemes.values()} == {"cookie", "header"}
    for key, one in operations(DOCUMENT):
        is_read = key.startswith("GET")
        keys = {"login"} if is_read else {"login", "form_token"}
        asked = {name for row in one["security"] for name in row}
        assert asked == (set() if key == "POST /sign-in" else keys), key


def test_what_has_a_version_tells_it_and_takes_it() -> None:
    told = {
        key
        for key, one in operations(DOCUMENT)
        if "ETag" in one["responses"].get("200", {}).get("headers", {})
    }
    assert told == {
        "GET /patients/{patient_id}",
        "PUT /patients/{patient_id}",
        "PUT /patients/{patient_id}/pregnancies/{entity_id}",
        "PUT /patients/{patient_id}/births/{entity_id}",
        "POST /patients/{patient_id}/courses/{entity_id}/end",
        "GET /users/{user_id}",
        "PUT /users/{user_id}",
    }


def test_a_day_is_a_date_wherever_it_stands() -> None:
    ends = ("_on", ".on_day", "from_day", "until_day", ".day", ".today")
    named = (pair for pair in fields(DOCUMENT) if ".is_" not in pair[0])
    days = {name: one for name, one in named if name.endswith(ends)}
    for name, one in days.items():
        texts = [kind for kind in one.get("anyOf", [one]) if kind.get("type") == "string"]
        assert texts, name
        # What a phone tells of a day that is none is refused for itself, and not as a whole.
        is_from_phone = name.partition(".")[0].endswith("Sent")
        assert all((kind.get("format") == "date") is not is_from_phone for kind in texts), name


@pytest.mark.parametrize("name", SENT)
def test_the_example_is_taken(name: str) -> None:
    model: type[Sent] = SENT[name]
    assert model.model_validate_json(model.model_validate(EXAMPLES[name]).model_dump_json())
    assert DOCUMENT["components"]["schemas"][name]["examples"] == [EXAMPLES[name]]


def test_every_example_is_of_something_that_is_sent() -> None:
    assert EXAMPLES.keys() == SENT.keys()
