"""The desk for accounts: seen, added, tested, held and resumed."""

from collections.abc import Mapping
from typing import Final

from tuimail.core.address import parse_address, with_name
from tuimail.core.lifecycle import SubmissionState
from tuimail.errors import ConfigurationError
from tuimail.providers.base import AccountCheck, Provider
from tuimail.settings.config import (
    AccountSettings,
    Option,
    load_accounts,
    save_accounts,
)
from tuimail.settings.files import exclusively
from tuimail.settings.secrets import store_secret
from tuimail.store.accounts import HeldAccount
from tuimail.workspace import steps
from tuimail.workspace.authority import require_person
from tuimail.workspace.outbox import HELD_BY_HAND
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import AccountView
from tuimail.workspace.ways_out import make_provider

_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)


class AccountDesk:
    """Everything about the ways out."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def views(self) -> tuple[AccountView, ...]:
        """Return every configured account; never a secret."""
        held = self._stores.accounts.held()
        return tuple(
            self._view(one, held.get(one.name)) for one in self._stores.config.accounts
        )

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
        return self._view(self._stores.config.account(name), None)

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
            self._stores.accounts.hold(
                name, reason=reason, fault=None, at=self._stores.clock.now()
            )
            for row in self._stores.submissions.by_account(name, _WAITING):
                steps.hold(self._stores, row, reason)
        return self._view(account, self._stores.accounts.held().get(name))

    def resume(self, name: str) -> AccountView:
        """Let the account send again, and all that waited for it go on.

        What a person held one by one stays held.
        """
        require_person(self._stores)
        account = self._stores.config.account(name)
        held = self._stores.accounts.held().get(name)
        if held is not None:
            self._resume(held)
        return self._view(account, None)

    def _resume(self, held: HeldAccount) -> None:
        waiting = (SubmissionState.HELD,)
        with self._stores.database.transaction():
            self._stores.accounts.release(held.name, at=self._stores.clock.now())
            for row in self._stores.submissions.by_account(held.name, waiting):
                if row.reason == held.reason:
                    steps.resume(self._stores, row)

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

    def _view(self, account: AccountSettings, held: HeldAccount | None) -> AccountView:
        return AccountView(
            name=account.name,
            provider=account.provider,
            address=account.address.text,
            sender_name=account.address.name,
            is_default=account.name == self._stores.config.default_account,
            options=account.options,
            secret=account.secret,
            held_reason=held.reason if held else "",
            problem=self._problem(account),
        )

    def _problem(self, account: AccountSettings) -> str:
        try:
            make_provider(self._stores, account)
        except ConfigurationError as error:
            return str(error)
        return ""


async def _check(provider: Provider) -> AccountCheck:
    try:
        return await provider.check()
    finally:
        await provider.close()
