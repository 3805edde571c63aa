"""The man page, the schemas, and the scripts of shells: all from the parsers."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from tests.architecture.printed import MAN
from tests.cli.answers import misfit
from tests.cli.conftest import Shell
from tuimail.cli import completion, manual
from tuimail.cli.entry import command_of
from tuimail.cli.reference import verbs
from tuimail.cli.schemas.shape import schema
from tuimail.cli.schemas.verbs import ANSWERS, NONE
from tuimail.cli.verbs import GROUPS, VERBS

VERB_NAMES = [verb.name for verb in verbs()]


def test_every_verb_is_in_the_overview_once() -> None:
    shown = [verb for _, names in GROUPS for verb in names]

    assert sorted(shown) == sorted(set(VERBS) - {""})


def test_every_verb_says_what_it_answers() -> None:
    assert set(ANSWERS).isdisjoint(NONE)
    assert sorted([*ANSWERS, *NONE]) == sorted(VERBS)


@pytest.mark.parametrize("verb", ANSWERS)
def test_a_schema_takes_the_error_that_every_verb_may_answer_with(
    tuimail: Shell, verb: str
) -> None:
    failure = {"code": "usage", "message": "No.", "hint": "", "field": ""}

    schema = tuimail("schema", *verb.split()).json

    assert schema["title"] == f"tuimail {verb} --json"
    assert misfit(verb, {"error": failure}) == ""
    assert misfit(verb, {"error": failure, "more": 1})
    assert misfit(verb, {})


def test_all_of_it_is_json_schema_as_its_own_schema_says() -> None:
    shapes = {one.name: one for found in ANSWERS.values() for one in found}

    Draft202012Validator.check_schema(schema(shapes.values(), title="all"))


@pytest.mark.parametrize(("verb", "why"), [("compose", "opens the app"), ("sned", "")])
def test_a_verb_without_an_answer_has_no_schema(
    tuimail: Shell, verb: str, why: str
) -> None:
    answer = tuimail("schema", verb, "--json")

    assert (answer.code, answer.error["field"]) == (1, "verb")
    assert why in answer.error["message"]


def test_the_manual_that_is_installed_is_what_the_verb_prints(tuimail: Shell) -> None:
    """After a change, write it anew: python -m tests.architecture.printed."""
    assert MAN.read_text() == manual.page()
    assert tuimail("man").text == manual.page()
    assert tuimail("man", "--json").json == {"page": manual.page()}


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_the_manual_has_every_verb_with_its_flags_and_examples(verb: str) -> None:
    page = MAN.read_text().replace(r"\-", "-").replace(r"\e", "\\")
    (found,) = (one for one in verbs() if one.name == verb)

    begin = page.index(f"\\fBtuimail {verb}\\fR")
    end = page.find("\n.TP\n\\fBtuimail ", begin)
    part = page[begin : end if end > 0 else None]
    assert all(f"\\fB{flag}\\fR" in part for one in found.flags for flag in one.flags)
    assert all(example in part for example in command_of(verb).examples)


def test_no_line_of_the_manual_is_an_instruction_by_mistake() -> None:
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi"}
    page = MAN.read_text()

    assert page.isascii()
    assert {line.split()[0] for line in page.splitlines() if line[:1] == "."} <= known
    assert not any(line.startswith("'") for line in page.splitlines())
    assert manual._text(".x-ü\\") == r"\&.x\-\[u00FC]\e"


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_a_script_knows_every_verb_and_flag(tuimail: Shell, shell: str) -> None:
    script = tuimail("completion", shell).text
    flags = {
        flag
        for verb in verbs()
        for one in verb.flags
        for flag in one.flags
        if flag.startswith("--")
    }
    known = set(re.findall(r"--[a-z-]+", script.replace(" -l ", " --")))

    assert flags <= known
    assert {word for name in VERB_NAMES for word in name.split()} <= set(
        re.findall(r"[a-z-]+", script)
    )
    assert "@" not in re.sub(r"\$@|\[@\]|@example|user@", "", script)
    assert tuimail("completion", shell, "--json").json["script"] == script


def test_a_schema_is_json_schema_that_others_can_read(tuimail: Shell) -> None:
    document = json.loads(tuimail("schema", "show").text)

    assert document["$schema"].endswith("2020-12/schema")
    assert document["$defs"]["page"]["properties"]["due_at"] == {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}],
        "description": "when it is to leave",
    }


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_the_help_of_a_verb_has_its_examples_and_says_what_each_option_does(
    tuimail: Shell, verb: str
) -> None:
    told = tuimail(*verb.split(), "--help").text
    (found,) = (one for one in verbs() if one.name == verb)

    assert all(f"  {example}\n" in told for example in found.examples)
    assert all(one.help for one in (*found.words, *found.flags))
