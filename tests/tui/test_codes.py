"""The words for why mail does not leave: all in sight, each chosen or not."""

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.widgets.codes import Codes

CODES = ("wrong recipient", "tone", "policy")


class Host(App[None]):
    """The words and nothing else."""

    def compose(self) -> ComposeResult:
        yield Codes(CODES, chosen=("policy",), id="codes")


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (60, ["[ ] 1 wrong recipient  [ ] 2 tone  [x] 3 policy"]),
        (34, ["[ ] 1 wrong recipient  [ ] 2 tone", "[x] 3 policy"]),
        (21, ["[ ] 1 wrong recipient", "[ ] 2 tone", "[x] 3 policy"]),
    ],
)
async def test_they_take_as_many_lines_as_they_need(
    width: int, said: list[str]
) -> None:
    async with Host().run_test(size=(width, 6)) as pilot:
        codes = pilot.app.query_one(Codes)
        height = codes.size.height
        shown = [codes.render_line(y).text.rstrip() for y in range(height + 1)]

    assert height == len(said)
    assert shown == [*said, ""]


async def test_they_are_told_in_their_own_order_whichever_was_chosen_first() -> None:
    async with Host().run_test() as pilot:
        codes = pilot.app.query_one(Codes)
        codes.toggle("wrong recipient")
        both = codes.in_order
        codes.toggle("policy")

        assert both == ("wrong recipient", "policy")
        assert codes.in_order == ("wrong recipient",)
