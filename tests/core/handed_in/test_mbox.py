"""Messages in one file, told apart by whichever way they were written."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.handed_in import mbox
from tuimail.core.handed_in.mbox import Dialect, MboxMail, pieces, split
from tuimail.errors import FieldError

START = b"From nora@example.org Thu Mar  4 09:30:00 2027\n"
HEAD = b"From: nora@example.org\nTo: bob@partner.example\n"
BIG = 1024 * 1024


def lines(content: bytes, size: int = 64) -> Iterator[bytes]:
    """Yield ``content`` as it is read from a file, so many bytes at a time."""
    yield from pieces(content[at : at + size] for at in range(0, len(content), size))


@pytest.fixture(autouse=True)
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have lines count as long that are not very long."""
    monkeypatch.setattr(mbox, "_LONG_LINE_BYTES", 64)


def mails(
    content: bytes, dialect: Dialect = Dialect.AUTO, *, limit: int = BIG
) -> list[MboxMail]:
    return list(split(lines(content), limit_bytes=limit, dialect=dialect))


def bodies(content: bytes, dialect: Dialect = Dialect.AUTO) -> list[bytes]:
    return [one.raw.partition(b"\n\n")[2] for one in mails(content, dialect)]


def one(body: bytes, *headers: bytes) -> bytes:
    return START + HEAD + b"".join(line + b"\n" for line in headers) + b"\n" + body


def sized(body: bytes, *, said: int | None = None) -> bytes:
    length = len(body) if said is None else said
    return one(body + b"\n", b"Content-Length: %d" % length)


def test_messages_are_told_apart_by_their_first_lines() -> None:
    found = mails(one(b"first\n\n") + one(b"second\n\n"))

    assert [mail.raw for mail in found] == [
        HEAD + b"\nfirst\n",
        HEAD + b"\nsecond\n",
    ]
    assert [mail.number for mail in found] == [1, 2]
    assert [mail.start for mail in found] == [0, len(one(b"first\n\n"))]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (Dialect.AUTO, b"From you\nFrom you\n>From you\n"),
        (Dialect.MBOXRD, b"From you\nFrom you\n>From you\n"),
        (Dialect.MBOXO, b"From you\nFrom you\n>>From you\n"),
        (Dialect.MBOXCL, b"From you\nFrom you\n>>From you\n"),
        (Dialect.MBOXCL2, b"From you\n>From you\n>>From you\n"),
    ],
)
def test_quotes_are_taken_off_as_they_were_put_on(
    dialect: Dialect, text: bytes
) -> None:
    content = one(b"From you\n>From you\n>>From you\n\n")

    assert bodies(content, dialect) == [text]


def test_it_is_said_how_many_lines_were_unquoted() -> None:
    (mail,) = mails(one(b">From a\n>>From b\n>>>From c\n\n"))

    assert (mail.unquoted, mail.still_quoted) == (3, 2)


def test_what_a_length_covers_is_left_as_it_is() -> None:
    text = b"one\n\n" + START + b"Subject: no mail\n\n>From me\n"
    content = sized(text) + sized(b"second\n")

    assert bodies(content) == [text, b"second\n"]
    assert bodies(content, Dialect.MBOXCL2) == [text, b"second\n"]
    assert mails(content)[0].still_quoted == 1


def test_a_length_may_come_with_quotes() -> None:
    content = sized(b">From me\n") + sized(b"second\n")

    assert bodies(content, Dialect.MBOXCL) == [b"From me\n", b"second\n"]


def test_a_length_may_leave_out_the_last_line_end() -> None:
    """The writer adds one, as the next mail has to begin on a line of its own."""
    assert bodies(sized(b"no end") + sized(b"x\n")) == [b"no end", b"x\n"]


@pytest.mark.parametrize("said", [0, 3, 8, 50, 10**9])
def test_a_length_that_is_wrong_is_not_believed(said: int) -> None:
    content = sized(b"first\n", said=said) + sized(b"second\n")

    assert bodies(content) == [b"first\n", b"second\n"]


def test_a_length_that_is_said_twice_is_not_believed() -> None:
    headers = (b"Content-Length: 2", b"Content-Length: 6")

    assert bodies(one(b"first\n\n", *headers) + one(b"x\n\n")) == [b"first\n", b"x\n"]


def test_lengths_that_waste_time_are_not_looked_at_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mbox, "_MOST_WASTED_BYTES", 10)
    right = b"a\n\n" + START + b"Subject: no mail\n\nb\n"

    content = sized(b"first\n", said=50) + sized(right)

    assert bodies(content) == [b"first\n", b"a\n", b"b\n"]


def test_line_ends_may_be_those_of_mail() -> None:
    content = (one(b"first\n\n") + one(b"second\n\n")).replace(b"\n", b"\r\n")

    assert [mail.raw.partition(b"\r\n\r\n")[2] for mail in mails(content)] == [
        b"first\r\n",
        b"second\r\n",
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"a\nFrom here 10:00 on\nNote: this\n",
        b"a\n\nFrom here on\nNote: this\n",
        b"a\n\nFrom 10:00 on\nwe work\n",
        b"a\n\nFrom 10:00 on\n",
        b"a" * 64 + b"\nFrom 10:00 on\nNote: this\n",
        b"a\n\n" + b"From 10:00 " + b"b" * 300 + b"\nNote: this\n",
    ],
)
def test_a_line_that_only_looks_like_a_first_one_is_text(text: bytes) -> None:
    assert bodies(one(text + b"\n"), Dialect.MBOXCL2) == [text]


def test_a_length_that_ends_within_a_long_line_is_not_believed() -> None:
    content = [START, b"Content-Length: 3\n", b"\n", b"abc", b"From 1:00\n", b"a: b\n"]

    (mail,) = split(content, limit_bytes=BIG)

    assert mail.raw.endswith(b"\n\nabcFrom 1:00\na: b\n")


def test_what_may_be_a_first_line_without_an_empty_one_before_it_is_counted() -> None:
    """Files that were put together without an empty line between them have those."""
    found = mails(one(b"first\n") + one(b"second\nFrom me at 9:30\n") + one(b"third\n"))

    assert [mail.doubtful for mail in found] == [2]
    assert found[0].raw.count(START) == 2
    assert [mail.doubtful for mail in mails(one(b"From me at 9:30\nHello\n"))] == [0]


def test_empty_lines_before_the_first_message_are_none_of_it() -> None:
    (found,) = mails(b"\n\r\n" + one(b"first\n"))

    assert (found.start, found.raw) == (3, HEAD + b"\nfirst\n")


def test_a_message_that_is_too_long_is_counted_and_not_kept() -> None:
    content = one(b"first\n\n") + one(b"x\n" * 200 + b"\n") + one(b"third\n\n")

    found = mails(content, limit=200)

    assert [(mail.is_too_long, bool(mail.raw)) for mail in found] == [
        (False, True),
        (True, False),
        (False, True),
    ]


def test_a_header_that_is_too_long_is_too_long() -> None:
    content = one(b"x\n\n", b"X-Long: " + b"a" * 300) + one(b"y\n\n")

    assert [mail.is_too_long for mail in mails(content, limit=200)] == [True, False]


def test_a_message_without_a_text_is_one() -> None:
    assert bodies(one(b"") + one(b"\n") + one(b"x\n\n")) == [b"", b"", b"x\n"]


def test_a_first_line_may_be_quoted_below_another() -> None:
    """Some programs keep that of the mail they were given."""
    content = START + b">From eve Thu Mar  4 09:30:00 2027\n" + HEAD + b"\nx\n"

    assert [mail.raw for mail in mails(content)] == [HEAD + b"\nx\n"]


def test_a_first_line_may_be_long() -> None:
    content = START[:-1] + b" " * 100 + b"\n" + HEAD + b"\nx\n"

    assert [mail.raw for mail in mails(content)] == [HEAD + b"\nx\n"]


def test_an_empty_file_has_none() -> None:
    assert mails(b"\n\n") == []


def test_what_is_no_mailbox_is_refused() -> None:
    with pytest.raises(FieldError, match="no mailbox"):
        mails(HEAD + b"\nx\n")


_TEXTS = st.lists(
    st.lists(
        st.sampled_from([b"", b"a", b"From x", b">From x", START[:-1], b"b: c"]),
        max_size=6,
    ).map(lambda found: b"".join(line + b"\n" for line in found)),
    min_size=1,
    max_size=4,
)


@given(_TEXTS)
def test_what_was_written_as_mboxrd_is_read_back(texts: list[bytes]) -> None:
    def quoted(text: bytes) -> bytes:
        return b"".join(
            b">" + line if line.lstrip(b">").startswith(b"From ") else line
            for line in text.splitlines(keepends=True)
        )

    content = b"".join(one(quoted(text) + b"\n") for text in texts)

    assert bodies(content) == texts
    assert bodies(content, Dialect.MBOXRD) == texts


@given(_TEXTS)
def test_what_was_written_with_its_length_is_read_back(texts: list[bytes]) -> None:
    content = b"".join(map(sized, texts))

    assert bodies(content, Dialect.MBOXCL2) == texts
    assert bodies(content) == texts


@given(st.binary(max_size=300), st.sampled_from(Dialect))
def test_any_bytes_end(content: bytes, dialect: Dialect) -> None:
    found = mails(START + content, dialect, limit=100)

    assert found
    assert all(len(mail.raw) <= 2 * 100 for mail in found)


def test_what_pythons_own_module_writes_is_read_back(tmp_path: Path) -> None:
    """It writes mboxo."""
    texts = [b"one\n", b"From me\n\nFrom 1:00\nto: you\n", b"", b"no end"]
    box = mailbox.mbox(tmp_path / "all.mbox")
    for text in texts:
        box.add(HEAD + b"\n" + text)
    box.close()

    content = (tmp_path / "all.mbox").read_bytes()

    assert [body.rstrip(b"\n") for body in bodies(content, Dialect.MBOXO)] == [
        text.rstrip(b"\n") for text in texts
    ]
