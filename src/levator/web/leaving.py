"""Work that takes long, for who is still there: whoever has gone away gets nothing made."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

T = TypeVar("T")


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of it, unless who asks goes away before: then it is cancelled, and an
    HTTPException raised that nobody reads.

    The body of the request has been read before, or is not wanted.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
    finally:
        working.cancel()
        leaving.cancel()
    await asyncio.wait({working})
    raise HTTPException(400)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
