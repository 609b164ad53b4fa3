"""The document of the interface: what follows from the routes, and the words beside it."""

from __future__ import annotations

from typing import Any

from levator.web.api.examples import EXAMPLES
from levator.web.api.words import PARAMETERS, PARTS, WORDS
from levator.web.guard import SAFE_METHODS
from levator.web.signed import FORM_TOKEN_HEADER

Plain = dict[str, Any]
#: Names as they are over TLS; without it the cookie is named after its port.
SCHEMES: Plain = {
    "login": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-levator",
        "description": "Set by POST /sign-in, or by signing in on the pages. Without TLS, on this "
        "computer itself, its name is login-PORT.",
    },
    "form_token": {
        "type": "apiKey",
        "in": "header",
        "name": FORM_TOKEN_HEADER,
        "description": "`form_token` of POST /sign-in and GET /account, with every change. A "
        "change also sends Origin, this server's own address as a browser names it.",
    },
}
#: Besides whatever ends in `_on`.
_DAYS = frozenset({"valid_until", "day", "from_day", "on_day", "today", "until_day"})
_DONE = {"200": "What was asked for, or what is kept now.", "204": "Done; there is nothing to say."}
_ETAG: Plain = {"description": "The version, for If-Match.", "schema": {"type": "string"}}


def worded(document: Plain) -> Plain:
    """Return the document with a summary, keys, words and examples everywhere."""
    document["components"]["securitySchemes"] = SCHEMES
    for name, model in document["components"]["schemas"].items():
        _model(name, model)
    for methods in document["paths"].values():
        for method, one in methods.items():
            _operation(method.upper(), one)
        _versions(list(methods.values()))
    return document


def _model(name: str, model: Plain) -> None:
    for field, shown in model.get("properties", {}).items():
        words = WORDS.get(f"{name}.{field}") or WORDS.get(field)
        shown["description"] = PARTS if name == "Record" and words is None else words
        form = _format_of(field)
        for kind in shown.get("anyOf", [shown]):
            if form and kind.get("type") == "string" and "pattern" not in kind:
                kind.setdefault("format", form)
    if name in EXAMPLES:
        model["examples"] = [EXAMPLES[name]]


def _format_of(field: str) -> str:
    return "date" if field.endswith("_on") or field in _DAYS else ""


def _operation(method: str, one: Plain) -> None:
    one["summary"] = one["description"].partition("\n")[0].rstrip(".")
    keys: Plain = {} if method in SAFE_METHODS else {"form_token": []}
    keys["login"] = []
    one["security"] = [] if one.pop("x-public") else [keys]
    for given in one.get("parameters", []):
        given["description"] = PARAMETERS[given["name"]]
    for status in {"200", "204"} & one["responses"].keys():
        one["responses"][status]["description"] = _DONE[status]


def _versions(operations: list[Plain]) -> None:
    """Say of an address at which something has a version that every answer tells it."""
    given = [given["name"] for one in operations for given in one.get("parameters", [])]
    if "if-match" in given:
        for one in operations:
            one["responses"]["200"]["headers"] = {"ETag": _ETAG}
