"""Every ``TUIMAIL_…`` variable there is, and what it says; the docs print this.

A variable that nobody reads is refused where it looks like one that somebody does:
a misspelt setting that is silently ignored is one that a person believes in.
Others are left alone, they may be another program's. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError

PREFIX: Final = "TUIMAIL_"
OF_A_PROVIDER: Final = "<PROVIDER>"
"""Stands for the name of the provider, in capitals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable, or one for each setting of a provider."""

    name: str
    meaning: str
    example: str = ""


def _variables(*rows: tuple[str, str, str]) -> tuple[Variable, ...]:
    return tuple(
        Variable(name=f"{PREFIX}{name}", meaning=meaning, example=example)
        for name, meaning, example in rows
    )


PLACES: Final = _variables(
    ("WORKSPACE", "the folder of the workspace", "~/mail"),
    ("CONFIG", "the `config.toml`; `accounts.toml` is beside it", "/etc/tuimail.toml"),
    ("LOG", "where the log is written to, or `off`", "/var/log/tuimail.log"),
    ("FAULT", "breaks the process at a named point; for tests only", ""),
)
"""Where things are: read before any setting."""

OF_A_PROGRAM: Final = _variables(
    ("TOKEN", "the token of a client, for `tuimail sendmail`", ""),
)
"""What says which program hands mail in."""

TOP: Final = _variables(
    ("DEFAULT_ACCOUNT", "the account of mail that names none", "work"),
    ("THEME", "the colours of the app", "dusk"),
    ("UNDO_SECONDS", "how long what was sent can be taken back, 0 to 3600", "10"),
    ("GLYPHS", "which signs the app draws: `safe`, `ascii` or `full`", "ascii"),
    ("MOTION", "`full`, or `none`: nothing moves or blinks by itself", "none"),
    ("MOUSE", "whether the app takes clicks", "no"),
    ("NOTIFY", "whether the app tells notices beyond its own lines", "no"),
    (
        "PUBLIC_URL",
        "the https address under which others reach `tuimail serve`",
        "https://mail.example.org",
    ),
)
"""What beats the top of ``config.toml``."""

OF_AN_ACCOUNT: Final = _variables(
    ("ADDRESS", "whom mail is from; makes the account `environment`",
     "Ada <ada@example.org>"),
    ("PROVIDER", "what it leads through; `smtp` if left out", "resend"),
    ("PASSWORD", "where the password is: `keyring:`, `env:NAME`, `file:PATH`, `oauth:`",
     "file:/run/secrets/mail"),
    ("REPLY_TO", "where answers go, if not to the address", "team@example.org"),
    ("SIGNATURE", "under mail that flags write", "Ada"),
    ("IDENTITIES", "whom it may send as, too; commas between them",
     "reports@example.org"),
    ("NONINTERACTIVE_SEND",
     "`allow`, `review` or `block`: mail sent without a terminal", "review"),
    ("ON_UNKNOWN", "`ask` or `resend`: mail that may have been taken", "ask"),
    ("MAX_MESSAGE_BYTES", "what the provider takes, as sent", "25000000"),
    ("CONNECTIONS", "attempts at the same time", "4"),
    ("MESSAGES_PER_CONNECTION", "then a new connection takes its place", "100"),
    ("RECIPIENTS_PER_MESSAGE", "whom one attempt is for", "50"),
    ("PER_MINUTE", "copies that may leave in a minute", "20"),
    ("PER_HOUR", "in an hour", "200"),
    ("PER_DAY", "in a day", "500"),
    ("DESTINATION_PER_HOUR", "to any one domain in an hour", "50"),
    ("WARM_UP_PER_DAY", "on the first day of a new account", "25"),
    ("WARM_UP_GROWTH_PERCENT", "so much more on each day after that", "50"),
)  # fmt: skip
"""What the account ``environment`` says of itself."""

OF_OAUTH: Final = _variables(
    ("OAUTH_TOKEN_URL", "who hands out access tokens",
     "https://login.example.org/token"),
    ("OAUTH_CLIENT_ID", "which program asks", "0123-4567"),
    ("OAUTH_SCOPE", "what tokens are for", "smtp.send"),
    ("OAUTH_TENANT", "has its place in the token URL", "common"),
    ("OAUTH_CLIENT_SECRET", "the secret itself, where the service wants one", ""),
    ("OAUTH_REFRESH_TOKEN", "where the refresh token is: `keyring:` or `file:PATH`",
     "file:/run/secrets/token"),
)  # fmt: skip
"""Where its access tokens come from."""

OF_ITS_PROVIDER: Final = _variables(
    (f"{OF_A_PROVIDER}_PASSWORD", "the password or key itself", ""),
    (f"{OF_A_PROVIDER}_<KEY>",
     "any setting of the provider, as in [providers.md](providers.md)",
     "`TUIMAIL_SMTP_HOST=smtp.example.org`"),
    ("SMTP_SSL", "yes: TLS from the first byte, as `TUIMAIL_SMTP_TLS=implicit`", "yes"),
)  # fmt: skip
"""What its provider is told."""

VARIABLES: Final = (
    *PLACES,
    *OF_A_PROGRAM,
    *TOP,
    *OF_AN_ACCOUNT,
    *OF_OAUTH,
    *OF_ITS_PROVIDER,
)
"""All of them."""

_KNOWN: Final = frozenset(
    one.name for one in (*PLACES, *OF_A_PROGRAM, *TOP, *OF_AN_ACCOUNT, *OF_OAUTH)
)
_CLOSE: Final = 0.8
"""How alike two names are of which one is meant to be the other."""


def provider_prefix(provider: str) -> str:
    """Return how variables begin that set up ``provider``."""
    return f"{PREFIX}{re.sub('[^A-Z0-9]+', '_', provider.upper())}_"


def key_of(variable: str) -> str:
    """Return the setting that a variable stands for."""
    return variable.removeprefix(PREFIX).lower()


def refuse_misspelt(environ: Mapping[str, str], *, provider: str) -> None:
    """Refuse a variable that says nothing but looks as if it were to.

    Raises:
        ConfigurationError: The hint names the one that was probably meant.
    """
    prefix = provider_prefix(provider)
    for name in sorted(_unknown(environ, prefix)):
        meant = _meant(name, prefix)
        if meant:
            raise ConfigurationError(
                f"The variable {name} means nothing.",
                hint=f"Did you mean {meant}? Otherwise unset it: unset {name}",
                field=name,
            )


def _unknown(environ: Iterable[str], prefix: str) -> Iterator[str]:
    for name in environ:
        is_ours = name.startswith(PREFIX)
        if is_ours and name not in _KNOWN and not name.startswith(prefix):
            yield name


def _meant(name: str, prefix: str) -> str:
    """Return the variable that ``name`` is a misspelling of, if of any."""
    import difflib  # noqa: PLC0415 - for a mistake only

    rest = name.removeprefix(PREFIX)
    known = [one.removeprefix(PREFIX) for one in _KNOWN]
    found = difflib.get_close_matches(rest, known, n=1, cutoff=_CLOSE)
    if found:
        return f"{PREFIX}{found[0]}"
    word = prefix.removeprefix(PREFIX).removesuffix("_")
    head, _, key = rest.partition("_")
    is_close = bool(difflib.get_close_matches(head, [word], cutoff=0.7))
    return f"{prefix}{key}" if is_close and key else ""
