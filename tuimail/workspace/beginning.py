"""The desk where mail begins: as an answer, handed on, or from a link.

Nothing is stored but the files that are taken along; what is returned is for a
person to go on with.
"""

from typing import Final

from tuimail.core.address import Address, format_address, is_same
from tuimail.core.beginning.beginning import Beginning
from tuimail.core.draft import Draft
from tuimail.core.values import dataclass
from tuimail.errors import FieldError
from tuimail.settings.account import AccountSettings
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.authority import require_person
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.fields import Fields, compose
from tuimail.workspace.stores import Stores

MAIL_LIMIT_BYTES: Final = 100 * 1024 * 1024
"""More than any server takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDraft:
    """A mail to be gone on with, which is not stored."""

    draft: Draft
    reason: str = ""
    """Why it is from whom it is, in a few words; untrusted."""
    noticed: tuple[str, ...] = ()
    """What was left out, one sentence each; untrusted."""


class BeginningDesk:
    """Begins mail for a person."""

    def __init__(self, stores: Stores, *, drafts: DraftDesk) -> None:
        self._stores = stores
        self._drafts = drafts

    def raw(self, draft_id: str) -> bytes:
        """Return a mail of this workspace, to begin another one from.

        Raises:
            NotComposableError: It is no mail yet.
        """
        return self._drafts.message_bytes(draft_id)

    def reply(self, raw: bytes, *, is_to_all: bool = False) -> FirstDraft:
        """Return an answer to the mail in ``raw``.

        Raises:
            FieldError: It does not say whom an answer goes to, or is too long.
            ConfigurationError: There is no account to send from.
            NotAllowedError: An agent asks.
        """
        from tuimail.core.beginning import answering, parent  # noqa: PLC0415 - rare

        _refuse_too_long(raw)
        found = parent.read_parent(raw)
        return self._begun(answering.reply(found, self._own, is_to_all=is_to_all))

    def forward(self, raw: bytes) -> FirstDraft:
        """Return a mail that hands the one in ``raw`` on; errors as of ``reply``."""
        from tuimail.core.beginning import answering, parent  # noqa: PLC0415 - rare

        _refuse_too_long(raw)
        return self._begun(answering.forward(parent.read_parent(raw), self._own))

    def from_link(self, link: str) -> FirstDraft:
        """Return the mail that a ``mailto:`` link begins.

        Raises:
            FieldError: It is no such link.
            ConfigurationError: There is no account to send from.
            NotAllowedError: An agent asks.
        """
        from tuimail.core.beginning import mailto  # noqa: PLC0415 - rare

        return self._begun(mailto.from_link(link))

    @property
    def _own(self) -> tuple[Address, ...]:
        return tuple(
            identity.address
            for account in self._accounts
            for identity in account.identities
        )

    @property
    def _accounts(self) -> tuple[AccountSettings, ...]:
        """Return all accounts, the default one first."""
        config = self._stores.config
        default = config.default_account
        return tuple(sorted(config.accounts, key=lambda one: one.name != default))

    def _begun(self, found: Beginning) -> FirstDraft:
        require_person(self._stores)
        fields = Fields(
            account=self._account_of(found.sender),
            sender=format_address(found.sender) if found.sender else "",
            to=_written(found.to),
            cc=_written(found.cc),
            bcc=_written(found.bcc),
            subject=found.subject,
            text=found.text,
            is_signed=False,
            attachments=tuple(
                FileToAttach(
                    source=one.content, name=one.name, content_type=one.content_type
                )
                for one in found.files
            ),
            in_reply_to=found.in_reply_to,
            references=found.references,
        )
        draft = compose(self._stores, fields)
        return FirstDraft(draft=draft, reason=found.reason, noticed=found.noticed)

    def _account_of(self, sender: Address | None) -> str:
        if sender is None:
            return ""
        return next(
            account.name
            for account in self._accounts
            if any(is_same(one.address, sender) for one in account.identities)
        )


def _written(people: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(format_address(one) for one in people)


def _refuse_too_long(raw: bytes) -> None:
    if len(raw) > MAIL_LIMIT_BYTES:
        raise FieldError(
            f"That mail has {len(raw):,} bytes, where {MAIL_LIMIT_BYTES:,} are the "
            "limit.",
            hint="Begin a new mail, and attach it as a file.",
            field="message",
        )
