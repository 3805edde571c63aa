"""What is wrong with a template, said with its name, its line and the variable.

The engine's own report is several screens with the values in it; of that, only
the innermost cause is used.

Pure.
"""

import re
from typing import TYPE_CHECKING, Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

if TYPE_CHECKING:
    from minijinja import TemplateError as NativeError

SENTENCE_LIMIT: Final = 300
"""Characters of what is wrong; the engine may quote any text."""
_CAUSE: Final = regex(r"^caused by: (.*)$", re.MULTILINE)
_PLACED: Final = regex(r"(.*) \(in (.*):(\d+)\)", re.DOTALL)
_UNDEFINED: Final = regex(r".*`(.+)` is undefined\)?", re.DOTALL)
_WANTED_FILE: Final = regex(r"""'.*'|".*\"""", re.DOTALL)
_CATEGORY: Final = regex(
    r"(?:undefined value|invalid operation|syntax error|template not found"
    r"|unknown \w+|could not render \w+|bad \w+|missing argument|too many arguments"
    r"|cannot \w+|unpack \w+): (?=.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The innermost cause of an error."""

    name: str
    """Of the template, as the engine knows it; empty where it does not."""
    line: int
    """Counted from 1 within what the engine was given; 0 where not known."""
    text: str
    """The engine's words, beginning with their category."""
    variable: str = ""
    """What has no value, if that is what is wrong."""

    @property
    def sentence(self) -> str:
        """What is wrong, to stand after the place; without a full stop."""
        if self.variable:
            return f"the variable `{self.variable}` has no value"
        if self.is_out_of_steps:
            return "it takes too many steps; a loop may be too long"
        wanted = _WANTED_FILE.search(self.text) if self.is_missing_file else None
        if wanted is not None:
            return f"there is no file {wanted[0][:SENTENCE_LIMIT]} beside it"
        return _CATEGORY.sub("", self.text, count=1)[:SENTENCE_LIMIT]

    @property
    def is_out_of_steps(self) -> bool:
        """Whether it was stopped because it went on for too long."""
        return self.text.startswith("engine ran out of fuel")

    @property
    def is_missing_file(self) -> bool:
        """Whether another template that it needs was not to be had."""
        return self.text.startswith("template not found")


def fault_of(error: "NativeError") -> Fault:
    """Return what ``error`` comes from."""
    text = [error.message, *_CAUSE.findall(str(error))][-1]
    placed = _PLACED.fullmatch(text)
    if placed is None:
        return Fault(name=error.name or "", line=error.line or 0, text=text)
    words, name, line = placed.groups()
    return Fault(
        name=name, line=int(line), text=words, variable=_variable(words, error)
    )


def _variable(words: str, error: "NativeError") -> str:
    named = _UNDEFINED.fullmatch(words)
    if named is not None:
        return named[1]
    if words != "undefined value" or not error.range:
        return ""
    # Within a macro the engine names the place in the source only.
    start, end = error.range
    return (error.template_source or "").encode()[start:end].decode()
