"""The desk for accounts: seen, added, tested, held and resumed."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack

from tuimail.core.address import format_address
from tuimail.core.submission import AccountFault
from tuimail.core.values import replace
from tuimail.errors import ConfigurationError
from tuimail.providers.base import AccountCheck
from tuimail.settings import keyrings
from tuimail.settings.account import AccountSettings, own_key_meant
from tuimail.settings.config import load, load_accounts, save_accounts
from tuimail.settings.environment import ENVIRONMENT_ACCOUNT
from tuimail.settings.files import exclusively
from tuimail.settings.oauth import KEYRING
from tuimail.settings.prompts import PROMPT
from tuimail.settings.secrets import LIMIT, store_secret
from tuimail.settings.variables import provider_prefix
from tuimail.store.rests import Rest
from tuimail.workspace import altering, pacing
from tuimail.workspace.authority import require_person
from tuimail.workspace.describing import AccountWords, described
from tuimail.workspace.holding import hold_account, release_account
from tuimail.workspace.origins import Origin, origins
from tuimail.workspace.reaching import Reach, reach
from tuimail.workspace.removing import WAITING_STATES, Removed, removed
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import AccountView, LimitUse
from tuimail.workspace.ways_out import checked, make_provider

if TYPE_CHECKING:
    from tuimail.workspace.taking_over import Importable

_ASKED: Final = (
    "provider", "address", "reply_to", "signature", "options", "secret", "oauth",
    "noninteractive_send",
)  # fmt: skip
"""What is asked step by step; limits, identities and the rest are not."""
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

    def held(self) -> tuple[str, ...]:
        """Return the names of the accounts that are held."""
        held = self._stores.accounts.held()
        names = (account.name for account in self._stores.config.accounts)
        return tuple(name for name in names if name in held)

    def reach(self) -> Reach:
        """Return whether servers were reached, as far as that was seen last."""
        return reach(self._stores)

    def planned(self, **said: Unpack[AccountWords]) -> AccountSettings:
        """Return the account that ``said`` describes; nothing is written.

        Raises:
            AddressError: An address is none.
            ConfigurationError: Anything else that cannot be, also for its provider.
        """
        account = described(said)
        make_provider(self._stores, account)
        return account

    def add(
        self,
        *,
        secret_value: str | None = None,
        make_default: bool = False,
        within: AbstractContextManager[None] | None = None,
        **said: Unpack[AccountWords],
    ) -> AccountView:
        """Write a new account beside the person's own settings.

        Args:
            secret_value: The password itself, only to be put into the keyring.
            make_default: Whether mail that names no account leaves through it.
            within: What is entered once the name is known to be free and nobody
                else can take it, and left once the account is written, or is not.
            **said: Everything else, see ``AccountWords``.

        Raises:
            AddressError: An address is none.
            ConfigurationError: The name is taken, or the provider refuses.
            SecretError: No keyring takes the password; nothing was written.
            NotAllowedError: An agent tries; programs choose no credentials.
        """
        require_person(self._stores)
        account = self.planned(**said)
        self._check_free(account.name)
        if make_default:
            altering.refuse_another_default(self._stores, account.name)
        path = self._stores.settings.accounts_path
        with exclusively(path):
            self._check_free(account.name)
            if secret_value is not None:
                store_secret(account.name, secret_value)
            with within or nullcontext():
                self._save(path, account, make_default=make_default)
        return self.view(account.name)

    def make_default(self, name: str) -> AccountView:
        """Let mail that names no account leave through this one.

        Raises:
            ConfigurationError: There is no such account, or another is the default
                where tuimail does not write.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        altering.make_default(self._stores, name)
        return self.view(name)

    def change(self, name: str, changes: Mapping[str, str]) -> AccountView:
        """Change keys of an account that stands in ``accounts.toml``.

        Args:
            name: Which one.
            changes: Keys as in the file, with values as typed; an empty one takes
                the key out. No secret, only where one is.

        Raises:
            ConfigurationError: It is not ours to change, or cannot be so.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        account = self._stores.config.account(name)
        after = altering.altered(self._stores, account, changes)
        altering.replace(self._stores, after)
        return self.view(after.name)

    def rewrite(
        self,
        *,
        make_default: bool = False,
        within: AbstractContextManager[None] | None = None,
        **said: Unpack[AccountWords],
    ) -> AccountView:
        """Write what ``said`` says of an account that is there; the rest stays.

        Args:
            make_default: Whether mail that names no account leaves through it.
            within: As for ``add``.
            **said: What is asked step by step, see ``AccountWords``.

        Raises:
            ConfigurationError: It is not ours to change, or cannot be so.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        planned = self.planned(**said)
        before = self._stores.config.account(planned.name)
        after = replace(before, **{key: getattr(planned, key) for key in _ASKED})
        altering.replace(self._stores, after, within=within, make_default=make_default)
        return self.view(after.name)

    def renew_secret(self, name: str, secret_value: str) -> AccountCheck:
        """Log in with another password; keep it in the keyring if that goes well.

        What was there stays where the server refuses, or is not reached. What was
        kept is tried once more, as it will be used. Blocks; sends nothing.

        Raises:
            ConfigurationError: Its password is not in the keyring.
            SecretError: The keyring does not take it.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        account = self._stores.config.account(name)
        if account.secret != KEYRING:
            raise _kept_elsewhere(account)
        check = self.try_out(account, secret_value)
        if not check.ok:
            return check
        store_secret(account.name, secret_value)
        return self.try_out(account)

    def test(self, name: str = "") -> AccountCheck:
        """Log in and say what the account can do; sends nothing. Blocks.

        What keeps it from being used at all is an answer, too.

        Raises:
            ConfigurationError: There is no such account.
        """
        account = self._stores.config.account(name)
        self.ask_ahead(account.name)
        check = self.try_out(account)
        if check.fault is AccountFault.LOGIN:
            self._stores.prompts.forget(account.name)
        return check

    def require_keyring(self) -> None:
        """Refuse to have a password typed that nothing here could keep.

        Raises:
            SecretError: There is no keyring; the hint names the choices.
        """
        keyrings.require(limit=LIMIT)

    def ask_ahead(self, name: str = "") -> None:
        """Have a person type what is kept nowhere; without a name, for all accounts.

        To be called where a person may be kept waiting, before anything is sent.
        """
        for account in self._stores.config.accounts:
            if account.secret == PROMPT and name in {"", account.name}:
                self._stores.prompts.ask_ahead(account.name)

    def try_out(
        self,
        account: AccountSettings,
        secret_value: str | None = None,
        *,
        progress: Callable[[str], None] = lambda _stage: None,
    ) -> AccountCheck:
        """Do the same with an account that need not be written yet. Blocks.

        Args:
            account: As ``planned`` returns it.
            secret_value: The password, only in memory; None reads it from where
                the account says that it is.
            progress: Told how far it is, stage by stage.
        """
        try:
            provider = make_provider(
                self._stores, account, secret_value=secret_value, progress=progress
            )
            import asyncio  # noqa: PLC0415 - 40 ms that no other call needs

            return asyncio.run(checked(provider, name=account.provider))
        except ConfigurationError as error:
            return _unusable(error, account)

    def origins(self, name: str = "") -> tuple[Origin, ...]:
        """Return each setting of an account with where it came from.

        Raises:
            ConfigurationError: There is no such account.
        """
        return origins(self._stores, self._stores.config.account(name))

    def waiting(self, name: str) -> int:
        """Return how many mails are to leave through an account, some day."""
        return len(self._stores.submissions.by_account(name, WAITING_STATES))

    def importable(self, address: str = "") -> "tuple[Importable, ...]":
        """Return what other programs on this machine would send through.

        Args:
            address: Whom mail is from where a program does not say so.
        """
        from tuimail.settings.importing.everywhere import (  # noqa: PLC0415 - rare
            candidates,
        )
        from tuimail.workspace.taking_over import judged  # noqa: PLC0415 - rare

        config = self._stores.config
        return tuple(
            judged(self, config, one, address=address)
            for one in candidates(self._stores.environ)
        )

    def take_over(self, found: "Importable") -> AccountView:
        """Add an account that was found; a password in clear goes into the keyring.

        Raises as ``add`` does.
        """
        clear = found.candidate.secret_value or None
        return self.add(secret_value=clear, **found.words)

    def remove(self, name: str) -> Removed:
        """Take an account out of ``accounts.toml``, and what the keyring has of it.

        Mail that waits for it stays and is held, as soon as it would leave.

        Raises:
            ConfigurationError: There is no such account, or it is not ours to
                remove; the hint says where it is.
            NotAllowedError: An agent tries.
        """
        require_person(self._stores)
        return removed(self._stores, self._stores.config.account(name))

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

    def _check_free(self, name: str) -> None:
        if name == ENVIRONMENT_ACCOUNT:
            raise ConfigurationError(
                f"“{name}” is the account that variables describe.",
                hint="Choose another name.",
                field="name",
            )
        if any(one.name == name for one in self._stores.config.accounts):
            raise ConfigurationError(
                f"There is an account {name!r} already.",
                hint="Choose another name.",
                field="name",
            )

    def _save(
        self, path: Path, account: AccountSettings, *, make_default: bool
    ) -> None:
        """Write it beside the others; no variable decides what stays the default."""
        current = load(self._stores.settings.config_path, {}).default_account
        default = account.name if make_default or not current else current
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
            reply_to=format_address(account.reply_to) if account.reply_to else "",
            identities=tuple(format_address(one.address) for one in account.others),
            options=account.options,
            secret=account.secret,
            on_unknown=account.on_unknown,
            noninteractive_send=account.noninteractive_send,
            connections=account.connections,
            held_reason=held.reason if held else "",
            held_until=held.until if held else None,
            rest_reason=rest.reason if rest else "",
            rests_until=rest.until if rest else None,
            limits=self._limits(account),
            problem=self._problem(account),
            is_ours=altering.is_ours(self._stores, account.name),
            signs_in=account.oauth is not None,
            needs_login=held is not None and held.fault is AccountFault.LOGIN,
            last_taken_at=self._stores.through.last_taken_at(account.name),
            taken_today=self._stores.through.taken_since(account.name, self._midnight),
            waiting=self._stores.through.waiting(account.name),
        )

    @property
    def _midnight(self) -> datetime:
        """When this day began where this machine is."""
        here = self._stores.clock.now().astimezone()
        return here.replace(hour=0, minute=0, second=0, microsecond=0)

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
            return f"{error} {_hint(error, account)}".rstrip()
        return ""


def _kept_elsewhere(account: AccountSettings) -> ConfigurationError:
    """Return the refusal to keep a password where tuimail keeps none."""
    where = account.secret or "nowhere: it logs in without one"
    return ConfigurationError(
        f"The password of “{account.name}” is not in the keyring, but {where}.",
        hint="Change it there, then test the account.",
        field="password",
    )


def _unusable(error: ConfigurationError, account: AccountSettings) -> AccountCheck:
    """Return what is wrong with the settings as the answer of a test."""
    return AccountCheck(
        ok=False,
        endpoint="",
        fault=AccountFault.SETTINGS,
        error=str(error),
        hint=_hint(error, account),
    )


def _hint(error: ConfigurationError, account: AccountSettings) -> str:
    """Return what to do; a provider cannot know the account's own settings."""
    is_unknown = error.field in account.options and "means nothing" in error.message
    meant = own_key_meant(error.field) if is_unknown else ""
    hint = f"Did you mean {meant}?" if meant else error.hint
    if account.name != ENVIRONMENT_ACCOUNT or f"setting {error.field} " not in str(
        error
    ):
        return hint
    variable = f"{provider_prefix(account.provider)}{error.field.upper()}"
    return f"{hint} Here, that is the variable {variable}.".lstrip()
