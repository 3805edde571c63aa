import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.core.corpus import rows
from tuimail.core.display import (
    cell_width,
    display,
    is_inert,
    longest_pile,
    safe_width,
)

BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | {
    chr(code) for code in range(0x2066, 0x206A)
}
VISIBLE_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd"
) | {chr(code) for code in range(0x13430, 0x13440)}
JOINERS = frozenset("\u200c\u200d")
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
HOSTILE = st.text(
    st.one_of(
        st.characters(
            codec=None, categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Me"]
        ),
        st.sampled_from(
            "a \u0628\u0915\u4e00\u2764\ufe0f\U0001f468\u200d#\u20e3\U0001f3fd"
        ),
        st.characters(codec=None),
    ),
    max_size=60,
)


def stand_in(character: str) -> str:
    return f"\u2039U+{ord(character):04X}\u203a"


def acts(character: str) -> bool:
    """Judge by Unicode's own properties, not by the table under test."""
    if character in BIDI_CONTROLS:
        return True
    if unicodedata.category(character) == "Cf":
        return character not in VISIBLE_FORMATS | JOINERS
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("row", rows("terminal"))
def test_nothing_from_the_corpus_can_act_on_a_terminal(row: Any) -> None:
    shown = display(row["input"]["value"], keep_newlines=True)

    assert not [c for c in shown if acts(c) and c not in "\n\t"]
    must = row.get("must", {})
    for wanted in (*must.get("contains", ()), *must.get("rendered_contains", ())):
        assert wanted in shown


@given(HOSTILE)
@example("\ud800\U0001f3fb\u200d")
def test_no_text_at_all_can_act_on_a_terminal(text: str) -> None:
    assert not [c for c in display(text) if acts(c)]
    assert not [c for c in safe_width(text) if acts(c)]
    assert not [
        c for c in display(text, keep_newlines=True) if acts(c) and c not in "\n\t"
    ]


@given(HOSTILE)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    once, body = display(text), display(text, keep_newlines=True)

    assert display(once) == once
    assert display(body, keep_newlines=True) == body
    assert safe_width(safe_width(text)) == safe_width(text)


@given(HOSTILE)
def test_what_was_displayed_passes_the_filter_before_the_screen(text: str) -> None:
    assert all(map(is_inert, safe_width(text)))


@given(st.characters(codec=None))
def test_the_filter_lets_no_character_through_that_could_act(character: str) -> None:
    assert not (is_inert(character) and acts(character))


def test_control_characters_become_their_pictures() -> None:
    assert display("\x1b[31m\x07\x00\x7f") == "␛[31m␇␀␡"


def test_other_hidden_characters_become_their_numbers() -> None:
    assert display("a\u202eb\x9b") == f"a{stand_in(chr(0x202E))}b{stand_in(chr(0x9B))}"


def test_one_line_shows_its_breaks_and_tabs() -> None:
    assert display("a\r\nb\tc\u2028d") == f"a␍␊b␉c{stand_in(chr(0x2028))}d"


def test_a_body_keeps_its_breaks_and_tabs() -> None:
    assert display("a\r\nb\tc\rd", keep_newlines=True) == "a\nb\tc␍d"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"family: {FAMILY}", id="a family of emoji"),
        pytest.param("heart \u2764\ufe0f and \u2764\ufe0e", id="selectors"),
        pytest.param("\U0001f44d\U0001f3fd", id="skin tone"),
        pytest.param("1\ufe0f\u20e3", id="keycap"),
        pytest.param("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", id="Persian"),
        pytest.param("\u0915\u094d\u200d\u0937", id="Devanagari"),
        pytest.param("\u845b\U000e0100", id="variant of an ideograph"),
        pytest.param("\u1828\u180b\u1820", id="Mongolian"),
        pytest.param("na\u00efve caf\u00e9 \u017b\u00f3\u0142w", id="accents"),
        pytest.param("\u0645\u0631\u062d\u0628\u0627 2026", id="Arabic"),
    ],
)
def test_what_writing_needs_is_left_alone(text: str) -> None:
    assert display(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\u200db", id="joiner between Latin letters"),
        pytest.param("a\ufe0f", id="selector after a letter"),
        pytest.param("\u0628\u200c", id="joiner at the end of a word"),
        pytest.param("\U0001f600\ufe0f\ufe0f", id="two selectors"),
        pytest.param("\U0001f468\u200d" * 4 + "\U0001f468", id="too long a family"),
        pytest.param("\U0001f3f4\U000e0067\U000e0062", id="tag characters"),
    ],
)
def test_the_same_characters_are_shown_where_they_only_hide(text: str) -> None:
    assert "\u2039U+" in display(text)


def test_a_pile_of_marks_is_cut_at_thirty() -> None:
    shown = display("z" + "\u0301" * 100 + "algo")

    assert shown == "z" + "\u0301" * 30 + "\u2039…\u203a" + "algo"


def test_thirty_marks_are_no_pile() -> None:
    assert display("z" + "\u0301" * 30) == "z" + "\u0301" * 30


def test_a_hidden_character_does_not_start_the_count_of_marks_again() -> None:
    text = "\u0915" + "\u094d\u200c" * 40

    assert sum(unicodedata.category(c) == "Mn" for c in display(text + "\u0915")) <= 30


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\u2764\ufe0f love", "\u2764 love"),
        ("3\ufe0f\u20e3", "3"),
        ("\U0001f44d\U0001f3fd ok", "\U0001f44d ok"),
        ("\U0001f3fd", "□"),
        (FAMILY, FAMILY.replace("\u200d", "")),
        ("\U0001fadf\u0378\ue000", "□□□"),
        ("\u3164x", stand_in("\u3164") + "x"),
        ("z" + "\u0301" * 9, "z" + "\u0301" * 4 + "\u2039…\u203a"),
        ("a\nb", "a␊b"),
    ],
)
def test_tables_get_no_character_of_uncertain_width(text: str, safe: str) -> None:
    assert safe_width(text) == safe


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("見積書", 6), ("e\u0301", 1), ("\uac01", 2), ("\u1100\u1161", 2)],
)
def test_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@given(HOSTILE)
@example("\U0001f1ec\U0001f1e7 \u2630 \u0e17\u0e22 \ufdfa \u0928\u093f")
def test_rich_lays_out_safe_text_as_it_is_counted(text: str) -> None:
    """Where the two differ, a row of a table would be drawn over its frame."""
    safe = safe_width(text)

    assert cell_width(safe) == cell_len(safe)


@pytest.mark.parametrize(
    ("text", "marks"),
    [("plain", 0), ("z" + "\u0301" * 30, 0), ("z" + "\u0301" * 31, 31)],
)
def test_the_longest_pile_of_marks_is_measured(text: str, marks: int) -> None:
    assert longest_pile(text) == marks
