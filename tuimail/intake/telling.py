"""What programs are told of errors that are their owner's to mend. Pure.

An owner is told which file on which disk, and what to type. A program can do
nothing with either, and whoever reads its logs is not to learn where mail is kept.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.errors import (
    ConfigurationError,
    FullDiskError,
    ReadOnlyWorkspaceError,
    StoreError,
    TuimailError,
    WorkspaceBusyError,
)


def for_programs(error: TuimailError) -> TuimailError:
    """Return ``error`` as programs are told it: of the same kind, with no path.

    What is about something that the program said is told as it is.
    """
    if isinstance(error, ConfigurationError):
        return error if error.field in _SAID else _told(error, _SETTINGS)
    if not isinstance(error, StoreError):
        return error
    words = (words for kind, words in _STORE.items() if isinstance(error, kind))
    return _told(error, next(words))


def _told(error: TuimailError, words: tuple[str, str]) -> TuimailError:
    sentence, hint = words
    return type(error)(sentence, hint=hint)


_SAID: Final = frozenset({"account", "from", "provider"})
"""Fields that programs fill in, and that the configuration may not go with."""
_SETTINGS: Final = (
    "The workspace is not set up so that mail can be taken.",
    "Tell its owner, and try again later.",
)
_STORE: Final[Mapping[type[StoreError], tuple[str, str]]] = {
    WorkspaceBusyError: (
        "The workspace is busy; nothing was taken.",
        "Try again in a moment.",
    ),
    FullDiskError: (
        "There is no room for mail now; nothing was taken.",
        "Try again later; its owner has to make room.",
    ),
    ReadOnlyWorkspaceError: (
        "Mail can be looked at now, and not be taken.",
        "Try again later; its owner has to open it to be written.",
    ),
    StoreError: (
        "The workspace cannot be used now, and whether it was stored is not certain.",
        "Try again later, under the same key; tell its owner.",
    ),
}
"""The first that fits."""
