"""What the SMTP door says, command by command."""

import re

import pytest

from tests.intake.smtp.conftest import Opens, Place, Talker
from tuimail.errors import FullDiskError, TooManyError, WorkspaceBusyError
from tuimail.intake.smtp.envelope import Envelope
from tuimail.intake.smtp.limits import USUAL

HTTP = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1:2525\r\nContent-Length: 99\r\n\r\n"
    b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n"
)
REPLY = re.compile(r"([245])\d\d[ -]\1\.\d{1,3}\.\d{1,3} .+")


async def test_a_mail_is_taken_and_the_answer_has_its_id(
    place: Place, talker: Talker
) -> None:
    await talker.envelope("ana@example.net", "bob@example.net")
    reply = await talker.content(b"Subject: s\r\n\r\nt\r\n.\r\n")

    assert reply == "250 2.0.0 Ok: queued as id1"
    (mail,) = place.desk.handed
    assert mail.raw == b"Subject: s\r\n\r\nt\r\n"
    assert mail.sender == "mara@example.org"
    assert mail.recipients == ("ana@example.net", "bob@example.net")
    assert not mail.note


async def test_the_offer_names_what_is_really_done(place: Place) -> None:
    talker = await place.talker()
    offers = (await talker.say("EHLO me")).splitlines()

    assert offers == [
        "250-localhost",
        "250-PIPELINING",
        "250-SIZE 52428800",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-DSN",
        "250-ENHANCEDSTATUSCODES",
        "250 AUTH PLAIN LOGIN",
    ]


@pytest.mark.parametrize(
    "command", ["MAIL FROM:<a@b.example>", "RCPT TO:<a@b>", "DATA"]
)
async def test_nothing_is_taken_before_a_login(place: Place, command: str) -> None:
    talker = await place.talker()
    await talker.say("EHLO me")
    reply = await talker.say(command)

    assert reply.startswith("530 5.7.0 ")


@pytest.mark.parametrize("command", ["MAIL FROM:<a@b.example>", "AUTH PLAIN", "DATA"])
async def test_a_client_says_first_who_it_is(place: Place, command: str) -> None:
    reply = await (await place.talker()).say(command)

    assert reply == "503 5.5.1 Say EHLO first"


async def test_who_says_helo_is_greeted_and_cannot_log_in(place: Place) -> None:
    talker = await place.talker()

    assert await talker.say("HELO me") == "250 localhost"
    assert (
        await talker.say("AUTH PLAIN") == "503 5.5.1 Say EHLO first, which offers AUTH"
    )
    assert (await talker.say("HELO")).startswith("501 5.5.4 ")


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("STARTTLS", "502 5.5.1 STARTTLS is not offered"),
        ("VRFY root", "252 2.5.2 "),
        ("EXPN all", "500 5.5.2 "),
        ("BDAT 3 LAST", "500 5.5.2 "),
        ("NOOP", "250 2.0.0 "),
        ("RSET", "250 2.0.0 "),
        ("HELP", "214 2.0.0 There are EHLO, HELO, AUTH, MAIL"),
        ("", "500 5.5.2 "),
        ("\x1b[2J", "500 5.5.2 "),
        ("é", "500 5.5.2 "),
        ("MAIL " + "x" * 13_000, "500 5.5.2 "),
        ("x" * 200_000, "500 5.5.2 "),
        ("DATA", "503 5.5.1 Say RCPT first"),
        ("AUTH PLAIN", "503 5.5.1 Nobody has to log in any more"),
    ],
)
async def test_every_reply_has_a_code_that_says_more(
    talker: Talker, command: str, reply: str
) -> None:
    """RFC 2034: of the same class, on every line."""
    answer = await talker.say(command)

    assert answer.startswith(reply)
    assert all(map(REPLY.fullmatch, answer.splitlines()))
    assert answer.isascii()
    assert answer.replace("\n", "").isprintable()
    assert await talker.say("NOOP") == "250 2.0.0 Ok"


async def test_quit_is_answered_and_nothing_after_it_is_done(
    place: Place, talker: Talker
) -> None:
    await talker.envelope()
    talker.write("QUIT\r\nDATA\r\nSubject: s\r\n\r\nt\r\n.\r\n")

    assert await talker.reply() == "221 2.0.0 Bye"
    assert await talker.reply() == ""
    assert not place.desk.handed


async def test_a_browser_is_hung_up_on(place: Place) -> None:
    """What a page posts to this port is no command, and none of it is read."""
    talker = await place.talker()
    talker.write(HTTP)

    assert await talker.reply() == "421 4.7.0 This is SMTP and no web server"
    assert await talker.reply() == ""


async def test_commands_sent_at_once_are_answered_in_order(
    place: Place, talker: Talker
) -> None:
    """RFC 2920: PIPELINING is offered, so it has to be right."""
    talker.write(
        "MAIL FROM:<mara@example.org>\r\nRCPT TO:<ana@example.net>\r\n"
        "RCPT TO:<nobody>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n"
    )
    codes = [(await talker.reply())[:3] for _ in range(5)]
    talker.write("Subject: s\r\n\r\nt\r\n.\r\nRSET\r\nNOOP\r\n")
    after = [(await talker.reply())[:3] for _ in range(3)]

    assert codes == ["250", "250", "553", "250", "354"]
    assert after == ["250", "250", "250"]
    (mail,) = place.desk.handed
    assert mail.recipients == ("ana@example.net", "bob@example.net")


async def test_what_is_pipelined_and_refused_leaves_no_mail_behind(
    place: Place, talker: Talker
) -> None:
    talker.write("MAIL FROM:<mara@example.org>\r\nRCPT TO:<nobody>\r\nDATA\r\n")
    codes = [(await talker.reply())[:3] for _ in range(3)]

    assert codes == ["250", "553", "503"]
    assert not place.desk.handed


async def test_several_mails_go_over_one_connection(
    place: Place, talker: Talker
) -> None:
    for number in (1, 2, 3):
        await talker.envelope(f"reader{number}@example.net")
        assert await talker.content(b"A: b\r\n\r\n.\r\n") == (
            f"250 2.0.0 Ok: queued as id{number}"
        )

    assert [mail.recipients for mail in place.desk.handed] == [
        (f"reader{number}@example.net",) for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("command", ["RSET", "EHLO me", "HELO me"])
async def test_a_mail_that_was_begun_is_forgotten(talker: Talker, command: str) -> None:
    await talker.envelope()
    await talker.say(command)

    assert (await talker.say("RCPT TO:<a@b.example>")).startswith("503 5.5.1 Say MAIL")


async def test_what_was_asked_of_servers_on_the_way_is_kept_as_a_note(
    place: Place, talker: Talker
) -> None:
    await talker.say("MAIL FROM:<mara@example.org> RET=HDRS ENVID=QQ+2B3 BODY=8BITMIME")
    await talker.say(
        "RCPT TO:<ana@example.net> NOTIFY=success,DELAY ORCPT=rfc822;ana@x"
    )
    await talker.content(b"A: b\r\n\r\n.\r\n")

    assert place.desk.handed[0].note == (
        "Asked for reports: RET=HDRS; ENVID=QQ+3; "
        "NOTIFY=SUCCESS,DELAY for ana@example.net"
    )


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (
            WorkspaceBusyError("Another program writes.", hint="Try again."),
            "451-4.3.0 Another program writes.\n451 4.3.0 Try again.",
        ),
        (FullDiskError("The disk is full."), "452 4.3.1 The disk is full."),
        (
            TooManyError("Enough for “now”.", wait_seconds=9),
            '451 4.7.1 Enough for "now".',
        ),
    ],
)
async def test_what_may_pass_is_to_be_tried_again(
    place: Place, talker: Talker, error: Exception, reply: str
) -> None:
    place.desk.refuses = error  # type: ignore[assignment] # one of tuimail's
    await talker.envelope()

    assert await talker.content(b"A: b\r\n\r\n.\r\n") == reply
    assert await talker.say("NOOP") == "250 2.0.0 Ok"


async def test_a_mistake_of_ours_is_not_told_and_asks_for_another_try(
    place: Place, talker: Talker
) -> None:
    """The text of an exception may hold a secret, and nothing was stored."""
    place.desk.bug = ValueError("tm_secret")
    await talker.envelope()
    reply = await talker.content(b"A: b\r\n\r\n.\r\n")

    assert reply.startswith("451 4.3.0 A mistake in tuimail")
    assert "secret" not in reply
    assert await talker.say("NOOP") == "250 2.0.0 Ok"


async def test_a_report_about_earlier_mail_has_no_id_of_its_own(
    place: Place, talker: Talker
) -> None:
    place.desk.is_given_reports = True
    await talker.say("MAIL FROM:<>")
    await talker.say("RCPT TO:<mara@example.org>")

    assert await talker.content(b"A: b\r\n\r\n.\r\n") == (
        "250 2.0.0 Ok: a report, and no mail; what it says of who got mail from here "
        "is kept with that"
    )
    assert place.desk.handed[0].sender == ""


async def test_data_takes_nothing_beside_it(talker: Talker) -> None:
    await talker.envelope()

    assert await talker.say("DATA now") == "501 5.5.4 DATA takes nothing"


async def test_bytes_that_are_no_text_are_refused(talker: Talker) -> None:
    reply = await talker.say(b"MAIL FROM:<\xff@example.org>")

    assert reply == "501 5.5.2 An address is ASCII, or UTF-8"


async def test_a_message_that_is_too_long_is_read_to_its_end_and_refused(
    open_door: Opens,
) -> None:
    place = await open_door(message_bytes=1_000)
    talker = await place.talker(logged_in=True)
    await talker.envelope()
    reply = await talker.content(b"A: b\r\n\r\n" + b"x" * 90 + b"\r\n" * 500 + b".\r\n")

    assert reply == "552 5.3.4 A message may have 1000 bytes"
    assert not place.desk.handed
    assert (await talker.say("MAIL FROM:<a@b.example> SIZE=1001")).startswith(
        "552 5.3.4"
    )
    await talker.envelope()
    assert (await talker.content(b"A: b\r\n\r\n.\r\n")).startswith("250 2.0.0")


async def test_more_than_there_is_room_for_waits_and_the_room_is_given_back(
    open_door: Opens,
) -> None:
    place = await open_door(bytes_under_way=1_000)
    talker = await place.talker(logged_in=True)
    await talker.envelope()
    reply = await talker.content(b"A: b\r\n\r\n" + b"x\r\n" * 400 + b".\r\n")

    assert reply.startswith("452 4.3.1 ")
    for _ in range(3):
        await talker.envelope()
        assert (
            await talker.content(b"A: b\r\n\r\n" + b"x\r\n" * 300 + b".\r\n")
        ).startswith("250 ")


async def test_where_nobody_has_to_log_in_names_of_this_machine_are_taken() -> None:
    envelope = Envelope(USUAL, takes_names=True)
    envelope.mail("FROM:<mara>", is_extended=True)
    envelope.rcpt("TO:<root>", is_extended=True)

    assert (envelope.sender, envelope.recipients) == ("mara", ("root",))
