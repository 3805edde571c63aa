import pytest

from tuimail.providers.smtp.limits import MOST_LINE_BYTES
from tuimail.providers.smtp.reply import Reply, ReplyReader, UnreadableReplyError


def replies(*pieces: bytes) -> list[Reply]:
    reader = ReplyReader()
    return [reply for piece in pieces for reply in reader.feed(piece)]


@pytest.mark.parametrize(
    ("octets", "code", "text"),
    [
        (b"250 2.0.0 Ok: queued as 4F2A\r\n", 250, "2.0.0 Ok: queued as 4F2A"),
        (b"250\r\n", 250, ""),
        (b"250 \r\n", 250, ""),
        (b"250 bare line feed\n", 250, "bare line feed"),
        (b"250 two\r\r\n", 250, "two"),
        (b"250ok\r\n", 250, "ok"),
        (b"250\tok\r\n", 250, "ok"),
        (b"250-one\r\n250-two\r\n250 three\r\n", 250, "one\ntwo\nthree"),
        (b"250-one\r\n250\r\n", 250, "one\n"),
        ("550 späm\r\n".encode(), 550, "späm"),
        (b"550 sp\xe4m\r\n", 550, "sp\\xe4m"),
        (b"550 \x1b[2J\x00\r\n", 550, "\x1b[2J\x00"),
        (b"451 see 5.1.1 in the docs\r\n", 451, "see 5.1.1 in the docs"),
    ],
)
def test_what_servers_really_send_is_read(octets: bytes, code: int, text: str) -> None:
    assert replies(octets) == [Reply(code=code, text=text)]


def test_a_reply_is_read_however_it_is_cut() -> None:
    octets = b"250-one\r\n250 two\r\n354 go\r\n"
    pieces = [octets[place : place + 1] for place in range(len(octets))]

    assert replies(*pieces) == [
        Reply(code=250, text="one\ntwo"),
        Reply(code=354, text="go"),
    ]


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"\r\n",
        b"25\r\n",
        b"2500 too many digits\r\n",
        b"050 no such class\r\n",
        b"650 no such class\r\n",
        "٢٥٠ ok\r\n".encode(),
        b"250-one\r\n354 other\r\n",
        b"<html>\r\n",
        b"2" * (MOST_LINE_BYTES + 1),
        b"250 " + b"x" * MOST_LINE_BYTES + b"\r\n",
        b"250-and so on\r\n" * 10_000,
    ],
)
def test_what_is_no_reply_is_refused(octets: bytes) -> None:
    with pytest.raises(UnreadableReplyError):
        replies(octets)


def test_what_came_before_the_unreadable_is_kept() -> None:
    """After the final dot, it may be the reply that counts."""
    reader = ReplyReader().feed(b"250 ok\r\nrubbish\r\n")

    assert next(reader) == Reply(code=250, text="ok")
    with pytest.raises(UnreadableReplyError):
        next(reader)


@pytest.mark.parametrize("octets", [b"2", b"250-one\r\n", b"250 ok\r\n2"])
def test_half_a_reply_is_noticed(octets: bytes) -> None:
    reader = ReplyReader()
    list(reader.feed(octets))

    assert not reader.is_between_replies


def test_nothing_is_between_replies() -> None:
    reader = ReplyReader()
    list(reader.feed(b"250 ok\r\n"))

    assert reader.is_between_replies


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        (199, (False, False, False)),
        (200, (True, False, False)),
        (299, (True, False, False)),
        (300, (False, True, False)),
        (399, (False, True, False)),
        (400, (False, False, True)),
        (599, (False, False, True)),
    ],
)
def test_the_first_digit_says_what_kind_of_reply_it_is(
    code: int, claims: tuple[bool, bool, bool]
) -> None:
    reply = Reply(code=code, text="")

    assert (reply.is_positive, reply.is_go_ahead, reply.is_refusal) == claims
