"""Who is meant by names of this machine: ``[aliases]`` in ``config.toml``.

Pure.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.address import Address, parse_addresses
from tuimail.core.patterns import regex
from tuimail.errors import AddressError
from tuimail.settings.schema import Table

_KEY: Final = regex(r"[a-z0-9_][a-z0-9_.+-]{0,63}\$?(?:@[a-z0-9.-]{1,253})?")


def read_aliases(table: Table) -> Mapping[str, tuple[Address, ...]]:
    """Return each name, or whole address, and the addresses it stands for.

    Raises:
        ConfigurationError: A name cannot be one, or stands for no address.
    """
    return {key.lower(): _addresses(table, key) for key in table.values}


def _addresses(table: Table, key: str) -> tuple[Address, ...]:
    if not _KEY.fullmatch(key.lower()):
        raise table.error(
            key,
            "is no name of this machine",
            hint='Write root = "you@example.org", or "root@host" = "you@example.org"',
        )
    value = table.values[key]
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) for item in items):
        raise table.error(
            key,
            "is neither an address nor a list of them",
            hint=f'Write {key} = "you@example.org"',
        )
    try:
        return parse_addresses(items, field=key)
    except AddressError as error:
        why = str(error).removesuffix(".")
        raise table.error(key, f"is no address: {why}", hint=error.hint) from None
