"""Servers that ask who is there, before anybody has said a word."""

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import ProviderAt, kinds, server_behind
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.base import ProviderAccount
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import RecordedJob, ScriptedSmtpServer

IMPLICIT_AND_STARTTLS = pytest.mark.parametrize("tls", ["implicit", "starttls"])


@pytest.fixture
def asking(authority: Authority) -> ssl.SSLContext:
    """A context that lets nobody in without a certificate."""
    context = authority.context()
    authority.ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@IMPLICIT_AND_STARTTLS
@pytest.mark.parametrize("is_one_file", [False, True])
async def test_a_client_certificate_lets_mail_out(
    *,
    provider_at: ProviderAt,
    authority: Authority,
    asking: ssl.SSLContext,
    tmp_path: Path,
    tls: str,
    is_one_file: bool,
) -> None:
    cert_file, key_file = authority.client_files(tmp_path)
    files = {"client_cert_file": str(cert_file), "client_key_file": str(key_file)}
    if is_one_file:
        cert_file.write_bytes(cert_file.read_bytes() + key_file.read_bytes())
        del files["client_key_file"]
    async with server_behind(tls, asking) as server:
        provider = provider_at(server, tls=tls, ca_file=str(authority.file), **files)
        verdicts = await provider.submit(RecordedJob().job)

    assert set(kinds(verdicts).values()) == {VerdictKind.SENT}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("whose", ["nobody", "somebody unknown"])
async def test_who_is_not_let_in_is_told_so(
    authority: Authority,
    asking: ssl.SSLContext,
    tmp_path: Path,
    version: ssl.TLSVersion,
    whose: str,
) -> None:
    asking.maximum_version = version
    files = {} if whose == "nobody" else files_of_a_stranger(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
        options = {**place, "tls": "implicit", "ca_file": str(authority.file), **files}
        provider = SmtpProvider(
            ProviderAccount(name="work", options=options, secret=lambda: None)
        )
        refusing = asyncio.create_task(asyncio.to_thread(refuse, listener, asking))
        verdicts = await provider.submit(RecordedJob().job)
        await refusing

    assert verdicts.fault is AccountFault.CERTIFICATE
    assert "SSL" not in verdicts.fault_receipt.text
    assert "alert" in verdicts.fault_receipt.text


def refuse(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Let nobody in, in a thread: asyncio's server ends without an alert."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(ssl.SSLError):
        context.wrap_socket(connection, server_side=True)


def files_of_a_stranger(folder: Path) -> dict[str, str]:
    cert_file, key_file = Authority(trustme.CA(), folder).client_files(folder)
    return {"client_cert_file": str(cert_file), "client_key_file": str(key_file)}


@pytest.mark.parametrize(
    ("flaw", "says"),
    [
        ("no certificate file", "client_cert_file"),
        ("no key file", "client_key_file"),
        ("another's key", "not a certificate and its own key"),
        ("a locked key", "without a password"),
        ("nonsense", "not a certificate and its own key"),
    ],
)
async def test_files_that_are_of_no_use_hold_the_account(
    provider_at: ProviderAt, authority: Authority, tmp_path: Path, flaw: str, says: str
) -> None:
    cert_file, key_file = authority.client_files(tmp_path)
    spoil(flaw, authority, cert_file, key_file)
    async with ScriptedSmtpServer() as server:
        provider = provider_at(
            server,
            tls="implicit",
            client_cert_file=str(cert_file),
            client_key_file=str(key_file),
        )
        verdicts = await provider.submit(RecordedJob().job)
        check = await provider.check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert says in verdicts.fault_receipt.text
    assert "client_cert_file" in check.hint
    assert server.connections == 0


def spoil(flaw: str, authority: Authority, cert_file: Path, key_file: Path) -> None:
    match flaw:
        case "no certificate file":
            cert_file.unlink()
        case "no key file":
            key_file.unlink()
        case "another's key":
            _, other = authority.client_files(key_file.parent, "ben")
            other.replace(key_file)
        case "a locked key":
            key_file.write_bytes(locked(key_file.read_bytes()))
        case _:
            cert_file.write_text("no certificate")


def locked(pem: bytes) -> bytes:
    return serialization.load_pem_private_key(pem, password=None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
