"""Signing in with a browser: the address it goes to, and what it brings back.

Authorization code with PKCE (RFC 7636), for a program on a person's own machine
(RFC 8252). The one rule kept here: a code counts only beside the state that this
very sign-in was begun with.
"""

import base64
import hashlib
import secrets
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.errors import SecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.services import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """One sign-in that was begun."""

    service: Service
    oauth: OAuth
    redirect_url: str
    login_hint: str = ""
    """Who is to sign in, so that nobody picks the wrong account."""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def url(self) -> str:
        """Where the browser has to go."""
        asked = {
            "response_type": "code",
            "client_id": self.oauth.client_id,
            "redirect_uri": self.redirect_url,
            "scope": self.oauth.scope,
            "state": self.state,
            "code_challenge": _challenge(self.verifier),
            "code_challenge_method": "S256",
            "login_hint": self.login_hint,
            **self.service.extra,
        }
        where = self.service.authorization_url.replace("{tenant}", self.oauth.tenant)
        return f"{where}?{urlencode({key: one for key, one in asked.items() if one})}"

    def is_answer(self, url: str) -> bool:
        """Return whether an address that was asked for belongs to this sign-in."""
        state = _first(_query(url), "state").encode(errors="surrogatepass")
        return secrets.compare_digest(state, self.state.encode())

    def is_consent(self, url: str) -> bool:
        """Return whether it says yes, besides."""
        return self.is_answer(url) and bool(_code(_query(url)))

    def code(self, url: str) -> str:
        """Return the code in the address that the browser was sent to.

        Raises:
            SecretError: The person said no, or the address is of another sign-in.
        """
        found = _query(url)
        if not self.is_answer(url):
            raise SecretError(
                "That address does not belong to this sign-in.",
                hint="Paste the whole address that the browser shows at the end, or "
                "begin again.",
                field="password",
            )
        code, error = _code(found), _first(found, "error")
        if not code:
            raise SecretError(
                f"{self.service.title} did not let us in: "
                f"{_word(error) or 'it gave no code'}.",
                hint="Begin again, and allow it to send mail.",
                field="password",
            )
        return code

    def redemption(self, code: str, client_secret: str) -> dict[str, str]:
        """Return what the token endpoint is shown for ``code``."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_url,
            "client_id": self.oauth.client_id,
            "client_secret": client_secret,
            "code_verifier": self.verifier,
        }


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _query(url: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(url.strip()).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def _code(found: dict[str, list[str]]) -> str:
    """Return the code; empty where it has what none has (RFC 6749, appendix A.11)."""
    code = _first(found, "code")
    return code if _VISIBLE.fullmatch(code) else ""


def _first(found: dict[str, list[str]], name: str) -> str:
    return found.get(name, [""])[0]


def _word(text: str) -> str:
    """Return an error code of the service; anybody can make up such an address."""
    is_code = text.isascii() and text.replace("_", "").isalnum()
    return text[:_LONGEST_WORD] if is_code else ""


_MOST_FIELDS: Final = 50
_LONGEST_WORD: Final = 64
_VISIBLE: Final = regex(r"[ -~]+")
