"""Who asks: a key of the account's own, or what AWS's own chain finds.

The chain is boto3's: variables, files, roles, programs (``credential_process``) and
services of the machine. It is asked apart from everything else, so that a profile
decides whose key is used and nothing about how mail leaves; and it may hang, in a
program of the person's or in the network, which must not hold the account.
"""

import os
import signal
import subprocess
from contextlib import suppress
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tuimail.core.patterns import regex
from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.core.values import dataclass, field
from tuimail.providers.failures import NotConnectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.credentials import CredentialResolver, Credentials

LIMIT: Final = timedelta(seconds=30)
"""So long a program may take, as that of a password (``command:``)."""
WHOLE_LIMIT: Final = timedelta(seconds=45)
"""So long all of the chain may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """What a request is signed with."""

    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    """Of a key that is good for a while."""

    def __post_init__(self) -> None:
        shown = (self.key_id, self.token or "x")
        is_sayable = all(one.isascii() and not _BLANK.search(one) for one in shown)
        if not (is_sayable and self.secret.strip() and self.secret.isprintable()):
            raise _no_key("it has characters that no key has, or none at all")


class Chain:
    """AWS's own credentials of one profile; found once, and renewed by boto3."""

    def __init__(self, *, profile: str, region: str) -> None:
        self._profile = profile
        self._region = region
        self._lock = Lock()
        self._found: Credentials | None = None

    def read(self) -> AccessKey:
        """Return the key that is good now; blocks, in a thread of its own.

        Raises:
            NotConnectedError: There is none, or not now.
        """
        try:
            with self._lock:
                if self._found is None:
                    self._found = self._resolver().load_credentials()
            found = self._found and self._found.get_frozen_credentials()
        except NotConnectedError:
            raise
        except Exception as error:  # noqa: BLE001 - boto3 lets through what it meets
            raise _not_read(error) from None
        if found is None:
            raise _no_key("unable to locate credentials")
        return AccessKey(
            key_id=str(found.access_key or ""),
            secret=str(found.secret_key or ""),
            token=found.token or None,
        )

    def _resolver(self) -> "CredentialResolver":
        """Return boto3's chain, whose program has a limit."""
        from botocore.credentials import (  # noqa: PLC0415 - an extra
            ProcessProvider,
            create_credential_resolver,
        )
        from botocore.session import Session  # noqa: PLC0415 - an extra

        session = Session(profile=self._profile or None)
        session.get_scoped_config()  # a profile that is missing, before any other
        resolver = create_credential_resolver(session, region_name=self._region)
        limited = ProcessProvider(
            profile_name=session.get_config_variable("profile") or "default",
            load_config=lambda: session.full_config,
            popen=_Program,
        )
        resolver.insert_before(ProcessProvider.METHOD, limited)
        return resolver


class _Program(subprocess.Popen[bytes]):
    """A program that tells a key, and is ended when it does not."""

    def __init__(self, command: list[str], **named: Any) -> None:  # noqa: ANN401
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("TUIMAIL_")
        }
        super().__init__(
            command,
            stdin=subprocess.DEVNULL,
            env=inherited,
            start_new_session=True,
            **named,
        )

    def communicate(
        self,
        input: bytes | None = None,
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Return what it says.

        Raises:
            NotConnectedError: It did not end in time; it is ended, with its children.
        """
        try:
            return super().communicate(input, timeout or LIMIT.total_seconds())
        except subprocess.TimeoutExpired:
            self._end()
            raise _no_key(
                "credential_process did not end within "
                f"{LIMIT.total_seconds():.0f} seconds"
            ) from None

    def _end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self.kill()
        for pipe in filter(None, (self.stdout, self.stderr)):
            pipe.close()
        self.wait()


def took_too_long() -> NotConnectedError:
    """Return why nobody could be asked: the chain found nothing in time."""
    return _no_key(
        f"nothing was found within {WHOLE_LIMIT.total_seconds():.0f} seconds",
        fault=None,
    )


def _not_read(error: Exception) -> NotConnectedError:
    """Return what an error in the chain means; not all of them are boto3's."""
    names = {type(one).__name__ for one in _causes(error)}
    text = _sentence(error)
    if names & LATER or _is_for_a_while(error):
        return _no_key(text, fault=None)
    is_setting = bool(names & SETTINGS)
    fault = AccountFault.SETTINGS if is_setting else AccountFault.SECRET
    return _no_key(text, fault=fault)


def _causes(error: BaseException) -> "Iterator[BaseException]":
    """Yield an error, and those that it was made of."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_for_a_while(error: Exception) -> bool:
    """Return whether a token service answered that it cannot answer now."""
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return False
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_busy = "Throttl" in str(answer.get("Error", {}).get("Code", ""))
    return is_busy or status >= FAILED


def _sentence(error: Exception) -> str:
    """Return what was met, in words where it has some that hold nothing secret."""
    if type(error).__module__.startswith("botocore."):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}: {error.filename or 'a file'}"
    return f"what was found cannot be read ({type(error).__name__})"


def _no_key(
    text: str, *, fault: AccountFault | None = AccountFault.SECRET
) -> NotConnectedError:
    said = f"There is no AWS key to sign with: {text[:TEXT_LIMIT]}"
    return NotConnectedError(Receipt(stage=Stage.AUTH, text=said), fault=fault)


_BLANK: Final = regex(r"^$|[\x00-\x20\x7f]")
"""What a header cannot have in the place of a word."""
TEXT_LIMIT: Final = 500
FAILED: Final = 500
LATER: Final = frozenset({
    "ConnectTimeoutError", "ConnectionClosedError", "ConnectionError",
    "EndpointConnectionError", "HTTPClientError", "IncompleteReadError",
    "ProxyConnectionError", "ReadTimeoutError", "ResponseStreamingError", "SSLError",
})  # fmt: skip
"""Where credentials are asked for over the network, and nobody answered."""
SETTINGS: Final = frozenset({
    "ConfigParseError", "InvalidRegionError", "ProfileNotFound",
})  # fmt: skip
"""By botocore's name for it; all others are about credentials."""
