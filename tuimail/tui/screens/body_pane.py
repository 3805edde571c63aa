"""The body of a mail being written: its editor, one's own, Markdown, how it looks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from textual import events, on
from textual.timer import Timer

from tuimail.errors import TuimailError
from tuimail.settings.compose import ComposeSettings
from tuimail.tui import wording
from tuimail.tui.editing import Typed
from tuimail.tui.keymap import named
from tuimail.tui.proofing import Proofed, finding, proofed
from tuimail.tui.screens.in_editor import CameBack, InEditor
from tuimail.tui.screens.writing import WritingPane
from tuimail.tui.spelling import LOOK_SECONDS, Speller
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.choosers import Choice
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.proof_view import ProofView
from tuimail.tui.widgets.spelling_line import SpellingLine

PROOF_SECONDS: Final = 0.3
"""After the first key that is not shown beside the fields."""
_NOTHING_YET: Final = "What becomes of it stands here as soon as you write."


class BodyPane(WritingPane):
    """A mail being written, by somebody who wants to see what becomes of it."""

    def __init__(self) -> None:
        super().__init__()
        self._in_editor = InEditor(self)
        self._for_editor = ""
        """Id of the draft with which to go to the person's own editor."""
        self._speller = Speller(self)
        self._spelling: Timer | None = None
        self._wishes = ComposeSettings()
        self._proofing: Timer | None = None
        self._proofed = ""
        """Id of the mail that is shown beside the fields."""

    def on_mount(self) -> None:
        self.ask(lambda ws: (ws.config.compose, ws.config_path), self._use)

    @property
    def sender(self) -> str:
        """From whom the mail is, as it is written; safe text."""
        return self.form.sender

    def way_of(self, sender: str) -> Choice | None:
        """Return how to send as ``sender``, whatever name stands there."""
        return self.form.way_of(sender)

    @property
    def shows_proof(self) -> bool:
        """Whether there is room beside the fields, and it is wanted there."""
        return self.is_mounted and self.query_one(ProofView).display

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.call_after_refresh(self._proof_soon)

    def edit_in_editor(self, draft_id: str, *, back_to: str) -> None:
        """Open a stored draft, and in it the person's own editor."""
        self._for_editor = draft_id
        self.edit(draft_id, back_to=back_to)

    def look_around(self) -> None:
        if self._for_editor == self.opened.id:
            self._in_editor.go()
        else:
            self._in_editor.look_for_what_was_left()
        self._for_editor = ""

    def action_beside(self) -> None:
        """Show beside the fields what becomes of them, or give them all the room."""
        self.toggle_class("-alone")
        self.call_after_refresh(self._proof_soon)

    def action_editor(self) -> None:
        self._in_editor.go()

    def action_spelling(self) -> None:
        self._speller.go_through()

    def action_markdown(self) -> None:
        """Take the text for Markdown, or for plain text again."""
        if self.form.typed.html.strip():
            self.complain(
                "It has an HTML part of its own, in the place of which the one made "
                f"from Markdown would come. Empty it first: {self._key('html')}"
            )
            return
        self.form.mark_down(is_markdown=not self.form.is_markdown)
        self._say_where()

    def action_other_part(self) -> None:
        if self.form.is_markdown:
            self.complain(
                "Its HTML part is made from the Markdown. "
                f"{self._key('preview')} shows it, {self._key('markdown')} ends that."
            )
            return
        self.form.other_part()
        self._say_where()

    @on(MailForm.Changed)
    @on(MailForm.Filled)
    def _proof_soon(self) -> None:
        """Show it in a moment, also while the typing goes on."""
        if self._proofing is None and self.shows_proof:
            self._proofing = self.set_timer(PROOF_SECONDS, self._proof)

    @on(MailForm.Changed)
    @on(MailForm.Filled)
    def _spell_soon(self) -> None:
        if self._spelling is None:
            self._spelling = self.set_timer(LOOK_SECONDS, self._spell)

    def _spell(self) -> None:
        self._spelling = None
        self._speller.look()

    def spelled(self) -> None:
        """Show what is known of the spelling by now."""
        self._say_where()
        if self.shows_proof:
            self.query_one(ProofView).add(tuple(map(finding, self._speller.findings)))

    def _facts(self) -> Iterator[str]:
        yield from super()._facts()
        if self._speller.count:
            yield f"{self._speller.count} misspelt ({self._key('spelling')})"

    @on(SpellingLine.Chosen)
    def _spelled_so(self, message: SpellingLine.Chosen) -> None:
        message.stop()
        self._speller.choose(message.text)

    @on(SpellingLine.Stepped)
    def _other_word(self, message: SpellingLine.Stepped) -> None:
        message.stop()
        self._speller.step(message.step)

    @on(SpellingLine.Accepted)
    def _word_is_right(self, message: SpellingLine.Accepted) -> None:
        message.stop()
        self._speller.accept(is_kept=message.is_kept)

    @on(SpellingLine.Closed)
    def _spelled_enough(self, message: SpellingLine.Closed) -> None:
        message.stop()
        self._speller.close()

    def _proof(self) -> None:
        self._proofing = None
        if self.shows_proof and self.is_blank:
            self._show_proof(Proofed(tabs=(), why_not=_NOTHING_YET, noticed=()))
        elif self.shows_proof:
            call = proofed(self.form.typed, self.opened)
            self.ask(call, self._show_proof, otherwise=self._no_proof, group="proof")

    def _show_proof(self, found: Proofed) -> None:
        is_same = self._proofed == self.opened.id
        self._proofed = self.opened.id
        self.query_one(ProofView).show(found, is_same=is_same)

    def _no_proof(self, error: TuimailError) -> None:
        why = wording.line(str(error))
        self._show_proof(Proofed(tabs=(), why_not=why, noticed=()))

    def on_came_back(self, message: CameBack) -> None:
        message.stop()
        self._in_editor.came_back(message)

    @on(BodyEditor.Complained)
    def _not_done(self, message: BodyEditor.Complained) -> None:
        message.stop()
        self.complain(message.sentence)

    @on(MailForm.TooLong)
    def _too_long(self, message: MailForm.TooLong) -> None:
        self.notice.say(
            f"The {message.part} part is too long to be edited here; "
            "the other fields are not.",
            hint=f"{self._key('editor')} opens it in your own editor.",
        )
        self.form.query_one("#subject").focus()

    def _signed(self, typed: Typed) -> Typed:
        """Begin a new mail as the person usually writes."""
        signed = super()._signed(typed)
        if self._wishes.markdown and not typed.html.strip():
            return replace(signed, is_markdown=True)
        return signed

    def _use(self, found: tuple[ComposeSettings, Path]) -> None:
        self._wishes, config = found
        self._speller.use(self._wishes.spelling, config)
        if not self.opened.id and self.is_blank:
            self._begin_anew()

    def _key(self, name: str) -> str:
        return named(f"compose.{name}", self.tuimail.changed_keys)
