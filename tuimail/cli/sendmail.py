"""The verb that stands in for ``sendmail``, also as a link of that name.

Its words, its silence and its exit codes are those of other programs of that name,
so that cron, mail programs and git need not know which one they call.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.cli.verbs import SENDMAIL
from tuimail.workspace.importing import MESSAGE_LIMIT_BYTES

if TYPE_CHECKING:
    from tuimail.intake.sendmail.handing import SendmailDesk
    from tuimail.intake.sendmail.words import Wishes
    from tuimail.workspace.workspace import Workspace

TOKEN: Final = "TUIMAIL_TOKEN"  # noqa: S105 - a variable's name
_FLAGS: Final = (
    (("-t",), "for everybody in To, Cc and Bcc"),
    (("-i", "-oi"), "a line that is a lone dot does not end the message"),
    (("-bm",), "take one message from stdin; that is what it does anyway"),
    (("-bs",), "talk SMTP over stdin and stdout"),
    (("-oeq",), "say nothing of what went wrong, but by the exit code"),
    (("-v",), "say the id of what was handed in"),
)
_WITH_VALUE: Final = (
    (("-f",), "ADDRESS", "where bounces are to go"),
    (("-F",), "NAME", "name of the author, where the message names none"),
    (("-N", "-R", "-V"), "VALUE", "reports wished for, which the reviewer is told"),
)


def _arguments(parser: Parser) -> None:
    """Say what it takes; the words are read by rules of their own."""
    parser.usage = "tuimail sendmail [FLAG ...] [--] [ADDRESS ...]"
    parser.add_argument(
        "addresses",
        nargs="*",
        metavar="ADDRESS",
        help="who gets it; other flags of sendmail are taken and mean nothing",
    )
    for flags, what in _FLAGS:
        parser.add_argument(*flags, action="store_true", help=what)
    for names, value, what in _WITH_VALUE:
        parser.add_argument(*names, metavar=value, help=what)


def _sendmail(call: Call) -> int:
    from tuimail.intake.sendmail.words import Mode, read_words  # noqa: PLC0415 - rare

    wishes = read_words(call.options.words)
    if wishes.mode is Mode.SMTP:
        return _talk(call)
    if wishes.mode is Mode.MESSAGE:
        return _take_one(call, wishes)
    return exits.DONE


def _take_one(call: Call, wishes: "Wishes") -> int:
    if wishes.is_quiet:
        call.console.be_quiet()
    raw = _message(call, wishes)
    with call.open(door=SENDMAIL) as workspace:
        answer = _desk(call, workspace).hand_in(raw, wishes)
    if call.console.is_json:
        call.console.document({"id": answer.id, "status": answer.state})
    elif wishes.is_verbose:
        call.console.say(f"{answer.state}: {answer.id}".removesuffix(": "))
    return exits.DONE


def _message(call: Call, wishes: "Wishes") -> bytes:
    """Return the message on stdin, up to its end or to a lone dot."""
    if wishes.ignores_dots:
        return call.console.read(MESSAGE_LIMIT_BYTES + 1)
    return b"".join(_up_to_the_dot(call.console.lines(MESSAGE_LIMIT_BYTES + 1)))


def _up_to_the_dot(lines: Iterable[bytes]) -> Iterable[bytes]:
    for line in lines:
        if line.rstrip(b"\r\n") == b".":
            return
        yield line


def _talk(call: Call) -> int:
    from tuimail.intake.sendmail.talking import (  # noqa: PLC0415 - loads asyncio
        PIECE_BYTES,
        talk,
    )

    with call.open(door=SENDMAIL) as workspace:
        desk = _desk(call, workspace)
        talk(desk, lambda: call.console.some(PIECE_BYTES), call.console.relay)
    return exits.DONE


def _desk(call: Call, workspace: "Workspace") -> "SendmailDesk":
    from tuimail.intake.sendmail.handing import SendmailDesk  # noqa: PLC0415 - rare

    return SendmailDesk(workspace, token=call.environ.get(TOKEN, "").strip())


COMMANDS: Final[Mapping[str, Command]] = {
    SENDMAIL: Command(
        arguments=_arguments,
        run=_sendmail,
        takes_words=True,
        examples=("tuimail sendmail -t -oi < letter.eml",),
    ),
}
