"""How a tablet comes to trust the clinic's own authority: the page and the file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from levator.texts import mark
from levator.web.looks import Looks, language_of, voice_of

_NONE = (
    mark("This clinic has no authority of its own"),
    mark("Its certificate is one that tablets know already, or it serves this computer only."),
)


class AuthorityPages:
    """Handlers over one certificate; None where the clinic has another one."""

    def __init__(self, looks: Looks, certificate: bytes | None) -> None:
        """Keep the certificate of the authority, DER."""
        self._looks, self._certificate = looks, certificate

    def routes(self) -> list[Route]:
        """Return page and file."""
        return [Route("/authority", self.page), Route("/authority.crt", self.file)]

    async def page(self, request: Request) -> Response:
        """Tell how to install it, with the fingerprint to compare."""
        if self._certificate is None:
            return self._none(request)
        from levator.clinic.certificates import fingerprint

        values = {"fingerprint": fingerprint(self._certificate)}
        return self._looks.page("authority.html", language_of(request), values)

    async def file(self, request: Request) -> Response:
        """Give the certificate out."""
        if self._certificate is None:
            return self._none(request)
        headers = {"Content-Disposition": 'attachment; filename="levator-authority.crt"'}
        return Response(self._certificate, media_type="application/x-x509-ca-cert", headers=headers)

    def _none(self, request: Request) -> Response:
        voice = voice_of(request)
        heading, sentence = map(voice.say, _NONE)
        return self._looks.notice(voice.language, heading, sentence, 404)
