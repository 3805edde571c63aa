"""Hands in what ``sendmail`` was given: at the gate, as a program's mail.

Who runs it makes no difference. What cron, a shell or an agent pipes into it waits
for a person, like anything a program hands in.
"""

import socket
from collections.abc import Sequence
from typing import Final

from tuimail.core.address import Address, parse_address, wire_address, with_name
from tuimail.core.values import replace
from tuimail.errors import AddressError, NotComposableError, UsageError
from tuimail.intake.gate import Gate, Handing
from tuimail.intake.sendmail.message import prepared
from tuimail.intake.sendmail.names import Names, spec_of
from tuimail.intake.sendmail.words import Wishes
from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import DRAFT, OF_NOBODY, USUAL_PER_HOUR, Client
from tuimail.workspace.workspace import Workspace

DOOR: Final = "sendmail"


class SendmailDesk:
    """Takes whole messages for one workspace, from a program of this machine."""

    def __init__(self, workspace: Workspace, *, token: str = "") -> None:
        """Find out who hands in.

        Args:
            workspace: Where to.
            token: Of a client; empty for whoever runs ``sendmail``.

        Raises:
            AuthenticationError: The token is nobody's.
            ConfigurationError: There is no account.
        """
        self._gate = Gate(workspace)
        self._client = self._gate.client(token) if token else _somebody(workspace)
        config = workspace.config
        own = config.account(self._client.account).address
        if self._client.sender:
            own = parse_address(self._client.sender, field="from")
        self._names = Names(own=own, aliases=config.aliases, hosts=_hosts())

    def hand_in(self, raw: bytes, wishes: Wishes) -> Answer:
        """Store one message for review; on disk when it returns.

        Raises:
            TuimailError: It was not taken; nothing of it is kept.
        """
        recipients = tuple(
            one for item in wishes.recipients for one in self._addresses(item, "to")
        )
        # With -t, those who are named beside the header join the ones in it.
        message = prepared(
            raw,
            self._names,
            author=self._author(wishes),
            blind=recipients if wishes.takes_header else (),
        )
        try:
            return self._gate.hand_in_message(
                self._client,
                message,
                Handing(door=DOOR, note=wishes.note),
                envelope_to=() if wishes.takes_header else _wire(recipients),
                envelope_from=self._return_path(wishes),
                is_lenient=True,  # cron hears of nothing, and its words were lost
            )
        except NotComposableError as error:
            raise UsageError(
                "Nobody is named who is to get it, in its header either.",
                hint="Write To, Cc or Bcc into it, or name somebody after -t.",
                field="recipient",
            ) from error

    def _author(self, wishes: Wishes) -> Address:
        """Return whom it is from, where it does not say so itself."""
        found = self._names.own
        if wishes.sender.strip("<> ") and not self._names.is_here(
            spec_of(wishes.sender)
        ):
            found = parse_address(wishes.sender, field="from")
        return with_name(found, wishes.name, field="from") if wishes.name else found

    def _return_path(self, wishes: Wishes) -> str | None:
        if not wishes.sender:
            return None
        if not wishes.sender.strip("<> "):
            return ""
        return _wire(self._addresses(wishes.sender, "from"))[0]

    def _addresses(self, item: str, field: str) -> tuple[Address, ...]:
        spec = spec_of(item)
        if self._names.is_here(spec):
            return self._names.addresses(spec)
        try:
            return (replace(parse_address(item, field=field), name=""),)
        except AddressError as error:
            raise AddressError(
                str(error),
                hint="Write an address, or a name of this machine such as root.",
                field=field,
            ) from error


def _wire(addresses: Sequence[Address]) -> tuple[str, ...]:
    return tuple(map(wire_address, addresses))


def _somebody(workspace: Workspace) -> Client:
    """Return the client that whoever runs ``sendmail`` is."""
    return Client(
        name=OF_NOBODY,
        scopes=frozenset({DRAFT}),
        account="",
        sender="",
        per_hour=USUAL_PER_HOUR,
        added_at=workspace.clock.now(),
        revoked_at=None,
        last_characters="",
    )


def _hosts() -> tuple[str, ...]:
    """Return what this machine calls itself, without asking any other."""
    return (socket.gethostname().lower(),)
