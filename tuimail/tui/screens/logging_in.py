"""Boxes that ask for a password again, or for how to sign in, and wait for that.

A password is in its field until Enter, and then nowhere here: it is handed out
once, and the field is emptied.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tuimail.errors import TuimailError
from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.login_pages import WAYS
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.signing_in import SignIn, Way


class PasswordScreen(Over[str]):
    """Asks for the password of an account that has another one by now."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PASSWORD)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PASSWORD,)

    def __init__(self, name: str, *, said: str = "") -> None:
        """Ask for the password of an account.

        Args:
            name: What it is called.
            said: What its server said to the last one; untrusted.
        """
        super().__init__()
        self._account = name
        self._said = said

    @property
    def title_text(self) -> str:
        return f"Log in again: {wording.line(self._account)}"

    def content(self) -> ComposeResult:
        yield Facts()
        yield PlainField("", id="secret", password=True, compact=True)

    def on_mount(self) -> None:
        self.has_fields(has_fields=True)
        text = (
            "Its password. It is tried first, and goes into the keyring only if the "
            "server takes it; until then the old one stays."
        )
        said = [Paragraph(text=wording.line(self._said), kind=Kind.BLOCK)]
        shown = [*(said if self._said else ()), Paragraph(text=text)]
        self.query_one(Facts).show(shown)
        self.query_one("#secret", Input).focus()

    def action_take(self) -> None:
        field = self.query_one("#secret", PlainField)
        field.settle()
        typed, field.value = field.value, ""
        if typed:
            self.dismiss(typed)
        else:
            self.complain("Nothing was typed.")

    @on(PlainField.TooMany)
    def _say_too_many(self, message: PlainField.TooMany) -> None:
        self.complain(
            f"{message.count} lines were pasted, and nothing of them was taken."
        )


class WayScreen(Over[Way]):
    """Asks how a person wants to sign in."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WAY)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.WAY, Scope.PICKS)

    def __init__(self, name: str, ways: Sequence[Way]) -> None:
        super().__init__()
        self._account = name
        self._ways = ways

    @property
    def title_text(self) -> str:
        return f"Sign in again: {wording.line(self._account)}"

    def content(self) -> ComposeResult:
        yield Picks([Choice(key=one.value, text=WAYS[one]) for one in self._ways])

    def on_mount(self) -> None:
        self.query_one(Picks).focus()

    @on(Picks.Taken)
    def action_take(self) -> None:
        self.dismiss(Way(self.query_one(Picks).key))


class SignInScreen(Over[bool]):
    """Waits while a person signs in elsewhere; Escape waits no more."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WAY)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.WAY,)
    TITLE_TEXT = "Sign in"

    def __init__(self, sign_in: SignIn) -> None:
        super().__init__()
        self._sign_in = sign_in
        self.is_left = False
        """Whether the person waits no more."""

    def content(self) -> ComposeResult:
        yield Facts()
        if self._sign_in.way is Way.PASTE:
            yield PlainField("", id="pasted", compact=True)

    def on_mount(self) -> None:
        self.query_one(Facts).show(_how(self._sign_in))
        for field in self.query("#pasted").results(Input):
            self.has_fields(has_fields=True)
            field.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_pasted = self._sign_in.way is Way.PASTE
        return (action != "take" or is_pasted) and super().check_action(
            action, parameters
        )

    def action_take(self) -> None:
        field = self.query_one("#pasted", PlainField)
        field.settle()
        try:
            self._sign_in.paste(field.value.strip())
        except TuimailError as error:
            self.complain(wording.line(f"{error} {error.hint}"))

    def action_keep(self) -> None:
        self.is_left = True
        self._sign_in.cancel()
        super().action_keep()


def _how(sign_in: SignIn) -> tuple[Paragraph, ...]:
    """Return what the person does where."""
    if sign_in.way is Way.DEVICE:
        url = wording.line(sign_in.verification_url)
        return (
            Paragraph(text=f"Open {url} on any device, and type there:"),
            Paragraph(text=""),
            Paragraph(text=wording.line(sign_in.user_code), kind=Kind.HEADING),
            *_BY_ITSELF,
        )
    where = (
        Paragraph(text="Sign in with a browser at this address:"),
        Paragraph(text=wording.line(sign_in.url), kind=Kind.HEADING),
    )
    if sign_in.way is Way.BROWSER:
        return (*where, *_BY_ITSELF)
    paste = "It ends at a page that cannot be shown. Paste that page's address here."
    return (*where, Paragraph(text=""), Paragraph(text=paste, kind=Kind.MUTED))


_BY_ITSELF: Final = (
    Paragraph(text=""),
    Paragraph(text="This goes on by itself afterwards.", kind=Kind.MUTED),
)
