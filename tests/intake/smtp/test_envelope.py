"""MAIL and RCPT, read strictly."""

import pytest

from tuimail.intake.smtp.envelope import Envelope
from tuimail.intake.smtp.limits import Limits
from tuimail.intake.smtp.replies import RefusalError

LIMITS = Limits(recipients=3, message_bytes=1_000)


def told(*, sender: str = "FROM:<mara@example.org>") -> Envelope:
    envelope = Envelope(LIMITS)
    envelope.mail(sender, is_extended=True)
    return envelope


@pytest.mark.parametrize(
    ("argument", "sender"),
    [
        ("FROM:<mara@example.org>", "mara@example.org"),
        ("from: <mara@example.org>", "mara@example.org"),
        ("FROM:mara@example.org", "mara@example.org"),
        ("FROM:<>", ""),
        ('FROM:<"a b"@example.org>', '"a b"@example.org'),
        ("FROM:<@relay.example,@other.example:mara@example.org>", "mara@example.org"),
        ("FROM:<mara@bücher.example>", "mara@xn--bcher-kva.example"),
        ("FROM:<mära@example.org> SMTPUTF8", "mära@example.org"),
        ("FROM:<mara@example.org> SIZE=1000 BODY=8bitmime AUTH=<>", "mara@example.org"),
        ("FROM:<mara@example.org> ret=full ENVID=a+3Db", "mara@example.org"),
        ("FROM:<mara@localhost>", "mara@localhost"),
    ],
)
def test_a_sender_is_read(argument: str, sender: str) -> None:
    assert told(sender=argument).sender == sender


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("", "501 5.5.4"),
        ("<mara@example.org>", "501 5.5.4"),
        ("FROM:", "501 5.5.4"),
        ("FROM:<mara@example.org", "501 5.5.4"),
        ("FROM:<mara@example.org>x", "501 5.5.4"),
        ("FROM:<root>", "553[- ]5.1.7"),
        ("FROM:<a@b@c.example>", "553[- ]5.1.7"),
        ("FROM:<a@b.example\x00>", "553[- ]5.1.7"),
        ("FROM:<a@b.example> SIZE=1001", "552 5.3.4"),
        ("FROM:<a@b.example> SIZE=" + "9" * 20, "552 5.3.4"),
        ("FROM:<a@b.example> SIZE=ten", "501 5.5.4"),
        ("FROM:<a@b.example> SIZE", "501 5.5.4"),
        ("FROM:<a@b.example> SIZE=1 SIZE=2", "501 5.5.4"),
        ("FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4"),
        ("FROM:<a@b.example> SMTPUTF8=1", "501 5.5.4"),
        ("FROM:<a@b.example> RET=ALL", "501 5.5.4"),
        ("FROM:<a@b.example> ENVID=" + "x" * 101, "501 5.5.4"),
        ("FROM:<a@b.example> ENVID=+zz", "501 5.5.4"),
        ("FROM:<a@b.example> =", "501 5.5.4"),
        ("FROM:<a@b.example> REQUIRETLS", "555 5.5.4"),
        ("FROM:<a@b.example> NOTIFY=NEVER", "555 5.5.4"),
    ],
)
def test_a_sender_that_is_not_understood_is_refused(argument: str, code: str) -> None:
    with pytest.raises(RefusalError, match=rf"\A{code} "):
        told(sender=argument)


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("TO:<>", "553[- ]5.1.3"),
        ("TO:<nobody>", "553[- ]5.1.3"),
        ("TO:<a@b.example> NOTIFY=NEVER,SUCCESS", "501 5.5.4"),
        ("TO:<a@b.example> NOTIFY=", "501 5.5.4"),
        ("TO:<a@b.example> NOTIFY=SOMETIMES", "501 5.5.4"),
        ("TO:<a@b.example> ORCPT=a@b.example", "501 5.5.4"),
        ("TO:<a@b.example> SIZE=1", "555 5.5.4"),
        ("FROM:<a@b.example>", "501 5.5.4"),
    ],
)
def test_a_recipient_that_is_not_understood_is_refused(
    argument: str, code: str
) -> None:
    envelope = told()
    with pytest.raises(RefusalError, match=rf"\A{code} "):
        envelope.rcpt(argument, is_extended=True)

    assert envelope.recipients == ()


def test_a_second_command_in_a_path_is_no_recipient() -> None:
    with pytest.raises(RefusalError):
        told().rcpt("TO:<a@b.example>\r\nRCPT TO:<x@evil.example>", is_extended=True)


def test_nobody_is_named_twice() -> None:
    envelope = told()
    for _ in range(5):
        envelope.rcpt("TO:<ana@example.net>", is_extended=True)

    assert envelope.recipients == ("ana@example.net",)


def test_one_too_many_is_told_to_wait_for_another_mail() -> None:
    """RFC 5321 §4.5.3.1.10: 452, so that the client splits the mail."""
    envelope = told()
    for number in range(3):
        envelope.rcpt(f"TO:<reader{number}@example.net>", is_extended=True)
    with pytest.raises(RefusalError, match=r"\A452 4\.5\.3 "):
        envelope.rcpt("TO:<one-more@example.net>", is_extended=True)

    assert len(envelope.recipients) == 3


def test_a_mail_has_one_sender() -> None:
    envelope = told(sender="FROM:<>")
    with pytest.raises(RefusalError, match=r"\A503 5\.5\.1 "):
        envelope.mail("FROM:<a@b.example>", is_extended=True)


def test_who_said_helo_knows_no_parameters() -> None:
    with pytest.raises(RefusalError, match=r"\A555 5\.5\.4 "):
        Envelope(LIMITS).mail("FROM:<a@b.example> SIZE=1", is_extended=False)


def test_a_note_names_a_few_of_many_recipients() -> None:
    """A note is short, however many somebody wants reports about."""
    envelope = Envelope(Limits())
    envelope.mail("FROM:<mara@example.org>", is_extended=True)
    for number in range(9):
        envelope.rcpt(f"TO:<r{number}@example.net> NOTIFY=SUCCESS", is_extended=True)

    assert envelope.note == (
        "Asked for reports: NOTIFY=SUCCESS for r0@example.net, r1@example.net, "
        "r2@example.net and 6 more"
    )
