"""Draws the lines of a widget that changed, before anything else is done.

Textual collects what changed for some milliseconds, lays out what others need first,
and asks every widget on the screen for its lines. Somebody who holds a key down sees
that; what a key changes is mostly two lines of one widget.
"""

# ruff: noqa: SLF001 - Textual has no public way to any of it
from collections.abc import Sequence
from typing import cast

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget


class Lines(CompositorUpdate):
    """Lines of one widget, each where it is on the screen."""

    def __init__(self, lines: Sequence[tuple[Offset, Strip]]) -> None:
        self._lines = lines

    def render_segments(self, console: Console) -> str:
        return "".join(
            f"\x1b[{y + 1};{x + 1}H{strip.render(console)}"  # CUP of ECMA-48
            for (x, y), strip in self._lines
        )


def draw(widget: Widget) -> None:
    """Draw what changed of ``widget``; what is not its own is left to Textual.

    So is all of it where something else stands in front, or where the widget is
    about to get another place.
    """
    screen, app = widget.screen, widget.app
    if screen is not app.screen or not _is_in_front(widget):
        return
    region, clip = screen._compositor.visible_widgets[widget]
    seen = region.intersection(clip).translate(-region.offset)
    width = min(seen.width, widget.scrollable_content_region.right - region.x)
    parts = [one.intersection(seen) for one in widget._exchange_repaint_regions()]
    changed = Region.from_union(parts) if parts else Region()
    strips = widget.render_lines(Region(0, changed.y, width, changed.height))
    top = region.offset + Offset(0, changed.y)
    lines = [(top + Offset(0, y), strip) for y, strip in enumerate(strips)]
    if lines:
        app._display(screen, cast("RenderableType", Lines(lines)))


def _is_in_front(widget: Widget) -> bool:
    """Whether it is seen, and nothing but what belongs to it stands before it."""
    visible = widget.screen._compositor.visible_widgets
    if widget not in visible:
        return False
    region, _ = visible[widget]
    for other, (place, clip) in visible.items():
        if other is widget:
            return True
        if other.parent is not widget and region.overlaps(place.intersection(clip)):
            return False
    return False


def shift(widget: Widget, lines: range, by: int) -> None:
    """Take what is drawn already for what stands ``by`` lines further down now.

    Args:
        widget: It draws line by line, and has no border.
        lines: Those of its lines that scroll.
        by: How many lines it scrolled; negative towards the top.
    """
    cache = widget._styles_cache
    kept = {
        y: strip
        for y in lines
        if y + by in lines and not cache.is_dirty(y + by)
        if (strip := cache._cache.get(y + by)) is not None
    }
    widget.refresh(Region(0, lines.start, widget.size.width, len(lines)))
    cache._cache.update(kept)
    cache._dirty_lines.difference_update(kept)
