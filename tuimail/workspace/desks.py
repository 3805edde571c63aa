"""The desks of a workspace, each made, and its module loaded, when first used.

A command uses two of them, and must not wait for the others.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from tuimail.workspace.stores import Stores

if TYPE_CHECKING:
    from tuimail.workspace.accounts import AccountDesk
    from tuimail.workspace.audit import AuditDesk
    from tuimail.workspace.beginning import BeginningDesk
    from tuimail.workspace.bulk import BulkDesk
    from tuimail.workspace.clients import ClientDesk
    from tuimail.workspace.contacts import ContactDesk
    from tuimail.workspace.delivery import Delivery
    from tuimail.workspace.drafts import DraftDesk
    from tuimail.workspace.enclosing import EnclosingDesk
    from tuimail.workspace.handing_in import HandingDesk
    from tuimail.workspace.lending import LendingDesk
    from tuimail.workspace.lists import ListDesk
    from tuimail.workspace.looking import LookingDesk
    from tuimail.workspace.mails import MailDesk
    from tuimail.workspace.notices import NoticeDesk
    from tuimail.workspace.outbox import OutboxDesk
    from tuimail.workspace.policy_desk import PolicyDesk
    from tuimail.workspace.proofing import ProofDesk
    from tuimail.workspace.purging import PurgeDesk
    from tuimail.workspace.queue_desk import QueueDesk
    from tuimail.workspace.reports import ReportDesk
    from tuimail.workspace.reviewers import ReviewerDesk
    from tuimail.workspace.reviews import ReviewDesk
    from tuimail.workspace.searching import SearchDesk
    from tuimail.workspace.setup_desk import SetupDesk
    from tuimail.workspace.signing_in import SignInDesk
    from tuimail.workspace.suppressions import SuppressionDesk
    from tuimail.workspace.template_desk import TemplateDesk
    from tuimail.workspace.unsubscribing import UnsubscribeDesk
    from tuimail.workspace.upkeep import UpkeepDesk
    from tuimail.workspace.writing import WritingDesk


class Desks:
    """Everything that can be done, by what it is done with."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    @cached_property
    def mails(self) -> "MailDesk":
        """The desk for mail wherever it stands, as lists need it."""
        from tuimail.workspace.mails import MailDesk  # noqa: PLC0415 - on use

        return MailDesk(self._stores)

    @cached_property
    def drafts(self) -> "DraftDesk":
        """The desk for drafts."""
        from tuimail.workspace.drafts import DraftDesk  # noqa: PLC0415 - on use

        return DraftDesk(self._stores)

    @cached_property
    def enclosing(self) -> "EnclosingDesk":
        """The desk for files of mail being written."""
        from tuimail.workspace.enclosing import EnclosingDesk  # noqa: PLC0415 - on use

        return EnclosingDesk(self._stores)

    @cached_property
    def beginning(self) -> "BeginningDesk":
        """The desk where mail begins: as an answer, handed on, or from a link."""
        from tuimail.workspace.beginning import BeginningDesk  # noqa: PLC0415 - on use

        return BeginningDesk(self._stores, drafts=self.drafts)

    @cached_property
    def writing(self) -> "WritingDesk":
        """The desk for what is being written."""
        from tuimail.workspace.writing import WritingDesk  # noqa: PLC0415 - on use

        return WritingDesk(self._stores, drafts=self.drafts)

    @cached_property
    def reviews(self) -> "ReviewDesk":
        """The desk for decisions."""
        from tuimail.workspace.reviews import ReviewDesk  # noqa: PLC0415 - on use

        return ReviewDesk(self._stores)

    @cached_property
    def outbox(self) -> "OutboxDesk":
        """The desk for mail that is released."""
        from tuimail.workspace.outbox import OutboxDesk  # noqa: PLC0415 - on use

        return OutboxDesk(self._stores, drafts=self.drafts, reviews=self.reviews)

    @cached_property
    def queue(self) -> "QueueDesk":
        """The desk for what waits in the outbox."""
        from tuimail.workspace.queue_desk import QueueDesk  # noqa: PLC0415 - on use

        return QueueDesk(self._stores, outbox=self.outbox)

    @cached_property
    def search(self) -> "SearchDesk":
        """The desk for finding mail by its words."""
        from tuimail.workspace.searching import SearchDesk  # noqa: PLC0415 - on use

        return SearchDesk(self._stores)

    @cached_property
    def lists(self) -> "ListDesk":
        """The desk for what panes list."""
        from tuimail.workspace.lists import ListDesk  # noqa: PLC0415 - on use

        return ListDesk(self._stores, search=self.search)

    @cached_property
    def clients(self) -> "ClientDesk":
        """The desk for programs that hand mail in."""
        from tuimail.workspace.clients import ClientDesk  # noqa: PLC0415 - on use

        return ClientDesk(self._stores)

    @cached_property
    def contacts(self) -> "ContactDesk":
        """The desk for people who were written to."""
        from tuimail.workspace.contacts import ContactDesk  # noqa: PLC0415 - on use

        return ContactDesk(self._stores)

    @cached_property
    def reviewers(self) -> "ReviewerDesk":
        """The desk for who may decide."""
        from tuimail.workspace.reviewers import ReviewerDesk  # noqa: PLC0415 - on use

        return ReviewerDesk(self._stores)

    @cached_property
    def handing_in(self) -> "HandingDesk":
        """The desk for mail that programs hand in."""
        from tuimail.workspace.handing_in import HandingDesk  # noqa: PLC0415 - on use

        return HandingDesk(self._stores, drafts=self.drafts, clients=self.clients)

    @cached_property
    def looking(self) -> "LookingDesk":
        """The desk for what was seen of a mail before it is decided."""
        from tuimail.workspace.looking import LookingDesk  # noqa: PLC0415 - on use

        return LookingDesk(self._stores)

    @cached_property
    def accounts(self) -> "AccountDesk":
        """The desk for accounts."""
        from tuimail.workspace.accounts import AccountDesk  # noqa: PLC0415 - on use

        return AccountDesk(self._stores)

    @cached_property
    def notices(self) -> "NoticeDesk":
        """The desk for what a person has to be told once."""
        from tuimail.workspace.notices import NoticeDesk  # noqa: PLC0415 - on use

        return NoticeDesk(self._stores)

    @cached_property
    def purging(self) -> "PurgeDesk":
        """The desk that removes what was kept long enough."""
        from tuimail.workspace.purging import PurgeDesk  # noqa: PLC0415 - on use

        return PurgeDesk(self._stores)

    @cached_property
    def suppressions(self) -> "SuppressionDesk":
        """The desk for who gets no mail."""
        from tuimail.workspace.suppressions import SuppressionDesk  # noqa: PLC0415 - on use

        return SuppressionDesk(self._stores)

    @cached_property
    def reports(self) -> "ReportDesk":
        """The desk for reports of other servers."""
        from tuimail.workspace.reports import ReportDesk  # noqa: PLC0415 - on use

        return ReportDesk(self._stores)

    @cached_property
    def unsubscribing(self) -> "UnsubscribeDesk":
        """The desk for links that end bulk mail with one click."""
        from tuimail.workspace.unsubscribing import UnsubscribeDesk  # noqa: PLC0415 - on use

        return UnsubscribeDesk(self._stores)

    @cached_property
    def audit(self) -> "AuditDesk":
        """The desk for the journal."""
        from tuimail.workspace.audit import AuditDesk  # noqa: PLC0415 - on use

        return AuditDesk(self._stores)

    @cached_property
    def upkeep(self) -> "UpkeepDesk":
        """The desk for the workspace itself: looked through, mended, copied."""
        from tuimail.workspace.upkeep import UpkeepDesk  # noqa: PLC0415 - on use

        return UpkeepDesk(self._stores)

    @cached_property
    def delivery(self) -> "Delivery":
        """The sender's side of the database."""
        from tuimail.workspace.delivery import Delivery  # noqa: PLC0415 - on use

        return Delivery(self._stores)

    @property
    def sign_in(self) -> "SignInDesk":
        """The desk for accounts that sign in at a service."""
        from tuimail.workspace.signing_in import SignInDesk  # noqa: PLC0415 - loads http

        return SignInDesk(self._stores)

    @property
    def setting_up(self) -> "SetupDesk":
        """The desk where an account is set up."""
        from tuimail.workspace.setup_desk import SetupDesk  # noqa: PLC0415 - rare

        return SetupDesk(
            self._stores,
            accounts=self.accounts,
            drafts=self.drafts,
            outbox=self.outbox,
            sign_in=self.sign_in,
        )

    @property
    def proofing(self) -> "ProofDesk":
        """The desk that shows what mail being written would become."""
        from tuimail.workspace.proofing import ProofDesk  # noqa: PLC0415 - the app's

        return ProofDesk(self._stores)

    @property
    def lending(self) -> "LendingDesk":
        """The desk that lends mail to an editor."""
        from tuimail.workspace.lending import LendingDesk  # noqa: PLC0415 - the app's

        return LendingDesk(self._stores)

    @property
    def templates(self) -> "TemplateDesk":
        """The desk for the person's own templates."""
        from tuimail.workspace.template_desk import TemplateDesk  # noqa: PLC0415 - rare

        return TemplateDesk(self._stores)

    @property
    def bulk(self) -> "BulkDesk":
        """The desk for bulk jobs."""
        from tuimail.workspace.bulk import BulkDesk  # noqa: PLC0415 - rare

        return BulkDesk(self._stores, drafts=self.drafts, outbox=self.outbox)

    @property
    def policy(self) -> "PolicyDesk":
        """The desk that explains the owner's policy."""
        from tuimail.workspace.policy_desk import PolicyDesk  # noqa: PLC0415 - rare

        return PolicyDesk(self._stores)
