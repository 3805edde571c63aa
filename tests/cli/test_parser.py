from argparse import Namespace
from collections.abc import Callable

import pytest

from tuimail.cli.flags import add_fields
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


@pytest.mark.parametrize(
    "words",
    [
        "--to a --cc x --to b --to c --subject s --cc y",
        "--to a --to b",
        "--to a --to=b --to c",
        "--to a --to",
        "--to a --to --to",
        "--to a --attach - --attach b --to c",
        "--to a --to b stray --to c",
        "--to a --subject --to b",
        "--to a -- --to b",
        "--to= --to b",
        "--to a --zebra b --to c",
    ],
)
def test_what_is_said_again_is_read_as_argparse_reads_it(words: str) -> None:
    typed = words.split()
    plain = Parser("send", "send")
    add_fields(plain)
    command = Command(arguments=add_fields, run=lambda _call: 0)

    found = _outcome(lambda: parse(Parser("send", "send"), command, typed))

    assert found == _outcome(lambda: plain.parse_args(typed))


def _outcome(run: Callable[[], Namespace]) -> object:
    try:
        return vars(run())
    except UsageError as error:
        return str(error), error.field


def test_argparse_is_given_a_repeated_flag_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It looks at all of them for each, and would take minutes."""
    given: list[int] = []
    plain = Parser.parse_args

    def counted(self: Parser, words: list[str]) -> Namespace:
        given.append(len(words))
        return plain(self, words)

    monkeypatch.setattr(Parser, "parse_args", counted)
    addresses = [f"a{number}@example.org" for number in range(10_000)]
    typed = [word for one in addresses for word in ("--to", one)]
    command = Command(arguments=add_fields, run=lambda _call: 0)

    found = parse(Parser("send", "send"), command, typed)

    assert found.to == addresses
    assert given == [2]
