"""On which line of a file a setting stands."""

import tomllib

import pytest

from tuimail.settings.places import lines_of

TEXT = '''\
# mine
default_account = "work"

[accounts.work]   # by day
provider = "smtp"
signature = """
[accounts.other]
provider = "none"
"""
oauth.client_id = "x"
oauth = {  token_url = "https://a.example/t" }
host = "a"

[[accounts.work.identities]]
address = "one@example.org"
[[accounts.work.identities]]

address = "two@example.org"
[accounts."ho me"]
"provider" = 'smtp'
identities = [
  { address = "a@example.org" },
  { address = "b@example.org" },
]
'''


def test_each_setting_is_found_where_it_begins() -> None:
    found = lines_of(TEXT)

    assert found[("default_account",)] == 2
    assert found["accounts", "work", "provider"] == 5
    assert found["accounts", "work", "signature"] == 6
    assert found["accounts", "work", "oauth", "client_id"] == 10
    assert found["accounts", "work", "oauth", "token_url"] == 11
    assert found["accounts", "work", "host"] == 12
    assert found["accounts", "ho me", "provider"] == 20


def test_tables_of_a_list_are_counted() -> None:
    found = lines_of(TEXT)

    assert found["accounts", "work", "identities[1]", "address"] == 15
    assert found["accounts", "work", "identities[2]", "address"] == 18
    assert found["accounts", "ho me", "identities[2]", "address"] == 21


def test_what_only_looks_like_a_setting_is_none() -> None:
    """A text over several lines may hold anything."""
    assert not [place for place in lines_of(TEXT) if "other" in place]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_are_either(end: str) -> None:
    text = end.join(("a = 1", "[t]", "b = 2", ""))
    assert tomllib.loads(text)

    assert lines_of(text) == {("a",): 1, ("t", "b"): 3}


def test_a_tables_table_belongs_to_the_last_of_a_list() -> None:
    text = "[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 3\n"

    assert lines_of(text)["a[2]", "b", "y"] == 6


def test_nothing_stands_nowhere() -> None:
    assert lines_of("") == {}
