"""Regular expressions that are compiled when they are first used.

A command imports hundreds of them and uses a few, and one may take as long to compile
as a module takes to load. Pure.
"""

import re
from collections.abc import Callable
from typing import AnyStr, Generic, cast


class _Late(Generic[AnyStr]):
    """A pattern; whatever it is asked for first, but its text, it is compiled for."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = text
        self._said: tuple[AnyStr, int] = text, flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._said), name)
        setattr(self, name, found)
        return found

    def __reduce__(self) -> tuple[Callable[..., object], tuple[AnyStr, int]]:
        return regex, self._said


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` would, or an error of its when it is first used."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))
