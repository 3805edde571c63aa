"""One thing that was looked at, and whether it is as it should be."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from tuimail.core.values import dataclass

_NAMED: Final = 3


class Health(StrEnum):
    """How it is with one thing."""

    OK = "ok"
    """As it should be."""
    WARNING = "warning"
    """Nothing is wrong yet, or a person has to decide something."""
    PROBLEM = "problem"
    """Something is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one look found."""

    name: str
    """Stable word for programs: ``messages``, ``disk``, …"""
    health: Health
    sentence: str
    hint: str = ""
    """What to type next, or empty."""


def fine(name: str, sentence: str) -> Diagnosis:
    """Return that one thing is as it should be."""
    return Diagnosis(name=name, health=Health.OK, sentence=sentence)


def warning(name: str, sentence: str, hint: str = "") -> Diagnosis:
    """Return that somebody should look at one thing."""
    return Diagnosis(name=name, health=Health.WARNING, sentence=sentence, hint=hint)


def problem(name: str, sentence: str, hint: str) -> Diagnosis:
    """Return that something is wrong."""
    return Diagnosis(name=name, health=Health.PROBLEM, sentence=sentence, hint=hint)


def some(names: Sequence[str]) -> str:
    """Return the first few of many."""
    shown = ", ".join(names[:_NAMED])
    rest = len(names) - _NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
