"""The one way in for programs: what is stored, what is refused, whose mail is whose."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tests.workspace.test_delivery import accepts, drain
from tuimail.core.address import parse_address
from tuimail.errors import (
    AddressError,
    AttachmentError,
    AuthenticationError,
    ConfigurationError,
    FieldError,
    KeyConflictError,
    NotAllowedError,
    NotComposableError,
    NotFoundError,
    TooManyError,
    TuimailError,
)
from tuimail.intake.gate import Gate, Handing
from tuimail.settings.identities import Identity
from tuimail.workspace.answering import Answer, Resubmit
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

FIELDS = Fields(to=("bob@partner.example",), subject="Invoice", text="Please pay.\n")
HTTP = Handing(door="http")
RAW = (
    b"From: Mara Lin <mara@example.org>\r\n"
    b"To: Bob <bob@partner.example>, cay@partner.example\r\n"
    b"Subject: Invoice\r\n\r\nPlease pay.\r\n"
)
HandIn = Callable[..., Answer]
Send = Callable[..., Awaitable[None]]


@pytest.fixture
def gate(workspace: Workspace) -> Gate:
    return Gate(workspace)


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return workspace.clients.add("billing")[0]


@pytest.fixture
def sales(workspace: Workspace) -> Client:
    return workspace.clients.add("sales")[0]


@pytest.fixture
def hand_in(gate: Gate, client: Client) -> HandIn:
    def handed_in(fields: Fields = FIELDS, **said: Any) -> Answer:
        return gate.hand_in(client, fields, replace(HTTP, **said))

    return handed_in


@pytest.fixture
def two_accounts(desk: Desk) -> None:
    """``work`` writes as two, ``home`` as a third."""
    reports = Identity(address=parse_address("reports@example.org", field="x"))
    other = parse_address("mara@home.example", field="address")
    desk.save(account(others=(reports,)), account("home", address=other))


def stored(workspace: Workspace) -> int:
    return len(workspace.drafts.rows())


# Who ---------------------------------------------------------------------------


def test_a_token_says_who_asks(workspace: Workspace, gate: Gate) -> None:
    client, token = workspace.clients.add("billing")

    assert gate.client(token) == client
    with pytest.raises(AuthenticationError):
        gate.client(token[:-1])


def test_what_is_handed_in_waits_for_a_person(
    workspace: Workspace, hand_in: HandIn
) -> None:
    answer = hand_in(note="Third reminder", run_url="https://ci.example/runs/7")

    assert answer == Answer(
        id=answer.id,
        revision=1,
        state="review",
        decision=None,
        findings=answer.findings,
        edited=False,
        resubmit=Resubmit.NO,
        duplicate_of="",
    )
    assert answer.waits
    origin = workspace.drafts.row(answer.id).origin
    assert (origin.actor, origin.door) == ("agent:billing", "http")
    assert (origin.note, origin.run_url) == (
        "Third reminder",
        "https://ci.example/runs/7",
    )
    assert {one.code for one in answer.findings} == {
        one.code for one in workspace.drafts.page(answer.id).findings
    }


def test_what_is_answered_at_once_is_what_is_answered_later(
    gate: Gate, client: Client, hand_in: HandIn
) -> None:
    answers = [hand_in(), hand_in(replace(FIELDS, cc=FIELDS.to, subject="Again"))]

    assert [gate.answer(client, one.id) for one in answers] == answers


def test_a_token_that_was_revoked_ends_for_those_that_share_a_flush(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    _, token = workspace.clients.add("ci")

    with workspace.together():
        known = [gate.client(token) for _ in range(2)]
        workspace.clients.revoke("ci")
        with pytest.raises(AuthenticationError):
            gate.client(token)

    assert [one.name for one in known] == ["ci", "ci"]


def test_it_is_on_disk_when_it_is_answered(
    desk: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    answer = hand_in()
    with desk.open() as other:
        assert other.drafts.row(answer.id).status == "review"

    with workspace.together():
        second = hand_in()
    with desk.open() as other:
        assert other.drafts.row(second.id).status == "review"


def test_the_workspace_acts_for_its_owner_again_afterwards(
    workspace: Workspace, hand_in: HandIn
) -> None:
    hand_in()
    with pytest.raises(FieldError):
        hand_in(run_url="nonsense")

    assert (workspace.actor, workspace.door) == ("person:mara", "app")


@pytest.mark.parametrize(
    ("scopes", "refused", "allowed"),
    [
        ({"draft"}, {"answer", "list"}, {"hand_in", "cancel"}),
        ({"status"}, {"hand_in", "message", "revise", "cancel"}, {"answer", "list"}),
    ],
)
def test_a_token_is_for_its_scopes_only(
    gate: Gate,
    client: Client,
    hand_in: HandIn,
    *,
    scopes: set[str],
    refused: set[str],
    allowed: set[str],
) -> None:
    draft_id = hand_in().id
    narrow = replace(client, scopes=frozenset(scopes))
    acts: dict[str, Callable[[], object]] = {
        "hand_in": lambda: gate.hand_in(narrow, FIELDS, HTTP),
        "message": lambda: gate.hand_in_message(narrow, RAW, HTTP),
        "revise": lambda: gate.revise(narrow, draft_id, FIELDS, HTTP),
        "answer": lambda: gate.answer(narrow, draft_id),
        "list": lambda: gate.list(narrow),
        "cancel": lambda: gate.cancel(narrow, draft_id),
    }

    for name in refused:
        with pytest.raises(NotAllowedError, match="token of billing"):
            acts[name]()
    for name in sorted(allowed):
        acts[name]()


# Whose mail is whose -----------------------------------------------------------


@pytest.mark.parametrize("verb", ["answer", "cancel", "revise", "revises"])
def test_anothers_mail_is_as_if_there_were_none(
    workspace: Workspace, gate: Gate, sales: Client, hand_in: HandIn, verb: str
) -> None:
    theirs = hand_in().id
    own = workspace.drafts.new(workspace.drafts.compose(FIELDS)).id
    acts: dict[str, Callable[[str], object]] = {
        "answer": lambda id_: gate.answer(sales, id_),
        "cancel": lambda id_: gate.cancel(sales, id_),
        "revise": lambda id_: gate.revise(sales, id_, FIELDS, HTTP),
        "revises": lambda id_: gate.hand_in(sales, FIELDS, replace(HTTP, revises=id_)),
    }
    before = stored(workspace)

    told = set()
    for draft_id in (theirs, own, "0123456789abcdef", "", "\0", "é"):
        if verb == "revises" and not draft_id:
            continue
        with pytest.raises(NotFoundError) as refused:
            acts[verb](draft_id)
        told.add((str(refused.value), refused.value.hint, refused.value.field))

    assert len(told) == 1
    assert workspace.drafts.row(theirs).revision == 1
    assert workspace.drafts.row(theirs).status == "review"
    assert stored(workspace) == before


def test_a_list_has_ones_own_mail_only_newest_first(
    desk: Desk, gate: Gate, client: Client, sales: Client, hand_in: HandIn
) -> None:
    ids = []
    for _ in range(3):
        desk.advance(1)
        ids.append(hand_in().id)
    gate.hand_in(sales, FIELDS, HTTP)

    first = gate.list(client, limit=2)
    second = gate.list(client, limit=2, before=first[-1].id)

    assert [one.id for one in (*first, *second)] == ids[::-1]
    (other,) = gate.list(sales)
    assert other.id not in ids


# Account and From --------------------------------------------------------------


@pytest.mark.usefixtures("two_accounts")
@pytest.mark.parametrize(
    ("bound", "said", "field"),
    [
        ({"account": "work"}, {"account": "home"}, "account"),
        ({"account": "work"}, {"account": "nowhere"}, "account"),
        (
            {"account": "work", "sender": "reports@example.org"},
            {"sender": "mara@example.org"},
            "from",
        ),
        ({"sender": "reports@example.org"}, {"sender": "mara@home.example"}, "from"),
    ],
)
def test_a_bound_client_writes_as_nobody_else(
    workspace: Workspace,
    gate: Gate,
    bound: dict[str, Any],
    said: dict[str, Any],
    field: str,
) -> None:
    client, _ = workspace.clients.add("ci", **bound)

    with pytest.raises(NotAllowedError) as refused:
        gate.hand_in(client, replace(FIELDS, **said), HTTP)

    assert refused.value.field == field
    assert stored(workspace) == 0


@pytest.mark.usefixtures("two_accounts")
def test_a_bound_client_need_not_say_what_it_is_bound_to(
    workspace: Workspace, gate: Gate
) -> None:
    client, _ = workspace.clients.add(
        "ci", account="work", sender="reports@example.org"
    )
    named = replace(FIELDS, sender="Nightly <reports@example.org>", provider="smtp")

    for fields in (FIELDS, named, replace(FIELDS, account="work")):
        row = workspace.drafts.row(gate.hand_in(client, fields, HTTP).id)
        assert (row.account, row.sender) == ("work", "reports@example.org")


@pytest.mark.usefixtures("two_accounts")
def test_an_unbound_client_may_choose_among_the_accounts(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    fields = replace(FIELDS, sender="mara@home.example")

    answer = gate.hand_in(client, fields, HTTP)

    assert workspace.drafts.row(answer.id).account == "home"
    with pytest.raises(FieldError):
        gate.hand_in(client, replace(fields, account="work"), HTTP)
    with pytest.raises(ConfigurationError):
        gate.hand_in(client, replace(FIELDS, account="nowhere"), HTTP)


@pytest.mark.usefixtures("two_accounts")
@pytest.mark.parametrize(
    ("bound", "sender"),
    [
        ({"account": "home"}, "mara@example.org"),
        ({"sender": "reports@example.org"}, "mara@example.org"),
    ],
)
def test_a_message_from_somebody_else_is_refused(
    workspace: Workspace, gate: Gate, bound: dict[str, Any], sender: str
) -> None:
    client, _ = workspace.clients.add("ci", **bound)

    with pytest.raises(TuimailError) as refused:
        gate.hand_in_message(client, RAW, HTTP)

    assert sender in str(refused.value)
    assert refused.value.field == "from"
    assert stored(workspace) == 0


@pytest.mark.usefixtures("two_accounts")
@pytest.mark.parametrize(
    ("bound", "envelope_from", "sender"),
    [
        ({}, "reports@example.org", "reports@example.org"),
        ({}, "mara@home.example", "mara@home.example"),
        ({}, "root@localhost.localdomain", "mara@example.org"),
        ({}, "not an address", "mara@example.org"),
        ({}, "", "mara@example.org"),
        ({}, None, "mara@example.org"),
        ({"account": "work"}, "mara@home.example", "mara@example.org"),
        ({"sender": "reports@example.org"}, "mara@example.org", "reports@example.org"),
    ],
)
def test_a_message_without_a_from_gets_one_that_can_be(
    workspace: Workspace,
    gate: Gate,
    bound: dict[str, Any],
    envelope_from: str | None,
    sender: str,
) -> None:
    client, _ = workspace.clients.add("ci", **bound)
    raw = b"To: bob@partner.example\r\nSubject: s\r\n\r\nt\r\n"

    answer = gate.hand_in_message(client, raw, HTTP, envelope_from=envelope_from)

    assert workspace.drafts.row(answer.id).sender == sender


# Messages ----------------------------------------------------------------------


def test_a_message_without_an_envelope_is_for_whom_it_names(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    raw = RAW.replace(b"Subject", b"Bcc: dan@partner.example\r\nSubject")

    draft = workspace.drafts.page(gate.hand_in_message(client, raw, HTTP).id).draft

    assert [one.text for one in draft.recipients] == [
        "bob@partner.example",
        "cay@partner.example",
        "dan@partner.example",
    ]
    assert [one.text for one in draft.bcc] == ["dan@partner.example"]
    assert draft.body.text == "Please pay.\n"


def test_who_is_in_the_envelope_alone_gets_a_blind_copy(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    envelope = (
        "eve@partner.example",
        "CAY@partner.example",
        "bob@PARTNER.example",
        "dan@partner.example",
        "eve@partner.example",
    )

    answer = gate.hand_in_message(client, RAW, HTTP, envelope_to=envelope)

    draft = workspace.drafts.page(answer.id).draft
    assert [one.name for one in draft.to] == ["Bob", ""]
    assert [one.text for one in draft.bcc] == [
        "eve@partner.example",
        "dan@partner.example",
    ]
    assert "rcpt.not-in-envelope" not in {one.code for one in answer.findings}
    assert "Bcc" not in workspace.drafts.message_bytes(answer.id).decode()


def test_who_is_in_the_header_alone_gets_nothing_and_the_reviewer_is_told(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    raw = RAW.replace(b"Subject", b"Bcc: dan@partner.example\r\nSubject")

    answer = gate.hand_in_message(
        client, raw, HTTP, envelope_to=("cay@partner.example",)
    )

    draft = workspace.drafts.page(answer.id).draft
    assert [one.text for one in draft.recipients] == ["cay@partner.example"]
    (finding,) = [one for one in answer.findings if one.code == "rcpt.not-in-envelope"]
    assert finding.severity == "warning"
    assert "bob@partner.example" in finding.message
    assert "dan@partner.example" not in finding.message


def test_an_envelope_that_is_no_address_is_refused(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    with pytest.raises(AddressError):
        gate.hand_in_message(client, RAW, HTTP, envelope_to=("root",))

    assert stored(workspace) == 0


DSN = b"""From: Mail Delivery System <mailer-daemon@mx.example>
To: mara@example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; bob@partner.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: MESSAGE-ID
From: mara@example.org
Subject: Invoice

--b--
""".replace(b"\n", b"\r\n")


def dsn_about(workspace: Workspace, draft_id: str) -> bytes:
    message_id = workspace.drafts.page(draft_id).message_id
    return DSN.replace(b"MESSAGE-ID", message_id.encode())


def released(workspace: Workspace, draft_id: str, *, revision: int = 1) -> None:
    workspace.reviews.approve(draft_id, revision=revision)
    workspace.outbox.release(draft_id, undo=timedelta(0))


@pytest.fixture
def send(desk: Desk, workspace: Workspace, provider: Script) -> Send:
    async def sent(draft_id: str, *, revision: int = 1) -> None:
        released(workspace, draft_id, revision=revision)
        provider.answers(accepts)
        await drain(desk)

    return sent


@pytest.fixture
async def sent(send: Send, hand_in: HandIn) -> str:
    """The id of a mail that its provider took."""
    draft_id = hand_in().id
    await send(draft_id)
    return draft_id


async def test_a_report_is_kept_with_the_mail_that_it_is_about(
    workspace: Workspace, gate: Gate, client: Client, sent: str
) -> None:
    answer = gate.hand_in_message(client, dsn_about(workspace, sent), HTTP)

    assert (answer.id, answer.state) == (sent, "reported")
    (bob,) = workspace.drafts.page(sent).recipients
    assert [one.action for one in bob.reports] == ["failed"]
    assert stored(workspace) == 1


async def test_a_report_about_a_stranger_is_refused_and_not_said_to_be_kept(
    workspace: Workspace, gate: Gate, client: Client, sent: str
) -> None:
    raw = dsn_about(workspace, sent).replace(b"bob@partner", b"eve@partner")

    with pytest.raises(FieldError, match="nobody in the envelope") as refused:
        gate.hand_in_message(client, raw, HTTP)

    assert (refused.value.field, bool(refused.value.hint)) == ("message", True)


def test_a_report_about_mail_that_has_not_left_is_refused(
    workspace: Workspace, gate: Gate, client: Client, hand_in: HandIn
) -> None:
    draft_id = hand_in().id
    released(workspace, draft_id)

    with pytest.raises(FieldError, match="has not left"):
        gate.hand_in_message(client, dsn_about(workspace, draft_id), HTTP)


@pytest.mark.parametrize("who", [b"bob@partner", b"eve@partner"])
async def test_a_report_about_anothers_mail_tells_nobody_which_nor_who_has_it(
    workspace: Workspace, gate: Gate, sales: Client, sent: str, who: bytes
) -> None:
    raw = dsn_about(workspace, sent).replace(b"bob@partner", who)

    answer = gate.hand_in_message(sales, raw, HTTP)

    assert (answer.id, answer.revision, answer.state) == ("", 0, "reported")
    assert stored(workspace) == 1


async def test_a_report_does_not_tell_whom_a_person_added(
    workspace: Workspace, gate: Gate, client: Client, hand_in: HandIn, send: Send
) -> None:
    draft_id = hand_in().id
    draft = workspace.drafts.page(draft_id).draft
    blind = parse_address("eve@partner.example", field="bcc")
    workspace.drafts.edit(draft_id, replace(draft, bcc=(blind,)), revision=1)
    await send(draft_id, revision=2)
    raw = dsn_about(workspace, draft_id)

    answers = [
        gate.hand_in_message(client, raw.replace(b"bob@partner", who), HTTP).state
        for who in (b"eve@partner", b"dan@partner")
    ]

    assert answers == ["reported", "reported"]


async def test_a_report_about_no_mail_is_answered_as_one_about_anothers(
    workspace: Workspace, gate: Gate, sales: Client, sent: str
) -> None:
    """Whoever guesses a Message-ID finds out nothing by it."""
    nobodys = DSN.replace(b"MESSAGE-ID", b"<nobody@elsewhere.example>")

    answer = gate.hand_in_message(sales, nobodys, HTTP)

    assert answer == gate.hand_in_message(sales, dsn_about(workspace, sent), HTTP)
    assert stored(workspace) == 1


# Keys and how much -------------------------------------------------------------


def test_the_same_under_the_same_key_is_the_same_mail(
    workspace: Workspace, gate: Gate, client: Client, sales: Client, hand_in: HandIn
) -> None:
    first = hand_in(key="k1")

    again = hand_in(key="k1", note="another note")
    within = gate.hand_in(client, replace(FIELDS, idempotency_key="k1"), HTTP)
    with pytest.raises(KeyConflictError):
        hand_in(replace(FIELDS, text="other"), key="k1")
    theirs = gate.hand_in(sales, FIELDS, replace(HTTP, key="k1"))

    assert again == within == first
    assert theirs.id != first.id
    assert stored(workspace) == 2


def test_the_same_is_asked_again_once_it_was_decided(
    workspace: Workspace, hand_in: HandIn
) -> None:
    first = hand_in(key="k1")
    workspace.reviews.reject(first.id, revision=1, reason="No.")

    again = hand_in(key="k1")

    assert again.id == first.id
    assert again.resubmit is Resubmit.NEVER


def test_more_than_a_client_may_is_refused_and_not_stored(
    desk: Desk, workspace: Workspace, gate: Gate
) -> None:
    client, _ = workspace.clients.add("ci", per_hour=2)
    first = gate.hand_in(client, FIELDS, replace(HTTP, key="k1"))
    gate.revise(client, first.id, replace(FIELDS, text="other"), HTTP)

    acts: list[Callable[[], object]] = [
        lambda: gate.hand_in(client, FIELDS, HTTP),
        lambda: gate.hand_in(client, FIELDS, replace(HTTP, key="k2")),
        lambda: gate.hand_in_message(client, RAW, HTTP),
        lambda: gate.revise(client, first.id, FIELDS, HTTP),
    ]
    for act in acts:
        with pytest.raises(TooManyError) as refused:
            act()
        assert refused.value.wait_seconds == 3600

    assert gate.hand_in(client, FIELDS, replace(HTTP, key="k1")).id == first.id
    assert gate.answer(client, first.id).revision == 2
    assert stored(workspace) == 1
    desk.advance(3600)
    gate.hand_in(client, FIELDS, HTTP)


def test_a_key_of_the_past_is_no_way_round_the_limit(
    workspace: Workspace, gate: Gate
) -> None:
    """What was asked for under it is something else, so it is new all the same."""
    client, _ = workspace.clients.add("ci", per_hour=1)
    gate.hand_in(client, FIELDS, replace(HTTP, key="k1"))
    other = replace(FIELDS, text="other")

    with pytest.raises(KeyConflictError):
        gate.hand_in(client, other, replace(HTTP, key="k1"))

    assert stored(workspace) == 1


def test_what_was_refused_does_not_count(workspace: Workspace, gate: Gate) -> None:
    client, _ = workspace.clients.add("ci", per_hour=1)
    for _ in range(3):
        with pytest.raises(FieldError):
            gate.hand_in(client, replace(FIELDS, priority="urgent"), HTTP)

    gate.hand_in(client, FIELDS, HTTP)

    assert stored(workspace) == 1


def test_many_that_share_a_flush_are_counted_too(
    workspace: Workspace, gate: Gate
) -> None:
    client, _ = workspace.clients.add("ci", per_hour=2)

    with workspace.together():
        gate.hand_in(client, FIELDS, HTTP)
        gate.hand_in(client, FIELDS, HTTP)
        with pytest.raises(TooManyError):
            gate.hand_in(client, FIELDS, HTTP)

    assert stored(workspace) == 2


# What is said ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"note": "x" * 4001}, "note"),
        ({"note": "null\0"}, "note"),
        ({"run_url": "javascript:alert(1)"}, "run-url"),
        ({"run_url": "https://ci.example/\x1b[2J"}, "run-url"),
        ({"run_url": "https://ci.example/" + "x" * 2000}, "run-url"),
        ({"key": "with blanks in it"}, "idempotency-key"),
        ({"at": datetime(2026, 3, 3, 8, 0)}, "at"),  # noqa: DTZ001 - is refused
    ],
)
def test_what_cannot_be_said_is_refused_by_its_name(
    workspace: Workspace, hand_in: HandIn, said: dict[str, object], field: str
) -> None:
    with pytest.raises(FieldError) as refused:
        hand_in(**said)

    assert refused.value.field == field
    assert refused.value.hint
    assert stored(workspace) == 0


def test_mail_for_nobody_is_refused(workspace: Workspace, hand_in: HandIn) -> None:
    with pytest.raises(NotComposableError):
        hand_in(replace(FIELDS, to=()))

    assert stored(workspace) == 0


def test_the_reviewer_is_told_when_it_is_to_leave(
    workspace: Workspace, hand_in: HandIn
) -> None:
    answer = hand_in(at=datetime(2026, 3, 3, 8, 0, tzinfo=UTC))

    (finding,) = [
        one
        for one in workspace.drafts.page(answer.id).findings
        if one.code == "time.asked-for"
    ]
    assert finding.severity == "info"
    assert "2026-03-03T08:00+00:00" in finding.message


def test_it_is_of_no_use_any_more_when_its_author_says_so(
    workspace: Workspace, hand_in: HandIn
) -> None:
    answer = hand_in(lifetime=timedelta(hours=2))

    assert workspace.drafts.row(answer.id).expires_at == NOW + timedelta(hours=2)


def test_it_takes_the_place_of_an_earlier_mail_of_its_own(
    workspace: Workspace, hand_in: HandIn
) -> None:
    first = hand_in()

    second = hand_in(revises=first.id)

    assert workspace.drafts.row(second.id).origin.revises == first.id


def test_a_path_without_a_folder_that_it_has_to_be_in_is_refused(
    workspace: Workspace, hand_in: HandIn, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF-1.7")
    bound = FileToAttach(source=file, roots=(tmp_path,))

    for one in (file, FileToAttach(source=file)):
        with pytest.raises(AttachmentError):
            hand_in(replace(FIELDS, attachments=(one,)))
    answer = hand_in(replace(FIELDS, attachments=(bound,)))

    assert workspace.drafts.row(answer.id).attachment_count == 1
    assert stored(workspace) == 1


def test_a_file_is_asked_where_it_is_once_it_is_open(
    workspace: Workspace, hand_in: HandIn, tmp_path: Path
) -> None:
    inside, outside = tmp_path / "reports", tmp_path / "private"
    inside.mkdir()
    outside.mkdir()
    (outside / "key.pem").write_text("secret")
    (inside / "link.pdf").symlink_to(outside / "key.pem")
    (inside / "folder").symlink_to(outside)
    os.mkfifo(inside / "fifo.pdf")

    for name in ("link.pdf", "folder/key.pem", "../private/key.pem", "fifo.pdf"):
        file = FileToAttach(source=inside / name, roots=(inside,))
        with pytest.raises(AttachmentError):
            hand_in(replace(FIELDS, attachments=(file,)))

    assert stored(workspace) == 0


def test_a_program_sets_no_header_that_is_not_its_to_set(
    workspace: Workspace, hand_in: HandIn
) -> None:
    with pytest.raises(FieldError):
        hand_in(replace(FIELDS, headers=(("Reply-Path", "x"),)))

    assert stored(workspace) == 0


def test_what_is_handed_in_elsewhere_meanwhile_counts(
    desk: Desk, gate: Gate, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = workspace.clients.add("ci", per_hour=1)
    compose = workspace.drafts.compose

    def meanwhile(fields: Fields) -> object:
        with desk.open() as other:
            Gate(other).hand_in(client, FIELDS, HTTP)
        return compose(fields)

    monkeypatch.setattr(workspace.drafts, "compose", meanwhile)
    with pytest.raises(TooManyError):
        gate.hand_in(client, FIELDS, HTTP)

    assert stored(workspace) == 1
