"""From an account's settings to the provider that it leads through."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.errors import ConfigurationError
from tuimail.providers.blame import blamed, mistake
from tuimail.providers.registry import derivation, provider_class
from tuimail.settings.account import AccountSettings
from tuimail.settings.paths import locks_path
from tuimail.settings.secrets import read_secret
from tuimail.workspace.surroundings import Surroundings

if TYPE_CHECKING:
    from tuimail.providers.base import AccountCheck, Capabilities, Provider

Secret = Callable[[], str | None]
"""Reads a secret when called; blocks, and raises SecretError."""


def make_provider(
    stores: Surroundings,
    account: AccountSettings,
    *,
    secret_value: str | None = None,
    progress: Callable[[str], None] = lambda _stage: None,
) -> "Provider":
    """Return the provider of ``account``, not connected yet.

    Args:
        stores: The open workspace.
        account: What it leads through.
        secret_value: The password of an account that is tried out before it is
            written, in the place of where it will be kept.
        progress: Told how far a check of it is, stage by stage.

    Raises:
        ConfigurationError: No such provider, or it cannot use these settings.
    """
    from tuimail.providers.base import (  # noqa: PLC0415 - not for drafts
        ConnectionLimits,
        ProviderAccount,
    )

    secret, renew_secret = _secrets(stores, account)
    if secret_value is not None:
        secret, renew_secret = _holder(secret_value), None
    found = provider_class(account.provider)
    limits = ConnectionLimits(
        connections=account.connections, messages=account.messages_per_connection
    )
    with blamed(account.provider, "__init__"):
        return found(
            ProviderAccount(
                name=account.name,
                options=account.options,
                secret=secret,
                renew_secret=renew_secret,
                limits=limits,
                progress=progress,
            )
        )


def require_sayable(
    stores: Surroundings, account: AccountSettings, draft: Draft, envelope: Envelope
) -> None:
    """Refuse what this way out cannot say exactly.

    Raises:
        UnsupportedFeatureError: With the field named.
        ConfigurationError: No such provider, or it cannot use these settings.
    """
    provider = make_provider(stores, account)
    with blamed(account.provider, "accept"):
        provider.accept(draft, envelope)


async def checked(provider: "Provider", *, name: str) -> "AccountCheck":
    """Return what a provider finds about its account, and close it.

    Args:
        provider: Not used for anything else.
        name: Of the provider, as the account has it.

    Raises:
        ConfigurationError: It fails in a way that no provider may.
    """
    from tuimail.providers.base import AccountCheck  # noqa: PLC0415 - as above

    try:
        with blamed(name, "check"):
            found = await provider.check()
    finally:
        with suppress(ConfigurationError), blamed(name, "close"):
            await provider.close()
    if not isinstance(found, AccountCheck):
        raise mistake(name, "its check returns something else than an AccountCheck")
    return found


def _secrets(
    stores: Surroundings, account: AccountSettings
) -> tuple[Secret, Secret | None]:
    """Return what reads the account's secret, and what gets another one."""
    oauth = account.oauth
    if oauth is None:
        return _reader(stores, account.secret, account.name), None
    from tuimail.settings.keyrings import client_secret_entry  # noqa: PLC0415 - a few
    from tuimail.settings.tokens import Tokens  # noqa: PLC0415 - loads http.client

    tokens = Tokens(
        account.name,
        oauth,
        folder=locks_path(),
        now=stores.clock.now,
        client_secret=_reader(
            stores, oauth.client_secret, client_secret_entry(account.name)
        ),
    )
    return tokens.current, tokens.renewed


def _reader(stores: Surroundings, reference: str, entry: str) -> Secret:
    """Return what reads a secret when called.

    A function of its own shows nothing of what it holds; a ``partial`` shows its
    arguments to whoever prints it, the whole environment among them.
    """
    environ, prompts = stores.environ, stores.prompts

    def read() -> str | None:
        return read_secret(reference, account=entry, environ=environ, prompts=prompts)

    return read


def _holder(secret: str) -> Secret:
    """Return what hands out a secret that is in memory; an empty one is none."""
    return lambda: secret or None


def rules_of(account: AccountSettings) -> str:
    """Return the rules by which something is made of a message; reads their file."""
    return derivation(account.provider, account.options)


def fingerprint(account: AccountSettings, *, rules: str | None = None) -> str:
    """Return the digest that an approval is bound to: which way out this is.

    Where the provider hands on something made from the message, the rules for
    that are part of it.

    Args:
        account: The way out.
        rules: What ``rules_of`` returned for it; None to look now.
    """
    rules = rules_of(account) if rules is None else rules
    if not rules:
        return account.fingerprint
    return hashlib.sha256(f"{account.fingerprint} {rules}".encode()).hexdigest()


def is_retold(account: AccountSettings) -> bool:
    """Return whether the provider hands on something else than the bytes."""
    return bool(derivation(account.provider))


def handed_on(
    stores: Surroundings, account: AccountSettings, content: bytes, envelope: Envelope
) -> bytes | None:
    """Return what the provider makes of a message; None where it makes nothing.

    Raises:
        UnsupportedFeatureError: It cannot be told what the message says.
        ConfigurationError: No such provider, or it cannot use these settings.
    """
    if not is_retold(account):
        return None
    from tuimail.providers.base import Derives  # noqa: PLC0415 - as above

    provider = make_provider(stores, account)
    if not isinstance(provider, Derives):
        return None
    with blamed(account.provider, "payload"):
        return provider.payload(content, envelope)


def is_pipelined(account: AccountSettings) -> bool:
    """Return whether the provider makes use of jobs that wait their turn."""
    return capabilities(account.provider).is_pipelined


def capabilities(provider: str) -> "Capabilities":
    """Return what the provider of that name can do; nothing if there is none."""
    from tuimail.providers.base import Capabilities  # noqa: PLC0415 - as above

    try:
        return provider_class(provider).capabilities
    except ConfigurationError:
        return Capabilities()
