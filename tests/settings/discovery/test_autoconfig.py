"""Pages with mail settings: real ones, and those of people who mean harm."""

import codecs
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.discovery.fake_internet import config, smtp
from tuimail.core.address import Address, parse_address
from tuimail.core.display import is_inert
from tuimail.settings.discovery.autoconfig import MOST_BYTES, read_autoconfig
from tuimail.settings.discovery.found import Found, Login, Said, Source

ADA = parse_address("ada.l@example.org", field="address")
URL = "https://autoconfig.example.org/mail/config-v1.1.xml"
NO_SETTINGS = Said(outcome="the page has no mail settings")
NO_SERVER = Said(outcome="no server there that can be used safely")


def read(content: bytes, address: Address = ADA) -> Said:
    return read_autoconfig(content, address, source=Source.AUTOCONFIG, asked=URL)


def one(content: bytes, address: Address = ADA) -> Found:
    (found,) = read(content, address).found
    return found


def test_a_page_names_its_server() -> None:
    found = one(config(smtp()))

    assert found.options == {
        "host": "smtp.example.org",
        "port": 465,
        "tls": "implicit",
        "username": "ada.l@example.org",
    }
    assert (found.title, found.source, found.asked) == (
        "Example Mail",
        Source.AUTOCONFIG,
        URL,
    )
    assert found.logins == (Login.PASSWORD,)
    assert not found.is_foreign


def test_servers_keep_the_order_of_the_page() -> None:
    found = read(config(smtp(port=587, tls="STARTTLS"), smtp())).found

    assert [(one.options["port"], one.options["tls"]) for one in found] == [
        (587, "starttls"),
        (465, "implicit"),
    ]


def test_a_server_elsewhere_is_foreign() -> None:
    assert one(config(smtp("smtp.attacker.example"))).is_foreign


@pytest.mark.parametrize("tls", ["plain", "", "none", "SSL/TLS", "PLAIN"])
def test_a_server_in_clear_is_not_there(tls: str) -> None:
    assert read(config(smtp(tls=tls))) == NO_SERVER


def test_a_server_in_clear_does_not_hide_a_good_one() -> None:
    found = one(config(smtp(port=25, tls="plain"), smtp()))

    assert found.options["port"] == 465


@pytest.mark.parametrize("tls", ["SSL", "ssl", "TLS"])
def test_tls_has_several_names(tls: str) -> None:
    assert one(config(smtp(tls=tls))).options["tls"] == "implicit"


@pytest.mark.parametrize(
    ("template", "username"),
    [
        ("%EMAILADDRESS%", "ada.l@example.org"),
        ("%EMAILLOCALPART%", "ada.l"),
        ("%EMAILDOMAIN%", "example.org"),
        ("mail-%EMAILLOCALPART%.%EMAILDOMAIN%", "mail-ada.l.example.org"),
        ("customer", "customer"),
        ("100%", "100%"),
    ],
)
def test_placeholders_stand_for_parts_of_the_address(
    template: str, username: str
) -> None:
    assert one(config(smtp(username=template))).options["username"] == username


def test_an_address_that_has_a_placeholder_in_it_is_not_filled_in_again() -> None:
    address = parse_address("%EMAILDOMAIN%@example.org", field="address")

    found = one(config(smtp(username="%EMAILLOCALPART%")), address)

    assert found.options["username"] == "%EMAILDOMAIN%"


def test_an_international_domain_is_filled_in_as_the_wire_has_it() -> None:
    address = parse_address("ada@bücher.example", field="address")

    found = one(config(smtp("smtp.%EMAILDOMAIN%")), address)

    assert found.options["host"] == "smtp.xn--bcher-kva.example"
    assert found.options["username"] == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize("template", ["%REALNAME%", "", "x" * 400])
def test_a_name_that_cannot_be_known_is_asked_for(template: str) -> None:
    found = one(config(smtp(username=template)))

    assert found.options["username"] == "ada.l@example.org"
    assert found.asks == ("username",)


@pytest.mark.parametrize("host", ["", "smtp example", "a b", "smtp.example.org:25"])
def test_a_server_without_a_name_is_not_there(host: str) -> None:
    assert read(config(smtp(host))) == NO_SERVER


@pytest.mark.parametrize(
    "port", ["", "0", "65536", "-1", "4 65", "465x", "٤٦٥", "9" * 400]
)
def test_a_port_that_is_none_makes_no_server(port: str) -> None:
    assert read(config(smtp(port=port))) == NO_SERVER


def test_a_server_for_reading_mail_is_not_for_sending() -> None:
    page = config(smtp().replace('type="smtp"', 'type="imap"'))

    assert read(page) == NO_SERVER


@pytest.mark.parametrize(
    ("named", "logins"),
    [
        (("password-cleartext",), (Login.PASSWORD,)),
        (("password-encrypted", "password-cleartext"), (Login.PASSWORD,)),
        (("plain",), (Login.PASSWORD,)),
        (("none",), (Login.NONE,)),
        (("client-IP-address",), (Login.NONE,)),
        (("GSSAPI", "NTLM", "password-cleartext"), (Login.PASSWORD,)),
    ],
)
def test_logins_are_those_that_can_be_done(
    named: tuple[str, ...], logins: tuple[Login, ...]
) -> None:
    assert one(config(smtp(logins=named))).logins == logins


@pytest.mark.parametrize("named", [(), ("GSSAPI",), ("OAuth2",)])
def test_a_server_that_nobody_can_log_in_to_is_not_there(
    named: tuple[str, ...],
) -> None:
    assert read(config(smtp(logins=named))) == NO_SERVER


def oauth(issuer: str) -> str:
    return f"<oAuth2><issuer>{issuer}</issuer><scope>mail</scope></oAuth2>"


def test_googles_token_is_for_googles_servers() -> None:
    page = config(
        smtp("smtp-relay.gmail.com", logins=("OAuth2",)),
        more=oauth("accounts.google.com"),
    )

    assert one(page).logins == (Login.GOOGLE,)


def test_microsofts_token_is_for_microsofts_servers() -> None:
    page = config(
        smtp("smtp-legacy.office365.com", logins=("OAuth2", "password-cleartext")),
        more=oauth("login.microsoftonline.com"),
    )

    assert one(page).logins == (Login.MICROSOFT, Login.PASSWORD)


def test_nobody_gets_googles_token_by_naming_google() -> None:
    """With it, whoever made the page could send as the person who trusted it."""
    page = config(
        smtp("smtp.attacker.example", logins=("OAuth2",)),
        more=oauth("accounts.google.com"),
    )

    assert read(page) == NO_SERVER


def test_a_token_of_somebody_else_is_not_offered() -> None:
    page = config(
        smtp(logins=("OAuth2", "password-cleartext")), more=oauth("login.example")
    )

    assert one(page).logins == (Login.PASSWORD,)


def test_a_page_for_people_is_passed_on() -> None:
    page = config(smtp(), '<documentation url="https://example.org/help"/>')

    assert one(page).help_url == "https://example.org/help"


def test_only_a_page_that_people_should_open_is_passed_on() -> None:
    page = config(
        smtp(),
        '<documentation url="http://example.org/help"/>',
        "<documentation/>",
        more='<documentation url="https://example.org/more"/>',
    )

    assert one(page).help_url == "https://example.org/more"


def test_a_name_from_outside_cannot_act_on_the_terminal() -> None:
    found = one(config(smtp(), name="Evil&#x202e;&#10;&#x9b;31m"))

    assert found.title.isprintable()


def test_a_page_without_a_name_is_called_by_its_server() -> None:
    assert one(config(smtp(), name="")).title == "smtp.example.org"


def test_a_server_that_we_know_is_used_as_we_know_it() -> None:
    found = one(config(smtp("smtp.mail.yahoo.com")))

    assert found.logins == (Login.APP_PASSWORD,)


def test_more_servers_than_anybody_has_are_not_read() -> None:
    page = config(*(smtp(f"smtp{number}.example.org") for number in range(50)))

    assert len(read(page).found) == 6


def test_a_page_in_an_old_encoding_is_read() -> None:
    page = config(smtp(), name="Bücher").decode().encode("iso-8859-1")

    assert one(page).title == "Bücher"


def test_a_page_in_wide_characters_is_read_and_may_declare_no_more() -> None:
    page = config(smtp(), name="Bücher").decode()
    declaring = page.replace("?>", "?><!DOCTYPE x>", 1)

    assert one(page.encode("utf-16")).title == "Bücher"
    assert read(declaring.encode("utf-16")) == NO_SETTINGS


@pytest.mark.parametrize("name", ["zlib", "idna", "punycode", "utf-7", "nonsense"])
def test_no_codec_is_looked_up_because_a_page_names_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    codecs.register(looked_up.append)
    page = config(smtp()).replace(
        b'<?xml version="1.0"?>',
        f'<?xml version="1.0" encoding="{name}"?>'.encode(),
    )

    said = read(page)
    codecs.unregister(looked_up.append)

    assert looked_up == []
    assert said.found


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARING = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "a file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
    "a page": '<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:1/">]>',
    "a parameter": '<!DOCTYPE x [<!ENTITY % f SYSTEM "file:///etc/passwd"> %f;]>',
    "another document": '<!DOCTYPE clientConfig SYSTEM "http://127.0.0.1:1/x.dtd">',
    "a public one": '<!DOCTYPE clientConfig PUBLIC "-//x" "file:///etc/passwd">',
    "nothing": "<!DOCTYPE clientConfig>",
    "one's own": '<!DOCTYPE x [<!ENTITY f "smtp.example.org">]>',
}


@pytest.mark.parametrize("kind", DECLARING)
def test_a_page_that_declares_anything_is_refused(kind: str) -> None:
    """Entities make a small page a huge one, or one with this machine's files."""
    name = {"billion laughs": "&l9;", "nothing": "x"}.get(kind, "&f;")
    page = config(smtp(), name=name).replace(b"?>", f"?>{DECLARING[kind]}".encode(), 1)

    assert read(page) == NO_SETTINGS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Not found</body></html>",
        b"not xml",
        b"\x00\xff\xfe",
        b"<clientConfig/>",
        b"<clientConfig><emailProvider>",
        b"<emailProvider/>",
        b"<clientConfig>&undeclared;</clientConfig>",
        b"<a>" * 50_000,
        b"<clientConfig>" + b"<x/>" * 50_000 + b"</clientConfig>",
        b"<clientConfig " + b" ".join(b'a%d=""' % n for n in range(20_000)) + b"/>",
    ],
    ids=range(11),
)
def test_what_is_no_such_page_has_no_settings(content: bytes) -> None:
    assert read(content) == NO_SETTINGS


def test_a_page_without_a_server_says_so() -> None:
    assert read(config()) == NO_SERVER


def test_a_page_that_is_too_long_is_not_read() -> None:
    page = config(smtp()) + b" " * MOST_BYTES

    assert read(page) == Said(outcome="the page is too long")


def _is_honest(said: Said) -> bool:
    """Return whether it is one of the two things that reading may come to."""
    return bool(said.outcome) if not said.found else all(map(_is_safe, said.found))


def _is_safe(found: Found) -> bool:
    return (
        found.options["tls"] in {"implicit", "starttls"}
        and 0 < int(found.options["port"]) < 65536
        and all(map(is_inert, f"{found.title}{found.help_url}"))
        and all(str(value).isprintable() for value in found.options.values())
        and not {Login.GOOGLE, Login.MICROSOFT} & set(found.logins)
    )


_TEXT = st.text(
    st.characters(blacklist_characters="<&", blacklist_categories=["Cs", "Cc"]),
    max_size=30,
)
_SERVER: Callable[..., st.SearchStrategy[str]] = st.builds
_SERVERS = _SERVER(
    smtp,
    st.one_of(st.just("smtp.example.org"), st.just("smtp.%EMAILDOMAIN%"), _TEXT),
    port=st.one_of(st.integers(-5, 70_000), _TEXT),
    tls=st.sampled_from(["SSL", "STARTTLS", "plain", ""]),
    username=st.one_of(st.just("%EMAILADDRESS%"), _TEXT),
    logins=st.lists(
        st.sampled_from(["OAuth2", "password-cleartext", "none", "x"]), max_size=3
    ),
)


@given(st.lists(_SERVERS, max_size=3), _TEXT, st.sampled_from(["", "oauth"]))
def test_whatever_a_page_says_is_safe_or_nothing(
    servers: list[str], name: str, more: str
) -> None:
    extra = oauth("accounts.google.com") if more else ""

    said = read(config(*servers, name=name, more=extra))

    assert _is_honest(said)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_nothing(content: bytes) -> None:
    assert read(content) == NO_SETTINGS


@given(
    st.integers(0, 700),
    st.binary(max_size=6),
    st.sampled_from([smtp(), smtp(tls="STARTTLS", port=587)]),
)
def test_a_page_with_a_wound_is_safe_or_nothing(
    place: int, wound: bytes, server: str
) -> None:
    page = config(server)

    said = read(page[:place] + wound + page[place + len(wound) :])

    assert _is_honest(said)
