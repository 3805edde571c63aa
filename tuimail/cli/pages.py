"""One mail in full, as lines for a person.

Nothing here is made inert; the console does that to every line. Letters that pose as
those of another script are put in brackets here: there is no colour to tell them by.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from tuimail.cli.changes import compared, further_facts, people, plain_lines
from tuimail.cli.table import local
from tuimail.core.display import mark_posing
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.errors import FieldError
from tuimail.workspace.shown import (
    discreet,
    discreet_reply,
    shown_accepted,
    shown_decisions,
    shown_findings,
    shown_recipients,
)
from tuimail.workspace.views import (
    Decision,
    Earlier,
    Page,
    RecipientView,
    ReportView,
    Standing,
)

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
        *map(mark_posing, _body(page.draft)),
    ]


def review_lines(page: Page, *, overrule: str = "or --overrule") -> list[str]:
    """Return everything a decision is about, Bcc and changes included.

    What others wrote stands behind a bar, so that no mail can pretend to be
    one of the facts.

    Args:
        page: The mail.
        overrule: What one person can do about findings of level block.
    """
    return [
        *_about(page, with_bcc=True),
        "",
        *_barred(_body(page.draft)),
        *_other_part(page.draft),
        *_changes(page),
        *(["", *standing] if (standing := list(_standing(page, overrule))) else []),
        "",
        fact("Digest", page.release_digest or page.not_composable),
    ]


def fact(name: str, value: str) -> str:
    """Return one line with its label."""
    return f"{name + ':':<{_LABEL}}{value}".rstrip()


def _about(page: Page, *, with_bcc: bool) -> Iterable[str]:
    yield from _facts(page, with_bcc=with_bcc)
    yield from _findings(shown_findings(page, with_bcc=with_bcc))
    yield from _accepted(page, with_bcc=with_bcc)
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
    return [f"| {mark_posing(line)}" for line in lines]


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
        "On this one": discreet(page.note, page, with_bcc=with_bcc),
        "Their work": discreet(row.origin.run_url, page, with_bcc=with_bcc),
        "In place of": row.origin.revises,
        "Account": row.account,
        "From": people((draft.sender,)),
        "To": people(draft.to),
        "Cc": people(draft.cc),
        "Bcc": people(draft.bcc) if with_bcc else "",
        "Reply-To": people(draft.reply_to),
        "Subject": draft.subject or "(no subject)",
        "Revision": str(row.revision),
        "Provider id": page.provider_message_id,
    }
    yield from (
        fact(name, mark_posing(value)) for name, value in found.items() if value
    )
    for name, value in further_facts(draft):
        yield fact(name, value)
    for one in draft.attachments:
        label = "Inline" if one.is_inline else "Attachment"
        yield fact(label, f"{one.name} ({one.content_type}, {one.size_bytes} B)")


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    for one in findings:
        place = f" “{one.place}”" if one.place else ""
        yield fact("Finding", f"{one.severity.value}: {one.message}{place}")


def _accepted(page: Page, *, with_bcc: bool) -> Iterable[str]:
    for one in shown_accepted(page, with_bcc=with_bcc):
        yield fact("Let stand", f"{one.code}, by {one.actor}: {one.reason}")


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
        yield from _decision(one)


def _decision(decision: Decision) -> Iterable[str]:
    codes = f" ({', '.join(decision.codes)})" if decision.codes else ""
    said = f"revision {decision.revision} {decision.verdict} by {decision.actor}{codes}"
    reason = f"{said}: {decision.reason}" if decision.reason else said
    yield fact("Decision", reason)
    if decision.overruled:
        yield fact("Overruled", ", ".join(decision.overruled))
    for one in decision.comments:
        place = f"line {one.line}" if one.line else one.field
        yield fact("Comment", f"{place}: {one.text}" if place else one.text)


def _changes(page: Page) -> list[str]:
    if page.previous is None:
        return []
    found = compared(page.previous, page.draft, with_bcc=True)
    since = f"Changed since revision {page.row.revision - 1}:"
    return ["", since, *_barred(plain_lines(found))]


def _standing(page: Page, overrule: str) -> Iterable[str]:
    """Return what it takes to approve it, and what was decided before."""
    standing = page.standing
    if page.row.assigned:
        yield fact("Asked of", page.row.assigned)
    if page.row.status == "review" and standing.needed > 1:
        names = ", ".join(one.actor for one in standing.given)
        yield fact("Needs", f"{standing.needed} people; so far: {names or 'nobody'}")
    for one in standing.reasons:
        yield fact("Policy", f"{one.rule}: {one.text}")
    yield from _stops(standing, overrule)
    earlier = page.earlier_decision
    if earlier is not None:
        yield fact("Earlier", _earlier(earlier))


def _stops(standing: Standing, overrule: str) -> Iterable[str]:
    if standing.to_type:
        yield fact("Blocked", f"a second person approves it too, {overrule}")
    if standing.blocked:
        yield fact("Blocked", standing.blocked)
    if standing.problem:
        yield fact("Policy", standing.problem)
    if standing.expires_at:
        yield fact("Runs out", f"the approval, {local(standing.expires_at)}")


def _earlier(earlier: Earlier) -> str:
    which = "takes the place of" if earlier.why == "revises" else "nearly repeats"
    said = f"it {which} mail {earlier.draft_id}"
    if earlier.decision is None:
        return f"{said}, about which nobody decided"
    reason = f": {earlier.decision.reason}" if earlier.decision.reason else ""
    return f"{said}, {earlier.decision.verdict} by {earlier.decision.actor}{reason}"
