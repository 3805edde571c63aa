from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tuimail.core.templates.merge_data import Row
from tuimail.core.templates.renderer import (
    OUTPUT_LIMIT,
    SOURCE_LIMIT,
    Kind,
    Renderer,
    Template,
    has_blanks,
)
from tuimail.core.templates.values import lifted, lowered
from tuimail.errors import TemplateError

FILES: Mapping[str, str] = {
    "footer.txt": "-- \n{{ company }}",
    "outer.txt": "{% include 'footer.txt' %}",
    "loop.txt": "{% include 'loop.txt' %}",
    "macros.txt": "{% macro hello(x) %}\n{{ x }}, {{ missing }}{% endmacro %}",
    "broken.txt": "\n{% frobnicate %}",
    "base.html": "<p>{% block main %}{% endblock %}</p>\n{{ company }}",
    "two\nlines": "{{ company }}",
}


def template(source: str, *, kind: Kind = Kind.TEXT, first_line: int = 1) -> Template:
    return Template(
        name="welcome.txt",
        source=source,
        kind=kind,
        field="template",
        first_line=first_line,
    )


def render(
    source: str,
    row: Row | None = None,
    *,
    kind: Kind = Kind.TEXT,
    is_strict: bool = True,
) -> str:
    renderer = Renderer(
        [template(source, kind=kind)], load=FILES.get, is_strict=is_strict
    )
    return renderer.render(row or {})[0]


def refusal(source: str, row: Row | None = None, *, kind: Kind = Kind.TEXT) -> str:
    with pytest.raises(TemplateError) as caught:
        render(source, row, kind=kind)
    assert caught.value.field == "template"
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("source", "row", "text"),
    [
        ("Dear {{ name }},\n", {"name": "Ada"}, "Dear Ada,\n"),
        ("{{ a }} {{ b }} {{ c }}", {"a": 3, "b": 2.5, "c": True}, "3 2.5 True"),
        ("{{ who.name }}", {"who": {"name": "Ada"}}, "Ada"),
        ("{{ row['first name'] }}", {"first name": "Ada"}, "Ada"),
        ("{{ row }}", {"row": "mine"}, "mine"),
        ("{{ self }}", {"self": "mine", "name": 1}, "mine"),
        ("{{ n }}", {"n": 2**100}, str(2**100)),
        ("{{ x | default('you') }}", {}, "you"),
        ("{% if x is defined %}a{% endif %}b", {}, "b"),
        ("{% if x %}a{% endif %}b", {"x": None}, "b"),
        ("{{ x or 'you' }}", {"x": ""}, "you"),
        ("{{ xs | join(', ') }}", {"xs": ["a", "b"]}, "a, b"),
        ("{{ '%.2f' | format(price) }}", {"price": 3.5}, "3.50"),
        ("{% include 'footer.txt' %}", {"company": "Acme"}, "-- \nAcme"),
        ("日本 {{ x }} 🦆", {"x": "مرحبا"}, "日本 مرحبا 🦆"),
        ("{{ x }}", {"x": "<b> & {{ y }}"}, "<b> & {{ y }}"),
        ("{% raw %}{{ x }}{% endraw %}", {}, "{{ x }}"),
    ],
)
def test_blanks_are_filled_in(source: str, row: Row, text: str) -> None:
    assert render(source, row) == text


def test_lines_with_statements_only_leave_no_lines_behind() -> None:
    source = "Hi\n  {% if x %}\nyou\n  {% endif %}\n{% for i in x %}\n- {{ i }}\n"
    source += "{% endfor %}\nBye\n"

    assert render(source, {"x": [1, 2]}) == "Hi\nyou\n- 1\n- 2\nBye\n"


@pytest.mark.parametrize(
    ("source", "row", "line", "variable"),
    [
        ("a\n\n{{ first_name }}", {}, 3, "first_name"),
        ("é\n{{ user.name }}", {"user": {}}, 2, "user.name"),
        ("{{ user.name.last }}", {"user": {}}, 1, "user.name"),
        ("\n{% if x %}{% endif %}", {}, 2, "x"),
        ("{% for x in xs %}{% endfor %}", {}, 1, "xs"),
        ("{% for x in xs %}\n{{ x.n }}{% endfor %}", {"xs": [{"n": 1}, {}]}, 2, "x.n"),
        ("{{ x | upper }}", {}, 1, "x"),
        ("{{ x | upper | trim }}", {}, 1, "x"),
        ("{{ x + 1 }}", {}, 1, "x"),
        ("{{ x ~ 'a' }}", {}, 1, "x"),
        ("{{ xs[3] }}", {"xs": [1]}, 1, "xs[3]"),
        ("{{ debug }}", {}, 1, "debug"),
        ("{{ dict }}", {}, 1, "dict"),
        ("{% if x %}{% endif %}\n{{ x }}", {"x": None}, 2, "x"),
        ("\n{{ user.name }}", {"user": {"name": None}, "l": [1]}, 2, "user.name"),
    ],
)
def test_a_variable_without_a_value_is_named_with_its_line(
    source: str, row: Row, line: int, variable: str
) -> None:
    message = refusal(source, row)

    assert (
        message
        == f"Template welcome.txt, line {line}: the variable `{variable}` has no value."
    )


def test_a_function_is_no_value_of_a_variable_either() -> None:
    assert refusal("{{ range }}") == (
        "Template welcome.txt: the variable `range` has no value."
    )


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("{% include 'footer.txt' %}", "footer.txt, line 2: the variable `company`"),
        ("{% include 'outer.txt' %}", "footer.txt, line 2: the variable `company`"),
        (
            "{% from 'macros.txt' import hello %}{{ hello(1) }}",
            "macros.txt, line 2: the variable `missing`",
        ),
        ("{% extends 'base.html' %}", "base.html, line 2: the variable `company`"),
        ("\n{% include 'broken.txt' %}", "broken.txt, line 2: unknown statement"),
        ("{% include 'loop.txt' %}", "loop.txt, line 1: recursion limit exceeded"),
        (
            "\n{% include 'none.txt' %}",
            "welcome.txt, line 2: there is no file 'none.txt'",
        ),
        (
            "{% extends 'none.txt' %}",
            'welcome.txt, line 1: there is no file "none.txt"',
        ),
        ('{% include "two\\nlines" %}', "welcome.txt, line 1: `company` is"),
    ],
)
def test_a_mistake_in_an_included_file_is_told_with_its_place(
    source: str, place: str
) -> None:
    assert refusal(source).startswith(f"Template {place}")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("\n{% if x", "line 2: unexpected end of input"),
        ("\n{{ x", "line 2: unexpected end of input"),
        ("{% if 1 %}", "line 1: unexpected end of input"),
        ("{% frobnicate %}", "line 1: unknown statement frobnicate"),
        ("\n{{ 1 | frobnicate }}", "line 2: filter frobnicate is unknown"),
        ("{{ frobnicate() }}", "line 1: frobnicate is unknown"),
        ("{{ 'a'.frobnicate() }}", "line 1: string has no method named frobnicate"),
        ("{{ 1 / 0 }}", "line 1: unable to calculate 1 / 0"),
        ("{% include 5 %}", "line 1: template name was not a string"),
        ("{{ '%d' | format('x') }}", "line 1: invalid format spec"),
    ],
)
def test_any_other_mistake_is_told_with_its_line(source: str, reason: str) -> None:
    assert refusal(source).startswith(f"Template welcome.txt, {reason}")


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    one = Renderer([template("a\n{{ x }}", first_line=4)], load=FILES.get)

    with pytest.raises(TemplateError, match=r"welcome\.txt, line 5: the variable `x`"):
        one.render({})


def test_a_mistake_is_told_of_the_template_it_is_in() -> None:
    subject = Template(name="subject", source="{{ y }}", field="subject")
    both = Renderer([template("{{ x }}"), subject], load=FILES.get)

    with pytest.raises(TemplateError, match="Template subject, line 1") as caught:
        both.render({"x": 1})

    assert caught.value.field == "subject"


def test_the_hint_lists_what_the_data_has() -> None:
    with pytest.raises(TemplateError) as caught:
        render("{{ wrong }}", {"name": "Ada", "email": "a@example.org"})

    assert caught.value.hint.startswith("The data has name, email. ")


def test_the_hint_lists_a_few_names_of_many() -> None:
    with pytest.raises(TemplateError) as caught:
        render("{{ x }}", {f"n{at}": at for at in range(1000)})

    assert "n19, …. " in caught.value.hint


def test_the_hint_says_that_there_is_no_data() -> None:
    with pytest.raises(TemplateError) as caught:
        render("{{ x }}")

    assert caught.value.hint.startswith("There is no data; give some with --data.")


@pytest.mark.parametrize(
    ("source", "row", "shown"),
    [
        ("{{ x }}", {"x": ["a", "b"]}, "['a', 'b']"),
        ("{{ x }}", {"x": {"a": 1}}, "{'a': 1}"),
        ("{{ x * 10 }}", {"x": 1e308}, "inf"),
        ("{% for one in x %}{{ one }}{% endfor %}", {"x": [1, None]}, "null"),
        ("{% for one in x %}{{ loop }}{% endfor %}", {"x": [1]}, "{'index0': 0"),
    ],
)
def test_what_is_no_text_is_not_printed(source: str, row: Row, shown: str) -> None:
    """Dear ['Ada', 'Bob'] and Dear None are mails that nobody wants to send."""
    message = refusal(source, row)

    assert message.startswith(f"Template welcome.txt prints {shown}")


def test_a_null_that_prints_something_else_first_is_refused_all_the_same() -> None:
    row: Row = {"x": None, "xs": [None]}
    source = "{% for one in xs if x is none %}{{ one }}{% endfor %}{{ [1] }}"

    assert "prints" in refusal(source, row)


def test_missing_values_are_nothing_where_that_is_asked_for() -> None:
    source = "a{{ x }}b{{ y.z }}{{ n }}{% if q %}c{% endif %}"

    assert render(source, {"y": {}, "n": None}, is_strict=False) == "ab"


def test_values_are_escaped_in_html() -> None:
    text = render("<p>{{ x }}</p>", {"x": "<script>'\"&"}, kind=Kind.HTML)

    assert text == "<p>&lt;script&gt;&#x27;&quot;&amp;</p>"


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'value.txt' %}",
        "{% from 'macro.txt' import m %}{{ m(x) }}",
        "{% set y %}{{ x }}{% endset %}{{ y }}",
        "{% set y = x ~ '' %}{{ y }}",
        "{{ x | upper | lower }}",
        "{{ x | replace('a', 'b') }}",
    ],
)
def test_values_are_escaped_in_html_once_whatever_way_they_take(source: str) -> None:
    files = {
        "value.txt": "{{ x }}",
        "macro.txt": "{% macro m(x) %}{{ x }}{% endmacro %}",
    }
    renderer = Renderer([template(source, kind=Kind.HTML)], load=files.get)

    assert renderer.render({"x": "<b>"}) == ("&lt;b&gt;",)


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.MARKDOWN])
def test_an_author_may_say_that_a_value_is_markup(kind: Kind) -> None:
    assert render("{{ x | safe }}", {"x": "<b>*a*</b>"}, kind=kind) == "<b>*a*</b>"


@given(
    st.sampled_from(["x {{ x }}", "{{ x }}", "{{ x }}{{ x }}", "{{ x }}\n{{ x }}"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
@example("{{ x }}", "    # code")
@example("{{ x }}\n{{ x }}", "---")
@example("{{ x }}\n{{ x }}", "1. a")
@example("{{ x }}", "https://a.example")
@example("{{ x }}\n{{ x }}", "")
def test_markdown_takes_a_value_for_nothing_but_text(source: str, value: str) -> None:
    text = render(source, {"x": value}, kind=Kind.MARKDOWN)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)

    children = [child for one in tokens for child in one.children or ()]
    assert {one.type for one in tokens} == {
        *("paragraph_open", "inline", "paragraph_close"),
    }
    assert {one.type for one in children} <= {"text", "softbreak"}


def test_numbers_in_markdown_may_be_those_of_a_list() -> None:
    source = "{% for x in xs %}\n{{ loop.index }}. {{ x }}\n{% endfor %}"
    text = render(source, {"xs": ["a", "b"]}, kind=Kind.MARKDOWN)

    assert text == "1. a\n2. b\n"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% macro m(x) %}**{{ x }}**{% endmacro %}{{ m(x) }}", "**o'x**"),
        ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(x) | upper }}", "O'X"),
        ("{% set y %}*{{ x }}*{% endset %}{{ y ~ y }}", "*o'x**o'x*"),
        ("{% set y %}{{ x }}{% endset %}{{ y | length }}", "3"),
        ('{% if x == "o\'x" %}{{ x | upper }}{% endif %}', "O'X"),
        ("{% filter upper %}{{ x }}{% endfilter %}", "O'X"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.MARKDOWN, Kind.ADDRESS, Kind.PATH])
def test_values_stay_themselves_whatever_way_they_take(
    source: str, text: str, kind: Kind
) -> None:
    assert lowered(render(source, {"x": "o'x"}, kind=kind)) == text


@pytest.mark.parametrize("value", ["../x", ""])
def test_a_value_that_is_no_part_of_a_path_is_told_with_the_template(
    value: str,
) -> None:
    message = refusal("a/{{ x }}", {"x": value}, kind=Kind.PATH)

    assert message.startswith(f"Template welcome.txt: {value!r} cannot be a part of")


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(99999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{{ range(1000000000) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' * (1 + " + str(OUTPUT_LIMIT) + ") }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}",
        "{% if 1 %}" * 100_000,
        "{% include 'x' * 10000000 %}",
    ],
)
def test_a_template_that_would_go_on_is_stopped(source: str) -> None:
    message = refusal(source)

    assert message.startswith("Template welcome.txt")
    assert len(message) < 500


def test_as_much_as_may_be_is_not_too_much() -> None:
    assert len(render("{{ 'x' * " + str(OUTPUT_LIMIT) + " }}")) == OUTPUT_LIMIT


def test_a_loop_over_a_thousand_rows_is_not_too_long() -> None:
    source = "{% for one in xs %}{{ one.a }} {{ one.b | upper }}\n{% endfor %}"
    rows = [{"a": at, "b": "x"} for at in range(5000)]

    assert render(source, {"xs": rows}).count("\n") == 5000  # type: ignore[dict-item]


def test_a_template_that_is_too_long_is_refused() -> None:
    template("x" * SOURCE_LIMIT)

    with pytest.raises(TemplateError, match=f"more than {SOURCE_LIMIT}"):
        template("x" * (SOURCE_LIMIT + 1))


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_template_that_is_no_text_is_refused(character: str) -> None:
    with pytest.raises(TemplateError, match=r"Template welcome\.txt contains"):
        template(f"a{character}")


def test_why_a_file_may_not_be_had_is_said_where_it_is_asked_for() -> None:
    def load(_name: str) -> str:
        raise TemplateError("the file is hidden.", hint="Move it.", field="template")

    renderer = Renderer([template("\n{% include '.env' %}")], load=load)
    with pytest.raises(TemplateError) as caught:
        renderer.render({})

    assert caught.value.message == "Template welcome.txt, line 2: the file is hidden."
    assert caught.value.hint == "Move it."


@pytest.mark.parametrize("text", ["a {{ b }}", "{% if %}", "{# x #}"])
def test_text_with_blanks_is_a_template(text: str) -> None:
    assert has_blanks(text)


def test_text_without_blanks_is_none() -> None:
    assert not has_blanks("a { b }")


def test_each_kind_is_escaped_in_its_own_way() -> None:
    templates = [template("{{ x }}", kind=kind) for kind in Kind]

    texts = Renderer(templates, load=FILES.get).render({"x": "<*>"})

    assert texts == ("<*>", "&lt;*&gt;", lifted("<*>"), "<*>", "<*>")


@given(st.lists(st.text("abc123", min_size=6, max_size=6), min_size=2))
def test_no_row_leaves_anything_for_the_next(values: list[str]) -> None:
    source = (
        "{% set n = namespace(all='') %}{% macro m() %}{{ x }}{% endmacro %}"
        "{% set n.all = n.all ~ x %}{{ n.all }} {{ m() }} {{ row | join }}"
    )
    renderer = Renderer([template(source)], load=FILES.get)

    texts = [renderer.render({"x": value})[0] for value in values]

    assert texts == [f"{value} {value} x" for value in values]
