"""Messages of programs of this machine, made such as mail can carry."""

import pytest

from tuimail.core.address import Address, parse_address, parse_addresses
from tuimail.intake.sendmail.message import prepared
from tuimail.intake.sendmail.names import Names, spec_of

OWN = parse_address("Mara Lin <mara@example.org>", field="from")
ADMINS = parse_addresses(["Ada <ada@corp.example>", "bo@corp.example"], field="to")
NAMES = Names(
    own=OWN,
    aliases={"root": ADMINS, "www-data@web.corp.example": ADMINS[:1]},
    hosts=("myhost", "corp.example"),
)
CRON = b"""\
From: root (Cron Daemon)
To: root
Subject: Cron <root@myhost> echo hi
X-Cron-Env: <SHELL=/bin/sh>

hi
"""


def lines(raw: bytes, *, author: Address | None = None) -> list[str]:
    made = prepared(raw, NAMES, author=author)
    assert made.count(b"\r\n") == made.count(b"\n")
    return made.decode().split("\r\n")


def test_what_cron_writes_becomes_mail() -> None:
    assert lines(CRON, author=OWN) == [
        "From: Mara Lin <mara@example.org>",
        "To: Ada <ada@corp.example>,",
        " bo@corp.example",
        "Subject: Cron <root@myhost> echo hi",
        "X-Cron-Env: <SHELL=/bin/sh>",
        "",
        "hi",
        "",
    ]


@pytest.mark.parametrize(
    "author",
    [
        "root",
        "<root>",
        "Root User <root>",
        '"(Cron Daemon)" <root>',
        "root@localhost",
        "mara@MyHost",
        "Web <www-data@web.corp.example>",
        "root,\n\tdaemon",
    ],
)
def test_an_author_of_this_machine_becomes_the_accounts_own(author: str) -> None:
    made = lines(f"From: {author}\nSender: root\nTo: a@b\n\nt\n".encode(), author=OWN)

    assert made == ["From: Mara Lin <mara@example.org>", "To: a@b", "", "t", ""]


@pytest.mark.parametrize(
    "author",
    ["mara@example.org", "Mara <mara@corp.example>", "x@web.corp.example", "root@a, b"],
)
def test_any_other_author_stays_as_it_is(author: str) -> None:
    """A host name with a dot may be a domain of mail, and is left alone."""
    raw = f"From: {author}\r\nTo: a@b\r\n\r\nt\r\n".encode()

    assert prepared(raw, NAMES, author=OWN) == raw


@pytest.mark.parametrize(
    ("to", "made"),
    [
        ("root", "Ada <ada@corp.example>,\r\n bo@corp.example"),
        ("Root <ROOT>", "Ada <ada@corp.example>,\r\n bo@corp.example"),
        ("mara", "Mara Lin <mara@example.org>"),
        ("nobody@myhost", "Mara Lin <mara@example.org>"),
        ("root@localhost", "Ada <ada@corp.example>,\r\n bo@corp.example"),
        (
            "ana@example.net, postmaster",
            "ana@example.net,\r\n Mara Lin <mara@example.org>",
        ),
        ('"Doe, J" <j@example.net>,root@a', '"Doe, J" <j@example.net>,root@a'),
        ("ana@example.net (x, y)", "ana@example.net (x, y)"),
        ("undisclosed-recipients:;", "undisclosed-recipients:;"),
        ("J\u00f6rg <j@example.net>", "J\u00f6rg <j@example.net>"),
        (
            "J\u00f6rg <j@example.net>, mara",
            "J\u00f6rg <j@example.net>,\r\n Mara Lin <mara@example.org>",
        ),
    ],
)
def test_names_become_addresses_and_addresses_stay(to: str, made: str) -> None:
    raw = f"To: {to}\nSubject: s\n\nt\n".encode()

    assert prepared(raw, NAMES) == f"To: {made}\r\nSubject: s\r\n\r\nt\r\n".encode()


def test_octets_that_are_no_text_stay_what_they_are() -> None:
    raw = b"To: \xe9 <j@example.net>, mara\n\n\xff\n"

    assert prepared(raw, NAMES) == (
        b"To: \xe9 <j@example.net>,\r\n Mara Lin <mara@example.org>\r\n\r\n\xff\r\n"
    )


@pytest.mark.parametrize(
    ("raw", "made"),
    [
        (b"hello\nworld\n", b"\r\nhello\r\nworld\r\n"),
        (b"", b"\r\n"),
        (b"\nhello", b"\r\nhello"),
        (b"Subject: s", b"Subject: s\r\n\r\n"),
        (b"Subject: s\nhello there\n", b"Subject: s\r\n\r\nhello there\r\n"),
        (b"Subject: a\n b\n\nt", b"Subject: a\r\n b\r\n\r\nt"),
        (b" t\n", b"\r\n t\r\n"),
        (
            b"From mara Sat Nov 21\nSubject: s\n\nt\n",
            b"From mara Sat Nov 21\r\nSubject: s\r\n\r\nt\r\n",
        ),
        (b"Subject: s\r\n\r\na\nb\rc\r\n", b"Subject: s\r\n\r\na\nb\rc\r\n"),
        (b"To : mara@example.org\n\nt\n", b"To : mara@example.org\r\n\r\nt\r\n"),
    ],
)
def test_a_message_has_a_header_and_line_ends_of_mail(raw: bytes, made: bytes) -> None:
    assert prepared(raw, NAMES) == made


def test_the_line_of_a_mailbox_stays_the_first() -> None:
    raw = b"From mara Sat Nov 21\nSubject: s\n\nt\n"

    assert prepared(raw, NAMES, author=OWN).startswith(
        b"From mara Sat Nov 21\r\nFrom: Mara Lin <mara@example.org>\r\nSubject"
    )


def test_who_is_named_beside_the_header_joins_those_in_it() -> None:
    made = prepared(b"To: a@b\n\nt\n", NAMES, blind=ADMINS[1:])

    assert made == b"To: a@b\r\nBcc: bo@corp.example\r\n\r\nt\r\n"


@pytest.mark.parametrize(
    ("spec", "is_here"),
    [
        ("root", True),
        ("Mara.Lin+x", True),
        ("host$", True),
        ("", False),
        ("a b", False),
        ("root@corp.example", False),
        ("root@", False),
        ("@myhost", False),
        ("=?utf-8?q?root?=", False),
        ("undisclosed-recipients:", False),
    ],
)
def test_what_is_a_name_of_this_machine(spec: str, is_here: bool) -> None:  # noqa: FBT001 - a case
    assert NAMES.is_here(spec) is is_here


@pytest.mark.parametrize(
    ("item", "spec"),
    [
        ("a@b", "a@b"),
        (" Name <a@b> ", "a@b"),
        ('"<x>" <a@b>', "a@b"),
        ("<>", ""),
        ("a@b>", "a@b>"),
    ],
)
def test_what_stands_in_brackets(item: str, spec: str) -> None:
    assert spec_of(item) == spec
