"""Screens that are loaded when they are first shown.

Most people see few of them in a day, and each brings modules, widgets and styles
that the app would keep all the time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tuimail.tui.screens.accounts import AccountsScreen
    from tuimail.tui.screens.compose import ComposeScreen
    from tuimail.tui.screens.elsewhere import ElsewhereScreen
    from tuimail.tui.screens.help import MistakeScreen
    from tuimail.tui.screens.inside import InsideScreen
    from tuimail.tui.screens.keys_help import HelpScreen
    from tuimail.tui.screens.leaf import LeafScreen
    from tuimail.tui.screens.lists import DraftsScreen, OutboxScreen, SentScreen
    from tuimail.tui.screens.palette import PaletteScreen
    from tuimail.tui.screens.path import PathScreen
    from tuimail.tui.screens.picture import PictureScreen
    from tuimail.tui.screens.pipe import PipeScreen
    from tuimail.tui.screens.release import ReleaseScreen
    from tuimail.tui.screens.reroute import RerouteScreen
    from tuimail.tui.screens.review import ReviewScreen
    from tuimail.tui.screens.send_again import SendAgainScreen
    from tuimail.tui.screens.setting_up import SetUpScreen
    from tuimail.tui.screens.sign import SignScreen
    from tuimail.tui.screens.when import WhenScreen

MODULES: Final = {
    "AccountsScreen": "accounts",
    "ComposeScreen": "compose",
    "DraftsScreen": "lists",
    "ElsewhereScreen": "elsewhere",
    "HelpScreen": "keys_help",
    "InsideScreen": "inside",
    "LeafScreen": "leaf",
    "MistakeScreen": "help",
    "OutboxScreen": "lists",
    "PaletteScreen": "palette",
    "PathScreen": "path",
    "PictureScreen": "picture",
    "PipeScreen": "pipe",
    "ReleaseScreen": "release",
    "RerouteScreen": "reroute",
    "ReviewScreen": "review",
    "SendAgainScreen": "send_again",
    "SentScreen": "lists",
    "SetUpScreen": "setting_up",
    "SignScreen": "sign",
    "WhenScreen": "when",
}
"""The module under ``screens`` that each is defined in."""

__all__ = [
    "AccountsScreen",
    "ComposeScreen",
    "DraftsScreen",
    "ElsewhereScreen",
    "HelpScreen",
    "InsideScreen",
    "LeafScreen",
    "MistakeScreen",
    "OutboxScreen",
    "PaletteScreen",
    "PathScreen",
    "PictureScreen",
    "PipeScreen",
    "ReleaseScreen",
    "RerouteScreen",
    "ReviewScreen",
    "SendAgainScreen",
    "SentScreen",
    "SetUpScreen",
    "SignScreen",
    "WhenScreen",
]


if not TYPE_CHECKING:  # they would take any name for one that there is

    def __getattr__(name: str) -> object:
        """Return a screen's class, from where it is defined, and remember it."""
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"tuimail.tui.screens.{MODULES[name]}")
        found = globals()[name] = getattr(module, name)
        return found
