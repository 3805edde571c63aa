"""Django's documented mail functions, against a real SMTP server.

What each of them has to do is what Django's documentation says of it.
"""

import base64
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import EmailMessage as Parsed
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.policy import SMTP
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.utils.functional import lazystr
from django.utils.log import AdminEmailHandler

from tests.contrib.conftest import BACKEND, OLDER, Settings
from tests.providers.conftest import Authority, authority
from tuimail.contrib.django import EmailBackend, MailNotSentError
from tuimail.errors import ConfigurationError, FieldError, TuimailError
from tuimail.testing import Close, Outbox, Say, SmtpServer

__all__ = ["authority"]
pytestmark = OLDER

BEA, CAT, DAN = "bea@example.net", "cat@example.net", "dan@example.net"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def received(server: SmtpServer) -> list[Parsed]:
    """Return what the server took, as Python's standard library reads it."""
    return [message_from_bytes(one.content, policy=SMTP) for one in server.accepted]


def only(server: SmtpServer) -> Parsed:
    (message,) = received(server)
    return message


def body(message: Parsed, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


def structure(message: Any) -> Any:
    """Return the types of the parts, as they nest."""
    if not message.is_multipart() or message.get_content_maintype() == "message":
        return message.get_content_type()
    inside = tuple(structure(part) for part in message.iter_parts())
    return (message.get_content_subtype(), *inside)


def files(message: Parsed) -> Mapping[str, bytes]:
    return {
        str(part.get_filename()): base64.b64decode(str(part.get_payload()))
        for part in message.walk()
        if part.get_filename()
    }


def test_send_mail(server: SmtpServer) -> None:
    number = mail.send_mail("Grüße", "Hello\n.\nMara", None, [f"Zoë <{BEA}>", CAT])

    message = only(server)
    assert number == 1
    assert server.accepted[0].recipients == (BEA, CAT)
    assert server.accepted[0].sender.startswith("<mara@example.org>")
    assert (message["Subject"], body(message)) == ("Grüße", "Hello\n.\nMara")
    assert message["From"] == "Mara <mara@example.org>"
    assert message["To"] == f"Zoë <{BEA}>, {CAT}"
    assert message["Date"]
    assert message["Message-ID"].endswith("@example.org>")


def test_send_mail_with_html(server: SmtpServer) -> None:
    mail.send_mail("s", "text", "x@example.org", [BEA], html_message="<b>html</b>")

    message = only(server)
    assert structure(message) == ("alternative", "text/plain", "text/html")
    assert (body(message), body(message, "html")) == ("text", "<b>html</b>")
    assert message["From"] == "x@example.org"


def test_send_mass_mail_uses_one_connection(server: SmtpServer) -> None:
    number = mail.send_mass_mail(
        (f"mail {one}", "text", f"from{one}@example.org", [f"to{one}@example.net"])
        for one in range(3)
    )

    assert (number, server.connections) == (3, 1)
    found = {(one["Subject"], one["From"], one["To"]) for one in received(server)}
    assert found == {
        (f"mail {one}", f"from{one}@example.org", f"to{one}@example.net")
        for one in range(3)
    }


def test_mail_admins_and_managers(server: SmtpServer) -> None:
    mail.mail_admins("down", "text", html_message="<p>html</p>")
    mail.mail_managers("broken link", "text")

    admins, managers = received(server)
    assert admins["To"] == "ada@example.org, bob@example.org"
    assert (admins["Subject"], admins["From"]) == ("[Django] down", "root@example.org")
    assert body(admins, "html") == "<p>html</p>"
    assert managers["To"] == "mia@example.org"
    assert managers["Subject"] == "[Django] broken link"


def test_nobody_is_written_to_where_there_are_no_admins(
    server: SmtpServer, configured: Settings
) -> None:
    configured(ADMINS=[], MANAGERS=[])
    mail.mail_admins("s", "b")
    mail.mail_managers("s", "b")

    assert server.connections == 0


def test_errors_that_are_logged_are_mailed(server: SmtpServer) -> None:
    record = logging.LogRecord("shop", logging.ERROR, "shop.py", 7, "broken", (), None)
    AdminEmailHandler(include_html=True).emit(record)

    message = only(server)
    assert message["Subject"] == "[Django] ERROR: broken"
    assert "broken" in body(message)


def test_texts_that_are_translated_late_are_texts(server: SmtpServer) -> None:
    late = lazystr("Zoë")
    mail.send_mail(late, late, lazystr("mara@example.org"), [lazystr(f"Zoë <{BEA}>")])

    message = only(server)
    assert (message["Subject"], body(message)) == ("Zoë", "Zoë")
    assert (message["From"], message["To"]) == ("mara@example.org", f"Zoë <{BEA}>")


def test_an_email_message_says_all_it_can(server: SmtpServer) -> None:
    email = EmailMessage(
        "Hello",
        "Body",
        '"Shop, Inc." <from@example.com>',
        [BEA],
        bcc=[DAN],
        cc=[f"Cat <{CAT}>"],
        reply_to=["another@example.com", "Zoë <zoe@example.com>"],
        headers={"X-App": "Zoë", "In-Reply-To": "<a@b.example>", "X-Priority": "1"},
    )
    number = email.send()

    message = only(server)
    assert number == 1
    assert server.accepted[0].recipients == (BEA, CAT, DAN)
    assert DAN.encode() not in server.accepted[0].content
    assert message["From"] == '"Shop, Inc." <from@example.com>'
    assert (message["Cc"], message["X-App"]) == (f"Cat <{CAT}>", "Zoë")
    assert message["Reply-To"] == "another@example.com, Zoë <zoe@example.com>"
    assert (message["In-Reply-To"], message["X-Priority"]) == ("<a@b.example>", "1")


def test_headers_give_names_to_the_same_people(server: SmtpServer) -> None:
    email = EmailMessage(
        "s",
        "b",
        "mara@example.org",
        [BEA],
        headers={
            "From": "The shop <mara@example.org>",
            "To": f"Bea <{BEA}>",
            "Sender": "mara@example.org",
            "Reply-To": "desk@example.org",
        },
    )
    email.send()

    message = only(server)
    assert message["From"] == "The shop <mara@example.org>"
    assert (message["To"], message["Sender"]) == (f"Bea <{BEA}>", None)
    assert message["Reply-To"] == "desk@example.org"


def test_html_alone(server: SmtpServer) -> None:
    email = EmailMessage("s", "<p>only</p>", None, [BEA])
    email.content_subtype = "html"
    email.send()

    assert structure(only(server)) == "text/html"


def test_attachments_of_all_kinds(server: SmtpServer, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_bytes(b"a;1\r\nb;2\r\n")
    odd = MIMEBase("application", "x-odd")
    odd.set_payload(base64.b64encode(b"odd").decode())
    odd["Content-Transfer-Encoding"] = "base64"
    odd.add_header("Content-Disposition", "attachment", filename="odd one.bin")
    email = EmailMultiAlternatives(
        "s", "text", None, [BEA], attachments=[("a.pdf", b"%PDF", "application/pdf")]
    )
    email.attach_alternative("<b>html</b>", "text/html")
    email.attach("größe;1.bin", b"\0\xff")
    email.attach("note.txt", "umlaut: ü\n", "text/plain")
    email.attach("empty.bin", b"", "application/octet-stream")
    email.attach_file(tmp_path / "prices.csv")
    email.attach(odd)
    email.send()

    found = files(only(server))
    assert found == {
        "a.pdf": b"%PDF",
        "größe;1.bin": b"\0\xff",
        "note.txt": "umlaut: ü\r\n".encode(),
        "empty.bin": b"",
        "prices.csv": b"a;1\r\nb;2\r\n",
        "odd one.bin": b"odd",
    }
    assert structure(only(server))[1] == ("alternative", "text/plain", "text/html")


def test_an_inline_picture(server: SmtpServer) -> None:
    email = EmailMultiAlternatives("s", "text", None, [BEA])
    email.attach_alternative('<img src="cid:logo">', "text/html")
    picture = MIMEImage(PNG, "png")
    picture.add_header("Content-ID", "<logo>")
    picture.add_header("Content-Disposition", "inline", filename="logo.png")
    email.attach(picture)
    email.send()

    message = only(server)
    (part,) = (one for one in message.walk() if one.get_content_type() == "image/png")
    assert (part["Content-ID"], part.get_payload(decode=True)) == ("<logo>", PNG)
    assert part.get_content_disposition() == "inline"
    assert "related" in str(structure(message))


def test_a_mail_within_a_mail_is_a_file(server: SmtpServer) -> None:
    within = EmailMessage("inner", "within", None, [CAT])
    email = EmailMessage("outer", "text", None, [BEA])
    email.attach("forwarded.eml", within.message(), "message/rfc822")
    email.send()

    found = files(only(server))
    assert b"Subject: inner" in found["forwarded.eml"]


def test_a_connection_can_be_kept_open(server: SmtpServer) -> None:
    connection = get_connection()
    opened = [connection.open(), connection.open()]
    emails = [EmailMessage("s", "b", None, [BEA]) for _ in range(2)]
    emails[0].connection = connection
    numbers = [emails[0].send(), connection.send_messages(emails)]
    connection.close()
    connection.close()
    connection.send_messages(emails[:1])

    assert (opened, numbers) == ([True, False], [1, 2])
    assert (len(server.accepted), server.connections) == (4, 2)


def test_a_connection_is_a_context(server: SmtpServer) -> None:
    with get_connection(BACKEND) as connection:
        for _ in range(2):
            EmailMessage("s", "b", None, [BEA], connection=connection).send()

    assert (len(server.accepted), server.connections) == (2, 1)


def test_a_connection_is_for_all_threads(server: SmtpServer) -> None:
    backend = EmailBackend()
    emails = [EmailMessage(f"{one}", "b", None, [BEA]) for one in range(12)]
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda one: backend.send_messages([one]), emails))

    assert numbers == [1] * 12
    assert {one["Subject"] for one in received(server)} == {f"{n}" for n in range(12)}
    assert backend._connection is None


def test_nobody_is_asked_where_there_is_nobody_to_send_to(server: SmtpServer) -> None:
    backend = EmailBackend()
    nobody = EmailMessage("s", "b", None, [""])
    numbers = [backend.send_messages([]), backend.send_messages([nobody])]

    assert (numbers, EmailMessage("s", "b").send()) == ([0, 0], 0)
    assert server.connections == 0


@pytest.mark.parametrize("place", ["subject", "from", "to"])
def test_a_header_of_two_lines_is_refused(server: SmtpServer, place: str) -> None:
    """As Django documents it: never silently, and as a ``ValueError``."""
    said = {"subject": "s", "from": "mara@example.org", "to": BEA}
    said[place] += f"\nBcc: {CAT}"
    with pytest.raises(ValueError, match=r"newline|linefeed"):
        mail.send_mail(
            said["subject"], "b", said["from"], [said["to"]], fail_silently=True
        )

    assert server.connections == 0


def test_one_who_is_refused_is_told_of_and_others_get_theirs(
    server: SmtpServer,
) -> None:
    server.script["rcpt:2"] = Say("550 5.1.1 nobody here")
    emails = [EmailMessage("s", "b", None, to) for to in ([BEA, CAT], [DAN])]
    with pytest.raises(MailNotSentError) as caught:
        get_connection().send_messages(emails)

    result = caught.value.result
    assert (result.successful, result.failed) == ((BEA,), (CAT,))
    assert isinstance(caught.value, SMTPException)
    assert emails[0].tuimail_result is result
    assert emails[1].tuimail_result.is_success
    assert [one.recipients for one in server.accepted] == [(BEA,), (DAN,)]


def test_a_mail_that_may_be_out_is_not_sent_again(server: SmtpServer) -> None:
    server.script["after-end-of-data"] = Close(hard=True)
    email = EmailMessage("s", "b", None, [BEA])
    with pytest.raises(MailNotSentError):
        email.send()

    assert email.tuimail_result.is_unknown
    assert len(server.deliveries) == 1


def test_a_connection_that_is_dropped_is_replaced(server: SmtpServer) -> None:
    server.script["mail:3"] = Close()
    emails = [EmailMessage(f"{one}", "b", None, [BEA]) for one in range(5)]
    number = get_connection(fail_silently=True).send_messages(emails)

    subjects = [one["Subject"] for one in received(server)]
    sent = [one.subject for one in emails if one.tuimail_result.is_success]
    assert (number, subjects) == (len(sent), sent)
    assert {"0", "1", "3", "4"} <= set(sent)
    assert server.connections >= 2


def test_silent_failures_are_counted_as_not_sent(server: SmtpServer) -> None:
    server.script["rcpt:1"] = Say("550 5.1.1 nobody here")
    emails = [
        EmailMessage("s", "b", None, [BEA]),
        EmailMessage("s", "b", None, [CAT], headers={"Date": "today"}),
        EmailMessage("s", "b", None, ["no address"]),
    ]
    number = get_connection(fail_silently=True).send_messages(emails)

    assert number == 0
    assert [one.tuimail_result.failed for one in emails] == [
        (BEA,),
        (CAT,),
        ("no address",),
    ]


def test_a_server_that_is_not_there(server: SmtpServer, configured: Settings) -> None:
    configured(EMAIL_PORT=1)
    silently = mail.send_mail("s", "b", None, [BEA], fail_silently=True)
    with pytest.raises(MailNotSentError, match="could not be reached"):
        mail.send_mail("s", "b", None, [BEA])

    assert silently == 0


def test_logging_in(configured: Settings) -> None:
    with SmtpServer(logins={"mara": "s3cret", "other": "word"}) as server:
        configured(
            EMAIL_HOST=server.host,
            EMAIL_PORT=server.port,
            EMAIL_HOST_USER="mara",
            EMAIL_HOST_PASSWORD="s3cret",
        )
        mail.send_mail("s", "b", None, [BEA])
        mail.send_mail("s", "b", None, [BEA], auth_user="other", auth_password="word")
        with pytest.raises(TuimailError) as caught:
            mail.send_mail("s", "b", None, [BEA], auth_password="wrong")
        number = len(server.accepted)

    assert number == 2
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("kind", ["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def test_certificates_are_checked(
    kind: str,
    authority: Authority,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = authority.context()
    is_tls = kind == "EMAIL_USE_TLS"
    with SmtpServer(
        tls=None if is_tls else context, starttls=context if is_tls else None
    ) as server:
        configured(EMAIL_HOST=server.host, EMAIL_PORT=server.port, **{kind: True})
        with pytest.raises(TuimailError, match="certificate"):
            mail.send_mail("s", "b", None, [BEA])
        untrusted = len(server.deliveries)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        number = mail.send_mail("s", "b", None, [BEA])

    assert (untrusted, number) == (0, 1)


def test_mail_goes_through_the_outbox_where_an_account_is_named(
    stored: Outbox,
) -> None:
    email = EmailMessage("s", "b", None, [BEA], bcc=[DAN])
    number = email.send()

    result = email.tuimail_result
    assert (number, result.status) == (1, "sent")
    assert (stored[0].account, stored[0].recipients) == ("shop", (BEA, DAN))
    assert result.id
    assert (stored.workspace / "outbound" / result.id / "message.eml").is_file()


def test_mail_that_waits_counts_as_sent(stored: Outbox) -> None:
    stored.defer(BEA)
    email = EmailMessage("s", "b", None, [BEA])
    number = email.send()

    assert (number, email.tuimail_result.status) == (1, "deferred")


def test_mail_that_somebody_has_to_look_at_counts_as_sent(stored: Outbox) -> None:
    stored.add_account("shop", "mara@example.org", noninteractive_send="review")
    email = EmailMessage("s", "b", "mara@example.org", [BEA])
    number = email.send()

    assert (number, email.tuimail_result.status) == (1, "review")
    assert len(stored) == 0


def test_an_account_can_send_without_a_workspace(
    stored: Outbox, configured: Settings
) -> None:
    configured(TUIMAIL_WORKSPACE=None)
    email = EmailMessage("s", "b", None, [BEA])
    email.send()

    assert (email.tuimail_result.id, len(stored)) == ("", 1)
    assert not stored.workspace.exists()


def test_an_account_that_is_not_there_says_so(
    stored: Outbox, configured: Settings
) -> None:
    configured(TUIMAIL_ACCOUNT="nope")
    silently = mail.send_mail("s", "b", None, [BEA], fail_silently=True)
    with pytest.raises(ConfigurationError, match="nope"):
        mail.send_mail("s", "b", None, [BEA])

    assert silently == 0


def test_a_workspace_that_cannot_be_opened(
    stored: Outbox, configured: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    configured(TUIMAIL_WORKSPACE=str(tmp_path / "file"))
    backend, silent = EmailBackend(), EmailBackend(fail_silently=True)
    email = EmailMessage("s", "b", None, [BEA])

    assert (silent.open(), silent.send_messages([email])) == (None, 0)
    with pytest.raises(TuimailError):
        backend.open()
    with pytest.raises(TuimailError):
        backend.send_messages([email])


def test_one_that_cannot_be_read_stops_all_before_anything_is_sent(
    server: SmtpServer,
) -> None:
    good = EmailMessage("s", "b", None, [BEA])
    bad = EmailMessage("s", "b", None, [BEA], headers={"Message-ID": "<a@b.example>"})
    with pytest.raises(FieldError, match="Message-ID of its own"):
        get_connection().send_messages([good, bad])

    assert server.connections == 0
