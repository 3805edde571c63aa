"""Recipients while they are typed: who may be meant, and what is known of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from textual import on
from textual.timer import Timer

from tuimail.core.address import Address
from tuimail.core.contact import Contact
from tuimail.tui import wording
from tuimail.tui.keymap import filled
from tuimail.tui.screens.consenting import ConsentingPane
from tuimail.tui.widgets import chip_rows
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.suggestions import Suggestion
from tuimail.workspace import address_command
from tuimail.workspace.aside import aside
from tuimail.workspace.contacts import Remark
from tuimail.workspace.workspace import Workspace

TYPING_SECONDS: Final = 0.15
"""Another program is asked once nothing was typed for so long."""
REST_SECONDS: Final = 0.05
"""Between two steps of learning, so that whoever types never waits for it."""
_SHOWN_REJECTS: Final = 3
_HOW_TO_MEND: Final = (
    "{recipients.left} goes to one, {recipients.take} edits it, "
    "{recipients.delete} removes it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Who may be meant by a text, as the workspace knows."""

    contacts: tuple[Contact, ...]
    command: str
    """What another program is asked with, or empty."""


class AddressingPane(ConsentingPane):
    """A pane in which recipients are typed."""

    _is_learning = False
    _asking: Timer | None = None
    _known: tuple[Suggestion, ...] = ()
    """Who was offered last from one's own history."""

    def reload(self) -> None:
        super().reload()
        if not self._is_learning:
            self._is_learning = True
            self._learn()

    @on(AddressField.Wanted)
    def _wanted(self, message: AddressField.Wanted) -> None:
        message.stop()
        if self._asking is not None:
            self._asking.stop()
        if message.text:
            call = partial(offer, text=message.text, is_blind=message.field.is_blind)
            self.ask(call, partial(self._offered, message), group="completing")

    @on(AddressField.Forgotten)
    def _forgotten(self, message: AddressField.Forgotten) -> None:
        message.stop()
        address = message.address
        self.ask(
            lambda ws: ws.contacts.forget(address),
            lambda _: self._offered_no_more(message),
        )

    @on(AddressField.Rejected)
    def _rejected(self, message: AddressField.Rejected) -> None:
        message.stop()
        bad = message.texts
        shown = ", ".join(one[:40] for one in bad[:_SHOWN_REJECTS])
        more = f" and {len(bad) - _SHOWN_REJECTS} more" if bad[_SHOWN_REJECTS:] else ""
        verb = "is no address" if len(bad) == 1 else "are no addresses"
        self.notice.say(
            f"{len(bad)} of {message.count} {verb}: {shown}{more}.",
            hint=filled(_HOW_TO_MEND, self.tuimail.changed_keys),
        )

    @on(MailForm.Named)
    def _named(self, message: MailForm.Named) -> None:
        message.stop()
        texts = self.query_one(MailForm).named
        self.ask(lambda ws: ws.contacts.remarks(texts), self._remark, group="remarks")

    def _learn(self) -> None:
        self.ask(lambda ws: ws.contacts.learn(), self._learnt, is_awaited=False)

    def _learnt(self, is_more: bool) -> None:
        self._is_learning = is_more
        if is_more:
            self.set_timer(REST_SECONDS, self._learn)

    def _remark(self, remarks: Iterable[Remark]) -> None:
        known = {one.address: one for one in remarks}
        self.query_one(MailForm).remark(known)

    def _offered(self, message: AddressField.Wanted, found: Offer) -> None:
        now = self.tuimail.now()
        self._known = tuple(_of_history(one, now) for one in found.contacts)
        message.field.offer(message.text, self._known)
        if found.command:
            self._asking = self.set_timer(
                TYPING_SECONDS, partial(self._ask_program, message, found.command)
            )

    def _ask_program(self, message: AddressField.Wanted, command: str) -> None:
        ask = partial(address_command.ask, command, message.text)
        self._ask(
            partial(aside, ask),
            partial(self._answered, message, command),
            self.refused,
            "address-command",
        )

    def _answered(
        self,
        message: AddressField.Wanted,
        command: str,
        people: tuple[Address, ...],
    ) -> None:
        """Offer those whom another program knows below one's own."""
        own = {one.address.casefold() for one in self._known}
        program = wording.line(address_command.words(command)[0].rpartition("/")[2])
        further = [
            Suggestion(name=one.name, address=one.text, more=program, is_own=False)
            for one in people
            if one.text.casefold() not in own
        ]
        if further:
            message.field.offer(message.text, (*self._known, *further))

    def _offered_no_more(self, message: AddressField.Forgotten) -> None:
        self.tuimail.say(f"{wording.line(message.address)} is offered no more.")
        message.field.ask_again()


def offer(workspace: Workspace, *, text: str, is_blind: bool) -> Offer:
    """Return who may be meant by ``text``, and how to ask further."""
    return Offer(
        contacts=workspace.contacts.complete(text, is_blind=is_blind),
        command=workspace.config.compose.address_command,
    )


def _of_history(contact: Contact, now: datetime) -> Suggestion:
    return Suggestion(
        name=contact.name,
        address=contact.address,
        more=chip_rows.offered(contact, wording.age(contact.last_at, now)),
        is_own=True,
    )
