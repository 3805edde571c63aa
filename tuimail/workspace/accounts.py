"""The desk for accounts: seen, added, tested, held and resumed."""

from collections.abc import Mapping
from typing import Final

from tuimail.core.address import parse_address, with_name
from tuimail.errors import ConfigurationError
from tuimail.providers.base import AccountCheck, Provider
from tuimail.settings.account import AccountSettings, Option, own_key_meant
from tuimail.settings.config import load_accounts, save_accounts
from tuimail.settings.files import exclusively
from tuimail.settings.secrets import store_secret
from tuimail.store.rests import Rest
from tuimail.workspace import pacing
from tuimail.workspace.authority import require_person
from tuimail.workspace.holding import hold_account, release_account
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import AccountView, LimitUse
from tuimail.workspace.ways_out import make_provider

HELD_BY_HAND: Final = "The account is held by hand."
"""Not what mail says that a person holds by itself, so that it stays held."""


class AccountDesk:
    """Everything about the ways out."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def views(self) -> tuple[AccountView, ...]:
        """Return every configured account; never a secret."""
        return tuple(self._view(one) for one in self._stores.config.accounts)

    def view(self, name: str = "") -> AccountView:
        """Return one account; the default one without a name.

        Raises:
            ConfigurationError: There is none; the text names those there are.
        """
        return self._view(self._stores.config.account(name))

    def add(
        self,
        *,
        name: str,
        provider: str,
        address: str,
        sender_name: str = "",
        options: Mapping[str, Option],
        secret: str = "",
        secret_value: str | None = None,
        make_default: bool = False,
    ) -> AccountView:
        """Write a new account beside the person's own settings.

        Args:
            name: What it is called from now on.
            provider: ``smtp``, ``console``, or any other that is installed.
            address: Whom its mail is from.
            sender_name: The name shown with the address.
            options: The provider's own settings.
            secret: Where the password is: a reference, never the password.
            secret_value: The password itself, only to be put into the keyring.
            make_default: Whether mail that names no account leaves through it.

        Raises:
            ConfigurationError: The name is taken, or the provider refuses.
            NotAllowedError: An agent tries; programs choose no credentials.
        """
        require_person(self._stores)
        account = AccountSettings(
            name=name,
            provider=provider,
            address=with_name(
                parse_address(address, field="address"),
                sender_name,
                field="from-name",
            ),
            options=dict(options),
            secret=secret,
        )
        self._check_new(account)
        if secret_value is not None:
            store_secret(name, secret_value)
        self._save(account, make_default=make_default)
        return self.view(name)

    def test(self, name: str) -> AccountCheck:
        """Log in and say what the account can do; sends nothing. Blocks."""
        provider = make_provider(self._stores, self._stores.config.account(name))
        import asyncio  # noqa: PLC0415 - 40 ms that no other call needs

        return asyncio.run(_check(provider))

    def hold(self, name: str, reason: str = HELD_BY_HAND) -> AccountView:
        """Let everything of this account wait until a person resumes it."""
        require_person(self._stores)
        account = self._stores.config.account(name)
        with self._stores.database.transaction():
            hold_account(self._stores, name, reason=reason)
        return self._view(account)

    def resume(self, name: str) -> AccountView:
        """Let the account send again now, and all that waited for it go on.

        What a person held one by one stays held; what its limits say stays, too.
        """
        require_person(self._stores)
        account = self._stores.config.account(name)
        held = self._stores.accounts.held().get(name)
        with self._stores.database.transaction():
            pacing.wake(self._stores, name)
            if held is not None:
                release_account(self._stores, held)
        return self._view(account)

    def _check_new(self, account: AccountSettings) -> None:
        self._check_free(account.name)
        make_provider(self._stores, account)

    def _check_free(self, name: str) -> None:
        if any(one.name == name for one in self._stores.config.accounts):
            raise ConfigurationError(
                f"There is an account {name!r} already.",
                hint="Choose another name.",
                field="name",
            )

    def _save(self, account: AccountSettings, *, make_default: bool) -> None:
        path = self._stores.settings.accounts_path
        with exclusively(path):
            self._check_free(account.name)
            config = self._stores.config
            is_default = make_default or not config.default_account
            default = account.name if is_default else config.default_account
            save_accounts(path, (*load_accounts(path), account), default)

    def _view(self, account: AccountSettings) -> AccountView:
        held = self._stores.accounts.held().get(account.name)
        rest = self._rest(account.name)
        return AccountView(
            name=account.name,
            provider=account.provider,
            address=account.address.text,
            sender_name=account.address.name,
            is_default=account.name == self._stores.config.default_account,
            options=account.options,
            secret=account.secret,
            on_unknown=account.on_unknown,
            connections=account.connections,
            held_reason=held.reason if held else "",
            held_until=held.until if held else None,
            rest_reason=rest.reason if rest else "",
            rests_until=rest.until if rest else None,
            limits=self._limits(account),
            problem=self._problem(account),
        )

    def _rest(self, name: str) -> Rest | None:
        """Return the rest of an account that is not over yet."""
        found = self._stores.rests.get(name)
        now = self._stores.clock.now()
        return None if found is None or found.is_over(now) else found

    def _limits(self, account: AccountSettings) -> tuple[LimitUse, ...]:
        return pacing.uses(self._stores, account, self._stores.clock.now())

    def _problem(self, account: AccountSettings) -> str:
        try:
            make_provider(self._stores, account)
        except ConfigurationError as error:
            return _with_what_was_meant(error, account)
        return ""


def _with_what_was_meant(error: ConfigurationError, account: AccountSettings) -> str:
    """Return what is wrong; a provider cannot know the account's own settings."""
    is_unknown = error.field in account.options and "means nothing" in error.message
    meant = own_key_meant(error.field) if is_unknown else ""
    hint = f"Did you mean {meant}?" if meant else error.hint
    return f"{error} {hint}".rstrip()


async def _check(provider: Provider) -> AccountCheck:
    try:
        return await provider.check()
    finally:
        await provider.close()
