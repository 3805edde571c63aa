"""What every word of the dialogue works with."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tuimail.cli.linear.hints import in_dialogue
from tuimail.cli.linear.keyboard import Keyboard
from tuimail.cli.linear.numbers import Numbers
from tuimail.cli.linear.voice import Voice
from tuimail.core.values import dataclass, field
from tuimail.errors import TuimailError, UsageError
from tuimail.tui.whys import HERE, Around
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.asking import Sends

LISTEN_SECONDS: Final = 0.5
"""How often other things are looked after while somebody may type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What of a mail was read here."""

    revision: int
    release_digest: str


@dataclass(slots=True, kw_only=True)
class Session:
    """One dialogue."""

    workspace: Workspace
    sender: "Sends"
    voice: Voice
    keyboard: Keyboard
    now: Callable[[], datetime]
    ask_pin: Callable[[str], str | None]
    """Has a PIN typed unseen; None where nobody types one."""
    ends: Callable[[], bool] = lambda: False
    """Whether the machine asks for an end."""
    numbers: Numbers = field(default_factory=Numbers)
    looked: dict[str, Looked] = field(default_factory=dict)
    """By id."""
    known: dict[str, Row] = field(default_factory=dict)
    """What was said of mails that wait, by id: how they stood then."""
    signer: str = ""
    """Name of the reviewer who signed last; never a PIN."""
    more: Callable[[], None] | None = None
    """Goes on with what was too long to be said at once."""
    is_over: bool = False
    patience: float | None = 2.0
    """Seconds to wait at the end for what was begun; None for as long as it takes."""

    @property
    def undo(self) -> timedelta:
        """How long a release can be taken back."""
        return self.workspace.config.undo

    @property
    def around(self) -> Around:
        """What is known beside the mails themselves."""
        return Around(
            sender=self.sender.state or HERE,
            undo_key="undo",
            obstacles={one.account: one for one in self.workspace.queue.obstacles()},
            under_way=self.sender.watch.under_way,
        )

    def done(self, row: Row, words: str) -> None:
        """Say what somebody did here with a mail; it is no news then."""
        self.known[row.id] = row
        self.sender.wake()
        self.voice.say(f"{self.numbers.of(row.id)} {words}.")

    def ask(self, question: str) -> str:
        """Return what is typed after ``question``, maybe nothing.

        Raises:
            UsageError: It was typed before the question, or with other lines, or the
                line broke: that is no answer, not even an empty one.
        """
        early = self.keyboard.note_early()
        if not early:
            self.voice.ask(question)
        while not (early or self.keyboard.is_ended or self.ends()):
            typed = self.keyboard.hear(LISTEN_SECONDS)
            if typed is not None and typed.is_alone:
                return typed.text.strip()
            early = typed is not None
        if early:
            raise self.too_quick()
        raise UsageError("Nobody answered, so nothing was done.")

    def line(self, question: str) -> str:
        """Return a line that decides nothing: it may be pasted, or typed early."""
        if question:
            self.voice.ask(question)
        while not (self.keyboard.is_ended or self.ends()):
            typed = self.keyboard.hear(LISTEN_SECONDS)
            if typed is not None:
                return typed.text
        return ""

    def agreed(self, question: str) -> bool:
        """Return whether ``question`` is answered by the whole word yes."""
        return self.ask(f"{question} Type yes, or nothing to leave it:") == "yes"

    def too_quick(self) -> UsageError:
        """Return the refusal of what cannot have been meant; the rest of it is gone."""
        self.keyboard.forget()
        return UsageError(
            "That was typed too quickly, or came with other lines: nothing was done.",
            hint="Wait for the prompt, and type it again, on a line of its own.",
        )

    def complain(self, error: TuimailError) -> None:
        """Say what went wrong, and what can be typed here."""
        said = (str(error), error.hint)
        self.voice.say(*(in_dialogue(one, self.numbers) for one in said if one))

    def page(self, draft_id: str) -> Page:
        """Return everything about one mail."""
        return self.workspace.drafts.page(draft_id)
