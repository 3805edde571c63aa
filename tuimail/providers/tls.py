"""Whom to trust, who we are to those who ask, and from which version of TLS on."""

import asyncio
import ssl
from pathlib import Path

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.providers.failures import NotConnectedError


class Trust:
    """What an account's settings say about TLS; its files are read when first needed.

    Args:
        ca_file: Authorities to trust *instead of* the system's, for a server
            with one of its own.
        cert_file: What we show to a server that asks who we are.
        key_file: The key that belongs to it; None where it is in the same file.
    """

    def __init__(
        self,
        *,
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
    ) -> None:
        self._ca_file = ca_file
        self._cert_file = cert_file
        self._key_file = key_file
        self._context: ssl.SSLContext | None = None

    async def context(self, *, is_encrypted: bool = True) -> ssl.SSLContext:
        """Return the context, which verifies a server's certificate and its name.

        Args:
            is_encrypted: Whether anything will be. If not, nobody is trusted, and
                the system's authorities, which take a while to read, are left alone.

        Raises:
            NotConnectedError: A file cannot be read, or is not what it should be.
        """
        if not is_encrypted and self._ca_file is None:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._context is None:
            self._context = await asyncio.to_thread(self._read)
        return self._context

    def _read(self) -> ssl.SSLContext:
        try:
            context = trusting(self._ca_file)
        except OSError as error:
            raise _unusable(
                f"The ca_file {self._ca_file} is no list of certificates that can be "
                f"read: {error.strerror}."
            ) from None
        if self._cert_file is not None:
            self._introduce(context, self._cert_file)
        return context

    def _introduce(self, context: ssl.SSLContext, cert_file: Path) -> None:
        key_file = self._key_file or cert_file
        for name, path in (
            ("client_cert_file", cert_file),
            ("client_key_file", key_file),
        ):
            try:
                path.read_bytes()
            except OSError as error:
                raise _unusable(
                    f"The {name} {path} cannot be read: {error.strerror}."
                ) from None
        try:
            # Asked for a password, the library would ask at the terminal.
            context.load_cert_chain(cert_file, key_file, password=b"")
        except (ssl.SSLError, ValueError) as error:
            raise _unusable(
                f"The client_cert_file {cert_file} and the key in {key_file} are not "
                f"a certificate and its own key, without a password: {error}."
            ) from None


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies a server's certificate and its name.

    Reads the store of authorities from disk, which takes tens of milliseconds:
    call it in a worker thread.

    Args:
        ca_file: Authorities to trust *instead of* the system's.

    Raises:
        OSError: The file cannot be read, or is no certificate.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _unusable(text: str) -> NotConnectedError:
    return NotConnectedError(
        Receipt(stage=Stage.CONNECT, text=text), fault=AccountFault.SETTINGS
    )
