"""Refresh tokens: where they are, and how a new one takes the old one's place.

In the keyring, or in a file that only this user may read: a machine without a
desktop has nothing else that can be written to.

Every function may block: callers on an event loop use a worker thread.
"""

from datetime import timedelta

from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.oauth import FILE, OAuth
from tuimail.settings.secrets import LIMIT, read_secret
from tuimail.settings.sign_in.services import how_to_sign_in
from tuimail.settings.token_files import (
    remove_token,
    require_writable,
    token_path,
    write_token,
)


def is_in_a_file(oauth: OAuth) -> bool:
    """Return whether the token is in a file, and not in the keyring."""
    return oauth.refresh_token.startswith(FILE)


def refresh_token(account: str, oauth: OAuth, *, limit: timedelta = LIMIT) -> str:
    """Return the refresh token of ``account``.

    Raises:
        SecretError: There is none, or it cannot be read.
    """
    if not is_in_a_file(oauth):
        token, where = keyrings.found(account, limit=limit), "the keyring"
    elif token_path(oauth.refresh_token).exists():
        token, where = _in_file(account, oauth), ""
    else:
        token, where = None, f"the file {token_path(oauth.refresh_token)}"
    if not token:
        raise SecretError(
            f"The account “{account}” is not signed in: {where} has no token for it.",
            hint=how_to_sign_in(oauth, account),
            field="password",
        )
    return token


def keep_refresh_token(
    account: str, oauth: OAuth, token: str, *, limit: timedelta = LIMIT
) -> None:
    """Put ``token`` in the place of the one there was.

    Raises:
        SecretError: Nothing takes it; the one before is as it was.
    """
    if is_in_a_file(oauth):
        write_token(token_path(oauth.refresh_token), account, token)
    else:
        keyrings.set_password(account, token, limit=limit)


def forget_refresh_token(
    account: str, oauth: OAuth, *, limit: timedelta = LIMIT
) -> None:
    """Keep it no more; fine where there was none.

    Raises:
        SecretError: It stays.
    """
    if is_in_a_file(oauth):
        remove_token(token_path(oauth.refresh_token), account)
    else:
        keyrings.forget(account, limit=limit)


def require_place(
    account: str, oauth: OAuth, *, is_new: bool, limit: timedelta = LIMIT
) -> None:
    """Refuse to have somebody sign in for what nothing here could keep.

    Args:
        account: Whose token.
        oauth: Where it is to be.
        is_new: Whether the account is not written yet.
        limit: How long a keyring may take; somebody may have to unlock it.

    Raises:
        SecretError: There is no such place, or something else is there.
    """
    if is_in_a_file(oauth):
        path = token_path(oauth.refresh_token)
        require_writable(path, account, is_named=not is_new)
        return
    try:
        keyrings.found(account, limit=limit)
    except SecretError as error:
        raise SecretError(
            str(error), hint=_elsewhere(account, is_new=is_new), field="password"
        ) from None


def _in_file(account: str, oauth: OAuth) -> str | None:
    return read_secret(oauth.refresh_token, account=account, environ={})


def _elsewhere(account: str, *, is_new: bool) -> str:
    if is_new:
        where = "--token-file FILE"
    else:
        where = f'refresh_token = "file:PATH" in [accounts.{account}.oauth]'
    return f"Unlock it if it is locked, or keep the token in a file: {where}"
