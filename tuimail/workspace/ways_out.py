"""From an account's settings to the provider that it leads through."""

from tuimail.providers.base import ConnectionLimits, Provider, ProviderAccount
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
