"""Draws docs/reference/api.md from the document that the interface itself gives out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docs.tables import table
from levator.clinic import Clinic
from levator.storage.memory import MemoryRepository
from levator.web.api import PREFIX, create_api

ABOUT = f"""# The programming interface

Everything that the pages of the record do, as JSON under `{PREFIX}`. The whole document is at
`{PREFIX}/openapi.json` of a running server; this page is drawn from it.

- **Who asks** is the login of the browser, as on the pages: its cookie, and for everything that
  changes something the token of that login as `x-form-token` (it stands in every form). Each route
  is an action of the [table of access](../explanations/access.md).
- **Ids** are made by the caller: 32 signs from 0 to 9 and a to f, a UUID without dashes. The same
  thing sent twice is kept once; something else under a kept id is answered with 409.
- **Versions**: what can be changed comes with an `ETag`. A change names it in `If-Match`; where
  somebody else was quicker the answer is 409, with both sides of every field that differs.
- **Refusals** have a `code` for programs and one `sentence` for people, in the language asked for.
- Days are `YYYY-MM-DD`. Unknown fields are refused.

## Routes

"""


def api_page() -> str:
    """Return the page."""
    document = create_api(Clinic(MemoryRepository())).openapi()
    models = document["components"]["schemas"]
    sent = sorted({_body(one) for _, _, one in _operations(document)} - {""})
    parts = [_model(name, models[name]) for name in (*sent, "Refusal")]
    return ABOUT + _routes(document) + "\n## What is sent, and a refusal\n\n" + "\n".join(parts)


def _operations(document: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _routes(document: Mapping[str, Any]) -> str:
    rows = [
        (f"`{method} {path}`", one["description"], f"`{one['x-action']}`", _named(_body(one)))
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
        (f"`{field}`", _kind(one), "yes" if field in needed else "")
        for field, one in schema["properties"].items()
    ]
    about = schema.get("description", "")
    return f"### `{name}`\n\n{about}\n\n{table(('field', 'kind', 'needed'), rows)}"


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
