"""The floor under `screen`: a bare socket server, and a bare page that draws what it sends.

Nothing is recorded, judged or protected; what is left is the socket, the browser's wait for its
next frame, and a line of 1000 points. No levator page can be quicker than this.
"""

from __future__ import annotations

import asyncio
import struct
import time
from math import sin

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from benchmarks.served import started

BLOCK_HZ = 50.0
FRAME = struct.Struct("<ddd")
PAGE = """<!doctype html><title>floor</title><style>body { margin: 0 }</style>
<canvas width=1280 height=400></canvas><script>
const pen = document.querySelector("canvas").getContext("2d"), kept = new Float64Array(1000);
let newest = -1, made = 0;
const socket = new WebSocket(`ws://${location.host}/line`);
socket.binaryType = "arraybuffer";
socket.onmessage = ({ data }) => {
  const view = new DataView(data);
  [made, newest] = [view.getFloat64(0, true), view.getFloat64(8, true)];
  kept[newest % 1000] = view.getFloat64(16, true);
};
window.levatorProbe = { drawn: [] };
const draw = () => {
  pen.clearRect(0, 0, 1280, 400);
  pen.beginPath();
  for (let i = 1; i <= 1000; i += 1) pen.lineTo(i * 1.28, 200 - 190 * kept[(newest + i) % 1000]);
  pen.stroke();
  levatorProbe.drawn.push([performance.now(), newest, made]);
  requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
</script>"""


def page(_: ServerConnection, request: Request) -> Response | None:
    """Answer with the page, unless the socket is asked for."""
    if request.path == "/line":
        return None
    head = Headers({"Content-Type": "text/html", "Content-Length": str(len(PAGE))})
    return Response(200, "OK", head, PAGE.encode())


async def serve_floor() -> None:
    """Send one number fifty times a second to whoever looks, and say on which port."""
    async with serve(
        lambda socket: socket.wait_closed(),
        "127.0.0.1",
        0,
        process_request=page,
        compression=None,
    ) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        began_s, index = time.monotonic(), 0
        while True:
            index += 1
            await asyncio.sleep(max(0.0, began_s + index / BLOCK_HZ - time.monotonic()))
            made_s = time.monotonic()
            broadcast(server.connections, FRAME.pack(made_s, index, sin(index / 40)))


class Floor:
    """The bare server as a process of its own."""

    def __enter__(self) -> str:
        """Start it; return its address."""
        self._process = started("benchmarks.floor")
        assert self._process.stdout is not None
        return f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.communicate()


if __name__ == "__main__":
    asyncio.run(serve_floor())
