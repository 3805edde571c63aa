"""What an account may be called: after its domain, unless somebody says otherwise.

Pure.
"""

import unicodedata
from collections.abc import Collection
from itertools import count
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import ConfigurationError
from tuimail.settings.account import ACCOUNT_NAME, NAME_HINT

_SPELT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_NAME: Final = regex(r"[^a-z0-9-]|^-+|-+$")
_SAYS_NOTHING: Final = frozenset({"mail", "email", "www", "smtp", "mx", "co", "com"})
_LONGEST_BASE: Final = 40


def proposed_name(domain: str, taken: Collection[str]) -> str:
    """Return what an account for addresses in ``domain`` may be called.

    The first label that says more than that there is mail, with a number behind
    it where there is such an account already.
    """
    labels = [_NO_NAME.sub("", _spelt(one)) for one in domain.lower().split(".")]
    telling = [one for one in labels[:-1] if one and one not in _SAYS_NOTHING]
    base = telling[0][:_LONGEST_BASE] if telling else "mail"
    if base not in taken:
        return base
    return next(f"{base}{n}" for n in count(2) if f"{base}{n}" not in taken)


def require_free(name: str, taken: Collection[str]) -> None:
    """Refuse what cannot be the name of an account, or is that of another.

    Raises:
        ConfigurationError: It cannot, or it is.
    """
    if not ACCOUNT_NAME.fullmatch(name):
        raise ConfigurationError(
            f"“{name[:64]}” is not a name for an account.", hint=NAME_HINT, field="name"
        )
    if name in taken:
        raise ConfigurationError(
            f"There is an account “{name}” already.",
            hint="Choose another name.",
            field="name",
        )


def _spelt(label: str) -> str:
    """Return a label of a domain without accents, as its owner would spell it."""
    plain = unicodedata.normalize("NFC", label).translate(_SPELT)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
