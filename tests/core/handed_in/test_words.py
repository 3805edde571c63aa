import pytest

from tuimail.core.handed_in.words import has_words, read_words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("a =? b", "a =? b"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
        ("=?iso-8859-1?Q?caf=E9_x?= y", "café x y"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= \t =?iso-8859-1?q?=E9?= c", "aé c"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?utf-8*de?q?a?=", "a"),
        ("=?utf-8?b?Y2Fmw6k?=", "café"),
        ("=?utf-8?q??=", ""),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
    ],
)
def test_encoded_words_are_read_as_readers_show_them(written: str, read: str) -> None:
    assert read_words(written) == read


def test_a_character_split_between_two_words_is_put_together() -> None:
    assert read_words("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=") == "café"


@pytest.mark.parametrize(
    "written",
    [
        "=?x-unknown?q?a?=",
        "=?utf-8?q?=FF?=",
        "=?utf-8?q?=4?=",
        "=?utf-8?b?a*b?=",
        "=?utf-8?b?YWJjZ?=",
        "=?utf-8?x?a?=",
        "=?utf-8?q?two words?=",
        "=?utf-8?q?a?= =?utf-8?b?*?=",
    ],
)
def test_a_word_that_cannot_be_read_stays_as_it_is(written: str) -> None:
    assert read_words(written) == written


def test_a_word_is_known_again_where_it_was_left() -> None:
    assert has_words("=?x-unknown?q?a?=")
    assert not has_words("=?utf-8?q?two words?=")


@pytest.mark.parametrize(
    "written", ["=?a?q?" * 300_000, "=?utf-8?q?a?= " * 100_000, "=?" * 800_000]
)
def test_a_header_full_of_beginnings_is_read_at_once(written: str) -> None:
    assert len(read_words(written)) <= len(written)
