"""Every route there is, in one table: what is served, and what is described.

None of them approves, releases, or changes what anybody may do.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tuimail.intake.fields import DraftDocument
from tuimail.intake.http import atmos, drafts, health, temp_email, unsubscribing
from tuimail.intake.http.routes import (
    CONTRACT_BYTES,
    OWN_BYTES,
    PUBLIC_BYTES,
    SMALL_BYTES,
    Route,
    Token,
)
from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import STATUS

_WITH_TOKEN: Final[Any] = msgspec.defstruct(
    "TempMailOutside", [("token", str)], bases=(temp_email.TempMail,), kw_only=True
)

OURS: Final[Sequence[Route]] = (
    Route(
        method="POST",
        path="/v1/drafts",
        answer=drafts.create,
        summary="Hand a mail in for review.",
        reads_json=True,
        limit_bytes=OWN_BYTES,
        takes=DraftDocument,
        gives=Answer,
    ),
    Route(
        method="GET",
        path="/v1/drafts",
        answer=drafts.listed,
        summary="How your own mails stand, newest first.",
        scope=STATUS,
        parameters=frozenset({"limit", "before"}),
        gives=drafts.Listed,
    ),
    Route(
        method="GET",
        path="/v1/drafts/{id}",
        answer=drafts.status,
        summary="How a mail of yours stands; wait=SECONDS waits for a decision.",
        scope=STATUS,
        parameters=frozenset({"wait"}),
        may_wait=True,
        gives=Answer,
    ),
    Route(
        method="PUT",
        path="/v1/drafts/{id}",
        answer=drafts.revise,
        summary="Hand in another revision of a mail of yours.",
        reads_json=True,
        limit_bytes=OWN_BYTES,
        takes=DraftDocument,
        gives=Answer,
    ),
    Route(
        method="POST",
        path="/v1/drafts/{id}/cancel",
        answer=drafts.cancel,
        summary="Throw a mail of yours away, while nobody decided for it.",
        gives=Answer,
    ),
    Route(
        method="GET",
        path="/healthz",
        answer=health.health,
        summary="Whether mail can be handed in.",
        scope="",
        gives=health.Health,
    ),
    Route(
        method="GET",
        path="/openapi.json",
        answer=health.description,
        summary="This description.",
        scope="",
        gives=dict[str, Any],
    ),
)
ATMOS: Final[Sequence[Route]] = (
    Route(
        method="POST",
        path="/v1/send",
        answer=atmos.send,
        summary="Hand a mail in, as programs for the Atmos relay do.",
        parameters=None,
        reads_json=True,
        limit_bytes=CONTRACT_BYTES,
        takes=atmos.AtmosMail,
        gives=atmos.AtmosSent,
    ),
)
TEMP_EMAIL: Final[Sequence[Route]] = (
    Route(
        method="POST",
        path="/api/send_mail",
        answer=temp_email.send_mail,
        summary="Hand a mail in, as programs for a temp email service do.",
        parameters=None,
        reads_json=True,
        limit_bytes=CONTRACT_BYTES,
        takes=temp_email.TempMail,
        gives=temp_email.TempStatus,
    ),
    Route(
        method="POST",
        path="/external/api/send_mail",
        answer=temp_email.send_mail,
        summary="The same, with the token in the body.",
        token=Token.BODY,
        parameters=None,
        reads_json=True,
        limit_bytes=CONTRACT_BYTES,
        takes=_WITH_TOKEN,
        gives=temp_email.TempStatus,
    ),
    Route(
        method="GET",
        path="/api/settings",
        answer=temp_email.settings,
        summary="Whose token it is.",
        scope="",
        parameters=None,
        gives=temp_email.TempSettings,
    ),
    Route(
        method="GET",
        path="/api/sendbox",
        answer=temp_email.sendbox,
        summary="What you handed in; limit and offset are wanted.",
        scope=STATUS,
        parameters=None,
        gives=temp_email.TempSendbox,
    ),
    Route(
        method="POST",
        path="/api/request_send_mail_access",
        answer=temp_email.request_access,
        summary="Says yes.",
        scope="",
        parameters=None,
        limit_bytes=SMALL_BYTES,
        gives=temp_email.TempStatus,
    ),
)
PUBLIC: Final[Sequence[Route]] = (
    Route(
        method="POST",
        path="/u/{token}",
        answer=unsubscribing.unsubscribe,
        summary="End a subscription, as mail programs do (RFC 8058).",
        token=Token.PATH,
        parameters=None,
        limit_bytes=PUBLIC_BYTES,
        gives=str,
    ),
)
"""Served only where the machine has a public name."""
EVERY: Final[Sequence[Route]] = (*OURS, *ATMOS, *TEMP_EMAIL)
