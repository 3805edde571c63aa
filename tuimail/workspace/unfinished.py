"""An account that is being set up, kept on disk so that it can be gone on with.

Beside ``accounts.toml``, for this user only, and whole or not at all. Whoever
sets an account up holds a lock meanwhile; a second one at the same time works,
and keeps nothing, so that it cannot destroy what the first one keeps.
"""

import contextlib
import fcntl
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tuimail.errors import ConfigurationError, TuimailError
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.settings.files import (
    is_private,
    make_private_folder,
    read_toml,
    write_toml,
)
from tuimail.settings.oauth import oauth_table, read_oauth
from tuimail.settings.schema import Table
from tuimail.settings.secrets import check_reference
from tuimail.workspace.setting_up import Setup, Trial

NAME: Final = "accounts-unfinished.toml"
VERSION: Final = 1
"""Of what stands in the file; another one is not gone on with."""


class Unfinished:
    """The one file, and the lock of whoever uses it."""

    def __init__(self, path: Path, *, keeps: bool = True) -> None:
        """Take the lock, unless nothing is to be kept.

        Args:
            path: Where it is kept.
            keeps: False for changes to an account that is there already.
        """
        self._path = path
        lock = path.with_name(f"{path.name}.lock")
        self._lock = _locked(lock) if keeps else None

    @property
    def is_kept(self) -> bool:
        """Whether what is answered is kept; not while another wizard is at it."""
        return self._lock is not None

    def load(self) -> Setup:
        """Return what was answered the last time; nothing where that is no use."""
        return self._read() if self.is_kept else Setup()

    def name_elsewhere(self) -> str:
        """Return how the account is called that another wizard sets up now."""
        return "" if self.is_kept else self._read().name

    def keep(self, setup: Setup) -> None:
        """Keep ``setup``, or nothing once it is over.

        Raises:
            ConfigurationError: The disk refuses.
        """
        if not self.is_kept:
            return
        if setup.is_begun:
            write_toml(self._path, _document(setup))
        else:
            self.remove()

    def remove(self) -> None:
        """Keep nothing any more."""
        if self.is_kept:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let others go on with it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _read(self) -> Setup:
        """Return what stands there.

        Where it is damaged, open to others or of another version, it is as if
        nothing stood there.
        """
        with contextlib.suppress(OSError, TuimailError, *_NOT_OURS):
            if self._path.exists() and is_private(self._path):
                return _setup(read_toml(self._path))
        return Setup()


def _locked(path: Path) -> int | None:
    """Return the descriptor of the lock, or None while somebody else has it.

    Raises:
        ConfigurationError: The folder or the disk refuses.
    """
    try:
        make_private_folder(path.parent)
        descriptor = os.open(path, _LOCKING, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint=f"Look at the folder and the space left: ls -ld {path.parent}",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _document(setup: Setup) -> dict[str, Any]:
    plain = {key: getattr(setup, key) for key in (*_TEXTS, *_FLAGS)}
    document: dict[str, Any] = {"version": VERSION}
    document |= {key: value for key, value in plain.items() if value}
    if setup.login is not None:
        document["login"] = setup.login.value
    if setup.way is not None:
        document["way"] = _found_table(setup.way)
    if setup.tested is not None:
        document["tested"] = _plain(asdict(setup.tested))
    if setup.oauth is not None:
        document["oauth"] = oauth_table(setup.oauth)
    if setup.search is not None:
        document["search"] = {
            "found": [_found_table(one) for one in setup.search.found],
            "asked": [_plain(asdict(one)) for one in setup.search.asked],
        }
    return document


def _setup(document: Mapping[str, Any]) -> Setup:
    if document.get("version") != VERSION:
        return Setup()
    secret = _text(document, "secret")
    check_reference(secret)
    plain: dict[str, Any] = {key: _text(document, key) for key in _TEXTS}
    plain |= {key: document.get(key) is True for key in _FLAGS}
    return Setup(
        **plain,
        login=Login(document["login"]) if "login" in document else None,
        way=_found(document["way"]) if "way" in document else None,
        tested=_tested(document["tested"]) if "tested" in document else None,
        oauth=read_oauth(_table(document, "oauth")),
        search=_search(document["search"]) if "search" in document else None,
    )


def _found_table(found: Found) -> dict[str, Any]:
    return _plain(asdict(found))


def _found(table: Mapping[str, Any]) -> Found:
    logins = tuple(Login(one) for one in table["logins"])
    asks = tuple(map(str, table["asks"]))
    source = Source(table["source"])
    return Found(**{**table, "logins": logins, "asks": asks, "source": source})


def _tested(table: Mapping[str, Any]) -> Trial:
    return Trial(**{**table, "offers": tuple(map(str, table["offers"]))})


def _search(table: Mapping[str, Any]) -> Search:
    return Search(
        found=tuple(_found(one) for one in table["found"]),
        asked=tuple(
            Asked(**{**one, "source": Source(one["source"])}) for one in table["asked"]
        ),
    )


def _table(document: Mapping[str, Any], key: str) -> Table:
    return Table(source=NAME, values=document.get(key, {}), path=key)


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key, _DEFAULTS.get(key, ""))
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as TOML has them: words for members of enumerations."""
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, Source | Login):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain_value(one) for one in value]
    return value


_TEXTS: Final = (
    "address", "entry", "held_reason", "mail_id", "name", "noninteractive_send",
    "reply_to", "secret", "sender_name", "service", "signature",
)  # fmt: skip
_FLAGS: Final = (
    "has_agreed",
    "has_answered",
    "has_identity",
    "is_default",
    "is_ours",
    "is_saved",
)
_DEFAULTS: Final = {"noninteractive_send": "allow"}
_NOT_OURS: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What reading raises of a file that somebody else wrote, or another version."""
_LOCKING: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
