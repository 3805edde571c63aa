"""The verb that makes drafts of messages and mailboxes, and takes reports: import.

Messages that are named one by one are all read before any is stored, so that a
mistake in one leaves nothing behind that the next try would double. Mailboxes come
after them, mail by mail.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.agents import actor_of, add_actor
from tuimail.cli.call import Call, place_of
from tuimail.cli.flags import STDIN, add_key
from tuimail.cli.importing_mailboxes import MailboxImport, require_reviewable
from tuimail.cli.parser import Command, Parser, positive
from tuimail.cli.reporting import taken_document, taken_lines
from tuimail.cli.several import print_each
from tuimail.core.draft import Draft, check_idempotency_key
from tuimail.core.handed_in.mbox import Dialect
from tuimail.errors import InputError, UsageError
from tuimail.workspace.mailboxes import Mailbox, mailbox_of, open_mailbox

if TYPE_CHECKING:
    from tuimail.workspace.reports import Report
    from tuimail.workspace.views import Row
    from tuimail.workspace.workspace import Workspace


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a file with one whole message (.eml), a mailbox (mbox) or a maildir; - "
        "is stdin",
    )
    parser.add_argument(
        "--account",
        default="",
        metavar="NAME",
        help="the way out it leaves by; that of its From if left out",
    )
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="at most N mails of the mailboxes"
    )
    parser.add_argument(
        "--skip", type=positive, metavar="N", help="leave out the first N of them"
    )
    parser.add_argument(
        "--dialect",
        choices=[one.value for one in Dialect],
        default=Dialect.AUTO.value,
        metavar="WORD",
        help="how an mbox file quotes lines that begin with From: "
        f"{', '.join(Dialect)}; auto goes by the lengths it says, else by mboxrd",
    )
    add_actor(parser)
    add_key(parser)


def _import(call: Call) -> int:
    actor, paths = actor_of(call.options.actor), call.options.paths
    if paths.count(STDIN) > 1:
        raise UsageError(
            "Two messages cannot both come from stdin.",
            hint="Write one of them to a file.",
            field="path",
        )
    _check_key(call, is_handed_in=bool(actor))
    with (
        call.open() as workspace,
        workspace.acting_as(actor or workspace.actor, door="cli"),
    ):
        return _import_all(call, workspace)


def _import_all(call: Call, workspace: "Workspace") -> int:
    named = [(path, _content(call, path)) for path in call.options.paths]
    found = [
        _read(call, workspace, path, one)
        for path, one in named
        if isinstance(one, bytes)
    ]
    mailboxes = [(path, one) for path, one in named if isinstance(one, Mailbox)]
    rows = _stored(call, workspace, found)
    reports = _taken(workspace, found)
    rest = MailboxImport(call, workspace)
    for path, mailbox in mailboxes:
        rest.take(path, mailbox)
    if mailboxes:
        rest.end()
    _print(call, workspace, rows, reports, rest)
    is_done = all(one.news for one in reports) and not rest.has_refused
    return exits.DONE if is_done else exits.REFUSED


def _stored(
    call: Call, workspace: "Workspace", found: Iterable[Draft | bytes]
) -> "list[Row]":
    note, key = call.options.note, call.options.idempotency_key or ""
    return [
        workspace.drafts.new(one, note=note, key=key)
        for one in found
        if isinstance(one, Draft)
    ]


def _taken(workspace: "Workspace", found: Iterable[Draft | bytes]) -> "list[Report]":
    taken = [workspace.reports.take(one) for one in found if isinstance(one, bytes)]
    return [one for one in taken if one is not None]


def _print(
    call: Call,
    workspace: "Workspace",
    rows: "Iterable[Row]",
    reports: "Iterable[Report]",
    rest: MailboxImport,
) -> None:
    told = [taken_document(one) for one in reports]
    print_each(
        call,
        workspace,
        rows,
        beside={"reports": [*told, *rest.reports], "errors": rest.errors},
        further=rest.mails,
    )
    if not call.console.is_json:
        call.console.data(*(line for one in reports for line in taken_lines(one)))


def _check_key(call: Call, *, is_handed_in: bool) -> None:
    key, paths = call.options.idempotency_key, call.options.paths
    if key is None:
        return
    check_idempotency_key(key)
    if len(paths) > 1 or not is_handed_in:
        raise UsageError(
            "A key is for one message that is handed in; "
            + (f"there are {len(paths)}." if is_handed_in else "drafts use up none."),
            hint="Hand in one at a time: --actor NAME",
            field="idempotency-key",
        )


def _read(call: Call, workspace: "Workspace", path: str, raw: bytes) -> Draft | bytes:
    """Return the draft that the message at ``path`` becomes; a report as it is.

    Raises:
        InputError: It is none; the sentence begins with the path.
    """
    if workspace.reports.is_report(raw):
        return raw
    try:
        draft = workspace.drafts.import_message(raw, account=call.options.account)
        require_reviewable(draft, workspace.actor)
    except InputError as error:
        raise type(error)(
            f"{path}: {error}", hint=error.hint, field=error.field
        ) from error
    return draft


def _content(call: Call, path: str) -> Mailbox | bytes:
    dialect = Dialect(call.options.dialect)
    if path == STDIN:
        found = mailbox_of(call.console.read, dialect=dialect)
    else:
        place = place_of(call, path, "path")
        found = open_mailbox(place, name=path, dialect=dialect)
    if isinstance(found, Mailbox) and call.options.idempotency_key is not None:
        raise UsageError(
            f"A key is for one message, and {path} has several.",
            hint="Leave the key out, or hand in one at a time.",
            field="idempotency-key",
        )
    return found


COMMANDS: Final[Mapping[str, Command]] = {
    "import": Command(
        arguments=_arguments,
        run=_import,
        examples=(
            "tuimail import letter.eml",
            "tuimail import --actor billing - < letter.eml",
            "tuimail import ~/Mail/Drafts archive.mbox --limit 100",
        ),
    ),
}
