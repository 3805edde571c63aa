"""One question to a token endpoint that misbehaves."""

import asyncio
import socket
import ssl
from datetime import timedelta
from urllib.parse import parse_qs, quote_plus, urlencode

import pytest
import trustme

from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.token_service import USUAL_LIFE, Granted, judged, refresh
from tuimail.testing import (
    Close,
    Drip,
    Hang,
    Respond,
    Say,
    ScriptedHttpServer,
    WebAct,
)

OLD, SECRET = "the refresh token", "the client's secret"
SHORT = timedelta(milliseconds=200)
LIMIT = timedelta(seconds=10)
GOOD = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 3599}


async def ask(
    server: ScriptedHttpServer,
    context: ssl.SSLContext | None = None,
    *,
    limit: timedelta = LIMIT,
) -> Granted:
    return await asyncio.to_thread(
        refresh,
        OAuth(token_url=f"{server.url}/token?v=2", client_id="tuimail", scope="a b"),
        account="work",
        refresh_token=OLD,
        client_secret=SECRET,
        limit=limit,
        context=lambda: context or ssl.create_default_context(),
    )


async def asked(act: WebAct) -> Granted:
    async with ScriptedHttpServer({"answer": act}) as server:
        is_silent = isinstance(act, Hang | Drip | Say)
        return await ask(server, limit=SHORT if is_silent else LIMIT)


async def refused(act: WebAct) -> SecretError:
    with pytest.raises(SecretError) as caught:
        await asked(act)
    return caught.value


async def test_a_token_is_asked_for_as_the_standard_says() -> None:
    async with ScriptedHttpServer({"answer": Respond(body=GOOD)}) as server:
        granted = await ask(server)

    request = server.requests[0]
    assert granted == Granted(
        access_token="an-access-token", life=timedelta(seconds=3599)
    )
    assert (request.method, request.target) == ("POST", "/token?v=2")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": [OLD],
        "client_id": ["tuimail"],
        "client_secret": [SECRET],
        "scope": ["a b"],
    }


async def test_what_is_empty_is_not_sent() -> None:
    async with ScriptedHttpServer({"answer": Respond(body=GOOD)}) as server:
        oauth = OAuth(token_url=server.url, client_id="tuimail")
        await asyncio.to_thread(
            refresh, oauth, account="work", refresh_token=OLD, limit=LIMIT
        )

    assert set(parse_qs(server.requests[0].body.decode())) == {
        "grant_type",
        "refresh_token",
        "client_id",
    }
    assert server.requests[0].target == "/"


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        (60, timedelta(minutes=1)),
        ("60", timedelta(minutes=1)),
        (10**30, timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        (0, USUAL_LIFE),
        (-5, USUAL_LIFE),
        (True, USUAL_LIFE),
        (1.5, USUAL_LIFE),
        ("soon", USUAL_LIFE),
        (None, USUAL_LIFE),
    ],
)
async def test_a_token_has_a_life_whatever_is_said(
    expires_in: object, life: timedelta
) -> None:
    granted = await asked(Respond(body=GOOD | {"expires_in": expires_in}))

    assert granted.life == life


@pytest.mark.parametrize(
    ("new", "found"), [("new-one", "new-one"), ("", ""), (7, ""), ("two\nlines", "")]
)
async def test_a_new_refresh_token_is_handed_on(new: object, found: str) -> None:
    granted = await asked(Respond(body=GOOD | {"refresh_token": new}))

    assert granted.refresh_token == found


async def test_nothing_that_was_granted_is_in_a_repr() -> None:
    granted = await asked(Respond(body=GOOD | {"refresh_token": "new-one"}))

    assert "new-one" not in repr(granted)
    assert "an-access-token" not in repr(granted)


@pytest.mark.parametrize(
    "act",
    [
        Respond(status=500, body={"error": "server_error"}),
        Respond(status=500, body="<html>"),
        Respond(status=502),
        Respond(status=302),
        Respond(body={"access_token": "\ud800"}),
        Respond(status=503, headers={"Retry-After": "1"}),
        Respond(status=429, body={"error": "slow_down"}),
        Respond(status=400, body={"error": "temporarily_unavailable"}),
        Respond(status=400, body={"error": "server_error"}),
        Respond(body="<html>Log in to the hotel's network</html>"),
        Respond(body='{"access_token": "cut off'),
        Respond(body="[" * 100_000),
        Respond(body=[1]),
        Respond(body={}),
        Respond(body={"access_token": ""}),
        Respond(body={"access_token": 7}),
        Respond(body={"access_token": "two\nlines"}),
        Respond(body={"access_token": "x" * 100_000}),
        Respond(body=b"x" * 3_000_000),
        Say(b"220 smtp.example ESMTP\r\n\r\n"),
        Close(),
        Close(hard=True),
        Hang(),
        Drip(),
    ],
    ids=lambda act: str(act)[:60],
)
async def test_an_answer_that_makes_no_sense_means_later(act: WebAct) -> None:
    error = await refused(act)

    assert isinstance(error, TemporarySecretError)
    assert str(error).startswith("The token service 127.0.0.1:")
    assert str(error).endswith(".")
    assert error.hint == "It is asked again later."


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, {"error": "invalid_grant"}, "answers 400 (invalid_grant)."),
        (
            400,
            {"error": "invalid_grant", "error_description": "Token has been\nrevoked."},
            "answers 400 (invalid_grant): Token has been revoked.",
        ),
        (401, {"error": "invalid_client"}, "answers 401 (invalid_client)."),
        (400, {"error": {"code": 7}}, "answers 400."),
        (400, {"error": "\x1b[2J"}, "answers 400."),
        (400, {"error": "x", "error_description": ["y"]}, "answers 400 (x)."),
        (404, "<html>", "answers 404."),
        (
            400,
            {"error": "x", "error_description": "\ud800"},
            "answers 400 (x).",
        ),
    ],
)
async def test_a_refusal_says_why_and_what_to_do(
    status: int, body: object, says: str
) -> None:
    error = await refused(Respond(status=status, body=body))

    assert not isinstance(error, TemporarySecretError)
    assert str(error).endswith(says)
    assert "keyring set tuimail work" in error.hint


@pytest.mark.parametrize("secret", [OLD, SECRET])
async def test_a_refusal_repeats_nothing_that_was_shown(secret: str) -> None:
    words = f"what is {secret}?"
    body = {"error": "invalid_grant", "error_description": words}
    error = await refused(Respond(status=400, body=body))

    assert secret not in f"{error} {error.hint} {error!r}"
    assert error.__cause__ is None


async def test_a_refusal_repeats_nothing_as_a_form_has_it() -> None:
    words = urlencode({"client_secret": SECRET})
    body = {"error": "invalid_client", "error_description": words}
    error = await refused(Respond(status=400, body=body))

    assert "invalid_client" in str(error)
    assert quote_plus(SECRET) not in str(error)


def test_a_token_is_not_told_as_the_name_of_an_error() -> None:
    oauth = OAuth(token_url="https://login.example.org/token", client_id="tuimail")
    answer = {"error": "the-token", "error_description": "No."}

    with pytest.raises(SecretError, match=r"answers 400: No\.") as caught:
        judged(oauth, "work", 400, answer, ("the-token",))

    assert "the-token" not in str(caught.value)


async def test_a_long_refusal_is_cut() -> None:
    body = {"error": "x", "error_description": "y" * 5000}
    error = await refused(Respond(status=400, body=body))

    assert "y" * 100 in str(error)
    assert len(str(error)) < 400


async def test_nobody_is_followed_with_a_refresh_token() -> None:
    async with ScriptedHttpServer() as other:
        away = Respond(status=307, headers={"Location": f"{other.url}/token"})
        await refused(away)

    assert other.connections == 0


async def test_a_service_that_is_not_there_means_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    oauth = OAuth(token_url=f"http://127.0.0.1:{port}/token", client_id="tuimail")

    with pytest.raises(TemporarySecretError, match="Connection refused"):
        refresh(oauth, account="work", refresh_token=OLD, limit=LIMIT)


async def test_a_service_has_to_prove_who_it_is() -> None:
    ca = trustme.CA()
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(own)
    trusting = ssl.create_default_context()
    ca.configure_trust(trusting)
    async with ScriptedHttpServer({"answer": Respond(body=GOOD)}, tls=own) as server:
        granted = await ask(server, trusting)
        with pytest.raises(SecretError, match="did not prove who it is") as caught:
            await ask(server)

    assert granted.access_token == "an-access-token"
    assert not isinstance(caught.value, TemporarySecretError)
    assert len(server.requests) == 1
