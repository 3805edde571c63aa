"""Who has which keys: found in the code, so that nobody has to list it."""

import importlib
import pkgutil
from collections.abc import Iterator

from textual.binding import Binding
from textual.dom import DOMNode

import tuimail.tui
from tuimail.tui.keys.key import Key


def classes() -> tuple[type[DOMNode], ...]:
    """Return every class of the app that may have keys."""
    modules = pkgutil.walk_packages(tuimail.tui.__path__, "tuimail.tui.")
    return tuple(
        found
        for module in modules
        for found in vars(importlib.import_module(module.name)).values()
        if isinstance(found, type)
        and issubclass(found, DOMNode)
        and found.__module__ == module.name
    )


CLASSES = classes()


def own_bindings(kind: type[DOMNode]) -> Iterator[Binding]:
    """Yield what ``kind`` itself binds, with an id."""
    for one in vars(kind).get("BINDINGS", ()):
        if isinstance(one, Binding) and one.id:
            yield one


def all_bindings(kind: type[DOMNode]) -> Iterator[Binding]:
    """Yield what works where an instance of ``kind`` is asked for a key."""
    for base in kind.__mro__:
        yield from own_bindings(base)


def owners(key: Key) -> list[type[DOMNode]]:
    """Return which classes have ``key``."""
    wanted = (key.id, key.action)
    return [
        kind
        for kind in CLASSES
        if any((one.id, one.action) == wanted for one in own_bindings(kind))
    ]
