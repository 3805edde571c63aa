"""The address under which others reach the workspace: https, or none."""

from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.config import load


def loaded(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> str:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load(path, environ or {}).public_url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://mail.example.org", "https://mail.example.org"),
        ("https://mail.example.org/", "https://mail.example.org"),
        ("https://mail.example.org:8443/a/b-c/", "https://mail.example.org:8443/a/b-c"),
        ("", ""),
    ],
)
def test_an_address_is_read_without_a_slash_at_its_end(
    tmp_path: Path, written: str, read: str
) -> None:
    assert loaded(tmp_path, f'public_url = "{written}"') == read


def test_there_is_none_where_nobody_says_one(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == ""


def test_a_variable_beats_the_file(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        'public_url = "https://a.example"',
        {"TUIMAIL_PUBLIC_URL": "https://b.example"},
    )

    assert found == "https://b.example"


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "mail.example.org",
        "https://localhost",
        "https://user@mail.example.org",
        "https://mail.example.org?a=b",
        "https://mail.example.org/#a",
        "https://mail.example.org:0",
        "https://mail.example.org:99999",
        "https://mail.example.org/a b",
        "https://mäil.example.org",
        f"https://mail.example.org/{'a' * 60}",
        "https://mail.example.org/a/b/c/d/e",
    ],
)
def test_what_programs_elsewhere_cannot_ask_is_refused(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        loaded(tmp_path, f'public_url = "{url}"')

    assert refused.value.field == "public_url"
    assert url[:60] in str(refused.value)
    assert "https://" in refused.value.hint
