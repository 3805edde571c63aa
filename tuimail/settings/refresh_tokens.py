"""Refresh tokens: where they are, and how a new one takes the old one's place.

In the keyring, or in a file that only this user may read: a machine without a
desktop has nothing else that can be written to.

Every function may block: callers on an event loop use a worker thread.
"""

from datetime import timedelta
from pathlib import Path

from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.files import expanded, replace_private
from tuimail.settings.oauth import FILE, OAuth
from tuimail.settings.secrets import LIMIT, read_secret


def is_in_a_file(oauth: OAuth) -> bool:
    """Return whether the token is in a file, and not in the keyring."""
    return oauth.refresh_token.startswith(FILE)


def refresh_token(account: str, oauth: OAuth, *, limit: timedelta = LIMIT) -> str:
    """Return the refresh token of ``account``.

    Raises:
        SecretError: There is none, or it cannot be read.
    """
    if is_in_a_file(oauth):
        return read_secret(oauth.refresh_token, account=account, environ={}) or ""
    return keyrings.password(account, limit=limit)


def keep_refresh_token(
    account: str, oauth: OAuth, token: str, *, limit: timedelta = LIMIT
) -> None:
    """Put ``token`` in the place of the one there was.

    Raises:
        SecretError: Nothing takes it; the one before is as it was.
    """
    if not is_in_a_file(oauth):
        keyrings.set_password(account, token, limit=limit)
        return
    path = _path(oauth)
    try:
        replace_private(path, f"{token}\n".encode())
    except OSError as error:
        raise _unwritten(path, error) from None


def forget_refresh_token(
    account: str, oauth: OAuth, *, limit: timedelta = LIMIT
) -> None:
    """Keep it no more; fine where there was none.

    Raises:
        SecretError: It stays.
    """
    if not is_in_a_file(oauth):
        keyrings.forget(account, limit=limit)
        return
    path = _path(oauth)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(path, error) from None


def _path(oauth: OAuth) -> Path:
    return expanded(Path(oauth.refresh_token.removeprefix(FILE)))


def _unwritten(path: Path, error: OSError) -> SecretError:
    return SecretError(
        f"The file {path}, which holds the refresh token, cannot be written: "
        f"{error.strerror}.",
        hint=f"Look whether its folder is there and yours: ls -ld {path.parent}",
        field="refresh_token",
    )
