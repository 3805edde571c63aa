"""Certificates of an authority of our own."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme


@dataclass(frozen=True)
class Authority:
    """A certificate authority of this test run, and servers' contexts by it."""

    ca: trustme.CA
    file: Path

    def context(
        self, *, names: tuple[str, ...] = ("127.0.0.1",), is_expired: bool = False
    ) -> ssl.SSLContext:
        ends = datetime(2020, 1, 1, tzinfo=UTC) if is_expired else None
        starts = datetime(2019, 1, 1, tzinfo=UTC) if is_expired else None
        certificate = self.ca.issue_cert(*names, not_before=starts, not_after=ends)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def client_files(self, folder: Path, name: str = "ada") -> tuple[Path, Path]:
        """Return the files of a client's certificate and of its key."""
        certificate = self.ca.issue_cert(f"{name}@example.org")
        cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.cert_chain_pems[0].write_to_path(cert_file)
        certificate.private_key_pem.write_to_path(key_file)
        return cert_file, key_file


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return Authority(ca, file)
