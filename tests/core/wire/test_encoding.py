import base64
import quopri
import re
from collections.abc import Callable
from email.header import decode_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuimail.core.wire.encoding import (
    PIECE_BYTES,
    base64_lines,
    encode_text,
    encoded_words,
    parameter,
    plain_name,
    quoted_printable,
    with_lf,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def decoded(words: list[str]) -> str:
    return "".join(
        word.decode(charset or "ascii")
        for text in words
        for word, charset in decode_header(text)
    )


def test_mostly_ascii_is_written_in_q() -> None:
    assert list(encoded_words("Grüße, Bob_1?")) == [
        "=?utf-8?q?Gr=C3=BC=C3=9Fe=2C_Bob=5F1=3F?="
    ]


def test_mostly_other_letters_are_written_in_b() -> None:
    assert list(encoded_words("用户注册")) == ["=?utf-8?b?55So5oi35rOo5YaM?="]


@pytest.mark.parametrize(
    "text", ["é" * 100, "用" * 100, "💩" * 50, "a" * 300, "é 用 " * 50]
)
@pytest.mark.parametrize("room", [24, 40, 75])
def test_each_word_stands_for_itself_and_is_short_enough(text: str, room: int) -> None:
    first, *others = words = list(encoded_words(text, room=room))

    assert len(first) <= room
    assert all(len(word) <= 75 for word in others)
    assert "".join(decoded([word]) for word in words) == text


def test_a_first_word_without_room_still_holds_a_character() -> None:
    first, *_ = encoded_words("💩💩💩", room=-10)

    assert decoded([first]) == "💩💩"


@settings(deadline=None, database=None)
@given(TEXTS.filter(bool))
def test_encoded_words_need_no_quoting_anywhere(text: str) -> None:
    """RFC 2047 §5(3): in a display name only these characters may stand."""
    words = list(encoded_words(text))

    assert decoded(words) == text
    assert all(
        re.fullmatch(r"=\?utf-8\?[qb]\?[A-Za-z0-9!*+/=_-]+\?=", w) for w in words
    )


@pytest.mark.parametrize("name", ["report.pdf", "a b (1).txt", "it's [x] {y}.tar.gz"])
def test_a_name_that_everybody_reads_alike_stays_as_it_is(name: str) -> None:
    assert parameter("filename", name) == (f'filename="{name}"',)
    assert plain_name(name) == name


@pytest.mark.parametrize(
    ("name", "written", "plain"),
    [
        ("résumé.pdf", "filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "r_sum_.pdf"),
        ('a"b.txt', "filename*=utf-8''a%22b.txt", "a_b.txt"),
        ("a;b.txt", "filename*=utf-8''a%3Bb.txt", "a_b.txt"),
        ("100%.txt", "filename*=utf-8''100%25.txt", "100_.txt"),
        (
            "=?utf-8?q?x?=",
            "filename*=utf-8''%3D%3Futf-8%3Fq%3Fx%3F%3D",
            "=_utf-8_q_x_=",
        ),
        (" a ", "filename*=utf-8''%20a%20", "_a_"),
    ],
)
def test_any_other_name_is_percent_encoded_once(
    name: str, written: str, plain: str
) -> None:
    assert parameter("filename", name) == (written,)
    assert plain_name(name) == plain


def test_a_long_name_is_written_in_sections_between_characters() -> None:
    first, *others = sections = parameter("filename", "ü" * 60)

    assert first.startswith("filename*0*=utf-8''%C3%BC")
    assert others[0].startswith("filename*1*=%C3%BC")
    assert all(len(section) < 75 for section in sections)
    assert "".join(section.partition("=")[2] for section in sections) == (
        "utf-8''" + "%C3%BC" * 60
    )


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("", b""),
        ("a", b"a\r\n"),
        ("a\n\nb\n", b"a\r\n\r\nb\r\n"),
        ("a\rb\r\nc\n\rd", b"a\r\nb\r\nc\r\n\r\nd\r\n"),
        (".\n..\tx ", b".\r\n..\tx \r\n"),
        ("x" * 998, b"x" * 998 + b"\r\n"),
    ],
)
def test_plain_ascii_stays_with_its_line_ends_made_crlf(text: str, body: bytes) -> None:
    assert encode_text(text) == ("7bit", body)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("café = bar x", b"caf=C3=A9 =3D bar x\r\n"),
        ("x\x1b[2J", b"x=1B[2J\r\n"),
        ("From me\nFrom you\n From", b"=46rom me\r\n=46rom you\r\n From\r\n"),
        ("a\n--=_x", b"a\r\n--=3D_x\r\n"),
        ("--=_x", b"--=3D_x\r\n"),
        ("é word \nb\t\nword", b"=C3=A9 word=20\r\nb=09\r\nword\r\n"),
        ("x" * 999, b"=\r\n".join([b"x" * 75] * 13 + [b"x" * 24]) + b"\r\n"),
    ],
)
def test_what_may_not_stand_as_it_is_becomes_quoted_printable(
    text: str, body: bytes
) -> None:
    assert encode_text(text) == ("quoted-printable", body)


def test_text_in_another_script_becomes_base64() -> None:
    encoding, body = encode_text("用户\r注册")

    assert encoding == "base64"
    assert base64.b64decode(body).decode() == "用户\r\n注册\r\n"


@settings(deadline=None, database=None)
@given(TEXTS | st.text("a= \t\r\né", max_size=300))
def test_text_reads_back_the_same_but_for_line_ends(text: str) -> None:
    encoding, body = encode_text(text)
    read: dict[str, Callable[[bytes], bytes]] = {
        "7bit": bytes,
        "base64": base64.b64decode,
        "quoted-printable": quopri.decodestring,
    }
    lines = re.sub("\r\n|\r|\n", "\r\n", text)

    assert read[encoding](body).decode() == (
        lines if not lines or lines.endswith("\r\n") else f"{lines}\r\n"
    )


@pytest.mark.parametrize("before", ["", "y\n", "y\n" * 2_000])
@pytest.mark.parametrize("after", ["", "\ny", "\n" + "y\n" * 2_000])
@pytest.mark.parametrize(
    ("length", "encoding"), [(998, "7bit"), (999, "quoted-printable")]
)
def test_one_line_too_long_is_found_wherever_it_stands(
    before: str, after: str, length: int, encoding: str
) -> None:
    found, _ = encode_text(f"{before}{'x' * length}{after}")

    assert found == encoding


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("é" + "x" * 67 + "From me", [b"=C3=A9" + b"x" * 67 + b"Fr=", b"om me"]),
        ("é" + "x" * 69 + "From me", [b"=C3=A9" + b"x" * 69 + b"=", b"=46rom me"]),
        (
            "é\nFrom " + "x" * 71,
            [b"=C3=A9", b"=46=", b"rom " + b"x" * 71],
        ),
        ("é" + "x" * 67 + " ", [b"=C3=A9" + b"x" * 67 + b"=20"]),
        ("é" + "x" * 68 + "\t", [b"=C3=A9" + b"x" * 68 + b"=", b"=09"]),
        ("é" + "x" * 69 + " ", [b"=C3=A9" + b"x" * 69 + b"=", b"=20"]),
        ("é\n.\n..", [b"=C3=A9", b"=2E", b".."]),
    ],
)
def test_an_escape_at_the_edge_of_a_line_goes_into_the_next(
    text: str, lines: list[bytes]
) -> None:
    assert encode_text(f"{text}\n") == ("quoted-printable", b"\r\n".join([*lines, b""]))


WORDS = st.sampled_from([
    "a", "é", "=", " ", "\t", "\n", ".", "From ", "\x7f", "\x01", "x" * 36, "x" * 71,
])  # fmt: skip


@settings(deadline=None, database=None, max_examples=500)
@given(st.lists(WORDS, max_size=30).map("".join) | TEXTS.map(with_lf))
def test_quoted_printable_keeps_every_rule_on_every_line(text: str) -> None:
    written = quoted_printable(text.encode())

    lines = written.split(b"\r\n")
    assert all(len(line) <= 76 for line in lines)
    assert all(re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", one) for one in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    assert not any(line.startswith(b"From ") for line in lines)
    assert quopri.decodestring(written).decode() == text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "piece", ["é", "x", " \n", "\n", "é \n", "=", "From ", "é\t\n"]
)
def test_a_million_of_the_same_are_no_trouble(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))

    _, body = encode_text(text)

    assert max(map(len, body.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("text", "read"), [("a\r\nb\rc\nd", "a\nb\nc\nd"), ("\n\r", "\n\n"), ("a", "a")]
)
def test_every_line_end_can_be_made_lf(text: str, read: str) -> None:
    assert with_lf(text) == read


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 47_880, 47_881, 200_000])
@pytest.mark.parametrize("step", [1, 57, 65_536, 300_000])
def test_base64_is_the_same_however_the_bytes_come_in(size: int, step: int) -> None:
    if step == 1:
        size = min(size, 2_000)
    content = bytes(index * 7 % 256 for index in range(size))
    chunks = [content[at : at + step] for at in range(0, size, step)]

    pieces = list(base64_lines(chunks))

    expected = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert b"".join(pieces) == expected
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)
