"""What other people's tests get from ``tuimail.testing.fixtures``."""

import smtplib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import tuimail
from tuimail.cli.entry import main
from tuimail.errors import AddressError
from tuimail.testing import FakeClock, Outbox, Say, SmtpServer
from tuimail.testing.fixtures import clock, outbox, smtp_server

__all__ = ["clock", "outbox", "smtp_server"]

BEA, CAT, DAN = "bea@example.net", "cat@example.net", "dan@example.net"


def test_mail_of_a_program_is_caught(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1;2")
    result = tuimail.send(
        to=f"Bea <{BEA}>",
        bcc=CAT,
        subject="Grüße",
        text="Hello\nthere",
        html="<p>Hello</p>",
        attachments=[tmp_path / "a.csv"],
    )

    (caught,) = outbox
    assert result.is_success
    assert caught.recipients == (BEA, CAT)
    assert (caught.account, caught.return_path) == ("test", "test@example.org")
    assert (caught.subject, caught.text.strip()) == ("Grüße", "Hello\nthere")
    assert caught.html.strip() == "<p>Hello</p>"
    assert caught.attachments == {"a.csv": b"1;2"}
    assert CAT.encode() not in caught.content


def test_mail_of_the_command_line_is_caught(
    outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["send", "--to", BEA, "--subject", "Hi", "--text", "x", "--wait", "20"])

    assert code == 0, capsys.readouterr()
    assert [one.subject for one in outbox.to(BEA)] == ["Hi"]


def test_mail_that_is_stored_nowhere_is_caught(outbox: Outbox) -> None:
    """Also that of an account that a program says itself, with a real server."""
    account = tuimail.Account(host="smtp.example.com", username="x", password="word")
    result = tuimail.send(
        to=BEA,
        from_="mara@example.com",
        subject="Hi",
        text="x",
        account=account,
        workspace=None,
    )
    checked = tuimail.check(account)

    assert (result.is_success, checked.ok) == (True, True)
    assert outbox[0].return_path == "mara@example.com"
    assert not outbox.workspace.exists()


def test_mail_of_another_process_is_caught(outbox: Outbox) -> None:
    words = ("send", "--to", BEA, "--subject", "Hi", "--text", "x", "--wait", "20")
    done = subprocess.run(
        [sys.executable, "-m", "tuimail", *words], check=False, capture_output=True
    )

    assert done.returncode == 0, done.stderr
    assert [one.recipients for one in outbox] == [(BEA,)]


def test_settings_of_the_person_are_not_seen(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", "person@example.com")
    caught: Outbox = request.getfixturevalue("outbox")
    tuimail.send(to=BEA, subject="Hi", text="x")

    assert caught[0].return_path == "test@example.org"


def test_mail_to_somebody_can_be_refused(outbox: Outbox) -> None:
    outbox.refuse(CAT)
    result = tuimail.send(to=[BEA, CAT], subject="Hi", text="x")

    assert (result.successful, result.failed) == ((BEA,), (CAT,))
    assert result.recipients[CAT].code == 550
    assert [one.recipients for one in outbox] == [(BEA,)]


def test_mail_to_somebody_can_be_put_off_and_taken_again(outbox: Outbox) -> None:
    outbox.defer(CAT)
    put_off = tuimail.send(to=CAT, subject="Hi", text="x", wait=20)
    outbox.take(CAT)
    with tuimail.Workspace() as workspace:
        taken = workspace.retry(put_off.id)

    assert (put_off.status, taken.status) == ("deferred", "sent")
    assert len(outbox.to(CAT)) == 1


@pytest.mark.parametrize("written", ["Bob <bob@example.net>", "BOB@Example.NET"])
def test_somebody_is_known_however_the_address_is_written(
    outbox: Outbox, written: str
) -> None:
    outbox.refuse(written)
    refused = tuimail.send(to="bob@example.net", subject="Hi", text="Hello")
    outbox.take(written)
    tuimail.send(to="bob@example.net", subject="Hi", text="Hello")

    assert refused.failed == ("bob@example.net",)
    assert outbox.to(written) == list(outbox)
    assert len(outbox) == 1


def test_a_reply_that_no_server_gives_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="write 550 and why"):
        outbox.refuse("bob@example.net", "450 later")
    with pytest.raises(ValueError, match="write 450 and why"):
        outbox.defer("bob@example.net", "later")
    with pytest.raises(AddressError):
        outbox.refuse("bob")


def test_other_accounts_can_be_added_and_are_the_default_then(outbox: Outbox) -> None:
    outbox.add_account("shop", "Shop <shop@example.com>")
    tuimail.send(to=BEA, subject="new", text="x")
    tuimail.send(to=BEA, subject="old", text="x", account="test")

    assert [one.account for one in outbox] == ["shop", "test"]
    assert outbox[0].message["From"] == "Shop <shop@example.com>"
    assert [one.subject for one in outbox[1:]] == ["old"]


def test_what_was_caught_can_be_forgotten(outbox: Outbox) -> None:
    outbox.refuse(CAT)
    tuimail.send(to=BEA, subject="Hi", text="x")
    outbox.clear()
    again = tuimail.send(to=[BEA, CAT], subject="again", text="x")

    assert [one.subject for one in outbox] == ["again"]
    assert again.failed == (CAT,)


def test_the_time_stands_still_until_it_is_moved(
    outbox: Outbox, clock: FakeClock
) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    planned = tuimail.send(to=BEA, subject="Hi", text="x", at=tomorrow, wait=0)
    before = len(outbox)
    clock.advance(timedelta(days=1, seconds=1))
    tuimail.send(to=CAT, subject="now", text="x")
    with tuimail.Workspace() as workspace, workspace.sending():
        sent = workspace.wait(planned.id)

    assert (before, sent.status) == (0, "sent")
    assert {one.subject for one in outbox} == {"Hi", "now"}


def test_a_mail_server_runs_without_a_loop(smtp_server: SmtpServer) -> None:
    smtp_server.script["rcpt:2"] = Say("550 5.1.1 nobody")
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        refused = client.sendmail("a@example.org", [BEA, CAT], b"Subject: x\r\n\r\n.")

    (delivery,) = smtp_server.accepted
    assert (delivery.recipients, set(refused)) == ((BEA,), {CAT})
    assert smtp_server.copies() == {(delivery.content, BEA): 1}
    assert (smtp_server.connections, smtp_server.commands[0][:4]) == (1, "ehlo")
    assert smtp_server.deliveries == [delivery]


def test_a_mail_server_that_cannot_listen_is_no_standstill() -> None:
    server = SmtpServer(host="192.0.2.1")
    with pytest.raises(OSError, match="assign"), server:
        pass
