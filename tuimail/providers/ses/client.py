"""Amazon's own client, called in a thread, with our own exchange under it.

Its retries are off: each of them could be one mail more. Nothing of the person's
environment says where it asks (``AWS_ENDPOINT_URL``); credentials come from there,
where the account names none.
"""

import logging
from collections.abc import Mapping
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.request import Exchanged
from tuimail.providers.ses.errors import Said
from tuimail.providers.ses.options import SesOptions
from tuimail.providers.ses.transport import Exchange, NoAnswerError, Transport
from tuimail.providers.threads import in_a_thread

if TYPE_CHECKING:
    import boto3

CHATTY: Final = ("boto3", "botocore")
"""They log requests word for word, which are whole messages."""


class SesClient:
    """Calls the API as one account."""

    def __init__(self, options: SesOptions) -> None:
        self._options = options
        self._lock = Lock()
        self._session: boto3.Session | None = None

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, object],
        *,
        secret: str,
        exchange: Exchange,
    ) -> Said:
        """Return what came of one call, which is one request at most.

        Args:
            operation: Its name in boto3: ``send_email``.
            parameters: As boto3 takes them.
            secret: Of the access key; empty where the account names none.
            exchange: What carries the request that boto3 makes of it.

        Raises:
            NotConnectedError: There are no credentials, or not now; no request
                was made.
            Exception: Whatever ``exchange`` raises.
        """
        transport = Transport(exchange)
        called = partial(self._called, transport, operation, parameters, secret)
        try:
            return await in_a_thread(called, name="tuimail-ses")
        finally:
            transport.give_up()

    def forget(self) -> None:
        """Look at the person's credentials anew with the next call."""
        with self._lock:
            self._session = None

    def _called(
        self,
        transport: Transport,
        operation: str,
        parameters: Mapping[str, object],
        secret: str,
    ) -> Said:
        from botocore.exceptions import (  # noqa: PLC0415 - an extra
            BotoCoreError,
            ClientError,
        )
        from botocore.parsers import ResponseParserError  # noqa: PLC0415 - an extra

        try:
            client = self._client(secret)
            client.meta.events.register("before-send.sesv2", transport)
            answer = getattr(client, operation)(**parameters)
        except ClientError as error:
            return _refusal(_made(transport, error), error.response)
        except (BotoCoreError, ResponseParserError, NoAnswerError) as error:
            return Said(found=_made(transport, error))
        except _STUMBLES:  # its parser trusts that an answer has the form it should
            if transport.found is None:
                raise
            return Said(found=transport.found)
        return Said(found=_made(transport, _NO_REQUEST), answer=answer)

    def _client(self, secret: str) -> Any:  # noqa: ANN401 - boto3 makes its classes up
        import boto3  # noqa: PLC0415 - an extra, and a fifth of a second
        from botocore.config import Config  # noqa: PLC0415 - as above

        options = self._options
        keys = {
            "aws_access_key_id": options.access_key_id,
            "aws_secret_access_key": secret,
        }
        with self._lock:
            if self._session is None:
                _quieten()
                self._session = boto3.Session(profile_name=options.profile or None)
            return self._session.client(
                "sesv2",
                region_name=options.region,
                endpoint_url=options.url or None,
                config=Config(
                    retries={"total_max_attempts": 1},
                    ignore_configured_endpoint_urls=True,
                ),
                **(keys if options.access_key_id else {}),
            )


def _quieten() -> None:
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.INFO)


def _made(transport: Transport, error: Exception) -> Exchanged:
    """Return what came of our request.

    Raises:
        NotConnectedError: ``error`` was met before there was one.
        UnsupportedFeatureError: As before; it is about this mail.
    """
    if transport.found is None:
        raise _not_made(error) from None
    return transport.found


def _refusal(found: Exchanged, answer: Mapping[str, Any]) -> Said:
    details = answer.get("Error", {})
    return Said(
        found=found,
        code=str(details.get("Code", "")),
        message=str(details.get("Message", "")),
    )


def _not_made(error: Exception) -> NotConnectedError | UnsupportedFeatureError:
    """Return why boto3 made no request: mostly, it has no credentials."""
    kind = type(error).__name__
    text = f"No request could be made: {str(error)[:TEXT_LIMIT]}"
    if kind == NOT_SAYABLE:
        return UnsupportedFeatureError(text, hint="Look at the mail.", field="message")
    fault = None if kind in LATER else FAULTS.get(kind, AccountFault.SECRET)
    return NotConnectedError(Receipt(stage=Stage.AUTH, text=text), fault=fault)


_STUMBLES: Final = (AttributeError, KeyError, TypeError, ValueError)
TEXT_LIMIT: Final = 500
LATER: Final = frozenset({
    "ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError",
    "HTTPClientError", "ProxyConnectionError", "ReadTimeoutError", "SSLError",
})  # fmt: skip
"""Where credentials are asked for over the network, and nobody answered."""
FAULTS: Final = {
    "ConfigParseError": AccountFault.SETTINGS,
    "InvalidRegionError": AccountFault.SETTINGS,
    "ProfileNotFound": AccountFault.SETTINGS,
}
"""By botocore's name for it; all others are about credentials."""
NOT_SAYABLE: Final = "ParamValidationError"
"""Something about the mail is not as the API wants it."""
_NO_REQUEST: Final = RuntimeError("something else answered in its place")
