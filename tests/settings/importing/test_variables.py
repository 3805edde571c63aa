"""What programs that are set up by variables would send through."""

import pytest

from tuimail.settings.importing.candidate import Candidate, account_name
from tuimail.settings.importing.variables import from_variables

MAILATLAS = {
    "MAILATLAS_SMTP_HOST": "smtp.example.org",
    "MAILATLAS_SMTP_USERNAME": "ada@example.org",
    "MAILATLAS_SMTP_PASSWORD": "hunter2",
}
FLUXMAIL = {
    "FLUXMAIL_HOST": "smtp.example.org:example.org",
    "FLUXMAIL_USERNAME": "ada@example.org",
    "FLUXMAIL_PASSWORD": "hunter2",
}
AMSDAL = {
    "AMSDAL_EMAIL_BACKEND": "smtp",
    "AMSDAL_EMAIL_HOST": "smtp.example.org",
    "AMSDAL_EMAIL_USER": "ada@example.org",
    "AMSDAL_EMAIL_PASSWORD": "hunter2",
    "AMSDAL_EMAIL_USE_TLS": "true",
}
DJANGO = {
    "EMAIL_HOST": "smtp.example.org",
    "EMAIL_PORT": "587",
    "EMAIL_USE_TLS": "True",
    "EMAIL_HOST_USER": "ada",
    "EMAIL_HOST_PASSWORD": "hunter2",
    "DEFAULT_FROM_EMAIL": "Ada <ada@example.org>",
}


def one(environ: dict[str, str]) -> Candidate:
    (found,) = from_variables(environ)
    return found


@pytest.mark.parametrize(
    ("environ", "name", "secret", "port", "tls"),
    [
        (MAILATLAS, "mailatlas", "MAILATLAS_SMTP_PASSWORD", 587, "starttls"),
        (FLUXMAIL, "fluxmail", "FLUXMAIL_PASSWORD", 25, "none"),
        (AMSDAL, "amsdal", "AMSDAL_EMAIL_PASSWORD", 587, "starttls"),
        (DJANGO, "django", "EMAIL_HOST_PASSWORD", 587, "starttls"),
    ],
)
def test_a_mail_server_is_found_and_its_password_stays_where_it_is(
    environ: dict[str, str], name: str, secret: str, port: int, tls: str
) -> None:
    found = one(environ)

    assert (found.name, found.provider, found.problem) == (name, "smtp", "")
    assert found.options["host"] == "smtp.example.org"
    assert (found.options["port"], found.options["tls"]) == (port, tls)
    assert "ada@example.org" in found.address
    assert (found.secret, found.secret_value) == (f"env:{secret}", "")
    assert "hunter2" not in f"{found}"


@pytest.mark.parametrize(
    ("environ", "tls"),
    [
        (MAILATLAS | {"MAILATLAS_SMTP_SSL": "1"}, "implicit"),
        (MAILATLAS | {"MAILATLAS_SMTP_STARTTLS": "false"}, "none"),
        (FLUXMAIL | {"FLUXMAIL_SSL": "yes"}, "implicit"),
        (FLUXMAIL | {"FLUXMAIL_TLS": "true"}, "starttls"),
        (AMSDAL | {"AMSDAL_EMAIL_USE_TLS": "no"}, "none"),
        (DJANGO | {"EMAIL_USE_SSL": "on", "EMAIL_USE_TLS": ""}, "implicit"),
    ],
)
def test_how_it_is_protected_is_what_the_program_says(
    environ: dict[str, str], tls: str
) -> None:
    assert one(environ).options["tls"] == tls


def test_a_server_without_a_login_has_no_password() -> None:
    found = one({"EMAIL_HOST": "localhost", "EMAIL_HOST_PASSWORD": "hunter2"})

    assert found.options == {"host": "localhost", "port": 25, "tls": "none"}
    assert (found.secret, found.address, found.notes) == ("", "", ())


def test_cloudflare_is_found_with_its_token() -> None:
    found = one(
        {
            "MAILATLAS_SEND_PROVIDER": "cloudflare",
            "MAILATLAS_CLOUDFLARE_ACCOUNT_ID": "0123",
            "MAILATLAS_CLOUDFLARE_API_TOKEN": "hunter2",
            "MAILATLAS_CLOUDFLARE_API_BASE": "https://gateway.example.org",
        }
    )

    assert found.provider == "cloudflare"
    assert found.options == {
        "account_id": "0123",
        "url": "https://gateway.example.org",
    }
    assert found.secret == "env:MAILATLAS_CLOUDFLARE_API_TOKEN"


def test_cloudflare_is_where_it_usually_is() -> None:
    found = one(
        {
            "MAILATLAS_SEND_PROVIDER": "cloudflare",
            "MAILATLAS_CLOUDFLARE_ACCOUNT_ID": "0123",
        }
    )

    assert found.options == {"account_id": "0123"}


def test_a_token_of_an_hour_is_not_taken_over() -> None:
    found = one({"MAILATLAS_SEND_PROVIDER": "gmail"})

    assert "tuimail auth gmail" in found.problem


@pytest.mark.parametrize(
    ("environ", "provider"),
    [
        ({"FLUXMAIL_TYPE": "outlook"}, "outlook"),
        ({"AMSDAL_EMAIL_BACKEND": "console"}, "console"),
        ({"AMSDAL_EMAIL_BACKEND": "dummy"}, "dummy"),
        (
            {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            "console",
        ),
        ({"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}, "dummy"),
    ],
)
def test_what_is_no_server_is_one_of_ours(
    environ: dict[str, str], provider: str
) -> None:
    assert one(environ).provider == provider


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIA", "AWS_REGION": "eu-west-1"}, "ses"),
        (
            {"AWS_PROFILE": "mail", "AWS_DEFAULT_REGION": "eu-west-1"},
            "ses",
        ),
        (
            {
                "AMSDAL_EMAIL_BACKEND": "ses",
                "AWS_ACCESS_KEY_ID": "AKIA",
                "AWS_REGION": "eu-west-1",
            },
            "amsdal",
        ),
    ],
)
def test_amazon_is_found_once_and_keeps_its_keys(
    environ: dict[str, str], name: str
) -> None:
    found = one(environ)

    assert (found.name, found.provider, found.secret) == (name, "ses", "")
    assert found.options["region"] == "eu-west-1"
    assert found.options.get("profile") == environ.get("AWS_PROFILE")


def test_amazon_without_a_region_says_so() -> None:
    assert "AWS_REGION" in one({"AWS_PROFILE": "mail"}).problem


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        (FLUXMAIL | {"FLUXMAIL_TLS": "maybe"}, "FLUXMAIL_TLS is “maybe”"),
        (DJANGO | {"EMAIL_PORT": "smtp"}, "EMAIL_PORT is “smtp”"),
        (DJANGO | {"EMAIL_PORT": "70000"}, "which is no port"),
        (DJANGO | {"EMAIL_PORT": "9" * 5000}, "which is no port"),
    ],
)
def test_what_cannot_be_is_named_and_hides_no_other(
    environ: dict[str, str], says: str
) -> None:
    found = list(from_variables(MAILATLAS | environ))

    assert len(found) == 2
    assert says in found[1].problem
    assert found[0].problem == ""


@pytest.mark.parametrize(
    "environ",
    [{}, {"EMAIL_TIMEOUT": "5"}, {"AWS_REGION": "eu-west-1"}, {"FLUXMAIL_TLS": "1"}],
)
def test_nothing_is_found_where_nothing_sends(environ: dict[str, str]) -> None:
    assert list(from_variables(environ)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gmx", "gmx"),
        ("my account", "my-account"),
        ("../../x", "x"),
        ("", "imported"),
        ("ü", "imported"),
        ("a" * 100, "a" * 64),
    ],
)
def test_any_text_makes_a_name(text: str, name: str) -> None:
    assert account_name(text) == name


@pytest.mark.parametrize(
    "backend",
    ["django.core.mail.backends.filebased.EmailBackend", "anymail.backends.x.Backend"],
)
def test_a_backend_that_sends_otherwise_is_not_taken_for_smtp(backend: str) -> None:
    environ = {"EMAIL_BACKEND": backend, "EMAIL_HOST": "smtp.example.org"}
    (found,) = from_variables(environ)

    assert "does not send by SMTP" in found.problem


@pytest.mark.parametrize("port", ["0000011111111", "0", "65536", "9" * 5000])
def test_a_port_that_is_none_is_said(port: str) -> None:
    (found,) = from_variables({"EMAIL_HOST": "smtp.example.org", "EMAIL_PORT": port})

    assert "which is no port" in found.problem
