"""Rows and pages as the JSON that programs read.

The names are a contract: a field may come, none may change its meaning. Who
gets a blind copy is left out of everything that did not ask for it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tuimail.core.address import Address, format_address
from tuimail.core.draft import Draft
from tuimail.core.origin import Origin
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import Attempt, Receipt, Verdict
from tuimail.core.values import replace
from tuimail.workspace.shown import (
    discreet,
    discreet_reply,
    shown_accepted,
    shown_attempts,
    shown_decisions,
    shown_findings,
    shown_recipients,
)
from tuimail.workspace.views import (
    AccountView,
    Decision,
    JournalLine,
    Page,
    RecipientView,
    ReportView,
    Row,
    Standing,
)

if TYPE_CHECKING:
    from tuimail.workspace.answering import Answer

Document = dict[str, object]


def row_document(row: Row) -> Document:
    """Return one mail of a list; it never has Bcc."""
    return {
        "id": row.id,
        "status": row.status,
        "revision": row.revision,
        "subject": row.subject,
        "from": row.sender,
        "to": list(row.to),
        "account": row.account,
        "origin": _origin_document(row.origin),
        "updated_at": iso(row.updated_at),
        "due_at": iso(row.due_at),
        "gives_up_at": iso(row.gives_up_at),
        "expires_at": iso(row.expires_at),
        "undo_until": iso(row.undo_until),
        "sent_at": iso(row.sent_at),
        "reason": row.reason,
        "is_late": row.is_late,
        "worst_finding": row.worst_finding,
        "finding_count": row.finding_count,
        "attachment_count": row.attachment_count,
        "attempt_count": row.attempts,
        "actions": sorted(row.actions),
    }


def record_document(page: Page, *, with_bcc: bool = False) -> Document:
    """Return what came of a mail that a command was about."""
    row = page.row
    return {
        "id": row.id,
        "status": row.status,
        "provider": page.provider,
        "provider_message_id": page.provider_message_id,
        "error": discreet_reply(row.reason, page, with_bcc=with_bcc) or None,
        "account": row.account,
        "revision": row.revision,
        "message_id": page.message_id,
        "message_digest": page.message_digest,
        "size_bytes": page.size_bytes,
        "due_at": iso(row.due_at),
        "due_at_local": iso_local(row.due_at),
        "expires_at": iso(row.expires_at),
        "sent_at": iso(row.sent_at),
        "findings": _findings_document(page, with_bcc=with_bcc),
    }


def page_document(page: Page, *, with_bcc: bool) -> Document:
    """Return everything about one mail but its attempts."""
    document = row_document(page.row) | _content_document(page.draft)
    document |= {
        "origin": _origin_document(
            replace(
                page.row.origin,
                note=discreet(page.row.origin.note, page, with_bcc=with_bcc),
            )
        ),
        "reason": discreet_reply(page.row.reason, page, with_bcc=with_bcc),
        "message_id": page.message_id,
        "message_digest": page.message_digest,
        "release_digest": page.release_digest,
        "size_bytes": page.size_bytes,
        "revision_note": discreet(page.note, page, with_bcc=with_bcc),
        "not_composable": discreet(page.not_composable, page, with_bcc=with_bcc),
        "created_at": iso(page.created_at),
        "provider": page.provider,
        "provider_message_id": page.provider_message_id,
        "findings": _findings_document(page, with_bcc=with_bcc),
        "decisions": [
            _decision_document(one) for one in shown_decisions(page, with_bcc=with_bcc)
        ],
        "accepted": [
            {
                "code": one.code,
                "reason": one.reason,
                "actor": one.actor,
                "at": iso(one.at),
            }
            for one in shown_accepted(page, with_bcc=with_bcc)
        ],
        "recipients": [
            _recipient_document(one)
            for one in shown_recipients(page, with_bcc=with_bcc)
        ],
    }
    document["standing"] = _standing_document(page.standing)
    document["duplicate_of"] = _repeated(page)
    if with_bcc:
        document["bcc"] = _addresses(page.draft.bcc)
    return document


def _findings_document(page: Page, *, with_bcc: bool) -> list[Document]:
    return [
        {
            "code": one.code,
            "severity": one.severity.value,
            "field": one.field,
            "message": one.message,
            "hint": one.hint,
            "place": one.place,
        }
        for one in shown_findings(page, with_bcc=with_bcc)
    ]


def attempts_document(
    page: Page, attempts: Iterable[Attempt], *, with_bcc: bool
) -> list[Document]:
    """Return tries of a mail; answers do not name a blind copy unasked."""
    return [
        {
            "number": one.number,
            "phase": one.phase.value,
            "started_at": iso(one.started_at),
            "committed_at": iso(one.committed_at),
            "ended_at": iso(one.ended_at),
            "outcome": one.outcome,
            "server": one.server,
            "receipt": _receipt_document(one.receipt),
            "answers": [_answer_document(answer) for answer in one.answers],
        }
        for one in shown_attempts(page, attempts, with_bcc=with_bcc)
    ]


def _answer_document(answer: Verdict) -> Document:
    return {
        "address": answer.wire_address,
        "verdict": answer.kind.value,
        "receipt": _receipt_document(answer.receipt),
        "session": answer.session,
        "taken": answer.taken,
    }


def journal_document(lines: Iterable[JournalLine]) -> list[Document]:
    """Return every step: who, when, what; the journal names no blind copy."""
    return [
        {
            "number": one.number,
            "at": iso(one.at),
            "actor": one.actor,
            "event": one.event,
            "details": dict(one.details),
        }
        for one in lines
    ]


def account_document(account: AccountView) -> Document:
    """Return one way out; it never has a secret."""
    return {
        "name": account.name,
        "provider": account.provider,
        "address": account.address,
        "sender_name": account.sender_name,
        "is_default": account.is_default,
        "reply_to": account.reply_to or None,
        "identities": list(account.identities),
        "options": dict(account.options),
        "password": account.secret,
        "on_unknown": account.on_unknown,
        "noninteractive_send": account.noninteractive_send,
        "connections": account.connections,
        "limits": {
            one.name: {"limit": one.limit, "used": one.used} for one in account.limits
        },
        "held_reason": account.held_reason,
        "held_until": iso(account.held_until),
        "rest_reason": account.rest_reason,
        "rests_until": iso(account.rests_until),
        "problem": account.problem,
        "last_taken_at": iso(account.last_taken_at),
        "taken_today": account.taken_today,
        "waiting": account.waiting,
    }


def answer_document(answer: "Answer") -> Document:
    """Return what every door answers whoever handed a mail in, beside its record."""
    decision = answer.decision
    return {
        "state": answer.state,
        "decision": decision
        and {
            "verdict": decision.verdict,
            "codes": list(decision.codes),
            "reason": decision.reason,
            "comments": [
                {"text": one.text, "field": one.field, "line": one.line}
                for one in decision.comments
            ],
            "by_role": decision.by_role,
            "at": iso(decision.at),
        },
        "edited": answer.edited,
        "resubmit": answer.resubmit.value,
        "duplicate_of": answer.duplicate_of,
    }


def iso(time: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def iso_local(time: datetime | None) -> str | None:
    """Return a time as ISO 8601 in the zone of this machine."""
    return time.astimezone().isoformat() if time else None


def _origin_document(origin: Origin) -> Document:
    return {
        "actor": origin.actor,
        "door": origin.door,
        "note": origin.note,
        "run_url": origin.run_url,
        "revises": origin.revises,
    }


def _content_document(draft: Draft) -> Document:
    return {
        "from": format_address(draft.sender),
        "to": _addresses(draft.to),
        "cc": _addresses(draft.cc),
        "reply_to": _addresses(draft.reply_to),
        "text": draft.body.text,
        "html": draft.body.html,
        "headers": [list(header) for header in draft.headers],
        "in_reply_to": draft.in_reply_to,
        "references": list(draft.references),
        "priority": draft.priority.value if draft.priority else None,
        "unsubscribe_url": draft.unsubscribe_url,
        "service": service_document(draft.service),
        "attachments": [
            {
                "name": one.name,
                "content_type": one.content_type,
                "size_bytes": one.size_bytes,
                "sha256": one.digest,
                "content_id": one.content_id,
            }
            for one in draft.attachments
        ],
    }


def service_document(service: ServiceOptions) -> Document:
    """Return what the provider is asked beside sending."""
    return {
        "category": service.category.value if service.category else None,
        "tags": list(service.tags),
        "metadata": dict(service.metadata),
        "template_id": service.template_id,
        "merge": dict(service.merge),
        "merge_for": {address: dict(pairs) for address, pairs in service.merge_for},
        "track_opens": service.track_opens,
        "track_clicks": service.track_clicks,
    }


def service_facts(service: ServiceOptions) -> Iterable[str]:
    """Return what the provider is asked, one ``name: value`` for each."""
    for name, value in service_document(service).items():
        if value or value is False:
            yield f"{name}: {_in_words(value)}"


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}={_in_words(one)}" for name, one in value.items())
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _addresses(addresses: Iterable[Address]) -> list[str]:
    return [format_address(one) for one in addresses]


def _decision_document(decision: Decision) -> Document:
    return {
        "revision": decision.revision,
        "verdict": decision.verdict,
        "actor": decision.actor,
        "role": decision.role,
        "codes": list(decision.codes),
        "reason": decision.reason,
        "comments": [
            {"field": one.field, "line": one.line, "text": one.text}
            for one in decision.comments
        ],
        "overruled": list(decision.overruled),
        "at": iso(decision.at),
    }


def _repeated(page: Page) -> str:
    earlier = page.earlier_decision
    return earlier.draft_id if earlier and earlier.why == "duplicate" else ""


def _standing_document(standing: Standing) -> Document:
    return {
        "needed": standing.needed,
        "given": [one.actor for one in standing.given],
        "can_be_overruled": bool(standing.to_type),
        "reasons": [{"rule": one.rule, "text": one.text} for one in standing.reasons],
        "blocked": standing.blocked,
        "to_read": list(standing.unread),
        "problem": standing.problem,
        "expires_at": iso(standing.expires_at),
        "assigned": standing.assigned,
        "reviewers": list(standing.reviewers),
    }


def _recipient_document(recipient: RecipientView) -> Document:
    return {
        "role": recipient.role.value,
        "address": recipient.address,
        "name": recipient.name,
        "status": recipient.state.value,
        "reason": recipient.reason,
        "receipt": _receipt_document(recipient.receipt),
        "reports": [report_document(one) for one in recipient.reports],
    }


def report_document(report: ReportView, *, is_blind: bool = False) -> Document:
    """Return what another server reported about a recipient.

    Args:
        report: What was reported.
        is_blind: Whether what the server said is left out, as it may name whoever
            gets a blind copy.
    """
    return {
        "id": report.id,
        "action": report.action,
        "code": report.status,
        "reply": "" if is_blind else report.reply,
        "server": report.server,
        "at": iso(report.at),
        "suggests_suppression": report.suggested,
    }


def _receipt_document(receipt: Receipt) -> Mapping[str, object]:
    return {
        "stage": receipt.stage,
        "code": receipt.code,
        "enhanced": receipt.enhanced,
        "text": receipt.text,
        "provider_message_id": receipt.provider_message_id,
    }
