"""The login: by the one best method that both sides know, tried once.

Servers lock accounts that fail repeatedly, so that no second method is tried
where the first was refused. An access token that is refused may only have run
out: that, and nothing else, is worth a second try with a fresh one.
"""

import base64
from collections.abc import Awaitable, Callable
from typing import Final

import aiosmtplib

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.smtp.options import Auth, SmtpOptions

Step = Callable[[Stage, Awaitable[object]], Awaitable[None]]
"""Awaits one step of the conversation; raises NotConnectedError with its stage."""

PASSWORD_METHODS: Final = ("plain", "login", "cram-md5")
"""Best first."""
TOKEN_METHODS: Final = ("xoauth2", "oauthbearer")
"""Best first: every service with tokens has the first, few the standard one."""
WRONG_CREDENTIALS: Final = 535
"""RFC 4954 §6; what the others mean, a fresh token does not mend."""


async def log_in(
    client: aiosmtplib.SMTP,
    options: SmtpOptions,
    *,
    secret: str,
    step: Step,
    seconds: float,
) -> None:
    """Log in by the one best method that both sides know.

    Args:
        client: Connected, and told what the server offers.
        options: Who logs in, where, and whether ``secret`` is a token.
        secret: The password, or the access token.
        step: What awaits one step of the conversation.
        seconds: How long the server may take for each answer.

    Raises:
        NotConnectedError: The server refused, or offers nothing that we know.
    """
    if options.auth is Auth.OAUTH:
        method = _method(client.server_auth_methods, TOKEN_METHODS)
        dialogue: Awaitable[object] = _present(
            client, options, method=method, token=secret, seconds=seconds
        )
    else:
        method = _method(client.server_auth_methods, PASSWORD_METHODS)
        ways = {
            "plain": client.auth_plain,
            "login": client.auth_login,
            "cram-md5": client.auth_crammd5,
        }
        dialogue = ways[method](options.username, secret, timeout=seconds)
    try:
        await step(Stage.AUTH, dialogue)
    except NotConnectedError as error:
        raise error.without(_forms(options, secret)) from None


def is_refused_token(options: SmtpOptions, error: NotConnectedError) -> bool:
    """Return whether a fresh access token might be taken where this one was not."""
    return (
        options.auth is Auth.OAUTH
        and error.receipt.stage == Stage.AUTH
        and error.receipt.code == WRONG_CREDENTIALS
    )


def _method(offered: list[str], known: tuple[str, ...]) -> str:
    for method in known:
        if method in offered:
            return method
    words = ", ".join(offered).upper()
    raise NotConnectedError(
        _receipt(
            "The server offers no login that tuimail knows"
            f"{' for tokens' if known is TOKEN_METHODS else ''}: {words}."
            if words
            else "The server offers no login."
        ),
        fault=AccountFault.LOGIN,
    )


async def _present(
    client: aiosmtplib.SMTP,
    options: SmtpOptions,
    *,
    method: str,
    token: str,
    seconds: float,
) -> None:
    """Show an access token (RFC 7628 §3; Google's and Microsoft's XOAUTH2).

    A server that refuses may say why in a challenge, and waits for an answer
    before it ends the exchange with 535: an empty line for XOAUTH2, a lone
    control-A for OAUTHBEARER (RFC 7628 §3.2.3).
    """
    initial = _INITIAL[method](options, token).encode()
    response = await client.execute_command(
        b"AUTH", method.upper().encode(), base64.b64encode(initial), timeout=seconds
    )
    if response.code == _CHALLENGE:
        answer = b"" if method == "xoauth2" else base64.b64encode(b"\x01")
        response = await client.execute_command(answer, timeout=seconds)
    if response.code != _WELCOME:
        raise aiosmtplib.SMTPAuthenticationError(response.code, response.message)


def _xoauth2(options: SmtpOptions, token: str) -> str:
    return f"user={options.username}\x01auth=Bearer {token}\x01\x01"


def _oauthbearer(options: SmtpOptions, token: str) -> str:
    """Return the first message; the user is a saslname (RFC 5801 §4)."""
    user = options.username.replace("=", "=3D").replace(",", "=2C")
    return (
        f"n,a={user},\x01host={options.host}\x01port={options.port}\x01"
        f"auth=Bearer {token}\x01\x01"
    )


def _forms(options: SmtpOptions, secret: str) -> list[str]:
    """Return the secret, and every way in which it is shown to a server.

    Some servers repeat what they did not like.
    """
    messages = [
        secret,
        f"\0{options.username}\0{secret}",
        *(initial(options, secret) for initial in _INITIAL.values()),
    ]
    return [secret, *(base64.b64encode(one.encode()).decode() for one in messages)]


_INITIAL: Final = {"xoauth2": _xoauth2, "oauthbearer": _oauthbearer}
_CHALLENGE: Final = 334
_WELCOME: Final = 235


def _receipt(text: str) -> Receipt:
    return Receipt(stage=Stage.AUTH, text=text.strip())
