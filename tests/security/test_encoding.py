"""What somebody types stays text: in pages, addresses, the database, the shell and scripts."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Client

from levator.clinic import patients
from levator.records.people import User
from levator.texts import for_script
from tests.clinic import desk
from tests.clinic.people import TENANT, with_password
from tests.security.sources import calls, imports, scripts, templates
from tests.web.served import Served, served

HOSTILE = "\"'><script>alert(1)</script>{{ 7 * 7 }}${7*7}%s%n"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.fixture
def browser(server: Served) -> Iterator[Client]:
    with server.stranger() as browser:
        yield browser


def test_what_is_typed_is_decoded_once(browser: Client) -> None:
    answer = browser.post("/sign-in", data={"email": "a%2541%26lt;b", "password": "x"})
    assert 'value="a%2541%26lt;b"'.replace("&", "&amp;") in answer.text


def test_a_hostile_name_is_text_on_every_page_that_shows_it(server: Served) -> None:
    accounts = server.clinic.accounts
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, f"{TENANT}-clinic_admin", TENANT)
        work.put(replace(user, name=HOSTILE))
    shown = 0
    with server.client_of("clinic_admin") as admin:
        for path in ("/users", f"/users/{user.id}", "/account"):
            page = admin.get(path).text
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page
            assert "{{ 7 * 7 }}" in page
            shown += 1
    assert shown == 3


def test_a_hostile_address_is_text_in_its_field(browser: Client) -> None:
    for path in ("/sign-in", "/join"):
        name = "email" if path == "/sign-in" else "code"
        page = browser.get(path, params={name: HOSTILE, "next": f"/{HOSTILE}"}).text
        assert "<script>alert" not in page
        assert HOSTILE not in page


@pytest.mark.parametrize("to", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "\\x"])
def test_no_way_on_leaves_the_house_whatever_its_scheme(server: Served, to: str) -> None:
    password = "paarse fiets zonder bel"
    user = with_password(server.clinic.accounts, "patient", password)
    form = {"email": user.email, "password": password}
    ways = []
    for more in ({}, {"next": to}):
        with server.stranger() as browser:
            answer = browser.post("/sign-in", data=form | more)
        assert answer.status_code == 303
        ways.append(answer.headers["location"])
    assert ways[0].startswith("/home")
    assert ways[1] == ways[0]


def test_a_way_on_is_quoted_in_its_address(server: Served) -> None:
    with server.stranger() as browser:
        to = browser.get("/users?a=b&next=//evil.example").headers["location"]
    assert to == "/sign-in?next=/users%3Fa%3Db%26next%3D//evil.example"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_texts_for_scripts_cannot_end_their_element(language: str) -> None:
    assert "<" not in for_script(language)


@pytest.mark.parametrize(
    "typed", ["' OR '1'='1", "x'; DROP TABLE patient; --", "%", "_", "\\", '" OR ""="']
)
def test_what_is_searched_for_is_data_to_the_database(tmp_path: Path, typed: str) -> None:
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)
        patients.make(acts, desk.actor(), desk.new_id(), desk.jansen())
        assert patients.find(acts, desk.actor(), typed).total == 0
        assert patients.find(acts, desk.actor(), "jansen").total == 1


def is_plain(node: ast.AST) -> bool:
    """Whether text is written out, so that nothing of a person is in it."""
    if isinstance(node, ast.JoinedStr):
        parts = [one.value for one in node.values if isinstance(one, ast.FormattedValue)]
        return all(ast.unparse(one) in ("WRITER", "table.name") for one in parts)
    return isinstance(node, ast.Constant | ast.Name) or (
        isinstance(node, ast.IfExp) and is_plain(node.body) and is_plain(node.orelse)
    )


def test_no_statement_is_put_together_from_what_people_type() -> None:
    given = [
        (path, ast.unparse(call))
        for path, name, call in calls()
        if name.rpartition(".")[2] in ("exec_driver_sql", "text", "sqltext", "executescript")
        and path.startswith("storage")
        and call.args
        and not is_plain(call.args[0])
    ]
    assert given == []
    assert not is_plain(ast.parse("f'SELECT {typed}'", mode="eval").body)


#: Where something of the kind would be used, and what it would be imported as.
NOT_HERE = {
    "a shell": ("subprocess", "os.system", "os.popen", "pty", "pexpect"),
    "LDAP": ("ldap", "ldap3"),
    "XPath and XML": ("xml", "lxml", "defusedxml"),
    "LaTeX": ("pylatex", "latex"),
    "JNDI": ("jpype", "jnius"),
    "memcache": ("memcache", "pymemcache", "pylibmc"),
    "mail": ("smtplib", "imaplib", "poplib", "aiosmtplib", "email.mime"),
    "objects made of bytes": ("pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml"),
    "a client of the web": (
        "urllib.request", "http.client", "httpx", "requests", "aiohttp", "ftplib", "urllib3",
    ),
    "OAuth, OpenID and SAML": ("authlib", "oauthlib", "jwt", "jose", "saml2", "onelogin"),
    "GraphQL": ("graphql", "strawberry", "graphene", "ariadne"),
    "WebRTC": ("aiortc", "aioice", "webrtcvad"),
    "native memory": ("ctypes", "cffi", "mmap"),
    "Markdown and rich text": ("markdown", "mistune", "bleach", "docutils"),
}  # fmt: skip


#: A replay in a process of its own: this program starts itself, without a shell, and the two talk
#: through a pipe that nobody else writes into.
BETWEEN_OURSELVES = {("reports/apart.py", "pickle"), ("reports/apart.py", "subprocess")}
#: The one call to elsewhere, to hosts on a list, where a clinic has made keys for it. The token
#: that it signs goes along; none is ever read.
TO_THE_LIST = {("clinic/push_out.py", "http.client"), ("clinic/push_out.py", "jwt")}


def is_in(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


@pytest.mark.parametrize("what", NOT_HERE)
def test_it_is_not_here(what: str) -> None:
    found = [
        (path, module)
        for path, module in imports()
        if any(is_in(module, name) for name in NOT_HERE[what])
    ]
    assert [one for one in found if one not in BETWEEN_OURSELVES | TO_THE_LIST] == []


def test_what_is_here_would_be_found() -> None:
    assert any(is_in(module, "secrets") for _, module in imports())


def test_no_code_is_made_of_text() -> None:
    made = [
        (path, name)
        for path, name, _ in calls()
        if name in ("eval", "exec", "compile", "__import__", "os.system")
        or name.endswith((".from_string", ".compile_expression"))
        or name in ("Template", "jinja2.Template")
    ]
    assert made == []


def test_no_script_makes_code_or_markup_of_text() -> None:
    makes = re.compile(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write"
        r"|setTimeout\(\s*[\"'`]|setInterval\(\s*[\"'`]|createContextualFragment|srcdoc"
    )
    assert len(scripts()) > 10
    assert [name for name, text in scripts().items() if makes.search(text)] == []


def test_every_template_escapes_and_none_says_otherwise() -> None:
    lax = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b")
    assert [name for name, text in templates().items() if lax.search(text)] == []
    environments = [call for _, name, call in calls() if name == "Environment"]
    assert environments
    for call in environments:
        given = {one.arg: ast.unparse(one.value) for one in call.keywords}
        assert given["autoescape"] == "True"
        assert given["loader"].startswith(
            ("FileSystemLoader(", "PackageLoader(", "ChoiceLoader([PackageLoader(")
        )


def is_written_out(node: ast.AST) -> bool:
    """Whether it is text, or made of constants of its module, which are in capitals."""
    if isinstance(node, ast.JoinedStr):
        parts = [one.value for one in node.values if isinstance(one, ast.FormattedValue)]
        return all(map(is_written_out, parts))
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return isinstance(node, ast.Constant)


def test_patterns_and_formats_are_never_what_people_type() -> None:
    odd = []
    for path, name, call in calls():
        if re.fullmatch(r"re\.\w+", name):
            odd += [(path, name)] * (not is_written_out(call.args[0]))
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "format":
            odd += [(path, name)] * (not is_written_out(call.func.value))
    assert odd == []
    assert not is_written_out(ast.parse("f'{typed}'", mode="eval").body)


def test_nothing_waits_for_messages_of_other_windows() -> None:
    heard = re.compile(r"postMessage|addEventListener\(\s*[\"']message[\"']|onmessage\s*=")
    found = {name for name, text in scripts().items() if heard.search(text)}
    assert found <= {"wire.js", "board.js"}
    for name in found:
        assert not re.search(r"window\.(onmessage|postMessage)", scripts()[name])


def test_scripts_keep_nothing_in_the_browser() -> None:
    """But whether the sound is on, for as long as the page's own tab is open."""
    keeps = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open")
    kept = re.compile(r'sessionStorage\.(?:getItem\("sound"\)|setItem\("sound", )')
    assert [name for name, text in scripts().items() if keeps.search(kept.sub("", text))] == []


def test_no_page_asks_for_a_plugin() -> None:
    asks = re.compile(r"<(object|embed|applet|iframe|frame)\b", re.IGNORECASE)
    assert [name for name, text in templates().items() if asks.search(text)] == []
