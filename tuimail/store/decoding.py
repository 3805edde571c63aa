"""Decoders of stored JSON, made when the first text is read.

Most commands read lists, which have none, or what they have just written, which is
remembered; ``msgspec`` takes as long to load as all else that those need of the store.
"""

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_origin

if TYPE_CHECKING:
    from msgspec.json import Decoder as MsgspecDecoder

T = TypeVar("T")


class Decoder(Generic[T]):
    """Reads JSON as values that nobody changes, as ``msgspec.json.Decoder`` does."""

    def __init__(self, kind: object) -> None:
        self._kind = kind
        self._decoder: MsgspecDecoder[T] | None = None
        self._known: tuple[str | None, Any] = _nothing(kind)

    def decode(self, text: str) -> T:
        """Return what ``text`` says.

        Raises:
            MsgspecError: It is no such value.
        """
        known, value = self._known
        if text == known:
            return cast("T", value)
        if self._decoder is None:
            from msgspec.json import Decoder as Made  # noqa: PLC0415 - see above

            made: Any = Made(self._kind)
            self._decoder = cast("MsgspecDecoder[T]", made)
        return self._decoder.decode(text)

    def remember(self, text: str, value: T) -> None:
        """Know that ``text``, which was just written, says ``value``."""
        self._known = text, value


def _nothing(kind: object) -> tuple[str | None, Any]:
    """Return what most texts are: a list of nothing, where it is one of tuples."""
    return ("[]", ()) if get_origin(kind) is tuple else (None, None)


def decoder(kind: type[T]) -> Decoder[T]:
    """Return what reads JSON as ``kind``, and is never to change what it read."""
    return Decoder[T](kind)
