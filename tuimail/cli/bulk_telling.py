"""What is told about a bulk job: its numbers, and the rows that failed."""

from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.cli.console import error_document
from tuimail.core.finding import Severity
from tuimail.errors import TuimailError

if TYPE_CHECKING:
    from tuimail.api.bulk_result import BulkResult, RowResult
    from tuimail.api.bulk_rows import Mail
    from tuimail.workspace.bulk import Handed

SHOWN_ERRORS: Final = 20
"""Rows that are told to a person one by one; programs get a thousand."""


def print_result(call: Call, result: "BulkResult") -> None:
    """Say what came of a job."""
    if call.console.is_json:
        call.console.document(_document(result))
        return
    before = f" ({result.earlier} of the rows were handed over before)"
    call.console.data(
        f"job: {result.job}",
        f"total: {result.total}{before if result.earlier else ''}",
        *(f"{name}: {getattr(result, name)}" for name in _NUMBERS),
    )
    _say_errors(call, [_error(one) for one in result.errors], result.errors_left_out)
    if result.is_stopped:
        call.console.say("Stopped. Type it again for the rest: nothing is sent twice.")
    elif result.waiting:
        call.console.say("What waits stays in the outbox: tuimail outbox")


_NUMBERS: Final = ("sent", "failed", "unknown", "waiting")


def _document(result: "BulkResult") -> dict[str, object]:
    return {
        "job": result.job,
        "total": result.total,
        **{name: getattr(result, name) for name in _NUMBERS},
        "earlier": result.earlier,
        "is_stopped": result.is_stopped,
        "statuses": dict(result.statuses),
        "errors": [_error(one) for one in result.errors],
        "errors_left_out": result.errors_left_out,
    }


def _error(one: "RowResult") -> dict[str, object]:
    """Return a row that failed or is unknown; blind copies are not named."""
    error = one.error
    told = error_document(error) if error else {}
    return {
        "row": one.row,
        "key": one.key,
        "id": one.result.id,
        "status": one.result.status,
        "code": told.get("code", ""),
        "message": told.get("message", ""),
        "hint": told.get("hint", ""),
        "field": told.get("field", ""),
    }


def _say_errors(call: Call, errors: list[dict[str, object]], more: int) -> None:
    for one in errors[:SHOWN_ERRORS]:
        call.console.say(
            f"row {one['row']}: {one['status']}: {one['message']}",
            *([f"  {one['hint']}"] if one["hint"] else []),
        )
    left = len(errors[SHOWN_ERRORS:]) + more
    if left:
        call.console.say(f"{left} more rows are like that; --json lists them.")


class Looked:
    """What was found while nothing was sent."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._total = self._earlier = self.failed = self._blocked = self._warned = 0
        self._errors: list[dict[str, object]] = []

    def add(self, group: "list[Mail]", found: "dict[int, Handed]") -> None:
        """Count a few rows."""
        for mail in group:
            one = found.get(mail.row)
            self._total += 1
            error = mail.error or (one.error if one else None)
            if error is not None:
                self._note(mail, error)
            elif one is not None:
                levels = {finding.severity for finding in one.findings}
                self._earlier += one.is_earlier
                self._blocked += Severity.BLOCK in levels
                self._warned += Severity.WARNING in levels

    def _note(self, mail: "Mail", error: TuimailError) -> None:
        self.failed += 1
        if len(self._errors) < _MOST_ERRORS:
            beside = {"row": mail.row, "key": mail.name, "id": "", "status": "error"}
            self._errors.append({**beside, **error_document(error)})

    def print(self, call: Call) -> None:
        """Say it."""
        numbers = {
            "total": self._total,
            "ready": self._total - self._earlier - self.failed,
            "earlier": self._earlier,
            "failed": self.failed,
            "blocked": self._blocked,
            "warned": self._warned,
        }
        more = self.failed - len(self._errors)
        if call.console.is_json:
            call.console.document(
                {
                    "job": self._job,
                    **numbers,
                    "errors": self._errors,
                    "errors_left_out": more,
                }
            )
            return
        call.console.data(
            f"job: {self._job}", *(f"{name}: {one}" for name, one in numbers.items())
        )
        _say_errors(call, self._errors, more)
        call.console.say("Nothing was sent.")


_MOST_ERRORS: Final = 1_000
