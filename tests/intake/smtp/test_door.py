"""The SMTP door with all that is behind it: the gate, a workspace, and its disk."""

import asyncio
import smtplib
import socket
from email import message_from_string
from email.message import EmailMessage

import pytest

from tests.intake.smtp.conftest import Served, Talker
from tuimail.core.origin import Origin
from tuimail.errors import ConfigurationError, WorkspaceBusyError
from tuimail.intake.smtp.desk import LONG_BYTES
from tuimail.intake.smtp.door import SmtpDoor
from tuimail.intake.smtp.limits import Limits
from tuimail.store.blobs import Blobs
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def unused() -> Bridge:
    """A bridge for doors that nobody hands anything in by."""

    def refuse() -> Workspace:
        raise AssertionError("No workspace is needed for that.")

    return Bridge(refuse)


def written(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {
        "From": "Mara Lin <mara@example.org>",
        "To": "Ana Novák <ana@example.net>",
        "Subject": "Q3 report",
        **headers,
    }.items():
        message[name] = value
    message.set_content("The numbers are below.\n")
    return message


async def test_smtplib_hands_in_a_mail_that_waits_for_a_person(served: Served) -> None:
    message = written(Cc="bob@example.net")
    message.add_alternative("<p>The <b>numbers</b> are below.</p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="q3.pdf"
    )
    await asyncio.to_thread(served.send, message)
    (page,) = await served.pages()

    assert page.row.status == "review"
    assert page.row.origin == Origin(actor="agent:billing", door="smtp")
    assert [one.text for one in page.draft.to] == ["ana@example.net"]
    assert [one.text for one in page.draft.cc] == ["bob@example.net"]
    assert page.draft.subject == "Q3 report"
    assert "<b>numbers</b>" in page.draft.body.html
    assert [one.name for one in page.draft.attachments] == ["q3.pdf"]


async def test_who_is_in_the_envelope_alone_gets_a_blind_copy(served: Served) -> None:
    await asyncio.to_thread(
        served.send, written(), "ana@example.net", "archive@example.org"
    )
    (page,) = await served.pages()

    assert [one.text for one in page.draft.to] == ["ana@example.net"]
    assert [one.text for one in page.draft.bcc] == ["archive@example.org"]


async def test_a_line_longer_than_mail_may_have_is_taken(served: Served) -> None:
    """``MIMEText(html, "html")`` writes a page on one line."""
    line = "<p>" + "words " * 2_000 + "</p>"
    content = (
        "From: mara@example.org\r\nTo: ana@example.net\r\n"
        f"Content-Type: text/html\r\n\r\n{line}\r\n"
    )

    def hand_in() -> None:
        with smtplib.SMTP("127.0.0.1", served.door.port, timeout=10) as client:
            client.login("jwt", served.token)
            client.sendmail("mara@example.org", ["ana@example.net"], content)

    await asyncio.to_thread(hand_in)

    assert "words words" in (await served.pages())[0].draft.body.html


async def test_the_answer_has_the_id_of_what_is_stored(served: Served) -> None:
    talker = await Talker.to(served.door.port)
    assert (await talker.log_in(served.token)).startswith("235")
    await talker.envelope("ana@example.net")
    reply = await talker.content(
        written().as_bytes().replace(b"\n", b"\r\n") + b".\r\n"
    )
    (page,) = await served.pages()

    assert reply == f"250 2.0.0 Ok: queued as {page.row.id}"
    await talker.close()


async def test_what_cannot_be_mail_is_refused_with_its_sentence(served: Served) -> None:
    talker = await Talker.to(served.door.port)
    await talker.log_in(served.token)
    await talker.envelope("ana@example.net")
    reply = await talker.content(b"From: mara@example.org\r\n\r\na\x00b\r\n.\r\n")
    await talker.close()

    assert reply.startswith("554-5.6.0 The message has a NUL, at byte ")
    assert await served.pages() == []


async def test_a_sender_that_is_not_ones_own_is_refused(served: Served) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await asyncio.to_thread(served.send, written(From="boss@corp.example"))

    assert refused.value.smtp_code // 100 == 5
    assert b"boss@corp.example" in refused.value.smtp_error
    assert await served.pages() == []


async def test_a_guessed_token_is_no_login(served: Served) -> None:
    served.token = "tm_" + "A" * 43
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        await asyncio.to_thread(served.send, written())

    assert refused.value.smtp_code == 535
    assert b"tm_" not in refused.value.smtp_error


async def test_a_token_that_was_revoked_ends_with_the_next_mail(served: Served) -> None:
    """Also on a connection that is logged in."""
    talker = await Talker.to(served.door.port)
    await talker.log_in(served.token)
    await served.bridge.call(lambda workspace: workspace.clients.revoke("billing"))
    await talker.envelope("ana@example.net")
    reply = await talker.content(b"From: mara@example.org\r\n\r\nt\r\n.\r\n")
    await talker.close()

    assert reply.startswith("535")
    assert await served.pages() == []


async def test_a_token_for_looking_only_is_no_login(served: Served) -> None:
    _, token = await served.bridge.call(
        lambda workspace: workspace.clients.add("looker", scopes=frozenset({"status"}))
    )
    talker = await Talker.to(served.door.port)

    assert (await talker.log_in(token)).startswith("535-5.7.1 ")
    await talker.close()


async def test_who_hands_in_too_much_is_told_to_wait(served: Served) -> None:
    _, served.token = await served.bridge.call(
        lambda workspace: workspace.clients.add("eager", per_hour=1)
    )
    await asyncio.to_thread(served.send, written())
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await asyncio.to_thread(served.send, written(Subject="again"))

    assert refused.value.smtp_code == 451
    assert len(await served.pages()) == 1


@pytest.mark.slow
async def test_two_hundred_at_once_lose_none(served: Served) -> None:
    """The issue's number; each is answered only after it is on disk."""

    async def hand_in(number: int) -> str:
        talker = await Talker.to(served.door.port)
        await talker.log_in(served.token)
        await talker.envelope(f"reader{number}@example.net")
        content = (
            f"From: mara@example.org\r\nTo: reader{number}@example.net\r\n"
            f"Subject: number {number}\r\n\r\nt\r\n.\r\n"
        )
        reply = await talker.content(content.encode())
        await talker.close()
        return reply

    async with asyncio.timeout(60):
        replies = await asyncio.gather(*map(hand_in, range(200)))
    pages = await served.pages()

    ids = {reply.removeprefix("250 2.0.0 Ok: queued as ") for reply in replies}
    assert ids == {page.row.id for page in pages}
    assert {page.draft.subject for page in pages} == {f"number {n}" for n in range(200)}


async def test_more_connections_than_there_is_room_for_are_turned_away(
    unused: Bridge,
) -> None:
    door = SmtpDoor(port=0, limits=Limits(connections=1))
    await door.open(unused)
    talker = await Talker.to(door.port)
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    answer = await reader.read()
    writer.close()

    assert answer == b"421 4.3.2 Too many connections, come back later\r\n"
    await talker.close()
    await door.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.example.org", ""])
async def test_the_door_is_open_to_this_machine_only(unused: Bridge, host: str) -> None:
    with pytest.raises(ConfigurationError, match="not its loopback"):
        await SmtpDoor(host=host, port=0).open(unused)


async def test_a_door_says_where_it_is(unused: Bridge) -> None:
    door = SmtpDoor(host="localhost", port=0)

    assert await door.open(unused) == f"smtp://127.0.0.1:{door.port}"
    await door.close()
    await door.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
async def test_a_door_may_be_at_the_other_loopback(unused: Bridge) -> None:
    door = SmtpDoor(host="[::1]", port=0)

    assert await door.open(unused) == f"smtp://[::1]:{door.port}"
    await door.close()


async def test_a_port_that_another_has_may_become_free(unused: Bridge) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(WorkspaceBusyError, match="taken by another program"),
    ):
        await SmtpDoor(port=other.getsockname()[1]).open(unused)


async def test_a_port_that_nobody_may_have_is_said(
    unused: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", refuse)
    with pytest.raises(
        ConfigurationError, match=r"port 25 of 127\.0\.0\.1: Permission"
    ):
        await SmtpDoor(port=25).open(unused)


async def test_a_door_that_is_closed_answers_nobody(unused: Bridge) -> None:
    door = SmtpDoor(port=0)
    await door.open(unused)
    await door.close()

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", door.port)


async def test_a_long_message_is_read_beside_all_else_and_stored(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is flushed by itself; nobody is to wait for many of those."""
    add = Blobs.add
    written_meanwhile: list[str] = []

    def adding(self: Blobs, *given: object, **named: object) -> object:
        with served.desk.open() as other:
            written_meanwhile.append(other.clients.add("other")[0].name)
        return add(self, *given, **named)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Blobs, "add", adding)
    message = written()
    message.add_attachment(b"x" * LONG_BYTES, maintype="image", subtype="png")

    await asyncio.to_thread(served.send, message)

    (page,) = await served.pages()
    assert page.draft.attachments[0].size_bytes == LONG_BYTES
    assert page.row.origin == Origin(actor="agent:billing", door="smtp")
    assert written_meanwhile == ["other"]


async def test_a_long_report_becomes_no_mail(served: Served) -> None:
    report = """\
From: mx@example.net
To: mara@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

TEXT
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx

Final-Recipient: rfc822; ana@example.net
Action: failed
Status: 5.1.1

--b--
""".replace("TEXT", "It was not delivered.\n" * LONG_BYTES)

    await asyncio.to_thread(served.send, message_from_string(report))

    assert await served.pages() == []
