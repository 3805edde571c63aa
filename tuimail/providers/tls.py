"""Whom to trust, and from which version of TLS on."""

import ssl
from pathlib import Path


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies a server's certificate and its name.

    Reads the store of authorities from disk, which takes tens of milliseconds:
    call it in a worker thread.

    Args:
        ca_file: Authorities to trust *instead of* the system's, for a server
            with one of its own.

    Raises:
        OSError: The file cannot be read, or is no certificate.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
