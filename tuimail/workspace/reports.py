"""The desk for reports of other servers: taken, matched, shown at their recipient.

The one rule kept here: a report changes nothing of what the provider said. What
it says may be a lie of anybody who has seen the mail, and what fits no mail that
left, or nobody in its envelope, is not even kept.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.origin import is_agent
from tuimail.core.reports.reading import read_report
from tuimail.core.reports.report import Action, Fate
from tuimail.core.suppression import Scope, key_of
from tuimail.core.values import dataclass
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
_NOTHING: Final = "nothing was kept, and nothing was changed"


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
    left_out: int = 0
    """How many of whom as much is kept already as is kept of anybody."""
    has_left: bool = True
    """Whether anybody may have a copy of the mail that it is about."""

    @property
    def refusal(self) -> str:
        """Why nothing of it is known here, in one sentence; empty where it is."""
        return "" if self.news else f"The report is about {self._what}; {_NOTHING}."

    @property
    def _what(self) -> str:
        if not self.draft_id:
            return "no mail that was sent from here"
        if not self.has_left:
            return "mail that has not left here"
        if self.left_out:
            return f"somebody of whom {MOST_OF_ONE} are kept already"
        return "nobody in the envelope of its mail"


class ReportDesk:
    """Takes reports, whoever hands them in."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def is_report(self, raw: bytes) -> bool:
        """Return whether a whole message is a report that ``take`` would take."""
        return read_report(raw) is not None

    def in_short(self, draft_ids: Iterable[str]) -> Mapping[str, str]:
        """Return a word about what became of each mail, as other servers report.

        Bad news first; mail about which nobody said anything is absent.
        """
        told: dict[str, Counter[Action]] = {}
        for draft_id, action in self._stores.reports.newest(draft_ids):
            told.setdefault(draft_id, Counter())[action] += 1
        return {key: _in_short(counts) for key, counts in told.items()}

    def take(self, raw: bytes) -> Report | None:
        """Keep what a report says; None for a message that is none.

        The same report twice is one. One about no mail of ours, or about mail that
        has not left, changes nothing. What a program hands in counts as a mail of
        it, whatever comes of it.

        Args:
            raw: A whole message, header and body (RFC 5322).

        Raises:
            StoreError: The disk does not take it.
        """
        found = read_report(raw)
        if found is None:
            return None
        stores = self._stores
        stores.require_room()
        named = [(fate, fate.wire_addresses) for fate in found.fates]
        with stores.database.transaction():
            self._note()
            known = self._known(found.references)
            mails = [_Mail(stores, one, found.fates) for one in known if one.has_left]
            said = [_said(fate, addresses, mails) for fate, addresses in named]
        for mail in mails:
            self._reflect(mail)
        return self._report(known, said)

    def _note(self) -> None:
        actor = self._stores.acting.actor
        if is_agent(actor):
            self._stores.clients.note_report(actor, self._stores.clock.now())

    def _known(self, references: Iterable[str]) -> tuple[Known, ...]:
        references = tuple(references)
        return self._stores.reports.mails(
            message_ids=references, provider_ids=_provider_ids(references)
        )

    def _reflect(self, mail: "_Mail") -> None:
        stores, draft_id = self._stores, mail.draft_id
        if mail.is_changed:
            stores.afterwards(lambda: mirror.reflect_status(stores, draft_id))

    def _report(
        self, known: Sequence[Known], said: "Sequence[_Kept | _Nothing]"
    ) -> Report:
        kept = [one for one in said if isinstance(one, _Kept)]
        suppressed = _suppressed(self._stores, [one.row for one in kept])
        drafts = [*(one.draft_id for one in kept), *(one.draft_id for one in known)]
        return Report(
            draft_id=drafts[0] if drafts else "",
            news=tuple(_news(one, suppressed) for one in kept),
            strangers=said.count(_Nothing.STRANGER),
            left_out=said.count(_Nothing.ENOUGH),
            has_left=not known or any(one.has_left for one in known),
        )


class _Nothing(Enum):
    """Why nothing is kept of what a report says about somebody."""

    STRANGER = auto()
    ENOUGH = auto()


class _Kept(NamedTuple):
    draft_id: str
    recipient: EnvelopeRecipient
    row: ReportRow
    is_new: bool


class _Mail:
    """A mail while a report about it is taken in: everything is read once."""

    def __init__(self, stores: Stores, known: Known, fates: Iterable[Fate]) -> None:
        self.draft_id = known.draft_id
        self.is_changed = False
        self._stores = stores
        self._id = known.submission_id
        self._now = stores.clock.now()
        everybody = [one.envelope for one in stores.submissions.recipients(self._id)]
        self._exact = {one.wire_address: one for one in everybody}
        self._folded = {key_of(one.wire_address): one for one in everybody[::-1]}
        same = stores.reports.same(self._id, {one.digest for one in fates})
        self._same = {(one.wire_address, one.digest): one for one in same}
        self._counts = stores.reports.counts(self._id)

    def recipient(self, addresses: Iterable[str]) -> EnvelopeRecipient | None:
        """Return who of the envelope has one of the addresses.

        One who has it to the letter goes before one who has it in other capitals:
        both may be in one envelope (RFC 5321 §2.4).
        """
        for one in addresses:
            found = self._exact.get(one) or self._folded.get(key_of(one))
            if found is not None:
                return found
        return None

    def keep(self, fate: Fate, recipient: EnvelopeRecipient) -> _Kept | _Nothing:
        """Keep what is said about somebody, if it is new and not too much."""
        address = recipient.wire_address
        row = self._same.get((address, fate.digest))
        if row is not None:
            return _Kept(self.draft_id, recipient, row, is_new=False)
        count = self._counts.get(address, 0)
        if count >= MOST_OF_ONE:
            return _Nothing.ENOUGH
        row = self._row(fate, address)
        self._stores.reports.add(self._id, row)
        self._same[address, fate.digest] = row
        self._counts[address] = count + 1
        self.is_changed = True
        return _Kept(self.draft_id, recipient, row, is_new=True)

    def _row(self, fate: Fate, address: str) -> ReportRow:
        return ReportRow(
            id=new_id(self._now, self._stores.random),
            wire_address=address,
            digest=fate.digest,
            action=fate.action,
            status=fate.status,
            is_hard=fate.is_hard,
            reply=fate.reply,
            server=fate.server,
            at=self._now,
        )


def _said(
    fate: Fate, addresses: Sequence[str], mails: Iterable[_Mail]
) -> _Kept | _Nothing:
    """Keep what is said about one recipient, of the first mail that they are of."""
    for mail in mails:
        recipient = mail.recipient(addresses)
        if recipient is not None:
            return mail.keep(fate, recipient)
    return _Nothing.STRANGER


def _news(kept: _Kept, suppressed: frozenset[str]) -> News:
    return News(
        role=kept.recipient.role,
        address=kept.recipient.address,
        is_new=kept.is_new,
        said=_view(kept.row, suppressed),
    )


def reported(
    stores: Stores, rows: Sequence[ReportRow]
) -> Mapping[str, tuple[ReportView, ...]]:
    """Return what ``rows`` say about each recipient, by wire address, oldest first."""
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


def _in_short(counts: Counter[Action]) -> str:
    if counts[Action.FAILED]:
        return f"bounced {counts[Action.FAILED]}"
    if counts[Action.DELAYED]:
        return f"delayed {counts[Action.DELAYED]}"
    return "delivered" if counts[Action.DELIVERED] else "passed on"


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
