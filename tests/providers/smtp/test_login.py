"""Logging in with access tokens, which run out."""

import base64
from collections.abc import Callable

import pytest

from tests.providers.smtp.conftest import QUICK, SHORT, is_deferred, is_sent
from tuimail.core.submission import AccountFault
from tuimail.errors import ConfigurationError, SecretError, TemporarySecretError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import Act, Close, RecordedJob, Say, ScriptedSmtpServer

OLD, NEW = "an access token of yesterday", "an access token of today"
METHODS = ("XOAUTH2", "OAUTHBEARER")

Secret = Callable[[], str | None]


def token_provider(
    server: ScriptedSmtpServer,
    *,
    secret: Secret = lambda: OLD,
    renew: Secret | None = lambda: NEW,
    user: str = "ada@example.org",
    limits: StageLimits = QUICK,
    **options: str | int | bool,
) -> SmtpProvider:
    account = ProviderAccount(
        name="work",
        options={
            "host": "127.0.0.1",
            "port": server.port,
            "username": user,
            "allow_clear_auth": True,
            **options,
        },
        secret=secret,
        renew_secret=renew,
    )
    return SmtpProvider(account, limits=limits)


def token_server(
    method: str,
    right: str = NEW,
    *,
    user: str = "ada@example.org",
    script: dict[str, Act] | None = None,
) -> ScriptedSmtpServer:
    return ScriptedSmtpServer(script, logins={user: right}, methods=method)


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_that_is_right_lets_mail_out(method: str) -> None:
    async with token_server(method, OLD) as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert is_sent(verdicts)
    assert server.commands[1].startswith(f"AUTH {method} ")
    assert server.verbs.count("AUTH") == 1


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_that_ran_out_is_renewed_once(method: str) -> None:
    async with token_server(method) as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert is_sent(verdicts)
    assert server.verbs.count("AUTH") == 2


@pytest.mark.parametrize(
    ("method", "answer"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")]
)
async def test_the_reason_for_a_refusal_is_answered(method: str, answer: str) -> None:
    """The server waits for it, and only then says 535."""
    async with token_server(method) as server:
        verdicts = await token_provider(server, renew=None, auth="oauth").submit(
            RecordedJob().job
        )

    assert server.commands[2] == answer
    assert verdicts.fault is AccountFault.LOGIN
    assert verdicts.fault_receipt.code == 535


@pytest.mark.parametrize("method", METHODS)
async def test_a_fresh_token_that_is_refused_holds_the_account(method: str) -> None:
    async with token_server(method, "another") as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.LOGIN
    assert server.verbs.count("AUTH") == 2


async def test_a_server_that_closes_after_refusing_is_asked_again() -> None:
    """Over a new connection, where the fresh token is the first thing it hears."""
    async with token_server("XOAUTH2", script={"auth": Say("535 no")}) as server:

        def renew() -> str:
            server.script.pop("auth")
            return NEW

        verdicts = await token_provider(server, renew=renew).submit(RecordedJob().job)

    assert is_sent(verdicts)
    assert server.connections == 2


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("334 " + "x" * 1_000_000, AccountFault.LOGIN),
        ("334 and again", AccountFault.LOGIN),
        ("235-" + "x" * 1_000_000, AccountFault.LOGIN),
        ("454 4.7.0 not now", None),
        ("534 5.7.9 with the browser, please", AccountFault.LOGIN),
        ("250 ok", AccountFault.LOGIN),
    ],
)
async def test_any_other_answer_is_worth_no_fresh_token(
    reply: str, fault: AccountFault | None
) -> None:
    def never() -> str:
        raise AssertionError

    script: dict[str, Act] = {"auth": Say(reply), "unknown": Say("334 and again")}
    async with token_server("XOAUTH2", script=script) as server:
        verdicts = await token_provider(server, renew=never).submit(RecordedJob().job)

    assert verdicts.fault is fault
    assert is_deferred(verdicts) is (fault is None)
    assert "MAIL" not in server.verbs


async def test_challenges_without_end_hold_the_account() -> None:
    script: dict[str, Act] = {"challenge": Say("334 e30="), "login": Say("334 e30=")}
    async with token_server("OAUTHBEARER", script=script) as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.LOGIN
    assert server.verbs.count("AUTH") == 1


async def test_a_server_that_is_lost_at_the_login_means_later() -> None:
    async with token_server("XOAUTH2", script={"auth": Close()}) as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert is_deferred(verdicts)


@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "GSSAPI"])
async def test_a_token_is_never_shown_as_a_password(offered: str) -> None:
    async with token_server(offered) as server:
        verdicts = await token_provider(server).submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.LOGIN
    assert f"for tokens: {', '.join(offered.split())}" in verdicts.fault_receipt.text
    assert "AUTH" not in server.verbs


async def test_a_password_is_never_shown_as_a_token() -> None:
    async with token_server("XOAUTH2 OAUTHBEARER") as server:
        verdicts = await token_provider(server, auth="password").submit(
            RecordedJob().job
        )

    assert verdicts.fault is AccountFault.LOGIN
    assert "AUTH" not in server.verbs


async def test_the_method_that_most_servers_know_comes_first() -> None:
    async with token_server("OAUTHBEARER XOAUTH2", OLD) as server:
        await token_provider(server).submit(RecordedJob().job)

    assert server.commands[1].startswith("AUTH XOAUTH2 ")


async def test_a_name_with_commas_is_written_as_the_standard_says() -> None:
    """RFC 5801 §4: ``,`` and ``=`` would end it."""
    async with token_server("OAUTHBEARER", OLD, user="a=3Db=2Cc") as server:
        verdicts = await token_provider(server, user="a=b,c").submit(RecordedJob().job)

    words = base64.b64decode(server.commands[1].split()[2]).split(b"\x01")
    assert is_sent(verdicts)
    assert words[:3] == [
        b"n,a=a=3Db=2Cc,",
        b"host=127.0.0.1",
        f"port={server.port}".encode(),
    ]


async def test_a_token_that_cannot_be_had_right_now_defers() -> None:
    def later() -> str:
        raise TemporarySecretError("The token service answers 500.")

    async with token_server("XOAUTH2") as server:
        verdicts = await token_provider(server, secret=later).submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert verdicts.by_recipient[0].receipt.text == "The token service answers 500."
    assert server.connections == 0


async def test_a_fresh_token_that_cannot_be_had_right_now_defers() -> None:
    def later() -> str:
        raise TemporarySecretError("The token service answers 500.")

    async with token_server("XOAUTH2") as server:
        verdicts = await token_provider(server, renew=later).submit(RecordedJob().job)

    assert is_deferred(verdicts)


async def test_a_consent_that_was_withdrawn_holds_the_account() -> None:
    def gone() -> str:
        raise SecretError("The service refused (invalid_grant).", hint="Sign in.")

    async with token_server("XOAUTH2") as server:
        verdicts = await token_provider(server, renew=gone).submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.SECRET
    assert "invalid_grant" in verdicts.fault_receipt.text


def test_a_login_over_the_network_in_clear_is_refused() -> None:
    options: dict[str, str | int | bool] = {
        "host": "mx.example.org",
        "tls": "none",
        "username": "ada",
        "auth": "oauth",
        "allow_clear_auth": True,
    }
    account = ProviderAccount(name="work", options=options, secret=lambda: NEW)

    with pytest.raises(ConfigurationError, match="in clear"):
        SmtpProvider(account)


async def test_a_login_that_is_neither_is_refused() -> None:
    async with token_server("XOAUTH2") as server:
        with pytest.raises(ConfigurationError, match="auth"):
            token_provider(server, auth="magic")


async def test_a_slow_answer_to_a_token_is_given_up() -> None:
    limits = StageLimits(command=SHORT)
    async with token_server("XOAUTH2", script={"auth": Say(b"235 we")}) as server:
        verdicts = await token_provider(server, limits=limits).submit(RecordedJob().job)

    assert is_deferred(verdicts)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SECRET = "pa55 wörd+(of Ada)"
PLAIN = in_base64(f"\0ada\0{SECRET}")
REPEATED = {
    "as it is": SECRET,
    "in capitals": SECRET.upper(),
    "base64": in_base64(SECRET),
    "PLAIN": PLAIN,
    "a part of PLAIN": PLAIN[:20],
    "PLAIN on two lines": f"{PLAIN[:16]}\r\n535 {PLAIN[16:]}",
    "all of it": f"AUTH PLAIN {PLAIN.upper()} ({SECRET}, {in_base64(SECRET)})",
}


@pytest.mark.parametrize("name", REPEATED)
async def test_a_password_that_the_server_repeats_is_not_kept(name: str) -> None:
    said = Say(f"535 5.7.8 wrong: {REPEATED[name]}".encode() + b"\r\n")
    async with ScriptedSmtpServer({"auth": said}, logins={"ada": SECRET}) as server:
        provider = token_provider(
            server, secret=lambda: SECRET, renew=None, user="ada", auth="password"
        )
        verdicts = await provider.submit(RecordedJob().job)

    text = verdicts.fault_receipt.text.casefold()
    assert text.startswith("5.7.8 wrong: ")
    assert "(the password)" in text
    for secret in (SECRET, in_base64(SECRET), PLAIN, PLAIN[:16], PLAIN[16:]):
        assert secret.casefold() not in text


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_that_the_server_repeats_is_not_kept(method: str) -> None:
    async with token_server(method) as server:
        await token_provider(server, renew=None, auth="oauth").submit(RecordedJob().job)
        shown = server.commands[1].rpartition(" ")[2]
        server.script["auth"] = Say(f"535 5.7.8 what is {shown} and {OLD}")
        verdicts = await token_provider(server, renew=None, auth="oauth").submit(
            RecordedJob().job
        )

    assert verdicts.fault_receipt.text == (
        "5.7.8 what is (the password) and (the password)"
    )
    assert verdicts.fault_receipt.code == 535


async def test_what_else_a_server_says_to_a_login_is_kept_word_for_word() -> None:
    why = "5.7.8 Username and Password not accepted. See https://example.org/?p=BadCredentials"
    async with token_server("XOAUTH2", script={"auth": Say(f"535 {why}")}) as server:
        verdicts = await token_provider(server, renew=None, auth="oauth").submit(
            RecordedJob().job
        )

    assert verdicts.fault_receipt.text == why
