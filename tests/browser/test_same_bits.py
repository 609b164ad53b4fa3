"""Law 4 in a browser: Python's newest, in Chromium, tells the same to the byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page

from tests.golden import stored

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden"
#: The engine: these rooms and the empty package that holds them.
ENGINE = ("__init__.py", "quantities.py", "errors.py", "signals", "training")
POLICY = "; ".join(
    ("default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'")
)
KINDS = {".mjs": "text/javascript", ".wasm": "application/wasm"}
RUN = """names => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.mjs", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
  worker.postMessage(names);
})"""


def engine_zip() -> bytes:
    source, packed = ROOT / "src", BytesIO()
    with ZipFile(packed, "w") as archive:
        for name in ENGINE:
            place = source / "levator" / name
            for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
                archive.write(path, path.relative_to(source))
    return packed.getvalue()


def content(pyodide: Path) -> dict[str, bytes]:
    """Path -> body of everything that the page may ask for."""
    sessions = {f"/sessions/{name}": text.encode() for name, (text, _) in stored.expected().items()}
    files = {f"/pyodide/{path.name}": path.read_bytes() for path in pyodide.glob("*.*")}
    return {
        "/": b"<!doctype html><title>engine</title>",
        "/worker.mjs": (GOLDEN / "worker.mjs").read_bytes(),
        "/play.py": (GOLDEN / "play.py").read_bytes(),
        "/engine.zip": engine_zip(),
        **sessions,
        **files,
    }


class Answer(BaseHTTPRequestHandler):
    """Files from memory, each under the policy of our own pages."""

    def __init__(self, bodies: dict[str, bytes], *rest: object) -> None:
        self.bodies = bodies
        super().__init__(*rest)

    def do_GET(self) -> None:
        body = self.bodies.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", KINDS.get(Path(self.path).suffix, "text/html"))
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(pyodide: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answer, content(pyodide)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_engine_tells_the_same_in_a_browser(
    address: str, new_page: Callable[..., Page], capsys: pytest.CaptureFixture[str]
) -> None:
    page, expected = new_page(), stored.expected()
    page.goto(address)
    said = page.evaluate(RUN, list(expected))
    assert "error" not in said, said["error"]
    with capsys.disabled():
        print(f" (Python {'.'.join(map(str, said['version']))} in Chromium) ", end="")  # noqa: T201
    assert tuple(said["version"]) >= (3, 13)
    assert said["told"] == {name: events for name, (_, events) in expected.items()}
