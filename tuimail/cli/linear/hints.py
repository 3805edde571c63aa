"""Hints that name commands of a shell, said in the words of the dialogue.

Pure.
"""

import re
from typing import Final

from tuimail.cli.linear.numbers import Numbers
from tuimail.core.patterns import regex

_HERE: Final = {
    "accounts": "accounts",
    "approve": "approve",
    "cancel": "cancel",
    "discard": "discard",
    "hold": "hold",
    "list": "list",
    "outbox": "list outbox",
    "reject": "reject",
    "release": "release",
    "request-changes": "changes",
    "resume": "resume",
    "retry": "retry",
    "review": "read",
    "show": "read",
}
"""Verb of the command line to what is typed here."""
_RESOLVE: Final = regex(
    r"tuimail resolve (\w+)(?: --[\w|-]+(?:, --resend or --give-up)?)?"
)
_ACCOUNT: Final = regex(r"tuimail accounts (hold|resume) ")
_ATTEMPTS: Final = regex(r"(tuimail show \w+) --attempts")
_TYPED: Final = regex(
    rf"tuimail ({'|'.join(map(re.escape, _HERE))})(?![\w-])(?! (?:run|add|list|set)\b)"
)
_SIGNED: Final = regex(r"(approve \d+) --as NAME")


def in_dialogue(text: str, numbers: Numbers) -> str:
    """Return a sentence with what is typed here, where it is said otherwise."""
    found = numbers.in_words(text)
    found = _RESOLVE.sub(r"arrived \1, resend \1 or give-up \1", found)
    found = _ACCOUNT.sub(r"\1-account ", found)
    found = _ATTEMPTS.sub(r"\1", found)
    found = _TYPED.sub(lambda match: _HERE[match[1]], found)
    return _SIGNED.sub(r"\1", found)
