"""Signing in on another device: a code to type there (RFC 8628).

For a machine without a browser, where the service allows it.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from tuimail.core.values import dataclass, field
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
    texts = [_text(one) for one in (code, user_code, url)]
    if status != _OKAY or not all(texts):
        raise refusal(oauth, account, status, answer, ())
    return DeviceCode(
        device_code=texts[0],
        user_code=texts[1],
        verification_url=texts[2],
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
    patience: timedelta = timedelta.max,
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
        patience: How long it may take altogether, if the code lasts so long.
        stopped: Set by who does not want to wait any more.
        ask: Asks the service.
        pause: Waits between two questions; says whether it was stopped meanwhile.

    Raises:
        SecretError: The person said no, took too long, or stopped it.
    """
    wait, left = code.interval, min(code.life, patience)
    while left > timedelta(0):
        pausing = min(wait, left)
        if (pause or _pause)(pausing, stopped):
            break
        began = time.monotonic()
        try:
            answer = _polled(
                oauth, code, account=account, secret=client_secret, limit=limit, ask=ask
            )
        except TemporarySecretError:
            answer = _SLOW_DOWN  # it may be back before the code has run out
        if isinstance(answer, Granted):
            return answer
        wait = min(wait + _SLOWER, _SLOWEST) if answer == _SLOW_DOWN else wait
        left -= pausing + timedelta(seconds=time.monotonic() - began)
    raise SecretError(
        "Nobody signed in on the other device in time.",
        hint="Begin again.",
        field="password",
    )


def _polled(
    oauth: OAuth,
    code: DeviceCode,
    *,
    account: str,
    secret: str,
    limit: timedelta,
    ask: Asking,
) -> Granted | str:
    """Ask once; return what is granted, or in which word it is not yet."""
    status, answer = ask(
        oauth,
        account=account,
        url=oauth.endpoint,
        shown=_shown(oauth, code, secret),
        limit=limit,
    )
    said = answer.get("error")
    if said in _NOT_YET:
        return str(said)
    return judged(oauth, account, status, answer, (code.device_code, secret))


def _shown(oauth: OAuth, code: DeviceCode, client_secret: str) -> dict[str, str]:
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": code.device_code,
        "client_id": oauth.client_id,
        "client_secret": client_secret,
    }


def _pause(wait: timedelta, stopped: threading.Event) -> bool:
    return stopped.wait(wait.total_seconds())


def _text(value: object) -> str:
    """Return what can be shown and sent again; empty for anything else."""
    return value if isinstance(value, str) and value.isprintable() else ""


def _seconds(value: object, *, default: int, most: int) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return timedelta(seconds=default)
    return timedelta(seconds=min(value, most))


_OKAY: Final = 200
_SLOW_DOWN: Final = "slow_down"
_NOT_YET: Final = ("authorization_pending", _SLOW_DOWN)
_SLOWER: Final = timedelta(seconds=5)
_SLOWEST: Final = timedelta(seconds=60)
