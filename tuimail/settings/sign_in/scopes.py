"""What was asked for, and what a person ticked. Pure.

Where a service says that it grants less than it was asked for (RFC 6749 §3.3), mail
would fail later, with words that nobody understands.
"""

from typing import Final


def missing(asked: str, granted: str) -> tuple[str, ...]:
    """Return what was asked for and not granted; nothing where nobody says.

    Microsoft names scopes with and without their resource, and tells nothing of
    those that stand for the sign-in itself.
    """
    if not granted.strip():
        return ()
    found = {_short(one) for one in granted.split()}
    wanted = [one for one in asked.split() if _short(one) not in _NEVER_TOLD]
    return tuple(one for one in wanted if _short(one) not in found)


def _short(scope: str) -> str:
    return scope.rstrip("/").rpartition("/")[2].lower()


_NEVER_TOLD: Final = frozenset({
    ".default", "email", "offline_access", "openid", "profile",
})  # fmt: skip
