"""What a harmless request says about the account."""

import pytest

from tests.providers.http_api import fakes
from tests.providers.http_api.conftest import provider_for
from tests.providers.http_api.fakes import Fake
from tests.providers.http_api.golden import BY_NAME
from tuimail.core.submission import AccountFault
from tuimail.providers.base import AccountCheck
from tuimail.testing import Close, Respond, ScriptedHttpServer, WebAct


async def checked(fake: type[Fake], act: WebAct | None = None) -> AccountCheck:
    acts = () if act is None else (act,)
    async with ScriptedHttpServer(answer=fake().answer, answers=acts) as server:
        return await provider_for(fake, server.url).check()


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_good_account_says_where_and_how_fast(name: str) -> None:
    check = await checked(BY_NAME[name])

    assert check.ok
    assert check.endpoint.endswith(BY_NAME[name].check)
    assert check.latency_ms >= 0
    assert check.fault is None


@pytest.mark.parametrize(
    ("fake", "limits"),
    [
        (fakes.Resend, {"size_bytes": 40_000_000, "recipients": 50}),
        (fakes.Brevo, {"recipients": 99, "credits": 299}),
        (
            fakes.MailerSend,
            {
                "size_bytes": 25_000_000,
                "recipients": 50,
                "requests_per_day": 1000,
                "requests_left": 999,
            },
        ),
        (fakes.SparkPost, {"size_bytes": 20_000_000}),
    ],
)
async def test_limits_are_what_is_documented_and_what_is_told(
    fake: type[Fake], limits: dict[str, int]
) -> None:
    check = await checked(fake)

    assert check.limits == limits


@pytest.mark.parametrize("number", ["1e999", "NaN", '"many"'])
async def test_a_number_that_is_none_is_not_shown(number: str) -> None:
    body = f'{{"email": "ada@example.org", "plan": [{{"credits": {number}}}]}}'
    check = await checked(fakes.Brevo, Respond(body=body))

    assert check.ok
    assert "credits" not in check.limits


async def test_words_that_act_on_a_terminal_are_shown_inert() -> None:
    check = await checked(fakes.SendGrid, Respond(body='{"scopes": ["\\u001b[31m"]}'))

    assert check.capabilities == ("\\x1b[31m",)


async def test_what_a_key_may_do_is_shown() -> None:
    check = await checked(fakes.SendGrid)

    assert check.capabilities == ("mail.send", "scopes.read")


async def test_a_key_that_may_only_send_is_a_good_one() -> None:
    body = {"statusCode": 401, "name": "restricted_api_key", "message": "No."}
    check = await checked(fakes.Resend, Respond(status=401, body=body))

    assert check.ok
    assert "only send" in check.hint


@pytest.mark.parametrize(
    ("act", "fault", "said"),
    [
        (Respond(status=403, body={"message": "no"}), AccountFault.LOGIN, "no"),
        (Respond(status=404, body=""), AccountFault.SETTINGS, "404"),
        (Respond(body="<html>Log in to the hotel"), AccountFault.SETTINGS, "hotel"),
        (Respond(body={"other": 1}), AccountFault.SETTINGS, "other"),
        (Respond(status=429, body={"message": "slow"}), None, "slow"),
        (Respond(status=500, body="oops"), None, "oops"),
        (Close(), None, "ended the connection"),
    ],
)
async def test_what_is_wrong_is_said_in_the_services_words(
    act: WebAct, fault: AccountFault | None, said: str
) -> None:
    check = await checked(fakes.Mailgun, act)

    assert not check.ok
    assert check.fault is fault
    assert said in check.error
    assert check.hint.startswith("Look at domain")


async def test_a_check_asks_once_and_sends_nothing() -> None:
    fake = fakes.Mailtrap()
    async with ScriptedHttpServer(answer=fake.answer) as server:
        await provider_for(fakes.Mailtrap, server.url).check()

    assert [one.method for one in server.requests] == ["GET"]
    assert fake.told == []
