"""Why a request is refused: one sentence, a code for programs, and a status. Pure.

The same value is said in three ways: our own, and those of the two services that
programs may take this door for. Nothing of it ever quotes a token.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from tuimail.core import values
from tuimail.core.values import dataclass, replace
from tuimail.errors import (
    AuthenticationError,
    ConfigurationError,
    FullDiskError,
    InputError,
    KeyConflictError,
    LifecycleError,
    NotAllowedError,
    NotFoundError,
    StoreError,
    TooManyError,
    TuimailError,
    UnsupportedFeatureError,
)

BUSY_SECONDS: Final = 1
"""When a store that is busy is worth asking again."""
FULL_SECONDS: Final = 60
"""When a full disk is: somebody has to make room."""
NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})
CLOSING: Final = {"Connection": "close"}
"""What follows on the connection cannot be told from the rest of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is said instead of what was asked for."""

    status: HTTPStatus
    code: str
    """Stable word for programs."""
    message: str
    hint: str = ""
    field: str = ""
    headers: Mapping[str, str] = values.field(default_factory=dict)


class RefusedError(Exception):
    """Ends the work on a request; not an error of mail, so no ``TuimailError``."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refused(
    status: HTTPStatus,
    code: str,
    message: str,
    *,
    hint: str = "",
    field: str = "",
    headers: Mapping[str, str] = NOTHING_MORE,
) -> RefusedError:
    """Return the refusal, to be raised."""
    return RefusedError(
        Refusal(
            status=status,
            code=code,
            message=message,
            hint=hint,
            field=field,
            headers=headers,
        )
    )


def of_error(error: TuimailError) -> Refusal:
    """Return how an error of the workspace is said over HTTP."""
    return Refusal(
        status=_status(error),
        code=error.code,
        message=str(error),
        hint=error.hint,
        field=error.field,
        headers=_headers(error),
    )


def of_mistake(error: Exception) -> Refusal:
    """Return what is said where tuimail itself is wrong: no text, no place.

    Texts of exceptions hold what was being worked on.
    """
    return Refusal(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        code="bug",
        message=f"This is a mistake in tuimail ({type(error).__name__}).",
        hint="Whether it was stored is not certain: look before you try again.",
    )


def closing(refusal: Refusal) -> Refusal:
    """Return ``refusal`` so that the connection ends with it."""
    return replace(refusal, headers={**refusal.headers, **CLOSING})


def _status(error: TuimailError) -> HTTPStatus:
    if isinstance(error, ConfigurationError) and not error.field:
        return HTTPStatus.SERVICE_UNAVAILABLE
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


_STATUSES: Final[Mapping[type[TuimailError], HTTPStatus]] = {
    AuthenticationError: HTTPStatus.UNAUTHORIZED,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    KeyConflictError: HTTPStatus.CONFLICT,
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    LifecycleError: HTTPStatus.CONFLICT,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConfigurationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnsupportedFeatureError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The first that fits; subclasses stand before what they are a kind of."""


def _headers(error: TuimailError) -> dict[str, str]:
    if isinstance(error, AuthenticationError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyError):
        return {"Retry-After": str(max(error.wait_seconds, 1))}
    if isinstance(error, FullDiskError):
        return {"Retry-After": str(FULL_SECONDS)}
    if _status(error) is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(BUSY_SECONDS)}
    return {}
