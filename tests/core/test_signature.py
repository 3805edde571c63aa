from tuimail.core.signature import is_signed, signed_html, signed_text, unsigned

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
