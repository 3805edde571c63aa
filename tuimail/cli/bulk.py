"""The verb that sends a mail for each row of a file: bulk.

What it is called within its job makes each row one mail: killed and typed again, the
command goes on with what is left.
"""

import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from tuimail.cli import exits
from tuimail.cli.bulk_telling import Looked, print_result
from tuimail.cli.call import Call
from tuimail.cli.fields import fields_of, lifetime_of
from tuimail.cli.flags import STDIN, add_expires, add_mail, add_template_file
from tuimail.cli.parser import Command, Parser, seconds
from tuimail.cli.sending import add_late
from tuimail.cli.times import moment_for
from tuimail.core.schedule import Late
from tuimail.core.values import replace
from tuimail.errors import UsageError
from tuimail.settings.files import expanded

if TYPE_CHECKING:
    from tuimail.api.bulk import Plan
    from tuimail.api.bulk_file import Source
    from tuimail.api.bulk_result import BulkResult, Item
    from tuimail.api.bulk_rows import Mails
    from tuimail.api.bulk_run import Run
    from tuimail.api.bulk_ways import SendingWorker
    from tuimail.api.message import MessageFields

PIECE_BYTES: Final = 64 * 1024


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="the rows: CSV with the names of the columns in its first line, or JSON "
        "Lines; - for stdin",
    )
    add_mail(parser)
    add_template_file(parser)
    parser.add_argument(
        "--job",
        metavar="NAME",
        help="what this is called: under the same name no row is sent again, unless "
        "it failed (default: the name of FILE)",
    )
    parser.add_argument(
        "--key",
        default="",
        metavar="COLUMN",
        help="the column that tells rows apart, the same whenever this is typed "
        "(default: whom a row is for)",
    )
    parser.add_argument(
        "--at",
        type=moment_for("at"),
        metavar="TIME",
        help="not before: 2027-03-04 09:30, as send takes it; whoever sends then has "
        "to run",
    )
    add_late(parser)
    add_expires(parser)
    parser.add_argument(
        "--max-per-second",
        type=float,
        metavar="N",
        help="begin with no more than so many in a second",
    )
    parser.add_argument(
        "--wait",
        type=seconds,
        default=60.0,
        metavar="SECONDS",
        help="leave what is left to the outbox after so long without any verdict "
        "(default 60)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="make and check all; send nothing"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before sending")
    parser.set_defaults(data=None, idempotency_key=None)


def _bulk(call: Call) -> int:
    job = _job(call)
    with _source(call) as source:
        plan, mails = _plan(call, job), _mails(call, source.items)
        if call.options.dry_run:
            return _dry_run(call, plan, mails)
        if not _is_wanted(call, job, source.total or 0):
            call.console.say("Nothing was sent.")
            return exits.REFUSED
        result = _sent(call, plan, mails, source.total)
    print_result(call, result)
    return _code(result)


def _job(call: Call) -> str:
    """Return what the job is called.

    Raises:
        UsageError: It comes from stdin, and nobody said.
    """
    job: str | None = call.options.job
    if job is None and call.options.file == STDIN:
        raise UsageError(
            "Rows from stdin have no name to be known by when this is typed again.",
            hint="Name the job: --job newsletter-2027-03",
            field="job",
        )
    return Path(call.options.file).name if job is None else job


@contextmanager
def _source(call: Call) -> "Iterator[Source]":
    from tuimail.api.bulk_file import counted, source_of  # noqa: PLC0415 - 20 ms

    if call.options.file != STDIN:
        with source_of(call.cwd / expanded(Path(call.options.file))) as source:
            yield source
        return
    with tempfile.TemporaryFile() as copy:
        _copy_stdin(call, copy)
        yield counted(copy, name="stdin")


def _copy_stdin(call: Call, copy: BinaryIO) -> None:
    while content := call.console.some(PIECE_BYTES):
        copy.write(content)
    copy.seek(0)


def _mails(call: Call, items: "Iterable[Item]") -> "Mails":
    from tuimail.api.bulk_rows import Mails  # noqa: PLC0415 - as above

    options = call.options
    return Mails(
        items,
        fields=_fields(call),
        key=options.key,
        account=options.account,
        provider=options.provider,
    )


def _fields(call: Call) -> "MessageFields":
    """Return what was typed about all mails, and no field that was not."""
    from tuimail.api.bulk_rows import message_of  # noqa: PLC0415 - as above
    from tuimail.api.message import Message  # noqa: PLC0415 - as above

    message, empty = message_of(fields_of(call)), Message()
    typed = {
        one.name: getattr(message, one.name)
        for one in fields(message)
        if (getattr(message, one.name) or None) != (getattr(empty, one.name) or None)
    }
    if call.options.template is not None:
        typed["template"] = _template(call)
    return cast("MessageFields", typed)


def _template(call: Call) -> object:
    from tuimail.api.template import Template  # noqa: PLC0415 - as above
    from tuimail.cli.merging import template_path  # noqa: PLC0415 - templates
    from tuimail.workspace.merging import read_template  # noqa: PLC0415 - templates

    path = template_path(call, call.options.template)
    return Template(name=path.name, folder=path.parent, loaded=read_template(path))


def _is_wanted(call: Call, job: str, number: int) -> bool:
    """Ask, where somebody is there; where nobody is, it has to be said before.

    Raises:
        UsageError: It was not.
    """
    if call.options.yes:
        return True
    if not call.console.is_terminal:
        raise UsageError(
            f"Nobody is here to be asked whether {number} mails are to be sent.",
            hint="Add --yes; or look first: --dry-run",
            field="yes",
        )
    from tuimail.cli.questions import LeftError, Questions  # noqa: PLC0415 - rare

    try:
        return Questions(call.console).yes(
            f"Send {number:,} mails as the job {job}?",
            default=False,
            explained="What the job sent before is not sent again.",
        )
    except LeftError:
        return False


def _plan(call: Call, job: str) -> "Plan":
    from tuimail.api.bulk import Plan  # noqa: PLC0415 - as above
    from tuimail.workspace.bulk import Leaving  # noqa: PLC0415 - as above

    options = call.options
    plan = Plan(
        job=job,
        key=options.key,
        leaving=Leaving(
            at=options.at, late=Late(options.late), lifetime=lifetime_of(call)
        ),
        max_per_second=options.max_per_second,
        wait=options.wait,
    )
    plan.check()
    return plan


def _sent(call: Call, plan: "Plan", mails: "Mails", total: int | None) -> "BulkResult":
    with call.open() as workspace:
        workspace.accounts.ask_ahead(call.options.account)
    with _stopping() as runs, _home(call) as home:
        with _shown(call, plan) as shown:
            run = shown.begun(shown.through(home, names_bcc=False))
            runs.append(run)
            result = replace(run.all(mails.groups(), total), job=plan.job)
        if result.is_stopped:
            call.console.insist(_ENDING)
    return result


_ENDING: Final = (
    "No more is handed over; waiting until what was begun has ended. Ctrl-C again "
    "leaves at once, and what was handed over by then becomes unknown."
)


@contextmanager
def _home(call: Call) -> "Iterator[SendingWorker]":
    """Open the workspace in a thread, which ends once what was begun is out."""
    from tuimail.api.bulk_ways import SendingWorker  # noqa: PLC0415 - as above

    worker = SendingWorker(call.open)
    worker.start()
    try:
        yield worker
    finally:
        worker.close()


@contextmanager
def _shown(call: Call, plan: "Plan") -> "Iterator[Plan]":
    """Draw a bar, where somebody looks."""
    from tuimail.api.progress import Bar  # noqa: PLC0415 - as above

    console = call.console
    if not console.talks_to_person or console.is_quiet:
        yield plan
        return
    bar = Bar(console.rewrite, lambda: console.say(""), clock=call.clock)
    try:
        yield replace(plan, show=bar)
    finally:
        bar.end()


@contextmanager
def _stopping() -> "Iterator[list[Run]]":
    """Have the first Ctrl-C stop what is in the list, and the second one end all.

    Nothing of ours runs for the second: what was handed over by then is judged by
    whoever sends next, as after any kill.
    """
    runs: list[Run] = []
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or before is signal.SIG_IGN:
        yield runs
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not runs:
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        runs[0].stop()

    signal.signal(signal.SIGINT, stop)
    try:
        yield runs
    finally:
        signal.signal(signal.SIGINT, before)


def _code(result: "BulkResult") -> int:
    if result.is_stopped:
        return exits.INTERRUPTED
    if result.failed:
        return exits.REFUSED
    is_waiting = result.unknown or result.waiting
    return exits.WAITS if is_waiting else exits.DONE


def _dry_run(call: Call, plan: "Plan", mails: "Mails") -> int:
    """Make and check every mail, and say what would be sent."""
    looked, job = Looked(plan.job), plan.as_handed_over()
    with call.open() as workspace:
        for group in mails.groups():
            good = [one for one in group if one.fields is not None and not one.error]
            orders = [one.order(job.prefix) for one in good]
            found = workspace.bulk.looked_at(orders, job)
            looked.add(group, dict(zip((one.row for one in good), found, strict=True)))
    looked.print(call)
    return exits.REFUSED if looked.failed else exits.DONE


COMMANDS: Final = {
    "bulk": Command(
        arguments=_arguments,
        run=_bulk,
        examples=(
            "tuimail bulk people.csv --template welcome.md --dry-run",
            (
                "tuimail bulk people.csv --template welcome.md "
                "--job welcome-2027-03 --max-per-second 5 --yes"
            ),
            (
                "tuimail bulk invoices.jsonl --subject 'Invoice {{ number }}' "
                "--text-file invoice.txt --key number"
            ),
        ),
    ),
}
