"""Other people's programs, each in a virtual environment of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

MAILATLAS: Final = "mailatlas==0.3.0"
FLUXMAIL: Final = "fluxmail==0.3.3"
DJANGO: Final = "Django==5.2.19"
AIOSMTPLIB: Final = "aiosmtplib==5.1.3"
FOLDER: Final = Path(
    os.environ.get("TUIMAIL_BENCH_PEERS", "~/.cache/tuimail-bench")
).expanduser()
"""Where they are installed, once; may be thrown away."""


def python_with(requirement: str) -> str:
    """Return a Python that has ``requirement``, e.g. ``fluxmail==0.3.3``."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    room = FOLDER / f"{requirement.replace('==', '-')}-py{version}"
    python = room / "bin" / "python"
    if not (room / "ready").exists():
        _run(sys.executable, "-m", "venv", "--clear", str(room))
        _run(str(python), "-m", "pip", "install", "--quiet", requirement)
        (room / "ready").touch()
    return str(python)


def command_of(requirement: str) -> str:
    """Return the command that ``requirement`` installs, of the same name."""
    name = requirement.partition("==")[0]
    return str(Path(python_with(requirement)).with_name(name))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=sys.stderr)
