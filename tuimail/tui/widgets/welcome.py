"""What stands in the place of mail before there is an account to send it from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Middle
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuimail.tui.keymap import bindings, named
from tuimail.tui.keys.key import Scope

_ROWS: Final = (
    ("welcome.add", "add an account: an address, a password, a test"),
    ("welcome.demo", "try the demo: agents' drafts, a mail server inside"),
    ("pane.new", "write a mail; a draft once there is an account"),
    ("app.help", "show all keys"),
    ("welcome.leave", "leave"),
)


_WHAT: Final = "Mail waits here, is looked at, and leaves through your own accounts."


class Welcome(Middle, can_focus=True):
    """Says that there is no account yet, and what can be done about it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WELCOME)]
    DEFAULT_CSS = """
    Welcome {
        display: none; width: 1fr; height: 1fr; padding: 0 2; align: center middle;
    }
    Welcome > Static { width: 1fr; max-width: 70; height: auto; }
    Welcome #welcome-title { text-style: bold; color: $primary; margin: 0 0 1 0; }
    Welcome #welcome-what { color: $text-muted; margin: 0 0 1 0; }
    .-short Welcome #welcome-what { display: none; }
    """

    @dataclass
    class Wanted(Message):
        """The person chose: ``account`` or ``demo``."""

        welcome: "Welcome"
        what: str

    def __init__(self, changed: Mapping[str, str]) -> None:
        super().__init__()
        self._changed = changed

    def compose(self) -> ComposeResult:
        yield Static("No account yet.", id="welcome-title", markup=False)
        yield Static(_WHAT, id="welcome-what", markup=False)
        for id_, text in _ROWS:
            key = named(id_, self._changed).rjust(_KEY_CELLS)
            line = Content.assemble((key, "bold $accent"), f"  {text}")
            yield Static(line, markup=False)

    def action_add_account(self) -> None:
        self.post_message(self.Wanted(self, "account"))

    def action_demo(self) -> None:
        self.post_message(self.Wanted(self, "demo"))


_KEY_CELLS: Final = 3
