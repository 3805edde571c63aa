"""Which way out the settings and options of Django mean."""

import importlib
import sys
from typing import Any

import pytest

from tests.contrib.conftest import OLDER, Settings
from tuimail.api.account import Account
from tuimail.api.direct import WAIT
from tuimail.api.workspace import DEFAULT
from tuimail.contrib.django import EmailBackend
from tuimail.contrib.django_settings import WAIT_STORED, WayOut, way_out
from tuimail.errors import ConfigurationError

pytestmark = OLDER


def way(*, has_mailers: bool = False, **given: Any) -> WayOut:
    account, workspace = given.pop("account", ""), given.pop("workspace", DEFAULT)
    return way_out(given, account=account, workspace=workspace, has_mailers=has_mailers)


def server(found: WayOut) -> Account:
    assert isinstance(found.account, Account)
    assert found.workspace is None
    return found.account


def test_a_server_is_what_django_says_by_itself() -> None:
    found = server(way())

    assert (found.host, found.port, found.tls) == ("localhost", 25, "none")
    assert (found.username, found.password) == ("", "")
    assert way().wait == WAIT


def test_every_setting_of_a_server_is_read(configured: Settings) -> None:
    configured(
        EMAIL_HOST="smtp.example.org",
        EMAIL_PORT=465,
        EMAIL_HOST_USER="mara",
        EMAIL_HOST_PASSWORD="s3cret",
        EMAIL_USE_SSL=True,
        EMAIL_TIMEOUT=7,
        EMAIL_SSL_CERTFILE="/c.pem",
        EMAIL_SSL_KEYFILE="/k.pem",
    )
    found = server(way())

    assert (found.host, found.port, found.tls) == ("smtp.example.org", 465, "implicit")
    assert (found.username, found.password) == ("mara", "s3cret")
    assert found.options == {"client_cert_file": "/c.pem", "client_key_file": "/k.pem"}
    assert way().wait == 7
    assert "s3cret" not in repr(EmailBackend().__dict__)


def test_options_beat_settings(configured: Settings) -> None:
    configured(EMAIL_HOST="smtp.example.org", EMAIL_USE_TLS=True, EMAIL_TIMEOUT=7)
    found = way(host="other.example.org", port=2525, use_tls=False, timeout=3)

    account = server(found)
    assert (account.host, account.port, account.tls) == (
        "other.example.org",
        2525,
        "none",
    )
    assert found.wait == 3
    assert server(way()).tls == "starttls"


def test_a_server_of_the_options_beats_an_account_of_the_settings(
    configured: Settings,
) -> None:
    configured(TUIMAIL_ACCOUNT="work", TUIMAIL_WORKSPACE="/mail")
    found = server(way(host="other.example.org"))

    assert found.host == "other.example.org"


def test_mailers_read_none_of_the_older_settings(configured: Settings) -> None:
    configured(EMAIL_HOST="smtp.example.org", EMAIL_USE_TLS=True)
    found = server(way(has_mailers=True, host="other.example.org"))

    assert (found.host, found.port, found.tls) == ("other.example.org", None, "none")
    with pytest.raises(ConfigurationError, match="neither an account nor a server"):
        way(has_mailers=True)


@pytest.mark.parametrize(
    ("settings", "options", "account", "workspace"),
    [
        ({"TUIMAIL_ACCOUNT": "work"}, {}, "work", DEFAULT),
        ({"TUIMAIL_ACCOUNT": "work"}, {"account": "other"}, "other", DEFAULT),
        ({"TUIMAIL_ACCOUNT": "work", "TUIMAIL_WORKSPACE": "/m"}, {}, "work", "/m"),
        ({"TUIMAIL_ACCOUNT": "work", "TUIMAIL_WORKSPACE": None}, {}, "work", None),
        ({"TUIMAIL_WORKSPACE": "/m"}, {}, None, "/m"),
        ({"TUIMAIL_WORKSPACE": "/m"}, {"workspace": "/o"}, None, "/o"),
        ({}, {"account": "work", "workspace": None}, "work", None),
    ],
)
def test_accounts_and_workspaces_are_named_in_settings_and_options(
    configured: Settings,
    settings: dict[str, Any],
    options: dict[str, Any],
    account: str | None,
    workspace: Any,
) -> None:
    configured(EMAIL_HOST="smtp.example.org", EMAIL_TIMEOUT=5, **settings)
    found = way(**options)

    assert (found.account, found.workspace) == (account, workspace)
    assert found.wait == 5


def test_nobody_waits_for_a_second_attempt_of_the_outbox() -> None:
    waits = [way(account="work").wait, way(account="work", workspace=None).wait]

    assert waits == [WAIT_STORED, WAIT]


def test_a_mailer_has_the_name_that_django_gives_it() -> None:
    assert EmailBackend(alias="default", account="work")._way.account == "work"


def test_a_login_in_clear_is_for_this_machine_only() -> None:
    login: dict[str, Any] = {"username": "mara", "password": "s3cret"}
    here = server(way(host="localhost", **login))
    there = server(way(host="smtp.example.org", **login))

    assert here.settings("mara@example.org").options["allow_clear_auth"] is True
    assert there.options == {"allow_clear_auth": True}


def test_half_a_login_is_none() -> None:
    """As with Django's own backend."""
    found = server(way(username="mara"))

    assert (found.username, found.password) == ("", "")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"account": "work", "host": "smtp.example.org"}, "host"),
        (
            {"workspace": "/mail", "password": "x", "username": "y"},
            "password, username",
        ),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "soon"}, "timeout"),
    ],
)
def test_what_contradicts_itself_is_refused(options: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigurationError, match=word) as caught:
        way(**options)

    assert caught.value.hint


def test_two_kinds_of_tls_exclude_each_other(configured: Settings) -> None:
    configured(EMAIL_USE_TLS=True)
    with pytest.raises(ValueError, match="exclude") as caught:
        EmailBackend(use_ssl=True)

    assert isinstance(caught.value, ConfigurationError)


def test_an_option_that_means_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="hosts"):
        EmailBackend(hosts="work")


def test_without_django_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "django.core.mail.backends.base", None)
    monkeypatch.delitem(sys.modules, "tuimail.contrib.django")

    with pytest.raises(ImportError, match=r"pip install 'tuimail\[django\]'"):
        importlib.import_module("tuimail.contrib.django")
