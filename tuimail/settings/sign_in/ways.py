"""The two ways of being let in: a browser that comes back, or a code typed elsewhere.

Each is begun by being made, waited for by ``granted``, and ended by ``stop``, which
may be called twice. Nothing is kept here.
"""

import threading
from datetime import timedelta
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.errors import SecretError, UsageError
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.authorization import Authorization
from tuimail.settings.sign_in.device import device_code, poll
from tuimail.settings.sign_in.scopes import missing
from tuimail.settings.sign_in.services import Service
from tuimail.settings.token_service import Granted, granted

ANSWER_LIMIT: Final = timedelta(seconds=30)
"""How long the service may take for one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants to be let in where, and what for."""

    service: Service
    oauth: OAuth
    account: str
    address: str = ""
    """Who is to sign in."""
    client_secret: str = field(default="", repr=False)
    """What the program itself shows, where one is wanted."""


class Browser:
    """A browser here that comes back by itself, or one elsewhere."""

    def __init__(self, asker: Asker) -> None:
        from tuimail.settings.sign_in.loopback import (  # noqa: PLC0415 - a web server
            Loopback,
        )

        self._asker = asker
        self._loopback = Loopback()
        self._begun = Authorization(
            service=asker.service,
            oauth=asker.oauth,
            redirect_url=self._loopback.url(asker.service.redirect_host),
            login_hint=asker.address,
        )
        self._loopback.expect(self._begun.is_answer, self._begun.is_consent)

    @property
    def url(self) -> str:
        """Where the browser has to go."""
        return self._begun.url

    def offer(self, text: str) -> None:
        """Take the address that a browser ended at elsewhere.

        Raises:
            SecretError: It belongs to another sign-in, or says no.
        """
        self._begun.code(text)
        self._loopback.offer(text)

    def stop(self) -> None:
        """Let nobody wait any more."""
        self._loopback.close()

    def granted(self, limit: timedelta) -> Granted:
        """Return what the service hands out once the browser is back.

        Raises:
            SecretError: The person or the service said no, or took too long.
            TemporarySecretError: The service does not answer.
        """
        url = self._loopback.wait(limit)
        if not url:
            raise SecretError(
                "Nobody signed in in time.",
                hint="Begin again; with --paste where the browser is on another "
                "machine.",
                field="password",
            )
        code, secret = self._begun.code(url), self._asker.client_secret
        found = granted(
            self._asker.oauth,
            account=self._asker.account,
            shown=self._begun.redemption(code, secret),
            secrets=(code, self._begun.verifier, secret),
            limit=ANSWER_LIMIT,
        )
        return _whole(self._asker, found)


class Device:
    """A code from here that is typed there."""

    def __init__(self, asker: Asker) -> None:
        if not asker.service.device_url:
            raise UsageError(
                f"{asker.service.title} gives no codes for another device for this.",
                hint="Use a browser anywhere, and paste where it ends: --paste",
                field="device",
            )
        self._asker = asker
        self._stopped = threading.Event()
        self.code: Final = device_code(
            asker.service, asker.oauth, account=asker.account, limit=ANSWER_LIMIT
        )

    def stop(self) -> None:
        """Let nobody wait any more."""
        self._stopped.set()

    def granted(self, limit: timedelta) -> Granted:
        """Return what the service hands out once the code was typed.

        Raises as that of a browser does.
        """
        found = poll(
            self._asker.oauth,
            self.code,
            account=self._asker.account,
            client_secret=self._asker.client_secret,
            limit=ANSWER_LIMIT,
            patience=limit,
            stopped=self._stopped,
        )
        return _whole(self._asker, found)


def _whole(asker: Asker, found: Granted) -> Granted:
    """Return what was granted, if it is what was asked for.

    Raises:
        SecretError: It is less, or does not last.
    """
    title = asker.service.title
    less = missing(asker.oauth.scope, found.scope)
    if less:
        raise SecretError(
            f"{title} let us in, but not for {less[0][:80]}.",
            hint="Begin again, and leave everything ticked that it asks about.",
            field="scope",
        )
    if not found.refresh_token:
        raise SecretError(
            f"{title} gave no token that lasts.",
            hint="Take away what tuimail is allowed to do in your account there, "
            "and sign in again.",
            field="password",
        )
    return found
