"""The rows about reviews of the adversarial corpus, from a draft to a real server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    BOB,
    Post,
    cheap_pins,
    corpus,
    name_reviewers,
    opened_post,
    say,
    tamper,
)
from tuimail.errors import TuimailError
from tuimail.workspace.audit import Kept
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

MAILS, JOURNALS = (
    [
        pytest.param(one, id=one["id"])
        for one in corpus()
        if ("audit" in one["input"]) is is_about_the_journal
    ]
    for is_about_the_journal in (False, True)
)
SIGNATURES = {"alice": ALICE, "bob": BOB}
KNOWN_MUSTS = frozenset({"sent", "state", "shows_previous_decision", "verify"})


@dataclass
class Case:
    """One row, the mail it is about, and the workspace that it is in."""

    row: dict[str, Any]
    post: Post
    workspace: Workspace
    mail: Row

    @property
    def given(self) -> dict[str, Any]:
        """What the row feeds in."""
        return dict(self.row["input"])


@pytest.mark.parametrize("row", MAILS)
def test_a_row_of_the_corpus(opened: Post, row: dict[str, Any]) -> None:
    assert row["must"].keys() <= KNOWN_MUSTS
    with opened.desk.open() as workspace:
        case = Case(row, opened, workspace, _start(opened, workspace, row["input"]))
        outcome = _take(case)
        copies = opened.send()
        case.mail = workspace.drafts.row(case.mail.id)
        outcome = "reject" if case.mail.status == "held" else outcome

        assert outcome in {row["expect"], *row.get("also_ok", ())}
        _check(case, copies)


def _start(opened: Post, workspace: Workspace, given: dict[str, Any]) -> Row:
    """Return a mail that stands where the row begins."""
    _policy(opened.desk, given.get("policy", {}))
    if isinstance(given.get("approve"), list):
        name_reviewers(workspace)
    mail = _hand_in(workspace, given)
    if given["start"] == "approved":
        return workspace.reviews.approve(mail.id, revision=1)
    if given["start"] == "rejected":
        return workspace.reviews.reject(mail.id, revision=1, reason="not like this")
    return mail


def _hand_in(workspace: Workspace, given: dict[str, Any]) -> Row:
    fields = Fields(
        sender=given["from"],
        to=tuple(given["to"]),
        subject=given["subject"],
        text=given["text"],
        attachments=_attached(workspace, given),
    )
    with workspace.acting_as(BILLING, door="http"):
        row = workspace.drafts.submit(workspace.drafts.compose(fields))
    return workspace.drafts.row(row.id)


def _attached(workspace: Workspace, given: dict[str, Any]) -> tuple[Any, ...]:
    if "attachment_bytes" not in given.get("change_after_approval", {}):
        return ()
    path = workspace.root.parent / "report.txt"
    path.write_text("as it was")
    return (path,)


def _policy(desk: Desk, said: dict[str, Any]) -> None:
    lines = {
        "four_eyes": lambda value: f"[defaults]\nfour_eyes = {str(value).lower()}\n",
        "approval_ttl_h": lambda value: f'[defaults]\napproval_ttl = "{value}h"\n',
        "blocked_domains": lambda value: (
            f"[recipients]\nblock = {[f'@{domain}' for domain in value]}\n"
        ),
    }
    if said:
        say(desk, "".join(lines[name](value) for name, value in said.items()))


def _take(case: Case) -> str:
    """Do what the row says; return its outcome in the words of the corpus."""
    try:
        _step(case)
    except TuimailError:
        return "reject"
    found = case.workspace.drafts.page(case.mail.id).findings
    codes = [one.code for one in found if one.code.startswith("review.")]
    return f"accept-with-finding:{codes[0]}" if codes else "accept"


def _step(case: Case) -> None:
    for name, change in case.given.get("change_after_approval", {}).items():
        CHANGES[name](case, change)
    _policy(case.post.desk, case.given.get("policy_after_approval", {}))
    if hours := case.given.get("approval_age_h"):
        case.post.desk.clock.advance(timedelta(hours=hours))
    if "resubmit" in case.given:
        case.mail = _hand_in(case.workspace, case.given)
        return
    if "approve" in case.given:
        _approve(case, case.given["approve"])
    status = case.workspace.drafts.row(case.mail.id).status
    if status != "ready":
        case.workspace.outbox.release(case.mail.id)


def _approve(case: Case, how: Any) -> None:
    if isinstance(how, list):
        for one in how:
            signature = SIGNATURES[one["by"]]
            case.workspace.reviews.approve(
                case.mail.id, revision=1, signature=signature
            )
        return
    if "revision" in how:
        _edit(case, subject="newer")
        case.workspace.reviews.approve(case.mail.id, revision=1)
    actor = BILLING if how["channel"] == "mcp" else case.workspace.actor
    with case.workspace.acting_as(actor, door=how["channel"]):
        digest = case.workspace.drafts.page(case.mail.id).release_digest
        case.workspace.reviews.approve(case.mail.id, revision=1, typed_digest=digest)


def _edit(case: Case, **typed: Any) -> None:
    case.workspace.drafts.change(case.mail.id, Fields(**typed), revision=1)


def _change_subject(case: Case, subject: str) -> None:
    _edit(case, subject=subject)


def _add_recipient(case: Case, address: str) -> None:
    _edit(case, to=(*case.given["to"], address))


def _change_account(case: Case, name: str) -> None:
    _edit(case, account=name)


def _change_blob(case: Case, _how: str) -> None:
    """Write into the stored attachment, and take the rendered file away."""
    (blob,) = [one for one in case.workspace.root.rglob("blobs/**/*") if one.is_file()]
    blob.chmod(0o600)
    blob.write_text("as it is not")
    message = case.workspace.root / "outbound" / case.mail.id / "message.eml"
    message.unlink(missing_ok=True)


def _change_file(case: Case, _how: str) -> None:
    path = case.workspace.root / "outbound" / case.mail.id / "message.eml"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def _change_row(case: Case, _how: str) -> None:
    """Send it to somebody else: there are rows of recipients once it is released."""
    case.workspace.outbox.release(case.mail.id)
    tamper(
        case.workspace.root,
        "UPDATE recipients SET address = 'x@evil.example', "
        "wire_address = 'x@evil.example'",
    )


def _note(case: Case, _how: str) -> None:
    """Mark the copy in the maildir as seen, as another mail program does."""
    copies = [
        one for one in case.workspace.root.rglob("mail/**/cur/*") if one.is_file()
    ]
    for copy in copies:
        copy.rename(copy.with_name(copy.name.partition(":")[0] + ":2,S"))
    assert copies


CHANGES: dict[str, Callable[[Case, str], None]] = {
    "subject": _change_subject,
    "to_add": _add_recipient,
    "account": _change_account,
    "attachment_bytes": _change_blob,
    "stored_file": _change_file,
    "rcpt_row": _change_row,
    "local_note": _note,
}


def _check(case: Case, copies: int) -> None:
    must = case.row["must"]
    assert copies == must.get("sent", 0)
    if case.row["expect"] == "reject":
        assert case.mail.status in {"review", "held"}
    assert case.mail.status == must.get("state", case.mail.status)
    if must.get("shows_previous_decision"):
        earlier = case.workspace.drafts.page(case.mail.id).earlier_decision
        assert earlier is not None
        assert earlier.decision is not None
        assert earlier.decision.reason == "not like this"


@pytest.mark.parametrize("row", JOURNALS)
def test_a_row_about_the_journal(opened: Post, row: dict[str, Any]) -> None:
    assert row["must"].keys() == {"verify"}
    with opened.desk.open() as workspace:
        _start(opened, workspace, row["input"])
        kept = workspace.audit.head()
    damage = row["input"]["audit"]["tamper"]
    bad = _damage(opened, damage, kept)

    with opened.desk.open() as workspace:
        alone = workspace.audit.verify()
        against_head = workspace.audit.verify(kept)

    assert not against_head.is_whole
    if damage.startswith("delete"):
        assert alone.first_bad == bad


def _damage(opened: Post, how: str, kept: Kept) -> int:
    """Take lines out of the journal; return the number of the first."""
    first = kept.number // 2 if how.startswith("delete") else kept.number - 2
    which = f"= {first}" if how.startswith("delete") else f">= {first}"
    tamper(opened.desk.root, f"DELETE FROM journal WHERE number {which}")
    (opened.desk.root / "journal.head").unlink(missing_ok=True)
    return first
