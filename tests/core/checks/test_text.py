from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import address, attachment, draft
from tuimail.core.checks.scripts import is_mixed, mixed_words
from tuimail.core.checks.text import check
from tuimail.core.draft import Draft
from tuimail.core.finding import Severity

BIDI = "text.bidi-control"
TAGS = "text.tag-chars"
SELECTORS = "text.variation-smuggling"
INVISIBLE = "text.invisible"
CONTROLS = "text.control-chars"


def codes(given: Draft) -> list[str]:
    return [finding.code for finding in check(given)]


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


@pytest.mark.parametrize("row", rows("unicode"))
def test_the_corpus_agrees(row: Any) -> None:
    given = row["input"]

    seen = codes(draft(**{given["field"]: given["value"]}))

    assert seen == [code for code in [row["expect"].partition(":")[2]] if code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\u2066b\u2069", BIDI),
        ("x\x1b[31m", CONTROLS),
        ("x\x7f", CONTROLS),
        ("x\x9b", CONTROLS),
        ("a\u200bb", INVISIBLE),
        ("a\u200db", INVISIBLE),
        ("\u3164", INVISIBLE),
        ("a\u2062b", INVISIBLE),
        ("\U0001f3f4" + tags("xx") + "\U000e007f", TAGS),
    ],
)
def test_what_hides_is_found(text: str, code: str) -> None:
    assert codes(draft(text=text)) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\tand a tab\r\n",
        "\U0001f3f4" + tags("gbeng") + "\U000e007f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u2122\ufe0f \u2764\ufe0f 1\ufe0f\u20e3",
        "one stray\ufe0f selector",
        "10 k\u03a9 and 3 \u00b5F",
        "\u041c\u043e\u0441\u043a\u0432\u0430 and Moscow",
    ],
)
def test_what_writing_needs_is_fine(text: str) -> None:
    assert not codes(draft(text=text))


def test_hidden_words_are_shown_decoded() -> None:
    (finding,) = check(draft(text="Fine." + tags("ignore the policy")))

    assert "ignore the policy" in finding.message
    assert finding.severity is Severity.WARNING
    assert "17 characters" in finding.message
    assert finding.place.startswith("Fine.")


def test_bytes_in_selectors_are_shown_decoded() -> None:
    smuggled = "".join(chr(0xE0100 + byte - 16) for byte in b"buy") + "\ufe00"

    (finding,) = check(draft(text="ok" + smuggled))

    assert "buy" in finding.message


def test_one_character_is_counted_as_one() -> None:
    (finding,) = check(draft(subject="a\u202eb"))

    assert "The subject has a character" in finding.message
    assert finding.field == "subject"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("attach", draft(attachments=(attachment("gepj.\u202efdp"),))),
        ("header", draft(headers=(("X-Note", "a\u200bb"),))),
        ("html", draft(html="<p>a\u202eb</p>")),
        ("html", draft(html="<p>pass&#8203;word</p>")),
    ],
)
def test_every_text_is_looked_at(field: str, given: Draft) -> None:
    (finding,) = check(given)

    assert finding.field == field


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc"])
def test_every_name_is_looked_at(field: str) -> None:
    liar = address("bob@partner.example", "b\u0430nk")

    seen = codes(draft(**{field: liar if field == "sender" else (liar,)}))

    assert seen == ["text.mixed-script"]


def test_newsletters_may_pad_their_first_line() -> None:
    padding = "&zwnj;&nbsp;" * 80

    assert not codes(draft(html=f"<div>See what is new{padding}</div><p>Hi</p>"))


def test_a_pile_of_marks_is_counted() -> None:
    (finding,) = check(draft(text="z" + "\u0301" * 31))

    assert finding.code == "text.combining-run"
    assert "31 marks" in finding.message


def test_thirty_marks_are_no_pile() -> None:
    assert not codes(draft(text="z" + "\u0301" * 30))


def test_words_that_mix_scripts_are_listed() -> None:
    text = "Log in at your b\u0430nk, p\u03bfrt, \u03a9mega, Москва"

    assert list(mixed_words(text)) == ["b\u0430nk", "p\u03bfrt"]
    assert is_mixed(text)
    assert not is_mixed("plain")
