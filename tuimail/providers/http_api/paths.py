"""Places in JSON, by a path: to put something there, or to look what is there.

Pure.
"""

from collections.abc import Iterator
from itertools import pairwise

Tree = dict[str, object]
"""What becomes a JSON object."""


def put(tree: Tree, path: str, value: object) -> None:
    """Put ``value`` where ``path`` leads; what is on the way is made.

    What it leads to in a list goes to the end of it.

    Raises:
        TypeError: There is something else on the way.
    """
    steps = path.split(".")
    place: object = tree
    for step, following in pairwise(steps):
        place = _entered(place, step, [] if is_position(following) else {})
    _set(place, steps[-1], value)


def inside(tree: Tree, path: str) -> Tree:
    """Return the object at ``path``, which is made where there is none."""
    place: object = tree
    for step, following in pairwise([*path.split("."), ""]):
        place = _entered(place, step, [] if is_position(following) else {})
    if not isinstance(place, dict):
        raise TypeError(f"There is something else where {path} should be.")
    return place


def look(tree: object, path: str) -> Iterator[object]:
    """Yield whatever is where ``path`` leads, except null."""
    step, _, rest = path.partition(".")
    for found in _at(tree, step):
        if found is None:
            continue
        if rest:
            yield from look(found, rest)
        else:
            yield found


def first(tree: object, path: str) -> object:
    """Return the first that is where ``path`` leads, or None."""
    return next(look(tree, path), None)


def every(tree: object, path: str) -> Iterator[object]:
    """Yield whatever is where ``path`` leads; None wherever it leads to nothing."""
    step, _, rest = path.partition(".")
    for found in tuple(_at(tree, step)) or (None,):
        if rest and found is not None:
            yield from every(found, rest)
        else:
            yield found


def _at(tree: object, step: str) -> Iterator[object]:
    if isinstance(tree, dict):
        yield from tree.values() if step == "*" else (tree.get(step),)
    elif isinstance(tree, list):
        if step == "*":
            yield from tree
        elif is_position(step):
            yield from tree[int(step) :][:1]


def _entered(place: object, step: str, empty: object) -> object:
    """Return what is at ``step``, which is made where nothing is."""
    if isinstance(place, list) and is_position(step):
        if int(step) >= len(place):
            place.append(empty)
            return place[-1]
        return place[int(step)]
    if isinstance(place, dict) and not is_position(step):
        return place.setdefault(step, empty)
    raise TypeError(f"There is something else where {step} should be.")


def _set(place: object, step: str, value: object) -> None:
    if isinstance(place, list) and is_position(step):
        place.append(value)
    elif isinstance(place, dict) and not is_position(step):
        place[step] = value
    else:
        raise TypeError(f"There is something else where {step} should be.")


def is_position(step: str) -> bool:
    """Return whether a step of a path is a position in a list."""
    return step.isascii() and step.isdigit()
