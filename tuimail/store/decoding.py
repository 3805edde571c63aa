"""Decoders of stored JSON, made when the first text is read.

Most commands read lists, which have none; ``msgspec`` takes as long to load as all
else that those need of the store.
"""

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from msgspec.json import Decoder

T = TypeVar("T")


class _Late(Generic[T]):
    """A decoder; the first call of one of its methods makes it."""

    def __init__(self, kind: object) -> None:
        self._kind = kind

    def __getattr__(self, name: str) -> object:
        from msgspec.json import Decoder  # noqa: PLC0415 - takes long to load

        made: Decoder[Any] = Decoder(self._kind)
        found: object = getattr(made, name)
        setattr(self, name, found)
        return found


def decoder(kind: type[T]) -> "Decoder[T]":
    """Return what reads JSON as ``kind``, as ``msgspec.json.Decoder`` does."""
    return cast("Decoder[T]", _Late[T](kind))
