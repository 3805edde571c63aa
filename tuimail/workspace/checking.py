"""What is noticed about a draft: the checks, told what this workspace knows."""

from collections.abc import Iterable, Iterator

from tuimail.core import compose
from tuimail.core.checks.context import Context
from tuimail.core.draft import Draft
from tuimail.core.finding import UNSUPPORTED, Finding, Severity
from tuimail.core.message import Message
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.settings.account import AccountSettings
from tuimail.workspace import suppressions
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import is_retold, require_sayable


def findings(
    stores: Stores,
    draft: Draft,
    message: Message | None,
    *,
    also: Iterable[Finding] = (),
) -> tuple[Finding, ...]:
    """Return what every check noticed about ``draft``, the worst first.

    Args:
        stores: What is known besides.
        draft: What is checked.
        message: What it was rendered to; None where it could not be.
        also: What was noticed by somebody else.
    """
    from tuimail.core.checks import every  # noqa: PLC0415 - 50 ms that lists do not need

    account = stores.settings.account(draft.account)
    context = _context(stores, draft, account, message)
    further = [*also, *suppressions.findings(stores, draft)]
    if account is not None and message is not None:
        further += _refused(stores, draft, account)
    return every.run(draft, context, further=further)


def _context(
    stores: Stores,
    draft: Draft,
    account: AccountSettings | None,
    message: Message | None,
) -> Context:
    identities = account.identities if account else ()
    recipients = frozenset(one.text for one in draft.recipients)
    known = stores.correspondents.known(recipients)
    return Context(
        own_addresses=frozenset(one.address.text for one in identities),
        own_domains=_own_domains(stores),
        known_addresses=known,
        known_domains=_known_domains(stores, is_needed=known != recipients),
        size_bytes=message.size_bytes if message else 0,
        size_limit_bytes=account.max_message_bytes if account else None,
        makes_links=bool(stores.config.public_url),
        read=stores.blobs.read,
    )


def _known_domains(stores: Stores, *, is_needed: bool) -> frozenset[str]:
    return stores.correspondents.domains() if is_needed else frozenset()


def _own_domains(stores: Stores) -> frozenset[str]:
    """Return the domains that all configured accounts send from."""
    return frozenset(
        identity.address.domain
        for account in stores.config.accounts
        for identity in account.identities
    )


def _refused(
    stores: Stores, draft: Draft, account: AccountSettings
) -> Iterator[Finding]:
    """Find what the provider will refuse when somebody approves it.

    Most mail asks for nothing that one could refuse, and to ask takes 100 ms
    where nothing else needs the provider.
    """
    asks = draft.headers or draft.service.asks or compose.asks_for_utf8(draft)
    if not (asks or is_retold(account)):
        return
    try:
        require_sayable(stores, account, draft, compose.envelope(draft))
    except UnsupportedFeatureError as error:
        yield Finding(
            code=UNSUPPORTED,
            severity=Severity.BLOCK,
            field=error.field,
            message=f"{error} It cannot be approved like this.",
            hint=error.hint,
        )
    except ConfigurationError:
        return  # the account itself is wrong, which its own page says
