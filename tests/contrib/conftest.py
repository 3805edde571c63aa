"""Django, set up as little as its mail functions need."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import django
import pytest
from django.conf import settings
from django.test.utils import override_settings

from tuimail.testing import Outbox, SmtpServer
from tuimail.testing.fixtures import outbox, smtp_server

__all__ = ["outbox", "smtp_server"]

Settings = Callable[..., None]
BACKEND = "tuimail.contrib.django.EmailBackend"

OLDER = pytest.mark.filterwarnings(
    *(
        f"ignore::django.utils.deprecation.Removed{when}NextVersionWarning"
        for when in ("In", "After")
    )
)
"""Django 6 deprecates what most projects use; what takes its place is in no 5."""

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    settings.configure(
        DEFAULT_FROM_EMAIL="Mara <mara@example.org>",
        SERVER_EMAIL="root@example.org",
        SECRET_KEY="only in tests",
        LOGGING_CONFIG=None,
        EMAIL_BACKEND=BACKEND,
        ADMINS=[("Ada", "ada@example.org"), ("Bob", "bob@example.org")],
        MANAGERS=[("Mia", "mia@example.org")],
    )
    django.setup()


@pytest.fixture
def configured() -> Iterator[Settings]:
    """Return what changes settings until the test ends."""
    with ExitStack() as stack:

        def change(**values: Any) -> None:
            stack.enter_context(override_settings(**values))

        yield change


@pytest.fixture
def server(smtp_server: SmtpServer, configured: Settings) -> SmtpServer:
    """Return a real server, which Django's settings describe."""
    configured(EMAIL_HOST=smtp_server.host, EMAIL_PORT=smtp_server.port)
    return smtp_server


@pytest.fixture
def stored(outbox: Outbox, configured: Settings) -> Outbox:
    """Have mail go through an account and a workspace."""
    outbox.add_account("shop", "Mara <mara@example.org>")
    configured(TUIMAIL_ACCOUNT="shop", EMAIL_TIMEOUT=20)
    return outbox
