"""How a connection ends: nobody is cut off in the middle, nobody stays for ever."""

import asyncio
import gc
import logging
from datetime import timedelta

import pytest

from tests.intake.smtp.conftest import PATIENCE, TOKEN, Opens, Place, Talker, plain
from tuimail.intake.smtp import replies
from tuimail.intake.smtp.desk import Handed

SOON = timedelta(milliseconds=30)


async def test_what_was_sent_before_the_end_of_input_is_done(place: Place) -> None:
    """Programs pipe a whole conversation in and close their side at once."""
    talker = await place.talker()
    talker.write(
        f"EHLO me\r\nAUTH PLAIN {plain(TOKEN)}\r\nMAIL FROM:<mara@example.org>\r\n"
        "RCPT TO:<ana@example.net>\r\nDATA\r\nA: b\r\n\r\nt\r\n.\r\n"
    )
    talker.writer.write_eof()
    replies = [(await talker.reply())[:3] for _ in range(7)]

    assert replies == ["250", "235", "250", "250", "354", "250", ""]
    assert place.desk.handed[0].raw == b"A: b\r\n\r\nt\r\n"


async def test_who_goes_in_the_middle_of_the_content_has_handed_in_nothing(
    place: Place, talker: Talker
) -> None:
    await talker.envelope()
    await talker.say("DATA")
    talker.write("Subject: half a ma")
    talker.writer.write_eof()

    assert await talker.reply() == ""
    assert not place.desk.handed


async def test_who_is_reset_in_the_middle_is_forgotten(
    place: Place, talker: Talker
) -> None:
    await talker.envelope()
    await talker.say("DATA")
    talker.writer.transport.abort()
    await place.around.end()

    assert not place.desk.handed


@pytest.mark.parametrize("is_in", [True, False])
async def test_who_says_nothing_is_hung_up_on(place: Place, *, is_in: bool) -> None:
    talker = await place.talker(logged_in=is_in)
    place.let_time_pass()

    assert await talker.reply() == (replies.IDLE if is_in else replies.LATE)
    assert await talker.reply() == ""


async def test_a_silence_is_noticed_by_itself(open_door: Opens) -> None:
    talker = await (await open_door(idle=SOON)).talker(logged_in=True)

    assert await talker.reply() == "421 4.4.2 Nothing was heard for too long"


async def test_each_piece_of_a_mail_gives_more_time_but_nothing_before_a_login(
    place: Place, talker: Talker
) -> None:
    await talker.envelope()
    await talker.say("DATA")
    (connection,) = place.around._open
    before = connection._timeout_handle
    connection.data_received(b"Subject: s")
    assert connection._timeout_handle is not before

    stranger = await place.talker()
    (unknown,) = place.around._open.keys() - {connection}
    before = unknown._timeout_handle
    unknown.data_received(b"EHL")
    assert unknown._timeout_handle is before
    stranger.writer.transport.abort()


async def test_who_stops_in_the_middle_of_the_content_is_hung_up_on(
    place: Place, talker: Talker
) -> None:
    await talker.envelope()
    await talker.say("DATA")
    place.let_time_pass()

    assert await talker.reply() == "421 4.4.2 Nothing was heard for too long"


async def test_nobody_is_hung_up_on_while_the_disk_is_slow(
    place: Place, talker: Talker
) -> None:
    """It is the client that waits."""
    place.desk.is_slow = asyncio.Event()
    await talker.envelope()
    await talker.say("DATA")
    talker.write("A: b\r\n\r\n.\r\n")
    await place.desk.has_begun.wait()
    place.let_time_pass()
    place.desk.is_slow.set()

    assert await talker.reply() == "250 2.0.0 Ok: queued as id1"


async def test_who_reads_no_answer_is_cut_off(open_door: Opens) -> None:
    place = await open_door(ending=SOON)
    talker = await place.talker(logged_in=True)
    (connection,) = place.around._open
    talker.reader._transport.pause_reading()  # type: ignore[attr-defined] # to be deaf
    connection._writer.write(b"250-x\r\n" * 2_000_000)
    place.let_time_pass()
    async with asyncio.timeout(PATIENCE):
        await place.around._is_empty.wait()

    assert not place.around._open


async def test_who_makes_only_mistakes_is_left(open_door: Opens) -> None:
    place = await open_door(mistakes=4)
    talker = await place.talker(logged_in=True)
    for _ in range(4):
        assert (await talker.say("RCPT TO:<a@b.example>")).startswith("503")
    await talker.say("RCPT TO:<a@b.example>")

    assert await talker.reply() == "421 4.7.0 Too many mistakes on one connection"
    assert await talker.reply() == ""


async def test_mistakes_are_forgiven_with_each_mail(open_door: Opens) -> None:
    place = await open_door(mistakes=4)
    talker = await place.talker(logged_in=True)
    for _ in range(5):
        assert (await talker.say("RCPT TO:<a@b.example>")).startswith("503")
        await talker.envelope()
        assert (await talker.content(b"A: b\r\n\r\n.\r\n")).startswith("250")


async def test_closing_hangs_up_on_who_waits_and_lets_a_mail_end(
    open_door: Opens,
) -> None:
    place = await open_door()
    place.desk.is_slow = asyncio.Event()
    idle = await place.talker(logged_in=True)
    busy = await place.talker(logged_in=True)
    await busy.envelope()
    await busy.say("DATA")
    busy.write("A: b\r\n\r\n.\r\n")
    ending = asyncio.create_task(place.around.end())

    assert await idle.reply() == "421 4.3.2 The door is being closed, come back later"
    place.desk.is_slow.set()
    assert await busy.reply() == "250 2.0.0 Ok: queued as id1"
    assert await busy.reply() == "421 4.3.2 The door is being closed, come back later"
    await ending


async def test_closing_waits_no_longer_than_a_moment(open_door: Opens) -> None:
    place = await open_door(ending=SOON)
    talker = await place.talker(logged_in=True)
    await talker.envelope()
    await talker.say("DATA")
    async with asyncio.timeout(5):
        await place.around.end()

    assert await talker.reader.read() == b""


async def test_a_hundred_at_once_are_all_taken(open_door: Opens) -> None:
    place = await open_door()

    async def hand_in(number: int) -> str:
        talker = await place.talker(logged_in=True)
        await talker.envelope(f"r{number}@example.net")
        return await talker.content(b"A: b\r\n\r\n.\r\n")

    answers = await asyncio.gather(*(hand_in(number) for number in range(100)))

    assert len(set(answers)) == 100
    assert len(place.desk.handed) == 100


async def test_who_goes_while_an_answer_is_written_is_nobodys_mistake(
    place: Place, talker: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncio would print where it happened, on somebody's terminal."""
    minded: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: minded.append(context))

    async def lose(_token: str, _mail: Handed) -> str:
        raise ConnectionResetError

    monkeypatch.setattr(place.desk, "hand_in", lose)
    await talker.envelope()
    await talker.say("DATA")
    talker.write("A: b\r\n\r\n.\r\n")
    reply = await talker.reply()
    gc.collect()

    assert reply == ""
    assert not minded


async def test_nothing_of_a_conversation_is_logged(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """The library would log commands, the lines of a message, and mistakes."""
    caplog.set_level(logging.DEBUG)
    talker = await place.talker(logged_in=True)
    await talker.envelope()
    await talker.content(b"A: b\r\n\r\nin confidence\r\n.\r\n")
    place.desk.bug = ValueError("in confidence")
    await talker.envelope()
    await talker.content(b"A: b\r\n\r\n.\r\n")

    assert [one for one in caplog.records if one.name != "asyncio"] == []


async def test_a_stranger_too_many_takes_the_place_of_the_first(
    open_door: Opens,
) -> None:
    """However many there are who never log in, who does at once gets in."""
    place = await open_door(connections=4, login_at_once=timedelta(0))
    known = await place.talker(logged_in=True)
    first, second = await place.talker(), await place.talker()

    third = await place.talker(logged_in=True)

    assert await first.reply() == replies.CROWDED
    for one in (known, third):
        assert (await one.say("NOOP")).startswith("250")
    assert (await second.say("EHLO me")).startswith("250")


async def test_many_may_come_at_the_same_moment(open_door: Opens) -> None:
    place = await open_door(connections=4)

    talkers = [await place.talker() for _ in range(4)]

    assert [(await one.log_in())[:3] for one in talkers] == ["235"] * 4


async def test_strangers_who_are_full_make_room_one_by_one(open_door: Opens) -> None:
    place = await open_door(connections=2, login_at_once=timedelta(0))
    strangers = [await place.talker()]

    strangers.append(await place.talker())

    assert await strangers[0].reply() == replies.CROWDED
    assert (await place.talker(logged_in=True)).reader is not None
    assert await strangers[1].reply() == replies.CROWDED


async def test_who_does_not_log_in_has_little_time(open_door: Opens) -> None:
    stranger = await (await open_door(login=SOON)).talker()

    assert await stranger.reply() == replies.LATE
    assert await stranger.reply() == ""


async def test_who_logged_in_has_the_usual_time(open_door: Opens) -> None:
    place = await open_door()
    await place.talker(logged_in=True)

    (connection,) = place.around._open
    timer = connection._timeout_handle
    assert timer is not None
    assert timer.when() - asyncio.get_running_loop().time() > 60
