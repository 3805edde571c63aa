"""The desk for accounts that sign in at a service instead of with a password.

A person signs in once; what comes of it is a refresh token, which goes into the
keyring and nowhere else. Every function may block.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError, SecretError, UsageError
from tuimail.settings.account import AccountSettings
from tuimail.settings.keyrings import client_secret_entry
from tuimail.settings.oauth import KEYRING, OAuth
from tuimail.settings.refresh_tokens import keep_refresh_token, refresh_token
from tuimail.settings.secrets import read_secret, store_secret
from tuimail.settings.sign_in.authorization import Authorization
from tuimail.settings.sign_in.client_file import Client, read_client_file
from tuimail.settings.sign_in.device import DeviceCode, device_code, poll
from tuimail.settings.sign_in.loopback import Loopback
from tuimail.settings.sign_in.services import SERVICES, Service, how_to_sign_in
from tuimail.settings.token_service import Granted, answered, granted
from tuimail.settings.tokens import forget_tokens
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

ANSWER_LIMIT: Final = timedelta(seconds=30)
"""How long the service, or the keyring, may take for one answer."""


class Way(StrEnum):
    """How a person signs in."""

    BROWSER = "browser"
    """A browser on this machine comes back by itself."""
    PASTE = "paste"
    """A browser anywhere; the address it ends at is pasted here."""
    DEVICE = "device"
    """A code from here is typed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An account that gets tokens, and whether it can."""

    account: str
    service: str
    """Title, or the host that is asked."""
    scope: str
    is_signed_in: bool
    problem: str = ""


class SignIn:
    """One sign-in that was begun; to be waited for, or cancelled."""

    def __init__(
        self, way: Way, oauth: OAuth, finish: Callable[[timedelta], OAuth]
    ) -> None:
        self.way: Final = way
        self.oauth: Final = oauth
        """What belongs into the account's settings once it has ended well."""
        self.url = ""
        """Where the browser has to go; empty for a code."""
        self.user_code = ""
        """What is typed on the other device; untrusted."""
        self.verification_url = ""
        """Where it is typed; untrusted."""
        self._finish = finish
        self._offer: Callable[[str], None] = _no_address
        self._stop: Callable[[], None] = _nothing

    def wait(self, limit: timedelta) -> OAuth:
        """Return what belongs into the account's settings, once it is signed in.

        The refresh token is in the keyring then.

        Raises:
            SecretError: The person or the service said no, it took too long, or it
                was cancelled; or nothing here can keep the token.
            TemporarySecretError: The service does not answer.
        """
        try:
            return self._finish(limit)
        finally:
            self.cancel()

    def paste(self, text: str) -> None:
        """Take the address that a browser ended at elsewhere.

        Raises:
            SecretError: It belongs to another sign-in, or says no.
        """
        self._offer(text)

    def cancel(self) -> None:
        """Let nobody wait any more; cancelling twice is fine."""
        self._stop()


class SignInDesk:
    """Everything about signing in."""

    def __init__(
        self, stores: Stores, *, services: Mapping[str, Service] = SERVICES
    ) -> None:
        self._stores = stores
        self._services = services

    def begin(
        self,
        service: str,
        *,
        account: str,
        address: str = "",
        client_id: str,
        client_secret: str = "",
        provider: str = "",
        tenant: str = "",
        way: Way = Way.BROWSER,
        refresh_token_at: str = "",
    ) -> SignIn:
        """Begin to sign in; nothing changes before that has ended well.

        Args:
            service: ``gmail`` or ``microsoft``.
            account: For which account, which need not exist yet.
            address: Who is to sign in.
            client_id: As which program.
            client_secret: Where that program's own secret is, where it has one.
            provider: Through what mail will leave; the service's own if empty.
            tenant: Which organisation; everybody's if empty.
            way: How.
            refresh_token_at: Where the token is kept; the keyring if empty.

        Raises:
            UsageError: No such service, or it does not offer that way.
            ConfigurationError: No client id, or something that cannot be right.
            SecretError: The service gives no code.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        found = self._service(service)
        if not client_id:
            raise ConfigurationError(
                f"{found.title} wants to know as which program tuimail asks.",
                hint=found.where_to_register,
                field="client-id",
            )
        oauth = OAuth(
            token_url=found.token_url,
            client_id=client_id,
            scope=found.scope_for(provider or found.provider),
            client_secret=client_secret,
            tenant=tenant or found.tenant,
            refresh_token=refresh_token_at,
        )
        return self._begun(found, oauth, account, address, way)

    def begin_again(self, account: str, *, way: Way = Way.BROWSER) -> SignIn:
        """Begin to sign in for an account that is set up for it.

        Raises:
            ConfigurationError: There is no such account, it gets no tokens, or
                those of a service that nobody here knows.
            SecretError: The service gives no code.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        settings, oauth = self._set_up(account)
        service = self._known(oauth)
        if service is None:
            raise ConfigurationError(
                f"How to sign in at {oauth.host} is not known here.",
                hint=how_to_sign_in(oauth, settings.name),
                field="account",
            )
        address = settings.address.text
        return self._begun(service, oauth, settings.name, address, way)

    def status(self) -> tuple[SignedIn, ...]:
        """Return every account that gets tokens, and whether it is signed in."""
        return tuple(
            _status(one.name, one.oauth, self._known(one.oauth))
            for one in self._stores.config.accounts
            if one.oauth is not None
        )

    def logout(self, account: str) -> bool:
        """Forget the account's tokens, here and at the service.

        Returns:
            Whether the service took them back; it may have no place for that, or
            not answer.

        Raises:
            ConfigurationError: The account gets no tokens.
            SecretError: What was kept cannot be forgotten.
        """
        require_person(self._stores)
        settings, oauth = self._set_up(account)
        is_revoked = self._revoked(settings.name, oauth)
        forget_tokens(settings.name, oauth)
        return is_revoked

    def options_for(
        self, service: str, *, provider: str = "", address: str
    ) -> tuple[str, Mapping[str, str | int]]:
        """Return the provider that is meant, and its settings for ``address``."""
        found = self._service(service)
        provider = provider or found.provider
        return provider, found.options_for(provider, address)

    def _set_up(self, account: str) -> tuple[AccountSettings, OAuth]:
        settings = self._stores.config.account(account)
        if settings.oauth is None:
            raise ConfigurationError(
                f"The account “{settings.name}” does not sign in anywhere.",
                hint="See which do: tuimail auth status",
                field="account",
            )
        return settings, settings.oauth

    def _known(self, oauth: OAuth) -> Service | None:
        known = self._services.values()
        return next((one for one in known if one.token_url == oauth.token_url), None)

    def _service(self, name: str) -> Service:
        if name not in self._services:
            raise UsageError(
                f"Nobody signs in at “{name[:40]}”.",
                hint=f"It may be {' or '.join(self._services)}.",
                field="service",
            )
        return self._services[name]

    def _revoked(self, account: str, oauth: OAuth) -> bool:
        """Ask the service to take its token back; it is forgotten in any case."""
        service, status = self._known(oauth), 0
        if service is None or not service.revoke_url:
            return False
        with contextlib.suppress(SecretError):
            status, _ = answered(
                oauth,
                account=account,
                url=service.revoke_url,
                shown={"token": refresh_token(account, oauth)},
                limit=ANSWER_LIMIT,
            )
        return status == _OKAY

    def _begun(
        self, service: Service, oauth: OAuth, account: str, address: str, way: Way
    ) -> SignIn:
        if way is Way.DEVICE:
            return self._by_code(service, oauth, account)
        return self._by_browser(service, oauth, account, address, way)

    def _by_browser(
        self, service: Service, oauth: OAuth, account: str, address: str, way: Way
    ) -> SignIn:
        loopback = Loopback()
        begun = Authorization(
            service=service,
            oauth=oauth,
            redirect_url=loopback.url(service.redirect_host),
            login_hint=address,
        )
        loopback.expect(begun.is_answer)
        sign_in = SignIn(way, oauth, partial(self._redeemed, begun, loopback, account))
        sign_in.url = begun.url
        sign_in._offer = partial(_offered, begun, loopback)  # noqa: SLF001 - its maker
        sign_in._stop = loopback.close  # noqa: SLF001 - its maker
        return sign_in

    def _redeemed(
        self,
        begun: Authorization,
        loopback: Loopback,
        account: str,
        limit: timedelta,
    ) -> OAuth:
        url = loopback.wait(limit)
        if not url:
            raise SecretError(
                "Nobody signed in in time.",
                hint="Begin again; with --paste where the browser is on another "
                "machine.",
                field="password",
            )
        code, secret = begun.code(url), self._client_secret(begun.oauth, account)
        return self._kept(
            begun.oauth,
            account,
            granted(
                begun.oauth,
                account=account,
                shown=begun.redemption(code, secret),
                secrets=(code, begun.verifier, secret),
                limit=ANSWER_LIMIT,
            ),
        )

    def _by_code(self, service: Service, oauth: OAuth, account: str) -> SignIn:
        if not service.device_url:
            raise UsageError(
                f"{service.title} gives no codes for another device for this.",
                hint="Use a browser anywhere, and paste where it ends: --paste",
                field="device",
            )
        code = device_code(service, oauth, account=account, limit=ANSWER_LIMIT)
        stopped = threading.Event()
        sign_in = SignIn(
            Way.DEVICE, oauth, partial(self._polled, oauth, code, account, stopped)
        )
        sign_in.user_code = code.user_code
        sign_in.verification_url = code.verification_url
        sign_in._stop = stopped.set  # noqa: SLF001 - its maker
        return sign_in

    def _polled(
        self,
        oauth: OAuth,
        code: DeviceCode,
        account: str,
        stopped: threading.Event,
        limit: timedelta,
    ) -> OAuth:
        found = poll(
            oauth,
            code,
            account=account,
            client_secret=self._client_secret(oauth, account),
            limit=min(limit, ANSWER_LIMIT),
            stopped=stopped,
        )
        return self._kept(oauth, account, found)

    def _client_secret(self, oauth: OAuth, account: str) -> str:
        reader = partial(read_secret, environ=dict(self._stores.environ))
        return reader(oauth.client_secret, account=client_secret_entry(account)) or ""

    def _kept(self, oauth: OAuth, account: str, found: Granted) -> OAuth:
        if not found.refresh_token:
            raise SecretError(
                "The service gave no token that lasts.",
                hint="Take away what tuimail is allowed to do in your account there, "
                "and sign in again.",
                field="password",
            )
        keep_refresh_token(account, oauth, found.refresh_token)
        return oauth


def client_of(
    account: str, *, client_id: str, client_secret: str, client_file: Path | None
) -> Client:
    """Return as which program an account signs in; the secret as a reference.

    What stands in a file goes into the keyring: the file need not stay.

    Raises:
        ConfigurationError: The file is none of that kind.
        UsageError: It is said twice.
        SecretError: There is no keyring.
    """
    if client_file is None:
        return Client(id=client_id, secret=client_secret)
    if client_id or client_secret:
        raise UsageError(
            "The client is given twice.",
            hint="Leave out either --client-file, or --client-id and --client-secret.",
            field="client-file",
        )
    found = read_client_file(client_file)
    if not found.secret:
        return found
    store_secret(client_secret_entry(account), found.secret)
    return Client(id=found.id, secret=KEYRING)


def _offered(begun: Authorization, loopback: Loopback, text: str) -> None:
    begun.code(text)
    loopback.offer(text)


def _status(account: str, oauth: OAuth, service: Service | None) -> SignedIn:
    title = service.title if service else oauth.host
    try:
        found, problem = refresh_token(account, oauth), ""
    except SecretError as error:
        found, problem = "", f"{error} {error.hint}"
    return SignedIn(
        account=account,
        service=title,
        scope=oauth.scope,
        is_signed_in=bool(found),
        problem=problem,
    )


def _no_address(_text: str) -> None:
    raise UsageError(
        "There is nothing to paste: the code is typed on the other device.",
        field="paste",
    )


def _nothing() -> None:
    """Nobody waits."""


_OKAY: Final = 200
