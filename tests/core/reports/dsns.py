"""Delivery reports in the shapes that servers write, about invented people."""

from base64 import encodebytes
from textwrap import dedent
from typing import Final

MESSAGE_ID: Final = "<0f1e2d3c4b5a69788796a5b4c3d2e1f0@example.org>"


def mail(text: str) -> bytes:
    """Return ``text`` as it comes over the wire."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode()


POSTFIX: Final = mail(f"""
    Return-Path: <>
    Received: by mx.example.net (Postfix)
    \tid 4XyZ1A2b3C; Mon,  2 Mar 2026 14:03:00 +0000 (UTC)
    Date: Mon,  2 Mar 2026 14:03:00 +0000 (UTC)
    From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: mara@example.org
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="4XyZ1A2b3C.1772460180/mx.example.net"
    Content-Transfer-Encoding: 8bit
    Message-Id: <20260302140300.4XyZ1A2b3D@mx.example.net>

    This is a MIME-encapsulated message.

    --4XyZ1A2b3C.1772460180/mx.example.net
    Content-Description: Notification
    Content-Type: text/plain; charset=utf-8

    This is the mail system at host mx.example.net.

    <ana@example.net>: host mx2.example.net[192.0.2.7] said: 550 5.1.1
        <ana@example.net>: Recipient address rejected: User unknown (in reply to
        RCPT TO command)

    --4XyZ1A2b3C.1772460180/mx.example.net
    Content-Description: Delivery report
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net
    X-Postfix-Queue-ID: 4XyZ1A2b3C
    X-Postfix-Sender: rfc822; mara@example.org
    Arrival-Date: Mon,  2 Mar 2026 14:02:58 +0000 (UTC)

    Final-Recipient: rfc822; ana@example.net
    Original-Recipient: rfc822;ana@example.net
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx2.example.net
    Diagnostic-Code: smtp; 550 5.1.1 <ana@example.net>: Recipient address rejected:
        User unknown

    --4XyZ1A2b3C.1772460180/mx.example.net
    Content-Description: Undelivered Message
    Content-Type: message/rfc822
    Content-Transfer-Encoding: 8bit

    Return-Path: <mara@example.org>
    Date: Mon, 02 Mar 2026 14:02:00 +0000
    From: Mara Lin <mara@example.org>
    To: ana@example.net
    Subject: Q3 report
    Message-ID: {MESSAGE_ID}

    Message-ID: <not-in-the-header@example.org>

    --4XyZ1A2b3C.1772460180/mx.example.net--
""")

POSTFIX_DELAYED: Final = mail(f"""
    From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
    Subject: Delayed Mail (still being retried)
    To: mara@example.org
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="q1"

    --q1
    Content-Type: text/plain; charset=us-ascii

    YOU DO NOT NEED TO RESEND YOUR MESSAGE.

    --q1
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net
    Arrival-Date: Mon,  2 Mar 2026 14:02:58 +0000 (UTC)

    Final-Recipient: rfc822; ana@example.net
    Original-Recipient: rfc822;ana@example.net
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: X-Postfix; connect to mx2.example.net[192.0.2.7]:25:
        Connection timed out
    Will-Retry-Until: Sat,  7 Mar 2026 14:02:58 +0000 (UTC)

    --q1
    Content-Type: text/rfc822-headers

    From: Mara Lin <mara@example.org>
    Message-ID: {MESSAGE_ID}

    --q1--
""")

EXCHANGE: Final = mail(f"""
    From: <postmaster@example.net>
    To: <mara@example.org>
    Date: Mon, 2 Mar 2026 14:03:10 +0000
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="28ab7f7e-0b7c-4c5f-9e5a-2f1f2f3f4f5f"
    X-MS-Exchange-Message-Is-Ndr:
    Content-Language: en-US
    Message-ID: <3f1a@AB1PR01MB0001.example.net>
    In-Reply-To: {MESSAGE_ID}
    References: {MESSAGE_ID}
    Subject: Undeliverable: Q3 report

    --28ab7f7e-0b7c-4c5f-9e5a-2f1f2f3f4f5f
    Content-Type: multipart/alternative; differences=Content-Type;
    \tboundary="db8b9a3e-5d1e-4b7b-8a52-1a2b3c4d5e6f"

    --db8b9a3e-5d1e-4b7b-8a52-1a2b3c4d5e6f
    Content-Type: text/plain; charset="utf-8"
    Content-Transfer-Encoding: 8bit

    Your message to ana@example.net couldn't be delivered.

    --db8b9a3e-5d1e-4b7b-8a52-1a2b3c4d5e6f
    Content-Type: text/html; charset="utf-8"

    <html><body>Action: delivered</body></html>
    --db8b9a3e-5d1e-4b7b-8a52-1a2b3c4d5e6f--

    --28ab7f7e-0b7c-4c5f-9e5a-2f1f2f3f4f5f
    Content-Type: message/delivery-status

    Reporting-MTA: dns;AB1PR01MB0001.example.net
    Received-From-MTA: dns;mail.example.org
    Arrival-Date: Mon, 2 Mar 2026 14:03:08 +0000

    Original-Recipient: rfc822;ana@example.net
    Final-Recipient: rfc822;ana@example.net
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
     ana@example.net not found by SMTP address lookup
    X-Display-Name: Ana

    --28ab7f7e-0b7c-4c5f-9e5a-2f1f2f3f4f5f
    Content-Type: message/rfc822

    From: Mara Lin <mara@example.org>
    To: "ana@example.net" <ana@example.net>
    Subject: Q3 report
    Message-ID: {MESSAGE_ID}
    Content-Type: text/plain

    Hi
    --28ab7f7e-0b7c-4c5f-9e5a-2f1f2f3f4f5f--
""")

EXCHANGE_BARE: Final = mail(f"""
    From: <postmaster@example.net>
    To: <mara@example.org>
    Content-Type: multipart/report; report-type=delivery-status; boundary="xx"
    In-Reply-To: {MESSAGE_ID}

    --xx
    Content-Type: text/plain

    It was not delivered.
    --xx
    Content-Type: message/delivery-status

    Reporting-MTA: dns;AB1PR01MB0001.example.net
    Final-Recipient: RFC822;ana@example.net
    Action: failed
    Status: 5.0.0
    Diagnostic-Code: smtp;550 5.1.1 User unknown
    --xx--
""")
"""Nothing is sent back, an empty line is missing, and so is what the status says."""

GMAIL: Final = mail(f"""
    From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
    To: mara@example.org
    Auto-Submitted: auto-replied
    Subject: Delivery Status Notification (Failure)
    References: {MESSAGE_ID}
    In-Reply-To: {MESSAGE_ID}
    X-Failed-Recipients: ana@example.net
    Message-ID: <65e2d0c4.050a0220.7d6f1.0a7bGMR@mx.googlemail.example>
    Content-Type: multipart/report; boundary="000000000000b1c2d3";
     report-type=delivery-status

    --000000000000b1c2d3
    Content-Type: multipart/related; boundary="000000000000b1c2e4"

    --000000000000b1c2e4
    Content-Type: multipart/alternative; boundary="000000000000b1c2f5"

    --000000000000b1c2f5
    Content-Type: text/plain; charset="UTF-8"

    ** Address not found **

    --000000000000b1c2f5
    Content-Type: text/html; charset="UTF-8"

    <b>Address not found</b>

    --000000000000b1c2f5--
    --000000000000b1c2e4
    Content-Type: image/png; name="icon.png"
    Content-Transfer-Encoding: base64
    Content-ID: <icon.png>

    iVBORw0KGgo=

    --000000000000b1c2e4--
    --000000000000b1c2d3
    Content-Type: message/delivery-status

    Reporting-MTA: dns; googlemail.example
    Arrival-Date: Mon, 02 Mar 2026 06:03:00 -0800 (PST)
    X-Original-Message-ID: {MESSAGE_ID}

    Final-Recipient: rfc822; ana@example.net
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx2.example.net. (192.0.2.7, the server for the domain
     example.net.)
    Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does
     not exist. Please try 550-5.1.1 double-checking the address. 550 5.1.1 - gsmtp
    Last-Attempt-Date: Mon, 02 Mar 2026 06:03:05 -0800 (PST)

    --000000000000b1c2d3
    Content-Type: message/rfc822

    From: Mara Lin <mara@example.org>
    Message-ID: {MESSAGE_ID}
    Subject: Q3 report

    Hi

    --000000000000b1c2d3--
""")

EXIM: Final = mail(f"""
    Received: from Debian-exim by mail.example.net with local (Exim 4.98)
    \tid 1toAbc-00000001Xyz-1AbC
    Date: Mon, 02 Mar 2026 14:03:00 +0000
    X-Failed-Recipients: ana@example.net
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@mail.example.net>
    To: mara@example.org
    References: {MESSAGE_ID}
    Content-Type: multipart/report; report-type=delivery-status; boundary=1772460180-eximdsn-1804289383
    MIME-Version: 1.0
    Subject: Mail delivery failed: returning message to sender

    --1772460180-eximdsn-1804289383
    Content-type: text/plain; charset=us-ascii

    This message was created automatically by mail delivery software.

    --1772460180-eximdsn-1804289383
    Content-type: message/delivery-status

    Reporting-MTA: dns; mail.example.net

    Action: failed
    Final-Recipient: rfc822;ana@example.net
    Status: 5.0.0
    Remote-MTA: dns; mx2.example.net
    Diagnostic-Code: smtp; 550 5.2.1 The mailbox is disabled

    --1772460180-eximdsn-1804289383
    Content-type: message/rfc822

    Return-path: <mara@example.org>
    From: Mara Lin <mara@example.org>
    Message-ID: {MESSAGE_ID}

    Hi
    --1772460180-eximdsn-1804289383--
""")  # noqa: E501 - Exim folds no boundary

SENDMAIL_RELAYED: Final = mail(f"""
    From: Mail Delivery Subsystem <MAILER-DAEMON@relay.example.net>
    To: <mara@example.org>
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="622E3x01.1772460180/relay.example.net"
    Subject: Return receipt
    Auto-Submitted: auto-generated (return-receipt)

    --622E3x01.1772460180/relay.example.net

    The original message was received.

    --622E3x01.1772460180/relay.example.net
    Content-Type: message/delivery-status

    Original-Envelope-Id: 06p5x8mq1zk0v3ab
    Reporting-MTA: dns; relay.example.net
    Arrival-Date: Mon, 2 Mar 2026 14:03:00 GMT

    Original-Recipient: rfc822;ana+2Bnews@example.net
    Final-Recipient: RFC822; ana+news@example.net
    Action: relayed (to non-DSN-aware mailer)
    Status: 2.1.5
    Last-Attempt-Date: Mon, 2 Mar 2026 14:03:01 GMT

    Final-Recipient: RFC822; bob@example.net
    Action: delivered (to mailbox)
    Status: 2.1.5 (it is there)

    --622E3x01.1772460180/relay.example.net
    Content-Type: text/rfc822-headers

    Return-Path: <mara@example.org>
    Message-ID: {MESSAGE_ID}

    --622E3x01.1772460180/relay.example.net--
""")

_INTERNATIONAL: Final = encodebytes(
    rb"""Reporting-MTA: dns; mx.example.net

Final-Recipient: utf-8; j\x{F6}rg@b\x{FC}cher.example
Action: failed
Status: 5.1.2
"""
).decode()
INTERNATIONAL: Final = (
    "Content-Type: multipart/report; report-type=delivery-status; boundary=i\n\n"
    "--i\nContent-Type: message/global-delivery-status\n"
    f"Content-Transfer-Encoding: base64\n\n{_INTERNATIONAL}"
    "--i\nContent-Type: message/global-headers\n"
    "Content-Transfer-Encoding: quoted-printable\n\n"
    f"Message-ID: =\n {MESSAGE_ID}\n\n--i--\n"
).encode()

QMAIL: Final = mail(f"""
    From: MAILER-DAEMON@old.example.net
    To: mara@example.org
    Subject: failure notice

    Hi. This is the qmail-send program at old.example.net.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <ana@example.net>:
    192.0.2.7 does not like recipient.
    Remote host said: 550 5.1.1 no such user

    --- Below this line is a copy of the message.

    Message-ID: {MESSAGE_ID}
""")

WAS_READ: Final = mail("""
    From: ana@example.net
    Content-Type: multipart/report; report-type=disposition-notification; boundary=r

    --r
    Content-Type: message/disposition-notification

    Final-Recipient: rfc822;ana@example.net
    Disposition: manual-action/MDN-sent-manually; displayed
    --r--
""")

COMPLAINT: Final = mail("""
    From: feedback@example.net
    Content-Type: multipart/report; report-type=feedback-report; boundary=r

    --r
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    --r--
""")

FORWARDED: Final = mail("""
    From: ana@example.net
    Content-Type: multipart/mixed; boundary=m

    --m
    Content-Type: text/plain

    Look what I got.
    --m
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; bob@example.net
    Action: failed
    Status: 5.1.1
    --m--
""")
"""A person's own mail, with a piece of a report in it."""
