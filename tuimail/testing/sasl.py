"""The server's side of a login, for tests."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from typing import Final

CHALLENGE: Final = b"<1@scripted.example>"
REFUSED_TOKEN: Final = b'{"status":"401","schemes":"bearer","scope":"mail"}'
"""What a server says about a token that is wrong or has run out, before 535."""


class Login:
    """One AUTH command and the lines that follow it.

    Args:
        logins: Users and their passwords, or the tokens that are right now.
    """

    def __init__(self, logins: Mapping[str, str]) -> None:
        self._logins = logins
        self._method = ""
        self._user = ""
        self.is_right = False

    def begin(self, rest: str) -> str | None:
        """Take what stood behind AUTH; return a challenge, or None at the end."""
        method, _, initial = rest.partition(" ")
        self._method = method.upper()
        if self._method == "CRAM-MD5":
            return base64.b64encode(CHALLENGE).decode()
        return self.go_on(initial) if initial else ""

    def go_on(self, line: str) -> str | None:
        """Take a line of the client; return a challenge, or None at the end."""
        try:
            answer = base64.b64decode(line, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        if self._method == "PLAIN":
            _, _, credentials = answer.partition("\0")
            self._judge(*credentials.partition("\0")[::2])
        elif self._method == "CRAM-MD5":
            self._judge_digest(*answer.rpartition(" ")[::2])
        elif self._method == "LOGIN":
            return self._step_of_login(answer)
        elif self._method in _TOKENS:
            return self._step_of_token(answer)
        return None

    def _step_of_login(self, answer: str) -> str | None:
        if not self._user:
            self._user = answer
            return base64.b64encode(b"Password:").decode()
        self._judge(self._user, answer)
        return None

    def _step_of_token(self, answer: str) -> str | None:
        """Judge a token; say why it is refused, and wait for the client's answer."""
        if self._user:
            return None
        found = _TOKENS[self._method].fullmatch(answer)
        self._user = found["user"] if found else "?"
        if found:
            self._judge(self._user, found["token"])
        return None if self.is_right else base64.b64encode(REFUSED_TOKEN).decode()

    def _judge(self, user: str, password: str) -> None:
        self.is_right = self._logins.get(user) == password

    def _judge_digest(self, user: str, digest: str) -> None:
        password = self._logins.get(user, "").encode()
        expected = hmac.new(password, CHALLENGE, "md5").hexdigest()
        self.is_right = user in self._logins and hmac.compare_digest(digest, expected)


_TOKENS: Final = {
    "XOAUTH2": re.compile(
        "user=(?P<user>[^\x01]+)\x01auth=Bearer (?P<token>[^\x01]+)\x01\x01"
    ),
    "OAUTHBEARER": re.compile(
        "n,a=(?P<user>[^,\x01]+),\x01host=[^\x01]+\x01port=[0-9]+\x01"
        "auth=Bearer (?P<token>[^\x01]+)\x01\x01"
    ),
}
"""First messages (Google's XOAUTH2; RFC 7628 §3.1), with nothing more in them."""
