"""The description of all routes (OpenAPI 3.1), made from table and types. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from tuimail import __version__
from tuimail.core.patterns import regex
from tuimail.intake.http.replies import JSON, TEXT
from tuimail.intake.http.routes import Route, Token

Document = dict[str, Any]
_IN_PATH: Final = regex(r"\{(\w+)\}")
_REF: Final = "#/components/schemas/{name}"
_ERROR: Final = "Error"


class ErrorDocument(msgspec.Struct, kw_only=True):
    """Why a request was refused."""

    code: str
    message: str
    hint: str
    field: str


class Error(msgspec.Struct, kw_only=True):
    """What stands in place of an answer."""

    error: ErrorDocument


def document(routes: Sequence[Route]) -> Document:
    """Return the description of ``routes``."""
    types = [Error, *(one for route in routes for one in (route.takes, route.gives))]
    wanted = [one for one in types if one is not None]
    schemas, components = msgspec.json.schema_components(wanted, ref_template=_REF)
    named = dict(zip(map(_key, wanted), schemas, strict=True))
    paths: dict[str, Document] = {}
    for route in routes:
        found = paths.setdefault(route.path, {})
        found[route.method.lower()] = _operation(route, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tuimail",
            "version": __version__,
            "description": "Programs hand mail in; a person decides what leaves.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, schemas: Mapping[str, Document]) -> Document:
    found: Document = {
        "summary": route.summary,
        "operationId": route.answer.__name__ + _outside(route),
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": _responses(route, schemas),
        "security": [{"token": []}] if route.token is Token.HEADER else [],
    }
    if route.takes is not None:
        content = {JSON: {"schema": schemas[_key(route.takes)]}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _outside(route: Route) -> str:
    """Return what tells two routes of one handler apart."""
    return "_outside" if route.token is Token.BODY else ""


def _responses(route: Route, schemas: Mapping[str, Document]) -> Document:
    status = "201" if route.path == "/v1/drafts" and route.method == "POST" else "200"
    content = {JSON: {"schema": schemas[_key(route.gives)]}}
    return {
        status: {"description": route.summary, "content": content},
        "default": {"description": "Why not.", "content": _why_not(route)},
    }


def _why_not(route: Route) -> Document:
    """Return in which way a route refuses."""
    if route.path.startswith("/v1/send"):
        schema = {"type": "object", "required": ["error", "code"]}
        return {JSON: {"schema": schema}}
    if route.path.startswith(("/api/", "/external/")):
        return {TEXT: {"schema": {"type": "string"}}}
    return {JSON: {"schema": {"$ref": _REF.format(name=_ERROR)}}}


def _path_parameters(route: Route) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[Document]:
    return [
        {"name": name, "in": "query", "schema": {"type": "string"}}
        for name in sorted(route.parameters or ())
    ]


def _key(kind: Any) -> str:  # noqa: ANN401 - types are of no one type
    return str(kind)
