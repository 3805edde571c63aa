"""The desk for accounts that sign in at a service instead of with a password.

A person signs in once; what comes of it is a refresh token, which goes into the
keyring and nowhere else. Every function may block.
"""

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from tuimail.core.values import dataclass, replace
from tuimail.errors import ConfigurationError, SecretError, UsageError
from tuimail.settings import keyrings
from tuimail.settings.access_tokens import kept_access_token
from tuimail.settings.account import AccountSettings
from tuimail.settings.files import exclusively
from tuimail.settings.keyrings import client_secret_entry
from tuimail.settings.oauth import FILE, KEYRING, OAuth
from tuimail.settings.refresh_tokens import refresh_token, require_place
from tuimail.settings.secrets import LIMIT, read_secret
from tuimail.settings.sign_in.client_file import Client, read_client_file
from tuimail.settings.sign_in.keeping import (
    changing,
    forget_tokens,
    keep_tokens,
    tokens_kept,
)
from tuimail.settings.sign_in.services import (
    SERVICES,
    Service,
    how_to_sign_in,
    service_of,
)
from tuimail.settings.sign_in.ways import ANSWER_LIMIT, Asker, Browser, Device
from tuimail.settings.token_files import token_path
from tuimail.settings.token_service import Granted, answered
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores


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
    until: datetime | None = None
    """When the access token that is kept ends; another one is got by itself."""


class Write(Protocol):
    """Writes an account, given where its tokens come from.

    ``within`` is entered as soon as nobody else can take its name, and has failed
    where the tokens cannot be kept; it takes them back where writing fails.
    """

    def __call__(self, oauth: OAuth, within: AbstractContextManager[None]) -> object:
        """Write it."""


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
        client_id: str = "",
        client_secret: str = "",
        client_file: Path | None = None,
        provider: str = "",
        tenant: str = "",
        way: Way = Way.BROWSER,
        refresh_token_at: str = "",
        write: Write | None = None,
    ) -> SignIn:
        """Begin to sign in for a new account; nothing changes before that ended well.

        Args:
            service: ``gmail`` or ``microsoft``.
            account: For which account, which does not exist yet.
            address: Who is to sign in.
            client_id: As which program.
            client_secret: Where that program's own secret is, where it has one.
            client_file: Both, in the file that Google gives out; the secret goes
                into the keyring, and the file need not stay.
            provider: Through what mail will leave; the service's own if empty.
            tenant: Which organisation; everybody's if empty.
            way: How.
            refresh_token_at: Where the token is kept; the keyring if empty.
            write: Writes the account in one step with its tokens; without it, they
                are kept for an account that is written later.

        Raises:
            UsageError: No such service, or it does not offer that way.
            ConfigurationError: No client id, or something that cannot be right; the
                name is taken, or the file is none of that kind.
            SecretError: The service gives no code, or nothing here keeps the token.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        found = self._service(service)
        self._require_free(account)
        client, secret = _client(client_id, client_secret, client_file)
        if not client.id:
            raise ConfigurationError(
                f"{found.title} wants to know as which program tuimail asks.",
                hint=found.where_to_register,
                field="client-id",
            )
        oauth = OAuth(
            token_url=found.token_url,
            client_id=client.id,
            scope=found.scope_for(provider or found.provider),
            client_secret=client.secret,
            tenant=tenant or found.tenant,
            refresh_token=_whole(refresh_token_at),
        )
        self._require_own_file(oauth)
        require_place(account, oauth, is_new=True)
        asker = Asker(
            service=found,
            oauth=oauth,
            account=account,
            address=address,
            client_secret=secret or self._client_secret(oauth, account),
        )
        return self._begun(asker, way, oauth, partial(self._written, secret, write))

    def begin_again(
        self, account: str, *, service: str = "", way: Way = Way.BROWSER
    ) -> SignIn:
        """Begin to sign in for an account that is set up for it.

        Args:
            account: Its name.
            service: Where the person means to sign in; any if empty.
            way: How.

        Raises:
            ConfigurationError: There is no such account, it gets no tokens, or
                those of a service that nobody here knows.
            UsageError: It signs in at another service.
            SecretError: The service gives no code, or nothing here keeps the token.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        settings, oauth = self._set_up(account)
        found = service_of(oauth, self._services)
        if found is None:
            raise ConfigurationError(
                f"How to sign in at {oauth.host} is not known here.",
                hint=how_to_sign_in(oauth, settings.name),
                field="account",
            )
        _require_same(settings.name, found, service)
        require_place(settings.name, oauth, is_new=False)
        scope = oauth.scope or found.scope_for(settings.provider)
        asker = Asker(
            service=found,
            oauth=replace(oauth, scope=scope),
            account=settings.name,
            address=settings.address.text,
            client_secret=self._client_secret(oauth, settings.name),
        )
        return self._begun(asker, way, oauth, self._kept)

    def ways(self, account: str) -> tuple[Way, ...]:
        """Return how a person can sign in for an account; none where nobody knows.

        Raises:
            ConfigurationError: There is no such account, or it gets no tokens.
        """
        _, oauth = self._set_up(account)
        found = service_of(oauth, self._services)
        if found is None:
            return ()
        return tuple(way for way in Way if way is not Way.DEVICE or found.device_url)

    def status(self) -> tuple[SignedIn, ...]:
        """Return every account that gets tokens, and whether it is signed in."""
        return tuple(
            _status(one.name, one.oauth, service_of(one.oauth, self._services))
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
        return self._revoked(settings.name, oauth, forget_tokens(settings.name, oauth))

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

    def _service(self, name: str) -> Service:
        if name not in self._services:
            raise UsageError(
                f"Nobody signs in at “{name[:40]}”.",
                hint=f"It may be {' or '.join(self._services)}.",
                field="service",
            )
        return self._services[name]

    def _require_free(self, account: str) -> None:
        """Refuse to put tokens where those of another account are."""
        if self._stores.settings.account(account) is not None:
            raise ConfigurationError(
                f"There is an account “{account}” already.",
                hint="Choose another name, or see which sign in: tuimail auth status",
                field="name",
            )

    def _require_own_file(self, oauth: OAuth) -> None:
        """Refuse to have the tokens where the settings are, or will be."""
        settings = self._stores.settings
        path = token_path(oauth.refresh_token)
        if path in {settings.config_path.absolute(), settings.accounts_path.absolute()}:
            raise SecretError(
                f"{path} is for the settings, and takes no token.",
                hint="Name a file that is not there yet: --token-file FILE",
                field="token-file",
            )

    def _revoked(self, account: str, oauth: OAuth, token: str) -> bool:
        """Ask the service to take its token back; it is forgotten in any case."""
        service, status = service_of(oauth, self._services), 0
        if service is None or not service.revoke_url or not token:
            return False
        with contextlib.suppress(SecretError):
            status, _ = answered(
                oauth,
                account=account,
                url=service.revoke_url,
                shown={"token": token},
                limit=ANSWER_LIMIT,
            )
        return status == _OKAY

    def _begun(
        self,
        asker: Asker,
        way: Way,
        oauth: OAuth,
        keep: Callable[[str, OAuth, str], None],
    ) -> SignIn:
        """Return the sign-in; ``keep`` is what is done once it has ended well."""
        asked = Device(asker) if way is Way.DEVICE else Browser(asker)

        def finish(limit: timedelta) -> OAuth:
            found: Granted = asked.granted(limit)
            keep(asker.account, oauth, found.refresh_token)
            return oauth

        sign_in = SignIn(way, oauth, finish)
        sign_in._stop = asked.stop  # noqa: SLF001 - its maker
        if isinstance(asked, Device):
            sign_in.user_code = asked.code.user_code
            sign_in.verification_url = asked.code.verification_url
        else:
            sign_in.url = asked.url
            sign_in._offer = asked.offer  # noqa: SLF001 - its maker
        return sign_in

    def _written(
        self, secret: str, write: Write | None, account: str, oauth: OAuth, token: str
    ) -> None:
        """Keep the tokens of a new account, and write it, or neither."""
        kept = tokens_kept(account, oauth, token, client_secret=secret)
        if write is not None:
            write(oauth, kept)
            return
        with exclusively(self._stores.settings.accounts_path):
            self._require_free(account)
            with kept:
                pass

    def _kept(self, account: str, oauth: OAuth, token: str) -> None:
        """Keep the tokens of an account that is still what it was."""
        with changing(account):
            settings = self._stores.settings.account(account)
            if settings is None or settings.oauth != oauth:
                raise ConfigurationError(
                    f"The account “{account}” was changed meanwhile.",
                    hint="Sign in again.",
                    field="account",
                )
            keep_tokens(account, oauth, token)

    def _client_secret(self, oauth: OAuth, account: str) -> str:
        reader = partial(read_secret, environ=dict(self._stores.environ))
        return reader(oauth.client_secret, account=client_secret_entry(account)) or ""


def _client(client_id: str, secret: str, file: Path | None) -> tuple[Client, str]:
    """Return as which program an account signs in; its secret as a reference.

    Returns:
        And the secret itself, where it is to go into the keyring.
    """
    if file is None:
        return Client(id=client_id, secret=secret), ""
    if client_id or secret:
        raise UsageError(
            "The client is given twice.",
            hint="Leave out either --client-file, or --client-id and --client-secret.",
            field="client-file",
        )
    found = read_client_file(file)
    if not found.secret:
        return found, ""
    try:
        keyrings.require(limit=LIMIT)
    except SecretError as error:
        raise SecretError(
            f"The client's secret would go into the keyring. {error}",
            hint="Put it into a file of its own (chmod 600), and name both: "
            f"--client-id {found.id} --client-secret file:PATH",
            field="client-file",
        ) from None
    return Client(id=found.id, secret=KEYRING), found.secret


def _whole(reference: str) -> str:
    """Return a reference to a file that is good from wherever one is."""
    if not reference.startswith(FILE):
        return reference
    if not reference.removeprefix(FILE).strip():
        raise UsageError(
            "The token file has no name.",
            hint="Name a file that is not there yet: --token-file FILE",
            field="token-file",
        )
    return f"{FILE}{token_path(reference)}"


def _require_same(account: str, found: Service, wanted: str) -> None:
    if wanted not in {"", found.name}:
        raise UsageError(
            f"The account “{account}” signs in at {found.title}.",
            hint=f"Sign in again: tuimail auth {found.name} {account}",
            field="service",
        )


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
        until=_ends_at(account, found) if found else None,
    )


def _ends_at(account: str, refresh_token: str) -> datetime | None:
    """Return when the access token ends that a keyring keeps, if there is one."""
    with contextlib.suppress(SecretError):
        token = kept_access_token(account, refresh_token)
        return token.ends_at if token else None
    return None


def _no_address(_text: str) -> None:
    raise UsageError(
        "There is nothing to paste: the code is typed on the other device.",
        field="paste",
    )


def _nothing() -> None:
    """Nobody waits."""


_OKAY: Final = 200
