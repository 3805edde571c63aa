"""The server's side of a login, for tests."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Final

CHALLENGE: Final = b"<1@scripted.example>"


class Login:
    """One AUTH command and the lines that follow it."""

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
        return None

    def _step_of_login(self, answer: str) -> str | None:
        if not self._user:
            self._user = answer
            return base64.b64encode(b"Password:").decode()
        self._judge(self._user, answer)
        return None

    def _judge(self, user: str, password: str) -> None:
        self.is_right = self._logins.get(user) == password

    def _judge_digest(self, user: str, digest: str) -> None:
        password = self._logins.get(user, "").encode()
        expected = hmac.new(password, CHALLENGE, "md5").hexdigest()
        self.is_right = user in self._logins and hmac.compare_digest(digest, expected)
