"""What happened to a mail: to whom, each try, what others report, and its bytes."""

import pytest

from tests.core.reports import dsns
from tests.tui.conftest import NOW, Desk
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.tui import looks
from tuimail.tui.record import AS_APPROVED, NOT_AS_APPROVED, record
from tuimail.tui.widgets.prose import Kind, Paragraph

SAID = "5.1.1 no such user\nsee https://example.net/help\n\nbye \x1b[2J"


async def answered(job: SendJob) -> Verdicts:
    """Take it for the first, and refuse it for the others, in several lines."""
    async for _ in job.pieces():
        """All of it is taken."""
    await job.point_of_no_return()
    kinds = (VerdictKind.SENT, *[VerdictKind.REFUSED] * 9)
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address,
                kind=kind,
                is_bad_address=kind is VerdictKind.REFUSED,
                receipt=Receipt(
                    stage="rcpt",
                    code=550 if kind is VerdictKind.REFUSED else 250,
                    enhanced="5.1.1" if kind is VerdictKind.REFUSED else "",
                    text=SAID if kind is VerdictKind.REFUSED else "2.1.5 Ok",
                ),
            )
            for one, kind in zip(job.envelope.recipients, kinds, strict=False)
        ),
        server="smtp.example.org:465",
    )


def shown(desk: Desk, row_id: str) -> tuple[Paragraph, ...]:
    with desk.open() as workspace:
        tab = looks.look(row_id)(workspace).tab("record")
        return tuple(tab.paragraphs)


def texts(lines: tuple[Paragraph, ...]) -> list[str]:
    return [f"{one.label} {one.text}".strip() for one in lines]


async def test_replies_stand_word_for_word_at_everybody_they_are_about(
    desk: Desk,
) -> None:
    row = await desk.sent(answered, cc=("roy@old.example",), bcc=("q@example.net",))

    told = texts(shown(desk, row.id))

    assert told[:11] == [
        "Recipients (sent means that the provider took it)",
        "To ana@example.net  sent: the provider took it",
        "at rcpt: “2.1.5 Ok”",
        "Cc roy@old.example  invalid: There is no such mailbox",
        "at rcpt: “5.1.1 no such user”",
        "“see https://example.net/help”",
        "“bye ␛[2J”",
        "Bcc q@example.net  invalid: There is no such mailbox",
        "at rcpt: “5.1.1 no such user”",
        "“see https://example.net/help”",
        "“bye ␛[2J”",
    ]
    assert any("try 1: accepted for some, smtp.example.org:465" in t for t in told)
    assert any("revision 1 approved by person:mara" in text for text in told)


async def test_reports_stand_at_their_recipient_and_are_not_believed(
    desk: Desk,
) -> None:
    row = await desk.sent(to=("ana@example.net",))
    mail = desk.page(row.id).message_id.encode()
    raw = dsns.POSTFIX.replace(dsns.MESSAGE_ID.encode(), mail)
    with desk.open() as workspace:
        workspace.reports.take(raw)

    lines = shown(desk, row.id)

    (reported,) = [one for one in lines if one.text.startswith("reported ")]
    place = lines.index(reported)
    assert "nothing of it is proven" in reported.text
    assert reported.kind is Kind.BLOCK
    assert "ana@example.net  sent" in lines[place - 1].text
    assert lines[place + 1].kind is Kind.QUOTE


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_the_bytes_on_disk_are_compared_with_those_that_were_approved(
    desk: Desk, *, is_damaged: bool
) -> None:
    row = await desk.sent(to=("ana@example.net",))
    if is_damaged:
        (file,) = (desk.root / "outbound").rglob("*.eml")
        file.chmod(0o600)
        file.write_bytes(file.read_bytes() + b"one more line\r\n")

    (told,) = [one for one in shown(desk, row.id) if one.label == "Bytes"]

    assert told.text.endswith(NOT_AS_APPROVED if is_damaged else AS_APPROVED)
    assert told.kind is (Kind.BLOCK if is_damaged else Kind.GOOD)


def test_what_was_not_released_has_nothing_to_compare(desk: Desk) -> None:
    row = desk.write()

    (told,) = [one for one in shown(desk, row.id) if one.label == "Bytes"]

    assert ";" not in told.text


def test_an_attempt_that_runs_says_how_far_it_is(desk: Desk) -> None:
    row = desk.release()
    with desk.open() as workspace:
        (claim,) = workspace.delivery.claim()
        begun = texts(record(workspace.drafts.page(row.id), (), NOW, is_whole=None))
        workspace.delivery.commit(claim)
        out = texts(record(workspace.drafts.page(row.id), (), NOW, is_whole=None))

    assert any("try 1: begun, nothing is out" in text for text in begun)
    assert any("all of it was handed over, no answer yet" in text for text in out)


async def test_of_whom_nobody_knows_it_stands_what_was_said_before(desk: Desk) -> None:
    async def lost(job: SendJob) -> Verdicts:
        async for _ in job.pieces():
            """All of it goes out."""
        await job.point_of_no_return()
        (one,) = job.envelope.recipients
        told = Verdict(
            wire_address=one.wire_address,
            kind=VerdictKind.UNKNOWN,
            receipt=Receipt(stage="end_of_data", text="the line broke"),
            session="TLS 1.3, logged in as mara",
            taken="250 2.1.5 \x1b[2J Ok",
        )
        return Verdicts(by_recipient=(told,), server="smtp.example.org:465")

    row = await desk.sent(lost)

    told = texts(shown(desk, row.id))

    assert "before that: TLS 1.3, logged in as mara" in told
    assert "before that: 250 2.1.5 ␛[2J Ok" in told
