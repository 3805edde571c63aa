"""What the account's one secret holds, and how the service is shown it. Pure.

The key alone, or, where the site has a password of its own, both as JSON:
``{"key": "…", "site_password": "…"}``. One secret, so that it can be kept wherever
any other can.
"""

import base64
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.core.values import dataclass, field
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.struck_out import without


class Mode(StrEnum):
    """In which role the service is asked, and so what the key is."""

    ADDRESS = "address"
    """As one address, with its token."""
    EXTERNAL = "external"
    """The same by another door, which keeps the token with each mail it sent."""
    ADMIN = "admin"
    """As who runs the service, with the admin password: says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key, and the password of the site where it has one."""

    key: str = field(repr=False)
    site_password: str = field(default="", repr=False)

    def headers(self, mode: Mode) -> Mapping[str, str]:
        """Return the headers that show them.

        Answers are in English then, by which alone they can be told apart.
        """
        shown = {"x-lang": "en"}
        if self.site_password:
            shown["x-custom-auth"] = self.site_password
        if mode is Mode.ADMIN:
            return {**shown, "x-admin-auth": self.key}
        return {**shown, "Authorization": f"Bearer {self.key}"}

    @property
    def address(self) -> str:
        """The address that a token is for, whatever a mail says; empty if unknown.

        Its middle part says so in JSON (RFC 7519 §3); whether it is genuine is for
        the service to find out.
        """
        try:
            middle = self.key.split(".")[1]
            found = json.loads(base64.urlsafe_b64decode(f"{middle}==="))
        except (IndexError, ValueError, RecursionError):
            return ""
        address = found.get("address") if isinstance(found, dict) else None
        return address if isinstance(address, str) else ""

    def struck_out(self, found: Exchanged) -> Exchanged:
        """Return an answer without them: an error about a token repeats it."""
        return without(found, self.key, self.site_password)


def read_credentials(secret: str) -> Credentials:
    """Return what ``secret`` holds, which is printable ASCII.

    Raises:
        NotConnectedError: It is JSON that says something else.
    """
    if not secret.startswith("{"):
        return Credentials(key=secret)
    try:
        found = json.loads(secret)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    key, site_password = found.pop("key", ""), found.pop("site_password", "")
    if found or not (_can_be_shown(key) and _can_be_shown(site_password) and key):
        raise _unreadable()
    return Credentials(key=key, site_password=site_password)


def _can_be_shown(value: object) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and (value.isprintable() or not value)
        and value == value.strip()
    )


def _unreadable() -> NotConnectedError:
    return NotConnectedError(
        Receipt(stage=Stage.AUTH, text=_FORM), fault=AccountFault.SECRET
    )


_FORM: Final = (
    'The secret begins like JSON, but is not {"key": "…", "site_password": "…"} '
    "in ASCII."
)
