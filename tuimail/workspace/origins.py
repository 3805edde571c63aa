"""Where each setting of an account came from: a line, a variable, or nowhere.

Not on any hot path: the files are read again.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tuimail.core.values import dataclass
from tuimail.settings.account import AccountSettings
from tuimail.settings.account_tables import account_table
from tuimail.settings.environment import (
    ADDRESS,
    ENVIRONMENT_ACCOUNT,
    account_from_environment,
)
from tuimail.settings.files import read_toml
from tuimail.settings.places import Place, lines_of
from tuimail.settings.variables import OF_OAUTH, PREFIX, key_of
from tuimail.workspace.stores import Stores

DEFAULT: Final = "default"
"""Where a setting comes from that nobody made."""
ONLY_ONE: Final = "the only account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One setting, what it is, and who says so."""

    key: str
    """As in a file: ``host``, ``oauth.client_id``, ``identities[2].address``."""
    value: str
    """Never a secret, only where one is."""
    source: str
    """``PATH:LINE``, the name of a variable, or ``default``."""


def origins(stores: Stores, account: AccountSettings) -> tuple[Origin, ...]:
    """Return every setting of ``account`` with where it came from.

    Raises:
        ConfigurationError: A file cannot be read any more.
    """
    files = _Files(stores)
    find = files.variable if account.name == ENVIRONMENT_ACCOUNT else files.line
    said = dict(_leaves(account_table(account)))
    found = [
        Origin(key=".".join(place), value=str(value), source=find(account.name, place))
        for place, value in said.items()
    ]
    unsaid = [
        Origin(key=key, value=str(getattr(account, key)), source=DEFAULT)
        for key in _WITH_DEFAULTS
        if (key,) not in said
    ]
    is_default = account.name == stores.config.default_account
    chosen = [Origin(key="default_account", value=account.name, source=files.default())]
    return (*found, *unsaid, *(chosen if is_default else ()))


_WITH_DEFAULTS: Final = (
    "noninteractive_send", "on_unknown", "connections", "messages_per_connection",
)  # fmt: skip


class _Files:
    """Both files and the environment, to look things up in."""

    def __init__(self, stores: Stores) -> None:
        settings = stores.settings
        self._environ = stores.environ
        self._lines = {
            path: _lines(path)
            for path in (settings.config_path, settings.accounts_path)
        }

    def line(self, name: str, place: Place) -> str:
        """Return the file and the line on which an account says something."""
        return self._found(("accounts", name, *place))

    def variable(self, _name: str, place: Place) -> str:
        """Return the variable by which the account of the environment says it."""
        table = account_from_environment(self._environ)
        names = table.elsewhere if table else {}
        key = place[0].partition("[")[0]
        of_oauth = {key_of(one.name): one.name for one in OF_OAUTH}
        if key == "oauth":
            return of_oauth["_".join(place)]
        return names.get(key, DEFAULT)

    def default(self) -> str:
        """Return who says which account is the default."""
        for name in (f"{PREFIX}DEFAULT_ACCOUNT", ADDRESS):
            if name in self._environ:
                return name
        return self._found(("default_account",)) or ONLY_ONE

    def _found(self, place: Place) -> str:
        for path, lines in self._lines.items():
            if place in lines:
                return f"{path}:{lines[place]}"
        return ""


def _lines(path: Path) -> dict[Place, int]:
    """Return where everything stands in a file; nothing where there is none."""
    read_toml(path)
    with suppress(FileNotFoundError):
        return lines_of(path.read_text("utf-8"))
    return {}


def _leaves(table: Mapping[str, Any]) -> Iterator[tuple[Place, object]]:
    """Yield what is said, and where within the account's table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from (((key, *place), one) for place, one in _leaves(value))
        elif isinstance(value, list):
            for number, inside in enumerate(value, start=1):
                for place, one in _leaves(inside):
                    yield (f"{key}[{number}]", *place), one
        else:
            yield (key,), value
