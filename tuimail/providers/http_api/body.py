"""What goes out in one request, whose size is known before it does. Pure."""

from collections.abc import AsyncIterator, Iterator, Mapping

from tuimail.core.message import Envelope
from tuimail.core.values import dataclass, field
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.paths import Tree
from tuimail.providers.http_api.saying import tree_of
from tuimail.providers.http_api.wire import boundary_for, form_pieces, json_pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A tree, and how it is written."""

    tree: Tree = field(repr=False)
    boundary: str
    """Of a form; empty for JSON."""
    size_bytes: int

    @property
    def content_type(self) -> str:
        """What the service is told that it is."""
        if self.boundary:
            return f"multipart/form-data; boundary={self.boundary}"
        return "application/json"

    def pieces(self) -> Iterator[bytes]:
        """Yield it, the same each time."""
        return _pieces(self.tree, self.boundary)

    async def each(self) -> AsyncIterator[bytes]:
        """Yield it for a socket."""
        for piece in self.pieces():
            yield piece


def body_of(
    definition: Definition,
    fields: Mapping[str, str],
    content: bytes,
    envelope: Envelope,
) -> Body:
    """Return what a service is told of a message.

    Takes tens of milliseconds for a big one: call it in a worker thread.

    Raises:
        UnsupportedFeatureError: The message has a form that cannot be told.
    """
    tree = tree_of(definition, fields, content, envelope)
    boundary = boundary_for(tree) if definition.request.body == "form" else ""
    size = sum(map(len, _pieces(tree, boundary)))
    return Body(tree=tree, boundary=boundary, size_bytes=size)


def _pieces(tree: Tree, boundary: str) -> Iterator[bytes]:
    return form_pieces(tree, boundary) if boundary else json_pieces(tree)
