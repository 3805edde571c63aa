import pytest

from tuimail.core.signature import (
    following,
    is_signed,
    resigned_html,
    resigned_text,
    signature_under,
    signed_html,
    signed_text,
    unsigned,
)

ANN = "Ann\nCorp <corp.example>"


def test_a_signature_stands_under_the_line_that_programs_look_for() -> None:
    assert signed_text("Hello.\n", "Ann\nCorp") == "Hello.\n\n-- \nAnn\nCorp\n"


def test_an_empty_text_leaves_room_to_write_above_it() -> None:
    assert signed_text("", "Ann") == "\n-- \nAnn\n"


def test_a_signature_is_known_by_the_line_above_it() -> None:
    signed = signed_text("Hello.", ANN)

    assert is_signed(signed)
    assert is_signed("Hello.\n--\nBob")
    assert not is_signed("Hello.\n-- Bob")
    assert unsigned(signed) == "Hello.\n\n"
    assert unsigned("Hello.") == "Hello."


def test_a_dash_within_a_text_is_no_signature() -> None:
    assert signed_text("a\n-- b\n", ANN).endswith("-- \nAnn\nCorp <corp.example>\n")


def test_without_a_signature_nothing_changes() -> None:
    assert signed_text("Hello.  ", "") == "Hello.  "
    assert signed_html("<p>Hello.</p>", "") == "<p>Hello.</p>"
    assert signed_html("  ", ANN) == "  "


def test_html_is_signed_at_the_end_of_what_is_shown() -> None:
    html = "<html><body><p>Hello.</p></BODY></html>"

    signed = signed_html(html, ANN)

    assert signed.endswith("Corp &lt;corp.example&gt;</div>\n</BODY></html>")
    assert signed.startswith("<html><body><p>Hello.</p>\n<div")


def test_a_fragment_is_signed_at_its_end() -> None:
    assert signed_html("<p>Hi</p>", "A & B").endswith("-- <br>\nA &amp; B</div>\n")


BEN = "Ben"


def test_a_known_signature_is_exchanged_in_its_place() -> None:
    text = "Hello.\n\n-- \nAnn\nCorp\n"

    assert resigned_text(text, BEN, ["Ann", "Ann\nCorp"]) == "Hello.\n\n-- \nBen\n"
    assert signature_under(text, ["Ann", "Ann\nCorp"]) == "Ann\nCorp"


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Hello.\n\n-- \nby hand\n", "Hello.\n\n-- \nby hand\n"),
        ("Hello.", "Hello.\n\n-- \nBen\n"),
        ("", "\n-- \nBen\n"),
        ("Hello.\n-- \nAnn\n\n> quoted\n", "Hello.\n-- \nBen\n\n> quoted\n"),
        ("-- \nAnn\n\nHello.\n\n-- \nAnn", "-- \nAnn\n\nHello.\n\n-- \nBen"),
        ("Hello.\n\n-- \nAnnabel\n", "Hello.\n\n-- \nAnnabel\n"),
        ("Hello.\n\n--\nAnn\n", "Hello.\n\n-- \nBen\n"),
    ],
)
def test_nobody_signs_twice(text: str, signed: str) -> None:
    assert resigned_text(text, BEN, ["Ann", ""]) == signed


@pytest.mark.parametrize(
    ("text", "unsigned_"),
    [
        ("Hello.\n\n-- \nAnn\n", "Hello.\n"),
        ("\n-- \nAnn\n", ""),
        ("Hello.\n\n-- \nAnn\n\n> quoted\n", "Hello.\n\n> quoted\n"),
        ("Hello.\n", "Hello.\n"),
        ("Hello.\n\n-- \nby hand\n", "Hello.\n\n-- \nby hand\n"),
    ],
)
def test_a_signature_is_taken_away_with_its_line(text: str, unsigned_: str) -> None:
    assert resigned_text(text, "", ["Ann"]) == unsigned_


def test_what_is_under_a_text_and_not_known_is_nobodys_signature() -> None:
    assert signature_under("Hello.\n\n-- \nby hand\n", ["Ann"]) == ""
    assert signature_under("Hello.", ["Ann", ""]) == ""


def test_signatures_follow_one_another_and_then_there_is_none() -> None:
    known = ["Ann", "Ben", "", "Ann"]

    assert following("Ann", known) == "Ben"
    assert following("Ben", known) == ""
    assert following("", known) == "Ann"
    assert following("", []) == ""


def test_the_signature_of_html_is_exchanged_only_where_it_is_known() -> None:
    html = signed_html("<p>Hello.</p>", ANN)

    assert resigned_html(html, BEN, ["", ANN]) == signed_html("<p>Hello.</p>", BEN)
    assert resigned_html(html, "", [ANN]) == "<p>Hello.</p>"
    assert resigned_html(html, BEN, ["Zoe"]) == html
