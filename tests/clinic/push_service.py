"""A push service on this computer, with a certificate of an authority of its own."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from levator.clinic.certificates import made_or_renewed
from levator.clinic.push_key import PushKey
from levator.clinic.push_out import PushOut

HOST = "push.example.org"


@dataclass
class Service:
    """answers : what it says to the next messages, 201 once they are used up."""

    port: int
    trusted: ssl.SSLContext
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def out(self, key: PushKey, now_s: float = 0.0) -> PushOut:
        return PushOut(key, lambda: now_s, lambda host: ("127.0.0.1", self.port), self.trusted)


@contextmanager
def push_service(folder: Path, name: str = HOST) -> Iterator[Service]:
    """Answer until the block is left."""
    tls = made_or_renewed(folder, "", [name], datetime.now(UTC))
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(tls.certificate, tls.key)
    trusted = ssl.create_default_context(cadata=tls.authority)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = shows.wrap_socket(server.socket, server_side=True)
    service = Service(server.server_port, trusted)
    vars(server)["service"] = service
    running = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        running.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        service = vars(self.server)["service"]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        service.got.append((self.path, dict(self.headers), body))
        self.send_response(service.answers.pop(0) if service.answers else 201)
        self.send_header("Location", f"https://{HOST}/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
