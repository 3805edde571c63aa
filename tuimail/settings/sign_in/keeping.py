"""What a sign-in brings goes to its place, and out of it again.

The one rule kept here: it does so inside the account's lock, so that nobody who is
just refreshing puts an older token back, and no program goes on with one.

Every function may block: callers on an event loop use a worker thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.access_tokens import forget_access_token
from tuimail.settings.consents import alone, end_consent
from tuimail.settings.oauth import OAuth
from tuimail.settings.paths import locks_path
from tuimail.settings.refresh_tokens import (
    forget_refresh_token,
    is_in_a_file,
    keep_refresh_token,
    refresh_token,
    require_place,
)
from tuimail.settings.secrets import LIMIT


@contextmanager
def changing(account: str, *, limit: timedelta = LIMIT) -> Iterator[None]:
    """Let nobody else touch the tokens of ``account`` meanwhile.

    Raises:
        TemporarySecretError: Somebody else is at it for too long.
    """
    with alone(account, folder=locks_path(), limit=limit):
        yield


def keep_tokens(
    account: str,
    oauth: OAuth,
    token: str,
    *,
    is_new: bool = False,
    limit: timedelta = LIMIT,
) -> None:
    """Put a refresh token in the place of the one there was; inside ``changing``.

    Raises:
        SecretError: Nothing takes it, or a file in its place is another one by now;
            the one before is as it was.
    """
    if is_in_a_file(oauth):
        require_place(account, oauth, is_new=is_new, limit=limit)
    end_consent(account, folder=locks_path())
    if not is_in_a_file(oauth):
        forget_access_token(account, limit=limit)
    keep_refresh_token(account, oauth, token, limit=limit)


@contextmanager
def tokens_kept(
    account: str,
    oauth: OAuth,
    token: str,
    *,
    client_secret: str = "",
    limit: timedelta = LIMIT,
) -> Iterator[None]:
    """Keep a refresh token for a new account, unless what is done meanwhile fails.

    Args:
        account: What it is going to be called; nobody else is called so.
        oauth: Where it gets its tokens.
        token: The refresh token.
        client_secret: What the program itself shows, where the keyring is to have
            it; empty where it is elsewhere.
        limit: How long the keyring may take for one answer.

    Raises:
        SecretError: Nothing takes it, or the lock cannot be had.
    """
    with changing(account, limit=limit):
        keep_tokens(account, oauth, token, is_new=True, limit=limit)
        try:
            if client_secret:
                entry = keyrings.client_secret_entry(account)
                keyrings.set_password(entry, client_secret, limit=limit)
            yield
        except BaseException:
            with suppress(SecretError):
                _forget(account, oauth, limit)
            with suppress(SecretError):
                _forget_client_secret(account, client_secret, limit)
            raise


def forget_tokens(account: str, oauth: OAuth, *, limit: timedelta = LIMIT) -> str:
    """Keep neither token of ``account`` any more; fine where there was none.

    Returns:
        The refresh token, for who tells the service; empty where there was none,
        or none that could be read.

    Raises:
        SecretError: One of them stays.
    """
    with changing(account, limit=limit):
        token = ""
        with suppress(SecretError):
            token = refresh_token(account, oauth, limit=limit)
        _forget(account, oauth, limit)
    return token


def _forget(account: str, oauth: OAuth, limit: timedelta) -> None:
    try:
        forget_refresh_token(account, oauth, limit=limit)
        if not is_in_a_file(oauth):
            forget_access_token(account, limit=limit)
    finally:
        end_consent(account, folder=locks_path())


def _forget_client_secret(account: str, secret: str, limit: timedelta) -> None:
    if secret:
        keyrings.forget(keyrings.client_secret_entry(account), limit=limit)
