"""Mailboxes that are imported, mail by mail: one that is refused stops no other.

What was stored is told at once, or kept for the one document; a mailbox of any
length needs no more memory than that. Mails are stored in groups, which share a
flush of the disk; who interrupts loses none of those that were told.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.cli.console import error_document
from tuimail.cli.reporting import taken_document, taken_lines
from tuimail.core.draft import Draft, require_recipient
from tuimail.core.origin import is_agent
from tuimail.errors import (
    InputError,
    LifecycleError,
    TuimailError,
)
from tuimail.workspace.documents import Document, record_document

if TYPE_CHECKING:
    from tuimail.workspace.mailboxes import Found, Mailbox
    from tuimail.workspace.reports import Report
    from tuimail.workspace.views import Row
    from tuimail.workspace.workspace import Workspace

GROUP: Final = 25
GROUP_BYTES: Final = 8 * 1024 * 1024
"""Mails of a group are held in memory together, so that long ones share less."""
_TOLD_SECONDS: Final = 0.1
_NO_SUBJECT: Final = "(no subject)"


class MailboxImport:
    """What one command imports out of mailboxes, and what came of it."""

    def __init__(self, call: Call, workspace: "Workspace") -> None:
        self.mails: list[Document] = []
        self.reports: list[Document] = []
        self.errors: list[Document] = []
        self._call, self._workspace = call, workspace
        self._skip = call.options.skip or 0
        self._left: int | None = call.options.limit
        self._seen = self._stored = 0
        self._told_at = float("-inf")

    @property
    def has_refused(self) -> bool:
        """Whether some mail was not taken."""
        return bool(self.errors)

    def take(self, path: str, mailbox: "Mailbox") -> None:
        """Import what is asked for of one mailbox.

        Raises:
            TuimailError: Nothing can be stored any more.
            KeyboardInterrupt: A person broke it off.
        """
        self._call.console.say(*mailbox.left_out)
        mails = self._asked_for(mailbox.mails)
        try:
            for group in _groups(mails):
                self._take_group(path, group)
                self._tell(mailbox.total)
        except (TuimailError, KeyboardInterrupt):
            self._call.console.insist(
                f"{self._stored} were imported. Go on with: --skip {self._seen}"
            )
            raise

    def end(self) -> None:
        """Say how it ended."""
        console = self._call.console
        if console.talks_to_person and self._seen:
            console.rewrite(self._sum)
            console.say("")
        else:
            console.say(self._sum)

    @property
    def _sum(self) -> str:
        is_handed_in = is_agent(self._workspace.actor)
        what = "handed in" if is_handed_in else "imported as drafts"
        taken = len(self.reports)
        reports = [f"{taken} report{'s' if taken > 1 else ''} taken"] if taken else []
        said = (f"{self._stored} {what}", *reports, f"{len(self.errors)} refused")
        return f"{', '.join(said)}."

    def _asked_for(self, mails: "Iterator[Found]") -> "Iterator[Found]":
        for mail in mails:
            if self._left == 0:
                return
            if self._skip:
                self._skip -= 1
                self._seen += 1
                continue
            if self._left is not None:
                self._left -= 1
            yield mail

    def _take_group(self, path: str, group: "Sequence[Found]") -> None:
        stored: list[tuple[Found, Row]] = []
        with self._workspace.together():
            for mail in group:
                row = self._stored_or_told(path, mail)
                if row is not None:
                    stored.append((mail, row))
        self._seen += len(group)
        self._stored += len(stored)
        for mail, row in stored:
            self._show(path, mail, row)

    def _stored_or_told(self, path: str, mail: "Found") -> "Row | None":
        """Store one mail; say why not, where it is the mail that is wrong."""
        try:
            if mail.problem is not None:
                raise mail.problem
            if self._workspace.reports.is_report(mail.raw):
                self._take_report(mail.raw)
                return None
            return self._new(mail)
        except (InputError, LifecycleError) as error:
            self._refuse(path, mail, error)
            return None

    def _new(self, mail: "Found") -> "Row":
        drafts = self._workspace.drafts
        draft = drafts.import_message(
            mail.raw, account=self._call.options.account, noticed=mail.noticed
        )
        require_reviewable(draft, self._workspace.actor)
        return drafts.new(draft, note=self._call.options.note)

    def _take_report(self, raw: bytes) -> None:
        report: Report | None = self._workspace.reports.take(raw)
        if report is None:
            return
        self.reports.append(taken_document(report))
        if not self._call.console.is_json:
            self._call.console.data(*taken_lines(report))

    def _refuse(self, path: str, mail: "Found", error: TuimailError) -> None:
        found: Document = {"path": path, "place": mail.place}
        self.errors.append(found | error_document(error))
        if not self._call.console.is_json:
            self._call.console.insist(
                f"{path}, {mail.place}: {error}",
                *([f"  {error.hint}"] if error.hint else []),
            )

    def _show(self, path: str, mail: "Found", row: "Row") -> None:
        if self._call.console.is_json:
            page = self._workspace.drafts.page(row.id)
            source = {"path": path, "place": mail.place, "flags": mail.flags}
            self.mails.append(record_document(page) | {"source": source})
            return
        subject = row.subject or _NO_SUBJECT
        self._call.console.data(f"{row.id}\t{row.status}\t{subject}")

    def _tell(self, total: int | None) -> None:
        """Say how far it is, on a terminal, a few times a second."""
        now = self._call.clock()
        if not self._call.console.talks_to_person or now < self._told_at:
            return
        self._told_at = now + _TOLD_SECONDS
        of_all = f" of {total:,}" if total is not None else ""
        refused = f", {len(self.errors)} refused" if self.errors else ""
        self._call.console.rewrite(f"{self._seen:,}{of_all} read{refused}")


def _groups(mails: "Iterator[Found]") -> "Iterator[list[Found]]":
    """Yield mails that are stored together: a few, and fewer of those that are long."""
    group: list[Found] = []
    size = 0
    for mail in mails:
        group.append(mail)
        size += len(mail.raw)
        if len(group) == GROUP or size > GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def require_reviewable(draft: Draft, actor: str) -> None:
    """Refuse what an agent hands in for nobody: it could not be reviewed.

    Raises:
        NotComposableError: An agent does.
    """
    if is_agent(actor):
        require_recipient(draft, hint="Name a recipient in the message.")
