"""Whole processes, as somebody starts them from a shell, and what each takes."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.bench.contests import Cost
from tests.bench.peers import FOLDER

CHECKOUT: Final = Path(__file__).parents[2]
_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_MEBIBYTE: Final = 1 << (20 if sys.platform == "darwin" else 10)
"""How many of the units of ``ru_maxrss`` are one."""
_OTHERWISE: Final = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"})
_OUR_OWN: Final = "TUIMAIL_BENCH_PEERS"
"""A name that tuimail would look for among its variables, as if it were mistyped."""


def environ() -> dict[str, str]:
    """Return the environment in which everybody's modules stay compiled.

    As they are where a program was installed; in a folder of their own, so that
    nothing is written beside the sources.
    """
    kept = {key: text for key, text in os.environ.items() if key not in _OTHERWISE}
    return {**kept, "PYTHONPYCACHEPREFIX": str(FOLDER / "compiled")}


def cost_of(words: Sequence[str]) -> Cost:
    """Return what a process took from its start to its end.

    Args:
        words: The whole path of a program, and its arguments.

    Raises:
        SystemExit: It failed; with what it said.
    """
    with TemporaryDirectory() as folder:
        told = Path(folder, "told")
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_LAUNCHER), str(told), *words],
            cwd=CHECKOUT,
            env={key: text for key, text in environ().items() if key != _OUR_OWN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            said = done.stdout.decode(errors="replace")
            raise SystemExit(f"{Path(words[0]).name} failed:\n{said}")
        wall, cpu, peak = map(float, told.read_text().split())
    return Cost(wall, cpu, peak / _MEBIBYTE)


def told_by(words: Sequence[str]) -> dict[str, Any]:
    """Return what a process printed as JSON."""
    done = subprocess.run(
        words, cwd=CHECKOUT, env=environ(), stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ours(module: str, *words: object) -> list[str]:
    """Return how a module of the bench is run with this Python."""
    return [sys.executable, "-m", f"tests.bench.{module}", *map(str, words)]


def theirs(python: str, script: str, *words: object) -> list[str]:
    """Return how a script of the bench is run with the Python of a peer."""
    path = Path(__file__).with_name(f"{script}.py")
    return [python, str(path), *map(str, words)]
