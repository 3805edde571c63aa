"""What docs/policy.md says is what the program reads."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.architecture.printed import DOCS
from tuimail.core.policy import lint
from tuimail.core.policy.kinds import CONTENT_CODES, FILE_TYPES
from tuimail.core.policy.policy import Policy
from tuimail.core.policy.telling import tables
from tuimail.settings.policy_file import policy_in
from tuimail.settings.policy_tables import known_keys

TEXT = (DOCS / "policy.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
ROWS = {
    key: default.strip().strip("`")
    for key, default in re.findall(r"^\| `([a-z_.]+)` \|([^|]*)\|", TEXT, re.MULTILINE)
}
KEYS = {f"{table}.{key}" for table, keys in known_keys().items() for key in keys} | {
    "version"
}


def read(text: str) -> Policy:
    return policy_in(Path("policy.toml"), text.encode())


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_can_be_read(text: str) -> None:
    assert read(text) != Policy()


@pytest.mark.parametrize("text", EXAMPLES)
def test_in_no_example_is_anything_odd(text: str) -> None:
    rules = tomllib.loads(text).get("rule", [])

    found = lint.remarks(
        read(text),
        now=datetime(2026, 11, 21, tzinfo=UTC),
        accounts={rule.get("account", "") for rule in rules},
        clients={rule.get("agent", "") for rule in rules},
    )

    assert found == ()


def test_the_first_example_has_every_key_but_those_for_rare_rules() -> None:
    given = tomllib.loads(EXAMPLES[0])
    rules = {f"rule.{key}" for rule in given["rule"] for key in rule}
    tabled = {
        f"{table}.{key}"
        for table, keys in given.items()
        if isinstance(keys, dict)
        for key in keys
    }

    assert KEYS - rules - tabled - {"version"} == {"rule.max_kb"}


def test_every_key_is_explained_with_its_default() -> None:
    explained = {key: text for key, text in ROWS.items() if key in KEYS}
    said = {
        f"{table}.{key}": value
        for table, keys in tables(Policy()).items()
        for key, value in keys.items()
    }

    assert explained.keys() == KEYS
    for key, value in said.items():
        assert explained[key] == _told(value), key


def _told(value: object) -> str:
    if value in (None, []):
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_kind_of_file_and_every_code_is_explained() -> None:
    assert ROWS.keys() >= {word for word in FILE_TYPES if "-" not in word}
    for word in FILE_TYPES:
        assert f"| `{word}` |" in TEXT
    for codes in CONTENT_CODES.values():
        for code in codes:
            assert f"`{code}`" in TEXT
