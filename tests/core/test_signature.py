from tuimail.core.signature import signed_html, signed_text

ANN = "Ann\nCorp <corp.example>"


def test_a_signature_stands_under_the_line_that_programs_look_for() -> None:
    assert signed_text("Hello.\n", "Ann\nCorp") == "Hello.\n\n-- \nAnn\nCorp\n"


def test_an_empty_text_leaves_room_to_write_above_it() -> None:
    assert signed_text("", "Ann") == "\n-- \nAnn\n"


def test_a_text_is_signed_once() -> None:
    signed = signed_text("Hello.", ANN)

    assert signed_text(signed, ANN) == signed
    assert signed_text("Hello.\n--\nBob", ANN) == "Hello.\n--\nBob"


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
