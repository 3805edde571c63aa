import re

import pytest

from tests.architecture.printed import DOCS
from tests.core.drafts import attachment
from tuimail.core.policy.kinds import (
    CONTENT_CODES,
    FILE_FINDINGS,
    FILE_TYPES,
    KNOWN_CODES,
    blocked_type,
    is_known,
    setting_of,
)

_ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9-]+)` \|", re.MULTILINE)
EVERY = tuple(FILE_TYPES)


def test_the_codes_that_are_known_are_those_of_the_docs() -> None:
    """A new check adds its code here, or no rule ever releases what it found."""
    told = _ROW.findall((DOCS / "findings.md").read_text("utf-8"))

    assert sorted(KNOWN_CODES) == sorted(told)


def test_settings_are_about_codes_that_there_are() -> None:
    named = [*CONTENT_CODES.values(), *FILE_FINDINGS.values()]

    assert frozenset().union(*named) <= KNOWN_CODES
    assert FILE_FINDINGS.keys() == FILE_TYPES.keys()


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("secret.github-token", "secrets"),
        ("html.hidden-text", "hidden_text"),
        ("text.tag-chars", "hidden_text"),
        ("text.variation-smuggling", "hidden_text"),
        ("text.bidi-control", "bidi"),
        ("html.remote-content", "remote_content"),
        ("html.link-mismatch", "link_mismatch"),
        ("rcpt.bcc-external", "external_bcc"),
        ("text.placeholder", ""),
    ],
)
def test_each_code_has_its_setting(code: str, setting: str) -> None:
    assert is_known(code)
    assert setting_of(code) == setting


@pytest.mark.parametrize("code", ["", "secret", "text.new-check", "secrets.key"])
def test_other_codes_are_not_known(code: str) -> None:
    assert not is_known(code)


@pytest.mark.parametrize(
    ("name", "content_type", "word"),
    [
        ("setup.exe", "application/pdf", "executable"),
        ("setup.msi", "application/pdf", "executable"),
        ("report.lnk", "application/pdf", "executable"),
        ("report.txt", "application/x-rpm", "executable"),
        ("run.js", "text/plain", "script"),
        ("run.sh", "text/plain", "script"),
        ("disk.iso", "text/plain", "disk-image"),
        ("sheet.xlsm", "text/plain", "macro-document"),
        ("all.zip", "application/zip", "archive"),
        ("report.pdf", "application/pdf", ""),
        ("README", "application/octet-stream", ""),
    ],
)
def test_files_are_known_by_name_and_by_declared_type(
    name: str, content_type: str, word: str
) -> None:
    assert blocked_type(attachment(name, content_type=content_type), EVERY) == word
    assert blocked_type(attachment(name, content_type=content_type), ()) == ""
