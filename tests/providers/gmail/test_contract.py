"""The promises of a provider, kept by the real client library towards a fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.providers.gmail.fake_gmail import FakeGmail, failure, gmail_at
from tuimail.providers.gmail.provider import GmailProvider
from tuimail.testing import (
    Close,
    ProviderContract,
    Respond,
    Scene,
    Situation,
    WebScript,
)
from tuimail.testing.situations import FRESH, SECRET

NOWHERE: Final = "http://127.0.0.1:1"
"""Where nobody listens."""
BUSY: Final = Respond(
    status=429,
    headers={"Retry-After": "120"},
    body={"error": {"code": 429, "message": "busy", "status": "RESOURCE_EXHAUSTED"}},
)
ODD: Final[dict[Situation, dict[str, Any]]] = {
    Situation.TAKES: {},
    Situation.NOT_THERE: {},
    Situation.BREAKS_OFF: {},
    Situation.REFUSES: {"at_content": failure(400, "invalidArgument", "Invalid To")},
    Situation.SILENT: {"after_taking": Close()},
    Situation.WRONG_LOGIN: {"token": "another"},
    Situation.OLD_TOKEN: {"token": FRESH},
    Situation.SLOW_DOWN: {"at_opening": BUSY},
    Situation.FAILS: {"at_opening": failure(500, "backendError")},
    Situation.GATEWAY_FAILS: {"at_content": Respond(status=502, body="<h1>No</h1>")},
    Situation.GATEWAY_IS_BUSY: {
        "at_content": Respond(status=503, body="<h1>No", headers={"Retry-After": "60"})
    },
    Situation.GARBAGE: {"after_taking": Respond(body="<html>Thanks!</html>")},
}
"""What the fake does; Gmail never answers for one recipient."""
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.BREAKS_OFF: {"mid-body": Close()}
}


class TestGmail(ProviderContract):
    situations = frozenset(ODD)

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        fake = FakeGmail(**{"token": SECRET} | ODD[situation])
        async with gmail_at(fake, script=SCRIPTS.get(situation)) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            is_old = situation is Situation.OLD_TOKEN
            made = self.account_with_tokens if is_old else self.account
            yield Scene(
                provider=GmailProvider(made(url=url)), copies=lambda: len(fake.taken)
            )
