"""A patient's record that is sent here: received into a file without a name, then taken in."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import IO

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from levator.clinic import Clinic
from levator.clinic.arrivals import MOST_BYTES, TooLargeError
from levator.clinic.importing import Imported, take_in_from
from levator.clinic.logins import Signed
from levator.errors import CallerError, Phrase, StorageError
from levator.quantities import Seconds
from levator.storage.backup import disk_reason
from levator.web.signed import address_of, login_token

#: As browsers and programs call a zip.
KINDS = frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"})
#: So much is kept before it is written, in a thread.
_PIECE_BYTES = 2**20
#: A line that is silent for so long is given up: until then nobody of the clinic sends another.
SILENT_S: Seconds = 30.0


async def take_in_sent(clinic: Clinic, request: Request, signed: Signed) -> Imported | None:
    """Take in the record that is the body of a request; None where the login has ended meanwhile.

    Nothing is kept then. Raises as `take_in`, CallerError for what is no file or too large, and
    StorageError where it cannot be received.
    """
    tenant_id, acts = signed.user.tenant_id, clinic.acts
    await asyncio.to_thread(acts.check_here, signed.actor, "patient.import")
    if request.headers.get("content-type", "").partition(";")[0].strip() not in KINDS:
        raise CallerError("Choose the file of an export, ending in .zip.")
    with clinic.arrivals.one_of(tenant_id), await _received(request) as file:
        logins, token = clinic.accounts.logins, login_token(request)
        now = await asyncio.to_thread(logins.who, token, address_of(request))
        if now is None or not now.is_whole:
            return None
        name = Phrase("The file")
        return await asyncio.to_thread(take_in_from, acts, now.actor, file, name)


async def _received(request: Request) -> IO[bytes]:
    if int(request.headers.get("content-length", "0")[:15]) > MOST_BYTES:
        raise TooLargeError
    try:
        with ExitStack() as until_whole:
            file = until_whole.enter_context(await asyncio.to_thread(tempfile.TemporaryFile))
            await _write(request, file)
            until_whole.pop_all()
    except ClientDisconnect:  # who sent it is gone: nobody to tell
        raise HTTPException(400) from None
    except OSError as error:
        raise StorageError(
            "The file cannot be received (%(reason)s); make room on the disk of %(folder)s.",
            reason=disk_reason(error),
            folder=tempfile.gettempdir(),
        ) from error
    return file


async def _write(request: Request, file: IO[bytes]) -> None:
    waiting, size = bytearray(), 0
    async for part in _parts(request):
        waiting += part
        size += len(part)
        if size > MOST_BYTES:
            raise TooLargeError
        if len(waiting) >= _PIECE_BYTES:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))
    await asyncio.to_thread(file.flush)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    stream = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                part = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise CallerError("The file has stopped coming; send it again.") from None
        yield part
