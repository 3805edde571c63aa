import pytest

from tuimail.core.templates.renderer import Template
from tuimail.core.templates.variables import (
    MOST_FILES,
    left_open,
    nested,
    variables,
)


def template(source: str) -> Template:
    return Template(name="t.txt", source=source, field="template")


def nothing(_name: str) -> str | None:
    return None


def asked(*sources: str) -> tuple[str, ...]:
    return variables([template(one) for one in sources], load=nothing)


def test_values_are_asked_for_in_the_order_they_come_up() -> None:
    assert asked("Re: {{ topic }}", "Hi {{ name }}, {{ topic }} {{ date }}") == (
        "topic",
        "name",
        "date",
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("no blanks at all", ()),
        ("{{ customer.name }} {{ customer.city }}", ("customer.name", "customer.city")),
        ("{{ row.name }} and {{ row['last name'] }}", ("name",)),
        ("{% for x in items %}{{ x }}{{ loop.index }}{% endfor %}", ("items",)),
        ("{% set a = b %}{{ a }}", ("b",)),
        ("{{ name | default('you') }}", ("name",)),
        ("{% if late %}{{ range(3) }}{% endif %}", ("late",)),
        ("{{ broken", ()),
    ],
)
def test_what_is_asked_for_is_what_nobody_else_gives(
    source: str, names: tuple[str, ...]
) -> None:
    assert asked(source) == names


def test_a_name_within_another_is_not_taken_for_it() -> None:
    assert asked("{{ surname }} {{ name }} {{ name }}") == ("surname", "name")


def test_files_that_are_included_ask_too_and_only_once() -> None:
    files = {"foot.txt": "{{ place }}{% include 'foot.txt' %}{% include 'gone' %}"}
    source = "{{ name }}{% include 'foot.txt' %}"

    assert variables([template(source)], load=files.get) == ("name", "place")


def test_files_without_end_are_not_followed_without_end() -> None:
    asked_for: list[str] = []

    def load(name: str) -> str:
        asked_for.append(name)
        return f"{{% include '{len(asked_for)}' %}}"

    variables([template("{% include '0' %}")], load=load)

    assert len(asked_for) == MOST_FILES


def test_values_within_values_become_a_row() -> None:
    given = {"name": "Ana", "firm.name": "Corp", "firm.city": "Oslo", "name.x": "?"}

    assert nested(given) == {"name": "Ana", "firm": {"name": "Corp", "city": "Oslo"}}


def test_what_is_left_open_looks_like_a_blank() -> None:
    assert left_open("firm.name") == "{{ firm.name }}"
