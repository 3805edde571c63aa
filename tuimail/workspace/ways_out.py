"""From an account's settings to the provider that it leads through."""

from tuimail.errors import ConfigurationError
from tuimail.providers.base import (
    Capabilities,
    ConnectionLimits,
    Provider,
    ProviderAccount,
)
from tuimail.providers.registry import provider_class
from tuimail.settings.config import AccountSettings
from tuimail.settings.secrets import read_secret
from tuimail.workspace.stores import Stores


def make_provider(stores: Stores, account: AccountSettings) -> Provider:
    """Return the provider of ``account``, not connected yet.

    Raises:
        ConfigurationError: No such provider, or it cannot use these settings.
    """
    environ = dict(stores.environ)

    def secret() -> str | None:
        return read_secret(account.secret, account=account.name, environ=environ)

    return provider_class(account.provider)(
        ProviderAccount(
            name=account.name,
            options=account.options,
            secret=secret,
            limits=ConnectionLimits(
                connections=account.connections,
                messages=account.messages_per_connection,
            ),
        )
    )


def is_pipelined(account: AccountSettings) -> bool:
    """Return whether the provider makes use of jobs that wait their turn."""
    return capabilities(account.provider).is_pipelined


def capabilities(provider: str) -> Capabilities:
    """Return what the provider of that name can do; nothing if there is none."""
    try:
        return provider_class(provider).capabilities
    except ConfigurationError:
        return Capabilities()
