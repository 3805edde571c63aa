import pytest

from tuimail.cli.parser import (
    Command,
    Parser,
    add_id,
    add_revision,
    nothing,
    parse,
    positive,
    seconds,
)
from tuimail.cli.times import moment_for
from tuimail.errors import UsageError


def _arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)
    parser.add_argument("--at", type=moment_for("at"))
    parser.add_argument("--wait", type=seconds)
    parser.add_argument("--reason")


def _refusal(*words: str) -> UsageError:
    command = Command(arguments=_arguments, run=lambda _call: 0)
    with pytest.raises(UsageError) as caught:
        parse(Parser("reject", "say no"), command, words)
    return caught.value


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("x", "--at", "soon"), "at"),
        (("x", "--at", "0001-01-01T00:00+23:59"), "at"),
        (("x", "--wait", "nan"), "wait"),
        (("x", "--wait", "inf"), "wait"),
        (("x", "--wait", "-1"), "wait"),
        (("x", "--wait", "1e9"), "wait"),
        (("x", "--wait", "long"), "wait"),
        (("x", "--revision", "0"), "revision"),
        (("x", "--revision", "-2"), "revision"),
        (("x", "--revision", "9999999"), "revision"),
        (("x", "--reason"), "reason"),
        (("x", "--unknown"), ""),
        (("x", "--rea", "abbreviated"), ""),
        ((), "id"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_flag(
    words: tuple[str, ...], field: str
) -> None:
    error = _refusal(*words)

    assert error.field == field
    assert str(error).endswith(".")
    assert "\n" not in str(error)
    assert error.hint
    assert error.exit_code == 2


def test_a_value_that_begins_with_a_dash_is_explained() -> None:
    error = _refusal("x", "--reason", "--no")

    assert error.hint.startswith("Write --reason=VALUE")


def test_numbers_that_may_stand_are_taken() -> None:
    assert seconds("0") == 0
    assert seconds("1.5") == 1.5
    assert positive("50") == 50


def test_a_verb_without_flags_takes_none() -> None:
    command = Command(arguments=nothing, run=lambda _call: 0)

    assert vars(parse(Parser("x", "y"), command, [])) == {}
