"""The verb that makes drafts of whole messages: import.

All of them are read before any is stored, so that a mistake in one leaves
nothing behind that the next try would double.
"""

import errno
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.documents import record_document
from tuimail.cli.parser import Command, Parser
from tuimail.core.draft import AGENT_PREFIX, Draft, check_line, is_agent
from tuimail.errors import FieldError, InputError, NotComposableError, UsageError
from tuimail.settings.files import expanded

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

MESSAGE_LIMIT_BYTES: Final = 50 * 1024 * 1024
"""What the workspace takes; a device that never ends stops here."""
LONGEST_NAME: Final = 64
_STDIN: Final = "-"
_FROM_SHELL: Final = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/[0-9]+")
"""What stands for stdin, or for the other end of ``<(command)``."""


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
    parser.add_argument(
        "--actor",
        metavar="NAME",
        help="the agent that hands it in, by its own name; it then goes to review",
    )
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what the reviewer should know"
    )


def _import(call: Call) -> int:
    actor, paths = _agent(call.options.actor), call.options.paths
    if paths.count(_STDIN) > 1:
        raise UsageError(
            "Two messages cannot both come from stdin.",
            hint="Write one of them to a file.",
            field="path",
        )
    with call.open() as workspace:
        with workspace.acting_as(actor or workspace.actor, door="cli"):
            drafts = [_draft(call, workspace, path) for path in paths]
            note = call.options.note
            ids = [workspace.drafts.new(draft, note=note).id for draft in drafts]
        _print(call, workspace, ids)
    return exits.DONE


def _draft(call: Call, workspace: "Workspace", path: str) -> Draft:
    """Return the draft that the message at ``path`` becomes.

    Raises:
        InputError: It cannot be read, or is none; the sentence begins with the path.
    """
    raw = _content(call, path)
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
    if path == _STDIN:
        return call.console.read(MESSAGE_LIMIT_BYTES + 1)
    return _file(call.cwd / expanded(Path(path)), shown=path)


def _file(path: Path, *, shown: str) -> bytes:
    """Return what is in a file, or in a pipe that a shell opened for us.

    Any other pipe is refused: it could keep us for ever.
    """
    opener = None if _FROM_SHELL.fullmatch(str(path)) else _open_file
    try:
        with open(path, "rb", opener=opener) as file:
            return file.read(MESSAGE_LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise FieldError(
            f"{shown} cannot be read: {reason}.",
            hint="Name a file with one whole message.",
            field="path",
        ) from error


def _open_file(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def _agent(name: str | None) -> str:
    """Return the actor of that name, or nothing where none was given."""
    if name is None:
        return ""
    name = name.removeprefix(AGENT_PREFIX)
    check_line(name, field="actor", what="The name of the agent")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UsageError(
            f"An agent's name has 1 to {LONGEST_NAME} characters, not {len(name)}.",
            hint="Write --actor NAME.",
            field="actor",
        )
    return AGENT_PREFIX + name


def _print(call: Call, workspace: "Workspace", ids: list[str]) -> None:
    """Print one record after another, or one document with all of them."""
    pages = [workspace.drafts.page(draft_id) for draft_id in ids]
    if call.console.is_json:
        call.console.document({"mails": [record_document(page) for page in pages]})
        return
    for page in pages:
        print_record(call, page)


COMMANDS: Final[Mapping[str, Command]] = {
    "import": Command(arguments=_arguments, run=_import),
}
