"""The row for what went wrong: shown while there is something, and inert."""

from textual.app import App, ComposeResult

from tuimail.tui.widgets.notice import Notice


class Host(App[None]):
    """The row and nothing else."""

    def compose(self) -> ComposeResult:
        yield Notice()


async def test_it_takes_room_only_while_it_says_something() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        notice = pilot.app.query_one(Notice)
        before = notice.display
        notice.say("The disk is full.", hint="Make room.")
        await pilot.pause()
        during = (notice.display, notice.size.height, notice.text)
        notice.clear()
        await pilot.pause()
        after = notice.display

    assert during == (True, 1, "The disk is full. Make room.")
    assert not before
    assert not after


async def test_it_wraps_and_takes_no_more_than_four_lines() -> None:
    async with Host().run_test(size=(20, 12)) as pilot:
        notice = pilot.app.query_one(Notice)
        notice.say("word " * 40)
        await pilot.pause()

        assert notice.size.height == 4


async def test_what_others_wrote_acts_on_nothing() -> None:
    async with Host().run_test(size=(60, 6)) as pilot:
        notice = pilot.app.query_one(Notice)
        notice.say("[@click=app.quit]x[/] \x1b[2J[/b]\nnext")
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        shown = "".join(segment.text for segment in strips[0]).rstrip()

    assert shown == f" {notice.text}"
    assert "[@click=app.quit]x[/] ␛[2J[/b]" in shown


async def test_what_is_no_error_looks_otherwise() -> None:
    async with Host().run_test() as pilot:
        notice = pilot.app.query_one(Notice)
        notice.say("Kept.", is_error=False)
        plain = notice.has_class("-plain")
        notice.say("Refused.")

        assert plain
        assert not notice.has_class("-plain")
