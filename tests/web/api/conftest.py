import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from levator.clinic import Clinic
from levator.records.access import Actor
from levator.storage import open_repository
from levator.web.api import create_api
from levator.web.looks import SIGNED, TOKEN
from levator.web.signed import FORM_TOKEN_HEADER
from tests.clinic import desk


class Api:
    """The interface as one person asks it."""

    def __init__(self, clinic: Clinic, actor: Actor | None) -> None:
        self.clinic, self._actor, self._app = clinic, actor, create_api(clinic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        TOKEN.set("token of the login")
        SIGNED.set(desk.signed(self._actor) if self._actor else None)
        await self._app(scope, receive, send)

    def as_(self, actor: Actor | None) -> "Api":
        return Api(self.clinic, actor)

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                headers = {FORM_TOKEN_HEADER: "token of the login"} | given.pop("headers", {})
                return await client.request(method, path, headers=headers, **given)

        return asyncio.run(asked())

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("GET", path, **given)

    def put(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("PUT", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("POST", path, **given)


@pytest.fixture
def api() -> Iterator[Api]:
    """The interface as Anke asks it."""
    with open_repository("memory://") as repository:
        desk.clinic(repository)
        yield Api(Clinic(repository), desk.actor())
