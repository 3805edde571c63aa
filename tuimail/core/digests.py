"""One digest over several facts: SHA-256 of their canonical JSON.

Approvals are bound to such digests, and they are stored: how the facts are written
never changes.

Pure.
"""

import json
from collections.abc import Mapping
from typing import Final

_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest_of(facts: Mapping[str, object]) -> str:
    """Return the digest of ``facts``, lower-case hexadecimal; their order is none."""
    import hashlib  # noqa: PLC0415 - loads OpenSSL, and lists hash nothing

    return hashlib.sha256(_canonical(facts).encode()).hexdigest()
