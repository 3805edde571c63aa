"""Reports as servers write them, and whatever else may come in their place."""

import re
import time
from base64 import encodebytes
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.reports import dsns
from tuimail.core.reports.reading import read_report
from tuimail.core.reports.report import Action, DeliveryReport

ID = dsns.MESSAGE_ID
ANA = "ana@example.net"


def report(raw: bytes) -> DeliveryReport:
    found = read_report(raw)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("raw", "action", "status", "server", "is_hard"),
    [
        (dsns.POSTFIX, Action.FAILED, "5.1.1", "mx2.example.net", True),
        (dsns.POSTFIX_DELAYED, Action.DELAYED, "4.4.1", "mx.example.net", False),
        (dsns.EXCHANGE, Action.FAILED, "5.1.10", "AB1PR01MB0001.example.net", True),
        (dsns.EXCHANGE_BARE, Action.FAILED, "5.1.1", "AB1PR01MB0001.example.net", True),
        (dsns.EXIM, Action.FAILED, "5.2.1", "mx2.example.net", True),
    ],
    ids=["postfix", "delayed", "exchange", "exchange-bare", "exim"],
)
def test_what_common_servers_report_is_read(
    raw: bytes, action: Action, status: str, server: str, *, is_hard: bool
) -> None:
    found = report(raw)

    (fate,) = found.fates
    assert found.references[0] == ID
    assert (fate.action, fate.status) == (action, status)
    assert (fate.server, fate.is_hard) == (server, is_hard)
    assert fate.wire_addresses == (ANA,)


def test_the_reply_is_on_one_line_without_its_type() -> None:
    (fate,) = report(dsns.EXCHANGE).fates

    assert fate.reply == (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ana@example.net not "
        "found by SMTP address lookup"
    )


def test_gmail_says_it_within_parts_of_parts() -> None:
    (fate,) = report(dsns.GMAIL).fates

    assert fate.status == "5.1.1"
    assert fate.reply.startswith("550-5.1.1 The email account that you tried")
    assert fate.server.startswith("mx2.example.net. (192.0.2.7, the server")


def test_what_a_part_for_people_says_is_not_believed() -> None:
    """Exchange's HTML says delivered here, which only its fields may."""
    (fate,) = report(dsns.EXCHANGE).fates

    assert fate.action is Action.FAILED


def test_several_recipients_may_have_several_fates() -> None:
    found = report(dsns.SENDMAIL_RELAYED)

    assert [(one.action, one.status) for one in found.fates] == [
        (Action.RELAYED, "2.1.5"),
        (Action.DELIVERED, "2.1.5"),
    ]
    assert found.references == (ID, "06p5x8mq1zk0v3ab")


def test_an_address_is_known_in_every_way_it_may_be_written() -> None:
    """The first was to be decoded by the server (RFC 3461 §4), and was not."""
    first, _ = report(dsns.SENDMAIL_RELAYED).fates

    assert first.wire_addresses == ("ana+2Bnews@example.net", "ana+news@example.net")


def test_an_international_report_is_read() -> None:
    found = report(dsns.INTERNATIONAL)

    (fate,) = found.fates
    assert found.references == (ID,)
    assert fate.addresses == ("jörg@bücher.example",)
    assert fate.wire_addresses == ("jörg@xn--bcher-kva.example",)


@pytest.mark.parametrize(
    "raw",
    [dsns.QMAIL, dsns.WAS_READ, dsns.COMPLAINT, dsns.FORWARDED, b"", b"\r\n"],
    ids=["qmail", "was-read", "complaint", "forwarded", "nothing", "no-header"],
)
def test_another_message_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None


def test_a_report_without_the_part_for_programs_is_none() -> None:
    raw = dsns.POSTFIX.replace(b"message/delivery-status", b"text/plain")

    assert read_report(raw) is None


def test_the_kind_of_report_may_be_left_out_or_be_in_capitals() -> None:
    without = dsns.POSTFIX.replace(b" report-type=delivery-status;", b"")
    capitals = dsns.POSTFIX.replace(
        b"report-type=delivery-status", b'Report-Type="Delivery-Status"'
    )

    assert read_report(without) == read_report(capitals) == read_report(dsns.POSTFIX)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: b"From MAILER-DAEMON Mon Mar  2 14:03:00 2026\r\n" + raw,
        lambda raw: b"\r\n\xef\xbb\xbf\r\n" + raw,
        lambda raw: b"Received: from a by b;\r\n\tMon, 2 Mar 2026\r\n" + raw,
        lambda raw: raw[: raw.rindex(b"--4XyZ")],
        lambda raw: raw.replace(b"/mx.example.net\r\n", b"/mx.example.net  \r\n"),
        lambda raw: raw.replace(b"\r\n\r\nFinal-", b"\r\n \t\r\nFinal-"),
    ],
    ids=["lf", "mbox", "mark", "received", "no-end", "blanks", "blank-line"],
)
def test_the_same_report_is_the_same_whatever_it_came_through(
    change: Callable[[bytes], bytes],
) -> None:
    assert read_report(change(dsns.POSTFIX)) == read_report(dsns.POSTFIX)


def test_a_mail_that_is_sent_back_in_base64_is_known_by_its_beginning() -> None:
    returned = f"Message-ID: {ID}\r\n\r\n".encode() + b"x" * 600_000
    raw = (
        b"Content-Type: multipart/report; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\n\n"
        b"--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(returned)
    )

    assert report(raw) == DeliveryReport(references=(ID,), fates=())


def test_base64_that_is_none_says_nothing() -> None:
    raw = dsns.INTERNATIONAL.replace(b"UmVwb3J0", b"U=====VwbQ")

    assert len(report(dsns.INTERNATIONAL).fates) == 1
    assert report(raw).fates == ()


def test_a_report_that_names_no_mail_and_nobody_is_still_one() -> None:
    raw = (
        b"Content-Type: multipart/report; boundary=b\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n--b--\n"
    )

    assert report(raw) == DeliveryReport(references=(), fates=())


_PIECES = st.sampled_from(
    [
        *re.findall(rb"[^\r\n]*\r\n|\r\n", dsns.POSTFIX),
        *(b"\0", b"\xff", b"--", b"\r", b"\n", b" ", b"=", b'"', b";"),
    ]
)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(_PIECES, max_size=60).map(b"".join),
        st.binary(max_size=200).map(lambda junk: dsns.POSTFIX[:900] + junk),
        st.tuples(st.integers(0, len(dsns.GMAIL)), st.binary(max_size=20)).map(
            lambda cut: dsns.GMAIL[: cut[0]] + cut[1] + dsns.GMAIL[cut[0] :]
        ),
    )
)
def test_no_octets_make_it_fail(raw: bytes) -> None:
    found = read_report(raw)

    for fate in found.fates if found else ():
        assert fate.reply.encode().decode() == fate.reply
        assert fate.wire_addresses


_HEAD = b"Content-Type: multipart/report; boundary=b\n\n"
_STATUS = b"--b\nContent-Type: message/delivery-status\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        lambda n: b"\r\n" * n,
        lambda n: b"--" * n,
        lambda n: b"a" * n,
        lambda n: b"A:\n" + b" \n" * n,
        lambda n: _HEAD + b"--b\n" * n,
        lambda n: _HEAD + b"--b " * n,
        lambda n: _HEAD + b"--b" + b" " * n,
        lambda n: _HEAD + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * n,
        lambda n: _HEAD + b"\n --b\n" * n,
        lambda n: _HEAD + _STATUS + b"Final-Recipient: rfc822;a@b\n" * n,
        lambda n: _HEAD + _STATUS + b"\n \n" * n,
        lambda n: _HEAD + _STATUS + b"Final-Recipient: rfc822;" + b"+4" * n,
        lambda n: _HEAD + _STATUS + b"Final-Recipient: utf-8;" + b"\\x{" * n,
        lambda n: _HEAD + _STATUS + b"Status: " + b"5.1" * n,
        lambda n: b"Content-Type: multipart/report; a=" + b'"\\' * n,
        lambda n: b"Content-Type: multipart/report" + b"; a" * n,
        lambda n: b"In-Reply-To: " + b"<" * n + b"\n" + _HEAD + _STATUS,
    ],
)
def test_hostile_reports_take_time_in_proportion(
    raw: Callable[[int], bytes],
) -> None:
    """Milliseconds, and still far from the limit while coverage is measured."""
    hostile = raw(20_000)
    before = time.process_time()

    read_report(hostile)

    assert time.process_time() - before < 2.0
