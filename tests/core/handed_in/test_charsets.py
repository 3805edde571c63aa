import pytest

from tuimail.core.handed_in.charsets import decoded, is_known


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        (b"caf\xc3\xa9", "UTF-8", "café"),
        (b"\xef\xbb\xbfa", "utf-8", "a"),
        (b"caf\xe9 \x93x\x94", "ISO-8859-1", "café “x”"),
        (b"\xb1\xe2", "euc-kr", "기"),
        (b"\x87\x40", "Shift_JIS", "①"),
        (b"\xd6\xd0", "gb2312", "中"),
        (b"plain", "us-ascii", "plain"),
        (b"\xd0\xd2", "koi8-r", "пр"),
    ],
)
def test_text_is_read_as_every_reader_reads_it(
    content: bytes, charset: str, text: str
) -> None:
    assert decoded(content, charset) == text


@pytest.mark.parametrize(
    "charset",
    ["x-unknown-9", "base64", "rot13", "idna", "unicode_escape", "a\0b", "aliases", ""],
)
def test_what_is_no_charset_of_mail_is_unknown(charset: str) -> None:
    assert not is_known(charset)
    assert decoded(b"a", charset) is None


def test_octets_that_are_no_text_in_the_charset_are_none() -> None:
    assert is_known("utf-8")
    assert decoded(b"\xff", "utf-8") is None
