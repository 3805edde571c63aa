"""Amazon's own client, called in a thread, with our own exchange under it.

Its retries are off: each of them could be one mail more. Nothing of the person's
environment says where it asks (``AWS_ENDPOINT_URL``); credentials come from there,
where the account names none.
"""

import asyncio
import logging
import os
from collections.abc import Mapping
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.request import Exchanged
from tuimail.providers.ses.credentials import (
    WHOLE_LIMIT,
    AccessKey,
    Chain,
    took_too_long,
)
from tuimail.providers.ses.errors import Said
from tuimail.providers.ses.options import SesOptions
from tuimail.providers.ses.transport import Exchange, NoAnswerError, Transport
from tuimail.providers.threads import in_a_thread

if TYPE_CHECKING:
    from botocore.session import Session

CHATTY: Final = ("boto3", "botocore")
"""They log requests word for word, which are whole messages."""


class SesClient:
    """Calls the API as one account."""

    def __init__(self, options: SesOptions) -> None:
        self._options = options
        self._lock = Lock()
        self._session: Session | None = None
        self._chain = self._new_chain()

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
        key = await self._key(secret)
        transport = Transport(exchange)
        called = partial(self._called, transport, operation, parameters, key)
        try:
            return await in_a_thread(called, name="tuimail-ses")
        finally:
            transport.give_up()

    def forget(self) -> None:
        """Look at the person's credentials anew with the next call."""
        self._chain = self._new_chain()

    def _new_chain(self) -> Chain:
        return Chain(profile=self._options.profile, region=self._options.region)

    async def _key(self, secret: str) -> AccessKey:
        """Return what to sign with; whatever hangs is left behind."""
        if self._options.access_key_id:
            return AccessKey(key_id=self._options.access_key_id, secret=secret)
        chain = self._chain
        try:
            async with asyncio.timeout(WHOLE_LIMIT.total_seconds()):
                return await in_a_thread(chain.read, name="tuimail-aws-key")
        except TimeoutError:
            if self._chain is chain:
                self.forget()
            raise took_too_long() from None

    def _called(
        self,
        transport: Transport,
        operation: str,
        parameters: Mapping[str, object],
        key: AccessKey,
    ) -> Said:
        from botocore.exceptions import (  # noqa: PLC0415 - an extra
            BotoCoreError,
            ClientError,
        )
        from botocore.parsers import ResponseParserError  # noqa: PLC0415 - an extra

        try:
            client = self._client(key)
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

    def _client(self, key: AccessKey) -> Any:  # noqa: ANN401 - botocore makes them up
        from botocore.config import Config  # noqa: PLC0415 - an extra

        with self._lock:  # a session is for one thread at a time
            if self._session is None:
                _quieten()
                self._session = _session_of_its_own()
            return self._session.create_client(
                "sesv2",
                region_name=self._options.region,
                endpoint_url=self._options.endpoint,
                config=Config(
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    ignore_configured_endpoint_urls=True,
                ),
                aws_access_key_id=key.key_id,
                aws_secret_access_key=key.secret,
                aws_session_token=key.token,
            )


def _session_of_its_own() -> "Session":
    """Return a session that no variable and no file of the person's says anything to.

    Those are for other programs: a profile that is not there any more, a mode for
    retries, or endpoints of another kind would decide about our mail.
    """
    from botocore.session import Session  # noqa: PLC0415 - an extra

    settings = {
        name: (None, None, default, None)
        for name, (_, _, default, _) in Session.SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        settings[name] = (None, None, os.devnull, None)
    return Session(session_vars=settings)


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
    """Return why boto3 made no request out of a good key: the mail, or what it is."""
    kind = type(error).__name__
    text = f"No request could be made: {str(error)[:TEXT_LIMIT]}"
    if kind == NOT_SAYABLE:
        return UnsupportedFeatureError(text, hint="Look at the mail.", field="message")
    return NotConnectedError(
        Receipt(stage=Stage.AUTH, text=text), fault=AccountFault.SETTINGS
    )


_STUMBLES: Final = (AttributeError, KeyError, TypeError, ValueError)
TEXT_LIMIT: Final = 500
NOT_SAYABLE: Final = "ParamValidationError"
"""Something about the mail is not as the API wants it."""
_NO_REQUEST: Final = RuntimeError("something else answered in its place")
