"""The interface keeps to its own document for every role, whatever is sent (schemathesis)."""

import os
import re
from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig

from levator.clinic import Clinic
from levator.records.access import Relation
from levator.records.people import Role
from levator.storage.memory import MemoryRepository
from levator.web.api import PREFIX, create_api
from levator.web.server import Reach
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.web.two_clinics import ROLES, Person, TwoClinics, two_clinics
from tests.web.whole_record import Record

IS_LONG = os.environ.get("LEV_HYPOTHESIS") == "search"
#: As a proxy asks that has taken TLS away: the names of the document are those over TLS.
NAME = "levator.clinic.example"
BEHIND = {"host": NAME, "x-forwarded-proto": "https"}
#: They end the login that asks, so that each time another one asks.
ENDING = ("/sign-out", "/account/password")
#: What is well formed may still be refused by the clinic: 422 says why, 409 what differs.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", 401, 403, 404, 409, 422, 429, 503]
            },
            # Who asks too much is told so before anything of what she asks is looked at.
            "missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 429]},
        },
        "phases": {"coverage": {"enabled": IS_LONG}},
    }
)
schemathesis.serializer.alias("application/zip", "application/octet-stream")
schema = schemathesis.openapi.from_dict(
    create_api(Clinic(MemoryRepository())).openapi(), config=CONFIG
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoClinics]:
    reach = Reach(names=(NAME,), proxies=("127.0.0.1",))
    with two_clinics(tmp_path_factory.mktemp("schema"), reach) as both:
        both.http.close()
        both.http = httpx.Client(base_url=_behind(both), headers=BEHIND, timeout=30)
        both.recorded()
        yield both


@pytest.fixture(scope="module")
def people(both: TwoClinics) -> dict[Role | None, tuple[Person | None, Record]]:
    """Somebody in every role, with a record that she may work with if anybody may."""
    met: dict[Role | None, tuple[Person | None, Record]] = {None: (None, both.record())}
    nearest: dict[Role, Relation] = {"patient": "self", "therapist": "treating"}
    for role in ROLES:
        met[role] = both.met(role, nearest.get(role, "clinic"))
    return met


@pytest.mark.parametrize("role", [None, *ROLES])
@schema.parametrize()
@settings(max_examples=50 if IS_LONG else 4)
def test_what_comes_back_is_in_the_document(
    case: schemathesis.Case,
    role: Role | None,
    both: TwoClinics,
    people: dict[Role | None, tuple[Person | None, Record]],
) -> None:
    who, to = people[role]
    _put_ids(case, to)
    headers = BEHIND | {"origin": both.server.address}
    cookies = {}
    if who is not None:
        if case.operation.path in ENDING:
            who = both.person(who.role, patient_id=to.patient if who.role == "patient" else None)
        # A case that leaves a key out on purpose goes without it.
        if FORM_TOKEN_HEADER in case.headers:
            headers[FORM_TOKEN_HEADER] = form_token_for(who.token)
        if both.server.login_cookie in case.cookies:
            cookies[both.server.login_cookie] = who.token
    case.call_and_validate(base_url=_behind(both) + PREFIX, headers=headers, cookies=cookies)


def _behind(both: TwoClinics) -> str:
    return f"http://127.0.0.1:{both.server.port}"


def _put_ids(case: schemathesis.Case, to: Record) -> None:
    """Let an id that is one be that of something there, as often as not."""
    kept = {"patient_id": to.patient, "entity_id": to.session}
    for name, real in kept.items():
        drawn = (case.path_parameters or {}).get(name)
        is_id = isinstance(drawn, str) and re.fullmatch("[0-9a-f]{32}", drawn)
        if is_id and (name == "patient_id" or drawn < "8"):
            case.path_parameters[name] = real
