"""What is said when tuimail itself is wrong: one line, and no values.

Textual's own report prints the values of local variables, among them
passwords. A person needs to know that it was not their doing, where it was for
the report, and that their mail is on disk.

A report has the same line, and which lines of code led there; nothing that any of
them held.

Pure, but for keeping a report.
"""

import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from textual.worker import WorkerFailed

from tuimail.settings.files import make_private_folder, replace_private
from tuimail.tui import wording

LONGEST_TEXT: Final = 200
REPORT_NAME: Final = "mistake.txt"
_CODE_DIGITS: Final = 6


def in_one_line(error: BaseException) -> str:
    """Return what kind of mistake ``error`` is and where it happened."""
    cause = _cause(error)
    text = wording.line(str(cause))[:LONGEST_TEXT]
    return f"{type(cause).__name__}{_place(cause)}: {text}"


def code(error: BaseException) -> str:
    """Return a short name for a mistake: the same place gives the same one."""
    cause = _cause(error)
    text = f"{type(cause).__name__}{_place(cause)}"
    return f"T-{sha256(text.encode()).hexdigest()[:_CODE_DIGITS]}"


def report(error: BaseException) -> str:
    """Return what helps to mend it: versions, and the lines of code that led there.

    Values of variables are not among it, and the text of the mistake is cut.
    """
    return "\n".join((code(error), in_one_line(error), *_versions(), *_steps(error)))


def kept(error: BaseException, folder: Path | None) -> Path | None:
    """Write the report into ``folder``; None where there is none, or it refuses."""
    if folder is None:
        return None
    path = folder / REPORT_NAME
    with suppress(OSError):
        make_private_folder(folder)
        replace_private(path, f"{report(error)}\n".encode())
        return path
    return None


def farewell(error: BaseException, report_path: Path | None = None) -> str:
    """Return what is printed after the app had to end."""
    lines = [
        f"tuimail had to stop because of a mistake in itself ({code(error)}):",
        in_one_line(error),
        "Mail that was stored is on disk. Please report the line above.",
    ]
    if report_path:
        lines.append(f"More is in {wording.line(str(report_path))}")
    return "\n".join(lines)


def _cause(error: BaseException) -> BaseException:
    return error.error if isinstance(error, WorkerFailed) else error


def _versions() -> Iterator[str]:
    from importlib.metadata import version  # noqa: PLC0415 - loads half of email

    yield f"tuimail {version('tuimail')}, Textual {version('textual')}"
    yield f"Python {platform.python_version()}, {sys.platform}"


def _steps(error: BaseException) -> Iterator[str]:
    """Yield each step that led there, without the text of any line."""
    for frame in traceback.extract_tb(_cause(error).__traceback__):
        yield f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f" in {Path(last.filename).name}, line {last.lineno}"
