"""The desk for reports of other servers: taken, matched, shown at their recipient.

The one rule kept here: a report changes nothing of what the provider said. What
it says may be a lie of anybody who has seen the mail, and what fits no mail, or
nobody in its envelope, is not even kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.reports.reading import read_report
from tuimail.core.reports.report import Fate
from tuimail.core.suppression import Scope, key_of
from tuimail.store.reports import Known, ReportRow
from tuimail.workspace import mirror
from tuimail.workspace.clock import new_id
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import ReportView

MOST_OF_ONE: Final = 50
"""Reports about one recipient that are kept: a mail that is delayed for days has a
handful, and whoever sends more wants to fill a disk."""
SHORTEST_PROVIDER_ID: Final = 20
"""Characters of a provider's own id that nobody guesses; some count from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a report says about one recipient of ours."""

    role: Role
    address: str
    """As the author wrote it."""
    is_new: bool
    """False where the same was known already."""
    said: ReportView


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a report that was handed in."""

    draft_id: str
    """The mail that it is about; empty where it is about none of ours."""
    news: tuple[News, ...]
    strangers: int
    """How many it names besides, who are in no envelope: nothing is kept of them."""


class ReportDesk:
    """Takes reports, whoever hands them in."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def is_report(self, raw: bytes) -> bool:
        """Return whether a whole message is a report that ``take`` would take."""
        return read_report(raw) is not None

    def take(self, raw: bytes) -> Report | None:
        """Keep what a report says; None for a message that is none.

        The same report twice is one. One about no mail of ours changes nothing.

        Args:
            raw: A whole message, header and body (RFC 5322).

        Raises:
            StoreError: The disk does not take it.
        """
        found = read_report(raw)
        if found is None:
            return None
        self._stores.require_room()
        with self._stores.database.transaction():
            mails = self._mails(found.references)
            taken = [self._taken(fate, mails) for fate in found.fates]
        news = tuple(one for one in taken if one is not None)
        draft_id = mails[0].draft_id if mails else ""
        if any(one.is_new for one in news):
            stores = self._stores
            stores.afterwards(lambda: mirror.reflect_status(stores, draft_id))
        return Report(draft_id=draft_id, news=news, strangers=len(taken) - len(news))

    def _mails(self, references: Iterable[str]) -> tuple[Known, ...]:
        references = tuple(references)
        return self._stores.reports.mails(
            message_ids=references, provider_ids=_provider_ids(references)
        )

    def _taken(self, fate: Fate, mails: Iterable[Known]) -> News | None:
        """Keep what is said about one recipient; None if they are in no envelope."""
        for mail in mails:
            recipient = self._recipient(mail, fate)
            if recipient is not None:
                return self._kept(fate, mail, recipient)
        return None

    def _recipient(self, mail: Known, fate: Fate) -> EnvelopeRecipient | None:
        everybody = {
            key_of(one.envelope.wire_address): one.envelope
            for one in self._stores.submissions.recipients(mail.submission_id)
        }
        found = (everybody[key] for key in fate.keys if key in everybody)
        return next(found, None)

    def _kept(self, fate: Fate, mail: Known, recipient: EnvelopeRecipient) -> News:
        stores, now = self._stores, self._stores.clock.now()
        row = ReportRow(
            id=new_id(now, stores.random),
            wire_address=recipient.wire_address,
            digest=fate.digest,
            action=fate.action,
            status=fate.status,
            is_hard=fate.is_hard,
            reply=fate.reply,
            server=fate.server,
            at=now,
        )
        before = [
            one
            for one in stores.reports.of_submission(mail.submission_id)
            if one.wire_address == row.wire_address
        ]
        same = [one for one in before if one.digest == row.digest]
        is_new = not same and len(before) < MOST_OF_ONE
        if is_new:
            stores.reports.add(mail.submission_id, row)
        return News(
            role=recipient.role,
            address=recipient.address,
            is_new=is_new,
            said=_view(same[0] if same else row, _suppressed(stores, [row])),
        )


def reported(
    stores: Stores, submission_id: str
) -> Mapping[str, tuple[ReportView, ...]]:
    """Return what was reported about each recipient, by wire address, oldest first."""
    rows = stores.reports.of_submission(submission_id)
    suppressed = _suppressed(stores, rows)
    found: dict[str, tuple[ReportView, ...]] = {}
    for row in rows:
        known = found.get(row.wire_address, ())
        found[row.wire_address] = (*known, _view(row, suppressed))
    return found


def _provider_ids(references: Iterable[str]) -> Iterator[str]:
    """Yield what a provider may have called it, that puts its own id into a header."""
    for one in references:
        bare = one.strip("<>")
        for text in (one, bare, bare.partition("@")[0]):
            if len(text) >= SHORTEST_PROVIDER_ID:
                yield text


def _suppressed(stores: Stores, rows: Iterable[ReportRow]) -> frozenset[str]:
    """Return the addresses among those that do not exist that get no mail already."""
    hard = {key_of(row.wire_address) for row in rows if row.is_hard}
    listed = stores.suppressions.among(hard) if hard else {}
    return frozenset(key for key, one in listed.items() if one.scope is Scope.ALL)


def _view(row: ReportRow, suppressed: frozenset[str]) -> ReportView:
    return ReportView(
        id=row.id,
        action=row.action.value,
        status=row.status,
        reply=row.reply,
        server=row.server,
        at=row.at,
        suggested=row.is_hard and key_of(row.wire_address) not in suppressed,
    )
