"""Where a conversation hands over a mail: the gate, behind the workspace's thread."""

from dataclasses import dataclass
from typing import Final, Protocol

from tuimail.intake.gate import REPORTED, Gate, Handing
from tuimail.intake.storing import Storing
from tuimail.workspace.clients import DRAFT
from tuimail.workspace.workspace import Workspace

DOOR: Final = "smtp"


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

        def store(workspace: Workspace) -> str:
            gate = Gate(workspace)
            answer = gate.hand_in_message(
                gate.client(token),
                mail.raw,
                Handing(door=DOOR, note=mail.note),
                envelope_to=mail.recipients,
                envelope_from=mail.sender,
            )
            return "" if answer.state == REPORTED else answer.id

        return await self._storing.together(store)
