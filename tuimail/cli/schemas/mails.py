"""Documents about mail: rows, records, pages, dry runs, and what they consist of."""

from typing import Final

from tuimail.cli.schemas.shape import (
    Shape,
    count,
    flag,
    many,
    maybe,
    one,
    sometimes,
    text,
    texts,
    time,
    value,
)

STATUS: Final = text("one of the words in command-line.md")

ORIGIN: Final = Shape(
    name="origin",
    meaning="Who wrote a mail, and how it came in.",
    fields={
        "actor": text("person:NAME or agent:NAME"),
        "door": text("app, cli, api, http, smtp, sendmail or mcp"),
        "note": text("what the author says to the reviewer"),
        "run_url": text("where the work that it comes from can be looked at"),
        "revises": text("the mail that it takes the place of, or empty"),
    },
)
ROW: Final = Shape(
    name="row",
    meaning="One mail of a list. It never has blind copies.",
    fields={
        "id": text(),
        "status": STATUS,
        "revision": count("the newest one"),
        "subject": text(),
        "from": text(),
        "to": texts(),
        "account": text("the way out it leaves by"),
        "origin": one(ORIGIN),
        "updated_at": time("of the newest change"),
        "due_at": maybe(time("when it is to leave")),
        "gives_up_at": maybe(time("until when it is tried")),
        "expires_at": maybe(time("until when it is of use")),
        "undo_until": maybe(time("until when it can be taken back")),
        "sent_at": maybe(time()),
        "reason": text("why it stands as it does, or empty"),
        "is_late": flag("whether it could not leave at its time"),
        "worst_finding": maybe(text("block, warning or info")),
        "finding_count": count(),
        "attachment_count": count(),
        "attempt_count": count(),
        "actions": texts("what may be done with it now"),
    },
)
MAILS: Final = Shape(
    name="mails",
    meaning="One page of a list of mail, the newest change first.",
    fields={
        "mails": many(ROW),
        "next": maybe(text("give it to --after for the next page")),
    },
)
FINDING: Final = Shape(
    name="finding",
    meaning="What a check noticed; findings.md has every code.",
    fields={
        "code": text(),
        "severity": text(choices=("block", "warning", "info")),
        "field": text("what it is about"),
        "message": text(),
        "hint": text("what to do about it, or empty"),
        "place": text("the words that it is about, or empty"),
    },
)
RECORD: Final = Shape(
    name="record",
    meaning="What came of a mail that a command was about.",
    fields={
        "id": text(),
        "status": STATUS,
        "provider": text(),
        "provider_message_id": text("what the provider calls it, or empty"),
        "error": maybe(text("why it failed, or waits")),
        "account": text(),
        "revision": count(),
        "message_id": text("the Message-ID in its header"),
        "message_digest": text("SHA-256 of its bytes"),
        "size_bytes": count(),
        "due_at": maybe(time()),
        "due_at_local": maybe(time("the same in the zone of this machine")),
        "expires_at": maybe(time()),
        "sent_at": maybe(time()),
        "findings": many(FINDING),
    },
)
RECORDS: Final = Shape(
    name="records",
    meaning="What came of several mails, one for each row of data or each message.",
    fields={"mails": many(RECORD)},
)
RECEIPT: Final = Shape(
    name="receipt",
    meaning="What a server answered, word for word.",
    fields={
        "stage": text("connect, mail, rcpt, data and so on"),
        "code": maybe(count("of SMTP or HTTP")),
        "enhanced": text("the enhanced status code, or empty"),
        "text": text(),
        "provider_message_id": text(),
    },
)
REPORT: Final = Shape(
    name="report",
    meaning="What another server reported about a recipient later.",
    fields={
        "id": text(),
        "action": text("delivered, delayed, failed and so on"),
        "code": text("the enhanced status code, or empty"),
        "reply": text(),
        "server": text(),
        "at": time(),
        "suggests_suppression": flag(),
    },
)
RECIPIENT: Final = Shape(
    name="recipient",
    meaning="How a mail stands for one recipient.",
    fields={
        "role": text(choices=("to", "cc", "bcc")),
        "address": text(),
        "name": text(),
        "status": text(
            choices=(
                "pending", "deferred", "sent", "queued", "invalid", "rejected",
                "failed", "unknown",
            )
        ),
        "reason": text(),
        "receipt": one(RECEIPT),
        "reports": many(REPORT),
    },
)  # fmt: skip
COMMENT: Final = Shape(
    name="comment",
    meaning="What a reviewer says about one place.",
    fields={
        "field": text(),
        "line": maybe(count("of the text, from 1")),
        "text": text(),
    },
)
DECISION: Final = Shape(
    name="decision",
    meaning="What somebody said about one revision.",
    fields={
        "revision": count(),
        "verdict": text(),
        "actor": text(),
        "role": text(),
        "codes": texts(),
        "reason": text(),
        "comments": many(COMMENT),
        "overruled": texts("codes of findings that were let pass"),
        "at": time(),
    },
)
ACCEPTED: Final = Shape(
    name="accepted",
    meaning="A warning that somebody let stand.",
    fields={"code": text(), "reason": text(), "actor": text(), "at": time()},
)
REASON: Final = Shape(
    name="reason",
    meaning="A line of the policy, and what it says about a mail.",
    fields={"rule": text(), "text": text()},
)
STANDING: Final = Shape(
    name="standing",
    meaning="What it takes for a mail to be approved, and how far that is.",
    fields={
        "needed": count("people who have to approve it"),
        "given": texts("who did"),
        "can_be_overruled": flag(),
        "reasons": many(REASON),
        "blocked": text("why nobody can approve it, or empty"),
        "to_read": texts("what the policy has read first, and nobody read yet"),
        "problem": text(),
        "expires_at": maybe(time("when the approval runs out")),
        "assigned": text("who is asked, or empty"),
        "reviewers": texts(),
    },
)
SERVICE: Final = Shape(
    name="service",
    meaning="What the provider is asked beside sending.",
    fields={
        "category": maybe(text(choices=("transactional", "bulk"))),
        "tags": texts(),
        "metadata": value("text by name"),
        "template_id": text(),
        "merge": value("text by name"),
        "merge_for": value("value by name", "merge data of single recipients"),
        "track_opens": maybe(flag()),
        "track_clicks": maybe(flag()),
    },
)
ATTACHMENT: Final = Shape(
    name="attachment",
    meaning="One file of a mail.",
    fields={
        "name": text(),
        "content_type": text(),
        "size_bytes": count(),
        "sha256": text(),
        "content_id": text("what HTML shows it by, or empty"),
    },
)
CHANGE: Final = Shape(
    name="change",
    meaning="A line that changed.",
    fields={
        "kind": text(choices=("removed", "added", "changed")),
        "before": maybe(count("its number before")),
        "after": maybe(count("its number now")),
        "words": value("pairs", "same, removed or added; and the words"),
    },
)
DIFF: Final = Shape(
    name="diff",
    meaning="What changed, line by line and word by word.",
    fields={
        "with": text(choices=("previous", "first", "answered")),
        "is_complete": flag("whether it could all be compared"),
        "is_cut": flag(),
        "lines": many(CHANGE),
    },
)
ANSWER: Final = Shape(
    name="answer",
    meaning="What a server said about one recipient in a try.",
    fields={
        "address": text(),
        "verdict": text(),
        "receipt": one(RECEIPT),
        "session": text("how the connection was made"),
        "taken": text("what was said when the address was taken"),
    },
)
ATTEMPT: Final = Shape(
    name="attempt",
    meaning="One try to hand a mail over.",
    fields={
        "number": count(),
        "phase": text(),
        "started_at": time(),
        "committed_at": maybe(time("from when on it could not be taken back")),
        "ended_at": maybe(time()),
        "outcome": maybe(text()),
        "server": text(),
        "receipt": one(RECEIPT),
        "answers": many(ANSWER),
    },
)
STEP: Final = Shape(
    name="step",
    meaning="A line of the journal.",
    fields={
        "number": count(),
        "at": time(),
        "actor": text(),
        "event": text(),
        "details": value("value by name"),
    },
)
PAGE: Final = Shape(
    name="page",
    meaning="Everything about one mail.",
    fields={
        **ROW.fields,
        "cc": texts(),
        "reply_to": texts(),
        "text": text(),
        "html": text(),
        "headers": value("pairs", "further headers: name and value"),
        "in_reply_to": text(),
        "references": texts(),
        "priority": maybe(text()),
        "unsubscribe_url": text(),
        "service": one(SERVICE),
        "attachments": many(ATTACHMENT),
        "message_id": text(),
        "message_digest": text(),
        "release_digest": text("what an approval is bound to"),
        "size_bytes": count(),
        "revision_note": text(),
        "not_composable": text("why it cannot become a message, or empty"),
        "created_at": time(),
        "provider": text(),
        "provider_message_id": text(),
        "findings": many(FINDING),
        "decisions": many(DECISION),
        "accepted": many(ACCEPTED),
        "recipients": many(RECIPIENT),
        "standing": one(STANDING),
        "duplicate_of": text("the mail that it nearly repeats, or empty"),
        "bcc": sometimes(texts("with --bcc, and in review")),
        "message_headers": sometimes(value("pairs", "with --headers: as they leave")),
        "diff": sometimes(maybe(one(DIFF, "with --diff; null where it is the first"))),
        "attempts": sometimes(many(ATTEMPT, "with --attempts")),
        "earlier_attempts": sometimes(
            many(ATTEMPT, "with --attempts: of releases before the newest")
        ),
        "journal": sometimes(many(STEP, "with --attempts")),
    },
)
RECIPIENT_OF_ENVELOPE: Final = Shape(
    name="envelope-recipient",
    meaning="A recipient as the provider is told.",
    fields={
        "role": text(choices=("to", "cc", "bcc")),
        "address": text(),
        "wire_address": text("with the domain in ASCII"),
    },
)
ENVELOPE: Final = Shape(
    name="envelope",
    meaning="Who the provider is told to send from and to.",
    fields={
        "from": text(),
        "recipients": many(RECIPIENT_OF_ENVELOPE),
        "smtputf8": flag("whether the server has to know SMTPUTF8"),
    },
)
LINK: Final = Shape(
    name="link",
    meaning="A link in the HTML.",
    fields={"text": text(), "target": text(), "host": text()},
)
PART: Final = Shape(
    name="part",
    meaning="A part of the message, as it is nested.",
    fields={
        "depth": count(),
        "content_type": text(),
        "name": text(),
        "disposition": text(),
        "content_id": text(),
        "encoding": text(),
        "charset": text(),
        "size_bytes": count(),
        "encoded_bytes": count(),
    },
)
DRY_RUN: Final = Shape(
    name="dry-run",
    meaning="The record of a dry run, and everything that would be sent.",
    fields={
        **RECORD.fields,
        "envelope": one(ENVELOPE),
        "service": one(SERVICE),
        "headers": value("pairs", "as they would leave"),
        "text": text(),
        "html_text": maybe(text("the HTML, as text")),
        "links": many(LINK),
        "parts": many(PART),
        "source": text("the bytes, as text"),
        "is_source_cut": flag(),
        "handed_on": maybe(text("what the provider would get instead of the bytes")),
    },
)
DRY_RUNS: Final = Shape(
    name="dry-runs",
    meaning="Dry runs of several mails, one for each row of data.",
    fields={"mails": many(DRY_RUN)},
)
SAID: Final = Shape(
    name="said",
    meaning="What was decided about a mail that was handed in, as its author is told.",
    fields={
        "verdict": text(),
        "codes": texts(),
        "reason": text(),
        "comments": many(COMMENT),
        "by_role": text(),
        "at": time(),
    },
)
HANDED_IN: Final = Shape(
    name="handed-in",
    meaning="The record of a mail that was handed in, and what every door tells.",
    fields={
        **RECORD.fields,
        "state": text(),
        "decision": maybe(one(SAID)),
        "edited": flag("whether somebody changed it meanwhile"),
        "resubmit": text("whether another try makes sense"),
        "duplicate_of": text(),
    },
)
HEARD: Final = Shape(
    name="heard",
    meaning="What a delivery report says about one recipient.",
    fields={
        **REPORT.fields,
        "role": text(choices=("to", "cc", "bcc")),
        "address": maybe(text()),
        "is_new": flag(),
    },
)
TAKEN: Final = Shape(
    name="taken",
    meaning="What came of a delivery report that was imported.",
    fields={
        "mail": maybe(text("the mail that it is about")),
        "recipients": many(HEARD),
        "strangers": count("recipients who are not in its envelope"),
        "left_out": count("of whom enough is kept already"),
        "reason": maybe(text("why it was not taken")),
    },
)
