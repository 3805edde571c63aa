"""What a person configured: accounts, keys, theme; read strictly, merged.

``config.toml`` is the person's own file and is never written; what tuimail
writes itself, ``accounts.toml``, stands beside it. The environment beats both.
No secret is in any of them, only a reference to where it is.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tuimail.core.address import Address
from tuimail.core.draft import check_unsubscribe_url
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.errors import ConfigurationError, FieldError
from tuimail.settings.account import AccountSettings
from tuimail.settings.account_tables import account_table, read_account, read_accounts
from tuimail.settings.aliases import read_aliases
from tuimail.settings.compose import ComposeSettings, read_compose
from tuimail.settings.environment import (
    ADDRESS,
    ENVIRONMENT_ACCOUNT,
    SOURCE,
    account_from_environment,
    override,
)
from tuimail.settings.files import read_toml, write_toml
from tuimail.settings.keyboard import read_keys
from tuimail.settings.paths import accounts_path
from tuimail.settings.schema import Table, nearest

UNDO: Final = timedelta(seconds=10)
LONGEST_UNDO_SECONDS: Final = 3600
LONGEST_SHOWN: Final = 60
"""Characters that are repeated of a name that no account has."""
GLYPHS: Final = ("safe", "ascii", "full")
"""Signs of which every terminal knows the width; of ASCII only; all there are."""
MOTION: Final = ("full", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that was configured, from all places, checked."""

    accounts: tuple[AccountSettings, ...] = ()
    default_account: str = ""
    """Name of the account that is meant where none is named, or empty."""
    theme: str = ""
    undo: timedelta = UNDO
    """How long what was sent in the app can be taken back."""
    notify: bool = True
    """Whether the app tells notices beyond its own lines."""
    public_url: str = ""
    """Under which address programs elsewhere reach ``tuimail serve``, without a
    slash at its end; empty where they do not."""
    glyphs: str = ""
    """Which signs the app draws, of ``GLYPHS``; empty lets the terminal decide."""
    motion: bool = True
    """Whether anything moves or blinks by itself."""
    mouse: bool = True
    """Whether the app takes clicks, which the terminal would use to select."""
    key_preset: str = ""
    """Whose habits the keys follow, or empty."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key bindings changed by the person: id to keys."""
    key_places: Mapping[str, str] = field(default_factory=dict)
    """On which line of which file each of them stands."""
    key_file: Path | None = None
    """The file that has only keys; None where none is named."""
    key_problem: str = ""
    """Why that cannot be used, or empty."""
    aliases: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """Names of this machine, in lower case, and who is meant by them."""
    compose: ComposeSettings = field(default_factory=ComposeSettings)
    """How mail is written in the app."""
    source: Path | None = None
    """The ``config.toml`` that was looked for, whether or not it is there."""

    def account(self, name: str = "") -> AccountSettings:
        """Return the account called ``name``; the default one without a name.

        Raises:
            ConfigurationError: There is none; the text names those there are.
        """
        wanted = name or self.default_account
        for account in self.accounts:
            if account.name == wanted:
                return account
        raise self._no_account(wanted)

    def _no_account(self, wanted: str) -> ConfigurationError:
        names = [account.name for account in self.accounts]
        if not names:
            return ConfigurationError(
                "There is no account to send from yet.",
                hint="Add one: tuimail accounts add",
                field="account",
            )
        if not wanted:
            return ConfigurationError(
                "Several accounts exist and none is the default.",
                hint=f"Name one of: {', '.join(names)}.",
                field="account",
            )
        return ConfigurationError(
            f"There is no account “{_shown(wanted)}”.",
            hint=nearest(wanted, names),
            field="account",
        )


def _shown(name: str) -> str:
    """Return what somebody took for a name, with nothing in it that acts."""
    return repr(name[:LONGEST_SHOWN])[1:-1]


def load(config_path: Path, environ: Mapping[str, str]) -> Config:
    """Return what is configured in ``config_path``, beside it, and in ``environ``.

    A missing file is an empty one.

    Raises:
        ConfigurationError: Anything that is not understood; the text names the
            file and the key, the hint what may stand there.
    """
    own = Table(source=str(config_path), values=read_toml(config_path))
    own.refuse_unknown(_CONFIG_KEYS)
    written_path = accounts_path(config_path)
    written = Table(source=str(written_path), values=read_toml(written_path))
    written.refuse_unknown(_ACCOUNTS_KEYS)
    accounts = _accounts(own, written, environ)
    top = override(own, environ)
    keyboard = read_keys(own, config_path)
    return Config(
        accounts=accounts,
        default_account=_default(top, written, accounts),
        theme=top.text("theme", default=""),
        undo=timedelta(seconds=_undo_seconds(top)),
        notify=top.switch("notify", default=True),
        public_url=_public_url(top),
        glyphs=_glyphs(top),
        motion=top.choice("motion", allowed=MOTION, default=MOTION[0]) == MOTION[0],
        mouse=top.switch("mouse", default=True),
        key_preset=keyboard.preset,
        keys=keyboard.changed,
        key_places=keyboard.places,
        key_file=keyboard.file,
        key_problem=keyboard.problem,
        aliases=read_aliases(own.table("aliases")),
        compose=read_compose(own.table("compose")),
        source=config_path,
    )


def save_accounts(
    path: Path, accounts: Iterable[AccountSettings], default: str
) -> None:
    """Write ``accounts.toml`` anew: durable, whole or not at all, mode 0600.

    What is to be written is read first: a file that nobody can read any more
    would keep every verb from working.

    Raises:
        ConfigurationError: The disk refuses, or what would stand there could not
            be read; the old file is as it was.
    """
    import tomllib  # noqa: PLC0415 - for a change only

    import tomli_w  # noqa: PLC0415 - the same

    document: dict[str, Any] = {"default_account": default} if default else {}
    document["accounts"] = {
        account.name: account_table(account) for account in accounts
    }
    written = Table(source=str(path), values=tomllib.loads(tomli_w.dumps(document)))
    read_accounts(written, is_ours=True)
    write_toml(path, document)


def load_accounts(path: Path) -> tuple[AccountSettings, ...]:
    """Return what ``accounts.toml`` at ``path`` holds, for changing it.

    Accounts of ``config.toml`` and of the environment are not among them, so
    that ``save_accounts`` copies nothing out of the person's own file.
    """
    written = Table(source=str(path), values=read_toml(path))
    written.refuse_unknown(_ACCOUNTS_KEYS)
    return read_accounts(written)


_CONFIG_KEYS: Final = (
    "accounts", "aliases", "compose", "default_account", "glyphs", "keys", "motion",
    "mouse", "notify", "public_url", "theme", "undo_seconds",
)  # fmt: skip
_ACCOUNTS_KEYS: Final = ("accounts", "default_account")
_PUBLIC_URL: Final = regex(r"https://[A-Za-z0-9.:-]{1,100}(?:/[\w.~-]{1,50}){0,4}")
"""Short enough for whatever follows it in a link."""


def _accounts(
    own: Table, written: Table, environ: Mapping[str, str]
) -> tuple[AccountSettings, ...]:
    found = (*read_accounts(own), *read_accounts(written))
    names = [account.name for account in found]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(
                f"The account “{name}” is in {own.source} and in {written.source}.",
                hint="Remove it from one of them.",
                field="accounts",
            )
    table = account_from_environment(environ)
    if table is None:
        return found
    if ENVIRONMENT_ACCOUNT in names:
        raise ConfigurationError(
            f"The account “{ENVIRONMENT_ACCOUNT}” is in a file and in {SOURCE}.",
            hint=f"Call it otherwise in the file, or unset the variables: unset "
            f"{ADDRESS}",
            field="accounts",
        )
    return (*found, read_account(ENVIRONMENT_ACCOUNT, table))


def _default(top: Table, written: Table, accounts: tuple[AccountSettings, ...]) -> str:
    chosen = top if "default_account" in top.values else written
    name = chosen.text("default_account", default="")
    names = [account.name for account in accounts]
    if name and name not in names:
        raise chosen.error(
            "default_account",
            f"is “{name[:40]}”, which is no account",
            hint=nearest(name, names),
        )
    return name or (names[0] if len(names) == 1 else "")


def _undo_seconds(top: Table) -> int:
    return top.number(
        "undo_seconds",
        default=int(UNDO.total_seconds()),
        lowest=0,
        highest=LONGEST_UNDO_SECONDS,
    )


def _public_url(top: Table) -> str:
    url = top.text("public_url", default="").rstrip("/")
    if url and not _is_public(url):
        raise top.error(
            "public_url",
            f"is “{url[:60]}”, which programs elsewhere cannot ask in safety",
            hint="Write https://mail.example.org, with a path below it if need be.",
        )
    return url


def _is_public(url: str) -> bool:
    try:
        check_unsubscribe_url(url)
    except FieldError:
        return False
    return _PUBLIC_URL.fullmatch(url) is not None


def _glyphs(top: Table) -> str:
    if "glyphs" not in top.values:
        return ""
    return top.choice("glyphs", allowed=GLYPHS, default="")
