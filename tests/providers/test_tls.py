"""Whom an account trusts, and when anybody is read about."""

import ssl
from pathlib import Path

import pytest

from tests.providers.conftest import Authority
from tuimail.core.submission import AccountFault
from tuimail.providers import tls
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.tls import Trust


async def test_where_nothing_is_encrypted_nobody_is_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tls, "trusting", lambda _file: pytest.fail("was read"))

    context = await Trust().context(is_encrypted=False)

    assert context.get_ca_certs() == []
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_a_file_of_the_persons_own_is_looked_at_all_the_same(
    tmp_path: Path,
) -> None:
    with pytest.raises(NotConnectedError, match="ca_file") as caught:
        await Trust(ca_file=tmp_path / "none.pem").context(is_encrypted=False)

    assert caught.value.fault is AccountFault.SETTINGS


async def test_the_store_is_read_once(authority: Authority) -> None:
    trust = Trust(ca_file=authority.file)

    first, second = await trust.context(), await trust.context()

    assert first is second
    assert len(first.get_ca_certs()) == 1
