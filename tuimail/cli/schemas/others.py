"""Documents about everything but mail: accounts, programs, policy, the workspace."""

from typing import Final

from tuimail.cli.schemas.mails import REASON, RECORD, TAKEN
from tuimail.cli.schemas.shape import (
    Field,
    Shape,
    by_name,
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

NEXT: Final = maybe(text("give it to --after for the next page"))


def listed(name: str, meaning: str, of: Shape, **beside: Field) -> Shape:
    """Return the document of one page of a list."""
    return Shape(name=name, meaning=meaning, fields={**beside, name: many(of),
                 "next": NEXT})  # fmt: skip


FAILURE: Final = Shape(
    name="failure",
    meaning="Why something could not be done.",
    fields={
        "code": text("one of the words in command-line.md"),
        "message": text("one sentence for a person"),
        "hint": text("what to type next"),
        "field": text("the option or field that it is about, or empty"),
    },
)
ERROR: Final = Shape(
    name="error",
    meaning="What every verb answers where it is refused or fails before a record.",
    fields={"error": one(FAILURE)},
)
LIMIT: Final = Shape(
    name="limit",
    meaning="How much may be sent, and how much was.",
    fields={"limit": count(), "used": count()},
)
ORIGIN_OF_SETTING: Final = Shape(
    name="setting",
    meaning="A setting, and the line or variable that it comes from.",
    fields={"key": text(), "value": text(), "source": text()},
)
ACCOUNT: Final = Shape(
    name="account",
    meaning="One way out. It never has a secret.",
    fields={
        "name": text(),
        "provider": text(),
        "address": text(),
        "sender_name": text(),
        "is_default": flag(),
        "reply_to": maybe(text()),
        "identities": texts("further addresses that it sends from"),
        "options": value("value by name", "settings of the provider"),
        "password": text("where it is: keyring, env, command or file"),
        "on_unknown": text(choices=("ask", "resend")),
        "noninteractive_send": text(choices=("allow", "review", "block")),
        "connections": count("at once"),
        "limits": by_name(LIMIT, "per_minute and so on"),
        "held_reason": text(),
        "held_until": maybe(time()),
        "rest_reason": text(),
        "rests_until": maybe(time()),
        "problem": text("why it cannot be used, or empty"),
        "last_taken_at": maybe(time("when it last took a mail")),
        "taken_today": count(),
        "waiting": count("mails that wait for it"),
        "origins": sometimes(many(ORIGIN_OF_SETTING, "with --origin")),
    },
)
ACCOUNTS: Final = listed("accounts", "The ways out.", ACCOUNT)
TESTED: Final = Shape(
    name="tested",
    meaning="Whether an account can log in; nothing was sent.",
    fields={
        "account": text(),
        "ok": flag(),
        "provider": text(),
        "endpoint": text(),
        "latency_ms": maybe(value("number")),
        "capabilities": texts(),
        "limits": value("number by name"),
        "fault": maybe(text()),
        "error": maybe(text()),
        "hint": text(),
    },
)
REMOVED: Final = Shape(
    name="removed-account",
    meaning="What came of an account that was removed.",
    fields={
        "name": text(),
        "waiting": count("mails that are held now"),
        "problem": maybe(text()),
    },
)
IMPORTABLE: Final = Shape(
    name="found-account",
    meaning="What another program is set up with.",
    fields={
        "name": text(),
        "provider": text(),
        "address": text(),
        "options": value("value by name"),
        "password": text("where it is"),
        "source": text("where it was found"),
        "notes": texts(),
        "added": flag(),
        "problem": maybe(text()),
    },
)
FOUND: Final = Shape(
    name="found-accounts",
    meaning="What other programs here are set up with.",
    fields={"found": many(IMPORTABLE)},
)
SIGNED_IN: Final = Shape(
    name="signed-in",
    meaning="An account that has just signed in.",
    fields={
        "account": text(),
        "service": text(),
        "is_signed_in": flag(),
        "new": flag(),
    },
)
SIGN_IN: Final = Shape(
    name="sign-in",
    meaning="An account that signs in at a service, and whether it is.",
    fields={
        "account": text(),
        "service": text(),
        "scope": text(),
        "is_signed_in": flag(),
        "problem": maybe(text()),
    },
)
SIGN_INS: Final = Shape(
    name="sign-ins",
    meaning="The accounts that sign in at a service.",
    fields={"accounts": many(SIGN_IN), "next": NEXT},
)
SIGNED_OUT: Final = Shape(
    name="signed-out",
    meaning="An account that was signed out.",
    fields={"account": text(), "is_revoked": flag("whether the service was told")},
)
CLIENT: Final = Shape(
    name="client",
    meaning="A program that was let in. It never has its token.",
    fields={
        "name": text(),
        "scopes": texts(),
        "account": maybe(text("the one that it may use")),
        "from": maybe(text("the one address that it may write from")),
        "per_hour": count(),
        "added_at": time(),
        "revoked_at": maybe(time()),
        "token_ends_with": text(),
    },
)
CLIENTS: Final = listed("clients", "The programs that were let in.", CLIENT)
ADDED_CLIENT: Final = Shape(
    name="added-client",
    meaning="A program with a new token, which is told this once.",
    fields={"client": one(CLIENT), "token": sometimes(text("but when it is revoked"))},
)
REVIEWER: Final = Shape(
    name="reviewer",
    meaning="A person who decides.",
    fields={"name": text(), "added_at": time()},
)
REVIEWERS: Final = listed("reviewers", "The people who decide.", REVIEWER)
ONE_REVIEWER: Final = Shape(
    name="one-reviewer",
    meaning="A person who was added, or removed.",
    fields={"reviewer": one(REVIEWER)},
)
POLICY: Final = Shape(
    name="policy",
    meaning="The policy in force; policy.md has every table and key.",
    fields={
        "path": text(),
        "is_there": flag(),
        "digest": text(),
        "since": maybe(time()),
        "problem": text("why the file cannot be read, or empty"),
        "hint": text(),
        "defaults": value("value by name"),
        "limits": value("value by name"),
        "recipients": value("value by name"),
        "attachments": value("value by name"),
        "content": value("value by name"),
        "rule": value("list of rules"),
    },
)
LOOKED_AT: Final = Shape(
    name="looked-at",
    meaning="A line of the policy that was looked at.",
    fields={"rule": text(), "action": maybe(text()), "text": text()},
)
GRADED: Final = Shape(
    name="graded",
    meaning="A finding as the policy grades it.",
    fields={
        "code": text(),
        "severity": text(choices=("block", "warning", "info")),
        "field": text(),
    },
)
TESTED_POLICY: Final = Shape(
    name="tested-policy",
    meaning="What the policy makes of a mail.",
    fields={
        "action": text(choices=("auto", "review", "review2", "block")),
        "rule": text("the one that matched, or empty"),
        "sample_review": value("number", "the share that a person looks at"),
        "is_stored": flag("whether it was handed in already"),
        "blocked": text("why nobody can approve it, or empty"),
        "quorum": count("people who would have to approve it"),
        "policy_digest": text(),
        "problem": text(),
        "reasons": many(REASON),
        "steps": many(LOOKED_AT),
        "findings": many(GRADED),
    },
)
REMARK: Final = Shape(
    name="remark",
    meaning="Something in the policy that is probably not meant.",
    fields={"where": text(), "text": text(), "hint": text()},
)
REMARKS: Final = Shape(
    name="remarks",
    meaning="What is odd in the policy.",
    fields={"path": text(), "remarks": many(REMARK)},
)
SUPPRESSION: Final = Shape(
    name="suppression",
    meaning="An address that gets no mail any more.",
    fields={
        "address": text(),
        "scope": text(choices=("all", "bulk")),
        "reason": text(),
        "source": text(),
        "mail": maybe(text("the mail that it came from")),
        "actor": text(),
        "at": time(),
    },
)
SUPPRESSIONS: Final = listed(
    "suppressions", "The addresses that get no mail any more.", SUPPRESSION
)
HEAD: Final = Shape(
    name="head",
    meaning="The newest line of the journal.",
    fields={"number": count(), "hash": text()},
)
AUDIT: Final = Shape(
    name="audit",
    meaning="Whether the journal is as it was written.",
    fields={
        "is_whole": flag(),
        "checked": count("lines"),
        "first_bad": maybe(count()),
        "is_cut": flag("whether its end was cut off"),
        "misfit": maybe(text("what does not fit the mail that there is")),
        "head": one(HEAD),
    },
)
JOURNAL: Final = Shape(
    name="journal",
    meaning="All lines of the journal, as they are hashed.",
    fields={"lines": value("list of lines")},
)
CHECK: Final = Shape(
    name="check",
    meaning="One thing that the doctor looked at.",
    fields={"name": text(), "health": text(), "message": text(), "hint": text()},
)
LEFT: Final = Shape(
    name="not-understood",
    meaning="A mail that could not be taken up again.",
    fields={"id": text(), "why": text()},
)
REBUILT: Final = Shape(
    name="rebuilt",
    meaning="A database that was made again from the files.",
    fields={
        "mails": count(),
        "held": texts(),
        "unknown": texts(),
        "not_understood": many(LEFT),
        "access_lost": maybe(text()),
    },
)
DOCTOR: Final = Shape(
    name="doctor",
    meaning="How the workspace is.",
    fields={
        "workspace": text(),
        "ok": flag(),
        "checks": many(CHECK),
        "mended": texts(),
        "rebuilt": maybe(one(REBUILT)),
    },
)
BACKUP: Final = Shape(
    name="backup",
    meaning="A copy of the workspace.",
    fields={
        "backup": text("where it is"),
        "mails": count(),
        "files": count(),
        "size_bytes": count(),
        "held": count(),
        "unknown": count(),
    },
)
PURGED: Final = Shape(
    name="purged",
    meaning="What was removed, or would be.",
    fields={
        "is_dry_run": flag(),
        "before": time("in the zone of this machine"),
        "mails": count(),
        "by_status": value("number by name"),
        "attachments": count(),
        "freed_bytes": count(),
    },
)
DRAINED: Final = Shape(
    name="drained",
    meaning="What is left in the outbox, with --drain.",
    fields={
        "is_sender": flag("whether this command was the sender"),
        "outbox": count(),
        "unknown": count(),
    },
)
DESKTOP: Final = Shape(
    name="desktop",
    meaning="The file by which mailto: links open the composer.",
    fields={"path": text(), "is_installed": flag(), "content": text()},
)
SERVICE_STATUS: Final = Shape(
    name="service-status",
    meaning="Whether the machine keeps the sender running.",
    fields={
        "kind": text("systemd, launchd, or empty"),
        "path": text(),
        "workspace": text(),
        "is_installed": flag(),
        "is_running": flag(),
        "sender": text("who sends now, or empty"),
    },
)
SERVICE_CONTENT: Final = Shape(
    name="service-content",
    meaning="What --install would write, with --print.",
    fields={"content": text()},
)
TAKEN_BY_SENDMAIL: Final = Shape(
    name="taken-by-sendmail",
    meaning="How a mail stands that was handed in as by sendmail.",
    fields={"id": text(), "status": text()},
)
SOURCE: Final = Shape(
    name="source",
    meaning="Where in a mailbox a mail was.",
    fields={"path": text(), "place": text(), "flags": text()},
)
IMPORTED_MAIL: Final = Shape(
    name="imported-mail",
    meaning="The record of a mail that was imported.",
    fields={
        **RECORD.fields,
        "source": sometimes(one(SOURCE, "where it comes from a mailbox")),
    },
)
REFUSED_MAIL: Final = Shape(
    name="refused-mail",
    meaning="A mail of a mailbox that could not be imported.",
    fields={"path": text(), "place": text(), **FAILURE.fields},
)
IMPORTED: Final = Shape(
    name="imported",
    meaning="What came of whole messages.",
    fields={
        "mails": many(IMPORTED_MAIL),
        "reports": many(TAKEN, "delivery reports, which are no mail"),
        "errors": many(REFUSED_MAIL),
    },
)
BULK_ROW: Final = Shape(
    name="bulk-row",
    meaning="A row of a bulk job that failed, or is unknown.",
    fields={
        "row": count("from 1"),
        "key": text("what it is called within the job, or empty"),
        "id": text("of its mail, or empty"),
        "status": text("one word, as everywhere"),
        **FAILURE.fields,
    },
)
BULK: Final = Shape(
    name="bulk",
    meaning="What came of a bulk job.",
    fields={
        "job": text(),
        "total": count("rows"),
        "sent": count(),
        "failed": count(),
        "unknown": count(),
        "waiting": count("in the outbox or in review"),
        "earlier": count("rows that were handed over before"),
        "is_stopped": flag(),
        "statuses": value("number by name", "rows by their word"),
        "errors": many(BULK_ROW, "the first thousand"),
        "errors_left_out": count(),
    },
)
BULK_LOOKED_AT: Final = Shape(
    name="bulk-dry-run",
    meaning="What a bulk job would send.",
    fields={
        "job": text(),
        "total": count("rows"),
        "ready": count("rows that would be sent"),
        "earlier": count("rows that were handed over before"),
        "failed": count("rows that cannot be sent"),
        "blocked": count("rows with a finding of the level block"),
        "warned": count("rows with a finding of the level warning"),
        "errors": many(BULK_ROW, "the first thousand"),
        "errors_left_out": count(),
    },
)
WRITTEN: Final = Shape(
    name="written",
    meaning="A file that a message was written to.",
    fields={"id": text(), "path": text(), "size_bytes": count(), "sha256": text()},
)
UNWRITTEN: Final = Shape(
    name="unwritten",
    meaning="A mail that could not be exported.",
    fields={"id": text(), **FAILURE.fields},
)
EXPORTED: Final = Shape(
    name="exported",
    meaning="What was written to files; with --format jsonl, to one.",
    fields={
        "mails": sometimes(many(WRITTEN)),
        "path": sometimes(text()),
        "count": sometimes(count()),
        "errors": many(UNWRITTEN),
    },
)
TEMPLATE: Final = Shape(
    name="template",
    meaning="One of the person's own templates.",
    fields={
        "name": text(),
        "is_snippet": flag("whether it is a piece of a text, and no whole mail"),
        "text": text("its subject, or how it begins"),
        "problem": maybe(text()),
    },
)
TEMPLATES: Final = listed(
    "templates", "The person's own templates.", TEMPLATE, folder=text("where they are")
)
TEMPLATE_SOURCE: Final = Shape(
    name="template-source",
    meaning="A template as it was written.",
    fields={"name": text(), "blanks": texts("what it asks for"), "source": text()},
)
FILLED: Final = Shape(
    name="filled",
    meaning="A template that was filled in.",
    fields={
        "from": maybe(text()),
        "to": texts(),
        "cc": texts(),
        "bcc": texts(),
        "reply_to": texts(),
        "subject": text(),
        "text": maybe(text()),
        "markdown": maybe(text()),
        "html": maybe(text()),
    },
)
RENDERED: Final = Shape(
    name="rendered",
    meaning="One mail for each row of data.",
    fields={"mails": many(FILLED)},
)
LEAF: Final = Shape(
    name="leaf", meaning="A page of the docs.", fields={"name": text(), "title": text()}
)
LEAVES: Final = Shape(
    name="leaves",
    meaning="The pages of the docs.",
    fields={"pages": many(LEAF), "next": NEXT},
)
LEAF_TEXT: Final = Shape(
    name="leaf-text",
    meaning="A page of the docs, in Markdown.",
    fields={"name": text(), "text": text()},
)
MANUAL: Final = Shape(
    name="manual", meaning="The man page.", fields={"page": text("roff")}
)
SCRIPT: Final = Shape(
    name="script",
    meaning="What a shell completes with.",
    fields={"shell": text(), "script": text()},
)
FATE: Final = Shape(
    name="fate",
    meaning="How the demo's mail went for one recipient.",
    fields={"address": text(), "state": text()},
)
JOURNEY: Final = Shape(
    name="journey",
    meaning="One mail of the demo.",
    fields={
        "id": text(),
        "subject": text(),
        "actor": text(),
        "decision": text(),
        "revision": count(),
        "status": text(),
        "attempts": count(),
        "recipients": many(FATE),
        "approved_sha256": text(),
        "received_sha256": texts(),
    },
)
DEMO: Final = Shape(
    name="demo",
    meaning="Whether the demo went as it should, with --check.",
    fields={"ok": flag(), "problems": texts(), "mails": many(JOURNEY)},
)
