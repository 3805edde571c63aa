"""Where a mail API is. Pure.

The one rule kept here: a key leaves this machine behind TLS, or not at all.
"""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tuimail.core.patterns import regex
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount
from tuimail.providers.options import is_loopback


def base_url(account: ProviderAccount, key: str = "url", *, default: str = "") -> str:
    """Return the address under which the API is, without a slash at its end.

    Raises:
        ConfigurationError: It is none, or the key would go out in clear.
    """
    text = options.text(account, key, default=default)
    found = _split(text)
    if found is None:
        raise options.option_error(
            account,
            key,
            f"is “{text[:80]}”, which is no address of an API"
            if text
            else "is missing",
            hint='Write scheme, name and path alone: "https://api.example.org/v1".',
        )
    if found.scheme == "http" and not is_loopback(found.hostname or ""):
        raise options.option_error(
            account,
            key,
            "begins with http:, so that the key would go out in clear",
            hint=f'Write {key} = "https:…"; http: is for a server on this machine.',
        )
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        found = urlsplit(text)
        is_plain = found.port != 0 and text.isascii() and " " not in text
        is_plain = is_plain and len(text) <= _LONGEST
    except ValueError:
        return None
    is_whole = found.scheme in {"http", "https"} and _is_host(found.hostname or "")
    is_more = "@" in found.netloc or "?" in text or "#" in text
    return found if is_whole and is_plain and not is_more else None


def _is_host(text: str) -> bool:
    """Return whether ``text`` is a name or an address (RFC 1123 §2.1)."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        is_name = len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None
        return is_name and not text.rpartition(".")[2].isdigit()
    return True


_LONGEST: Final = 2000
_LONGEST_NAME: Final = 254
_LABEL: Final = "(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_NAME: Final = regex(rf"{_LABEL}(?:\.{_LABEL})*\.?")
