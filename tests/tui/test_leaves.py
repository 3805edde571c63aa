"""The pages of the docs, as the app shows them."""

from tests.tui.conftest import Desk
from tuimail.tui.leaves import paragraphs
from tuimail.tui.screens.leaf import LeafScreen
from tuimail.tui.widgets.prose import Kind

PAGE = """\
# Title

Prose that is
wrapped, with a [link](other.md) and `code`.

- one item,
  which goes on
- another

| head | more |
|---|---|
| a | **b** |

```
tuimail  list
```
"""


def test_prose_is_joined_and_what_only_a_renderer_needs_is_left_out() -> None:
    found = [(one.kind, one.text) for one in paragraphs(PAGE) if one.text]

    assert found == [
        (Kind.HEADING, "Title"),
        (Kind.PLAIN, "Prose that is wrapped, with a link (other.md) and code."),
        (Kind.PLAIN, "- one item, which goes on"),
        (Kind.PLAIN, "- another"),
        (Kind.PLAIN, "head   more"),
        (Kind.PLAIN, "a   b"),
        (Kind.QUOTE, "tuimail  list"),
    ]


def test_words_leave_only_the_paragraphs_that_have_all_of_them() -> None:
    assert [one.text for one in paragraphs(PAGE, "ITEM one")] == [
        "- one item, which goes on"
    ]
    assert [one.text for one in paragraphs(PAGE, "zebra")] == [
        "No paragraph of this page has that."
    ]


async def test_a_page_is_read_over_the_pane_and_left_by_escape(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("colon")
        await stage.type_in("docs searching")
        await stage.press("enter")
        await stage.until_shown("Docs: searching")

        assert "Lists and searching" in stage.text

        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, LeafScreen))
