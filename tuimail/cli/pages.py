"""One mail in full, as lines for a person.

Nothing here is made inert; the console does that to every line.
"""

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from itertools import islice
from typing import Final

from tuimail.cli.discretion import (
    discreet,
    discreet_reply,
    shown_decisions,
    shown_findings,
    shown_recipients,
)
from tuimail.cli.documents import service_facts
from tuimail.cli.table import local
from tuimail.core.address import Address, format_address, wire_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.errors import FieldError
from tuimail.workspace.views import Page, RecipientView, ReportView

LONGEST_DIFF: Final = 200
_LABEL: Final = 13


def page_lines(
    page: Page, *, with_bcc: bool, headers: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """Return what ``show`` prints: facts, headers if asked for, and the text."""
    shown = [f"{name}: {value}" for name, value in headers]
    return [
        *_about(page, with_bcc=with_bcc),
        *(["", *shown] if shown else []),
        "",
        *_body(page.draft),
    ]


def review_lines(page: Page) -> list[str]:
    """Return everything a decision is about, Bcc and changes included.

    What others wrote stands behind a bar, so that no mail can pretend to be
    one of the facts.
    """
    return [
        *_about(page, with_bcc=True),
        "",
        *_barred(_body(page.draft)),
        *_other_part(page.draft),
        *_changes(page),
        "",
        fact("Digest", page.release_digest or page.not_composable),
    ]


def fact(name: str, value: str) -> str:
    """Return one line with its label."""
    return f"{name + ':':<{_LABEL}}{value}".rstrip()


def _about(page: Page, *, with_bcc: bool) -> Iterable[str]:
    yield from _facts(page, with_bcc=with_bcc)
    yield from _findings(shown_findings(page, with_bcc=with_bcc))
    if page.attempts:
        yield from _fates(page, with_bcc=with_bcc)
    yield from _decisions(page, with_bcc=with_bcc)


def _body(draft: Draft) -> list[str]:
    """Return the text as it is read; HTML as text where there is nothing else."""
    if draft.body.text or not draft.body.html:
        return draft.body.text.split("\n")
    return _as_text(draft.body.html)


def _as_text(html: str) -> list[str]:
    from tuimail.core.html.text import html_to_text  # noqa: PLC0415 - brings a parser

    try:
        return html_to_text(html).text.split("\n")
    except FieldError as error:
        return [f"({error})"]


def _other_part(draft: Draft) -> list[str]:
    """Return the HTML too, where most readers will see that and not the text."""
    if not (draft.body.text and draft.body.html):
        return []
    return ["", "The HTML part, as text:", *_barred(_as_text(draft.body.html))]


def _barred(lines: Iterable[str]) -> list[str]:
    return [f"| {line}" for line in lines]


def _facts(page: Page, *, with_bcc: bool) -> Iterable[str]:
    row, draft = page.row, page.draft
    reason = discreet_reply(row.reason, page, with_bcc=with_bcc)
    found = {
        "Id": row.id,
        "Status": f"{row.status}: {reason}" if reason else row.status,
        "Due": local(row.due_at),
        "Expires": local(row.expires_at),
        "Sent": local(row.sent_at),
        "Written by": f"{row.origin.actor}, through {row.origin.door}",
        "Their note": discreet(row.origin.note, page, with_bcc=with_bcc),
        "Account": row.account,
        "From": _people((draft.sender,)),
        "To": _people(draft.to),
        "Cc": _people(draft.cc),
        "Bcc": _people(draft.bcc) if with_bcc else "",
        "Reply-To": _people(draft.reply_to),
        "Subject": draft.subject or "(no subject)",
        "Revision": str(row.revision),
        "Provider id": page.provider_message_id,
    }
    yield from (fact(name, value) for name, value in found.items() if value)
    yield from _further_facts(draft)
    for one in draft.attachments:
        label = "Inline" if one.is_inline else "Attachment"
        yield fact(label, f"{one.name} ({one.content_type}, {one.size_bytes} B)")


def _further_facts(draft: Draft) -> Iterable[str]:
    for name, value in draft.headers:
        yield fact("Header", f"{name}: {value}")
    if draft.priority:
        yield fact("Priority", draft.priority.value)
    if draft.unsubscribe_url:
        yield fact("Unsubscribe", draft.unsubscribe_url)
    yield from (fact("Provider", asked) for asked in service_facts(draft.service))


def _people(addresses: Iterable[Address]) -> str:
    return ", ".join(_person(one) for one in addresses)


def _person(address: Address) -> str:
    """Return the address, with the name of its domain as servers see it."""
    wire = wire_address(address)
    shown = format_address(address)
    return shown if wire == address.text else f"{shown} [{wire}]"


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    for one in findings:
        place = f" “{one.place}”" if one.place else ""
        yield fact("Finding", f"{one.severity.value}: {one.message}{place}")


def _fates(page: Page, *, with_bcc: bool) -> Iterable[str]:
    for one in shown_recipients(page, with_bcc=with_bcc):
        yield fact("Recipient", _fate(one))
        yield from (fact("Report", _reported(said)) for said in one.reports)


def _fate(recipient: RecipientView) -> str:
    known = f"{recipient.role.value} {recipient.address}: {recipient.state.value}"
    return f"{known}: {recipient.reason}" if recipient.reason else known


def _reported(said: ReportView) -> str:
    """Return what another server says, and what can be typed about it."""
    words = filter(None, (said.status, said.reply))
    told = f"{said.action}: {' '.join(words)}" if said.status or said.reply else ""
    where = f", says {said.server}" if said.server else ""
    offer = f"; tuimail suppress add --from-report {said.id}" if said.suggested else ""
    return f"{told or said.action}{where} ({local(said.at)}){offer}"


def _decisions(page: Page, *, with_bcc: bool) -> Iterable[str]:
    for one in shown_decisions(page, with_bcc=with_bcc):
        said = f"revision {one.revision} {one.verdict} by {one.actor}"
        yield fact("Decision", f"{said}: {one.reason}" if one.reason else said)


def _changes(page: Page) -> list[str]:
    if page.previous is None:
        return []
    lines = unified_diff(
        _comparable(page.previous), _comparable(page.draft), lineterm="", n=1
    )
    found = list(islice(lines, 2, LONGEST_DIFF))
    return ["", f"Changed since revision {page.row.revision - 1}:", *_barred(found)]


def _comparable(draft: Draft) -> list[str]:
    """Return a draft as lines, so that any field that changed is seen."""
    return [
        f"From: {_people((draft.sender,))}",
        f"To: {_people(draft.to)}",
        f"Cc: {_people(draft.cc)}",
        f"Bcc: {_people(draft.bcc)}",
        f"Reply-To: {_people(draft.reply_to)}",
        f"Subject: {draft.subject}",
        f"Account: {draft.account}",
        f"Expires: {local(draft.expires_at)}",
        *_further_facts(draft),
        *(
            f"Attachment: {one.name} {one.content_id} {one.digest}"
            for one in draft.attachments
        ),
        *draft.body.text.split("\n"),
        *draft.body.html.split("\n"),
    ]
