from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import address, attachment, draft
from tuimail.core.checks import every
from tuimail.core.checks import text as text_checks
from tuimail.core.checks.scripts import is_mixed, is_mixed_label, mixed_words
from tuimail.core.checks.text import FOUND_LIMIT, check
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity

BIDI = "text.bidi-control"
TAGS = "text.tag-chars"
SELECTORS = "text.variation-smuggling"
INVISIBLE = "text.invisible"
CONTROLS = "text.control-chars"
MIXED = "text.mixed-script"


def codes(given: Draft) -> list[str]:
    return [finding.code for finding in check(given)]


def found_in(text: str) -> list[Finding]:
    return list(check(draft(text=text)))


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


@pytest.mark.parametrize("row", rows("unicode"))
def test_the_corpus_agrees(row: Any) -> None:
    """A word that is broken up is still read as the password it gives away."""
    given = draft(**{row["input"]["field"]: row["input"]["value"]})

    seen = [f.code for f in every.run(given) if f.severity is not Severity.INFO]

    known = {"att.forgotten", "secret.generic-assignment"}
    assert [code for code in seen if code not in known] == [
        code for code in [row["expect"].partition(":")[2]] if code
    ]


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
        ("\U0001f600" + tags("gbeng") + "\U000e007f", TAGS),
        ("\U000e0001en", TAGS),
        ("a\u202db\u202c", BIDI),
        ("\u202e", BIDI),
        ("pay \u2067\u202e1234\u202c\u2069 now", BIDI),
        ("e\U000e0101", SELECTORS),
        ("\u845b\U000e0100\U000e0101", SELECTORS),
        ("a\ufe00b\ufe01c\ufe0f", SELECTORS),
        ("\u2764\ufe0f\ufe00\u2764\ufe0f\ufe01", SELECTORS),
        ("pass\u200dword", INVISIBLE),
        ("pass\u200fword", INVISIBLE),
        ("pass\u061cword", INVISIBLE),
        ("a\u115fb", INVISIBLE),
        ("a\u1160b", INVISIBLE),
        ("a\u2061b\u2064", INVISIBLE),
        ("a\u034fb", INVISIBLE),
        ("a\u180eb", INVISIBLE),
        ("a\ufffab", INVISIBLE),
        ("a\U0001d173b", INVISIBLE),
        ("a\U000e0080b", INVISIBLE),
        ("a\ufeff", INVISIBLE),
        ("\u0645\u200c\u200c\u200c\u062e", INVISIBLE),
        ("b\u0585nus", MIXED),
        ("\u0421a\u0448\u0430", MIXED),
        ("p\u03b1yment", MIXED),
        ("\u13aapple", MIXED),
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
        "\u05e9\u05dc\u05d5\u05dd\u200f! \u200eabc\u200f \u05d0\u200f(1)",
        "\u0915\u094d\u200d\u0937 \u0d28\u0d4d\u200d",
        "1445 \u0647\u200d and \u0645\u06cc\u200c, \u0644\u06cc\u200c\u0647\u0627",
        "\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22",
        "\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2\u179a",
        "\U0001f468\U0001f3fd\u200d\U0001f4bb \U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468",
        "\U0001f1e9\U0001f1ea #\ufe0f\u20e3 0\ufe0f\u20e3",
        "\u845b\U000e0100\u57ce \u9038\ufe00",
        "\u1820\u180b \u1828\u180e\u1820",
        "two stray\ufe0f 1\ufe0f selectors\ufe0f",
        "TNF\u03b1, \u03bbDNA, SMS\u043a\u0438, USB-\u043f\u043e\u0440\u0442",
        "\u6771\u4eac Tower, \ud55c\uad6d Korea, caf\u00e9",
    ],
)
def test_what_writing_needs_is_fine(text: str) -> None:
    assert not codes(draft(text=text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello \u2068Ana\u2069, and \u2068\u05e9\u05dc\u05d5\u05dd\u2069", BIDI),
        ("see \u2067\u05e9\u05dc\u05d5\u05dd 12\u2069 here", BIDI),
        ("\u202b\u05e9\u05dc\u05d5\u05dd\u202c \u202aabc 12\u202c \u2066x\u2069", BIDI),
        ("Donau\u00addampf\u00adschiff", INVISIBLE),
        ("\ufeffHello", INVISIBLE),
    ],
)
def test_what_programs_put_in_for_good_reasons_is_noted(text: str, code: str) -> None:
    (finding,) = check(draft(text=text))

    assert (finding.code, finding.severity) == (code, Severity.INFO)


@pytest.mark.parametrize(
    "text",
    [
        "pay \u20671234 5678\u2069 now",
        "\u2066\u05e9\u05dc\u05d5\u05dd\u2069",
        "\u2068not closed",
        "not opened\u2069",
        "\u2068closed\non another line\u2069",
    ],
)
def test_a_turned_or_open_pair_is_a_warning(text: str) -> None:
    assert {finding.severity for finding in check(draft(text=text))} == {
        Severity.WARNING
    }


def test_hyphens_of_a_newsletter_are_not_even_noted() -> None:
    assert not codes(draft(html="<p>Donau&shy;dampf&shy;schiff</p>"))


def test_one_byte_in_a_selector_is_shown_decoded() -> None:
    (finding,) = check(draft(text="ok" + chr(0xE0100 + ord("!") - 16)))

    assert "has a character that selects nothing" in finding.message
    assert "Decoded: “!”" in finding.message


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

    assert "The subject has a character that turns the order" in finding.message
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


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc", "reply_to"])
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


@pytest.mark.parametrize(
    ("label", "is_so"),
    [
        ("b\u0430nk", True),
        ("tnf\u03b1", True),
        ("\u0585k", True),
        ("\u0441\u03bf", True),
        ("\u6771tower", False),
        ("b\u00fccher", False),
        ("\u043c\u043e\u0441\u043a\u0432\u0430-2", False),
        ("bank", False),
    ],
)
def test_labels_of_addresses_are_judged_as_a_whole(*, label: str, is_so: bool) -> None:
    assert is_mixed_label(label) is is_so


@pytest.mark.parametrize(
    "piece",
    ["\ufe0f", "\ufe0f\ufe0e", "a\ufe0f", "\u2068", "\u2067a", "\u202b", "\u200d",
     "\u0645\u200c", "\U0001f468\u200d", "\U0001f3f4\U000e0067", "\u0301", "b\u0430",
     "\u00ad", "\u200b", "A\u03b1"],
)  # fmt: skip
def test_many_of_them_take_no_longer_than_they_are_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))

    assert len(codes(draft(text=text))) <= 3


def test_of_very_many_no_more_than_enough_are_counted() -> None:
    (finding,) = found_in("a\u200b" * 300_000)

    assert f"more than {FOUND_LIMIT:,} characters" in finding.message


def test_very_many_controls_of_direction_are_not_judged_one_by_one() -> None:
    """What is turned may stand behind all the harmless ones."""
    (finding,) = found_in("\u2068a\u2069" * (FOUND_LIMIT + 1) + "\u202eabc")

    assert finding.severity is Severity.WARNING
    assert f"more than {FOUND_LIMIT:,}" in finding.message


@pytest.mark.parametrize(
    "part", ["\u200b", "\U000e0041", "\ufe01", "a\ufe01", "\u0301", "\u202e", "\x1b"]
)
def test_text_that_hides_nothing_else_is_no_burden(part: str) -> None:
    assert found_in(part * 1_000_000)


@pytest.mark.parametrize(
    "text",
    ["e-mail\u044b", "email-\u043e\u043c", "SMS-\u043a\u0430", "mail\u043e\u0432",
     "PDF\u044b", "email\u043e\u043c", "bank-\u0430", "git\u043e\u043c"],
)  # fmt: skip
def test_russian_endings_on_latin_words_are_grammar(text: str) -> None:
    assert not is_mixed(text)


@pytest.mark.parametrize(
    "text",
    ["b\u0430nk", "vis\u0430", "rel\u0430\u0445", "appl\u0435", "p\u0430ypal\u044b",
     "my\u044b", "e-m\u0430il\u044b"],
)  # fmt: skip
def test_letters_that_pose_as_latin_ones_are_no_grammar(text: str) -> None:
    assert is_mixed(text)


def test_nothing_is_found_in_texts_without_unusual_characters() -> None:
    usual = [
        c for c in map(chr, range(0x80, 0xD800)) if not text_checks._UNUSUAL.search(c)
    ]
    kinds = (
        text_checks._INVISIBLE,
        text_checks._NOTED,
        text_checks._INVISIBLE_IN_A_WORD,
    )

    said = "\n".join((*usual, *(f"a{c}b{c}a" for c in usual), *(c * 40 for c in usual)))

    assert len(usual) > 500
    assert list(text_checks._check_unusual(said, "text", "text", kinds)) == []
