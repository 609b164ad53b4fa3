"""Templates in the language of the page."""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from levator.clinic.logins import Signed
from levator.errors import CallerError
from levator.library import load_scales
from levator.texts import LANGUAGES, Speaker, for_script, language_for, speaker
from levator.training.inputs import EFFORT_MOST
from levator.web.pictures import picture

FOLDER = Path(__file__).parent
#: Cookie of the screen of her who trains.
PATIENT = "patient"
#: Who asks, while a request is answered, and the token that forms of that login carry.
SIGNED: ContextVar[Signed | None] = ContextVar("signed", default=None)
TOKEN: ContextVar[str] = ContextVar("form_token", default="")
#: Begins the name of a cookie that browsers take and send over TLS only.
SECURE = "__Secure-"
_NOT_READ = re.compile(
    r"(<textarea.*?</textarea>|<script.*?</script>|<option.*?</option>|<[^>]*>)", re.DOTALL
)
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|°|(?:ms|s|min|mm|cm|kg|g|N|Hz|hPa|[µu]V|MB|GB|kB)\b))")
NAMES = {"nl": "Nederlands", "en": "English", "fr": "Français", "de": "Deutsch"}


class Looks:
    """One template environment per language."""

    def __init__(self) -> None:
        """Load nothing yet; templates are read when first shown."""
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def page(
        self, template: str, language: str, values: dict[str, Any], status: int = 200
    ) -> HTMLResponse:
        """Return a page."""
        shown = self._environments[language].get_template(template)
        languages = [(code, NAMES[code]) for code in LANGUAGES]
        always = {
            "language": language,
            "languages": languages,
            "signed": SIGNED.get(),
            "form_token": TOKEN.get(),
        }
        return HTMLResponse(unbroken(shown.render(values, **always)), status)

    def texts(self, language: str) -> Markup:
        """Return the scripts' texts, safe inside a script element."""
        return Markup(for_script(language))

    def notice(
        self, language: str, heading: str, sentence: str, status: int, *, signs_in: bool = False
    ) -> HTMLResponse:
        """Return a page that says one thing; signs_in: what to do then is to sign in."""
        told = {"heading": heading, "sentence": sentence, "signs_in": signs_in}
        return self.page("notice.html", language, told, status)


def unbroken(html: str) -> str:
    """Return a page in which no line ends between a number and its unit.

    Only what is read: no attribute, no script, and nothing that somebody types in.
    """
    parts = _NOT_READ.split(html)
    parts[::2] = [_BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", part) for part in parts[::2]]
    return "".join(parts)


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The extension adds it to this environment only; no type knows of it.
    vars(environment)["install_gettext_translations"](speaker(language), newstyle=True)
    environment.globals["colon"] = speaker(language).colon
    environment.globals["scores"] = range(load_scales().pain_most + 1)
    environment.globals["picture"] = partial(picture, speaker(language))
    environment.globals["efforts"] = range(EFFORT_MOST + 1)
    return environment


def language_of(request: HTTPConnection, chosen: str = "") -> str:
    """Return the language chosen, else the address's, else that of who is signed in.

    Else the browser's first that we speak.
    """
    if chosen in LANGUAGES:
        return chosen
    signed = SIGNED.get()
    wanted = [request.query_params.get("language", ""), signed.user.language if signed else ""]
    wanted += request.headers.get("accept-language", "").split(",")
    for tag in wanted:
        try:
            return language_for(tag.partition(";")[0])
        except CallerError:
            continue
    return LANGUAGES[0]


def cookie(connection: HTTPConnection, name: str) -> str:
    """Return a cookie's name for this server: browsers keep ports in one jar.

    Over TLS it is one that no page without TLS can have set. Those of rooms and of the page to
    join hold for their own path, so that no other page is sent them.
    """
    return f"{SECURE * is_secure(connection)}{name}-{connection.url.port or 80}"


def is_secure(connection: HTTPConnection) -> bool:
    """Return whether it came over TLS."""
    return connection.url.scheme in ("https", "wss")


def cookie_of(connection: HTTPConnection, name: str) -> str:
    """Return what this server's cookie holds; empty where there is none."""
    return connection.cookies.get(cookie(connection, name), "")


def set_cookie(answer: Response, name: str, value: str, path: str) -> None:
    """Let a browser send this back below a path, and to nobody else."""
    secure = name.startswith((SECURE, "__Host-"))
    answer.set_cookie(name, value, path=path, httponly=True, samesite="strict", secure=secure)


def voice_of(request: HTTPConnection) -> Speaker:
    """Return the voice in the request's language."""
    return speaker(language_of(request))
