"""Columns for people, and the same cells with tabs between for programs."""

from collections.abc import Sequence
from datetime import datetime

from tuimail.cli.console import Console


def print_table(
    console: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    ids: int = 0,
) -> None:
    """Print rows as fits the reader: columns for a person, tabs for a program.

    Args:
        console: Where to.
        heads: One word a column.
        rows: Cells as they are.
        ids: How much of the end of the first column people are shown; 0 is all.
    """
    if not console.shows_to_person:
        console.data(*tabbed(rows))
    elif rows:
        from shutil import get_terminal_size  # noqa: PLC0415 - not for programs

        from tuimail.cli.aligning import aligned  # noqa: PLC0415 - the same

        shown = [(row[0][-ids:], *row[1:]) for row in rows]
        head, *lines = aligned(
            heads, shown, width=get_terminal_size().columns, uncut=ids
        )
        console.heading(head)
        console.data(*lines)


def tabbed(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line a row; no cell can end its line or its column."""
    return ["\t".join(" ".join(cell.split()) for cell in row) for row in rows]


def local(time: datetime | None) -> str:
    """Return a time for people, in their own zone."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M") if time else ""
