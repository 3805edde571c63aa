"""What is looked for in every mail, so that *nothing found* is not *not looked*.

One line for all checks of a kind; the codes of their findings begin as it says.
"""

from collections.abc import Iterable
from typing import Final

from tuimail.core.finding import Finding
from tuimail.core.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Checks of one kind."""

    name: str
    what: str
    """What would have been said."""
    codes: tuple[str, ...]
    """What the codes of their findings begin with."""


LOOKED_FOR: Final = (
    Looked(
        name="recipients",
        what="strangers, names twice, copies that nobody sees, who wants no mail",
        codes=("rcpt.",),
    ),
    Looked(
        name="addresses",
        what="look-alike domains, names that deceive, letters that look alike",
        codes=("addr.",),
    ),
    Looked(
        name="header",
        what="From and account, Reply-To, subject, orders to providers, receipts",
        codes=("hdr.",),
    ),
    Looked(
        name="text",
        what="hidden, reordered or controlling characters, blanks left open",
        codes=("text.", "time."),
    ),
    Looked(
        name="HTML",
        what="links that go elsewhere, hidden text, forms, scripts, remote content",
        codes=("html.",),
    ),
    Looked(
        name="both texts",
        what="that the text and the HTML say the same",
        codes=("mime.",),
    ),
    Looked(
        name="files",
        what="programs, macros, disguises, forgotten and encrypted files",
        codes=("att.",),
    ),
    Looked(
        name="secrets",
        what="passwords, keys, tokens, and numbers of payment cards",
        codes=("secret.", "pii."),
    ),
    Looked(
        name="size",
        what="what the account takes, and many servers",
        codes=("size.",),
    ),
    Looked(
        name="account",
        what="what the provider would refuse",
        codes=("account.",),
    ),
    Looked(
        name="policy",
        what="what the owner's rules say",
        codes=("policy.",),
    ),
    Looked(
        name="earlier mail",
        what="nearly the same, decided about within seven days",
        codes=("review.",),
    ),
)


def passed(findings: Iterable[Finding]) -> tuple[Looked, ...]:
    """Return the kinds of checks that noticed nothing."""
    codes = [one.code for one in findings]
    return tuple(
        kind
        for kind in LOOKED_FOR
        if not any(code.startswith(kind.codes) for code in codes)
    )
