"""What styles say, as far as it decides whether somebody sees a text.

Only what is sure counts as said. Where a rule may or may not apply, because its
selector is not simple or its condition depends on the screen, the properties it
sets are ``UNSURE``, and nobody is told that a text is hidden because of them.

Pure.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.core.patterns import regex

Styles = Mapping[str, str]
"""What is declared for one element, in lower case."""
Declared = dict[str, tuple[str, bool]]
"""Value of each property, and whether it is ``!important``."""

PHONE_WIDTH: Final = 900
"""Screens up to this width may get another layout of the same words."""
CONDITIONS_LIMIT: Final = 20
"""Conditions inside one another; style sheets of mail have one."""

_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*+\"?+|'(?:[^'\\\n]|\\.)*+'?+"
_COMMENT: Final = regex(rf"{_STRING}|(/\*.*?(?:\*/|\Z)|<!--|-->)", re.DOTALL)
_ESCAPE: Final = regex(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_BRACE: Final = regex(rf"{_STRING}|([{{}};])", re.DOTALL)
_MAY_HOLD_SEMICOLONS: Final = regex(r"[\"'(\[{\\]")
_MARK: Final = regex(rf"{_STRING}|\\.|([()\[\]{{}};])", re.DOTALL)
_IMPORTANT: Final = regex(r"!\s{0,9}important")
_LONG_NAMES: Final = {"background": "background-color", "font": "font-size"}
"""What decides, of the properties that one short word sets."""
_ALWAYS: Final = regex(r"@media\s*(?:only\s+)?(?:all|screen)?\s*")
_FOR_FEW: Final = regex(
    r"print|prefers-color-scheme|max-(?:device-)?width\s{0,9}:\s{0,9}(\d{1,6})"
)


def without_comments(css: str) -> str:
    """Return ``css`` with a space for each comment."""
    if "/*" not in css and "--" not in css:
        return css
    return _COMMENT.sub(lambda found: " " if found[1] else found[0], css)


def unescaped(css: str) -> str:
    """Return ``css`` with the characters that its backslashes stand for."""
    return _ESCAPE.sub(_character, css) if "\\" in css else css


def _character(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[2]
    try:
        return chr(int(found[1], 16))
    except ValueError:
        return "\ufffd"


def declarations(style: str) -> Declared:
    """Return what a ``style`` attribute, or the body of a rule, declares."""
    result: Declared = {}
    for part in _parts(without_comments(style)) if style else ():
        name, colon, value = unescaped(part).lower().partition(":")
        if colon:
            bare = _IMPORTANT.sub("", value)
            name = _LONG_NAMES.get(name.strip(), name.strip())
            overlay(result, {name: (" ".join(bare.split()), bare != value)})
    return result


def _parts(style: str) -> Iterator[str]:
    """Yield what stands between semicolons that are not within something."""
    if not _MAY_HOLD_SEMICOLONS.search(style):
        yield from style.split(";")
        return
    start, depth = 0, 0
    for found in _MARK.finditer(style):
        if found[1] == ";" and not depth:
            yield style[start : found.start()]
            start = found.end()
        elif found[1] and found[1] != ";":
            depth = max(depth + (1 if found[1] in "([{" else -1), 0)
    yield style[start:]


def overlay(below: Declared, above: Declared) -> None:
    """Let ``above`` win over ``below``, but for what is important there."""
    for name, (value, is_important) in above.items():
        if is_important or not below.get(name, ("", False))[1]:
            below[name] = value, is_important


def rules(css: str, media: str | None = None) -> Iterator[tuple[bool, str, str]]:
    """Yield the rules of a style sheet that apply to most readers.

    Args:
        css: What stands in a ``style`` element.
        media: What its attribute of that name says.

    Yields:
        Whether the rule applies for sure, its selectors, and its body.
    """
    css = without_comments(css)
    whens = [_condition(f"@media {media or ''}")]
    start = position = 0
    while (found := _BRACE.search(css, position)) and len(whens) <= CONDITIONS_LIMIT:
        position = found.end()
        if found[1] is None:
            continue
        text, start = css[start : found.start()].strip(), position
        if found[1] == "{" and text.startswith("@"):
            whens.append(_condition(text))
        elif found[1] == "{":
            end = _block_end(css, position)
            if None not in whens:
                yield all(whens), text, css[position:end]
            start = position = end + 1
        elif found[1] == "}" and len(whens) > 1:
            whens.pop()


def _block_end(css: str, start: int) -> int:
    depth = 1
    for found in _BRACE.finditer(css, start):
        depth += {"{": 1, "}": -1}.get(found[1] or "", 0)
        if not depth:
            return found.start()
    return len(css)


def _condition(prelude: str) -> bool | None:
    """Return whether a block applies: for sure, perhaps, or to few readers."""
    prelude = prelude.lower().strip()
    if _ALWAYS.fullmatch(prelude):
        return True
    if not prelude.startswith(("@media", "@supports", "@layer", "@container")):
        return None
    found = _FOR_FEW.search(prelude)
    is_for_few = found is not None and int(found[1] or 0) <= PHONE_WIDTH
    return None if is_for_few else False
