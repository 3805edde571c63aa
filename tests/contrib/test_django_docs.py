"""What the page about Django shows, as a project would have it."""

from pathlib import Path
from typing import Any, Final

import pytest
from django.core import mail

from tests.contrib.conftest import OLDER, Settings
from tests.docs import programs
from tests.docs.blocks import DOCS, blocks_of
from tuimail.contrib.django import EmailBackend
from tuimail.testing import Outbox, SmtpServer

pytestmark = OLDER

BLOCKS: Final = list(blocks_of(DOCS / "django.md"))


def settings(section: str) -> dict[str, Any]:
    (text,) = (
        one.text
        for one in BLOCKS
        if one.file == "settings.py" and one.section.startswith(section)
    )
    names: dict[str, Any] = {}
    programs.run(text, names, place="django.md")
    return {name: value for name, value in names.items() if name.isupper()}


def test_an_account_sends_what_the_page_sends(
    outbox: Outbox,
    configured: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox.add_account("shop", "Mara <mara@example.org>")
    configured(**settings("Through an account"))
    configured(TUIMAIL_WORKSPACE=outbox.workspace)
    (tmp_path / "invoice.txt").write_bytes(b"4,200 euros\n")
    monkeypatch.chdir(tmp_path)
    (views,) = (one for one in BLOCKS if one.file == "views.py")
    programs.run(views.text, {}, place=views.place)

    (caught,) = outbox
    assert caught.attachments == {"invoice.txt": b"4,200 euros\r\n"}


def test_a_server_sends_what_the_page_sends(
    smtp_server: SmtpServer, configured: Settings
) -> None:
    found = settings("Through a server")
    configured(**found)
    assert EmailBackend()._way.account is not None
    configured(
        EMAIL_HOST=smtp_server.host, EMAIL_PORT=smtp_server.port, EMAIL_USE_TLS=False
    )
    configured(EMAIL_HOST_USER="", EMAIL_HOST_PASSWORD="")

    assert mail.send_mail("s", "b", None, ["bob@example.net"]) == 1


def test_mailers_say_what_the_backend_takes() -> None:
    mailer = settings("Settings")["MAILERS"]["default"]

    way = EmailBackend(**mailer["OPTIONS"])._way
    assert mailer["BACKEND"].endswith(EmailBackend.__name__)
    assert (way.account, way.workspace) == ("shop", "/srv/shop/mail")
