"""A provider's own settings, read strictly.

They come from a file, a variable or the command line, so that a number or a
yes may arrive as text.

Pure, but for the folder that ``~`` stands for.
"""

import ipaddress
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError
from tuimail.providers.base import ProviderAccount

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off"})
MOST_DIGITS: Final = 18


def refuse_unknown(account: ProviderAccount, allowed: Collection[str]) -> None:
    """Refuse an option that means nothing to the provider.

    Raises:
        ConfigurationError: The text names the option, the hint the nearest.
    """
    for key in account.options:
        if key not in allowed:
            import difflib  # noqa: PLC0415 - for a mistake only

            found = difflib.get_close_matches(key, allowed, n=1)
            raise option_error(
                account,
                key,
                "means nothing to its provider",
                hint=f"Did you mean {found[0]}?"
                if found
                else f"There are: {', '.join(sorted(allowed)) or 'none'}.",
            )


def text(account: ProviderAccount, key: str, *, default: str = "") -> str:
    """Return the option ``key`` as text of one line.

    Raises:
        ConfigurationError: It is not text, or holds a control character.
    """
    value = account.options.get(key, default)
    if not isinstance(value, str) or not (value.isprintable() or not value):
        raise option_error(account, key, "is not text", hint=f'Write {key} = "…"')
    return value


def choice(
    account: ProviderAccount, key: str, *, allowed: Collection[str], default: str
) -> str:
    """Return the option ``key``, which is one of ``allowed``.

    Raises:
        ConfigurationError: It is something else.
    """
    value = text(account, key, default=default)
    if value not in allowed:
        raise option_error(
            account,
            key,
            f"is “{value[:40]}”",
            hint=f"It may be {', '.join(allowed)}.",
        )
    return value


def number(
    account: ProviderAccount, key: str, *, default: int, lowest: int, highest: int
) -> int:
    """Return the option ``key`` as a whole number within its bounds.

    Raises:
        ConfigurationError: It is none, or out of bounds.
    """
    value = account.options.get(key, default)
    found = _digits(value) if isinstance(value, str) else value
    if found is None or isinstance(found, bool) or not lowest <= found <= highest:
        raise option_error(
            account,
            key,
            f"is “{str(value)[:40]}”",
            hint=f"It may be a number between {lowest} and {highest}.",
        )
    return found


def yes_or_no(account: ProviderAccount, key: str, *, default: bool) -> bool:
    """Return the option ``key`` as a claim that holds or not.

    Raises:
        ConfigurationError: It is none of the words for either; a typing
            mistake must not quietly mean no.
    """
    value = account.options.get(key, default)
    word = str(value).lower()
    if word not in YES | NO:
        raise option_error(
            account, key, f"is “{word[:40]}”", hint="Write true or false."
        )
    return word in YES


def file_path(account: ProviderAccount, key: str) -> Path | None:
    """Return the option ``key`` as the path of a file; None where it is not given.

    Raises:
        ConfigurationError: It is not text.
    """
    found = text(account, key)
    if not found:
        return None
    with suppress(RuntimeError):  # nobody of that name: ``~`` is a letter then
        return Path(found).expanduser()
    return Path(found)


def is_loopback(host: str) -> bool:
    """Return whether ``host`` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def option_error(
    account: ProviderAccount, key: str, what: str, *, hint: str
) -> ConfigurationError:
    """Return the error that says ``what`` is wrong with the option ``key``."""
    return ConfigurationError(
        f"The setting {key} of the account “{account.name}” {what}.",
        hint=hint,
        field=key,
    )


def _digits(value: str) -> int | None:
    if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS:
        return int(value)
    return None
