"""Servers whose name is an address of the newer kind."""

import socket
from contextlib import closing

import pytest

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import (
    LOGINS,
    PASSWORD,
    ProviderAt,
    kinds,
)
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.testing import RecordedJob, ScriptedSmtpServer


def has_ipv6() -> bool:
    with closing(socket.socket(socket.AF_INET6)) as trying:
        try:
            trying.bind(("::1", 0))
        except OSError:
            return False
    return True


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")


async def test_an_address_with_colons_is_a_server(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer(host="::1") as server:
        provider = provider_at(server, host="::1")
        verdicts = await provider.submit(RecordedJob().job)
        check = await provider.check()

    assert set(kinds(verdicts).values()) == {VerdictKind.SENT}
    assert verdicts.server == check.endpoint == f"[::1]:{server.port}"


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("name", "fault"), [("::1", None), ("127.0.0.1", AccountFault.CERTIFICATE)]
)
async def test_it_proves_itself_by_that_address(
    provider_at: ProviderAt,
    authority: Authority,
    tls: str,
    name: str,
    fault: AccountFault | None,
) -> None:
    context = authority.context(names=(name,))
    async with ScriptedSmtpServer(
        host="::1",
        logins=LOGINS,
        tls=context if tls == "implicit" else None,
        starttls=context if tls == "starttls" else None,
    ) as server:
        provider = provider_at(
            server,
            host="::1",
            tls=tls,
            ca_file=str(authority.file),
            username="ada",
            secret=lambda: PASSWORD,
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is fault
    assert ("AUTH" in server.verbs) is (fault is None)
