"""Where a conversation hands over a mail: the gate, behind the workspace's thread."""

from typing import Final, Protocol

from tuimail.core.draft import Draft
from tuimail.core.values import dataclass
from tuimail.intake.gate import REPORTED, Gate, Handing
from tuimail.intake.storing import Storing
from tuimail.workspace.clients import DRAFT
from tuimail.workspace.workspace import Workspace

DOOR: Final = "smtp"
LONG_BYTES: Final = 65_536
"""From here on, a message is read beside what else there is to do: it may have many
files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One mail as a client handed it in: bytes and envelope."""

    raw: bytes
    sender: str
    """Of the envelope; empty for a report."""
    recipients: tuple[str, ...]
    note: str = ""


class Desk(Protocol):
    """What a conversation needs of the rest of tuimail."""

    @property
    def needs_login(self) -> bool:
        """Whether nobody is known before AUTH."""

    async def let_in(self, token: str) -> None:
        """Let the client of that token in.

        Raises:
            AuthenticationError: It is nobody's.
            NotAllowedError: It is not for handing in.
            StoreError: Nobody can say now.
        """

    async def hand_in(self, token: str, mail: Handed) -> str:
        """Return the id of the mail, once it is on disk; nothing for a report.

        Raises:
            TuimailError: It was not taken; nothing of it is kept.
        """


class GateDesk:
    """Asks at the gate, each time anew: a token that was revoked ends at once."""

    needs_login: Final = True

    def __init__(self, storing: Storing) -> None:
        self._storing = storing

    async def let_in(self, token: str) -> None:
        """Let the client of that token in."""

        def look(workspace: Workspace) -> None:
            gate = Gate(workspace)
            gate.require(gate.client(token), DRAFT)

        await self._storing.call(look)

    async def hand_in(self, token: str, mail: Handed) -> str:
        """Return the id of the mail, once it is on disk; nothing for a report."""
        one = _OfAClient(token=token, mail=mail)
        if len(mail.raw) < LONG_BYTES:
            return await self._storing.together(one.hand_in)
        return await self._storing.in_two(one.read, one.store)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfAClient:
    """One mail at the gate; who hands it in is found out at each step."""

    token: str
    mail: Handed

    def hand_in(self, workspace: Workspace) -> str:
        """Take it, a report as well."""
        gate = Gate(workspace)
        answer = gate.hand_in_message(
            gate.client(self.token),
            self.mail.raw,
            self._handing,
            envelope_to=self.mail.recipients,
            envelope_from=self.mail.sender,
        )
        return "" if answer.state == REPORTED else answer.id

    def read(self, workspace: Workspace) -> Draft | None:
        """Return what it says; None for a report."""
        gate = Gate(workspace)
        client = gate.client(self.token)
        gate.require(client, DRAFT)
        if gate.is_report(self.mail.raw):
            return None
        return gate.read_message(
            client,
            self.mail.raw,
            self._handing,
            envelope_to=self.mail.recipients,
            envelope_from=self.mail.sender,
        )

    def store(self, workspace: Workspace, draft: Draft | None) -> str:
        """Store what was read."""
        if draft is None:
            return self.hand_in(workspace)
        gate = Gate(workspace)
        return gate.store(gate.client(self.token), draft, self._handing).id

    @property
    def _handing(self) -> Handing:
        return Handing(door=DOOR, note=self.mail.note)
