import pytest

from tuimail.cli.verbs import GROUPS, VERBS, overview
from tuimail.cli.words import Words


@pytest.mark.parametrize(
    "typed",
    [
        ["--json", "--workspace", "w", "--config=c", "list", "--limit", "2"],
        ["list", "--limit", "2", "--json", "--workspace=w", "--config", "c"],
        ["--config", "c", "list", "--json", "--limit", "--workspace", "w", "2"],
    ],
)
def test_global_options_stand_before_and_after_the_verb(typed: list[str]) -> None:
    words = Words(typed)

    assert (words.verb, words.rest) == ("list", ["--limit", "2"])
    assert (words.is_json, words.workspace, words.config) == (True, "w", "c")
    assert words.error is None


def test_two_words_are_one_verb_where_there_is_one() -> None:
    words = Words(["outbox", "--json", "run", "--drain"])

    assert (words.verb, words.rest) == ("outbox run", ["--drain"])


def test_the_longer_verb_does_not_hide_the_shorter() -> None:
    words = Words(["outbox", "--limit", "3"])

    assert (words.verb, words.rest) == ("outbox", ["--limit", "3"])


def test_what_asks_for_help_counts_hops_among_the_flags_of_sendmail() -> None:
    """Taken for help, it answered 0 to a program whose mail nobody had read."""
    words = Words(["sendmail", "-t", "-h", "3"])

    assert (words.rest, words.wants_help) == (["-t", "-h", "3"], False)
    assert Words(["sendmail", "-h", "3", "a@b.example"]).rest[0] == "-h"
    assert Words(["sendmail", "-h"]).wants_help
    assert Words(["send", "-h", "3"]).wants_help


def test_nothing_typed_is_the_app_and_no_error() -> None:
    words = Words([])

    assert (words.verb, words.error) == ("", None)


def test_after_two_dashes_nothing_is_an_option() -> None:
    words = Words(["show", "--", "--json"])

    assert words.rest == ["--", "--json"]
    assert not words.is_json


@pytest.mark.parametrize("typed", [["--workspace"], ["--config="], ["--config", "--x"]])
def test_a_global_option_without_its_value_is_an_error(typed: list[str]) -> None:
    words = Words([*typed, "list"] if typed[0].endswith("=") else typed)

    assert words.error is not None
    assert "needs a value" in str(words.error)
    assert words.error.field in {"workspace", "config"}


def test_an_empty_workspace_is_not_the_folder_one_stands_in() -> None:
    words = Words(["--workspace", "", "list"])

    assert words.workspace is None
    assert words.error is not None


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("sned", "Did you mean: tuimail send"),
        ("quetzalcoatl", "See: tuimail --help"),
        ("accounts", "Write one of: accounts list, accounts show"),
        ("--nonsense", "See the verbs: tuimail --help"),
    ],
)
def test_an_unknown_verb_is_answered_with_what_to_type(typed: str, hint: str) -> None:
    words = Words([typed])

    assert words.error is not None
    assert words.error.hint.startswith(hint)


def test_the_first_mistake_is_the_one_that_is_told() -> None:
    words = Words(["--config=", "sned"])

    assert words.error is not None
    assert words.error.field == "config"


def test_every_verb_is_in_the_overview_once() -> None:
    shown = [verb for _, verbs in GROUPS for verb in verbs]

    assert sorted(shown) == sorted(verb for verb in VERBS if verb)
    assert all(f"  {verb} " in overview() for verb in shown)
