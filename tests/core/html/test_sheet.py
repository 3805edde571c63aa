import pytest

from tuimail.core.html.sheet import ALIKE_LIMIT, RULES_LIMIT, UNSURE, Attributes, Sheet


def styles(css: str, tag: str = "p", **attributes: str) -> dict[str, str]:
    sheet = Sheet()
    sheet.add(css, None)
    given: Attributes = {k.rstrip("_"): v for k, v in attributes.items()}
    return dict(sheet.styles_of(tag, given))


@pytest.mark.parametrize(
    "selector",
    [
        "*", "p", "P", ".x", "#i", "p.x", "p#i.x", "*.x", ".y.x", "a, .x", ".x,b",
        "b,p,i", ".y",
    ],
)  # fmt: skip
def test_simple_selectors_fit(selector: str) -> None:
    found = styles(f"{selector}{{display:none}}", class_="x y", id="i")

    assert found == {"display": "none"}


@pytest.mark.parametrize(
    "selector", ["b", ".z", "#x", "b.x", "p.z", ".x.z", "b > b", ".z p b", "b:hover"]
)
def test_others_do_not(selector: str) -> None:
    assert styles(f"{selector}{{display:none}}", class_="x y", id="i") == {}


@pytest.mark.parametrize(
    "selector",
    [
        "div p", "div > p", "a+p", "a~.x", "p:first-child", "p[class]", "p:not(b c)",
        "p:not(:is(a b))", "[class='x y']", ":root", "div .x.q", "p[a='b c']", "\\70",
        "p:not((", "", "table p:hover",
    ],
)  # fmt: skip
def test_what_others_may_fit_is_unsure(selector: str) -> None:
    found = styles(f"{selector}{{display:none}}", class_="x", id="i")

    assert found == {"display": UNSURE}


@pytest.mark.parametrize(
    ("css", "style", "color"),
    [
        ("p{color:red} p{color:blue}", "", "blue"),
        ("#i{color:red} .x{color:blue} p{color:green} *{color:white}", "", "red"),
        (".x{color:red} p{color:blue}", "", "red"),
        (".x.y{color:red} .x{color:blue}", "", "red"),
        ("p{color:red!important} #i{color:blue}", "", "red"),
        ("p{color:red} p{color:blue!important} p{color:green}", "", "blue"),
        ("#i{color:red}", "color:blue", "blue"),
        ("#i{color:red!important}", "color:blue", "red"),
        ("#i{color:red!important}", "color:blue!important", "blue"),
        ("a p{color:red}", "color:blue", "blue"),
        ("a p{color:red!important}", "color:blue", UNSURE),
        ("a p{color:red!important} b p{color:red}", "color:blue", UNSURE),
    ],
)
def test_the_stronger_rule_wins(css: str, style: str, color: str) -> None:
    assert styles(css, class_="x y", id="i", style=style)["color"] == color


def test_only_what_can_hide_is_kept() -> None:
    assert styles("p{margin:0;color:red}") == {"color": "red"}


def test_without_sheets_the_own_style_counts() -> None:
    assert Sheet().styles_of("p", {}) == {}
    assert Sheet().styles_of("p", {"style": "margin:0"}) == {"margin": "0"}


def test_too_many_rules_leave_everything_unsure() -> None:
    """A rule that is not looked at may show what another one hides."""
    many = "".join(f"a{n}{{color:red}}" for n in range(RULES_LIMIT))

    found = styles(f"{many}.x{{display:none}}", class_="x", style="opacity:0")

    assert found["display"] == found["opacity"] == UNSURE


def test_too_many_rules_for_one_class_leave_it_unsure() -> None:
    many = "".join(f".a.b{n}{{color:red}}" for n in range(ALIKE_LIMIT))

    assert styles(f"{many}.a{{display:none}}", class_="a")["display"] == UNSURE


def test_long_selectors_are_read_in_time() -> None:
    red, unsure = {"color": "red"}, {"color": UNSURE}

    assert styles(f"{'a' * 900_000} p{{color:red}}") in (red, unsure)
    assert styles(f"{'a ' * 900_000}{{color:red}}") in ({}, unsure)
    assert styles(f"{'(' * 900_000}{{color:red}}") in ({}, unsure)
    assert styles(f"{'p,' * 900_000}p{{color:red}}") in (red, unsure)
    assert styles("p{color:red}", class_="x " * 900_000) in (red, unsure)
