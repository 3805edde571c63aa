"""What other servers reported, as lines for people and as JSON for programs.

Who gets a blind copy is named where somebody asked for it, and else nowhere.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuimail.core.message import Role
from tuimail.workspace.documents import Document, report_document

if TYPE_CHECKING:
    from tuimail.workspace.reports import News, Report


def taken_lines(report: "Report") -> Iterator[str]:
    """Yield what came of a report that was handed in."""
    yield from (f"{report.draft_id}: {_told(one)}" for one in report.news)
    if not report.news:
        yield report.refusal
        return
    if report.strangers:
        yield (
            f"{report.draft_id}: nothing was kept about {report.strangers} more, who "
            "are not in its envelope."
        )
    if report.left_out:
        yield (
            f"{report.draft_id}: nothing was kept about {report.left_out} more, of "
            "whom enough is kept already."
        )


def taken_document(report: "Report") -> Document:
    """Return what came of a report that was handed in."""
    return {
        "mail": report.draft_id or None,
        "recipients": [
            {
                "role": one.role.value,
                "address": _name(one) or None,
                "is_new": one.is_new,
                **report_document(one.said, is_blind=one.role is Role.BCC),
            }
            for one in report.news
        ],
        "strangers": report.strangers,
        "left_out": report.left_out,
        "reason": report.refusal or None,
    }


def _told(one: "News") -> str:
    known = "" if one.is_new else ", as was known already"
    status = f" ({one.said.status})" if one.said.status else ""
    return f"{_name(one) or 'somebody in bcc'}: {one.said.action}{status}{known}"


def _name(one: "News") -> str:
    return "" if one.role is Role.BCC else one.address
