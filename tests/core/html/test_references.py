import pytest

from tuimail.core.html.references import unescaped


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("a b", "a b"),
        ("5 &lt; 6 &amp;amp; &copy", "5 < 6 &amp; ©"),
        ("&#65;&#x42;&#X43;&#0000000000068;", "ABCD"),
        ("&#0;&#x0;", "\ufffd\ufffd"),
        ("&#99999999;", "\ufffd"),
        ("&#xffffffff", "\ufffd"),
        ("&#", "&#"),
        ("&unknown;", "&unknown;"),
    ],
)
def test_references_are_decoded_once(text: str, decoded: str) -> None:
    assert unescaped(text) == decoded


@pytest.mark.parametrize("digit", ["1", "0", "9"])
def test_a_number_that_python_does_not_read_is_replaced(digit: str) -> None:
    assert len(unescaped(f"&#{digit * 1_000_000};")) == 1
