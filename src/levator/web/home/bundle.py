"""Many small files as one over the wire: the scripts and the style of the pages at home.

The first visit is to be light for a phone with a bad network. Each file is named by what is in it,
so that a browser may keep it, and a new version is another file.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parents[1] / "static"
_IMPORT = re.compile(r'^import .*? from "(?P<from>[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |const |class |function |let ))", re.MULTILINE)
_COMMENT = re.compile(
    r"^\s*(?:/\*\*? .*?\*/|//.*)\n|^\s*/\*\*\n(?:\s*\*.*\n)*?\s*\*/\n", re.MULTILINE
)
#: No string goes on over a line: nothing hangs on how far a line is moved in, nor on empty ones.
_INDENT = re.compile(r"^\s+", re.MULTILINE)
#: A line that has not ended goes on; no comment stands behind one (tests/web/test_home_pages.py).
_BREAK = re.compile(r"(?<=[;{,])\n")
_CAST = re.compile(r"/\*\* @\w+ [^*]*\*/ ?")
#: What a style says to its readers only.
_ASIDE = re.compile(r"/\*.*?\*/\n?|^ +", re.MULTILINE | re.DOTALL)
#: A name with what is in it never changes: a year.
_KEPT = "private, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several files as one."""

    name: str
    media_type: str
    content: bytes

    @property
    def address(self) -> str:
        """Where a page finds it."""
        return f"/home/parts/{self.version}/{self.name}"

    @property
    def version(self) -> str:
        """Return what tells this content from any other."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def answer(self, request: Request) -> Response:
        """Send it, packed where the browser reads that."""
        return packed(request, self.content, self.media_type, {"Cache-Control": _KEPT})


def bundle(name: str, media_type: str, text: str) -> Bundle:
    """Return a text as one file."""
    return Bundle(name, media_type, text.encode())


def packed(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Return an answer, packed where the browser reads that."""
    is_packed = "gzip" in request.headers.get("accept-encoding", "")
    more = {"Content-Encoding": "gzip"} if is_packed else {}
    sent = gzip.compress(content, mtime=0) if is_packed else content
    told = {**headers, **more, "Vary": "Accept-Encoding"}
    return Response(sent, media_type=media_type, headers=told)


def one_script(first: Path) -> str:
    """Return a script and all that it imports as one script, each file once, in their order.

    Two files of it may not have one name between them at their top: the browser refuses that.
    """
    return "".join(_bare(path) for path in dict.fromkeys(_with_imports(first)))


def _with_imports(path: Path) -> Iterator[Path]:
    for found in _IMPORT.finditer(path.read_text("utf-8")):
        yield from _with_imports((path.parent / found["from"]).resolve())
    yield path


def _bare(path: Path) -> str:
    text = _IMPORT.sub("", path.read_text("utf-8"))
    bare = _CAST.sub("", _COMMENT.sub("", text))
    lines = _INDENT.sub("", _EXPORT.sub("", bare)).strip()
    return _BREAK.sub("", lines) + "\n"


def one_style(paths: Iterable[Path]) -> str:
    """Return several styles as one."""
    return "".join(_ASIDE.sub("", path.read_text("utf-8")) for path in paths)
