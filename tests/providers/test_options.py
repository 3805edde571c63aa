import pytest

from tuimail.errors import ConfigurationError
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount


def account(**given: str | int | bool) -> ProviderAccount:
    return ProviderAccount(name="work", options=given, secret=lambda: None)


@pytest.mark.parametrize("word", [True, "1", "true", "YES", "on", 1])
def test_there_are_words_for_yes(word: str | int) -> None:
    assert options.yes_or_no(account(key=word), "key", default=False)


@pytest.mark.parametrize("word", [False, "0", "false", "NO", "off", 0])
def test_there_are_words_for_no(word: str | int) -> None:
    assert not options.yes_or_no(account(key=word), "key", default=True)


@pytest.mark.parametrize("word", ["", "si", "enabled", 2, "y"])
def test_anything_else_is_neither(word: str | int) -> None:
    with pytest.raises(ConfigurationError, match="setting key of the account “work”"):
        options.yes_or_no(account(key=word), "key", default=False)


@pytest.mark.parametrize("value", ["a\nb", "a\x1bb", 3, True])
def test_text_is_one_line_that_can_be_shown(value: str | int) -> None:
    with pytest.raises(ConfigurationError, match="is not text"):
        options.text(account(key=value), "key")


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "٣", "9" * 30, 11, "11", ""])
def test_a_number_is_a_number_within_bounds(value: str | int) -> None:
    with pytest.raises(ConfigurationError, match="key") as raised:
        options.number(account(key=value), "key", default=1, lowest=0, highest=10)

    assert "between 0 and 10" in raised.value.hint


def test_what_is_not_said_has_a_default() -> None:
    assert options.text(account(), "key", default="x") == "x"
    assert options.number(account(), "key", default=3, lowest=0, highest=9) == 3
    assert options.choice(account(), "key", allowed=("a", "b"), default="b") == "b"


def test_there_may_be_no_options_at_all() -> None:
    with pytest.raises(ConfigurationError) as raised:
        options.refuse_unknown(account(host="h"), ())

    assert raised.value.hint == "There are: none."
