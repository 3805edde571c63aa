"""Runs of many mails and kills that are too long for the suite: what they share."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol


class Report(Protocol):
    """What came of a run."""

    @property
    def broken(self) -> object:
        """What did not hold; false where everything did."""
        ...

    def lines(self) -> Iterable[str]:
        """Return it for people."""
        ...


def exit_code(run: Callable[[Path], Report], *, prefix: str) -> int:
    """Run it in a folder and a home of its own, print it; 1 where it broke."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        home = Path(name) / "home"
        home.mkdir()
        os.environ["HOME"] = str(home)
        report = run(Path(name))
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return int(bool(report.broken))
