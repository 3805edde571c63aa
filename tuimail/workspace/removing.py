"""How an account goes: out of its file first, then out of everything else.

In that order, so that whatever breaks in between leaves no account that sends,
only traces of one that is gone.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError, SecretError
from tuimail.settings import keyrings
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import load_accounts, save_accounts
from tuimail.settings.files import exclusively, read_toml
from tuimail.settings.oauth import KEYRING
from tuimail.settings.refresh_tokens import is_in_a_file
from tuimail.settings.secrets import LIMIT
from tuimail.settings.sign_in.keeping import changing
from tuimail.workspace import pacing
from tuimail.workspace.altering import DEFAULT_ACCOUNT, not_ours
from tuimail.workspace.holding import release_account
from tuimail.workspace.stores import Stores

WAITING_STATES: Final = (
    SubmissionState.READY, SubmissionState.HELD, SubmissionState.DEFERRED,
    SubmissionState.SENDING, SubmissionState.UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What came of it."""

    name: str
    waiting: int
    """Mails that were to leave through it."""
    problem: str
    """Why the keyring still has its password, or empty."""


def removed(stores: Stores, account: AccountSettings) -> Removed:
    """Remove ``account``; what waits for it is held once it would leave."""
    name = account.name
    waiting = len(stores.submissions.by_account(name, WAITING_STATES))
    _take_out(stores, name)
    problem = _forget(account)
    _end_holds(stores, name)
    return Removed(name=name, waiting=waiting, problem=problem)


def _take_out(stores: Stores, name: str) -> None:
    path = stores.settings.accounts_path
    with exclusively(path):
        ours = load_accounts(path)
        if name not in {one.name for one in ours}:
            raise not_ours(stores, name, verb="Remove")
        _refuse_a_default(stores, name)
        left = tuple(one for one in ours if one.name != name)
        save_accounts(path, left, _default(stores, left))


def _refuse_a_default(stores: Stores, name: str) -> None:
    """Refuse what would leave a default behind that is no account."""
    config = stores.settings.config_path
    said = {
        str(config): read_toml(config).get("default_account"),
        DEFAULT_ACCOUNT: stores.environ.get(DEFAULT_ACCOUNT),
    }
    for source, default in said.items():
        if default == name:
            raise ConfigurationError(
                f"The account “{name}” is the default in {source}.",
                hint=f"Name another one there first: {source}",
                field="name",
            )


def _default(stores: Stores, left: tuple[AccountSettings, ...]) -> str:
    """Return which account of ours stays the default, if one of those left is."""
    written = read_toml(stores.settings.accounts_path).get("default_account", "")
    return written if written in {one.name for one in left} else ""


def _forget(account: AccountSettings) -> str:
    """Remove what the keyring has; a file with a token is the person's own.

    Who is just signing in for it, or refreshing, puts nothing back.
    """
    try:
        with changing(account.name) if account.oauth else nullcontext():
            for user in _entries(account):
                keyrings.forget(user, limit=LIMIT)
    except SecretError as error:
        return f"{error} {error.hint}".rstrip()
    return ""


def _entries(account: AccountSettings) -> Iterator[str]:
    """Yield under which names the keyring may have something of ``account``."""
    oauth = account.oauth
    if account.secret == KEYRING or (oauth is not None and not is_in_a_file(oauth)):
        yield account.name
    if oauth is not None:
        yield keyrings.access_token_entry(account.name)
        if oauth.client_secret == KEYRING:
            yield keyrings.client_secret_entry(account.name)


def _end_holds(stores: Stores, name: str) -> None:
    """Let a later account of that name begin anew.

    What waited for this one is held again for a better reason when it is its turn.
    """
    held = stores.accounts.held().get(name)
    with stores.database.transaction():
        pacing.wake(stores, name)
        if held is not None:
            release_account(stores, held)
