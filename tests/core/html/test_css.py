import pytest

from tuimail.core.html.css import CONDITIONS_LIMIT, declarations, rules, unescaped


def said(style: str) -> dict[str, str]:
    return {name: value for name, (value, _) in declarations(style).items()}


@pytest.mark.parametrize(
    ("style", "declared"),
    [
        ("", {}),
        ("color", {}),
        ("COLOR: Red ; width:1px", {"color": "red", "width": "1px"}),
        ("color:red;color:blue", {"color": "blue"}),
        ("color:red !important;color:blue", {"color": "red"}),
        ("color:red ! important;color:blue!important", {"color": "blue"}),
        ("background:#fff", {"background-color": "#fff"}),
        ("font:0/0 a", {"font-size": "0/0 a"}),
        ("c\\6f lor:r\\65 d", {"color": "red"}),
        ("c\\olor:red", {"color": "red"}),
        ("color:\\110000 x", {"color": "\ufffdx"}),
        ("color/* a */:red", {"color": "red"}),
        ("co/**/lor:red", {"co lor": "red"}),
        # What stands in a string or in brackets says nothing.
        ("a:'x;display:none';b:1", {"a": "'x;display:none'", "b": "1"}),
        ('a:"/*";display:block;b:"*/"', {"a": '"/*"', "display": "block", "b": '"*/"'}),
        ("a:url(x;display:none);b:1", {"a": "url(x;display:none)", "b": "1"}),
        ("a:f(g(1);display:none);b:1", {"a": "f(g(1);display:none)", "b": "1"}),
        ("a:[1;2];b:{3;4};c:1", {"a": "[1;2]", "b": "{3;4}", "c": "1"}),
        ("a:1);b:2", {"a": "1)", "b": "2"}),
        ("a:(;b:2", {"a": "(;b:2"}),
        ("a:x\\;b:2;c:3", {"a": "x;b:2", "c": "3"}),
    ],
)
def test_a_style_declares(style: str, declared: dict[str, str]) -> None:
    assert said(style) == declared


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("p{a:b}", [(True, "p", "a:b")]),
        ("<!-- p , b {a : b } -->", [(True, "p , b", "a : b ")]),
        ("/* x{} */p{a:b}", [(True, "p", "a:b")]),
        ("@import url(x); p{a:b}", [(True, "p", "a:b")]),
        ("@charset 'a;b{c}';p{a:b}", [(True, "p", "a:b")]),
        ("p{a:'}'} b{c:d}", [(True, "p", "a:'}'"), (True, "b", "c:d")]),
        ("p{a:b", [(True, "p", "a:b")]),
        ("p{a:b;&:hover{c:d}e:f} b{}", [(True, "p", "a:b;&:hover{c:d}e:f"),
                                        (True, "b", "")]),
        ("}p{a:b}", [(True, "p", "a:b")]),
        ("@media screen{p{a:b}} b{c:d}", [(True, "p", "a:b"), (True, "b", "c:d")]),
        ("@media all{p{a:b}}", [(True, "p", "a:b")]),
        ("@MEDIA Only Screen {p{a:b}}", [(True, "p", "a:b")]),
        ("@media print{p{a:b}} b{c:d}", [(True, "b", "c:d")]),
        ("@media (max-width: 600px){p{a:b}}", []),
        ("@media only screen and (max-device-width:480px){p{a:b}}", []),
        ("@media (prefers-color-scheme: dark){p{a:b}}", []),
        ("@media (max-width:99999px){p{a:b}}", [(False, "p", "a:b")]),
        ("@media (min-width:1px){p{a:b}}", [(False, "p", "a:b")]),
        ("@supports (a:b){p{a:b}}", [(False, "p", "a:b")]),
        ("@media screen{@media (min-width:1px){p{a:b}}b{c:d}}",
         [(False, "p", "a:b"), (True, "b", "c:d")]),
        ("@font-face{a:b;c:d} p{a:b}", [(True, "p", "a:b")]),
        ("@media screen{" * (CONDITIONS_LIMIT + 1) + "p{a:b}", []),
    ],
)  # fmt: skip
def test_a_sheet_has_the_rules_that_count(
    css: str, found: list[tuple[bool, str, str]]
) -> None:
    assert list(rules(css)) == found


@pytest.mark.parametrize(
    ("media", "number"), [("", 1), ("screen", 1), ("print", 0), ("(max-width:9px)", 0)]
)
def test_a_sheet_may_be_for_few(media: str, number: int) -> None:
    assert len(list(rules("p{a:b}", media))) == number


def test_nothing_is_escaped_without_a_backslash() -> None:
    assert unescaped("u\\72l(") == "url("
    assert unescaped("url(") == "url("


@pytest.mark.parametrize(
    "css", ["{", "}", "@media x{", "/*", '"', "a{b:c}", "\\", "'\\", "a{{", "a:(", ";"]
)
def test_long_styles_are_read_in_time(css: str) -> None:
    assert len(list(rules(css * 200_000))) <= 200_000
    assert declarations(css * 200_000).keys() == declarations(css * 3).keys()
