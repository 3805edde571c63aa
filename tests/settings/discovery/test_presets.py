"""Our own table of mail services, row by row."""

from collections import Counter
from typing import Any

import pytest

from tuimail.core.domain import read_domain, wire_domain
from tuimail.errors import ConfigurationError, NotFoundError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.registry import names, provider_class
from tuimail.providers.smtp.options import read_options
from tuimail.settings.discovery.found import Login, Preset, Source, Username
from tuimail.settings.discovery.presets import (
    for_domain,
    for_host,
    for_mx,
    preset,
    presets,
    read_presets,
    suggested,
)
from tuimail.settings.discovery.servers import host_name

SMTP = [one for one in presets() if one.provider == "smtp"]


def by_key(one: Preset) -> str:
    return one.key


def address_at(one: Preset) -> str:
    return f"ada@{one.domains[0] if one.domains else 'example.org'}"


@pytest.mark.parametrize("row", SMTP, ids=by_key)
def test_every_server_makes_an_account_that_can_be_used(row: Preset) -> None:
    found = row.found(address_at(row))
    account = ProviderAccount(
        name="test",
        options={"username": "customer", **found.options},
        secret=lambda: "secret",
    )

    options = read_options(account)

    assert options.host == found.options["host"]
    assert host_name(options.host) == options.host
    assert (options.port == 587) is (options.tls == "starttls")


@pytest.mark.parametrize("row", SMTP, ids=by_key)
def test_no_password_leaves_this_machine_in_clear(row: Preset) -> None:
    is_here = row.options["host"] == "127.0.0.1"

    assert is_here or row.options["tls"] in {"implicit", "starttls"}


@pytest.mark.parametrize("row", presets(), ids=by_key)
def test_every_row_names_a_provider_that_exists(row: Preset) -> None:
    assert row.provider in names() or row.key == "tuta"


@pytest.mark.parametrize("row", presets(), ids=by_key)
def test_every_row_says_what_the_service_wants(row: Preset) -> None:
    """One or two sentences, short enough for a narrow terminal."""
    assert row.title
    assert row.advice.endswith(".")
    assert 20 < len(row.advice) < 220
    assert row.help_url == "" or row.help_url.startswith("https://")


ANSWERS = {
    "account_id": "0123456789abcdef0123456789abcdef",
    "did": "did:plc:abcdefghijklmnopqrstuvwx",
    "domain": "example.org",
    "project_id": "01234567-89ab-cdef-0123-456789abcdef",
    "region": "eu-west-1",
    "url": "https://mail.example.org",
    "username": "customer",
}
"""What a person might say when asked for it."""


@pytest.mark.parametrize("row", [one for one in presets() if one.provider], ids=by_key)
def test_what_is_asked_for_is_all_that_is_missing(row: Preset) -> None:
    found = row.found(address_at(row))
    answers = {key: ANSWERS[key] for key in found.asks if key in ANSWERS}
    account = ProviderAccount(
        name="test", options={**found.options, **answers}, secret=lambda: "secret"
    )

    provider = provider_class(row.provider)
    assert type(provider(account)) is provider


@pytest.mark.parametrize("row", SMTP, ids=by_key)
def test_a_name_that_only_the_customer_knows_is_asked_for(row: Preset) -> None:
    assert (row.username is Username.ASKED) is ("username" in row.asks)


@pytest.mark.parametrize("row", presets(), ids=by_key)
def test_domains_and_hosts_are_written_as_they_are_looked_up(row: Preset) -> None:
    for name in (*row.domains, *row.mx):
        assert wire_domain(read_domain(name)) == name
        assert name == name.lower()


def test_no_domain_is_two_services() -> None:
    count = Counter(domain for one in presets() for domain in one.domains)

    assert [domain for domain, times in count.items() if times > 1] == []


def test_no_mail_exchanger_is_two_services() -> None:
    count = Counter(end for one in presets() for end in one.mx)

    assert [end for end, times in count.items() if times > 1] == []


def test_every_row_can_be_picked_by_its_key() -> None:
    assert [preset(one.key) for one in presets()] == list(presets())


def test_a_service_that_is_not_there_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        preset("gmial")

    assert caught.value.hint == "Did you mean gmail?"


@pytest.mark.parametrize(
    ("domain", "host", "port", "login"),
    [
        ("yahoo.com", "smtp.mail.yahoo.com", 465, Login.APP_PASSWORD),
        ("ymail.com", "smtp.mail.yahoo.com", 465, Login.APP_PASSWORD),
        ("rocketmail.com", "smtp.mail.yahoo.com", 465, Login.APP_PASSWORD),
        ("cox.net", "smtp.mail.yahoo.com", 465, Login.APP_PASSWORD),
        ("aol.com", "smtp.aol.com", 465, Login.APP_PASSWORD),
        ("verizon.net", "smtp.aol.com", 465, Login.APP_PASSWORD),
        ("netscape.net", "smtp.aol.com", 465, Login.APP_PASSWORD),
        ("att.net", "smtp.mail.att.net", 465, Login.APP_PASSWORD),
        ("bellsouth.net", "smtp.mail.att.net", 465, Login.APP_PASSWORD),
        ("comcast.net", "smtp.comcast.net", 465, Login.PASSWORD),
        ("icloud.com", "smtp.mail.me.com", 587, Login.APP_PASSWORD),
        ("me.com", "smtp.mail.me.com", 587, Login.APP_PASSWORD),
        ("mac.com", "smtp.mail.me.com", 587, Login.APP_PASSWORD),
        ("gmx.de", "mail.gmx.net", 465, Login.PASSWORD),
        ("gmx.com", "mail.gmx.com", 465, Login.PASSWORD),
        ("web.de", "smtp.web.de", 465, Login.PASSWORD),
        ("mail.com", "smtp.mail.com", 465, Login.PASSWORD),
        ("fastmail.com", "smtp.fastmail.com", 465, Login.APP_PASSWORD),
        ("proton.me", "127.0.0.1", 1025, Login.BRIDGE),
        ("zoho.com", "smtp.zoho.com", 465, Login.APP_PASSWORD),
        ("zoho.eu", "smtp.zoho.eu", 465, Login.APP_PASSWORD),
        ("zoho.in", "smtp.zoho.in", 465, Login.APP_PASSWORD),
        ("zoho.com.au", "smtp.zoho.com.au", 465, Login.APP_PASSWORD),
        ("zoho.jp", "smtp.zoho.jp", 465, Login.APP_PASSWORD),
        ("yandex.com", "smtp.yandex.com", 465, Login.APP_PASSWORD),
        ("mail.ru", "smtp.mail.ru", 465, Login.APP_PASSWORD),
        ("qq.com", "smtp.qq.com", 465, Login.AUTHORIZATION_CODE),
        ("163.com", "smtp.163.com", 465, Login.AUTHORIZATION_CODE),
        ("126.com", "smtp.126.com", 465, Login.AUTHORIZATION_CODE),
        ("yeah.net", "smtp.yeah.net", 465, Login.AUTHORIZATION_CODE),
        ("naver.com", "smtp.naver.com", 465, Login.APP_PASSWORD),
        ("daum.net", "smtp.daum.net", 465, Login.APP_PASSWORD),
        ("t-online.de", "securesmtp.t-online.de", 465, Login.APP_PASSWORD),
        ("posteo.de", "posteo.de", 465, Login.PASSWORD),
        ("mailbox.org", "smtp.mailbox.org", 465, Login.PASSWORD),
        ("ik.me", "mail.infomaniak.com", 465, Login.APP_PASSWORD),
        ("orange.fr", "smtp.orange.fr", 465, Login.PASSWORD),
        ("wanadoo.fr", "smtp.orange.fr", 465, Login.PASSWORD),
        ("free.fr", "smtp.free.fr", 465, Login.PASSWORD),
        ("laposte.net", "smtp.laposte.net", 465, Login.PASSWORD),
        ("libero.it", "smtp.libero.it", 465, Login.PASSWORD),
        ("wp.pl", "smtp.wp.pl", 465, Login.PASSWORD),
        ("o2.pl", "poczta.o2.pl", 465, Login.PASSWORD),
        ("seznam.cz", "smtp.seznam.cz", 465, Login.PASSWORD),
        ("btinternet.com", "mail.btinternet.com", 465, Login.PASSWORD),
        ("sky.com", "smtp.tools.sky.com", 465, Login.APP_PASSWORD),
        ("virginmedia.com", "smtp.virginmedia.com", 465, Login.APP_PASSWORD),
        ("ntlworld.com", "smtp.ntlworld.com", 465, Login.APP_PASSWORD),
        ("runbox.com", "smtp.runbox.com", 465, Login.PASSWORD),
        ("purelymail.com", "smtp.purelymail.com", 465, Login.PASSWORD),
    ],
)
def test_an_address_of_a_known_service_has_its_server(
    domain: str, host: str, port: int, login: Login
) -> None:
    row = for_domain(domain)

    assert row is not None
    found = row.found(f"ada@{domain}")
    assert (found.options["host"], found.options["port"]) == (host, port)
    assert found.logins[0] is login


@pytest.mark.parametrize(
    ("key", "host", "port", "username"),
    [
        ("ionos", "smtp.ionos.com", 465, "ada@example.org"),
        ("ionos-de", "smtp.ionos.de", 465, "ada@example.org"),
        ("ionos-uk", "smtp.ionos.co.uk", 465, "ada@example.org"),
        ("ovh", "ssl0.ovh.net", 465, "ada@example.org"),
        ("gandi", "mail.gandi.net", 465, "ada@example.org"),
        ("godaddy", "smtpout.secureserver.net", 465, "ada@example.org"),
        ("rackspace", "secure.emailsrvr.com", 465, "ada@example.org"),
        ("migadu", "smtp.migadu.com", 465, "ada@example.org"),
        ("zoho-pro", "smtppro.zoho.com", 465, "ada@example.org"),
        ("proton-smtp", "smtp.protonmail.ch", 587, "ada@example.org"),
        ("microsoft-365-smtp", "smtp.office365.com", 587, "ada@example.org"),
        ("outlook-smtp", "smtp-mail.outlook.com", 587, "ada@example.org"),
        ("gmail-smtp", "smtp.gmail.com", 465, "ada@example.org"),
        ("sendgrid-smtp", "smtp.sendgrid.net", 465, "apikey"),
        ("resend-smtp", "smtp.resend.com", 465, "resend"),
        ("postmark-smtp", "smtp.postmarkapp.com", 587, None),
        ("mailgun-smtp", "smtp.mailgun.org", 465, None),
        ("brevo-smtp", "smtp-relay.brevo.com", 587, None),
        ("mailjet-smtp", "in-v3.mailjet.com", 465, None),
        ("sparkpost-smtp", "smtp.sparkpostmail.com", 587, "SMTP_Injection"),
        ("mailtrap-smtp", "live.smtp.mailtrap.io", 587, "api"),
        ("mailersend-smtp", "smtp.mailersend.net", 587, None),
        ("smtp2go", "mail.smtp2go.com", 465, None),
        ("scaleway-smtp", "smtp.tem.scaleway.com", 465, None),
        ("ses-smtp", "email-smtp.us-east-1.amazonaws.com", 465, None),
        ("cloudflare-smtp", "smtp.mx.cloudflare.net", 465, "api_token"),
        ("atmos-smtp", "smtp.atmos.email", 587, None),
    ],
)
def test_a_service_picked_by_name_has_its_server_and_user(
    key: str, host: str, port: int, username: str | None
) -> None:
    options = preset(key).found("ada@example.org").options

    assert (options["host"], options["port"]) == (host, port)
    assert options.get("username") == username


@pytest.mark.parametrize("key", [
    "atmos", "brevo", "cloudflare", "mailersend", "mailgun", "mailjet", "mailtrap",
    "postmark", "resend", "scaleway", "sendgrid", "ses", "sparkpost",
])  # fmt: skip
def test_a_mail_api_is_offered_with_its_server_beside_it(key: str) -> None:
    found = suggested(preset(key), "ada@example.org")

    assert [one.provider for one in found] == [key, "smtp"]


@pytest.mark.parametrize("domain", ["web.de", "free.fr", "laposte.net", "o2.pl"])
def test_some_services_know_their_customers_by_the_local_part(domain: str) -> None:
    row = for_domain(domain)

    assert row is not None
    assert row.found(f"ada.l@{domain}").options["username"] == "ada.l"


@pytest.mark.parametrize("domain", ["gmail.com", "googlemail.com"])
def test_gmail_is_offered_by_its_api_then_by_an_app_password(domain: str) -> None:
    row = for_domain(domain)

    assert row is not None
    api, smtp = suggested(row, f"ada@{domain}")
    assert (api.provider, api.logins, dict(api.options)) == (
        "gmail",
        (Login.GOOGLE,),
        {},
    )
    assert (smtp.provider, smtp.logins) == ("smtp", (Login.APP_PASSWORD,))
    assert "a normal password never works" in smtp.advice


@pytest.mark.parametrize("domain", ["outlook.com", "hotmail.co.uk", "live.nl"])
def test_outlook_is_offered_by_graph_and_never_with_a_password(domain: str) -> None:
    row = for_domain(domain)

    assert row is not None
    found = suggested(row, f"ada@{domain}")
    assert [one.provider for one in found] == ["graph", "smtp"]
    assert {one.logins for one in found} == {(Login.MICROSOFT,)}


def test_mailgun_is_told_the_domain() -> None:
    found = preset("mailgun").found("ada@bücher.example")

    assert found.options == {"domain": "xn--bcher-kva.example"}


def test_tuta_is_known_and_cannot_send() -> None:
    row = for_domain("tuta.com")

    assert row is not None
    assert not row.found("ada@tuta.com").can_send


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("aspmx.l.google.com", "google-workspace"),
        ("ASPMX2.GoogleMail.com.", "google-workspace"),
        ("example-org.mail.protection.outlook.com", "microsoft-365"),
        ("example-org.o-v1.mx.microsoft", "microsoft-365"),
        ("eur.olc.protection.outlook.com", "outlook"),
        ("in1-smtp.messagingengine.com", "fastmail"),
        ("mail.protonmail.ch", "proton-smtp"),
        ("mx.zoho.eu", "zoho-pro-eu"),
        ("mx2.zoho.com", "zoho-pro"),
        ("mx.yandex.net", "yandex"),
        ("mx00.ionos.de", "ionos-de"),
        ("mx01.kundenserver.de", "ionos-de"),
        ("mx1.mail.ovh.net", "ovh"),
        ("spool.mail.gandi.net", "gandi"),
        ("mta-gw.infomaniak.ch", "infomaniak"),
        ("aspmx1.migadu.com", "migadu"),
        ("mailserver.purelymail.com", "purelymail"),
        ("mx01.mail.icloud.com", "icloud"),
        ("mxext1.mailbox.org", "mailbox-org"),
        ("mailstore1.secureserver.net", "godaddy"),
        ("mx1.emailsrvr.com", "rackspace"),
        ("mail.tutanota.de", "tuta"),
    ],
)
def test_ones_own_domain_is_known_by_who_takes_in_its_mail(host: str, key: str) -> None:
    row = for_mx(host)

    assert row is not None
    assert row.key == key


@pytest.mark.parametrize(
    "host", ["mx.example.org", "notgoogle.com", "google.com.example", "com", ""]
)
def test_a_host_that_only_looks_like_it_is_not_a_service(host: str) -> None:
    assert for_mx(host) is None


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("smtp.gmail.com", "gmail"),
        ("smtp.office365.com", "microsoft-365"),
        ("smtp-mail.outlook.com", "outlook"),
        ("smtp.mail.yahoo.com", "yahoo"),
        ("smtp.zoho.com", "zoho"),
        ("smtp.blueyonder.co.uk", "virgin-media"),
        ("smtp.resend.com", "resend"),
        ("mail.smtp2go.com", "smtp2go"),
    ],
)
def test_a_server_is_known_by_its_name(host: str, key: str) -> None:
    row = for_host(host.upper())

    assert row is not None
    assert row.key == key


@pytest.mark.parametrize("host", ["127.0.0.1", "smtp.example.org", ""])
def test_a_server_of_anybody_is_not_known(host: str) -> None:
    assert for_host(host) is None


def test_what_a_row_was_found_by_is_passed_on() -> None:
    first, second = suggested(
        preset("gmail"), "ada@example.org", source=Source.MX, asked="mx.example.org"
    )

    assert {first.source, second.source} == {Source.MX}
    assert {first.asked, second.asked} == {"mx.example.org"}


GOOD: dict[str, Any] = {
    "title": "Example",
    "host": "smtp.example.org",
    "logins": ["password"],
    "advice": "It wants the password.",
}


def test_a_row_with_the_least_there_must_be_is_read() -> None:
    (row,) = read_presets({"example": GOOD}, source="x.toml")

    assert row.provider == "smtp"
    assert row.username is Username.ADDRESS
    assert row.options == {
        "host": "smtp.example.org",
        "port": 465,
        "tls": "implicit",
    }


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"hots": "x"}, "example.hots in x.toml is not a setting"),
        ({"title": 1}, "title in x.toml is not text"),
        ({"provider": "gmail"}, "provider in x.toml leaves open who sends"),
        ({"no_smtp": True}, "no_smtp in x.toml leaves open who sends"),
        ({"host": None}, "host in x.toml leaves open who sends"),
        ({"host": None, "provider": "gmail", "port": 1}, "port in x.toml is for a"),
        ({"logins": []}, "logins in x.toml is empty"),
        ({"logins": ["passwd"]}, "logins in x.toml has “passwd”"),
        ({"logins": "password"}, "logins in x.toml is not a list of texts"),
        ({"domains": [1]}, "domains in x.toml is not a list of texts"),
        ({"port": 0}, "port in x.toml is 0"),
        ({"tls": "maybe"}, "tls in x.toml is “maybe”"),
        ({"username": "addr"}, "username in x.toml is “addr”"),
        ({"username": "fixed"}, "username in x.toml is “fixed”"),
        ({"username": "asked", "user": "x"}, "user in x.toml is a second name"),
        ({"help_url": "http://x"}, "help_url in x.toml is not https"),
        ({"then": ["other"]}, "then in x.toml has “other”, which is not there"),
        ({"options": 1}, "options in x.toml is not a table"),
    ],
)
def test_a_mistake_in_the_table_is_refused(change: dict[str, Any], text: str) -> None:
    row = {key: one for key, one in {**GOOD, **change}.items() if one is not None}

    with pytest.raises(ConfigurationError) as caught:
        read_presets({"example": row}, source="x.toml")

    assert text in str(caught.value)
    assert caught.value.hint


def test_a_row_that_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"example in x\.toml is not"):
        read_presets({"example": 1}, source="x.toml")
