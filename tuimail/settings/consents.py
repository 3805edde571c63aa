"""Whose turn it is to touch the tokens of an account, and on what consent they rest.

The one rule kept here: tokens are read to be changed, changed and forgotten only
inside ``alone``. Who signs in or out says so there by a new word, so that whoever
holds a token in memory knows that it is not the account's any more.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError, SecretError, TemporarySecretError
from tuimail.settings.files import exclusively, replace_private
from tuimail.settings.secrets import LIMIT


@contextmanager
def alone(account: str, *, folder: Path, limit: timedelta = LIMIT) -> Iterator[None]:
    """Let nobody else touch the tokens meanwhile, in this process or another.

    Args:
        account: Whose tokens.
        folder: Where the lock is; the same for all who use the account.
        limit: How long a keyring or a service may take for one answer; whoever
            is at it asks three times at most.

    Raises:
        TemporarySecretError: Somebody else is at it for too long, or there is no
            room for the lock.
    """
    patience = _ANSWERS * limit.total_seconds()
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusively(_path(account, folder), seconds=patience))
        except ConfigurationError as error:
            raise TemporarySecretError(
                str(error), hint=error.hint, field="password"
            ) from None
        yield


def consent(account: str, *, folder: Path) -> str:
    """Return a word that is another after each sign-in and sign-out."""
    try:
        return _path(account, folder).read_text("ascii")
    except (OSError, ValueError):
        return ""


def end_consent(account: str, *, folder: Path) -> None:
    """Let nobody use a token any more that was got until now; inside ``alone``.

    A full disk still lets go of the word there was.

    Raises:
        SecretError: The disk refuses the new one.
    """
    path = _path(account, folder)
    try:
        replace_private(path, secrets.token_hex(_WORD_BYTES).encode())
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise SecretError(
            f"{path} cannot be written: {error.strerror}.",
            hint=f"Look at the folder and the space left: ls -ld {path.parent}",
            field="password",
        ) from None


def _path(account: str, folder: Path) -> Path:
    return folder / f"oauth-{account}"


_ANSWERS: Final = 3
_WORD_BYTES: Final = 16
