"""What the wizard has in the keyring: under its own name first, then the account's.

A name belongs to nobody before its account is written. So what is not proven stands
under an entry that nobody else can have, and is moved inside the lock of the
accounts, once the name is known to be free.

Every function may block.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.oauth import KEYRING, OAuth
from tuimail.settings.refresh_tokens import refresh_token
from tuimail.settings.sign_in.keeping import forget_tokens, tokens_kept

LIMIT: Final = timedelta(seconds=20)
"""How long a keyring may take for one answer: somebody may unlock it."""


@contextmanager
def moved(entry: str, name: str, oauth: OAuth | None) -> Iterator[None]:
    """Have what stands under ``entry`` stand under ``name``, unless that fails.

    Args:
        entry: The wizard's own.
        name: Of the account that is written meanwhile; it is free.
        oauth: Where the account gets its tokens; None where it has a password.

    Raises:
        SecretError: The keyring does not take it; all is as it was.
    """
    moving = (
        _password_moved(entry, name) if oauth is None else _tokens(entry, name, oauth)
    )
    with moving:
        yield
    with suppress(SecretError):
        forgotten(entry, oauth)


def forgotten(entry: str, oauth: OAuth | None) -> None:
    """Keep nothing under ``entry`` any more.

    Raises:
        SecretError: It stays.
    """
    if oauth is None:
        keyrings.forget(entry, limit=LIMIT)
        return
    forget_tokens(entry, oauth)
    keyrings.forget(keyrings.client_secret_entry(entry), limit=LIMIT)


@contextmanager
def _password_moved(entry: str, name: str) -> Iterator[None]:
    before = keyrings.found(name, limit=LIMIT)
    keyrings.set_password(name, keyrings.password(entry, limit=LIMIT), limit=LIMIT)
    try:
        yield
    except BaseException:
        with suppress(SecretError):
            _put_back(name, before)
        raise


def _put_back(name: str, before: str | None) -> None:
    if before is None:
        keyrings.forget(name, limit=LIMIT)
    else:
        keyrings.set_password(name, before, limit=LIMIT)


@contextmanager
def _tokens(entry: str, name: str, oauth: OAuth) -> Iterator[None]:
    token = refresh_token(entry, oauth, limit=LIMIT)
    own = keyrings.client_secret_entry(entry)
    is_kept = oauth.client_secret == KEYRING
    secret = keyrings.password(own, limit=LIMIT) if is_kept else ""
    with tokens_kept(name, oauth, token, client_secret=secret):
        yield
