"""The desk for addresses that get no mail any more; asked before any mail leaves.

Asked when a mail is approved, when it is released, and again when it is about to
leave: in between somebody may have unsubscribed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tuimail.core import compose
from tuimail.core.address import Address, parse_address, wire_address
from tuimail.core.characters import describe, not_in_a_line
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.message import Envelope, EnvelopeRecipient, Role
from tuimail.core.service import Category
from tuimail.core.submission import OPEN_RECIPIENTS, Recipient
from tuimail.core.suppression import Scope, Source, key_of, stops
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, NotFoundError, SuppressedError
from tuimail.store.suppressions import SuppressionRow
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

if TYPE_CHECKING:
    from tuimail.store.reports import ReportRow
    from tuimail.store.submissions import SubmissionRow

LONGEST_REASON: Final = 500
_WHY: Final[Mapping[Source, str]] = {
    Source.PERSON: "a person put it on the list",
    Source.UNSUBSCRIBE: "whoever reads it unsubscribed",
    Source.REPORT: "a server reported that there is no such mailbox",
}
"""What programs are told, too: nothing of a person's own words."""
_HINT: Final = (
    "Leave it out, or, if it is to get mail again: tuimail suppress remove ADDRESS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One address that gets no mail, or no bulk mail."""

    address: str
    scope: str
    """``all``, or ``bulk`` for mail of that category only."""
    reason: str
    """A person's words, or a server's: untrusted."""
    source: str
    """``person``, ``unsubscribe`` or ``report``."""
    draft_id: str
    """The mail that led to it, which may be gone; or empty."""
    actor: str
    at: datetime


class SuppressionDesk:
    """Adds to the list, takes off it, and shows it; for people."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def add(self, address: str, *, reason: str, scope: str = "all") -> Suppression:
        """Let an address get no mail from here any more.

        What was known about it before is replaced.

        Args:
            address: One mailbox.
            reason: Why, for whoever meets it later; may be empty.
            scope: ``all``, or ``bulk`` for mail of that category only.

        Raises:
            FieldError: The address, the reason or the scope cannot be.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        mailbox = parse_address(address, field="address")
        row = suppression_of(
            self._stores,
            mailbox,
            scope=_checked_scope(scope),
            reason=_checked_reason(reason),
            source=Source.PERSON,
        )
        return self._put(row)

    def add_reported(self, report_id: str, *, reason: str = "") -> Suppression:
        """Let whom a report is about get no mail any more.

        Args:
            report_id: Id of the report, as ``show`` prints it.
            reason: Why; what the server said, where it is empty.

        Raises:
            NotFoundError: There is no such report.
            FieldError: The report does not say that the mail never arrives.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        found = self._stores.reports.get(report_id)
        if found is None:
            raise NotFoundError(
                f"There is no report {report_id[:60]!r}.",
                hint="See what was reported about a mail: tuimail show ID",
                field="from-report",
            )
        report, about = found
        _refuse_unless_failed(report)
        row = SuppressionRow(
            key=key_of(about.wire_address),
            address=about.address,
            scope=Scope.ALL,
            reason=_checked_reason(reason) or _reported(report),
            source=Source.REPORT,
            draft_id=about.draft_id,
            actor=self._stores.acting.actor,
            at=self._stores.clock.now(),
        )
        return self._put(row)

    def remove(self, address: str) -> Suppression:
        """Let an address get mail again; return what was known about it.

        Raises:
            FieldError: It is no address.
            NotFoundError: It is not on the list.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        key = _key(parse_address(address, field="address"))
        with self._stores.database.transaction():
            found = self._found(key, address)
            self._stores.suppressions.remove(key, self._stores.clock.now())
        self._stores.afterwards(self._stores.kept_suppressions.keep)
        return _view(found)

    def list(self, *, limit: int = 100, before: str = "") -> tuple[Suppression, ...]:
        """Return the list, newest first.

        Args:
            limit: At most so many, 1 or more.
            before: The last address of the page before this one.

        Raises:
            FieldError: ``before`` is no address.
            NotFoundError: ``before`` is not on the list.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        last = None
        if before:
            last = self._found(_key(parse_address(before, field="before")), before)
        found = self._stores.suppressions.rows(limit=limit, before=last)
        return tuple(map(_view, found))

    def _put(self, row: SuppressionRow) -> Suppression:
        with self._stores.database.transaction():
            self._stores.suppressions.put(row)
        self._stores.afterwards(self._stores.kept_suppressions.keep)
        return _view(row)

    def _found(self, key: str, address: str) -> SuppressionRow:
        row = self._stores.suppressions.get(key)
        if row is None:
            raise NotFoundError(
                f"The address {address.strip()[:60]!r} is not suppressed.",
                hint="See who is: tuimail suppress list",
                field="address",
            )
        return row


def suppression_of(
    stores: Stores,
    mailbox: Address,
    *,
    scope: Scope,
    reason: str,
    source: Source,
    draft_id: str = "",
) -> SuppressionRow:
    """Return the row that whoever is acting would put on the list now."""
    return SuppressionRow(
        key=_key(mailbox),
        address=mailbox.text,
        scope=scope,
        reason=reason,
        source=source,
        draft_id=draft_id,
        actor=stores.acting.actor,
        at=stores.clock.now(),
    )


def require_unsuppressed(stores: Stores, draft: Draft, envelope: Envelope) -> None:
    """Refuse mail for somebody who gets none, or no bulk mail.

    Raises:
        SuppressedError: The field, the address and the reason are named; of
            several people, the first in the order of the envelope.
    """
    category = draft.service.category
    for recipient, row in _suppressed(stores, envelope.recipients, category):
        reason = f": {row.reason}" if row.reason else ""
        raise SuppressedError(
            f"{recipient.address} in {recipient.role.value} gets no {_what(row)} "
            f"any more, since {row.at:%Y-%m-%d}: {_WHY[row.source]}{reason}",
            hint=_HINT.replace("ADDRESS", recipient.address),
            field=recipient.role.value,
        )


def findings(stores: Stores, draft: Draft) -> Iterator[Finding]:
    """Find whom the mail could not be sent to; names nobody's own words."""
    if not draft.recipients or stores.suppressions.is_empty():
        return
    everybody = compose.envelope(draft).recipients
    for recipient, row in _suppressed(stores, everybody, draft.service.category):
        yield Finding(
            code="rcpt.suppressed",
            severity=Severity.BLOCK,
            field=recipient.role.value,
            message=f"{recipient.address} gets no {_what(row)} any more: "
            f"{_WHY[row.source]}. It cannot be approved like this.",
            hint="Leave the address out.",
            place=recipient.address[:PLACE_LIMIT],
        )


def unwanted(
    stores: Stores,
    rows: "Iterable[SubmissionRow]",
    everybody: Mapping[str, tuple[Recipient, ...]],
) -> dict[str, str]:
    """Return which of the mails may not leave, and the reason to hold each.

    One look at the list for all of them, and none at an empty one.

    Args:
        stores: The open workspace.
        rows: Mail that is due.
        everybody: Its recipients, by the id of the submission; who has it
            already does not count.
    """
    if stores.suppressions.is_empty():
        return {}
    waiting = {row.id: _waiting(everybody[row.id]) for row in rows}
    listed = _listed(stores, (one for each in waiting.values() for one in each))
    found: dict[str, str] = {}
    for row in rows:
        for one, known in _stopped(waiting[row.id], listed, row.service.category):
            found.setdefault(row.id, _reason(one, known))
    return found


def _waiting(everybody: Iterable[Recipient]) -> tuple[EnvelopeRecipient, ...]:
    return tuple(one.envelope for one in everybody if one.state in OPEN_RECIPIENTS)


def _reason(recipient: EnvelopeRecipient, row: SuppressionRow) -> str:
    """Return why a mail is held; lists show it, so it names no blind copy."""
    is_blind = recipient.role is Role.BCC
    who = "Somebody in bcc" if is_blind else recipient.address
    return f"{who} gets no {_what(row)} any more: {_WHY[row.source]}."


def _suppressed(
    stores: Stores,
    recipients: tuple[EnvelopeRecipient, ...],
    category: Category | None,
) -> Iterator[tuple[EnvelopeRecipient, SuppressionRow]]:
    if not stores.suppressions.is_empty():
        yield from _stopped(recipients, _listed(stores, recipients), category)


def _listed(
    stores: Stores, recipients: Iterable[EnvelopeRecipient]
) -> dict[str, SuppressionRow]:
    return stores.suppressions.among({key_of(one.wire_address) for one in recipients})


def _stopped(
    recipients: Iterable[EnvelopeRecipient],
    listed: Mapping[str, SuppressionRow],
    category: Category | None,
) -> Iterator[tuple[EnvelopeRecipient, SuppressionRow]]:
    for one in recipients if listed else ():
        row = listed.get(key_of(one.wire_address))
        if row is not None and stops(row.scope, category):
            yield one, row


def _what(row: SuppressionRow) -> str:
    return "bulk mail" if row.scope is Scope.BULK else "mail"


def _key(address: Address) -> str:
    return key_of(wire_address(address))


def _checked_scope(scope: str) -> Scope:
    if scope not in set(Scope):
        raise FieldError(
            f"{scope[:60]!r} is no scope of a suppression.",
            hint="Write all, or bulk for bulk mail only.",
            field="scope",
        )
    return Scope(scope)


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    unfit = not_in_a_line(reason)
    if unfit:
        raise FieldError(
            f"The reason contains {describe(unfit)}.",
            hint="Write it on one line.",
            field="reason",
        )
    if len(reason) > LONGEST_REASON:
        raise FieldError(
            f"The reason has {len(reason)} characters; {LONGEST_REASON} is the most.",
            hint="Say it shorter.",
            field="reason",
        )
    return reason


def _refuse_unless_failed(report: "ReportRow") -> None:
    from tuimail.core.reports.report import Action  # noqa: PLC0415 - rarely needed

    if report.action is not Action.FAILED:
        raise FieldError(
            f"The report {report.id} says {report.action.value}, and not that the "
            "mail never arrives.",
            hint="Name the address instead: tuimail suppress add ADDRESS",
            field="from-report",
        )


def _reported(report: "ReportRow") -> str:
    """Return a server's words as a reason; there may be none."""
    return f"{report.status} {report.reply}".strip()[:LONGEST_REASON]


def _view(row: SuppressionRow) -> Suppression:
    return Suppression(
        address=row.address,
        scope=row.scope.value,
        reason=row.reason,
        source=row.source.value,
        draft_id=row.draft_id,
        actor=row.actor,
        at=row.at,
    )
