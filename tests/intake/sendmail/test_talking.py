"""SMTP over two streams: the conversation of the door, with nobody to log in."""

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.workspace.conftest import (
    Desk,
    desk,  # noqa: F401 - a fixture for tests here
    provider,  # noqa: F401 - a fixture for tests here
)
from tuimail.core.origin import Origin
from tuimail.errors import StoreError
from tuimail.intake.sendmail.handing import SendmailDesk
from tuimail.intake.sendmail.talking import talk
from tuimail.workspace.workspace import Workspace

SESSION = (
    "EHLO me\r\nMAIL FROM:<root> ENVID=7\r\nRCPT TO:<ana@example.net>\r\n"
    "RCPT TO:<root>\r\nDATA\r\nFrom: root\r\nTo: ana@example.net\r\nSubject: s\r\n\r\n"
    "t\r\n.\r\nQUIT\r\n"
)


@pytest.fixture
def workspace(desk: Desk) -> Iterator[Workspace]:  # noqa: F811 - the fixture
    with desk.open(door="sendmail", on_terminal=False) as opened:
        yield opened


def in_pieces(text: str, size: int = 7) -> Callable[[], bytes]:
    content = text.encode()
    pieces = iter([content[at : at + size] for at in range(0, len(content), size)])
    return lambda: next(pieces, b"")


def said(workspace: Workspace, session: str) -> list[str]:
    """Return the lines that were answered to ``session`` and its end."""
    answered: list[bytes] = []
    talk(SendmailDesk(workspace), in_pieces(session), answered.append)
    return b"".join(answered).decode().splitlines()


def test_a_whole_session_is_answered_and_its_mail_waits_for_a_person(
    workspace: Workspace,
) -> None:
    lines = said(workspace, SESSION)
    (row,) = workspace.drafts.rows()
    page = workspace.drafts.page(row.id)

    assert lines[0] == "220 localhost ESMTP tuimail"
    assert not any("AUTH" in line for line in lines)
    assert lines[-2:] == [f"250 2.0.0 Ok: queued as {row.id}", "221 2.0.0 Bye"]
    assert row.status == "review"
    assert row.origin == Origin(
        actor="agent:sendmail", door="sendmail", note="Asked for reports: ENVID=7"
    )
    assert [one.text for one in page.draft.to] == ["ana@example.net"]
    assert [one.text for one in page.draft.bcc] == ["mara@example.org"]
    assert page.draft.sender.text == "mara@example.org"


def test_input_that_ends_without_a_goodbye_ends_it_after_the_last_answer(
    workspace: Workspace,
) -> None:
    lines = said(workspace, SESSION.removesuffix("QUIT\r\n"))

    assert lines[-1].startswith("250 2.0.0 Ok: queued as ")


def test_nobody_has_to_log_in(workspace: Workspace) -> None:
    lines = said(workspace, "EHLO me\r\nAUTH PLAIN\r\nQUIT\r\n")

    assert "503 5.5.1 Nobody has to log in any more" in lines


def test_a_refusal_is_told_like_at_the_door(workspace: Workspace) -> None:
    lines = said(workspace, SESSION.replace("From: root", "From: boss@corp.example"))

    assert any(line.startswith("554") for line in lines)
    assert workspace.drafts.rows() == ()


def test_no_program_is_told_where_its_owners_mail_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise StoreError(f"{workspace.root}/tuimail.db is damaged.", hint="tuimail")

    monkeypatch.setattr(SendmailDesk, "hand_in", refuse)

    lines = said(workspace, SESSION)

    assert any(line.startswith("451") for line in lines)
    assert str(workspace.root) not in "".join(lines)


def test_a_report_has_no_id_of_its_own(workspace: Workspace) -> None:
    report = (
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        "\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--"
    )
    lines = said(workspace, SESSION.replace("Subject: s\r\n\r\nt", report))

    assert any(line.startswith("250 2.0.0 Ok: a report") for line in lines)
    assert workspace.drafts.rows() == ()


def test_an_answer_that_cannot_be_written_ends_it(workspace: Workspace) -> None:
    """Though the other side never closes its own."""
    is_over = threading.Event()

    def read() -> bytes:
        is_over.wait(30)
        return b""

    def write(_content: bytes) -> None:
        raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        talk(SendmailDesk(workspace), read, write)
    is_over.set()
