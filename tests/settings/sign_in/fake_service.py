"""A service where people sign in, and the browser that they do it with."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

from tuimail.settings.sign_in.services import Service
from tuimail.testing import Received, Respond

ADA = "ada@example.org"
CODE, DEVICE_CODE = "the-code", "the-device-code"
REFRESH, ACCESS = "the-refresh-token", "the-access-token"
CLIENT, CLIENT_SECRET = "the-client", "the-clients-secret"


@dataclass
class FakeService:
    """Answers at ``/token``, ``/device`` and ``/revoke`` as a real one does."""

    challenge: str = ""
    """What the browser brought, to be proved at the token endpoint."""
    redirect: str = ""
    pending: int = 0
    """So often the person is not done yet on the other device."""
    gives: dict[str, object] = field(
        default_factory=lambda: {"access_token": ACCESS, "refresh_token": REFRESH}
    )
    revoked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def answer(self, received: Received) -> Respond:
        form = {key: one[0] for key, one in parse_qs(received.body.decode()).items()}
        self.forms.append(form)
        if received.target == "/revoke":
            self.revoked.append(form["token"])
            return Respond(body={})
        if received.target == "/device":
            return self._device(form)
        if form["grant_type"] == "authorization_code":
            return self._redeemed(form)
        return self._polled(form)

    def _device(self, form: dict[str, str]) -> Respond:
        assert set(form) == {"client_id", "scope"}
        return Respond(
            body={
                "device_code": DEVICE_CODE,
                "user_code": "WDJB-MJHT",
                "verification_uri": "https://example.org/device",
                "expires_in": 900,
                "interval": 5,
            }
        )

    def _redeemed(self, form: dict[str, str]) -> Respond:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = proof == self.challenge and form["redirect_uri"] == self.redirect
        if form["code"] != CODE or not is_right:
            return Respond(status=400, body={"error": "invalid_grant"})
        return Respond(body=self.gives)

    def _polled(self, form: dict[str, str]) -> Respond:
        assert form["device_code"] == DEVICE_CODE
        if self.pending:
            self.pending -= 1
            return Respond(status=400, body={"error": "authorization_pending"})
        return Respond(body=self.gives)

    def visit(self, url: str, **answer: str) -> str:
        """Be the page at ``url``; return where the browser is sent to."""
        asked = {key: one[0] for key, one in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        self.challenge, self.redirect = asked["code_challenge"], asked["redirect_uri"]
        said = answer or {"code": CODE}
        return f"{self.redirect}?{urlencode({'state': asked['state'], **said})}"


def service_at(url: str, **changes: str) -> Service:
    """Return the service as a person's settings would name it."""
    places: dict[str, Any] = {
        "name": "gmail",
        "title": "Example",
        "authorization_url": f"{url}/authorize",
        "token_url": f"{url}/token",
        "device_url": f"{url}/device",
        "revoke_url": f"{url}/revoke",
        "smtp_host": "smtp.example.org",
        "where_to_register": "Ask there for an id: --client-id ID",
    }
    places |= {"scopes": {"gmail": "send", "smtp": "mail"}}
    return Service(**(places | changes))


def go(url: str) -> str:
    """Go there as a browser does; return the page."""
    with urlopen(url, timeout=10) as page:
        text: str = page.read().decode()
    return text


async def gone(url: str) -> str:
    return await asyncio.to_thread(go, url)
