"""Screens whose styles are worked out once, and not anew at each return to them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from textual import events
from textual.screen import Screen

Result = TypeVar("Result")


class Styled(Screen[Result]):
    """Spares what Textual does to be safe: style every widget for what is known.

    A style depends on the size class of the screen, which is there before its first
    widget is, and on what the app says of itself: light or dark, with a focus or
    without. A theme that changed meanwhile is looked after by the app.
    """

    _styled_for: object = None

    async def _compose(self) -> None:
        self.update_classes(dict(self._size_classes()), animate=False)
        self._styled_for = self._said_by_app()
        await super()._compose()

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Let all styles be worked out where the app says something else by now.

        Args:
            event: Is handed on to Textual, which does it if that is asked for.
        """
        before, self._styled_for = self._styled_for, self._said_by_app()
        event.refresh_styles = before != self._styled_for

    def _said_by_app(self) -> object:
        return self.app.classes, self.app.pseudo_classes

    def _size_classes(self) -> Iterator[tuple[str, bool]]:
        """Yield each size class of the app, and whether it is this screen's."""
        app = self.app
        yield from _classes(app.HORIZONTAL_BREAKPOINTS or (), app.size.width)
        yield from _classes(app.VERTICAL_BREAKPOINTS or (), app.size.height)


def _classes(
    breakpoints: Sequence[tuple[int, str]], cells: int
) -> Iterator[tuple[str, bool]]:
    reached = [name for least, name in sorted(breakpoints) if least <= cells]
    for _, name in breakpoints:
        yield name, name in reached[-1:]
