"""What a page is made of: notes, fields, choices; and what it shows beside.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tuimail.settings.discovery.found import Asked, Found, Preset
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.signing_in import SignIn, Way
from tuimail.workspace.views import Row

OTHER: Final = "other"
SERVICE: Final = "service"
AGAIN: Final = "again"
DEMO: Final = "demo"
FIND: Final = "find"
YES: Final = "yes"
NO: Final = "no"
RETRY: Final = "retry"
PASSWORD: Final = "password"  # noqa: S105 - a word, not a password
SERVER: Final = "server"
HOLD: Final = "hold"
SAVE: Final = "save"
DROP: Final = "drop"


class View(StrEnum):
    """Which page is shown."""

    PARTS = "parts"
    """What of an account that is there is to be changed."""

    ADDRESS = "address"
    """Whom mail is from."""
    LOOKING = "looking"
    """The server is looked for."""
    SERVER = "server"
    """One of those that were found is chosen."""
    TYPED = "typed"
    """A server is named by the person."""
    SERVICES = "services"
    """One of the services that tuimail knows is chosen."""
    ASKED = "asked"
    """What only the person knows of the way out."""
    CONSENT = "consent"
    """A yes to a server that is not the provider's."""
    KEYRING = "keyring"
    """The keyring is asked whether it is there; somebody may have to unlock it."""
    LOGIN = "login"
    """The password, or how to sign in."""
    SIGNING_IN = "signing in"
    """The person signs in at a service."""
    TESTING = "testing"
    """Logging in with what is kept."""
    FAILED = "failed"
    """That went wrong."""
    IDENTITY = "identity"
    """What people see of the sender."""
    HABITS = "habits"
    """Who else may send."""
    MAIL = "mail"
    """Whether a mail to oneself is wanted."""
    MAILED = "mailed"
    """What became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several answers."""

    key: str
    text: str
    """Safe text."""
    more: str = ""
    """What stands behind it, dimly; safe text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line to be filled in, or a choice on one line."""

    id: str
    label: str
    value: str = ""
    """Safe text; of a choice, its key."""
    help: str = ""
    choices: tuple[Choice, ...] = ()
    """Where there are some, nothing is typed."""
    is_secret: bool = False
    is_long: bool = False
    """Whether it takes several lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything below the title."""

    view: View
    notes: tuple[Paragraph, ...] = ()
    fields: tuple[Field, ...] = ()
    choices: tuple[Choice, ...] = ()
    """What Enter takes; without any, what the fields say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page shows beside the answers."""

    asks_for: View | None = None
    """A page that the person went to aside."""
    looked: tuple[Asked, ...] = ()
    """What has answered so far."""
    reached: tuple[str, ...] = ()
    """Which stages the test has reached, in order."""
    services: Sequence[Preset] = ()
    known_for: Found | None = None
    """The way out about whose login the following is known."""
    problem: str = ""
    """Why the keyring cannot be used."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What stands in the fields now; never a secret."""
    ways: tuple[Way, ...] = ()
    """How the person can sign in."""
    where_to_register: str = ""
    token_file: str = ""
    has_entry: bool = False
    """Whether the keyring has something under the account's name already."""
    sign_in: SignIn | None = None
    undo_seconds: int = 0
    has_default: bool = False
    is_far: bool = False
    """Whether a browser on this machine is of no use to the person."""
    row: Row | None = None
    """The mail to oneself as it was read last."""

    def hearing(self, what: Asked | str) -> "Around":
        """Return the same with a source that answered, or a stage that was reached."""
        if isinstance(what, str):
            return replace(self, reached=(*self.reached, what))
        return replace(self, looked=(*self.looked, what))
