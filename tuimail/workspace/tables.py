"""What a workspace stores, by kinds; each kind's module is loaded when first used.

A command that lists reads two of them, and must not wait for the others.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tuimail.store.database import Database

if TYPE_CHECKING:
    from tuimail.store.acceptances import Acceptances
    from tuimail.store.accounts import Accounts
    from tuimail.store.batches import Batches
    from tuimail.store.blobs import Blobs
    from tuimail.store.clients import Clients
    from tuimail.store.contacts import Contacts
    from tuimail.store.correspondents import Correspondents
    from tuimail.store.decisions import Decisions
    from tuimail.store.drafts import Drafts
    from tuimail.store.facts import Facts
    from tuimail.store.journal import Journal
    from tuimail.store.kept import KeptHead
    from tuimail.store.kept_access import Access
    from tuimail.store.kept_lists import KeptList
    from tuimail.store.keys import Keys
    from tuimail.store.maildir import Maildir
    from tuimail.store.notices import Notices
    from tuimail.store.orders import Orders
    from tuimail.store.outbound import Outbound
    from tuimail.store.pace import Pace
    from tuimail.store.plans import Plans
    from tuimail.store.policy import Policies
    from tuimail.store.purging import Purging
    from tuimail.store.reports import Reports
    from tuimail.store.rests import Rests
    from tuimail.store.reviewers import Reviewers
    from tuimail.store.rows import Rows
    from tuimail.store.search import Search
    from tuimail.store.seen import Seen
    from tuimail.store.submissions import Submissions
    from tuimail.store.suppressions import SuppressionRow, Suppressions
    from tuimail.store.through import Through
    from tuimail.store.working_copies import WorkingCopies


class Tables:
    """What lies in the database, and in the folders beside it."""

    root: Path
    database: Database

    @cached_property
    def drafts(self) -> "Drafts":
        """Drafts and their revisions."""
        from tuimail.store.drafts import Drafts  # noqa: PLC0415 - on use

        return Drafts(self.database)

    @cached_property
    def keys(self) -> "Keys":
        """Keys of programs, so that nothing is handed in twice."""
        from tuimail.store.keys import Keys  # noqa: PLC0415 - on use

        return Keys(self.database)

    @cached_property
    def decisions(self) -> "Decisions":
        """Decisions, and what was said with them."""
        from tuimail.store.decisions import Decisions  # noqa: PLC0415 - on use

        return Decisions(self.database)

    @cached_property
    def submissions(self) -> "Submissions":
        """What was released, and its recipients."""
        from tuimail.store.submissions import Submissions  # noqa: PLC0415 - on use

        return Submissions(self.database)

    @cached_property
    def batches(self) -> "Batches":
        """Bulk jobs."""
        from tuimail.store.batches import Batches  # noqa: PLC0415 - on use

        return Batches(self.database)

    @cached_property
    def accounts(self) -> "Accounts":
        """What is known of accounts beside their settings."""
        from tuimail.store.accounts import Accounts  # noqa: PLC0415 - on use

        return Accounts(self.database)

    @cached_property
    def facts(self) -> "Facts":
        """Single facts about the workspace."""
        from tuimail.store.facts import Facts  # noqa: PLC0415 - on use

        return Facts(self.database)

    @cached_property
    def pace(self) -> "Pace":
        """How much was sent of late."""
        from tuimail.store.pace import Pace  # noqa: PLC0415 - on use

        return Pace(self.database)

    @cached_property
    def plans(self) -> "Plans":
        """Plans of bulk jobs."""
        from tuimail.store.plans import Plans  # noqa: PLC0415 - on use

        return Plans(self.database)

    @cached_property
    def policies(self) -> "Policies":
        """The owner's policy, as it was read."""
        from tuimail.store.policy import Policies  # noqa: PLC0415 - on use

        return Policies(self.database)

    @cached_property
    def rests(self) -> "Rests":
        """Accounts that rest."""
        from tuimail.store.rests import Rests  # noqa: PLC0415 - on use

        return Rests(self.database)

    @cached_property
    def correspondents(self) -> "Correspondents":
        """Who was written to."""
        from tuimail.store.correspondents import Correspondents  # noqa: PLC0415 - on use

        return Correspondents(self.database)

    @cached_property
    def contacts(self) -> "Contacts":
        """People, and how often."""
        from tuimail.store.contacts import Contacts  # noqa: PLC0415 - on use

        return Contacts(self.database)

    @cached_property
    def clients(self) -> "Clients":
        """Programs that hand in."""
        from tuimail.store.clients import Clients  # noqa: PLC0415 - on use

        return Clients(self.database)

    @cached_property
    def reviewers(self) -> "Reviewers":
        """Who may decide."""
        from tuimail.store.reviewers import Reviewers  # noqa: PLC0415 - on use

        return Reviewers(self.database)

    @cached_property
    def seen(self) -> "Seen":
        """What was looked at before a decision."""
        from tuimail.store.seen import Seen  # noqa: PLC0415 - on use

        return Seen(self.database)

    @cached_property
    def journal(self) -> "Journal":
        """Every step that was taken."""
        from tuimail.store.journal import Journal  # noqa: PLC0415 - on use

        return Journal(self.database)

    @cached_property
    def kept_head(self) -> "KeptHead":
        """The journal's head, beside the database."""
        from tuimail.store.kept import KeptHead  # noqa: PLC0415 - on use

        return KeptHead(self.root, self.database)

    @cached_property
    def notices(self) -> "Notices":
        """What a person has to be told once."""
        from tuimail.store.notices import Notices  # noqa: PLC0415 - on use

        return Notices(self.database)

    @cached_property
    def suppressions(self) -> "Suppressions":
        """Who gets no mail."""
        from tuimail.store.suppressions import Suppressions  # noqa: PLC0415 - on use

        return Suppressions(self.database)

    @cached_property
    def kept_suppressions(self) -> "KeptList[tuple[SuppressionRow, ...]]":
        """The same, beside the database."""
        from tuimail.store.kept_suppressions import kept_suppressions  # noqa: PLC0415 - on use

        return kept_suppressions(self.root, self.suppressions)

    @cached_property
    def kept_access(self) -> "KeptList[Access]":
        """Who may do what, beside the database."""
        from tuimail.store.kept_access import kept_access  # noqa: PLC0415 - on use

        return kept_access(self.root, self.clients, self.reviewers, self.policies)

    @cached_property
    def reports(self) -> "Reports":
        """Reports of other servers."""
        from tuimail.store.reports import Reports  # noqa: PLC0415 - on use

        return Reports(self.database)

    @cached_property
    def working_copies(self) -> "WorkingCopies":
        """What is being written."""
        from tuimail.store.working_copies import WorkingCopies  # noqa: PLC0415 - on use

        return WorkingCopies(self.database)

    @cached_property
    def through(self) -> "Through":
        """What went through and is kept no longer."""
        from tuimail.store.through import Through  # noqa: PLC0415 - on use

        return Through(self.database)

    @cached_property
    def purging(self) -> "Purging":
        """What removes."""
        from tuimail.store.purging import Purging  # noqa: PLC0415 - on use

        return Purging(self.database)

    @cached_property
    def blobs(self) -> "Blobs":
        """Contents of files."""
        from tuimail.store.blobs import Blobs  # noqa: PLC0415 - on use

        return Blobs(self.root / "blobs")

    @cached_property
    def outbound(self) -> "Outbound":
        """Files beside mail that waits."""
        from tuimail.store.outbound import Outbound  # noqa: PLC0415 - on use

        return Outbound(self.root / "outbound")

    @cached_property
    def maildir(self) -> "Maildir":
        """Mail as other programs see it."""
        from tuimail.store.maildir import Maildir  # noqa: PLC0415 - on use

        return Maildir(self.root / "mail")

    @cached_property
    def acceptances(self) -> "Acceptances":
        """What each door took."""
        from tuimail.store.acceptances import Acceptances  # noqa: PLC0415 - on use

        return Acceptances(self.database)

    @cached_property
    def rows(self) -> "Rows":
        """Pages of lists."""
        from tuimail.store.rows import Rows  # noqa: PLC0415 - on use

        return Rows(self.database)

    @cached_property
    def orders(self) -> "Orders":
        """Places in lists."""
        from tuimail.store.orders import Orders  # noqa: PLC0415 - on use

        return Orders(self.database)

    @cached_property
    def search(self) -> "Search":
        """Words of mail."""
        from tuimail.store.search import Search  # noqa: PLC0415 - on use

        return Search(self.database)
