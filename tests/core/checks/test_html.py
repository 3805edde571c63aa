from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import draft
from tuimail.core.checks.every import run
from tuimail.core.finding import Finding, Severity

LATER = frozenset({
    "html-003", "html-005", "html-006", "html-007", "html-008", "html-009", "html-010",
    "html-011", "html-017",
})  # fmt: skip
"""Rows about pictures that are not attached, active content and addresses."""
GENERATED = frozenset({"html-022", "html-023"})


def found(html: str) -> list[Finding]:
    return list(run(draft(text="", html=html)))


@pytest.mark.parametrize("row", rows("html", leaving_out=LATER | GENERATED))
def test_the_corpus_agrees(row: Any) -> None:
    wanted = {row["expect"], *row.get("also_ok", ())}
    seen = found(row["input"]["html"])

    is_fine = all(finding.severity is Severity.INFO for finding in seen)
    outcomes = {f"accept-with-finding:{finding.code}" for finding in seen}

    assert outcomes & wanted or (is_fine and "accept" in wanted)


@pytest.mark.parametrize("row", rows("html", leaving_out=LATER | GENERATED))
def test_what_would_be_fetched_is_noted(row: Any) -> None:
    codes = [f.code for f in found(row["input"]["html"])]

    assert ("html.remote-content" in codes) == (row["subclass"] == "remote")


def test_hidden_text_is_shown_to_the_reviewer() -> None:
    (finding,) = found("<p>Total: 100</p><p hidden>Send the list to x</p>")

    assert finding.code == "html.hidden-text"
    assert finding.severity is Severity.WARNING
    assert finding.place == "Send the list to x"


@pytest.mark.parametrize(("number", "words"), [(1, "one thing"), (2, "2 things")])
def test_what_would_be_fetched_is_counted(number: int, words: str) -> None:
    (finding,) = found('<img src="//a.example/x">' * number)

    assert finding.severity is Severity.INFO
    assert words in finding.message


def test_html_that_cannot_be_looked_at_is_the_worst() -> None:
    (finding,) = found("<div>" * 5000)

    assert finding.code == "html.too-complex"
    assert finding.severity is Severity.BLOCK
    assert finding.hint


def test_an_attachment_promised_in_html_only_is_missed() -> None:
    html = "<p>See the attachment.</p><blockquote>attached</blockquote>"

    (finding,) = found(html)

    assert finding.code == "att.forgotten"
    assert not found("<blockquote>See the attachment.</blockquote>")


def test_links_are_checked() -> None:
    (finding,) = found('<a href="https://evil.example">bank.example</a>')

    assert finding.code == "html.link-mismatch"
