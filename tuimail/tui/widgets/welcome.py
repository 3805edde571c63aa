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
    ("welcome.demo", "try the demo, with a mail server inside"),
    ("pane.new", "write a mail, to be sent later"),
    ("app.help", "show all keys"),
    ("app.quit", "leave"),
)


class Welcome(Middle, can_focus=True):
    """Says that there is no account yet, and what can be done about it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WELCOME)]
    DEFAULT_CSS = """
    Welcome { display: none; width: 1fr; height: 1fr; padding: 0 2; }
    Welcome > Static { width: 1fr; height: auto; }
    Welcome #welcome-title { text-style: bold; color: $primary; margin: 0 0 1 0; }
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
        for id_, text in _ROWS:
            key = named(id_, self._changed).rjust(_KEY_CELLS)
            line = Content.assemble((key, "bold $accent"), f"  {text}")
            yield Static(line, markup=False)

    def action_add_account(self) -> None:
        self.post_message(self.Wanted(self, "account"))

    def action_demo(self) -> None:
        self.post_message(self.Wanted(self, "demo"))


_KEY_CELLS: Final = 6
