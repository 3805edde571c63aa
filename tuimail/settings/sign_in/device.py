"""Signing in on another device: a code to type there (RFC 8628).

For a machine without a browser, where the service allows it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.services import Service
from tuimail.settings.token_service import Granted, answered, judged, refusal

Asking = Callable[..., tuple[int, dict[str, Any]]]
"""Posts a form, as ``token_service.answered`` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What the service wants to be shown, there and here."""

    device_code: str = field(repr=False)
    user_code: str
    """For the person to type; untrusted."""
    verification_url: str
    """Where; untrusted."""
    life: timedelta
    interval: timedelta
    """How often it may be asked whether that was done."""


def device_code(
    service: Service,
    oauth: OAuth,
    *,
    account: str,
    limit: timedelta,
    ask: Asking = answered,
) -> DeviceCode:
    """Ask for a code.

    Raises:
        TemporarySecretError: No answer.
        SecretError: The service gives none.
    """
    status, answer = ask(
        oauth,
        account=account,
        url=service.device_url.replace("{tenant}", oauth.tenant),
        shown={"client_id": oauth.client_id, "scope": oauth.scope},
        limit=limit,
    )
    url = answer.get("verification_uri") or answer.get("verification_url")
    code, user_code = answer.get("device_code"), answer.get("user_code")
    is_whole = all(isinstance(one, str) for one in (url, code, user_code))
    if status != _OKAY or not is_whole:
        raise refusal(oauth, account, status, answer, ())
    return DeviceCode(
        device_code=str(code),
        user_code=str(user_code),
        verification_url=str(url),
        life=_seconds(answer.get("expires_in"), default=900, most=3600),
        interval=_seconds(answer.get("interval"), default=5, most=60),
    )


def poll(
    oauth: OAuth,
    code: DeviceCode,
    *,
    account: str,
    client_secret: str = "",
    limit: timedelta,
    stopped: threading.Event,
    ask: Asking = answered,
    pause: Callable[[timedelta, threading.Event], bool] | None = None,
) -> Granted:
    """Ask again and again until the person is done there, or time is up.

    Args:
        oauth: Whom to ask.
        code: What was given.
        account: Name of the account, for errors.
        client_secret: What the program itself shows, where one is wanted.
        limit: How long one question may take.
        stopped: Set by who does not want to wait any more.
        ask: Asks the service.
        pause: Waits between two questions; says whether it was stopped meanwhile.

    Raises:
        SecretError: The person said no, took too long, or stopped it.
    """
    wait, waited = code.interval, timedelta(0)
    while waited < code.life:
        waited += wait
        if (pause or _pause)(wait, stopped):
            break
        try:
            status, answer = ask(
                oauth,
                account=account,
                url=oauth.endpoint,
                shown=_shown(oauth, code, client_secret),
                limit=limit,
            )
        except TemporarySecretError:
            continue  # the network may be back before the code has run out
        if answer.get("error") not in _NOT_YET:
            secrets = (code.device_code, client_secret)
            return judged(oauth, account, status, answer, secrets)
        wait += _SLOWER if answer.get("error") == "slow_down" else timedelta(0)
    raise SecretError(
        "Nobody signed in on the other device in time.",
        hint="Begin again.",
        field="password",
    )


def _shown(oauth: OAuth, code: DeviceCode, client_secret: str) -> dict[str, str]:
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": code.device_code,
        "client_id": oauth.client_id,
        "client_secret": client_secret,
    }


def _pause(wait: timedelta, stopped: threading.Event) -> bool:
    return stopped.wait(wait.total_seconds())


def _seconds(value: object, *, default: int, most: int) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return timedelta(seconds=default)
    return timedelta(seconds=min(value, most))


_OKAY: Final = 200
_NOT_YET: Final = ("authorization_pending", "slow_down")
_SLOWER: Final = timedelta(seconds=5)
