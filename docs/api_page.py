"""Draws docs/reference/api.md from the document that the interface itself gives out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docs.api_deeds import BROWSER_ONLY, DEEDS, OTHERWISE
from docs.tables import table
from levator.clinic import Clinic
from levator.storage.memory import MemoryRepository
from levator.web.api import PREFIX, create_api

ABOUT = f"""# The programming interface

Everything that the pages of the record do, as JSON under `{PREFIX}`. The whole document is at
`{PREFIX}/openapi.json` of a running server; this page is drawn from it.

- **Who asks** is a login, as on the pages: `POST /sign-in` with address, password and a code of the
  app sets its cookie. Everything that changes something sends two headers more: `x-form-token`, the
  `form_token` of that answer (and of `GET /account`), and `Origin`, this server's own address as a
  browser names it. A login ends an hour after its last use, for a patient after 7 days, and at
  `POST /sign-out`. Each route is an action of the [table of access](../explanations/access.md).
- **Once more**: another password, the end of another login, and an erasure ask first for
  `POST /account/confirm`; that holds for five minutes.
- **Ids** are made by the caller: 32 signs from 0 to 9 and a to f, a UUID without dashes. The same
  thing sent twice is kept once; something else under a kept id is answered with 409. Only links are
  made anew each time they are asked for: they are in one answer and nowhere else.
- **Versions**: what can be changed comes with an `ETag`. A change names it in `If-Match`; where
  somebody else was quicker the answer is 409, with both sides of every field that differs.
- **Refusals** have a `code` for programs and one `sentence` for people, in the language asked for.
- **How often**: 1000 requests at once and 20 a second after that, for each login; then 429 with
  `Retry-After`. A sign-in is tried 10 times in 15 minutes.
- Days are `YYYY-MM-DD`, moments ISO 8601 with their offset. The unit of a number stands in its
  name. Unknown fields are refused.
- **Version**: `/api/v1` stays as it is documented here: a field or a route may join, none changes
  its meaning or goes. What cannot be done so becomes `/api/v2` beside it.

[Export sessions with a program](../how-to/export-sessions-with-a-program.md) begins here.

## Routes

"""
DEEDS_TITLE = """## Pages and their routes

Whatever a page of the clinic shows or a form does, and the route that does the same.

"""
BROWSER_TITLE = """## What only a browser does

"""


def api_page() -> str:
    """Return the page."""
    document = create_api(Clinic(MemoryRepository())).openapi()
    models = document["components"]["schemas"]
    sent = sorted({_body(one) for _, _, one in _operations(document)} - {""})
    parts = [_model(name, models[name]) for name in (*sent, "Refusal")]
    return (
        f"{ABOUT}{_routes(document)}\n{DEEDS_TITLE}{_deeds()}\n{BROWSER_TITLE}{_browser_only()}"
        "\n## What is sent, and a refusal\n\n" + "\n".join(parts)
    )


def _deeds() -> str:
    rows = [
        (f"`{page}`", ", ".join(f"`{one}`" for one in routes), OTHERWISE.get(page, ""))
        for page, routes in DEEDS.items()
    ]
    return table(("page or form", "route", "where the action differs"), rows)


def _browser_only() -> str:
    return table(("page or form", "why"), [(f"`{key}`", why) for key, why in BROWSER_ONLY.items()])


def _operations(document: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _routes(document: Mapping[str, Any]) -> str:
    rows = [
        (
            f"`{method} {path}`",
            " ".join(one["description"].split()),
            f"`{one['x-action']}`",
            _named(_body(one)),
        )
        for path, method, one in _operations(document)
    ]
    return table(("route", "what it does", "action", "sends"), rows)


def _named(name: str) -> str:
    return f"`{name}`" if name else ""


def _body(operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    found = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return str(found.rpartition("/")[2])


def _model(name: str, schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = [
        (f"`{field}`", _kind(one), "yes" if field in needed else "", one["description"])
        for field, one in schema["properties"].items()
    ]
    about = schema.get("description", "")
    return f"### `{name}`\n\n{about}\n\n{table(('field', 'kind', 'needed', 'what it is'), rows)}"


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    kind = "nothing" if schema.get("type") == "null" else schema.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    bounds = [
        f"{words} {schema[key]}"
        for key, words in (
            ("minLength", "at least"),
            ("maxLength", "at most"),
            ("minimum", "from"),
            ("maximum", "to"),
        )
        if key in schema
    ]
    return ", ".join((schema.get("format", kind), *bounds))
