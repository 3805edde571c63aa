"""The panes by name: each is loaded and made when it is first shown, and stays."""

from collections.abc import Mapping
from typing import Final

from tuimail.tui import on_demand
from tuimail.tui.screens.pane import PaneScreen

CALLED: Final[Mapping[str, str]] = {
    "review": "ReviewScreen",
    "outbox": "OutboxScreen",
    "sent": "SentScreen",
    "drafts": "DraftsScreen",
    "compose": "ComposeScreen",
    "accounts": "AccountsScreen",
    "account": "SetUpScreen",
}
"""The screen that each is, of ``on_demand``."""


class Panes(dict[str, PaneScreen]):
    """Those that were made; asking for another one makes it."""

    def __missing__(self, name: str) -> PaneScreen:
        """Make a pane, and keep it.

        Raises:
            KeyError: No pane is called so.
        """
        pane: PaneScreen = getattr(on_demand, CALLED[name])()
        self[name] = pane
        return pane
