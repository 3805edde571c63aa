"""Passwords: where they are, and how they are read without hanging anything.

Every function here may block for as long as its time limit, so that callers on
an event loop use a worker thread. Nothing is kept, logged or put into an error.
"""

from collections.abc import Mapping

from tuimail.settings.schema import Table

KEYRING_SERVICE = "tuimail"


def check_reference(reference: str, *, table: Table) -> None:
    """Refuse what is not a reference, above all a password itself."""


def read_secret(
    reference: str, *, account: str, environ: Mapping[str, str]
) -> str | None:
    """Return the secret that ``reference`` leads to, None for no reference.

    Args:
        reference: ``keyring:``, ``env:NAME``, ``command:…``, ``file:PATH``, or
            empty.
        account: Name of the account, which is the user in the keyring.
        environ: Where ``env:`` looks, and what ``command:`` runs with.

    Raises:
        SecretError: It cannot be read; the hint is the next step.
    """
    raise NotImplementedError


def store_secret(account: str, secret: str) -> None:
    """Put ``secret`` into the keyring for ``account``.

    Raises:
        SecretError: There is no keyring that can be trusted, or it refuses.
    """
    raise NotImplementedError
