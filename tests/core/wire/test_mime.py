import base64
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from tests.core.drafts import reader
from tuimail.core.wire.headers import TextHeader, write_header
from tuimail.core.wire.mime import (
    FilePart,
    MultiPart,
    Part,
    TextPart,
    content_header_names,
    content_type,
    content_type_header,
    render,
)
from tuimail.errors import DigestMismatchError

TEXT = TextPart(content_type="text/plain", text="Hello\n")
HTML = TextPart(content_type="text/html", text="<p>Hällo</p>\n")
FILE = FilePart(
    name="a.bin", content_type="application/x-a", digest="0" * 64, size_bytes=768
)
MIXED = MultiPart(
    subtype="mixed",
    parts=(MultiPart(subtype="alternative", parts=(TEXT, HTML)), FILE, FILE),
)


IMAGE = FilePart(
    name="logo.png",
    content_type="image/png",
    digest="0" * 64,
    size_bytes=768,
    content_id="logo.1@corp.example",
    is_inline=True,
)
RELATED = MultiPart(subtype="related", parts=(HTML, IMAGE))


def bytes_of(root: Part, *, seed: str = "seed") -> bytes:
    headers = (TextHeader(name="Subject", text="Hi"),)
    head, body = render(headers, root, boundary_seed=seed, read=reader())
    return b"".join((head, *body))


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def test_a_single_text_is_the_body() -> None:
    assert bytes_of(TEXT) == (
        b"Subject: Hi\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello\r\n"
    )


def test_a_single_file_is_the_body() -> None:
    raw = bytes_of(FILE)

    assert b'\r\nContent-Type: application/x-a; name="a.bin"\r\n' in raw
    assert b'\r\nContent-Disposition: attachment; filename="a.bin"\r\n\r\n' in raw


def test_parts_stand_between_boundaries_and_read_back_in_order() -> None:
    message = parsed(bytes_of(MIXED))

    types = [part.get_content_type() for part in message.walk()]
    assert types == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
        "application/x-a", "application/x-a",
    ]  # fmt: skip
    assert not [part for part in message.walk() if part.defects]
    assert [part.get_content() for part in message.iter_attachments()] == [
        bytes(range(256)) * 3
    ] * 2


def test_an_image_within_html_says_what_the_html_calls_it() -> None:
    _, image = parsed(bytes_of(RELATED)).iter_parts()

    assert image.items() == [
        ("Content-Type", 'image/png; name="logo.png"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", 'inline; filename="logo.png"'),
        ("Content-ID", "<logo.1@corp.example>"),
    ]


@pytest.mark.parametrize(
    ("root", "named"),
    [
        (HTML, "text/html"),
        (MultiPart(subtype="alternative", parts=(TEXT, HTML)), "multipart/alternative"),
    ],
)
def test_related_parts_say_what_the_first_of_them_is(root: Part, named: str) -> None:
    """RFC 2387 §3.1: the type parameter is not optional."""
    message = parsed(bytes_of(MultiPart(subtype="related", parts=(root, IMAGE))))

    assert message["Content-Type"].params == {
        "type": named,
        "boundary": message.get_boundary(),
    }


def test_flowed_text_is_cut_and_says_so() -> None:
    text = "From Köln with love. " * 9 + "\r\r\n> quoted\rFrom me"
    raw = bytes_of(TextPart(content_type="text/plain", text=text, is_flowed=True))

    message = parsed(raw)
    assert b"\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n" in raw
    lines = message.get_content().splitlines()
    assert max(map(len, lines)) <= 72
    assert lines[0].startswith(" From Köln with love. From")
    assert lines[-3:] == ["", "> quoted", " From me"]


@pytest.mark.parametrize("part", [TEXT, FILE, IMAGE, MIXED, RELATED])
def test_the_type_of_a_part_is_known_beforehand(part: Part) -> None:
    header = content_type_header(part, boundary_seed="seed")

    assert write_header(header).encode() in bytes_of(part)


def test_the_header_block_comes_first_and_whole() -> None:
    head, body = render(
        (TextHeader(name="Subject", text="Hi"),),
        MIXED,
        boundary_seed="x",
        read=reader(),
    )

    assert head.startswith(b"Subject: Hi\r\nContent-Type: multipart/mixed;")
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"\r\n\r\n") == 1
    assert next(iter(body)).startswith(b"--=_")


@pytest.mark.parametrize("part", [TEXT, FILE, IMAGE, MIXED, RELATED])
def test_the_names_of_the_content_headers_are_known_beforehand(part: Part) -> None:
    head, _ = render((), part, boundary_seed="x", read=reader())
    names = [
        line.partition(b":")[0].decode()
        for line in head.split(b"\r\n")
        if line and not line.startswith(b" ")
    ]

    assert tuple(names) == content_header_names(part)


@pytest.mark.parametrize(
    ("part", "named"),
    [(TEXT, "text/plain"), (FILE, "application/x-a"), (MIXED, "multipart/mixed")],
)
def test_a_part_says_its_type(part: Part, named: str) -> None:
    assert content_type(part) == named


def test_the_same_seed_gives_the_same_bytes_and_another_other_boundaries() -> None:
    assert bytes_of(MIXED) == bytes_of(MIXED)
    assert bytes_of(MIXED) != bytes_of(MIXED, seed="other")


def test_text_that_quotes_a_boundary_does_not_end_its_part() -> None:
    """Somebody may guess the seed, so the line itself must be impossible."""
    boundary = parsed(bytes_of(MIXED)).get_boundary()
    text = f"before\n--{boundary}\n--{boundary}--\nafter\n"
    parts = (TextPart(content_type="text/plain", text=text), HTML)

    message = parsed(bytes_of(MultiPart(subtype="mixed", parts=parts)))

    first, second = message.iter_parts()
    assert message.get_boundary() == boundary
    assert first.get_content().replace("\r\n", "\n") == text
    assert second.get_content_type() == "text/html"


@pytest.mark.parametrize(
    "name", ["report.pdf", "résumé.pdf", "ü" * 100, 'a"b;c.txt', "=?utf-8?q?x?=.exe"]
)
def test_a_file_name_reads_back_the_same(name: str) -> None:
    part = FilePart(name=name, content_type="text/plain", digest="", size_bytes=768)
    message = parsed(bytes_of(MultiPart(subtype="mixed", parts=(TEXT, part))))

    (found,) = message.iter_attachments()
    assert found.get_filename() == name
    assert len(found["Content-Disposition"].params) == 1


def test_big_text_comes_in_pieces() -> None:
    part = TextPart(content_type="text/plain", text="x" * 70 + "\n" + "y\n" * 100_000)

    _, body = render((), part, boundary_seed="x", read=reader())
    pieces = list(body)

    assert max(map(len, pieces)) <= 65_536
    assert len(pieces) > 2
    assert b"".join(pieces) == part.text.encode().replace(b"\n", b"\r\n")


def test_text_of_one_piece_is_one_and_no_text_is_none() -> None:
    def pieces(text: str) -> list[bytes]:
        part = TextPart(content_type="text/plain", text=text)
        return list(render((), part, boundary_seed="x", read=reader())[1])

    assert pieces("") == []
    assert pieces("y\n") == [b"y\r\n"]


def test_a_file_is_read_only_as_far_as_bytes_are_asked_for() -> None:
    """A message of any size is never held whole."""
    read_so_far = 0

    def read(_digest: str) -> Iterator[bytes]:
        nonlocal read_so_far
        for _ in range(100):
            read_so_far += 65_536
            yield bytes(65_536)

    part = FilePart(name="a", content_type="a/b", digest="", size_bytes=100 * 65_536)
    head, body = render((), part, boundary_seed="x", read=read)
    pieces = iter(body)
    first = next(pieces)

    assert read_so_far == 65_536
    rest = b"".join(pieces)
    assert base64.b64decode(first + rest) == bytes(100 * 65_536)
    assert head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("size", [767, 769])
def test_a_file_of_another_size_is_not_sent(size: int) -> None:
    part = FilePart(name="a.pdf", content_type="a/b", digest="", size_bytes=size)

    with pytest.raises(
        DigestMismatchError, match=f"'a.pdf' has 768 octets instead of {size}"
    ):
        bytes_of(part)
