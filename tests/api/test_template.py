from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.api.conftest import Place
from tuimail.api.message import Message
from tuimail.api.template import Template, filled, template_of
from tuimail.errors import FieldError, NotFoundError, TemplateError

WELCOME = """\
Subject: Welcome, {{ name }}
From: Shop <shop@example.org>

<p>Hello {{ name }}</p>
"""


@pytest.fixture
def folder(place: Place) -> Path:
    made = place.config.with_name("templates")
    made.mkdir()
    (made / "welcome.html").write_text(WELCOME, "utf-8")
    return made


def test_values_stay_text_in_every_part() -> None:
    template = Template(
        subject="To {{ name }}", text="{{ name }}", html="<b>{{ name }}</b>"
    )

    found = template.render({"name": "<Zoë>"})

    assert found == Message(subject="To <Zoë>", text="<Zoë>", html="<b>&lt;Zoë&gt;</b>")


def test_dates_and_decimals_become_text() -> None:
    template = Template(text="{{ day }}: {{ sum }}, {{ list[1] }}, {{ on }}")

    found = template.render(
        {"day": date(2027, 3, 4), "sum": Decimal("1.50"), "list": [1, 2], "on": True}
    )

    assert found.text == "2027-03-04: 1.50, 2, True"


def test_a_blank_without_a_value_is_an_error_that_names_it_and_its_line() -> None:
    template = Template(name="invoice", text="Dear\n\n{{ who }}")

    with pytest.raises(TemplateError) as refused:
        template.render({"name": "Zoë"})

    assert "invoice (text), line 3" in str(refused.value)
    assert "who" in str(refused.value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan")])
def test_a_value_that_no_template_can_show_is_refused(value: object) -> None:
    with pytest.raises(FieldError) as refused:
        Template(text="{{ x }}").render({"x": value})

    assert refused.value.field == "data"


def test_data_that_goes_round_in_a_circle_is_refused() -> None:
    data: dict[str, object] = {}
    data["data"] = data

    with pytest.raises(TemplateError, match="not JSON"):
        Template(text="Hi").render(data)


@pytest.mark.parametrize("name", ["welcome", "welcome.html"])
def test_a_template_is_found_by_its_name(name: str, folder: Path) -> None:
    found = Template.load(name).render({"name": "Zoë"})

    assert found.subject == "Welcome, Zoë"
    assert found.from_ == "Shop <shop@example.org>"
    assert found.html == "<p>Hello Zoë</p>\n"


def test_a_template_is_found_by_its_path(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Subject: Other\n\nHi {{ name }}\n", "utf-8")

    found = Template.load(tmp_path / "other.txt").render({"name": "Zoë"})

    assert (found.subject, found.text) == ("Other", "Hi Zoë\n")


@pytest.mark.parametrize("name", ["nothing", "../config.toml", Path("welcome")])
def test_a_template_that_there_is_not_says_where_it_belongs(
    name: str, folder: Path
) -> None:
    with pytest.raises(NotFoundError) as refused:
        Template.load(name)

    assert str(folder) in refused.value.hint


def test_a_template_is_for_sending_as_it_was_said(folder: Path) -> None:
    assert template_of("welcome").name == "welcome.html"


def test_texts_beside_a_template_have_blanks_too(folder: Path) -> None:
    """As on the command line."""
    said = Message(
        to="{{ mail }}", template="welcome", data={"name": "Z", "mail": "z@x"}
    )

    found = filled(said)

    assert (found.to, found.subject) == (("z@x",), "Welcome, Z")


def test_what_is_given_in_two_ways_is_refused(folder: Path) -> None:
    said = Message(html="<p>Mine</p>", template="welcome", data={"name": "Zoë"})

    with pytest.raises(TemplateError) as refused:
        filled(said)

    assert refused.value.field == "html"


def test_without_template_and_data_nothing_is_a_template() -> None:
    assert filled(Message(subject="{{ x }}")).subject == "{{ x }}"
