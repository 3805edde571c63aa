"""The flags that a mail is written with, and what they say.

Takes text apart and reads files; whether a value may stand in mail is for the
workspace to say.
"""

import errno
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Parser
from tuimail.core.draft import Draft
from tuimail.errors import FieldError, NotComposableError, UsageError
from tuimail.settings.files import expanded
from tuimail.workspace.fields import Fields

FILE_LIMIT_BYTES: Final = 10_000_000
"""More text than anybody reads; a device that never ends stops here."""
STDIN: Final = "-"
_FROM_SHELL: Final = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/[0-9]+")
"""What stands for stdin, or for the other end of ``<(command)``."""


def add_fields(parser: Parser) -> None:
    """Take everything that can be said about a mail."""
    _add_addresses(parser)
    _add_content(parser)
    _add_threading(parser)
    parser.add_argument(
        "--account", default="", metavar="NAME", help="the way out it leaves by"
    )


def _add_addresses(parser: Parser) -> None:
    parser.add_argument(
        "--from",
        dest="sender",
        default="",
        metavar="ADDRESS",
        help="address or 'Name <address>'; the account's own if left out",
    )
    parser.add_argument(
        "--from-name", default="", metavar="NAME", help="the name shown with it"
    )
    for flag, what in (
        ("--to", "a recipient; one address each time, to be repeated"),
        ("--cc", "a recipient of a copy"),
        ("--bcc", "a recipient that no other sees"),
        ("--reply-to", "where answers go"),
    ):
        parser.add_argument(
            flag, action="append", default=[], metavar="ADDRESS", help=what
        )


def _add_content(parser: Parser) -> None:
    parser.add_argument("--subject", default="", metavar="TEXT")
    for kind, what in (("text", "plain text"), ("html", "HTML")):
        either = parser.add_mutually_exclusive_group()
        either.add_argument(f"--{kind}", metavar="TEXT", help=f"the mail as {what}")
        either.add_argument(
            f"--{kind}-file", metavar="PATH", help="the same from a file; - is stdin"
        )
    parser.add_argument(
        "--attach", action="append", default=[], metavar="PATH", help="a file"
    )
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a further header; 'NAME: VALUE' will do",
    )


def _add_threading(parser: Parser) -> None:
    parser.add_argument(
        "--in-reply-to", default="", metavar="ID", help="Message-ID of what it answers"
    )
    parser.add_argument(
        "--references",
        action="append",
        default=[],
        metavar="IDS",
        help="Message-IDs of the mails before it, oldest first",
    )


def fields_of(call: Call) -> Fields:
    """Return what was typed, with the files of text and HTML read.

    Raises:
        FieldError: A file cannot be read as text, or a header has no name.
        UsageError: Both text and HTML are to come from stdin.
    """
    options = call.options
    if options.text_file == options.html_file == STDIN:
        raise UsageError(
            "Text and HTML cannot both come from stdin.",
            hint="Write one of them to a file.",
            field="html-file",
        )
    return Fields(
        sender=options.sender,
        sender_name=options.from_name,
        to=tuple(options.to),
        cc=tuple(options.cc),
        bcc=tuple(options.bcc),
        reply_to=tuple(options.reply_to),
        subject=options.subject,
        text=_text(call, options.text, options.text_file, field="text-file"),
        html=_text(call, options.html, options.html_file, field="html-file"),
        attachments=tuple(call.cwd / _path(path) for path in options.attach),
        headers=tuple(_header(header) for header in options.header),
        in_reply_to=options.in_reply_to,
        references=_references(options.references),
        account=options.account,
    )


def require_recipient(draft: Draft) -> Draft:
    """Return ``draft``, or refuse it before it is stored.

    A command that was told nobody has no window in which somebody is added.

    Raises:
        NotComposableError: Nobody would get it.
    """
    if not draft.recipients:
        raise NotComposableError(
            "Nobody is named in To, Cc or Bcc.",
            hint="Add a recipient: --to ADDRESS",
            field="to",
        )
    return draft


def _path(text: str) -> Path:
    return expanded(Path(text))


def _header(text: str) -> tuple[str, str]:
    """Split at the first ``:`` or ``=``: no header's name has either."""
    ends = [at for at in (text.find(":"), text.find("=")) if at > 0]
    if not ends:
        raise FieldError(
            f"The header {text!r} has no name and value.",
            hint="Write --header NAME=VALUE.",
            field="header",
        )
    return text[: min(ends)], text[min(ends) + 1 :].strip(" \t")


def _references(typed: Sequence[str]) -> tuple[str, ...]:
    """Split at blanks only, so that a line break among them is refused."""
    return tuple(one for text in typed for one in text.split(" ") if one)


def _text(call: Call, text: str | None, path: str | None, *, field: str) -> str:
    if path is None:
        return text or ""
    content = call.console.read(FILE_LIMIT_BYTES + 1) if path == STDIN else None
    if content is None:
        content = _file(call.cwd / _path(path), field=field)
    if len(content) > FILE_LIMIT_BYTES:
        raise FieldError(
            f"{path} is longer than {FILE_LIMIT_BYTES} bytes.",
            hint="Attach it instead: --attach PATH",
            field=field,
        )
    return _decoded(content, path, field=field)


def _file(path: Path, *, field: str) -> bytes:
    """Return what is in a file, or in a pipe that a shell opened for us.

    Any other pipe is refused: it could keep us for ever.
    """
    opener = None if _FROM_SHELL.fullmatch(str(path)) else _open_file
    try:
        with open(path, "rb", opener=opener) as file:
            return file.read(FILE_LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise FieldError(
            f"{path} cannot be read: {reason}.",
            hint=f"Check --{field}.",
            field=field,
        ) from error


def _open_file(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def _decoded(content: bytes, path: str, *, field: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FieldError(
            f"{path} is not UTF-8 text: byte {error.start + 1} is "
            f"{content[error.start]:#04x}.",
            hint=f"Convert it first, or attach it: --attach {path}",
            field=field,
        ) from error
