"""A server that somebody named: who it is, and whether it may be trusted."""

import pytest

from tuimail.core.address import parse_address
from tuimail.settings.discovery.found import Found, Login, Source
from tuimail.settings.discovery.servers import (
    Server,
    host_name,
    is_within,
    knows_token,
    offered,
    one_line,
    page_url,
)

ADA = parse_address("ada@example.org", field="address")


def found_for(server: Server) -> tuple[Found, ...]:
    return offered(server, ADA, source=Source.SRV, asked="_submissions._tcp")


def server_at(host: str) -> Server:
    return Server(host=host, port=465, tls="implicit", username="ada@example.org")


def test_a_server_becomes_an_account_for_this_address() -> None:
    (found,) = found_for(server_at("smtp.example.org"))

    assert (found.provider, found.source) == ("smtp", Source.SRV)
    assert found.options == {
        "host": "smtp.example.org",
        "port": 465,
        "tls": "implicit",
        "username": "ada@example.org",
    }
    assert found.title == "smtp.example.org"
    assert found.asks == ()


@pytest.mark.parametrize(
    ("host", "is_foreign"),
    [
        ("smtp.example.org", False),
        ("example.org", False),
        ("smtp.example.net", True),
        ("badexample.org", True),
        ("example.org.attacker.example", True),
        ("localhost", True),
        ("192.0.2.1", True),
    ],
)
def test_a_server_outside_the_domain_is_foreign(host: str, *, is_foreign: bool) -> None:
    (found,) = found_for(server_at(host))

    assert found.is_foreign is is_foreign


def test_an_international_domain_has_its_own_servers() -> None:
    address = parse_address("ada@bücher.example", field="address")

    (found,) = offered(
        server_at("smtp.xn--bcher-kva.example"),
        address,
        source=Source.SRV,
        asked="x",
    )

    assert not found.is_foreign


def test_a_server_that_we_know_is_used_as_we_know_it() -> None:
    """Fastmail never takes the normal password, whatever a page says."""
    (found,) = found_for(server_at("smtp.fastmail.com"))

    assert found.preset == "fastmail"
    assert found.logins == (Login.APP_PASSWORD,)
    assert found.source is Source.SRV
    assert not found.is_foreign


def test_googles_server_is_offered_behind_googles_own_way() -> None:
    found = found_for(server_at("smtp.gmail.com"))

    assert [one.provider for one in found] == ["gmail", "smtp"]


def test_a_server_on_this_machine_is_nobody_we_know() -> None:
    """Proton's Bridge is there, and so may be anything else."""
    (found,) = found_for(server_at("127.0.0.1"))

    assert found.preset == ""
    assert found.is_foreign


def test_a_name_that_was_not_said_is_the_address_and_asked_for() -> None:
    (found,) = found_for(Server(host="smtp.example.org", port=587, tls="starttls"))

    assert found.options["username"] == "ada@example.org"
    assert found.asks == ("username",)


def test_a_server_without_login_gets_no_name() -> None:
    (found,) = found_for(
        Server(host="smtp.example.org", port=587, tls="starttls", logins=(Login.NONE,))
    )

    assert "username" not in found.options
    assert found.asks == ()


def test_a_server_that_may_want_a_login_gets_the_name() -> None:
    (found,) = found_for(
        Server(
            host="smtp.example.org",
            port=587,
            tls="starttls",
            logins=(Login.NONE, Login.PASSWORD),
        )
    )

    assert found.options["username"] == "ada@example.org"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("smtp.example.org", "smtp.example.org"),
        (" SMTP.Example.ORG. ", "smtp.example.org"),
        ("smtp.bücher.example", "smtp.xn--bcher-kva.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_is_named_as_the_wire_has_it(text: str, name: str) -> None:
    assert host_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "smtp..example.org",
        "smtp.example.org:25",
        "smtp example.org",
        "-smtp.example.org",
        "smtp.example.org/x",
        "user@smtp.example.org",
        "[192.0.2.1]",
        "[]",
        "1.2.3.4.5",
        "fe80::1%eth0",
        "smtp.example.org\r\nQUIT",
        "xn--\N{COMBINING ACUTE ACCENT}.example",
        "\N{FULLWIDTH LATIN SMALL LETTER A}.example",
        "a." * 127 + "example",
    ],
)
def test_what_is_no_host_has_no_name(text: str) -> None:
    assert host_name(text) == ""


@pytest.mark.parametrize(
    "url", ["https://example.org/help?x=1#y", "https://xn--bcher-kva.example/"]
)
def test_a_page_for_people_is_kept(url: str) -> None:
    assert page_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/help",
        "javascript:alert(1)",
        "https://user@example.org/",
        "https://example.org:8443/",
        "https://example.org:99999999/",
        "https://exa mple.org/",
        "https://bücher.example/",
        "https:///path",
        "https://[::1/",
        "https://example.org/" + "x" * 300,
    ],
)
def test_what_people_should_not_open_is_left_out(url: str) -> None:
    assert page_url(url) == ""


def test_a_title_from_outside_cannot_act_on_the_terminal() -> None:
    title = one_line("Evil\x1b]0;x\x07\n  Mail " + "x" * 100)

    assert title.isprintable()
    assert title.startswith("Evil␛]0;x␇ Mail x")
    assert len(title) == 60


@pytest.mark.parametrize(
    ("login", "host", "may_go"),
    [
        (Login.GOOGLE, "smtp-relay.gmail.com", True),
        (Login.GOOGLE, "gmail.com.example", False),
        (Login.GOOGLE, "smtp.office365.com", False),
        (Login.MICROSOFT, "smtp.office365.com", True),
        (Login.MICROSOFT, "notoffice365.com", False),
        (Login.PASSWORD, "smtp.gmail.com", False),
    ],
)
def test_a_token_goes_to_its_own_service_only(
    login: Login, host: str, *, may_go: bool
) -> None:
    """A page that asked for one could otherwise read the mailbox with it."""
    assert knows_token(login, host) is may_go


def test_a_domain_is_within_itself() -> None:
    assert is_within("example.org", "example.org")
