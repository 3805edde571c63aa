"""What ``--help`` and the manual show as examples can be typed."""

import shlex

import pytest

from tuimail.cli.entry import command_of
from tuimail.cli.parser import Parser, parse
from tuimail.cli.verbs import VERBS
from tuimail.cli.words import Words

EXAMPLES = [
    pytest.param(verb, one, id=one)
    for verb in VERBS
    for one in command_of(verb).examples
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example(verb: str) -> None:
    assert command_of(verb).examples


@pytest.mark.parametrize(("verb", "example"), EXAMPLES)
def test_an_example_is_one_of_its_verb_and_is_understood(
    verb: str, example: str
) -> None:
    ours = next(one for one in example.split("| ") if one.startswith("tuimail"))
    typed = shlex.split(ours)
    given = [
        word
        for before, word in zip(["", *typed], typed, strict=False)
        if not {"<", ">", ">>"} & {before, word}
    ]

    words = Words(given[1:])
    parse(Parser(verb, "try"), command_of(verb), words.rest)

    assert given[0] == "tuimail"
    assert (words.verb, words.error) == (verb, None)
