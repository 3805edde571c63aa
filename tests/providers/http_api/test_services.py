"""The contract of a provider, kept by each of the ten services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Final

from tests.providers.http_api import fakes
from tests.providers.http_api.conftest import CLASSES, options_for
from tests.providers.http_api.fakes import Fake
from tuimail.testing import (
    Close,
    ProviderContract,
    Respond,
    Scene,
    ScriptedHttpServer,
    Situation,
    WebAct,
    WebScript,
)
from tuimail.testing.situations import SECOND

NOWHERE: Final = "http://127.0.0.1:1"
"""Where nobody listens."""
USUAL: Final = frozenset(Situation) - {Situation.OLD_TOKEN, Situation.REFUSES_SECOND}
"""Keys do not run out; and only some services answer for each recipient."""
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.GATEWAY_FAILS: {"answer": Respond(status=502, body="<h1>Bad Gateway")},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body="\x00\x01 queued? perhaps")},
}


class ServiceContract(ProviderContract):
    """The contract, with a service that speaks its own."""

    fake: ClassVar[type[Fake]]
    situations: ClassVar[frozenset[Situation]] = USUAL

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        fake = self.fake()
        if situation is Situation.WRONG_LOGIN:
            fake.key = "another key"
        if situation is Situation.REFUSES_SECOND:
            fake.refused.add(SECOND)
        script = SCRIPTS.get(situation) or _answered(fake, situation)
        async with ScriptedHttpServer(script, answer=fake.answer) as server:
            is_there = situation is not Situation.NOT_THERE
            options = options_for(self.fake, server.url if is_there else NOWHERE)
            provider = CLASSES[fake.name](self.account(**options))
            yield Scene(provider=provider, copies=lambda: len(fake.told))


def _answered(fake: Fake, situation: Situation) -> WebScript:
    acts: dict[Situation, WebAct] = {
        Situation.REFUSES: fake.refusal(),
        Situation.SLOW_DOWN: fake.slow_down(),
        Situation.FAILS: fake.failure(),
    }
    return {"answer": acts[situation]} if situation in acts else {}


class TestResend(ServiceContract):
    fake = fakes.Resend


class TestPostmark(ServiceContract):
    fake = fakes.Postmark
    situations = USUAL | {Situation.REFUSES_SECOND}


class TestSendGrid(ServiceContract):
    fake = fakes.SendGrid


class TestBrevo(ServiceContract):
    fake = fakes.Brevo


class TestMailjet(ServiceContract):
    fake = fakes.Mailjet


class TestMailtrap(ServiceContract):
    fake = fakes.Mailtrap


class TestMailerSend(ServiceContract):
    fake = fakes.MailerSend
    situations = USUAL | {Situation.REFUSES_SECOND}


class TestScaleway(ServiceContract):
    fake = fakes.Scaleway
    situations = USUAL | {Situation.REFUSES_SECOND}


class TestSparkPost(ServiceContract):
    fake = fakes.SparkPost


class TestMailgun(ServiceContract):
    fake = fakes.Mailgun
