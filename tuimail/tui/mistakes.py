"""What is said when tuimail itself is wrong: one line, and no values.

Textual's own report prints the values of local variables, among them
passwords. A person needs to know that it was not their doing, where it was for
the report, and that their mail is on disk.

Pure.
"""

import traceback
from pathlib import Path

from textual.worker import WorkerFailed

from tuimail.tui import wording

LONGEST_TEXT = 200


def in_one_line(error: BaseException) -> str:
    """Return what kind of mistake ``error`` is and where it happened."""
    cause = error.error if isinstance(error, WorkerFailed) else error
    text = wording.line(str(cause))[:LONGEST_TEXT]
    return f"{type(cause).__name__}{_place(cause)}: {text}"


def farewell(error: BaseException) -> str:
    """Return what is printed after the app had to end."""
    return (
        "tuimail had to stop because of a mistake in itself: "
        f"{in_one_line(error)}\n"
        "Mail that was stored is on disk. Please report this line."
    )


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f" in {Path(last.filename).name}, line {last.lineno}"
