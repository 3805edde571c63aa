"""Who may do what with files that are made without saying so."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def umask(value: int) -> Iterator[None]:
    """Have this process make files so; it is as before afterwards."""
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)
