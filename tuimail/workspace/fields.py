"""From what was typed to a draft: every field checked, files frozen.

Bad input is refused here, with the name of its field, before anything is
stored.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tuimail.core.address import (
    Address,
    parse_address,
    parse_addresses,
    wire_address,
    with_name,
)
from tuimail.core.draft import Attachment, Draft, Priority
from tuimail.core.finding import Finding
from tuimail.core.header_names import agents_may_set
from tuimail.core.origin import is_agent
from tuimail.core.service import (
    NOTHING_ASKED,
    Category,
    Pairs,
    ServiceOptions,
    pairs_of,
)
from tuimail.core.values import dataclass, field, replace
from tuimail.errors import ConfigurationError, FieldError
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config
from tuimail.settings.identities import Identity
from tuimail.workspace.attaching import FileToAttach, attach, require_few
from tuimail.workspace.bodies import Written, finished
from tuimail.workspace.surroundings import Surroundings

Several = str | tuple[str, ...]
"""One value, or several."""
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A draft as it was typed: every value is text that nobody checked yet."""

    sender: str = ""
    """Address or ``Name <address>``; empty means the account's own."""
    sender_name: str = ""
    to: Several = ()
    """One mailbox an item; so are the next three."""
    cc: Several = ()
    bcc: Several = ()
    reply_to: Several = ()
    """Empty means where the identity says that answers go."""
    subject: str = ""
    text: str = ""
    html: str = ""
    markdown: str = ""
    """Becomes text and HTML."""
    makes_text: bool = True
    """Whether HTML without text gets a text part made from it."""
    inlines_css: bool = False
    is_flowed: bool = False
    is_signed: bool = True
    """Whether the identity's signature is put under it."""
    attachments: tuple[FileToAttach | Path, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    in_reply_to: str = ""
    references: Several = ()
    """Message-IDs; one text may hold several, with blanks between them."""
    priority: str = ""
    """``high``, ``normal``, ``low``; empty says nothing."""
    unsubscribe_url: str = ""
    category: str = ""
    """``transactional``, ``bulk``; empty says nothing."""
    tags: Several = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    template_id: str = ""
    """Of a template that is kept at the provider."""
    merge: Mapping[str, str] = field(default_factory=dict)
    merge_for: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Merge data of single recipients, by address."""
    track_opens: bool | None = None
    track_clicks: bool | None = None
    account: str = ""
    """Name; empty means the one that owns the sender, or else the default."""
    provider: str = ""
    """Name of a provider, in place of the one account that leads through it."""
    expires_at: datetime | None = None
    """When it is of no use any more, aware."""
    idempotency_key: str = ""
    """What the one who asks calls this request; no part of the mail."""
    noticed: tuple[Finding, ...] = ()
    """What was noticed while it was read; for reviewers, no part of the mail."""


def compose(stores: Surroundings, fields: Fields) -> Draft:
    """Return what ``fields`` say, every field checked, files frozen.

    Raises:
        FieldError: One field has a value that it may not have.
        ConfigurationError: The account named does not exist.
    """
    account = _account(stores, fields)
    sender, identity = _sender(fields, account)
    body, noticed_in_body = finished(_written(stores, fields, identity))
    attachments, noticed_in_files = _attachments(stores, fields.attachments)
    to = parse_addresses(_several(fields.to), field="to")
    cc = parse_addresses(_several(fields.cc), field="cc")
    bcc = parse_addresses(_several(fields.bcc), field="bcc")
    return Draft(
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=_reply_to(fields, identity),
        subject=fields.subject,
        body=body,
        attachments=attachments,
        headers=_headers(stores, fields),
        in_reply_to=fields.in_reply_to,
        references=_identifiers(fields.references),
        account=account.name if account else "",
        priority=_choice(Priority, fields.priority, field="priority"),
        unsubscribe_url=fields.unsubscribe_url,
        service=_service(fields, (to, cc, bcc)),
        noticed=(*fields.noticed, *noticed_in_body, *noticed_in_files),
        expires_at=fields.expires_at and _in_utc(fields.expires_at),
    )


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise FieldError(
            f"{at.isoformat()} is no time in the years 1 to 9999 of UTC.",
            hint="Give a time to come, or leave it out.",
            field="expires-at",
        ) from error


def _several(value: Several) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _identifiers(typed: Several) -> tuple[str, ...]:
    """Split at blanks only, so that a line break among them is refused."""
    return tuple(one for text in _several(typed) for one in text.split(" ") if one)


def _account(stores: Surroundings, fields: Fields) -> AccountSettings | None:
    config = stores.config
    if fields.account:
        return config.account(fields.account)
    candidates = _led_through(config, fields.provider)
    wanted = parse_address(fields.sender, field="from") if fields.sender else None
    for account in candidates:
        if wanted is not None and account.identity_of(wanted) is not None:
            return account
    if fields.provider and len(candidates) == 1:
        return candidates[0]
    return config.account() if config.default_account else None


def _led_through(config: Config, provider: str) -> tuple[AccountSettings, ...]:
    """Return the accounts that lead through ``provider``; all without one.

    Raises:
        ConfigurationError: There is none, or several and none is the default.
    """
    if not provider:
        return config.accounts
    found = tuple(one for one in config.accounts if one.provider == provider)
    default = tuple(one for one in found if one.name == config.default_account)
    if len(found) > 1 and default:
        return default
    if len(found) != 1:
        names = ", ".join(one.name for one in found or config.accounts)
        number = "No account leads" if not found else "Several accounts lead"
        raise ConfigurationError(
            f"{number} through {provider[:60]!r}.",
            hint=f"Name one with --account: {names or 'there is none yet'}.",
            field="provider",
        )
    return found


def _sender(
    fields: Fields, account: AccountSettings | None
) -> tuple[Address, Identity | None]:
    sender, identity = _typed_sender(fields, account)
    if fields.sender_name:
        sender = with_name(sender, fields.sender_name, field="from-name")
    return sender, identity


def _typed_sender(
    fields: Fields, account: AccountSettings | None
) -> tuple[Address, Identity | None]:
    if not fields.sender:
        own = _own(account)
        return own.address, own
    sender = parse_address(fields.sender, field="from")
    if account is None:
        return sender, None
    identity = account.identity_of(sender)
    if identity is None:
        raise _not_of_the_account(account, sender)
    if not sender.name:
        sender = replace(sender, name=identity.address.name)
    return sender, identity


def _own(account: AccountSettings | None) -> Identity:
    if account is None:
        raise ConfigurationError(
            "There is no account to send from yet, and no From was given.",
            hint="Add one: tuimail accounts add",
            field="from",
        )
    return account.identities[0]


def _not_of_the_account(account: AccountSettings, sender: Address) -> FieldError:
    names = ", ".join(one.address.text for one in account.identities)
    return FieldError(
        f"The account {account.name} sends as {names}, not as {sender.text}.",
        hint="Leave From out, or add an account for that address: tuimail accounts add",
        field="from",
    )


def _reply_to(fields: Fields, identity: Identity | None) -> tuple[Address, ...]:
    typed = _several(fields.reply_to)
    if typed or identity is None or identity.reply_to is None:
        return parse_addresses(typed, field="reply-to")
    return (identity.reply_to,)


def _written(
    stores: Surroundings, fields: Fields, identity: Identity | None
) -> Written:
    return Written(
        text=fields.text,
        html=fields.html,
        markdown=fields.markdown,
        makes_text=fields.makes_text,
        inlines_css=fields.inlines_css,
        is_flowed=fields.is_flowed,
        signature=identity.signature if identity and fields.is_signed else "",
        is_trusted=not is_agent(stores.acting.actor),
    )


def _attachments(
    stores: Surroundings, files: Iterable[FileToAttach | Path]
) -> tuple[tuple[Attachment, ...], tuple[Finding, ...]]:
    files = tuple(files)
    require_few(stores, len(files))
    attached: list[Attachment] = []
    noticed: list[Finding] = []
    for file in files:
        wanted = FileToAttach(source=file) if isinstance(file, Path) else file
        attachment, findings = attach(stores, wanted)
        attached.append(attachment)
        noticed += findings
    return tuple(attached), tuple(noticed)


def _headers(stores: Surroundings, fields: Fields) -> tuple[tuple[str, str], ...]:
    if is_agent(stores.acting.actor):
        for name, _ in fields.headers:
            if not agents_may_set(name):
                raise FieldError(
                    f"The header {name[:60]!r} is not one that a program may set.",
                    hint="Leave it out, or begin its name with X-.",
                    field="header",
                )
    return fields.headers


def _service(
    fields: Fields, recipients: Iterable[tuple[Address, ...]]
) -> ServiceOptions:
    if not _asks(fields):
        return NOTHING_ASKED
    known = {wire_address(one) for several in recipients for one in several}
    return ServiceOptions(
        category=_choice(Category, fields.category, field="category"),
        tags=_several(fields.tags),
        metadata=pairs_of(fields.metadata),
        template_id=fields.template_id,
        merge=pairs_of(fields.merge),
        merge_for=tuple(_merge_for(fields.merge_for, known)),
        track_opens=fields.track_opens,
        track_clicks=fields.track_clicks,
    )


def _asks(fields: Fields) -> bool:
    """Return whether anything is said to the provider beside the message."""
    return bool(
        fields.category
        or fields.tags != ()
        or fields.metadata
        or fields.template_id
        or fields.merge
        or fields.merge_for
        or fields.track_opens is not None
        or fields.track_clicks is not None
    )


def _merge_for(
    typed: Mapping[str, Mapping[str, str]], known: set[str]
) -> Iterable[tuple[str, Pairs]]:
    for text, values in typed.items():
        wire = wire_address(parse_address(text, field="merge-for"))
        if wire not in known:
            raise FieldError(
                f"There is merge data for {wire}, who does not get this mail.",
                hint="Name it in to, cc or bcc, or leave its data out.",
                field="merge-for",
            )
        yield wire, pairs_of(values)


def _choice(kind: type[Choice], word: str, *, field: str) -> Choice | None:
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        raise FieldError(
            f"{word[:60]!r} is not a {field} that mail has.",
            hint=f"It may be {', '.join(kind)}.",
            field=field,
        ) from None
