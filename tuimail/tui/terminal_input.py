"""What Textual reads from a terminal, and reads otherwise here.

To be set before the app runs.
"""

from typing import NamedTuple, cast

import textual.constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _Named(NamedTuple):
    """A key, as Textual's table has them."""

    value: str


def set_up() -> None:
    """Have no key typed by the environment, and digits with Alt be what they are.

    Textual takes Alt and a digit for what some keyboards type with it, so that
    ``£`` would stand in the mail where the Outbox was asked for. Programs that
    send what such a keyboard types send that as it is.
    """
    textual.constants.PRESS = ""  # type: ignore[misc]  # it would type keys
    known = cast("dict[str, tuple[_Named, ...]]", ANSI_SEQUENCES_KEYS)
    known |= {f"\x1b{digit}": (_Named(f"alt+{digit}"),) for digit in "0123456789"}
