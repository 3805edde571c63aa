"""The verb that removes old mail."""

from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.workspace.purging import PURGED_STATUSES, PurgeReport

_LONGEST_DAYS: Final = 36_500
_KILO: Final = 1000


def _age(text: str) -> timedelta | date:
    """Return how old mail has to be, or since when nothing happened to it."""
    if text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= _LONGEST_DAYS:
        return timedelta(days=int(text))
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"takes a number of days, or a day such as 2027-01-31, not {text!r}"
        ) from error


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--older-than",
        type=_age,
        required=True,
        metavar="DAYS|DATE",
        help="remove what nothing happened to for so long, or since that day",
    )
    parser.add_argument(
        "--status",
        action="append",
        choices=sorted(PURGED_STATUSES),
        metavar="WORD",
        help=f"only of this status ({', '.join(sorted(PURGED_STATUSES))}); "
        "may be repeated",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be removed"
    )


def _purge(call: Call) -> int:
    statuses = frozenset(call.options.status or PURGED_STATUSES)
    is_dry: bool = call.options.dry_run
    with call.open() as workspace:
        before = _moment(call.options.older_than, workspace.clock.now())
        if is_dry:
            mails = workspace.purging.would_go(before, statuses)
            report = PurgeReport(mails=mails, attachments=0, freed_bytes=0)
        else:
            report = workspace.purging.purge(before, statuses)
    if call.console.is_json:
        call.console.document(_document(report, before, is_dry=is_dry))
    else:
        _tell(call, report, is_dry=is_dry)
    return exits.DONE


def _moment(age: timedelta | date, now: datetime) -> datetime:
    """Return the moment meant; a day begins at midnight here."""
    if isinstance(age, timedelta):
        return now - age
    return datetime.combine(age, time()).astimezone()


def _document(
    report: PurgeReport, before: datetime, *, is_dry: bool
) -> dict[str, object]:
    return {
        "is_dry_run": is_dry,
        "before": before.isoformat(),
        "mails": sum(report.mails.values()),
        "by_status": dict(sorted(report.mails.items())),
        "attachments": report.attachments,
        "freed_bytes": report.freed_bytes,
    }


def _tell(call: Call, report: PurgeReport, *, is_dry: bool) -> None:
    found = sorted(report.mails.items())
    call.console.data(*(f"{status}: {count}" for status, count in found))
    if is_dry:
        call.console.say(
            f"{sum(report.mails.values())} mails would go. Nothing was removed."
        )
        return
    call.console.say(
        f"{sum(report.mails.values())} mails and {report.attachments} attachments "
        f"were removed, {_size(report.freed_bytes)} are free again. "
        "Their lines in the journal stay."
    )


def _size(size_bytes: int) -> str:
    amount = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if amount < _KILO:
            return f"{amount:.3g} {unit}"
        amount /= _KILO
    return f"{amount:.3g} GB"


COMMANDS: Final[Mapping[str, Command]] = {
    "purge": Command(
        arguments=_arguments,
        run=_purge,
        examples=(
            "tuimail purge --older-than 365 --dry-run",
            "tuimail purge --older-than 2027-01-01 --status sent",
        ),
    )
}
