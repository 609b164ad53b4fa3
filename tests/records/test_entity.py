"""What fields say about themselves, and what follows from that for every kind."""

from dataclasses import dataclass, fields
from typing import Annotated

import pytest

from levator.records.entity import (
    Entity,
    Indexed,
    Personal,
    Refers,
    Secret,
    Unique,
    changes,
    fields_of,
    is_id,
    references,
)
from levator.records.kinds import KINDS, name_of, of_patient
from levator.records.people import Patient, search_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(Entity):
    """A kind that is not kept."""

    whole: Personal[Indexed[int | None]] = None
    key: Unique[Secret[str]] = ""
    of: Annotated[str | None, Refers("patient")] = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested(Entity):
    inner: dict[str, str]


def test_a_field_tells_its_type_its_marks_and_what_it_refers_to() -> None:
    found = {field.name: field for field in fields_of(Odd)}
    assert list(found)[:3] == ["id", "tenant_id", "version"]
    assert (found["whole"].kind, found["whole"].is_optional) == (int, True)
    assert found["whole"].marks == {"personal", "indexed"}
    assert (found["key"].kind, found["key"].marks) == (str, {"unique", "secret"})
    assert (found["of"].refers, found["of"].is_optional) == ("patient", True)
    assert (found["names"].kind, found["names"].is_optional) == (tuple, False)
    assert list(references(Odd)) == [("of", "patient")]


def test_what_no_table_can_hold_is_no_field() -> None:
    with pytest.raises(TypeError, match="cannot be kept"):
        fields_of(Nested)


def test_a_kind_that_is_not_listed_has_no_name() -> None:
    assert name_of(Patient) == "patient"
    with pytest.raises(KeyError):
        name_of(Odd)


def test_each_kind_refers_to_earlier_ones_only() -> None:
    """So tables are made in this order, and erased in the other."""
    earlier: set[str] = set()
    for name, kind in KINDS.items():
        assert {table for _, table in references(kind)} <= earlier
        earlier.add(name)


def test_every_kind_of_a_patient_names_her() -> None:
    told = {name for name, kind in KINDS.items() if "patient_id" in {f.name for f in fields(kind)}}
    assert set(of_patient()) == told
    assert "patient" not in told


@pytest.mark.parametrize("name", KINDS)
def test_every_text_that_a_person_writes_about_her_is_personal(name: str) -> None:
    """Free text goes with her when she is erased, and comes along in her export."""
    free = {"remark", "because", "text", "answers", "revoked_because", "ended_because", "signed_by"}
    open_fields = {
        field.name
        for field in fields_of(KINDS[name])
        if field.name in free and "personal" not in field.marks
    }
    assert open_fields == set()


def test_the_difference_leaves_the_version_out() -> None:
    one = Odd(id="a", tenant_id="t", version=1, whole=1)
    other = Odd(id="a", tenant_id="t", version=7, whole=2)
    assert changes(one, other) == {"whole": (1, 2)}
    assert changes(one, one) == {}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0123456789abcdef" * 2, True),
        ("0123456789ABCDEF" * 2, False),
        ("0123456789abcdef" * 2 + "\n", False),
        ("٣" * 32, False),
        ("", False),
        ("Jansen", False),
    ],
)
def test_the_form_of_an_id(text: str, answer: bool) -> None:
    assert is_id(text) is answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "Zoe\N{COMBINING DIAERESIS}"),
        ("STRASSE", "straße"),
        ("van 't  Hof", "Van 't Hof"),
        ("Ａｎｎ", "ann"),
        ("A\N{ZERO WIDTH SPACE}nn", "ann"),
        ("nnA\N{RIGHT-TO-LEFT OVERRIDE}", "nna"),
    ],
)
def test_twins_of_a_name_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


def test_other_names_have_other_keys() -> None:
    assert search_key("Ann", "Jansen") != search_key("Ann", "Janssen")
    assert search_key("a\0b\ud800c") == "abc"
