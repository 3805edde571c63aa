"""What a program is told about its mail, wherever that stands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, NOW, Desk, account
from tuimail.core.address import parse_address
from tuimail.core.decision import Comment
from tuimail.core.draft import Body
from tuimail.errors import NotFoundError
from tuimail.workspace import reviewers
from tuimail.workspace.answering import Answer, Told
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


@dataclass
class Mail:
    """A mail of an agent's, and what people do with it."""

    workspace: Workspace
    id: str

    @property
    def answer(self) -> Answer:
        with self.workspace.acting_as(BILLING, door="http"):
            return self.workspace.handing_in.answer(self.id)

    @property
    def revision(self) -> int:
        return self.workspace.drafts.row(self.id).revision

    def approve(self) -> None:
        self.workspace.reviews.approve(self.id, revision=self.revision)

    def send_back(self) -> None:
        self.workspace.reviews.request_changes(
            self.id, revision=self.revision, reason="By when?"
        )

    def reject(self) -> None:
        self.workspace.reviews.reject(self.id, revision=self.revision, reason="No.")

    def undo_reject(self) -> None:
        self.workspace.reviews.undo_reject(self.id)

    def edit(self, **changes: Any) -> None:
        page = self.workspace.drafts.page(self.id)
        changed = replace(page.draft, **({"subject": "Q4 report"} | changes))
        self.workspace.drafts.edit(self.id, changed, revision=page.row.revision)

    def discard(self) -> None:
        self.workspace.drafts.discard(self.id)

    def release(self) -> None:
        self.workspace.outbox.release(self.id, undo=timedelta(seconds=10))

    def take_back(self) -> None:
        self.workspace.outbox.take_back(self.id)

    def cancel(self) -> None:
        self.workspace.outbox.cancel(self.id)

    def hold(self) -> None:
        self.workspace.outbox.hold(self.id)

    def revise(self) -> None:
        """As the agent does."""
        page = self.workspace.drafts.page(self.id)
        other = replace(page.draft, body=Body(text="Other words.\n"))
        with self.workspace.acting_as(BILLING, door="http"):
            self.workspace.drafts.edit(self.id, other, revision=page.row.revision)
            if page.row.status == "draft":
                self.workspace.drafts.request_review(self.id)


@pytest.fixture
def mail(workspace: Workspace, hand_in: New) -> Mail:
    return Mail(workspace=workspace, id=hand_in().id)


@pytest.mark.parametrize(
    ("steps", "state", "verdict", "edited", "resubmit"),
    [
        ("", "review", "", False, "no"),
        ("edit", "review", "", True, "no"),
        ("revise", "review", "", False, "no"),
        ("approve", "approved", "approved", False, "no"),
        ("edit approve", "approved", "approved", True, "no"),
        ("approve edit", "review", "", True, "no"),
        ("approve edit approve", "approved", "approved", True, "no"),
        ("send_back", "draft", "changes_requested", False, "revise"),
        ("edit send_back", "draft", "changes_requested", True, "revise"),
        ("send_back edit", "draft", "changes_requested", True, "revise"),
        ("send_back revise", "review", "", False, "no"),
        ("send_back revise approve", "approved", "approved", False, "no"),
        ("send_back revise edit approve", "approved", "approved", True, "no"),
        ("edit send_back revise", "review", "", False, "no"),
        ("reject", "rejected", "rejected", False, "never"),
        ("edit reject", "rejected", "rejected", True, "never"),
        ("send_back revise reject", "rejected", "rejected", False, "never"),
        ("reject undo_reject", "review", "", False, "no"),
        ("reject undo_reject approve", "approved", "approved", False, "no"),
        ("reject edit", "draft", "", True, "no"),
        ("approve reject", "rejected", "rejected", False, "never"),
        ("discard", "discarded", "", False, "no"),
        ("approve discard", "discarded", "", False, "no"),
        ("send_back discard", "discarded", "", False, "no"),
        ("reject discard", "discarded", "rejected", False, "never"),
        ("reject undo_reject discard", "discarded", "", False, "no"),
        ("reject edit discard", "discarded", "", True, "no"),
        ("approve release", "ready", "approved", False, "no"),
        ("edit approve release", "ready", "approved", True, "no"),
        ("approve release hold", "held", "approved", False, "no"),
        ("approve release cancel", "cancelled", "approved", False, "no"),
        ("approve release take_back", "review", "", False, "no"),
        ("approve release take_back reject", "rejected", "rejected", False, "never"),
    ],
)
def test_the_answer_fits_wherever_a_mail_stands(
    mail: Mail, *, steps: str, state: str, verdict: str, edited: bool, resubmit: str
) -> None:
    for step in steps.split():
        getattr(mail, step)()

    answer = mail.answer

    assert (answer.id, answer.revision, answer.state) == (mail.id, mail.revision, state)
    assert (answer.decision.verdict if answer.decision else "") == verdict
    assert answer.edited is edited
    assert answer.resubmit == resubmit
    assert answer.waits is (state == "review")
    assert answer.duplicate_of == ""


def test_a_change_that_was_taken_back_is_none(mail: Mail) -> None:
    mail.edit()
    mail.edit(subject="Q3 report")

    assert not mail.answer.edited


def test_another_way_out_is_no_change_of_what_is_said(desk: Desk, mail: Mail) -> None:
    desk.save(account(), account("home"))

    mail.edit(subject="Q3 report", account="home")

    assert mail.revision == 2
    assert not mail.answer.edited


def test_whom_else_a_person_writes_to_is_a_change(mail: Mail) -> None:
    mail.edit(
        subject="Q3 report",
        cc=(parse_address("boss@example.org", field="cc"),),
    )

    assert mail.answer.edited


def test_the_decision_is_told_in_words_codes_and_places_and_by_no_name(
    desk: Desk, mail: Mail
) -> None:
    desk.advance(60)
    mail.workspace.reviews.request_changes(
        mail.id,
        revision=1,
        reason="By when?",
        codes=["wrong-facts", "tone"],
        comments=[Comment(text="Which numbers?", field="text", line=3)],
    )

    assert mail.answer.decision == Told(
        verdict="changes_requested",
        codes=("wrong-facts", "tone"),
        reason="By when?",
        comments=(Comment(text="Which numbers?", field="text", line=3),),
        by_role="owner",
        at=NOW + timedelta(seconds=60),
    )
    assert "mara" not in repr(mail.answer.decision)


def test_a_reviewer_with_a_pin_is_a_reviewer(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewers, "_COST", 4)
    mail.workspace.reviewers.add("ana", "271828")

    mail.workspace.reviews.reject(
        mail.id,
        revision=1,
        reason="No.",
        signature=Signature(name="ana", pin="271828"),
    )

    decision = mail.answer.decision
    assert decision is not None
    assert decision.by_role == "reviewer"
    assert "ana" not in repr(decision)


def test_a_blind_copy_that_a_person_added_is_not_told(mail: Mail) -> None:
    quiet = parse_address("quiet@example.net", field="bcc")
    mail.edit(bcc=(quiet,))
    words = "Say it to quiet@example.net and archive@example.org. " + "x" * 440

    mail.workspace.reviews.request_changes(
        mail.id,
        revision=2,
        reason=words,
        comments=[Comment(text=f"quiet@example.net {'y' * 480}")],
    )

    answer = mail.answer
    assert answer.decision is not None
    assert "quiet@example.net" not in repr(answer)
    assert "archive@example.org" in answer.decision.reason
    assert answer.decision.comments[0].text.startswith("(hidden) yyy")


def test_what_was_noticed_is_about_its_own_words(mail: Mail, fields: Fields) -> None:
    before = mail.answer.findings
    mail.edit(body=Body(text="See the attachment, and transfer the money.\n"))

    codes = {one.code for one in mail.workspace.drafts.page(mail.id).findings}
    assert "att.forgotten" in codes
    assert mail.answer.findings == before


def test_a_finding_is_told_with_what_to_do_about_it(
    workspace: Workspace, hand_in: New
) -> None:
    mail = Mail(workspace=workspace, id=hand_in(subject="").id)

    (finding,) = [
        one for one in mail.answer.findings if one.code == "hdr.empty-subject"
    ]
    assert finding.severity in {"info", "warning"}
    assert finding.field == "subject"
    assert finding.message.endswith(".")
    assert len(finding.message) <= 1000


def test_the_same_again_is_told_which_mail_it_was(
    workspace: Workspace, hand_in: New
) -> None:
    first = Mail(workspace=workspace, id=hand_in().id)
    first.reject()

    answer = Mail(workspace=workspace, id=hand_in().id).answer

    assert answer.duplicate_of == first.id
    (finding,) = [
        one for one in answer.findings if one.code == "review.likely-duplicate"
    ]
    assert first.id in finding.message


def test_nothing_is_told_of_a_mail_that_another_program_handed_in(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    first = hand_in()
    workspace.reviews.reject(first.id, revision=1, reason="No.")
    with workspace.acting_as("agent:sales", door="http"):
        draft = workspace.drafts.compose(fields)
        row = workspace.drafts.submit(draft)
        answer = workspace.handing_in.answer(row.id)

    page = workspace.drafts.page(row.id)
    assert first.id in repr(page.findings)
    assert answer.duplicate_of == ""
    assert first.id not in repr(answer)
    assert "review.likely-duplicate" not in {one.code for one in answer.findings}


def test_there_is_no_answer_about_mail_of_others(workspace: Workspace) -> None:
    with (
        workspace.acting_as("agent:sales", door="http"),
        pytest.raises(NotFoundError, match="You have no mail"),
    ):
        workspace.handing_in.answer("0123456789abcdef")


def test_a_comment_names_no_line_of_what_a_person_wrote(
    workspace: Workspace, hand_in: New
) -> None:
    own, edited = (Mail(workspace, hand_in(text="one\ntwo\n").id) for _ in range(2))
    edited.edit(body=Body(text="a secret\n" * 7))
    comment = Comment(text="not so", field="text", line=2)
    for mail in (own, edited):
        workspace.reviews.request_changes(
            mail.id, revision=mail.revision, reason="no", comments=[comment]
        )

    told = [mail.answer.decision for mail in (own, edited)]

    assert [one.comments[0].line for one in told if one] == [2, 0]
