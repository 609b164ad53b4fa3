"""A network between a browser and a server that can be cut, and mended again."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on between a port of its own and a server's."""

    def __init__(self, behind: str) -> None:
        self._behind = (urlsplit(behind).hostname, urlsplit(behind).port)
        self._ends: set[socket.socket] = set()
        self._is_cut = False
        self.late_s = 0.0  # by so much each answer comes later
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop every connection, and let nobody through, as a server that was killed does."""
        self._is_cut = True
        for end in list(self._ends):
            self._close(end)

    def mend(self) -> None:
        """Let new connections through again, and at once."""
        self._is_cut, self.late_s = False, 0.0

    def close(self) -> None:
        """End it."""
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._listening.accept()
                with contextlib.suppress(OSError):  # gone again already
                    self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        if self._is_cut:
            near.close()
            return
        far = socket.create_connection(self._behind)
        self._ends |= {near, far}
        for one, other in ((near, far), (far, near)):
            # Small messages go at once, as they do without a network between.
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ends = (one, other, one is far)
            threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := one.recv(65536):
                if is_answer:
                    time.sleep(self.late_s)
                other.sendall(chunk)
        for end in (one, other):
            self._close(end)

    def _close(self, end: socket.socket) -> None:
        self._ends.discard(end)
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def relayed(behind: str) -> Iterator[Relay]:
    """A relay before a server, until the block is left."""
    relay = Relay(behind)
    try:
        yield relay
    finally:
        relay.close()
