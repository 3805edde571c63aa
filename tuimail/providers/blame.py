"""Whose mistake it is: what a plug-in meets is said of it, and harms no other account.

A plug-in is code of anybody. It is run in the middle of lists of accounts and of
sending for all of them, so that none of its exceptions, nor its ``sys.exit()``, may
get further than the account that leads through it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import TracebackType
from typing import Final

from tuimail.errors import ConfigurationError, TuimailError


@contextmanager
def blamed(name: str, step: str) -> Iterator[None]:
    """Say of a provider what it raises within this, unless it is in our words.

    Args:
        name: Of the provider, as the account has it.
        step: What it was to do, such as ``check``.

    Raises:
        ConfigurationError: In the place of what is no error of ours. Its words are
            not repeated: they may hold the password.
    """
    try:
        yield
    except TuimailError:
        raise
    except (Exception, SystemExit) as error:
        raise mistake(
            name, f"{type(error).__name__}{_place(error.__traceback__)} in its {step}"
        ) from error


def mistake(name: str, what: str) -> ConfigurationError:
    """Return that the provider called ``name`` does not do as it has to."""
    return ConfigurationError(
        f"The provider “{name[:NAME_LIMIT]}” has a mistake: {what}.",
        hint="Tell who makes it, or let the account lead through another one.",
        field="provider",
    )


def _place(trace: TracebackType | None) -> str:
    """Return the file and line where it was raised."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = PurePath(trace.tb_frame.f_code.co_filename).name
    return f" at {name}:{trace.tb_lineno}"


NAME_LIMIT: Final = 80
