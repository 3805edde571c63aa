"""The login: by the one best method that both sides know, tried once.

Servers lock accounts that fail repeatedly, so that no second method is tried
where the first was refused.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import aiosmtplib

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.providers.smtp.failures import NotConnectedError

Step = Callable[[Stage, Awaitable[object]], Awaitable[None]]
"""Awaits one step of the conversation; raises NotConnectedError with its stage."""

AUTH_METHODS: Final = ("plain", "login", "cram-md5")
"""Best first. One is tried, once: servers lock accounts that fail repeatedly."""


async def log_in(
    client: aiosmtplib.SMTP,
    *,
    username: str,
    password: str,
    step: Step,
    seconds: float,
) -> None:
    """Log in by the one best method that both sides know.

    Raises:
        NotConnectedError: The server refused, or offers nothing that we know.
    """
    method = _method(client.server_auth_methods)
    if method == "plain":
        dialogue = client.auth_plain(username, password, timeout=seconds)
    elif method == "login":
        dialogue = client.auth_login(username, password, timeout=seconds)
    else:
        dialogue = client.auth_crammd5(username, password, timeout=seconds)
    await step(Stage.AUTH, dialogue)


def _method(offered: list[str]) -> str:
    for method in AUTH_METHODS:
        if method in offered:
            return method
    words = ", ".join(offered).upper()
    raise NotConnectedError(
        Receipt(
            stage=Stage.AUTH,
            text=f"The server offers no login that tuimail knows: {words}."
            if words
            else "The server offers no login.",
        ),
        fault=AccountFault.LOGIN,
    )
