"""An account's settings, made into where and as whom its service is asked.

The one rule kept here: a value that comes from the settings cannot lead elsewhere
than its place in an address.

Pure.
"""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from tuimail.core.values import dataclass
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.options import base_url
from tuimail.providers.http_api.asking import Key, Option
from tuimail.providers.http_api.definition import PLACE, Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one account's service is, and what it is told with every message."""

    send_url: str
    check_url: str
    user: str | None
    """For basic authentication."""
    headers: Mapping[str, str]
    """Without the key."""
    fields: Mapping[str, str]
    """For the body, by path."""
    ca_file: Path | None
    """Whom to trust instead of the system's authorities."""


def read_place(account: ProviderAccount, definition: Definition) -> Place:
    """Return what the settings of ``account`` say about its service.

    Raises:
        ConfigurationError: One is missing, unknown or not usable.
    """
    options.refuse_unknown(account, (*_USUAL, *definition.options))
    values = {
        name: _value(account, name, option)
        for name, option in definition.options.items()
    }
    base = base_url(account, default=_filled(definition.url, values))
    check = definition.check
    start = _filled(check.url, values) if check.url else base
    check_base = base_url(account, "check_url", default=start)
    return Place(
        send_url=_joined(account, base, _filled(definition.request.path, values)),
        check_url=_joined(account, check_base, _filled(check.path, values)),
        user=_user(account, definition.key, values),
        headers={**definition.request.headers, **_headers(definition, values)},
        fields={
            option.field: values[name]
            for name, option in definition.options.items()
            if option.field is not None and values[name]
        },
        ca_file=options.file_path(account, "ca_file"),
    )


def key_header(key: Key, place: Place, secret: str) -> dict[str, str]:
    """Return the header that shows ``secret``."""
    if place.user is None:
        return {key.header: key.prefix + secret}
    login = base64.b64encode(f"{place.user}:{secret}".encode()).decode()
    return {key.header: f"Basic {login}"}


def _value(account: ProviderAccount, name: str, option: Option) -> str:
    value = options.text(account, name, default=option.default)
    if not value and option.is_needed:
        raise options.option_error(
            account,
            name,
            "is missing",
            hint=f'Write {name} = "…": {option.meaning}.',
        )
    is_header = option.header is not None
    is_fit = re.fullmatch(option.pattern, value) and (value.isascii() or not is_header)
    if value and not is_fit:
        raise options.option_error(
            account,
            name,
            f"is “{value[:80]}”, which it cannot be",
            hint=f"Look at it again: {option.meaning}.",
        )
    return value


def _filled(text: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: quote(values[found[1]], safe=""), text)


def _joined(account: ProviderAccount, base: str, path: str) -> str:
    """Return where ``path`` is, which is where ``base`` is.

    Raises:
        ConfigurationError: It would lead elsewhere.
    """
    url = base + path
    is_there = urlsplit(url)[:2] == urlsplit(base)[:2]
    steps = {unquote(step) for step in urlsplit(url).path.split("/")}
    if is_there and steps.isdisjoint(_UP):
        return url
    raise options.option_error(
        account,
        "url",
        f"and what else goes into the address make “{url[:120]}”, which leads "
        "elsewhere",
        hint="Look at url, and at the settings that stand in the address.",
    )


def _user(account: ProviderAccount, key: Key, values: Mapping[str, str]) -> str | None:
    """Return who logs in; a colon would end the name (RFC 7617 §2)."""
    if key.user is None:
        return None
    user = PLACE.sub(lambda found: values[found[1]], key.user)
    if ":" not in user:
        return user
    raise options.option_error(
        account,
        next(iter(PLACE.findall(key.user)), "definition"),
        f"makes “{user[:60]}” of the user's name, which can have no colon",
        hint="Leave the colon out.",
    )


def _headers(definition: Definition, values: Mapping[str, str]) -> dict[str, str]:
    return {
        option.header: values[name]
        for name, option in definition.options.items()
        if option.header is not None and values[name]
    }


_USUAL: Final = ("ca_file", "check_url", "url")
_UP: Final = frozenset({".", ".."})
