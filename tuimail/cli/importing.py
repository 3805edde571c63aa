"""The verb that makes drafts of whole messages, and takes reports: import.

All of them are read before any is stored, so that a mistake in one leaves
nothing behind that the next try would double.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.agents import actor_of, add_actor
from tuimail.cli.call import Call
from tuimail.cli.documents import Document
from tuimail.cli.flags import STDIN, add_key
from tuimail.cli.parser import Command, Parser
from tuimail.cli.reporting import taken_document, taken_lines
from tuimail.cli.several import print_each
from tuimail.core.draft import Draft, check_idempotency_key, is_agent
from tuimail.errors import InputError, NotComposableError, UsageError
from tuimail.settings.files import expanded
from tuimail.settings.texts import read_bytes
from tuimail.workspace.importing import MESSAGE_LIMIT_BYTES

if TYPE_CHECKING:
    from tuimail.workspace.reports import Report
    from tuimail.workspace.workspace import Workspace


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a file with one whole message (.eml); - is stdin",
    )
    parser.add_argument(
        "--account",
        default="",
        metavar="NAME",
        help="the way out it leaves by; that of its From if left out",
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
    with call.open() as workspace:
        with workspace.acting_as(actor or workspace.actor, door="cli"):
            found = [_read(call, workspace, path) for path in paths]
            note = call.options.note
            key = call.options.idempotency_key or ""
            rows = [
                workspace.drafts.new(one, note=note, key=key)
                for one in found
                if isinstance(one, Draft)
            ]
            reports = _taken(workspace, found)
        print_each(call, workspace, rows, beside={"reports": _documents(reports)})
    if not call.console.is_json:
        call.console.data(*(line for one in reports for line in taken_lines(one)))
    return exits.DONE if all(one.news for one in reports) else exits.REFUSED


def _taken(workspace: "Workspace", found: Iterable[Draft | bytes]) -> "list[Report]":
    taken = [workspace.reports.take(one) for one in found if isinstance(one, bytes)]
    return [one for one in taken if one is not None]


def _documents(reports: "Iterable[Report]") -> list[Document]:
    return [taken_document(one) for one in reports]


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


def _read(call: Call, workspace: "Workspace", path: str) -> Draft | bytes:
    """Return the draft that the message at ``path`` becomes; a report as it is.

    Raises:
        InputError: It cannot be read, or is none; the sentence begins with the path.
    """
    raw = _content(call, path)
    if workspace.reports.is_report(raw):
        return raw
    try:
        draft = workspace.drafts.import_message(raw, account=call.options.account)
        _require_recipient(draft, workspace.actor)
    except InputError as error:
        raise type(error)(
            f"{path}: {error}", hint=error.hint, field=error.field
        ) from error
    return draft


def _require_recipient(draft: Draft, actor: str) -> None:
    """Refuse what an agent hands in for nobody: it could not be reviewed."""
    if is_agent(actor) and not draft.recipients:
        raise NotComposableError(
            "Nobody is named in To, Cc or Bcc.",
            hint="Name a recipient in the message.",
            field="to",
        )


def _content(call: Call, path: str) -> bytes:
    if path == STDIN:
        return call.console.read(MESSAGE_LIMIT_BYTES + 1)
    return read_bytes(
        call.cwd / expanded(Path(path)),
        name=path,
        field="path",
        limit_bytes=MESSAGE_LIMIT_BYTES,
    )


COMMANDS: Final[Mapping[str, Command]] = {
    "import": Command(arguments=_arguments, run=_import),
}
