"""What every table of a file about a mail API has in common. Pure."""

from typing import Annotated

from msgspec import Meta, Struct

Path = Annotated[str, Meta(pattern=r"\A[^.\s]+(?:\.[^.\s]+)*\Z", max_length=200)]
HeaderName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9-]{1,60}\Z")]
HeaderValue = Annotated[str, Meta(pattern=r"\A[ -~]{0,200}\Z")]
UrlPath = Annotated[str, Meta(pattern=r"\A(?:/[!-~]*)?\Z", max_length=500)]
"""Begins with a slash, unless it is empty."""
Count = Annotated[int, Meta(ge=1)]
Regex = Annotated[str, Meta(min_length=1, max_length=500)]
Scalar = str | int | bool


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""
