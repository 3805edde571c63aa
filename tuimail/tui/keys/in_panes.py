"""Where keys are pressed in each pane: known before the pane is loaded.

Pure.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.tui.keys.key import Scope

_READING: Final = (
    Scope.LIST,
    Scope.READING,
    Scope.MAIL,
    Scope.TEXT,
    Scope.PANE,
    Scope.APP,
)
"""Where mails are listed, and one of them is read."""
IN_PANES: Final[Mapping[str, tuple[Scope, ...]]] = {
    "review": (Scope.REVIEW, *_READING),
    "outbox": (Scope.OUTBOX, *_READING),
    "sent": (Scope.SENT, *_READING),
    "drafts": (Scope.DRAFTS, *_READING),
    "compose": (
        Scope.COMPOSE,
        Scope.RECIPIENTS,
        Scope.ACCOUNTS,
        Scope.FILES,
        Scope.MAIL,
        Scope.TEXT,
        Scope.PANE,
        Scope.APP,
    ),
    "accounts": (Scope.WAYS_OUT, Scope.PICKS, Scope.TEXT, Scope.PANE, Scope.APP),
    "account": (
        Scope.SET_UP,
        Scope.PICKS,
        Scope.STEPPER,
        Scope.PANE,
        Scope.APP,
    ),
}
"""By the name of the pane, its own keys first."""
