"""Verbs about the workspace itself: looked over and mended, and copied."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from shlex import quote
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call, place_of
from tuimail.cli.parser import Command, Parser

if TYPE_CHECKING:
    from tuimail.workspace.doctor import Report

_WIDTH: Final = len("problem")
_OFTEN: Final = 50
"""Files that take less than a second to be copied."""


def _doctor_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--repair",
        action="store_true",
        help="mend what needs no decision about mail; a damaged database is rebuilt "
        "from the files, and nothing leaves because of that",
    )


def _doctor(call: Call) -> int:
    from tuimail.workspace.opening import open_doctor  # noqa: PLC0415 - heavy

    doctor = open_doctor(
        environ=call.environ,
        cwd=call.cwd,
        workspace=call.workspace,
        config=call.config,
        on_terminal=call.console.is_terminal,
    )
    report = doctor.repair() if call.options.repair else doctor.examine()
    if call.console.is_json:
        call.console.document(_document(report))
    else:
        _print(call, report)
    return exits.DONE if report.is_fine else exits.REFUSED


def _print(call: Call, report: "Report") -> None:
    for sentence in report.mended:
        call.console.data(f"{'mended':<{_WIDTH}}  {sentence}")
    if report.rebuilt is not None:
        for draft_id, why in report.rebuilt.not_understood:
            call.console.data(f"{'left':<{_WIDTH}}  {draft_id}: {why}")
    for one in report.diagnoses:
        next_step = f"  → {one.hint}" if one.hint else ""
        line = f"{one.health.value:<{_WIDTH}}  {one.name}: {one.sentence}{next_step}"
        call.console.data(line)


def _document(report: "Report") -> Mapping[str, object]:
    rebuilt = report.rebuilt
    return {
        "workspace": str(report.root),
        "ok": report.is_fine,
        "checks": [
            {
                "name": one.name,
                "health": one.health.value,
                "message": one.sentence,
                "hint": one.hint,
            }
            for one in report.diagnoses
        ],
        "mended": list(report.mended),
        "rebuilt": rebuilt
        and {
            "mails": rebuilt.mails,
            "held": list(rebuilt.held),
            "unknown": list(rebuilt.unknown),
            "not_understood": [
                {"id": draft_id, "why": why} for draft_id, why in rebuilt.not_understood
            ],
            "access_lost": rebuilt.access_lost or None,
        },
    }


def _backup_arguments(parser: Parser) -> None:
    parser.add_argument(
        "dest", metavar="DEST", help="a folder that is not there yet, or is empty"
    )


def _backup(call: Call) -> int:
    place = place_of(call, call.options.dest, "dest")
    with call.open() as workspace, _counted(call) as watch:
        made = workspace.upkeep.back_up(place, watch=watch)
    if call.console.is_json:
        call.console.document(
            {
                "backup": str(made.path),
                "mails": made.mails,
                "files": made.files,
                "size_bytes": made.size_bytes,
                "held": made.held,
                "unknown": made.unknown,
            }
        )
        return exits.DONE
    call.console.data(f"{made.path}: mails {made.mails}, files {made.files}")
    call.console.say(
        f"What waits is held in it ({made.held}), because this workspace goes on "
        "sending. Accounts and passwords are not in it.",
        f"Open it: tuimail --workspace {quote(str(made.path))}",
    )
    return exits.DONE


@contextmanager
def _counted(call: Call) -> Iterator[Callable[[int], None]]:
    """Tell a person who waits how many files are copied; each lies safe on the disk."""
    console, told = call.console, 0

    def watch(files: int) -> None:
        nonlocal told
        if files % _OFTEN == 0 and console.talks_to_person:
            told = files
            console.rewrite(f"Copied {files:,} files.")

    try:
        yield watch
    finally:
        if told:
            console.say("")


COMMANDS: Final[Mapping[str, Command]] = {
    "doctor": Command(
        arguments=_doctor_arguments,
        run=_doctor,
        examples=("tuimail doctor", "tuimail doctor --repair"),
    ),
    "backup": Command(
        arguments=_backup_arguments,
        run=_backup,
        examples=("tuimail backup ~/backups/mail-2027-03-04",),
    ),
}
