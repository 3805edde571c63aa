"""The desk for proofs: what mail that is being written would become as it stands.

A proof is made in memory, for looking at, and stored nowhere; nobody can approve or
send one. Files are left out of it, as nobody waits for them at each key.
"""

from typing import Final

from tuimail.core import compose
from tuimail.core.address import Address, wire_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.core.values import dataclass, replace
from tuimail.workspace.checking import findings
from tuimail.workspace.stores import Stores

MOST_CHARACTERS: Final = 200_000
"""Of both parts; longer mail is looked at when somebody asks for it."""
MOST_BYTES: Final = 5_000_000
"""Of files; with more, the checks wait until somebody asks for them."""
_NOBODY: Final = Address(local="nobody", domain="invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a mail would become. Everything in it is untrusted."""

    raw: bytes
    """The message without its files; empty where it was not made."""
    why_not: str = ""
    """Why it was not."""
    findings: tuple[Finding, ...] | None = None
    """What was noticed, the worst first; None where nobody looked."""


class ProofDesk:
    """Makes proofs."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def proof(self, draft: Draft) -> Proof:
        """Return what ``draft`` would become."""
        if len(draft.body.text) + len(draft.body.html) > MOST_CHARACTERS:
            return Proof(raw=b"", why_not="It is too long to be shown at each key.")
        return Proof(raw=self._rendered(draft), findings=self._noticed(draft))

    def _rendered(self, draft: Draft) -> bytes:
        """Return the message; one that is for nobody yet names nobody."""
        bcc = draft.bcc if draft.recipients else (_NOBODY,)
        alone = replace(draft, attachments=(), bcc=bcc)
        domain = wire_address(draft.sender).rpartition("@")[2]
        plan = compose.plan(
            alone,
            message_id=f"<not-sent-yet@{domain}>",
            date=self._stores.clock.now().replace(microsecond=0),
        )
        return b"".join(compose.render(plan, read=self._stores.blobs.read))

    def _noticed(self, draft: Draft) -> tuple[Finding, ...] | None:
        if sum(one.size_bytes for one in draft.attachments) > MOST_BYTES:
            return None
        return findings(self._stores, draft, None)
