"""What every table of a file about a mail API has in common. Pure."""

from typing import Annotated, Final

from msgspec import Meta, Struct

Path = Annotated[str, Meta(pattern=r"\A[^.\s]+(?:\.[^.\s]+)*\Z", max_length=200)]
_NAME: Final = r"(?!\d+(?:\.|\Z))[^.\s*]+"
Target = Annotated[
    str, Meta(pattern=rf"\A{_NAME}(?:\.(?:0|{_NAME}))*\Z", max_length=200)
]
"""A path where something is put: the only position is the first, because what comes
before any other may be missing from a mail."""
HeaderName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]{1,60}\Z")]
HeaderValue = Annotated[str, Meta(pattern=r"\A[ -~]{0,200}\Z")]
UrlPath = Annotated[str, Meta(pattern=r"\A(?:/[!\"$-~]*)?\Z", max_length=500)]
"""Begins with a slash, unless it is empty, and has no fragment."""
Count = Annotated[int, Meta(ge=1)]
Regex = Annotated[str, Meta(min_length=1, max_length=500)]
Scalar = str | int | bool


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""
