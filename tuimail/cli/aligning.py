"""Columns as a person sees them: as wide as they are, in a terminal of some width."""

from collections.abc import Sequence

from tuimail.core.display import cell_width, safe_width

_GAP = 2


def aligned(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    uncut: int = 0,
) -> list[str]:
    """Return lines under their heads; the last column takes what is left.

    Args:
        heads: One word a column.
        rows: Cells as they are; they are made safe to measure here.
        width: Cells of the terminal.
        uncut: Cells of the first column that are never cut, as an id that lost its
            end is none.
    """
    cells = [list(heads), *([safe_width(cell) for cell in row] for row in rows)]
    widths = [
        min(max(cell_width(row[at]) for row in cells), width // 4)
        for at in range(len(heads) - 1)
    ]
    widths[:1] = [max(uncut, *widths[:1])] if widths else []
    left = max(width - sum(widths) - _GAP * len(widths), _GAP)
    return [_line(row, [*widths, left]) for row in cells]


def fit(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, with an ellipsis if cut."""
    if cell_width(text) <= width:
        return text
    kept = text[:width]
    while cell_width(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    fitted = [fit(cell, width) for cell, width in zip(row, widths, strict=True)]
    padded = [
        cell + " " * (width - cell_width(cell))
        for cell, width in zip(fitted, widths, strict=True)
    ]
    return (" " * _GAP).join(padded).rstrip()
