"""How keys are written: ``ctrl+s``, ``f9``, ``?``, and chords such as ``g g``.

A chord is a few strokes with spaces between them, pressed one after the other.
Alternatives are separated by commas. A stroke that types a character is written
as that character; the space and the comma have names.

Pure.
"""

import re
from typing import Final

from textual.keys import key_to_character

_MODIFIERS: Final = {"ctrl": "Ctrl-", "alt": "Alt-", "shift": "Shift-"}
_NAMES: Final = {
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "insert": "Ins",
    "backspace": "Backspace",
    "space": "Space",
    "comma": ",",
    "tab": "Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
}
_NAMED_CHARACTERS: Final = frozenset(" ,")
"""Characters that separate keys, so that they need a name."""
_CHARACTERS: Final = {
    "plus": "+", "minus": "-", "slash": "/", "backslash": "\\", "at": "@",
    "underscore": "_",
}  # fmt: skip
"""What Textual calls otherwise than Unicode does."""
_FUNCTION_KEY: Final = re.compile(r"f[1-9]\d?")
_LONGEST_CHORD: Final = 3


def alternatives(keys: str) -> tuple[str, ...]:
    """Return the keys of a list with commas, each spelled in the one usual way."""
    return tuple(usual(key) for key in keys.split(","))


def usual(key: str) -> str:
    """Return the one spelling of ``key``: ``right_square_bracket f`` is ``] f``."""
    return " ".join(_usual_stroke(stroke) for stroke in key.split())


def strokes(key: str) -> tuple[str, ...]:
    """Return what is pressed, one after the other."""
    return tuple(usual(key).split())


def pressed(key: str, character: str | None) -> str:
    """Return the stroke that a terminal reports as ``key`` and ``character``."""
    has_modifier = "+" in key and len(key) > 1
    if character and not has_modifier and _is_written_as_itself(character):
        return character
    return _usual_stroke(key)


def is_key(key: str) -> bool:
    """Return whether ``key`` can be pressed."""
    found = strokes(key)
    return 0 < len(found) <= _LONGEST_CHORD and all(map(_is_stroke, found))


def shown(key: str) -> str:
    """Return ``key`` as people write it: ``Ctrl-s``, and ``gg`` for ``g g``."""
    found = strokes(key)
    between = "" if all(len(stroke) == 1 for stroke in found) else " "
    return between.join(map(_shown_stroke, found))


def _usual_stroke(stroke: str) -> str:
    character = _CHARACTERS.get(stroke) or key_to_character(stroke)
    return character if character and _is_written_as_itself(character) else stroke


def _is_written_as_itself(character: str) -> bool:
    is_one = len(character) == 1 and character.isprintable()
    return is_one and character not in _NAMED_CHARACTERS


def _is_stroke(stroke: str) -> bool:
    if len(stroke) == 1:
        return stroke.isprintable()
    *modifiers, name = stroke.split("+")
    if not set(modifiers) <= set(_MODIFIERS):
        return False
    is_named = name in _NAMES or _FUNCTION_KEY.fullmatch(name) is not None
    return is_named or _is_character(name)


def _is_character(name: str) -> bool:
    """Return whether ``name`` is a letter or digit, or how Textual calls another."""
    return name.isalnum() if len(name) == 1 else len(_usual_stroke(name)) == 1


def _shown_stroke(stroke: str) -> str:
    if len(stroke) == 1:
        return stroke
    *modifiers, name = stroke.split("+")
    prefix = "".join(_MODIFIERS.get(one, f"{one}-") for one in modifiers)
    plain = name.upper() if _FUNCTION_KEY.fullmatch(name) else _usual_stroke(name)
    return prefix + _NAMES.get(name, plain)
