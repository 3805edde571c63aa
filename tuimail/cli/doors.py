"""The flags that say where programs come in, and the doors that they stand for."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Parser
from tuimail.core.values import replace
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from tuimail.intake.serving import Door

_PUBLIC_URL: Final = "TUIMAIL_PUBLIC_URL"
_LOOPBACK: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65535


def add_doors(parser: Parser) -> None:
    """Take where to listen."""
    http = parser.add_mutually_exclusive_group()
    http.add_argument(
        "--http",
        action="append",
        default=[],
        metavar="PLACE",
        help="take mail over HTTP at this socket's path, or at 127.0.0.1:PORT; "
        "several times if wanted (default: http.sock in the workspace)",
    )
    http.add_argument("--no-http", action="store_true", help="take none over HTTP")
    parser.add_argument(
        "--http-group",
        default="",
        metavar="GROUP",
        help="let this group open the sockets named by --http: programs that run as "
        "another user",
    )
    parser.add_argument(
        "--smtp",
        type=_smtp_place,
        metavar="[HOST:]PORT",
        help="take mail over SMTP at this port of the loopback",
    )
    parser.add_argument(
        "--public-url",
        default="",
        metavar="URL",
        help="under which people's mail programs reach POST /u/…, to unsubscribe; "
        "in place of public_url of the configuration",
    )


def with_public_url(call: Call) -> Call:
    """Return the command with the public address that was typed, for this process.

    As its variable has it, so that it is read and checked in one place.
    """
    if not call.options.public_url:
        return call
    return replace(call, environ={**call.environ, _PUBLIC_URL: call.options.public_url})


def doors_of(call: Call, root: Path) -> tuple["Door", ...]:
    """Return the doors that were asked for, closed.

    Raises:
        ConfigurationError: One is no place on this machine.
        UsageError: A group is to open what was not named.
    """
    return (*_http(call, root), *_smtp(call))


def flags_of(call: Call) -> tuple[str, ...]:
    """Return the flags as they were typed, for whoever runs the same later."""
    options = call.options
    flags = [f"--http={place}" for place in options.http]
    flags += ["--no-http"] if options.no_http else []
    flags += [f"--http-group={options.http_group}"] if options.http_group else []
    flags += [f"--public-url={options.public_url}"] if options.public_url else []
    if options.smtp:
        host, port = options.smtp
        flags.append(f"--smtp={f'[{host}]' if ':' in host else host}:{port}")
    return tuple(flags)


def _http(call: Call, root: Path) -> Iterator["Door"]:
    from tuimail.intake.http.door import HttpDoor  # noqa: PLC0415 - loads asyncio
    from tuimail.intake.http.sockets import (  # noqa: PLC0415 - rare
        SOCKET_NAME,
        Place,
        place_of,
    )

    options = call.options
    if options.http_group and not options.http:
        raise UsageError(
            "A group can only open a socket that it can get at.",
            hint="Name one outside of the workspace: --http /run/tuimail/http.sock",
            field="http-group",
        )
    if options.http:
        group = options.http_group
        yield HttpDoor([place_of(one, group=group) for one in options.http])
    elif not options.no_http:
        yield HttpDoor([Place(path=root / SOCKET_NAME)], is_asked_for=False)


def _smtp(call: Call) -> Iterator["Door"]:
    if call.options.smtp:
        from tuimail.intake.smtp.door import SmtpDoor  # noqa: PLC0415 - only if asked

        host, port = call.options.smtp
        yield SmtpDoor(host=host, port=port)


def _smtp_place(text: str) -> tuple[str, int]:
    """Return host and port, for argparse."""
    host, _, port = text.rpartition(":")
    is_port = port.isascii() and port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT
    if not is_port:
        raise ArgumentTypeError(f"takes a port, or 127.0.0.1:PORT, not {text[:60]!r}")
    return host.removeprefix("[").removesuffix("]") or _LOOPBACK, int(port)
