"""Whole messages that were handed in, from their octets to the wire.

The rows of the corpus, and further ones of the same kinds, are handed in by an
agent, approved, released and sent to a mail server that keeps what it got.
"""

import base64
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.core.corpus import DATA, rows
from tests.core.handed_in.mails import file, mail, multipart, text
from tests.workspace.conftest import BILLING, MARA, Desk, account
from tests.workspace.test_delivery import drain
from tuimail.core.address import format_address, parse_address
from tuimail.core.draft import Draft, Priority
from tuimail.core.finding import Finding, Severity
from tuimail.errors import ConfigurationError, FieldError, InputError
from tuimail.settings.config import save_accounts
from tuimail.settings.identities import Identity
from tuimail.testing import Delivery, ScriptedSmtpServer
from tuimail.workspace import importing
from tuimail.workspace.importing import import_message
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

AGENT = parse_address("agent@corp.example", field="address")
HEAD = ("From: agent@corp.example", "To: bob@partner.example", "Subject: t")


@pytest.fixture
async def server() -> AsyncIterator[ScriptedSmtpServer]:
    async with ScriptedSmtpServer() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: ScriptedSmtpServer) -> Desk:
    """A desk whose accounts lead to ``server``; nothing in it is a fake."""
    made = Desk(root=tmp_path / "mail", config=tmp_path / "config.toml")
    way_out = {"host": "127.0.0.1", "port": server.port, "tls": "none"}
    agents = account("agents", provider="smtp", address=AGENT, options=way_out)
    others = account("others", provider="smtp", options=way_out)
    save_accounts(made.config.with_name("accounts.toml"), (agents, others), "agents")
    return made


@pytest.fixture
def workspace(desk: Desk) -> Iterator[Workspace]:
    with desk.open() as opened:
        yield opened


def imported(workspace: Workspace, raw: bytes, *, account: str = "") -> Draft:
    return import_message(workspace._stores, raw, account=account)


def hand_in(workspace: Workspace, raw: bytes) -> Row:
    with workspace.acting_as(BILLING, door="smtp"):
        return workspace.drafts.new(imported(workspace, raw))


def taken_or_refused(workspace: Workspace, raw: bytes) -> Row | InputError:
    try:
        return hand_in(workspace, raw)
    except InputError as error:
        return error


async def sent(desk: Desk, workspace: Workspace, row: Row) -> None:
    """Let a person approve and release it, and send it."""
    workspace.reviews.approve(row.id, revision=row.revision)
    workspace.outbox.release(row.id, undo=timedelta(0))
    await drain(desk)
    assert workspace.drafts.row(row.id).status == "sent"


def generated(wanted: dict[str, Any]) -> bytes:
    match wanted["kind"]:
        case "nested-multiparts":
            return nested(wanted["depth"])
        case "many-parts":
            return mail(*multipart("mixed", *[text("small")] * wanted["parts"]))
        case _:
            comments = "(" * wanted["depth"] + ")" * wanted["depth"]
            field = f"{wanted['header']}: {comments} bob@partner.example"
            return mail(field, "", "hello", head=(HEAD[0], HEAD[2]))


def nested(depth: int) -> bytes:
    head, tail = list(HEAD), []
    for number in range(depth):
        boundary = f"b{number}x"
        head += [
            f"Content-Type: multipart/mixed; boundary={boundary}", "", f"--{boundary}",
        ]  # fmt: skip
        tail.append(f"--{boundary}--")
    return mail(*head, "", "bottom", *reversed(tail), head=())


def raw_of(row: dict[str, Any]) -> bytes:
    given = row["input"]
    if "raw_b64" in given:
        return base64.b64decode(given["raw_b64"])
    return generated(given["generate"]) if "generate" in given else (
        given["raw"].encode()
    )  # fmt: skip


def outcomes(findings: tuple[Finding, ...], row: dict[str, Any]) -> set[str]:
    """Return every expectation that such a draft meets."""
    is_quiet = all(one.severity is Severity.INFO for one in findings)
    codes = {f"accept-with-finding:{one.code}" for one in findings}
    return codes | ({"accept"} if is_quiet or row["subclass"] == "dos" else set())


def names_of(wire: bytes) -> list[str]:
    return [name.lower() for name in message_from_bytes(wire).keys()]  # noqa: SIM118


def check_wire(must: dict[str, Any], delivery: Delivery, raw: bytes) -> None:
    """Hold what the server got against what the row says."""
    wire, lines = delivery.wire, delivery.wire.split(b"\r\n")
    assert wire.isascii()
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\0", wire) is None
    assert max(map(len, lines)) <= must.get("max_line", 998)
    assert {"bcc", "resent-bcc"}.isdisjoint(names_of(wire))
    assert b"." not in lines
    if "no_header" in must:
        assert must["no_header"].lower() not in names_of(wire)
    if "envelope_includes" in must:
        assert must["envelope_includes"] in delivery.recipients
    if must.get("from_addr_is_account"):
        assert message_from_bytes(wire)["From"] == AGENT.text
    if must.get("body_roundtrip"):
        body = raw.partition(b"\r\n\r\n")[2]
        assert message_from_bytes(delivery.content).get_payload(decode=True) == body


KNOWN_MUST = {
    "body_roundtrip", "envelope_includes", "from_addr_is_account", "max_line",
    "max_seconds", "messages", "no_header", "wire_bare_lf", "wire_dot_stuffed",
}  # fmt: skip


async def check_row(
    desk: Desk, workspace: Workspace, server: ScriptedSmtpServer, row: dict[str, Any]
) -> None:
    must, raw = row.get("must", {}), raw_of(row)
    expected = {row["expect"], *row.get("also_ok", [])}
    started = time.monotonic()
    handed_in = taken_or_refused(workspace, raw)
    assert time.monotonic() - started < must.get("max_seconds", 60)
    if isinstance(handed_in, InputError):
        assert "reject" in expected, handed_in
        assert (bool(handed_in.field), bool(handed_in.hint)) == (True, True)
        assert workspace.drafts.rows() == ()
        return
    findings = workspace.drafts.page(handed_in.id).findings
    assert outcomes(findings, row) & expected, findings
    assert handed_in.status == "review"
    await sent(desk, workspace, handed_in)
    (delivery,) = server.deliveries
    check_wire(must, delivery, raw)


@pytest.mark.parametrize("row", rows("mime"))
async def test_a_message_of_the_corpus_ends_as_it_says(
    desk: Desk, workspace: Workspace, server: ScriptedSmtpServer, row: dict[str, Any]
) -> None:
    assert row.get("must", {}).keys() <= KNOWN_MUST

    await check_row(desk, workspace, server, row)


PARTIAL = "Content-Type: message/partial; id=a; number=2; total=2"
FETCHED = 'Content-Type: message/external-body; access-type=anon-ftp; name="x"'
REJECT, ACCEPT = "reject", "accept"
BCC = "accept-with-finding:rcpt.bcc-external"
STRUCTURE = "accept-with-finding:mime.structure"
CHARSET = "accept-with-finding:mime.charset"
NEWLINE = "accept-with-finding:mime.bare-newline"
SIBLINGS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "bcc in capitals": (
        mail("BCC: carol@other.example", "", "x"),
        BCC,
        {"no_header": "bcc", "envelope_includes": "carol@other.example"},
    ),
    "bcc twice": (
        mail("Bcc: a@other.example", "Bcc: carol@other.example", "", "x"),
        BCC,
        {"envelope_includes": "carol@other.example"},
    ),
    "bcc folded with a tab": (
        mail("Bcc: Carol\r\n\t<carol@other.example>", "", "x"),
        BCC,
        {"envelope_includes": "carol@other.example"},
    ),
    "bcc with a blank before its colon": (
        mail("Bcc : e@e.example", "", "x"),
        REJECT,
        {},
    ),
    "bcc behind a bare carriage return": (
        mail("X-A: b\rBcc: carol@other.example", "", "x"),
        REJECT,
        {},
    ),
    "bcc behind a line of blanks": (
        mail("X-A: b\r\n \r\nBcc: carol@other.example", "", "x"),
        REJECT,
        {},
    ),
    "bcc in an encoded word": (
        mail("X-A: =?utf-8?q?b=0D=0ABcc:_carol@other.example?=", "", "x"),
        REJECT,
        {},
    ),
    "bcc in the body": (
        mail("", "Bcc: carol@other.example"),
        ACCEPT,
        {"no_header": "bcc"},
    ),
    "x-bcc": (
        mail("X-Bcc: carol@other.example", "", "x"),
        ACCEPT,
        {"no_header": "x-bcc"},
    ),
    "resent": (mail("Resent-To: carol@other.example", "", "x"), REJECT, {}),
    "two from": (mail("from: eve@evil.example", "", "x"), REJECT, {}),
    "two to": (mail("TO: carol@other.example", "", "x"), REJECT, {}),
    "two content types": (
        mail("Content-Type: text/plain", "Content-Type: text/html", "", "x"),
        REJECT,
        {},
    ),
    "from two people": (
        mail("From: agent@corp.example, eve@evil.example", "", "x", head=HEAD[1:]),
        REJECT,
        {},
    ),
    "from somebody else": (
        mail("From: eve@evil.example", "", "x", head=HEAD[1:]),
        REJECT,
        {},
    ),
    "sender is somebody else": (mail("Sender: eve@evil.example", "", "x"), REJECT, {}),
    "received": (
        mail("Received: from a by b", "DKIM-Signature: v=1", "", "x"),
        ACCEPT,
        {"no_header": "received"},
    ),
    "forged verdict": (
        mail("Authentication-Results: corp.example; dkim=pass", "", "x"),
        ACCEPT,
        {"no_header": "authentication-results"},
    ),
    "dot at the end without a line end": (
        mail("", "a")[:-2] + b"\r\n.\r\n.",
        ACCEPT,
        {},
    ),
    "lf dot crlf in html": (
        mail("Content-Type: text/html", "", "<p>a\n.\r\nRCPT TO:<y@evil.example>"),
        NEWLINE,
        {},
    ),
    "cr dot cr": (mail("", "a\r.\rMAIL FROM:<x@evil.example>"), NEWLINE, {}),
    "line feeds in the header only": (
        mail("").replace(b"\r\n", b"\n") + b"hello\r\n",
        NEWLINE,
        {},
    ),
    "quoted-printable line ends": (
        mail("Content-Transfer-Encoding: quoted-printable", "", "a=0D=0A.=0D=0Ab"),
        ACCEPT,
        {},
    ),
    "latin-1 that says utf-8": (
        mail("Content-Type: text/plain; charset=utf-8", "", b"caf\xe9"),
        REJECT,
        {},
    ),
    "utf-8 in an unknown charset": (
        mail("Content-Type: text/plain; charset=x-none", "", "café"),
        CHARSET,
        {},
    ),
    "no end of the parts": (
        mail(*multipart("mixed", text())).replace(b"--q1q--", b""),
        STRUCTURE,
        {},
    ),
    "base64 with a tail": (
        mail("Content-Transfer-Encoding: base64", "", "aGVsbG8=", "aGVsbG8="),
        REJECT,
        {},
    ),
    "a nul": (mail("", "a\0b"), REJECT, {}),
    "partial in a part": (mail(*multipart("mixed", (PARTIAL, "", "x"))), REJECT, {}),
    "fetched later in a part": (
        mail(*multipart("mixed", (FETCHED, "", "x"))),
        REJECT,
        {},
    ),
    "signed": (mail(*multipart("signed", text(), text())), REJECT, {}),
    "21 multiparts": (nested(21), REJECT, {}),
    "20 multiparts": (nested(20), ACCEPT, {}),
    "open comment": (
        mail("To: " + "(" * 20_000 + "bob@partner.example", "", "x", head=HEAD[::2]),
        REJECT,
        {"max_seconds": 5},
    ),
    "100,000 headers": (
        mail(*["X-A: b"] * 100_000, "", "x"),
        REJECT,
        {"max_seconds": 10},
    ),
    "a group": (
        mail("To: Team: a@a.example, b@b.example;", "", "x", head=HEAD[::2]),
        REJECT,
        {},
    ),
    "nobody shown": (
        mail(
            "To: undisclosed-recipients:;",
            "Bcc: bob@corp.example",
            "",
            "x",
            head=HEAD[::2],
        ),
        ACCEPT,
        {"envelope_includes": "bob@corp.example"},
    ),
    "no body": (mail(), "accept-with-finding:text.empty-body", {}),
    "a mailbox of two": (
        b"\n".join([b"From a Mon Nov  2 10:00:00 2026", mail("", "x")] * 2),
        REJECT,
        {},
    ),
    "flowed": (
        mail("Content-Type: text/plain; format=flowed", "", "a ", "b", "-- ", "M"),
        ACCEPT,
        {},
    ),
}


@pytest.mark.parametrize("name", SIBLINGS)
async def test_a_message_like_those_of_the_corpus_does_too(
    desk: Desk, workspace: Workspace, server: ScriptedSmtpServer, name: str
) -> None:
    raw, expect, must = SIBLINGS[name]
    given = {"raw_b64": base64.b64encode(raw).decode()}
    row = {"input": given, "expect": expect, "subclass": "", "must": must}

    await check_row(desk, workspace, server, row)


HEADERS = [
    row
    for line in (DATA / "corpus_header.jsonl").read_text("ascii").splitlines()
    if "header" in (row := json.loads(line))["input"]
]


@pytest.mark.parametrize("row", HEADERS, ids=[row["id"] for row in HEADERS])
async def test_a_header_of_the_corpus_gets_nothing_past_in_a_whole_message(
    desk: Desk, workspace: Workspace, server: ScriptedSmtpServer, row: dict[str, Any]
) -> None:
    given = row["input"]
    value = given["value"]
    raw = mail(f"{given['header']}: {value}", "", "x", head=HEAD[:2])
    handed_in = taken_or_refused(workspace, raw)
    if isinstance(handed_in, InputError):
        assert workspace.drafts.rows() == ()
        return
    await sent(desk, workspace, handed_in)

    check_wire(row.get("must", {}), server.deliveries[0], raw)
    assert "x@evil.example" not in names_of(server.deliveries[0].wire)


def test_a_secret_in_quoted_printable_is_found_in_the_decoded_text(
    workspace: Workspace,
) -> None:
    """Row sec-018: the line that it was broken in is no line of the text."""
    raw = mail(
        "Content-Transfer-Encoding: quoted-printable", "",
        "ghp=\r\n_FAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKE",
    )  # fmt: skip

    row = hand_in(workspace, raw)

    page = workspace.drafts.page(row.id)
    assert page.draft.body.text == "ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKE\n"
    assert "secret.github-token" in [one.code for one in page.findings]


def test_everything_that_a_message_says_is_in_the_draft(workspace: Workspace) -> None:
    draft = imported(
        workspace,
        mail(
            "Cc: Ann <ann@a.example>", "Reply-To: desk@corp.example",
            "X-Priority: 1", "X-Kind: a", "In-Reply-To: <1@a.example>",
            "References: <0@a.example> <1@a.example>",
            "List-Unsubscribe: <https://corp.example/u>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            *multipart("alternative", text("plain"), text("<p>rich", "html")),
        ),
    )  # fmt: skip

    assert [format_address(one) for one in (*draft.to, *draft.cc)] == [
        "bob@partner.example",
        "Ann <ann@a.example>",
    ]
    assert draft.reply_to[0].text == "desk@corp.example"
    assert (draft.priority, draft.headers) == (Priority.HIGH, (("X-Kind", "a"),))
    assert (draft.in_reply_to, len(draft.references)) == ("<1@a.example>", 2)
    assert draft.unsubscribe_url == "https://corp.example/u"
    assert (draft.body.text, draft.body.html) == ("plain", "<p>rich")
    assert (draft.account, draft.noticed) == ("agents", ())


def test_html_alone_gets_no_text_made_from_it(workspace: Workspace) -> None:
    draft = imported(workspace, mail("Content-Type: text/html", "", "<p>a"))

    assert (draft.body.text, draft.body.is_text_made) == ("", False)


def test_html_of_an_agent_is_cleaned_and_that_is_noted(workspace: Workspace) -> None:
    raw = mail("Content-Type: text/html", "", "<p>a<script>b()</script></p>")

    page = workspace.drafts.page(hand_in(workspace, raw).id)

    assert "script" not in page.draft.body.html
    assert "html.cleaned" in [one.code for one in page.findings]


def test_the_files_of_a_message_are_frozen(workspace: Workspace) -> None:
    picture = (
        "Content-Type: image/png", "Content-ID: <logo>",
        "Content-Transfer-Encoding: base64", "", "iVBORw0KGgo=",
    )  # fmt: skip
    page = multipart("related", text('<img src="cid:logo">', "html"), picture)

    draft = imported(workspace, mail(*multipart("mixed", page, file())))

    logo, table = draft.attachments
    assert (logo.content_id, logo.content_type) == ("logo", "image/png")
    assert (table.name, table.content_type, table.content_id) == (
        "a.csv",
        "text/csv",
        "",
    )
    assert b"".join(workspace._stores.blobs.read(table.digest)) == b"x,y"


async def test_the_files_of_a_message_arrive(
    desk: Desk, workspace: Workspace, server: ScriptedSmtpServer
) -> None:
    raw = mail(*multipart("mixed", text(), file()))

    await sent(desk, workspace, hand_in(workspace, raw))

    _, body, arrived = message_from_bytes(server.deliveries[0].content).walk()
    assert (body.get_filename(), arrived.get_filename()) == (None, "a.csv")
    assert arrived.get_payload(decode=True) == b"x,y"


def test_date_and_message_id_are_always_new(workspace: Workspace) -> None:
    raw = mail("Date: Mon, 02 Nov 1998 10:00:00 +0000", "Message-ID: <1@a.b>", "", "x")

    row = workspace.drafts.new(imported(workspace, raw))

    rendered = message_from_bytes(workspace.drafts.message_bytes(row.id))
    assert "2026" in rendered["Date"]
    assert rendered["Message-ID"] != "<1@a.b>"


def test_the_account_is_the_one_that_the_sender_belongs_to(
    workspace: Workspace,
) -> None:
    raw = mail("From: mara@example.org", "", "x", head=HEAD[1:])

    assert imported(workspace, raw).account == "others"


def test_a_message_without_a_sender_is_from_the_account(workspace: Workspace) -> None:
    raw = mail("", "x", head=HEAD[1:])

    assert imported(workspace, raw).sender.text == "agent@corp.example"
    assert imported(workspace, raw, account="others").sender.name == "Mara Lin"


def test_a_sender_that_is_not_the_accounts_is_refused(workspace: Workspace) -> None:
    with pytest.raises(FieldError, match="sends as") as caught:
        imported(workspace, mail("", "x"), account="others")

    assert caught.value.field == "from"


def test_an_account_that_does_not_exist_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError):
        imported(workspace, mail("", "x"), account="nowhere")


def test_neither_signature_nor_answers_of_the_identity_are_added(
    desk: Desk, workspace: Workspace
) -> None:
    """A message that was handed in says all that it is to say."""
    own = Identity(
        address=parse_address("m@example.org", field="address"),
        reply_to=parse_address("desk@example.org", field="reply-to"),
        signature="Mara",
    )
    desk.save(account(options={"host": "127.0.0.1"}, others=(own,)))

    draft = imported(workspace, mail("From: m@example.org", "", "x", head=HEAD[1:]))

    assert (draft.body.text, draft.reply_to) == ("x\n", ())


def test_a_message_that_is_too_long_is_refused_unread(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MESSAGE_LIMIT_BYTES", 100)

    with pytest.raises(FieldError, match="101 bytes, where 100 are the limit"):
        imported(workspace, b"x" * 101)


def test_a_person_may_import_mail_of_their_own(workspace: Workspace) -> None:
    row = workspace.drafts.new(imported(workspace, mail("", "x")))

    assert (row.status, row.origin.actor) == ("draft", MARA)


def test_a_program_hands_in_a_message_without_the_headers_that_are_not_its_own(
    workspace: Workspace,
) -> None:
    raw = (
        b"From: mara@example.org\r\nTo: bob@b.example\r\nSupersedes: <1@b.example>"
        b"\r\nX-Run: 7\r\nSubject: Hi\r\n\r\nHello\r\n"
    )

    with workspace.acting_as("agent:ci", door="smtp"):
        draft = workspace.drafts.import_message(raw)

    (finding,) = draft.noticed
    assert draft.headers == (("X-Run", "7"),)
    assert finding.code == "mime.header-left-out"
    assert "Supersedes" in finding.message
