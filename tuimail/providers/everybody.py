"""One answer for everybody, from ways out that give no other. Pure."""

from datetime import timedelta

from tuimail.core.message import Envelope
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts


def told_to_all(
    envelope: Envelope,
    kind: VerdictKind,
    *,
    receipt: Receipt,
    server: str,
    is_bad_address: bool = False,
    wait: timedelta | None = None,
) -> Verdicts:
    """Return the same verdict for everybody in ``envelope``.

    Args:
        envelope: Whom the attempt was for.
        kind: What they are told.
        receipt: What was said.
        server: Who said it, for people.
        is_bad_address: Whether it was refused because there is no such mailbox.
        wait: How long to let it rest before the next attempt.
    """
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=recipient.wire_address,
                kind=kind,
                receipt=receipt,
                is_bad_address=is_bad_address,
                wait=wait,
            )
            for recipient in envelope.recipients
        ),
        server=server,
    )
